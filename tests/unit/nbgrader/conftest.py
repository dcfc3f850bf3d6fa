"""A course with one assignment in its gradebook, as `nbgrader generate_assignment` leaves it."""

from __future__ import annotations

import copy
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

SCHEME = "Do something.\n=== BEGIN MARK SCHEME ===\nOne point for anything.\n=== END MARK SCHEME ==="


@dataclass
class Classroom:
    """A course folder with a gradebook; `source` is the instructor's notebook, `released` what students get."""

    root: Path
    source: Any
    released: Any

    @property
    def url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def about(self, student: str = "ada") -> dict[str, Any]:
        """The resources that nbgrader's converters pass on."""
        return {"nbgrader": {"student": student, "assignment": "tiny", "notebook": "tiny", "db_url": self.url}}

    def write(self, step: str, notebook: Any) -> Path:
        """Put `notebook` where nbgrader keeps that of `step`."""
        path = self.root / step / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    def generate(self, source: Any) -> None:
        """What `nbgrader generate_assignment` does with the notebook `source`, by its own preprocessors."""
        from nbgrader import preprocessors as stock

        self.source = copy.deepcopy(source)
        released = copy.deepcopy(source)
        clear = (stock.ClearHiddenTests, stock.ClearMarkScheme)
        for step in (stock.ComputeChecksums, stock.SaveCells, *clear, stock.ComputeChecksums):
            released, _ = step().preprocess(released, self.about())
        self.released = released
        self.write("release", released)

    def gradebook(self) -> Any:
        from nbgrader.api import Gradebook

        return Gradebook(self.url)

    def hand_in(self, student: str = "ada", **submission: Any) -> None:
        """A submission of `student` in the gradebook, with whatever nbgrader keeps of one."""
        with self.gradebook() as book, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # SQLAlchemy 2.1 warns of how nbgrader 0.9 makes a submission
            book.update_or_create_student(student)
            book.update_or_create_submission("tiny", student, **submission)


def cell(kind: str, name: str, source: str, **label: Any) -> Any:
    """A cell with nbgrader's label."""
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    about = {"grade_id": name, "grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return make(source, id=name, metadata={"nbgrader": {**about, **label}})


def source_notebook() -> Any:
    """Every kind of cell that nbgrader has."""
    cells = [
        nbformat.v4.new_markdown_cell("# Tiny", id="cell-1"),
        cell("code", "helper", "def helper(x):\n    return x", locked=True),
        cell("code", "double", "def double(x): ...", solution=True),
        cell("code", "check_double", 'check("double")', grade=True, locked=True, points=5.0),
        cell("code", "affine", "def affine(x): ...", solution=True),
        cell("code", "check_affine", 'check("affine_forward")', grade=True, locked=True, points=2.0),
        cell("code", "by_hand", "plot = None", solution=True, grade=True, points=3.0),
        cell("markdown", "answer", "YOUR ANSWER", solution=True, grade=True, points=4.0),
        cell("markdown", "task", SCHEME, task=True, locked=True, points=1.0),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"autograder": {"assignment": "tiny"}, "kernelspec": kernel})


@pytest.fixture(scope="session")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """The course of which `classroom` is a copy."""
    pytest.importorskip("nbgrader", reason="nbgrader is an extra: pip install 'dl-autograder[nbgrader]'")
    from nbgrader.api import Base
    from sqlalchemy import create_engine

    room = Classroom(tmp_path_factory.mktemp("handed_out"), None, None)
    engine = create_engine(room.url)
    Base.metadata.create_all(engine)  # or nbgrader starts alembic to number the tables
    engine.dispose()
    with room.gradebook() as book:
        book.add_assignment("tiny")
    room.generate(source_notebook())
    return room


@pytest.fixture
def classroom(handed_out: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """A course whose assignment `tiny` was handed out, and the working directory in it."""
    shutil.copytree(handed_out.root, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return Classroom(tmp_path, copy.deepcopy(handed_out.source), copy.deepcopy(handed_out.released))
