"""What nbgrader runs in the place of its own preprocessors; `autograder nbgrader init` names them in the configuration.

The first pass of `nbgrader autograde` reads a submission: `SubmissionExporter` so that no file can stop it, `Graft` so
that only source text of the student's goes on. The second pass, which would run that source in a kernel, is
`SandboxGrade`. Notebooks that `autograder release` did not write are left to nbgrader as they were.
"""

from __future__ import annotations

import functools
from logging import INFO, WARNING
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets import Unicode

from autograder.assignment.discover import Declared, find_assignment
from autograder.errors import AutograderError
from autograder.model import Isolation, Level
from autograder.nbgrader.course import Course, class_seed
from autograder.nbgrader.graft import MARK, refused
from autograder.nbgrader.results import Entry, grade_notebook, graft_bytes
from autograder.nbgrader.submitted import read_file
from autograder.pipeline import Grading
from autograder.sandbox.isolation import choose
from autograder.submission.json_text import strict_json

HANDED_IN = "autograder_handed_in"
UNREADABLE = "autograder_unreadable"


class SubmissionExporter(NotebookExporter):  # type: ignore[misc, unused-ignore]
    """Reads notebooks without following links, waiting for pipes, or failing on what is not a notebook."""

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """The notebook in `filename` and its resources; an empty notebook where it cannot be read, and the reason."""
        path = Path(filename)
        resources = {} if resources is None else resources
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        try:
            resources[HANDED_IN] = data = read_file(path)
            notebook = nbformat.reads(strict_json(data).decode(), as_version=4)
            _ = [cell.metadata for cell in notebook.cells]
        except Exception as error:  # nbformat answers damage with whatever its parsers raise
            resources[UNREADABLE] = error
            notebook = nbformat.v4.new_notebook()
        return super().from_notebook_node(  # type: ignore[no-untyped-call, unused-ignore]
            notebook, resources=resources, **options
        )


class Graft(NbGraderPreprocessor):  # type: ignore[misc, unused-ignore]
    """Puts the sources of a submission's solution cells into the notebook that was handed out."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The grafted notebook; a notebook of another kind as it came."""
        about = resources["nbgrader"]
        released = _released(_course(self), about["assignment"], about["notebook"])
        if released is None:
            if UNREADABLE in resources:
                raise resources[UNREADABLE]
            nb.metadata.pop(MARK, None)  # ours alone to give
            return nb, resources
        name = f"{resources['metadata']['name']}.ipynb"
        data = resources.pop(HANDED_IN, None)  # of the moment in which the exporter read it
        grafted = refused(str(resources[UNREADABLE]), released) if data is None else graft_bytes(data, name, released)
        unread = grafted.notebook.metadata[MARK].get("refused")
        for repair in grafted.repairs:
            self.log.log(WARNING if unread else INFO, "%s: %s", about["student"], repair)
        return grafted.notebook, resources


class SandboxGrade(Execute):  # type: ignore[misc, unused-ignore]
    """Grades a grafted notebook in the sandbox and fills its test cells; runs a notebook of another kind as before."""

    assignments = Unicode("", help="A folder in or above which there is `assignments/`.").tag(config=True)
    isolation = Unicode("", help="strong, contained or process; empty for the strongest that holds.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> tuple[Any, Any]:
        """`nb` with the outputs of its test cells. An exception means that no score may be recorded."""
        if MARK not in nb.metadata:
            return super().preprocess(nb, resources, km)  # type: ignore[no-any-return, unused-ignore]
        about = resources["nbgrader"]
        declared = _declared(nb.metadata[MARK]["assignment"], self.assignments)
        sentences = {check.id: check.sentence for check in declared.checks}
        with _course(self).store(declared.assignment.id) as store:
            grading = Grading(declared, class_seed(store), _isolation(self.isolation), declared.checks)
            entry = Entry(about["student"], about["notebook"], nb)
            report = grade_notebook(grading, entry, store, sentences)
        self.log.info("%s: %g of %g points", about["student"], report.score, report.max_score)
        return nb, resources


def _course(preprocessor: Any) -> Course:
    return Course.of(preprocessor.config, Path.cwd())  # nbgrader's converters work in the course folder


def _released(course: Course, assignment: str, name: str) -> Any:
    """The notebook as it was handed out, if `autograder release` wrote it. Raises AutograderError rather than let
    student code run unguarded because a file has gone."""
    paths = [course.notebook(step, ".", assignment, name) for step in ("release", "source")]
    there = [_notebook(path, path.stat().st_mtime_ns) for path in paths if path.is_file()]
    if there and all(MARK not in notebook.metadata for notebook in there):
        return None
    if not paths[0].is_file():
        raise AutograderError(f"{paths[0]} is missing; run `nbgrader generate_assignment {assignment}`.")
    return there[0]


@functools.lru_cache(maxsize=16)
def _notebook(path: Path, changed: int) -> Any:
    """Read once a batch: nbformat checks every cell against its schema."""
    return nbformat.read(path, as_version=4)


@functools.cache
def _declared(slug: str, where: str) -> Declared:
    return find_assignment(slug, Path(where) if where else None)


@functools.cache
def _isolation(name: str) -> Isolation:
    return choose(Level(name) if name else None)
