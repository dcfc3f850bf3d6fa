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
from sqlalchemy import bindparam, select, update


def record(book: Gradebook, about: Mapping[str, str], notebook: Any, log: Logger) -> None:
    """Write the grades and automatic comments of `notebook` into `book`; `about` names its student, assignment and
    notebook. What a person wrote stays. Raises MissingEntry for a cell that the gradebook does not have."""
    grades, comments = _rows(book, about, _GRADES), _rows(book, about, _COMMENTS)
    scored = [_score(_row(grades, cell, about), cell, log) for cell in notebook.cells if is_grade(cell)]
    said = [
        _comment(_row(comments, cell, about), cell) for cell in notebook.cells if is_solution(cell) or is_task(cell)
    ]
    for change, rows in ((_SCORE, scored), (_COMMENT, said)):
        if rows:
            book.db.execute(change, rows)
    book.db.commit()


def owes_nothing(book: Gradebook, about: Mapping[str, str]) -> bool:
    """Whether the submission that `about` names is certainly on time and has no penalty: AssignLatePenalties would ask
    no plug-in and change nothing. An extension is left to nbgrader."""
    found = book.db.execute(_DATES, _names(about)).one_or_none()
    if found is None:
        return False
    penalty, timestamp, extension, due = found
    return penalty is None and extension is None and (timestamp is None or due is None or timestamp <= due)


def _score(grade: Any, cell: Any, log: Logger) -> dict[str, Any]:
    """A person looks at what a machine cannot grade, and again at what she graded before."""
    points, _ = determine_grade(cell, log)
    return {"row": grade.id, "points": points, "by_hand": grade.manual_score is not None or points is None}


def _comment(comment: Any, cell: Any) -> dict[str, Any]:
    unchanged = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell) and not is_task(cell)
    return {"row": comment.id, "comment": "No response." if unchanged else None}


def _rows(book: Gradebook, about: Mapping[str, str], query: Any) -> dict[str, Any]:
    """The rows of `query` by the names of their cells. Where a task and another cell share a name, it is the other
    one's, as in `Gradebook.find_grade` and `find_comment`."""
    found = book.db.execute(query, _names(about)).all()
    return {row.name: row for row in sorted(found, key=lambda row: row.type != "TaskCell")}


def _row(rows: Mapping[str, Any], cell: Any, about: Mapping[str, str]) -> Any:
    name = cell.metadata.nbgrader["grade_id"]
    if name not in rows:
        where = "/".join((about["assignment"], about["notebook"], name))
        raise MissingEntry(f"The gradebook has no cell {where} for {about['student']}.")
    return rows[name]


def _names(about: Mapping[str, str]) -> dict[str, str]:
    return {name: about[name] for name in ("student", "assignment", "notebook")}


def _of_notebook(query: Any) -> Any:
    """`query`, which selects from SubmittedNotebook, for the one that `_names` names."""
    return (
        query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(
            Notebook.name == bindparam("notebook"),
            Assignment.name == bindparam("assignment"),
            SubmittedAssignment.student_id == bindparam("student"),
        )
    )


def _of_cells(kind: Any, *columns: Any) -> Any:
    """The rows of `kind`, Grade or Comment, with the cells that they belong to."""
    rows = select(kind.id, *columns, BaseCell.name, BaseCell.type).select_from(kind)
    cells = rows.join(BaseCell, BaseCell.id == kind.cell_id)
    return _of_notebook(cells.join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id))


_GRADES, _COMMENTS = _of_cells(Grade, Grade.manual_score), _of_cells(Comment)
_DATES = _of_notebook(
    select(
        SubmittedNotebook.late_submission_penalty,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.extension,
        Assignment.duedate,
    ).select_from(SubmittedNotebook)
)
_SCORE = (
    update(Grade.__table__)
    .where(Grade.__table__.c.id == bindparam("row"))
    .values(auto_score=bindparam("points"), needs_manual_grade=bindparam("by_hand"))
)
_COMMENT = (
    update(Comment.__table__)
    .where(Comment.__table__.c.id == bindparam("row"))
    .values(auto_comment=bindparam("comment"))
)
