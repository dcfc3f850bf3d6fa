"""Grades in nbgrader's gradebook: by nbgrader's rules, of a notebook all or none."""

from __future__ import annotations

import copy
import logging
import shutil
from datetime import datetime, timedelta

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="nbgrader is an extra: pip install 'dl-autograder[nbgrader]'")

from nbgrader.api import MissingEntry
from nbgrader.preprocessors import SaveAutoGrades

from autograder.nbgrader.gradebook import owes_nothing, record

LOG = logging.getLogger(__name__)
DUE = datetime(2026, 2, 1)


def rows(book):
    """Everything that grading writes, by the name and kind of its cell."""
    submission = book.find_submission("tiny", "ada")
    (notebook,) = submission.notebooks
    grades = {
        (one.cell.name, one.cell.type): (one.auto_score, one.manual_score, one.extra_credit, one.needs_manual_grade)
        for one in notebook.grades
    }
    comments = {
        (one.cell.name, one.cell.type): (one.auto_comment, one.manual_comment, one.comment) for one in notebook.comments
    }
    return grades, comments, (submission.score, submission.needs_manual_grade, notebook.late_submission_penalty)


def result(points):
    return nbformat.v4.new_output("execute_result", data={"text/plain": points})


def find(notebook, name):
    return next(one for one in notebook.cells if one.id == name)


def blank(notebook):
    """As it was handed out, every test at nought."""
    for name in ("check_double", "check_affine"):
        find(notebook, name).outputs = [result("0.0")]


def answered(notebook):
    for name in ("double", "affine", "by_hand", "answer"):
        find(notebook, name).source += "\nmore"
    find(notebook, "check_double").outputs = [result("3.5")]
    find(notebook, "check_affine").outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]


def without_some(notebook):
    """Stock nbgrader is handed notebooks in which cells are missing."""
    answered(notebook)
    notebook.cells = [one for one in notebook.cells if one.id not in ("check_affine", "answer", "affine", "task")]


def handed_in(classroom, fill):
    """What the first pass makes of a submission: labels, and checksums as the gradebook has them."""
    from nbgrader.preprocessors import OverwriteCells

    notebook, _ = OverwriteCells().preprocess(copy.deepcopy(classroom.released), classroom.about())
    fill(notebook)
    return notebook


def manual(book):
    """A person has been at it."""
    double, hand = (book.find_grade(name, "tiny", "tiny", "ada") for name in ("check_double", "by_hand"))
    double.manual_score, double.extra_credit, hand.manual_score = 4.5, 1.0, 2.0
    book.find_comment("answer", "tiny", "tiny", "ada").manual_comment = "Well put."
    book.db.commit()


@pytest.mark.parametrize(("first", "second"), [(blank, answered), (answered, blank), (answered, without_some)])
def test_what_is_recorded_is_what_nbgrader_records(classroom, first, second):
    classroom.hand_in()
    with classroom.gradebook() as book:
        record(book, classroom.about()["nbgrader"], handed_in(classroom, first), LOG)
        manual(book)
    copied = classroom.root / "before.db"
    shutil.copy(classroom.root / "gradebook.db", copied)
    SaveAutoGrades().preprocess(handed_in(classroom, second), classroom.about())
    with classroom.gradebook() as book:
        expected = rows(book)
    shutil.copy(copied, classroom.root / "gradebook.db")
    with classroom.gradebook() as book:
        record(book, classroom.about()["nbgrader"], handed_in(classroom, second), LOG)
    with classroom.gradebook() as book:
        assert rows(book) == expected
    assert expected[0]["check_double", "GradeCell"] == (0.0 if second is blank else 3.5, 4.5, 1.0, True)


def test_what_a_person_is_to_grade_is_said(classroom):
    classroom.hand_in()
    with classroom.gradebook() as book:
        record(book, classroom.about()["nbgrader"], handed_in(classroom, answered), LOG)
        grades, comments, _ = rows(book)
    assert {name: needs for (name, _), (*_, needs) in grades.items()} == {
        "check_double": False, "check_affine": False, "by_hand": True, "answer": True, "task": True,
    }  # fmt: skip
    assert {automatic for automatic, *_ in comments.values()} == {None}


def test_no_response_is_said(classroom):
    classroom.hand_in()
    with classroom.gradebook() as book:
        record(book, classroom.about()["nbgrader"], handed_in(classroom, blank), LOG)
        grades, comments, _ = rows(book)
    assert grades["by_hand", "GradeCell"] == (0.0, None, None, False)
    assert {name: automatic for (name, _), (automatic, *_) in comments.items()} == {
        **dict.fromkeys(("double", "affine", "by_hand", "answer"), "No response."), "task": None,
    }  # fmt: skip


def too_many_points(notebook):
    answered(notebook)
    find(notebook, "check_affine").outputs = [result("2.5")]


def unknown(notebook):
    answered(notebook)
    find(notebook, "check_affine").metadata.nbgrader["grade_id"] = "check_other"


@pytest.mark.parametrize(
    ("fill", "error", "says"),
    [
        (too_many_points, ValueError, "partial credit cannot be greater than maximum points"),
        (unknown, MissingEntry, r"^The gradebook has no cell tiny/tiny/check_other for ada\.$"),
    ],
)
def test_of_a_notebook_that_cannot_be_recorded_nothing_is(classroom, fill, error, says):
    classroom.hand_in()
    with classroom.gradebook() as book:
        before = rows(book)
    with classroom.gradebook() as book, pytest.raises(error, match=says):
        record(book, classroom.about()["nbgrader"], handed_in(classroom, fill), LOG)
    with classroom.gradebook() as book:
        assert rows(book) == before


@pytest.mark.parametrize(
    ("handed_in", "due", "extension", "penalty", "nothing"),
    [
        (None, DUE, None, None, True),
        (DUE, None, None, None, True),
        (DUE, DUE, None, None, True),
        (DUE + timedelta(seconds=1), DUE, None, None, False),
        (DUE, DUE, timedelta(days=1), None, False),  # nbgrader's to work out
        (DUE, DUE, None, 3.0, False),  # nbgrader's to take back
    ],
)
def test_who_certainly_owes_nothing(classroom, handed_in, due, extension, penalty, nothing):
    classroom.hand_in()
    with classroom.gradebook() as book:
        submission = book.find_submission("tiny", "ada")
        submission.timestamp, submission.extension, submission.assignment.duedate = handed_in, extension, due
        submission.notebooks[0].late_submission_penalty = penalty
        book.db.commit()
        assert owes_nothing(book, classroom.about()["nbgrader"]) is nothing


def test_without_a_submission_nbgrader_is_asked(classroom):
    with classroom.gradebook() as book:
        assert not owes_nothing(book, classroom.about()["nbgrader"])
