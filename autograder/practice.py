"""Public checks on functions of the running process: what `check("affine_forward")` does in a notebook."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.assignment.discover import Declared, assignment_folders, discover
from autograder.assignment.load import load_assignment
from autograder.errors import AutograderError
from autograder.examine import Examiner
from autograder.model import CheckResult, Visibility
from autograder.reports.cell import display, entry_html, entry_text, notice
from autograder.reports.digest import Part
from autograder.sandbox.local import LocalRunner
from autograder.score import grader_failed, total
from autograder.student.load import with_answers
from autograder.text import hint

NOT_ISOLATED = "This run was not isolated: it ran in the notebook's own process, where code can do anything."
PRACTICE = "It is practice, not a grade."
BY_NBGRADER = "nbgrader took these points from it; an instructor gets protected grades from `autograder nbgrader init`."
FAILED = "The check itself failed, which is not your fault; please tell the instructor."


def practise(entry_point: str, depth: int) -> float | None:
    """Check `entry_point` as the caller `depth` frames up defines it; show the result, return the points.

    nbgrader reads the value of the cell, and takes an exception or a word on stderr for a wrong answer, so there is
    neither. Under `nbgrader autograde` hidden checks are asked too, where this installation has them. `nbgrader
    validate` compares with a maximum that counts hidden checks, which nobody can earn there: when all that is asked
    passes, no points are named, and that is what it takes for full marks."""
    namespace = {name: value for name, value in sys._getframe(depth).f_globals.items() if callable(value)}
    run = os.environ.get("NBGRADER_EXECUTION", "")
    try:
        with _quiet():
            declared = _owner(entry_point)
            results = _results(declared, entry_point, namespace, hidden=run == "autograde")
    except (Exception, SystemExit) as error:
        reason = str(error) if isinstance(error, AutograderError) else f"{type(error).__name__}: {error}"
        _show(notice(str(entry_point), [reason] if isinstance(error, AutograderError) else [reason, FAILED]))
        return 0.0
    remarks = [f"{NOT_ISOLATED} {BY_NBGRADER if run == 'autograde' else PRACTICE}"]
    if grader_failed(results):
        remarks.append(FAILED)
    sentences = {check.id: check.sentence for check in declared.checks}
    part = Part(entry_point, results, ())
    _show(display(entry_text(part, sentences, remarks), entry_html(part, sentences, remarks)))
    earned, possible = total(results)
    return None if run == "validate" and earned == possible else float(earned)


def _results(
    declared: Declared, entry_point: str, namespace: Mapping[str, Any], hidden: bool
) -> tuple[CheckResult, ...]:
    known = {check.id: check for check in declared.checks}
    mine = [
        c for c in declared.checks if c.entry_point == entry_point and (hidden or c.visibility is Visibility.PUBLIC)
    ]
    asked = {check.id: check for check in mine}
    asked |= {need: known[need] for check in mine for need in check.needs}
    results = Examiner(declared, 0).examine_all(tuple(asked.values()), LocalRunner(namespace))
    return tuple(result for result in results if any(check.id == result.check for check in mine))


def _owner(entry_point: str) -> Declared:
    names: list[str] = []
    for folder in assignment_folders().values():
        here = [entry.name for entry in load_assignment(folder).entry_points]
        if entry_point in here:
            return with_answers(discover(folder))  # only this one: another's reference may import torch
        names += here
    raise AutograderError(f"No assignment here has an entry point {entry_point!r}; {hint(entry_point, names)}")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What a function prints in a hundred cases buries the table, and nbgrader takes a warning for a wrong answer."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def _show(output: Mapping[str, Any]) -> None:
    """Text and, in a notebook, HTML."""
    bundle: dict[str, str] = output["data"]
    shell = sys.modules.get("IPython")
    if shell is None or shell.get_ipython() is None:
        sys.stdout.write(f"{bundle['text/plain']}\n")
        return
    from IPython.display import display as publish

    publish(bundle, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
