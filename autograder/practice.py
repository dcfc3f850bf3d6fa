"""Public checks on the code of a notebook: what `check("affine_forward")` does in a cell.

The cells that the kernel has run go to a worker, as a file's do, and are loaded there in the same way. So the kernel
outlives whatever the code does, its state stays as it is, and a verdict is that of `autograder check` on the file.
"""

from __future__ import annotations

import contextlib
import functools
import io
import os
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograder.assignment.discover import Declared, assignment_folders, discover
from autograder.assignment.load import load_assignment
from autograder.errors import AutograderError
from autograder.kernel import shell, source_of
from autograder.model import GradeReport, Level, Visibility
from autograder.pipeline import Grading, grade_read
from autograder.reports.cell import display, entry_html, entry_text, notice
from autograder.reports.digest import parts
from autograder.sandbox.remembered import choose_for_practice, forget
from autograder.sandbox.warm import WarmSandboxes
from autograder.score import grader_failed
from autograder.student.load import PRACTICE_SEED, with_answers
from autograder.text import hint

PRACTICE = "This is practice, not a grade. What counts is the file: save it, and run `autograder check` on it."
KERNEL = "The points come from the notebook's own process, where code can change them."
BY_NBGRADER = "nbgrader took these points from it; an instructor gets protected grades from `autograder nbgrader init`."
FAILED = "The check itself failed, which is not your fault; please tell the instructor."
NUMBERED = "Cells are named by the number beside them: cell 4 is the one with [4]."


def practise(entry_point: str, namespace: Mapping[str, Any]) -> float | None:
    """Check `entry_point` as the notebook or script with the globals `namespace` defines it; show the result, and
    return the points.

    nbgrader reads the value of the cell, and takes an exception or a word on stderr for a wrong answer, so there is
    neither. Under `nbgrader autograde` hidden checks are asked too, where this installation has them. `nbgrader
    validate` compares with a maximum that counts hidden checks, which nobody can earn there: when all that is asked
    passes, no points are named, and that is what it takes for full marks."""
    run = os.environ.get("NBGRADER_EXECUTION", "")
    try:
        with _quiet():
            declared = _owner(entry_point)
            report = _report(declared, entry_point, namespace, hidden=run == "autograde")
    except (Exception, SystemExit) as error:
        reason = str(error) if isinstance(error, AutograderError) else f"{type(error).__name__}: {error}"
        _show(notice(str(entry_point), [reason] if isinstance(error, AutograderError) else [reason, FAILED]))
        return 0.0
    sentences = {check.id: check.sentence for check in declared.checks}
    (part,) = parts(report)
    remarks = _remarks(report, run)
    _show(display(entry_text(part, sentences, remarks), entry_html(part, sentences, remarks)))
    return None if run == "validate" and report.score == report.max_score else float(report.score)


def _remarks(report: GradeReport, run: str) -> list[str]:
    remarks = [f"{KERNEL} {BY_NBGRADER}" if run == "autograde" else PRACTICE]
    if any(re.search(r"\bcell \d", result.message) for result in report.results):
        remarks.insert(0, NUMBERED)
    if grader_failed(report.results):
        forget()
        remarks.append(FAILED)
    return remarks


def _report(declared: Declared, entry_point: str, namespace: Mapping[str, Any], hidden: bool) -> GradeReport:
    """What the checks of `entry_point` say; checks that they need are asked, and not told."""
    mine = [
        check
        for check in declared.checks
        if check.entry_point == entry_point and (hidden or check.visibility is Visibility.PUBLIC)
    ]
    submission = source_of(namespace)
    grading = Grading(declared, PRACTICE_SEED, choose_for_practice(), tuple(mine), heard=True)
    return grade_read(grading, submission, _warm(grading.isolation.level))


@functools.cache
def _warm(level: Level) -> WarmSandboxes:
    return WarmSandboxes(level)


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
    """nbgrader takes a warning for a wrong answer; and what the notebook set for its own numbers is not for ours."""
    with (
        warnings.catch_warnings(),
        np.errstate(all="ignore"),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def _show(output: Mapping[str, Any]) -> None:
    """Text and, in a notebook, HTML."""
    bundle: dict[str, str] = output["data"]
    if shell() is None:
        sys.stdout.write(f"{bundle['text/plain']}\n")
        return
    from IPython.display import display as publish

    publish(bundle, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
