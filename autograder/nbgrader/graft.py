"""A submitted notebook put right: the student's code in the notebook that was handed out.

Pure: cells in, notebook out. Of the handed-out notebook come the narrative, the labels, the test cells, and what a
solution cell looked like before anybody wrote in it; of the submission comes source text alone, never metadata.
A solution cell is found by its grade_id, then by the functions that it defines. Other code of the student's stays as
cells without a label, because a solution may call a helper that is defined there: no code is lost, and `program` runs
it all in the student's own order.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat

from autograder.nbgrader.repairs import repairs
from autograder.nbgrader.submitted import StudentCell
from autograder.submission.text import has_code

MARK = "autograder"
"""The metadata key, of notebook and cells, under which a graft keeps what grading needs."""

SETUP = "from autograder import check"
"""What `release` puts before the tests; a worker has no checks, and needs none."""

_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


@dataclass(frozen=True)
class Grafted:
    """The notebook to grade, and what had to be put right, a sentence each."""

    notebook: Any
    repairs: tuple[str, ...]


def graft(cells: Sequence[StudentCell], released: Any, master: Any = None) -> Grafted:
    """The code of `cells`, whose student was handed out `released`, in a copy of `master`: `released` itself unless
    nbgrader grades another one, with hidden tests in its locked cells."""
    chosen = _choose(cells, [cell for cell in released.cells if label(cell).get("solution")])
    places = _places(cells, released)
    taken = {*places.values(), *(cell.number for cell in chosen.values())}
    is_own = _is_own(released)
    own = [cell for cell in cells if cell.number not in taken and is_own(cell)]
    notebook = copy.deepcopy(released if master is None else master)
    notebook.cells = list(_woven(notebook.cells, chosen, places, own))
    found = repairs(cells, released, chosen)
    notebook.metadata[MARK] = {**notebook.metadata.get(MARK, {}), "repairs": list(found)}
    return Grafted(notebook, found)


def refused(reason: str, released: Any, master: Any = None) -> Grafted:
    """The handed-out notebook in the place of a submission that cannot be read; `master` as in `graft`."""
    notebook = graft([], released, master).notebook
    notebook.metadata[MARK] |= {"repairs": [reason], "refused": reason}
    return Grafted(notebook, (reason,))


def program(notebook: Any) -> bytes:
    """The student's code in a grafted `notebook` as a bare notebook whose cells stand, and are numbered, as in the file
    that was handed in. The same graft gives the same bytes."""
    numbered = {cell.metadata[MARK]["cell"]: cell for cell in notebook.cells if MARK in cell.metadata}
    cells = [_bare(numbered.get(number)) for number in range(1, max(numbered, default=0) + 1)]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}).encode()


def label(cell: Any) -> Mapping[str, Any]:
    """nbgrader's metadata of a released cell; empty for narrative."""
    found: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
    return found


def defined(source: str) -> set[str]:
    """The names that `source` defines at its top level, found without parsing it."""
    return {function or name for function, name in _DEFINITION.findall(source)}


def _bare(cell: Any) -> dict[str, Any]:
    if cell is None or cell.cell_type != "code":
        return {"cell_type": "markdown", "metadata": {}, "source": ""}
    return {"cell_type": "code", "metadata": {}, "source": cell.source, "outputs": [], "execution_count": None}


def _choose(cells: Sequence[StudentCell], wanted: Sequence[Any]) -> dict[str, StudentCell]:
    """By grade_id the submitted cell that is that solution: of several the last that defines its functions, because in
    a notebook the last definition counts."""
    chosen: dict[str, StudentCell] = {}
    ids = {label(cell)["grade_id"] for cell in wanted}

    def defines(solution: Any, cell: StudentCell) -> bool:
        return not defined(solution.source).isdisjoint(defined(cell.source))

    def labelled(solution: Any, cell: StudentCell) -> bool:
        return cell.grade_id == str(label(solution)["grade_id"])

    rules: tuple[Callable[[Any, StudentCell], bool], ...] = (
        lambda solution, cell: labelled(solution, cell) and defines(solution, cell),
        lambda solution, cell: cell.kind == "code" and cell.grade_id not in ids and defines(solution, cell),
        labelled,
    )
    for suits in rules:
        for solution in wanted:
            if (name := label(solution)["grade_id"]) in chosen:
                continue
            taken = {cell.number for cell in chosen.values()}
            found = [cell for cell in cells if cell.number not in taken and suits(solution, cell)]
            if found:
                chosen[name] = found[-1]
    return chosen


def _places(cells: Sequence[StudentCell], released: Any) -> dict[str, int]:
    """By grade_id where the code that the instructor locked is run: where the student has it, by label or by content,
    or behind everything else."""
    places: dict[str, int] = {}
    for helper in released.cells:
        if not is_locked(helper) or label(helper).get("grade") or helper.cell_type != "code":
            continue
        if _squeezed(helper.source) == _squeezed(SETUP):
            continue
        name = label(helper)["grade_id"]
        here = [c.number for c in cells if c.grade_id == name or _squeezed(c.source) == _squeezed(helper.source)]
        places[name] = here[-1] if here else max([0, *places.values(), *(cell.number for cell in cells)]) + 1
    return places


def _is_own(released: Any) -> Callable[[StudentCell], bool]:
    """Which submitted cells are the student's own and not what was handed out. Prose counts only where a task asks for
    it: everywhere else it is an edited copy of the narrative."""
    locked = {_squeezed(cell.source) for cell in released.cells if is_locked(cell)}
    narrative = {_squeezed(cell.source) for cell in released.cells if cell.cell_type == "markdown"}
    tasks = any(label(cell).get("task") for cell in released.cells)

    def own(cell: StudentCell) -> bool:
        if cell.kind == "code":
            return has_code(cell.source) and _squeezed(cell.source) not in locked
        return tasks and cell.kind == "markdown" and _squeezed(cell.source) not in narrative

    return own


def is_locked(cell: Any) -> bool:
    """Whether a released cell is not the student's to change: a test, or what the instructor locked."""
    found = label(cell)
    return bool(found) and not found.get("solution") and bool(found.get("locked") or found.get("grade"))


def _woven(
    cells: Iterable[Any], chosen: Mapping[str, StudentCell], places: Mapping[str, int], own: Sequence[StudentCell]
) -> Iterator[Any]:
    """The handed-out cells with the student's sources, and the student's own cells before the solution that they came
    before. Code cells that nobody locked, such as imports, are the student's own to begin with."""
    waiting = list(own)
    for cell in cells:
        name = label(cell).get("grade_id", "")
        if name in places:
            cell.metadata[MARK] = {"cell": places[name]}
        if found := chosen.get(name):
            while waiting and waiting[0].number < found.number:
                yield _own_cell(waiting.pop(0))
            cell.source = found.source if cell.cell_type == "code" else _tagless(found.source)
            cell.metadata[MARK] = {"cell": found.number}
        if cell.cell_type != "code" or label(cell):
            yield cell
    yield from map(_own_cell, waiting)


def _own_cell(cell: StudentCell) -> Any:
    """Not by nbformat's `new_code_cell`, which validates each by itself; the notebook is validated as a whole."""
    own: dict[str, Any] = {"id": f"own-{cell.number}", "metadata": {MARK: {"cell": cell.number}}}
    if cell.kind == "code":
        own |= {"cell_type": "code", "source": cell.source, "outputs": [], "execution_count": None}
    else:
        own |= {"cell_type": "markdown", "source": _tagless(cell.source)}
    return nbformat.from_dict(own)


def _tagless(markdown: str) -> str:
    """Prose in which no HTML begins (a `<` before a space is text): feedback pages render Markdown as it comes."""
    return _TAG.sub("< ", markdown)


def _squeezed(source: str) -> str:
    return "".join(source.split())
