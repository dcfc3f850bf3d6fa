"""A real nbgrader course for tests: made by nbgrader's own commands, filled with what students hand in."""

from __future__ import annotations

import copy
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from tiny_course import write_assignment

SLUG = "tiny"
BIN = Path(sys.executable).parent
LABEL = '"locked": false, "schema_version": 3, "solution": true, "grade": false, "task": false'

REFERENCE = f'''\
# %% [markdown]
# # Tiny
# Doubling, and an affine layer.

# %%
import numpy as np

# %% nbgrader={{"grade_id": "doubling", {LABEL}}}
def double(x):
    """Twice every number."""
    ### BEGIN SOLUTION
    return 2.0 * np.asarray(x)
    ### END SOLUTION

# %% [markdown]
# ## An affine layer

# %% nbgrader={{"grade_id": "affine", {LABEL}}}
def affine_forward(x, w):
    ### BEGIN SOLUTION
    return x @ w, (x, w)
    ### END SOLUTION


def affine_backward(dout, cache):
    ### BEGIN SOLUTION
    x, w = cache
    return dout @ w.T, x.T @ dout
    ### END SOLUTION
'''
DOUBLE = "def double(x):\n    return x + x"
AFFINE = (
    "def affine_forward(x, w):\n    return np.dot(x, w), (x, w)\n\n\n"
    "def affine_backward(dout, cache):\n    x, w = cache\n    return np.dot(dout, w.T), np.dot(x.T, dout)"
)
TESTS = ("check_double", "check_affine_forward", "check_affine_backward")
POINTS = {"check_double": 5.0, "check_affine_forward": 2.0, "check_affine_backward": 3.0}


# What `nbgrader quickstart` writes but for 1,700 lines of comments such as the last, which take it nine CPU seconds.
QUICKSTART = """\
c = get_config()
c.CourseDirectory.course_id = "course101"
c.IncludeHeaderFooter.header = "source/header.ipynb"
# Configuration file for nbgrader-quickstart.

c = get_config()  #noqa

## See also: BaseConverter.exporter_class
# c.Autograde.exporter_class = 'nbconvert.exporters.notebook.NotebookExporter'
# c.Autograde.sanitize_preprocessors = []
"""


@dataclass
class NbCourse:
    """A course folder, beside the assignments that it grades with."""

    home: Path  # holds assignments/ and reference/
    root: Path  # the nbgrader course

    @classmethod
    def make(cls, folder: Path) -> NbCourse:
        """An nbgrader course with the tiny assignment released to students."""
        import nbgrader

        home, root = folder / "authors", folder / "course101"
        home.mkdir()
        write_assignment(home, reference=REFERENCE)
        course = cls(home, root)
        shutil.copytree(Path(nbgrader.__file__).parent / "docs/source/user_guide/source", root / "source")
        (root / "nbgrader_config.py").write_text(QUICKSTART)
        course.autograder("nbgrader", "init", root)
        course.autograder("release", SLUG, "--course", root)
        course.nbgrader("generate_assignment", SLUG)
        return course

    def run(
        self, *command: object, cwd: Path | None = None, status: int | None = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment without its bin folder on PATH: nothing may rely on an activated one."""
        program, *rest = map(str, command)
        hidden = [part for part in os.environ["PATH"].split(os.pathsep) if Path(part) != BIN]
        environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1", "JUPYTER_PLATFORM_DIRS": "1"}
        environment |= {"PATH": os.pathsep.join(hidden), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            [str(BIN / program), *rest],
            cwd=cwd or self.root,
            capture_output=True,
            text=True,
            env=environment,
            timeout=300,
        )
        assert status is None or done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def nbgrader(self, *arguments: object, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        return self.run("nbgrader", *arguments, status=status)

    def autograder(self, *arguments: object, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        return self.run("autograder", *arguments, cwd=self.home, status=status)

    def notebook(self, step: str, student: str = ".") -> Path:
        return self.root / step / student / SLUG / f"{SLUG}.ipynb"

    @property
    def handed_out(self):
        return nbformat.read(self.notebook("release"), as_version=4)

    def hand_in(self, student: str, work: object, late: str = "2026-01-01 00:00:00 UTC") -> Path:
        """`work` is a notebook, or text that need not be one."""
        path = self.notebook("submitted", student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(work if isinstance(work, str) else nbformat.writes(work), encoding="utf-8")
        (path.parent / "timestamp.txt").write_text(late)
        return path

    def gradebook(self):
        from nbgrader.api import Gradebook

        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}")

    def scores(self) -> dict[str, dict[str, float]]:
        """Points by student and test cell, as the gradebook has them."""
        with self.gradebook() as book:
            return {
                submission.student.id: {
                    grade.cell.name: grade.auto_score for notebook in submission.notebooks for grade in notebook.grades
                }
                for submission in book.find_assignment(SLUG).submissions
            }

    def outputs(self, student: str, name: str) -> str:
        """All text of a cell's outputs in the autograded notebook."""
        notebook = nbformat.read(self.notebook("autograded", student), as_version=4)
        cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)
        return "\n".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs)


def filled(released, doubling: str | None = DOUBLE, affine: str | None = AFFINE):
    """The handed-out notebook with solutions; None leaves the stub."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        source = {"doubling": doubling, "affine": affine}.get(grade_id(cell))
        if source is not None:
            cell.source = source
    return notebook


def grade_id(cell) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def find(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)
