"""A notebook's code cells. Of the JSON only types, cell types and sources are looked at; outputs are never built.

msgspec reads strict JSON (what a browser reads) into these shapes and skips the rest, so that megabytes of brackets
or digits cost neither memory nor the stack. As in every reader, Jupyter's included, the last of two equal keys counts.
"""

from __future__ import annotations

import re

import msgspec

from autograder.errors import SubmissionRefused
from autograder.model import Cell
from autograder.submission.magics import drop_cell_magic, drop_commands
from autograder.submission.text import SOURCE_LIMIT, Place, bidi_notes, clean, has_code, printable, size

_CELL_LIMIT = 2000
_HALF_PAIR = re.compile(r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]")

_Text = str | list[str]


class _Cell(msgspec.Struct):
    cell_type: str
    source: _Text = ""
    input: _Text = ""  # what notebook format 3 calls the source of a code cell


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []  # format 3


_DECODER = msgspec.json.Decoder(_Notebook)


def read_notebook(text: str, where: str) -> tuple[list[Cell], list[str]]:
    """The code cells that hold code, numbered as the student counts them, and notes for the student.

    Raises SubmissionRefused for what is no notebook, for too much code, and for none.
    """
    notebook = _parse(text, where)
    raw = _cells(notebook, where)
    code = [(number, _source(cell, notebook)) for number, cell in enumerate(raw, start=1) if cell.cell_type == "code"]
    total = sum(len(source.encode()) for _, source in code)
    if total > SOURCE_LIMIT:
        raise SubmissionRefused(
            f"{where} is {size(total)} of source; the limit is {size(SOURCE_LIMIT)}: delete what is not your solution."
        )
    cells, notes = [], []
    for number, source in code:
        python, told = _python(clean(source, f"{where}, cell {number},"), number)
        notes += told
        if has_code(python):
            cells.append(Cell(number=number, line=1, source=python))
    if not cells:
        raise SubmissionRefused(
            f"{where} holds no code in its {len(raw)} cells; hand in the notebook that defines your functions."
        )
    return cells, notes


def _parse(text: str, where: str) -> _Notebook:
    try:
        notebook = _DECODER.decode(text)
    except msgspec.ValidationError as error:
        reason = printable(str(error).replace("`", ""))
        raise SubmissionRefused(
            f"{where} is JSON but not a notebook ({reason}); open it in Jupyter and save it again."
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SubmissionRefused(
            f"{where} is not valid JSON ({_json_fault(text, error)}); open it in Jupyter and save it again."
        ) from None
    if notebook.nbformat not in (3, 4):
        raise SubmissionRefused(
            f"{where} is in notebook format {notebook.nbformat}, not 4; open it in Jupyter and save it again."
        )
    return notebook


def _json_fault(text: str, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if _HALF_PAIR.search(text):
        return "it holds half of a surrogate pair, which is no character"
    return printable(str(error)) or "out of memory"


def _cells(notebook: _Notebook, where: str) -> list[_Cell]:
    if notebook.nbformat == 4:
        cells = notebook.cells
    else:
        cells = [cell for worksheet in notebook.worksheets for cell in worksheet.cells]
    if len(cells) > _CELL_LIMIT:
        raise SubmissionRefused(
            f"{where} has {len(cells)} cells; the limit is {_CELL_LIMIT}: delete what is not your solution."
        )
    return cells


def _source(cell: _Cell, notebook: _Notebook) -> str:
    source = cell.input if notebook.nbformat == 3 else cell.source
    return source if isinstance(source, str) else "".join(source)


def _python(source: str, number: int) -> tuple[str, list[str]]:
    """What Jupyter would run of a cell as Python, and notes."""
    python, line = drop_cell_magic(_dedented(source))
    if python is None:
        return "", [f"cell {number}: begins with `{printable(line or '', 40)}` and was dropped whole"]
    place = _place(number)
    python, notes = drop_commands(python, place)
    return python, notes + bidi_notes(python, place)


def _place(number: int) -> Place:
    return lambda line: f"cell {number}, line {line}"


def _dedented(source: str) -> str:
    """Without the indentation of its first line of code, which IPython removes from all lines that have it."""
    first = source.lstrip("\n")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return source
    return "\n".join(line.removeprefix(indent) for line in source.split("\n"))
