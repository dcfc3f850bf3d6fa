"""What a grafted notebook earned, written into nbgrader's gradebook.

The rules are those of nbgrader's SaveAutoGrades, which asks for each cell by itself and commits after each; a notebook
is read in two queries here and committed once, so that it is recorded as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from logging import Logger
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task
from sqlalchemy.orm import load_only


def record(book: Gradebook, about: Mapping[str, str], notebook: Any, log: Logger) -> None:
    """Write the grades and automatic comments of `notebook` into `book`; `about` names its student, assignment and
    notebook. What a person wrote stays. Raises MissingEntry for a cell that the gradebook does not have."""
    grades = _rows(book, about, Grade, (Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade))
    comments = _rows(book, about, Comment, (Comment.auto_comment,))
    for cell in notebook.cells:
        if is_grade(cell):
            _score(_row(grades, cell, about), cell, log)
        if is_solution(cell) or is_task(cell):
            unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell) and not is_task(cell)
            _row(comments, cell, about).auto_comment = "No response." if unchanged else None
    book.db.commit()


def owes_nothing(book: Gradebook, about: Mapping[str, str]) -> bool:
    """Whether the submission that `about` names is certainly on time and has no penalty: AssignLatePenalties would ask
    no plug-in and change nothing. An extension is left to nbgrader."""
    columns = (SubmittedAssignment.timestamp, SubmittedAssignment.extension, Assignment.duedate)
    found = _of_notebook(book.db.query(SubmittedNotebook.late_submission_penalty, *columns), about).one_or_none()
    if found is None:
        return False
    penalty, timestamp, extension, due = found
    return penalty is None and extension is None and (timestamp is None or due is None or timestamp <= due)


def _score(grade: Any, cell: Any, log: Logger) -> None:
    """A person looks at what a machine cannot grade, and again at what she graded before."""
    grade.auto_score, _ = determine_grade(cell, log)
    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _rows(book: Gradebook, about: Mapping[str, str], kind: Any, columns: tuple[Any, ...]) -> dict[str, Any]:
    """The rows of `kind` of a submitted notebook by the names of their cells. Where a task and another cell share a
    name, it is the other one's, as in `Gradebook.find_grade` and `find_comment`."""
    query = (
        book.db.query(kind, BaseCell.name, BaseCell.type)
        .options(load_only(*columns))
        .join(BaseCell, BaseCell.id == kind.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
    )
    found = sorted(_of_notebook(query, about), key=lambda one: one[2] != "TaskCell")
    return {name: row for row, name, _ in found}


def _of_notebook(query: Any, about: Mapping[str, str]) -> Any:
    """`query`, which selects from SubmittedNotebook, for the one that `about` names."""
    return (
        query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(
            Notebook.name == about["notebook"],
            Assignment.name == about["assignment"],
            SubmittedAssignment.student_id == about["student"],
        )
    )


def _row(rows: Mapping[str, Any], cell: Any, about: Mapping[str, str]) -> Any:
    name = cell.metadata.nbgrader["grade_id"]
    if name not in rows:
        where = "/".join((about["assignment"], about["notebook"], name))
        raise MissingEntry(f"The gradebook has no cell {where} for {about['student']}.")
    return rows[name]
