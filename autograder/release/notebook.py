"""A reference as the notebook and the script that students fill in."""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jupytext
import nbformat

from autograder.model import EntryPoint
from autograder.release.template import BEGIN, cut

NBGRADER_SCHEMA = 3
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # nbformat 4.5
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BARE = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "-all"}


def read_cells(source: str) -> list[Any]:
    """The cells of a py:percent script, with the metadata of their headers."""
    return list(jupytext.reads(source, fmt="py:percent").cells)


def cell_problems(cells: Sequence[Any], entry_points: Sequence[EntryPoint]) -> list[str]:
    """What is wrong with the cells' nbgrader metadata, each in a sentence."""
    taken = [_grade_id(cell) for cell in cells] + ["setup", *(f"check_{entry.name}" for entry in entry_points)]
    found = [f"{count} cells have grade_id {name}; give each its own" for name, count in _repeated(taken)]
    for cell in cells:
        name = _grade_id(cell)
        if name and not CELL_ID.fullmatch(name):
            found.append(f"grade_id {name!r} is not a cell id; use up to 64 letters, digits, - and _")
        if BEGIN in cell.source and not cell.metadata.get("nbgrader", {}).get("solution"):
            first = cell.source.split("\n")[0]
            found.append(
                f"the cell that starts with `{first}` holds a solution but is not a solution cell; "
                'put nbgrader={"grade_id": "…", "solution": true, …} behind its `# %%`'
            )
    return found


def notebook(cells: Sequence[Any], entry_points: Sequence[EntryPoint], points: Mapping[str, float]) -> bytes:
    """The template notebook: solutions cut out, and a locked test cell for each entry point behind the cell that
    defines it. The same cells give the same bytes."""
    made = [_plain_cell(cell, position) for position, cell in enumerate(cells, start=1)]
    code = next((index for index, cell in enumerate(made) if cell.cell_type == "code"), len(made))
    made.insert(code, _locked_cell("setup", "from autograder import check"))
    released: list[Any] = []
    for cell in made:
        released.append(cell)
        released += [
            _locked_cell(f"check_{entry.name}", f'check("{entry.name}")', points.get(entry.name, 0.0))
            for entry in entry_points
            if cell.cell_type == "code" and _defines(cell.source, entry.name)
        ]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    whole = nbformat.v4.new_notebook(cells=released, metadata=metadata)
    whole.nbformat_minor = 5  # cell ids
    return f"{nbformat.writes(whole).rstrip()}\n".encode()


def script(cells: Sequence[Any], slug: str) -> bytes:
    """The template script: the same cells without tests, and the command that checks it."""
    made = [_plain_cell(cell, position) for position, cell in enumerate(cells, start=1)]
    for cell in made:
        cell.metadata = {}
    made.append(nbformat.v4.new_markdown_cell(f"Check your work with: autograder check {slug} {slug}.py"))
    text = jupytext.writes(nbformat.v4.new_notebook(cells=made, metadata={"jupytext": BARE}), fmt="py:percent")
    return f"{text.rstrip()}\n".encode()


def _plain_cell(cell: Any, position: int) -> Any:
    """A cell without its solution, whose id says what it is: ids drawn at random would differ at every release."""
    plain = copy.deepcopy(cell)
    plain.id = _grade_id(cell) or f"cell-{position}"
    if plain.cell_type == "code":
        plain.source = cut(plain.source)
        plain.outputs, plain.execution_count = [], None
    return plain


def _locked_cell(grade_id: str, source: str, points: float | None = None) -> Any:
    nbgrader: dict[str, Any] = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": True,
        "schema_version": NBGRADER_SCHEMA,
        "solution": False,
        "task": False,
    }
    if points is not None:
        nbgrader["points"] = points
    return nbformat.v4.new_code_cell(source, id=grade_id, metadata={"nbgrader": nbgrader})


def _defines(source: str, name: str) -> bool:
    return bool(re.search(rf"^(def|class) {name}\b", source, re.MULTILINE))


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _repeated(names: Sequence[str]) -> Iterator[tuple[str, int]]:
    return ((name, count) for name, count in Counter(filter(None, names)).items() if count > 1)
