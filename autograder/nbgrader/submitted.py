"""A submitted notebook as its cells, labels included, whatever another tool, or a student, made of the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from autograder.errors import SubmissionRefused
from autograder.submission.files import read_bytes
from autograder.submission.identify import looks_like_script, stranger
from autograder.submission.json_text import parse_json
from autograder.submission.text import NOTEBOOK_LIMIT, SOURCE_LIMIT, decode, printable, size

CELL_LIMIT = 2000


@dataclass(frozen=True)
class StudentCell:
    """A cell as it was handed in. `number` counts all cells from 1, as its student does; `label` is nbgrader's
    metadata, empty where there is none."""

    number: int
    kind: str
    source: str
    label: dict[str, Any]
    tags: tuple[str, ...] = ()

    @property
    def grade_id(self) -> str:
        return str(self.label.get("grade_id", ""))


class _Cell(msgspec.Struct):
    cell_type: str
    source: str | list[str] = ""
    input: str | list[str] = ""  # what notebook format 3 calls the source of a code cell
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []  # format 3


class _Label(msgspec.Struct):
    nbgrader: dict[str, str | bool | int | float | None] = {}
    tags: list[str] = []


_LABEL = msgspec.json.Decoder(_Label)


def read_file(path: Path) -> bytes:
    """The bytes of the notebook at `path`. Raises SubmissionRefused, and nothing else."""
    return read_bytes(path, printable(path.name), NOTEBOOK_LIMIT, "clear its outputs and save it")


def read_cells(data: bytes, where: str) -> list[StudentCell]:
    """The cells of the notebook whose file holds `data`; outputs are never built. A script under a notebook's name is
    one cell. Raises SubmissionRefused, and nothing else."""
    if what := stranger(data):
        raise SubmissionRefused(f"{where} {what}.")
    if looks_like_script(data):
        return [_student_cell(1, _Cell("code", decode(data, where)))]
    notebook = parse_json(data, where, _Notebook)
    cells = [*notebook.cells, *(cell for worksheet in notebook.worksheets for cell in worksheet.cells)]
    if len(cells) > CELL_LIMIT:
        raise SubmissionRefused(
            f"{where} has {len(cells)} cells; the limit is {CELL_LIMIT}: delete what is not your solution."
        )
    read = [_student_cell(number, cell) for number, cell in enumerate(cells, start=1)]
    total = sum(len(cell.source.encode()) for cell in read)
    if total > SOURCE_LIMIT:
        raise SubmissionRefused(
            f"{where} is {size(total)} of source; the limit is {size(SOURCE_LIMIT)}: delete what is not your solution."
        )
    return read


def _student_cell(number: int, cell: _Cell) -> StudentCell:
    source = cell.source or cell.input
    text = source if isinstance(source, str) else "".join(source)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        label = _LABEL.decode(cell.metadata)
    except (ValueError, RecursionError):  # metadata of another shape says nothing of the code
        label = _Label()
    return StudentCell(number, cell.cell_type, text, label.nbgrader, tuple(label.tags))
