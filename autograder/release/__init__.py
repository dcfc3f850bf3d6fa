"""What students get: the reference without its solutions, as a notebook, a script and a README."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from autograder.errors import AssignmentError
from autograder.model import Assignment
from autograder.release.files import drift, write
from autograder.release.notebook import cell_problems, notebook, read_cells, script
from autograder.release.readme import readme
from autograder.release.template import leaks, problems

__all__ = ["drift", "leaks", "render", "write"]


def render(assignment: Assignment, check_points: Mapping[str, float]) -> dict[str, bytes]:
    """The files of `student_templates/<id>/`, by name; the same reference gives the same bytes.

    `check_points` are the points of the public checks of each entry point. Raises AssignmentError, with everything that
    is wrong, for a reference that cannot be released."""
    try:
        source = Path(assignment.reference).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(assignment.reference, [f"this cannot be read: {error}"]) from None
    wrong = problems(source, [entry.name for entry in assignment.entry_points])
    if wrong:
        raise AssignmentError(assignment.reference, wrong)
    cells = read_cells(source)
    if wrong := cell_problems(cells, assignment.entry_points):
        raise AssignmentError(assignment.reference, wrong)
    return {
        f"{assignment.id}.ipynb": notebook(cells, assignment.entry_points, check_points),
        f"{assignment.id}.py": script(cells, assignment.id),
        "README.md": readme(assignment, check_points),
    }
