"""What was put right in a submitted notebook, in sentences for its student."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograder.nbgrader.submitted import StudentCell
from autograder.submission.text import printable

LIMIT = 20
_CLAIMS = ("grade", "solution", "locked", "points")


def repairs(cells: Sequence[StudentCell], released: Any, chosen: Mapping[str, StudentCell]) -> tuple[str, ...]:
    """How `cells` differ from `released` beyond what students are to write; `chosen` are the solutions."""
    labelled = {cell.metadata.nbgrader["grade_id"]: cell for cell in released.cells if "nbgrader" in cell.metadata}
    found = [
        *_relabelled(labelled, chosen),
        *_missing(cells, labelled, chosen),
        *_repeated(cells, labelled, chosen),
        *_changed(cells, labelled, chosen),
        *_reordered(labelled, chosen),
    ]
    return (*found[:LIMIT], *([f"And {len(found) - LIMIT} more repairs."] if len(found) > LIMIT else []))


def _relabelled(labelled: Mapping[str, Any], chosen: Mapping[str, StudentCell]) -> Iterator[str]:
    found = [(name, cell) for name, cell in chosen.items() if cell.grade_id != name]
    if found:
        which = ", ".join(f"cell {cell.number} as {name}" for name, cell in found)
        yield f"Labels were lost: {which} recognised by the functions defined there."
    for name, cell in chosen.items():
        kind = labelled[name].cell_type
        if cell.kind != kind:
            yield f"Cell {cell.number} ({name}) had become a {printable(cell.kind, 20)} cell; it is read as {kind}."


def _missing(
    cells: Sequence[StudentCell], labelled: Mapping[str, Any], chosen: Mapping[str, StudentCell]
) -> Iterator[str]:
    ids = {cell.grade_id for cell in cells}
    solutions = [name for name, cell in labelled.items() if cell.metadata.nbgrader["solution"] and name not in chosen]
    tests = [name for name, cell in labelled.items() if not cell.metadata.nbgrader["solution"] and name not in ids]
    if solutions:
        yield f"Missing: {', '.join(solutions)}; shown as handed out."
    if tests:
        yield f"Missing and put back: {', '.join(tests)}."


def _repeated(
    cells: Sequence[StudentCell], labelled: Mapping[str, Any], chosen: Mapping[str, StudentCell]
) -> Iterator[str]:
    for name, count in Counter(cell.grade_id for cell in cells if cell.grade_id in labelled).items():
        if count > 1:
            which = ", ".join(str(cell.number) for cell in cells if cell.grade_id == name)
            kept = f"cell {chosen[name].number} is graded, the others are run" if name in chosen else "one is kept"
            yield f"Cells {which} all carry the label {name}; {kept}."


def _changed(
    cells: Sequence[StudentCell], labelled: Mapping[str, Any], chosen: Mapping[str, StudentCell]
) -> Iterator[str]:
    for cell in cells:
        name = cell.grade_id
        if name not in labelled:
            continue
        if name not in chosen and cell.source.strip() != labelled[name].source.strip():
            yield f"Cell {cell.number} ({name}) is locked and had been changed; it is as handed out again."
        claims = {key: cell.label[key] for key in _CLAIMS if key in cell.label}
        handed_out = labelled[name].metadata.nbgrader
        if any(handed_out.get(key) != value for key, value in claims.items()):
            yield f"The label of cell {cell.number} ({name}) had been changed; it is as handed out again."
        if cell.tags:
            tags = printable(", ".join(cell.tags), 60)
            yield f"Cell {cell.number} ({name}) carried tags ({tags}); they do not count."


def _reordered(labelled: Mapping[str, Any], chosen: Mapping[str, StudentCell]) -> Iterator[str]:
    order = [chosen[name].number for name in labelled if name in chosen]
    if order != sorted(order):
        yield "Cells had been moved; they are shown in the order in which they were handed out, and run in yours."
