"""The report of a grafted notebook: a finished one under the same key, or graded now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from autograder.errors import AutograderError, GraderFault, SubmissionRefused
from autograder.executors import Executor, LocalExecutor
from autograder.model import GradeReport, Submission, Unreadable, Verdict
from autograder.nbgrader.course import Course
from autograder.nbgrader.graft import MARK, Grafted, graft, label, program, refused
from autograder.nbgrader.submitted import read_cells, read_file
from autograder.pipeline import Grading, grade_class
from autograder.reports import cell as shown
from autograder.score import grader_failed, total
from autograder.store import Store
from autograder.submission import submission_of
from autograder.submission.text import printable

TEST_PREFIX, TEST_SUFFIX = 'check("', '")'


@dataclass(frozen=True)
class Entry:
    """A grafted notebook and whose it is."""

    student: str
    name: str
    notebook: Any

    def read(self) -> Submission | Unreadable:
        """The student's code in the notebook, or why it could not be read."""
        reason = self.notebook.metadata[MARK].get("refused")
        if reason:
            return Unreadable(self.student, reason)
        try:
            code = program(self.notebook)
            return submission_of(code, id=self.student, where=f"{self.name}.ipynb", suffix=".ipynb")
        except SubmissionRefused as refusal:
            return Unreadable(self.student, str(refusal))


def graft_file(path: Path, released: Any) -> Grafted:
    """The notebook at `path` grafted into `released`; one that cannot be read becomes a blank one that says so."""
    try:
        return graft_bytes(read_file(path), path.name, released)
    except SubmissionRefused as reason:
        return refused(str(reason), released)


def graft_bytes(data: bytes, name: str, released: Any, master: Any = None) -> Grafted:
    """The notebook whose file, called `name`, holds `data`, as `graft_file` does it; `master` as in `graft`."""
    try:
        return graft(read_cells(data, printable(name)), released, master)
    except SubmissionRefused as reason:
        return refused(str(reason), released, master)


Grade = Callable[[Grading, Submission | Unreadable], GradeReport]


def graded(
    grading: Grading, entries: Sequence[Entry], executor: Executor, store: Store, grade: Grade | None = None
) -> Iterator[GradeReport]:
    """The reports of `entries`, in whatever order they finish, kept in `store` and taken from there when they are done:
    the key is of the grafted code, so `autograder grade --course` and `nbgrader autograde` share it. `grade` is as in
    `grade_class`."""
    return grade_class(grading, entries, executor, store, grade)


def course_entries(course: Course, slug: str) -> list[Entry]:
    """Everybody's notebook of `slug`, grafted. Raises AutograderError when none was handed out or handed in."""
    path = course.notebook("release", ".", slug, slug)
    if not path.is_file():
        raise AutograderError(f"{path} is missing; run `nbgrader generate_assignment {slug}` in {course.root}.")
    released = nbformat.read(path, as_version=4)
    handed_in = course.submitted(slug)
    if not handed_in:
        raise AutograderError(f"Nobody has handed in {slug}.ipynb in {course.root}; run `nbgrader collect {slug}`.")
    return [Entry(student, slug, graft_file(path, released).notebook) for student, path in handed_in]


def grade_notebook(
    grading: Grading, entry: Entry, store: Store, sentences: dict[str, str], grade: Grade | None = None
) -> GradeReport:
    """Grade `entry` and fill its test cells. Raises GraderFault, and fills nothing, when the grader broke or the
    notebook's points are not those of the checks: no score is better than a wrong one."""
    (report,) = graded(grading, [entry], LocalExecutor(1), store, grade)
    if grader_failed(report.results):
        why = next(result.message for result in report.results if result.verdict is Verdict.GRADER_ERROR)
        raise GraderFault(f"The grader failed on {entry.student}; no score was recorded. {why}")
    tests = [cell for cell in entry.notebook.cells if is_test(cell)]
    filled = [_outputs(cell, report, sentences, count) for count, cell in enumerate(tests, start=1)]
    for count, (cell, outputs) in enumerate(zip(tests, filled, strict=True), start=1):
        cell.outputs, cell.execution_count = [nbformat.from_dict(output) for output in outputs], count
    _say(entry.notebook, report)
    return report


def is_test(cell: Any) -> bool:
    """Whether a machine is to give the points of a released cell; what a person grades is a solution as well."""
    found = label(cell)
    return bool(found.get("grade")) and not found.get("solution") and cell.cell_type == "code"


def _outputs(cell: Any, report: GradeReport, sentences: dict[str, str], count: int) -> list[dict[str, Any]]:
    source, name = cell.source.strip(), label(cell)["grade_id"]
    entry_point = source.removeprefix(TEST_PREFIX).removesuffix(TEST_SUFFIX)
    results = [result for result in report.results if source == f"{TEST_PREFIX}{result.entry_point}{TEST_SUFFIX}"]
    if not results:
        raise GraderFault(
            f"Test cell {name} is `{printable(source)}`, which autograder does not grade; make it a check of "
            f"{report.assignment.id}, or a cell that is graded by hand."
        )
    possible, points = total(results)[1], float(label(cell)["points"])
    if abs(possible - points) > 1e-9:  # points are written by hand with few digits; sums differ by rounding alone
        raise GraderFault(
            f"The checks of {entry_point} are worth {possible:g} points, and its test cell {points:g}; run `autograder "
            f"release {report.assignment.id} --course …` and `nbgrader generate_assignment` again."
        )
    return shown.outputs(results, sentences, count)


def _say(notebook: Any, report: GradeReport) -> None:
    """Above the first test, on what may be a cell of its own: how it was graded, and what had to be put right."""
    kept = notebook.metadata.get(MARK, {})
    notes = [] if "refused" in kept else report.notes
    lines = [*kept.get("repairs", []), *notes]
    title = f"Graded by autograder {report.grader}, isolation {report.isolation.level}."
    locked = [
        cell for cell in notebook.cells if cell.cell_type == "code" and label(cell) and not label(cell)["solution"]
    ]
    if locked:
        locked[0].outputs.insert(0, nbformat.from_dict(shown.notice(title, lines)))
