"""What nbgrader runs in the place of its own preprocessors; `autograder nbgrader init` names them in the configuration.

The first pass of `nbgrader autograde` reads a submission: `SubmissionExporter` so that no file can stop it, `Graft` so
that only source text of the student's goes on. The second pass, which would run that source in a kernel, is
`SandboxGrade`. The others bear the names of nbgrader's own and save their time: in a graft all but the student's source
is the same for the whole class, so it is overwritten and checked once a batch. Notebooks that `autograder release` did
not write are left to nbgrader as they were.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Mapping
from dataclasses import replace
from logging import INFO, WARNING
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader import preprocessors as stock
from nbgrader.api import Gradebook
from traitlets import Unicode

from autograder.assignment.discover import find_assignment
from autograder.errors import AutograderError
from autograder.model import GradeReport, Isolation, Level, Submission, Unreadable
from autograder.nbgrader.batch import Batch
from autograder.nbgrader.course import Course, class_seed
from autograder.nbgrader.gradebook import owes_nothing, record
from autograder.nbgrader.graft import MARK, refused
from autograder.nbgrader.results import Entry, grade_notebook, graft_bytes
from autograder.nbgrader.submitted import read_file
from autograder.pipeline import Grading, grade_read
from autograder.sandbox.isolation import choose
from autograder.store import Store
from autograder.submission.json_text import strict_json

HANDED_IN = "autograder_handed_in"
UNREADABLE = "autograder_unreadable"
ON_TIME = "autograder_on_time"


class SubmissionExporter(NotebookExporter):  # type: ignore[misc, unused-ignore]
    """Reads notebooks without following links, waiting for pipes, or failing on what is not a notebook. nbgrader makes
    one for each run, and the preprocessors anew for each notebook, so it keeps the run's `batch`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # type: ignore[no-untyped-call, unused-ignore]
        self.batch = Batch()

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """The notebook in `filename` and its resources; an empty notebook where it cannot be read, and the reason. For
        `Graft`, which reads the bytes, it is empty, too, and the reason is for whoever else would take it."""
        path = Path(filename)
        resources = {} if resources is None else resources
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        notebook = nbformat.v4.new_notebook()
        try:
            resources[HANDED_IN] = data = read_file(path)
            if self._grafts(resources):
                again = f"{path.stem} was generated again while {path} was graded; run `nbgrader autograde` again."
                resources[UNREADABLE] = AutograderError(again)
            else:
                notebook = _parsed(data)
        except Exception as error:  # nbformat answers damage with whatever its parsers raise
            resources[UNREADABLE] = error
        return super().from_notebook_node(  # type: ignore[no-untyped-call, unused-ignore]
            notebook, resources=resources, **options
        )

    def _grafts(self, resources: Any) -> bool:
        """Whether this is the first pass over a notebook of ours."""
        first = any(isinstance(step, Graft) for step in self._preprocessors)
        return first and _released(_course(self), resources["nbgrader"]) is not None


class Graft(stock.NbGraderPreprocessor):  # type: ignore[misc, unused-ignore]
    """Puts the sources of a submission's solution cells into the notebook that was handed out, as the gradebook has it:
    with nbgrader's own checksums, points and hidden tests."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The grafted notebook; a notebook of another kind as it came."""
        about = resources["nbgrader"]
        path = _released(_course(self), about)
        _validate_last(self.parent, path is not None)
        if path is None:
            if UNREADABLE in resources:
                raise resources[UNREADABLE]
            nb.metadata.pop(MARK, None)  # ours alone to give
            return nb, resources
        changed = path.stat().st_mtime_ns
        released = _notebook(path, changed)
        master = _batch(self).once((path, changed), lambda: self._overwritten(released, resources))
        data = resources.pop(HANDED_IN, None)  # of the moment in which the exporter read it
        if data is None:
            grafted = refused(str(resources[UNREADABLE]), released, master)
        else:
            grafted = graft_bytes(data, f"{resources['metadata']['name']}.ipynb", released, master)
        unread = grafted.notebook.metadata[MARK].get("refused")
        for repair in grafted.repairs:
            self.log.log(WARNING if unread else INFO, "%s: %s", about["student"], repair)
        return grafted.notebook, resources

    def _overwritten(self, released: Any, resources: Any) -> Any:
        """The handed-out notebook, overwritten and checked by nbgrader's own preprocessors."""
        notebook = copy.deepcopy(released)
        for step in (stock.OverwriteKernelspec, stock.OverwriteCells, stock.CheckCellMetadata):
            notebook, _ = step(parent=self.parent)(notebook, resources)
        return notebook


class _OnceABatch:
    """Leaves out a grafted notebook, whose master has been through it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        return (nb, resources) if MARK in nb.metadata else super().preprocess(nb, resources)  # type: ignore[misc]


class OverwriteKernelspec(_OnceABatch, stock.OverwriteKernelspec):  # type: ignore[misc, unused-ignore]
    """nbgrader's own, once a batch."""


class OverwriteCells(_OnceABatch, stock.OverwriteCells):  # type: ignore[misc, unused-ignore]
    """nbgrader's own, once a batch."""


class CheckCellMetadata(_OnceABatch, stock.CheckCellMetadata):  # type: ignore[misc, unused-ignore]
    """nbgrader's own, once a batch: a student's own cells have no label."""


class SandboxGrade(stock.Execute):  # type: ignore[misc, unused-ignore]
    """Grades a grafted notebook in the sandbox and fills its test cells; runs a notebook of another kind as before."""

    assignments = Unicode("", help="A folder in or above which there is `assignments/`.").tag(config=True)
    isolation = Unicode("", help="strong, contained or process; empty for the strongest that holds.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """`nb` with the outputs of its test cells. An exception means that no score may be recorded."""
        _validate_last(self.parent, MARK in nb.metadata)
        if MARK not in nb.metadata:
            return super().preprocess(nb, resources, km)  # type: ignore[no-any-return, unused-ignore]
        about, slug = resources["nbgrader"], nb.metadata[MARK]["assignment"]
        batch = _batch(self)
        store = batch.once(("store", slug), lambda: _course(self).store(slug), Store.close)
        grading = batch.once(("grading", slug), lambda: self._grading(slug, store))
        sentences = {check.id: check.sentence for check in grading.checks}
        entry = Entry(about["student"], about["notebook"], nb)
        report = grade_notebook(grading, entry, store, sentences, self._grade)
        nbformat.validate(nb, relax_add_props=True)  # before anything is recorded
        self.log.info("%s: %g of %g points", about["student"], report.score, report.max_score)
        return nb, resources

    def _grading(self, slug: str, store: Store) -> Grading:
        declared = find_assignment(slug, Path(self.assignments) if self.assignments else None)
        unchosen: Any = None  # finished results need no isolation; what ran a submission without one would fail
        return Grading(declared, class_seed(store), unchosen, declared.checks)

    def _grade(self, grading: Grading, submission: Submission | Unreadable) -> GradeReport:
        return grade_read(replace(grading, isolation=_isolation(self.isolation)), submission)


class SaveAutoGrades(stock.SaveAutoGrades):  # type: ignore[misc, unused-ignore]
    """nbgrader's own; of a grafted notebook all grades and comments at once."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """`nb` as it is, its grades in the gradebook."""
        if MARK not in nb.metadata:
            return super().preprocess(nb, resources)  # type: ignore[no-any-return, unused-ignore]
        about, batch = resources["nbgrader"], _batch(self)
        book = batch.once(("gradebook", about["db_url"]), lambda: Gradebook(about["db_url"]), Gradebook.close)
        try:
            record(book, about, nb, self.log)
            resources[ON_TIME] = owes_nothing(book, about)
        finally:
            book.db.remove()  # the session, not the connection
        return nb, resources


class AssignLatePenalties(stock.AssignLatePenalties):  # type: ignore[misc, unused-ignore]
    """nbgrader's own, and its plug-in, for submissions that are late or were."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """`nb` as it is, the penalty in the gradebook."""
        if resources.get(ON_TIME):
            return nb, resources
        return super().preprocess(nb, resources)  # type: ignore[no-any-return, unused-ignore]


def _validate_last(exporter: Any, grafted: bool) -> None:
    """A graft is valid to begin with, and what fills it is validated there: once more before it is written will do."""
    if isinstance(exporter, SubmissionExporter):
        exporter.optimistic_validation = grafted


def _batch(preprocessor: Any) -> Batch:
    exporter = preprocessor.parent
    return exporter.batch if isinstance(exporter, SubmissionExporter) else Batch()


def _course(preprocessor: Any) -> Course:
    return Course.of(preprocessor.config, Path.cwd())  # nbgrader's converters work in the course folder


def _parsed(data: bytes) -> Any:
    notebook = nbformat.reads(strict_json(data).decode(), as_version=4)
    _ = [cell.metadata for cell in notebook.cells]
    return notebook


def _released(course: Course, about: Mapping[str, str]) -> Path | None:
    """Where the notebook that `about` names was handed out, if `autograder release` wrote it. Raises AutograderError
    rather than let student code run unguarded because a file has gone."""
    assignment, name = about["assignment"], about["notebook"]
    paths = [course.notebook(step, ".", assignment, name) for step in ("release", "source")]
    there = [_notebook(path, path.stat().st_mtime_ns) for path in paths if path.is_file()]
    if there and all(MARK not in notebook.metadata for notebook in there):
        return None
    if not paths[0].is_file():
        raise AutograderError(f"{paths[0]} is missing; run `nbgrader generate_assignment {assignment}`.")
    return paths[0]


@functools.lru_cache(maxsize=16)
def _notebook(path: Path, changed: int) -> Any:
    """Read once: nbformat checks every cell against its schema."""
    return nbformat.read(path, as_version=4)


@functools.cache
def _isolation(name: str) -> Isolation:
    return choose(Level(name) if name else None)
