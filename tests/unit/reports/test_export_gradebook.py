"""Scores filled into a downloaded gradebook: the right row or none, and nothing else changed."""

import csv
import io
import unicodedata

import pytest
from golden_files import golden
from hypothesis import example, given
from hypothesis import strategies as st
from report_factory import mixed, perfect, report, result

from autograder.errors import AutograderError
from autograder.model import Verdict
from autograder.reports.export.gradebook import Book, fill, normal, read_roster

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Convolution (4711),conv (4712),Final Score
    Points Possible,,,,,10,20,(read only)
"Lovelace, Ada",101,s1001,ada@example.org,A,9.50,,88
"Hopper, Grace",102,s1002,grace@example.org,A,,3,77
"Student, Test",103,,,B,,,
"""
MOODLE = """\
\ufeffIdentifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (grade)","Feedback comments"
"Participant 7","Ada Lovelace",ada@example.org,Submitted,,20.00,-,
"Participant 8","Grace Hopper",grace@example.org,Submitted,3,20.00,-,"see me"
"""
ROSTER = "id,name,email,section\nada,Ada Lovelace,ada@example.org,A\ngrace,Grace Hopper,grace@example.org,A\n"


def ten(student, points=20.0):
    return report([result("conv2d_forward.values", max_points=20.0, points=points)], student)


def rows(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_canvas_is_filled_by_the_roster_and_nothing_else_changes():
    filled = fill(Book.read("canvas", CANVAS), [ten("ada", 12.5), ten("bob")], read_roster(ROSTER))
    golden("canvas.csv", filled.text)
    assert (filled.filled, filled.column) == (1, "conv (4712)")
    assert filled.without_row == ("bob",)
    assert filled.without_submission == ("Hopper, Grace", "Student, Test")
    before, after = rows(CANVAS), rows(filled.text)
    changed = [(i, j) for i, row in enumerate(before) for j, cell in enumerate(row) if after[i][j] != cell]
    assert changed == [(2, 6)]
    assert len(after) == len(before)


def test_a_score_that_the_grader_broke_is_not_entered():
    broken = report([result("conv2d_forward.values", Verdict.GRADER_ERROR, 20.0)], "ada")
    filled = fill(Book.read("canvas", CANVAS), [broken], read_roster(ROSTER))
    assert (filled.filled, rows(filled.text)) == (0, rows(CANVAS))
    assert "Lovelace, Ada" in filled.without_submission


def test_moodle_is_filled_with_grade_and_feedback():
    wrong = mixed("ada")
    filled = fill(Book.read("moodle", MOODLE), [wrong, perfect("bob")], read_roster(ROSTER), scale=True)
    golden("moodle.csv", filled.text)
    header, ada, grace = rows(filled.text)
    assert float(ada[header.index("Grade")]) == pytest.approx(wrong.score / wrong.max_score * 20, abs=0.005)
    assert ada[header.index("Feedback comments")].startswith("conv2d_backward: Your dw is right for stride 1 only")
    assert grace == rows(MOODLE)[2]
    assert filled.text.startswith("\ufeff")


@pytest.mark.parametrize("name", ["s1001", "ADA@example.org", "101", "Ada Lovelace", "Lovelace, Ada", "ada_lovelace"])
def test_a_submission_is_known_by_any_of_its_student_columns(name):
    assert fill(Book.read("canvas", CANVAS), [ten(name)]).filled == 1


def test_two_rows_or_two_submissions_that_fit_are_left_alone():
    twins = CANVAS.replace('"Hopper, Grace"', '"Lovelace, Ada"')
    assert fill(Book.read("canvas", twins), [ten("Ada Lovelace")]).without_row == ("Ada Lovelace",)
    two = fill(Book.read("canvas", CANVAS), [ten("s1001"), ten("Ada Lovelace")])
    assert two.without_row == ("Ada Lovelace", "s1001")
    assert rows(two.text) == rows(CANVAS)


def test_a_gradebook_of_semicolons_stays_one():
    filled = fill(Book.read("canvas", CANVAS.replace(",", ";").replace('"Lovelace;', '"Lovelace,')), [ten("101")])
    assert filled.text.splitlines()[0].count(";") == 7


def test_other_points_are_an_error_unless_they_are_to_be_scaled():
    other = CANVAS.replace(",10,20,", ",10,50,")
    with pytest.raises(AutograderError, match=r"counts 50 points and the assignment 20; .* --scale"):
        fill(Book.read("canvas", other), [ten("101")])
    assert rows(fill(Book.read("canvas", other), [ten("101", 10)], scale=True).text)[2][6] == "25"


@pytest.mark.parametrize(
    ("system", "text", "message"),
    [
        ("canvas", "", "The gradebook is empty; download it again."),
        (
            "canvas",
            "name,score\nada,1\n",
            "from Canvas: its header has none of the columns SIS User ID",
        ),
        ("moodle", "name,score\nada,1\n", "not a gradebook from Moodle"),
        ("canvas", 'Student,ID\n"a\n', "The gradebook is not a CSV file"),
    ],
)
def test_what_is_not_a_gradebook_is_said(system, text, message):
    with pytest.raises(AutograderError, match=message):
        Book.read(system, text)


def test_the_column_is_asked_for_where_it_cannot_be_told():
    with pytest.raises(AutograderError, match=r"no column for pooling; name it with --column: its columns are Student"):
        fill(Book.read("canvas", CANVAS), [ten("101")], column="pooling")
    with pytest.raises(AutograderError, match=r"did you mean Convolution \(4711\)\?"):
        fill(Book.read("canvas", CANVAS), [ten("101")], column="Convolutions")
    assert fill(Book.read("canvas", CANVAS), [ten("101")], column="conv (4712)").filled == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,email\nada,a@b\n", "The roster needs a column id; its columns are name, email."),
        ("id,name\n,Ada\n", "Line 2 of the roster has no id."),
        ("id\nada\nADA\n", "The roster has the id ADA twice"),
    ],
)
def test_what_is_wrong_with_a_roster_is_said(text, message):
    with pytest.raises(AutograderError, match=message):
        read_roster(text)


@given(st.text(max_size=20), st.text(max_size=20))
@example("𝗔", "Ǆ")  # a mathematical capital has no lower case, its compatible letter has
@example("a\uff0cb", "c\uff20d")  # the full-width comma and at sign
def test_names_are_compared_without_case_and_in_either_order(first, last):
    assert normal(f"{last}, {first}") == normal(f"{first} {last}") or {",", "@"} & set(
        unicodedata.normalize("NFKC", first + last)
    )
    assert normal(normal(first)) == normal(first)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5), st.text(max_size=8))
def test_no_row_is_ever_added_and_no_other_cell_changed(names, student):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Student", "ID", "conv", "other"])
    writer.writerows([name, str(i), "", name] for i, name in enumerate(names))
    book = Book.read("canvas", out.getvalue())
    before = [list(row) for row in book.rows]
    after = Book.read("canvas", fill(book, [ten(student or "x")]).text).rows
    assert [row[:2] + row[3:] for row in after] == [row[:2] + row[3:] for row in before]
