"""A notebook's code cells. Of the JSON only types, cell types and sources are looked at; outputs are never built.

msgspec reads the file into these shapes and skips the rest, so that megabytes of brackets or digits cost neither memory
nor the stack. As in every reader, Jupyter's included, the last of two equal keys counts.
"""

from __future__ import annotations

import msgspec

from autograder.errors import SubmissionRefused
from autograder.model import Cell
from autograder.submission.identify import conflict, conflict_line
from autograder.submission.json_text import parse_json
from autograder.submission.magics import drop_cell_magic, drop_commands
from autograder.submission.pieces import Pieces
from autograder.submission.prompts import without_prompts
from autograder.submission.text import SOURCE_LIMIT, Place, bidi_notes, clean, decode, has_code, printable, size

_CELL_LIMIT = 2000

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


def read_notebook(data: bytes, where: str) -> Pieces:
    """The code cells that hold code, numbered as the student counts them, with notes, and what is not run.

    Raises SubmissionRefused for what is not a notebook, for too much code, and for none.
    """
    notebook = _parse(data, where)
    raw = _cells(notebook, where)
    sources = [_source(cell, notebook) for cell in raw]
    code = [source for cell, source in zip(raw, sources, strict=True) if cell.cell_type == "code"]
    total = sum(len(source.encode()) for source in code)
    if total > SOURCE_LIMIT:
        raise SubmissionRefused(
            f"{where} is {size(total)} of source; the limit is {size(SOURCE_LIMIT)}: delete what is not your solution."
        )
    if any("\N{REPLACEMENT CHARACTER}" in source for source in code):
        decode(data, where)  # bytes that are not UTF-8 matter to nobody but where code was to be read from them
    pieces = Pieces()
    for number, (cell, source) in enumerate(zip(raw, sources, strict=True), start=1):
        if cell.cell_type == "code":
            read_cell(source, number, where, pieces)
        elif len(source) <= SOURCE_LIMIT:
            kind = printable(cell.cell_type, 20)
            pieces.drop(source, f"stands in cell {number}, which is a {kind} cell; make it a code cell")
    if not pieces.cells:
        raise SubmissionRefused(_empty(where, len(raw), pieces))
    return pieces


def _empty(where: str, cells: int, pieces: Pieces) -> str:
    why = f" ({'; '.join(pieces.notes[:3])})" if pieces.dropped and pieces.notes else ""
    return f"{where} holds no code in its {cells} cells{why}; hand in the notebook that defines your functions."


def _parse(data: bytes, where: str) -> _Notebook:
    if not data.strip():
        raise SubmissionRefused(f"{where} is empty (nothing but blank lines); save your work and hand it in again.")
    notebook = parse_json(data, where, _Notebook)
    if notebook.nbformat not in (3, 4):
        raise SubmissionRefused(
            f"{where} is in notebook format {notebook.nbformat}, not 4; open it in Jupyter and save it again."
        )
    return notebook


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
    source = cell.input if notebook.nbformat == 3 and cell.cell_type == "code" else cell.source
    return source if isinstance(source, str) else "".join(source)


def read_cell(source: str, number: int, where: str, pieces: Pieces) -> None:
    """Add what Jupyter would run of code cell `number` as Python, with notes. Raises SubmissionRefused for text that no
    file may hold."""
    source, place = clean(source, f"{where}, cell {number},"), _place(number)
    if line := conflict_line(source):
        pieces.notes.append(f"cell {number}: {conflict(line)}; the cell was not run")
        pieces.drop(source, f"stands in cell {number}, which {conflict(line)}")
        return
    python, magic = drop_cell_magic(without_prompts(_dedented(source)))
    if python is None:
        command = printable(magic or "", 40)
        pieces.notes.append(f"cell {number}: begins with `{command}` and was dropped whole")
        pieces.drop(source, f"stands in cell {number}, which begins with `{command}` and is not run; delete that line")
        return
    python, notes = drop_commands(python, place)
    pieces.notes += notes + bidi_notes(python, place)
    if has_code(python):
        pieces.cells.append(Cell(number=number, line=1, source=python))


def _place(number: int) -> Place:
    return lambda line: f"cell {number}, line {line}"


def _dedented(source: str) -> str:
    """Without the indentation of its first line of code, which IPython removes from all lines that have it."""
    first = source.lstrip("\n")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return source
    return "\n".join(line.removeprefix(indent) for line in source.split("\n"))
