"""Where a course keeps what grading needs: nbgrader's folders, and our results beside them."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from traitlets.config.loader import PyFileConfigLoader

from autograder.assignment.discover import Declared, find_assignment
from autograder.errors import AutograderError
from autograder.model import Assignment
from autograder.nbgrader.graft import MARK
from autograder.release import render
from autograder.release.notebook import notebook, read_cells
from autograder.store import Store

CONFIG = "nbgrader_config.py"
RESULTS = ".autograder"


def require_nbgrader() -> None:
    """AutograderError, with the command to type, where nbgrader is not installed."""
    if importlib.util.find_spec("nbgrader") is None:
        raise AutograderError("nbgrader is not installed; run: pip install 'dl-autograder[nbgrader]'")


@dataclass(frozen=True)
class Course:
    """A course folder, and nbgrader's configuration of it, so that a course's own folder names hold."""

    root: Path
    config: Any

    @classmethod
    def of(cls, config: Any, root: Path) -> Course:
        """The course that `config`, a traitlets Config, describes; in `root` unless it says where."""
        return cls(Path(config.CourseDirectory.get("root", root)), config)

    def notebook(self, step: str, student: str, slug: str, name: str) -> Path:
        """The notebook `name` of assignment `slug` in nbgrader's folder for `step` (source, release, submitted)."""
        own = self.config.CourseDirectory
        folder = own.get("directory_structure", "{nbgrader_step}/{student_id}/{assignment_id}").format(
            nbgrader_step=own.get(f"{step}_directory", step), student_id=student, assignment_id=slug
        )
        return Path(self.root, folder, f"{name}.ipynb")

    def submitted(self, slug: str) -> list[tuple[str, Path]]:
        """(student, notebook) of everybody who handed in the notebook of `slug`, sorted."""
        pattern = self.notebook("submitted", "*", slug, slug).relative_to(self.root).as_posix()
        student = re.compile(re.escape(pattern).replace(r"\*", "([^/]+)"))
        found = ((student.fullmatch(path.relative_to(self.root).as_posix()), path) for path in self.root.glob(pattern))
        return sorted((match[1], path) for match, path in found if match)

    @property
    def assignments(self) -> Path | None:
        """Where its configuration says that assignments are looked for."""
        where = self.config.SandboxGrade.get("assignments", "")
        return Path(where) if where else None

    def load(self, slug: str) -> Declared:
        """The assignment `slug`, where the course's configuration says that it is."""
        return find_assignment(slug, self.assignments)

    def keep(self, slug: str, files: Mapping[str, bytes], folder: Path) -> Path | None:
        """A copy of the first of `files` that `folder` has with other content, out of the reach of `nbgrader
        generate_assignment`, which would hand it out; None when there is none."""
        for name, content in files.items():
            path = folder / name
            if path.is_file() and (there := path.read_bytes()) != content:
                kept = self._private(slug) / f"{path.stem}-{hashlib.sha256(there).hexdigest()[:8]}.ipynb"
                kept.write_bytes(there)
                return kept
        return None

    def store(self, slug: str, *, mend: bool = False) -> Store:
        """The finished results of `slug`, with the seed of the class; with `mend` begun anew where they are damaged."""
        return Store(self._private(slug), mend=mend)

    def _private(self, slug: str) -> Path:
        """A folder that nobody but the instructor may read: seeds and solutions are kept there."""
        folder = self.root / RESULTS / slug
        folder.mkdir(parents=True, exist_ok=True)
        (self.root / RESULTS).chmod(0o700)
        return folder


def class_seed(store: Store, wanted: int | None = None) -> int:
    """The seed of the class: drawn once unless one is `wanted`, then the same for everybody, or equal code would not
    earn equal marks."""
    return store.seed(wanted, secrets.randbits(48))


def open_course(root: Path) -> Course:
    """The nbgrader course in `root`, by its own configuration. Raises AutograderError where there is none."""
    require_nbgrader()
    root = root.resolve()
    if not (root / CONFIG).is_file():
        raise AutograderError(
            f"{root} is not an nbgrader course: it has no {CONFIG}; run `autograder nbgrader init {root}`."
        )
    with contextlib.redirect_stdout(io.StringIO()):
        config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    return Course.of(config, root)


def source_files(declared: Declared) -> dict[str, bytes]:
    """What belongs into `source/<slug>/`, by name. Raises AssignmentError for a reference that cannot be released."""
    worth: dict[str, list[float]] = {}
    for check in declared.checks:
        worth.setdefault(check.entry_point, []).append(check.points)
    points = {name: round(sum(found), 6) for name, found in worth.items()}  # as scores are: 0.1 + 0.2 is 0.3
    render(declared.assignment, points)  # a reference that has no template has no notebook either
    return {f"{declared.assignment.id}.ipynb": source_notebook(declared.assignment, points)}


def source_notebook(assignment: Assignment, check_points: dict[str, float]) -> bytes:
    """The instructor's notebook for `nbgrader generate_assignment`: solutions between their markers, and a locked test
    cell for each entry point that is worth all its checks, hidden ones too. The same reference gives the same bytes."""
    cells = read_cells(Path(assignment.reference).read_text(encoding="utf-8"))
    template = nbformat.reads(notebook(cells, assignment.entry_points, check_points).decode(), as_version=4)
    solved = dict(_sources(cells))
    for cell in template.cells:
        cell.source = solved.get(cell.id, cell.source)
    template.metadata[MARK] = {"assignment": assignment.id}
    return f"{nbformat.writes(template).rstrip()}\n".encode()


def _sources(cells: list[Any]) -> Iterator[tuple[str, str]]:
    """The sources of a reference by the ids that its template gives to its cells."""
    for position, cell in enumerate(cells, start=1):
        yield cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{position}", cell.source
