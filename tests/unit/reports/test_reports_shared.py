"""Shared wrong answers on the page: who, their code side by side, and what to write into mistakes.toml."""

import tomllib

import msgspec
from report_factory import STRIDE, assignment, passing, report, wrong
from test_reports_html import Page

from autograder.model import Cell, Diagnosis, SubmissionRef
from autograder.reports.html import render_class_html
from autograder.reports.shared import code_of, shared_answers

LINE = "dw float64 3x2 1.0000000000000e+00 {}e+00 3.0000000000000e+00"
FIRST, ROUNDED, OTHER = LINE.format("2.0000000000000"), LINE.format("2.0000000000009"), LINE.format("2.0100000000000")


def unnamed(student, line=FIRST, check="conv2d_backward.values", *more, diagnosis=None):
    return report([wrong(check, diagnosis=diagnosis, fingerprint=line), *more], student)


def groups(*reports):
    return [(one.check, one.also, one.students) for one in shared_answers(reports)]


def test_equal_numbers_are_one_answer_but_for_rounding():
    assert groups(unnamed("ada"), unnamed("bob", ROUNDED), unnamed("cy", OTHER)) == [
        ("conv2d_backward.values", (), (0, 1))
    ]


def test_one_student_shares_nothing_and_a_named_mistake_is_not_counted():
    named = unnamed("bob", FIRST, "conv2d_backward.values", wrong("conv2d_backward.known_answers", diagnosis=STRIDE))
    assert groups(unnamed("ada"), named, report(passing("conv2d_backward"))) == []


def test_a_generic_signature_is_no_name():
    generic = Diagnosis("generic:factor", "dw is too large by a factor of 2.5.")
    assert len(groups(unnamed("ada", diagnosis=generic), unnamed("bob", diagnosis=generic))) == 1


def test_checks_that_the_same_students_fail_are_one_group():
    other = wrong("conv2d_backward.large", diagnosis=None, fingerprint=OTHER)
    pair = [unnamed(name, FIRST, "conv2d_backward.values", other) for name in ("ada", "bob")]
    assert groups(*pair, unnamed("cy")) == [
        ("conv2d_backward.values", (), (0, 1, 2)),
        ("conv2d_backward.large", (), (0, 1)),
    ]
    assert groups(*pair) == [("conv2d_backward.values", ("conv2d_backward.large",), (0, 1))]


def test_what_is_to_be_written_is_toml():
    (one,) = shared_answers([unnamed("ada"), unnamed("bob")])
    told = {"check": "conv2d_backward.values", "fingerprint": FIRST, "says": ""}
    assert tomllib.loads(one.toml) == {"mistake": [told]}


CELLS = (
    Cell(1, 1, "def conv2d_backward(dout, cache):\n    return 0"),
    Cell(
        2,
        1,
        "x = 1\n@fast\ndef conv2d_backward(\n    dout, cache\n):\n    # why\n\n    return <b>1</b>\n\nprint(2)\n",
    ),
)


def test_code_is_the_last_definition_by_its_lines():
    found = report(passing("conv2d_backward"))
    sources = {found.submission.sha256: CELLS}
    last = "def conv2d_backward(\n    dout, cache\n):\n    # why\n\n    return <b>1</b>"
    assert code_of("conv2d_backward", found, sources) == last
    assert code_of("conv2d", found, sources) == ""
    assert code_of("conv2d_backward", found, {}) == ""


def test_page_shows_code_side_by_side_and_escapes_it():
    ada, bob = unnamed("ada"), msgspec.structs.replace(unnamed("bob"), submission=SubmissionRef("bob", "cd" * 32))
    sources = {ada.submission.sha256: CELLS, bob.submission.sha256: CELLS[:1]}
    html = render_class_html([ada, bob], [assignment()], sources=sources)
    text = Page(html).text
    assert "2 of 2 give the same wrong dw conv2d_backward" in text
    assert f'fingerprint = "{FIRST}"' in text
    assert "return &lt;b&gt;1&lt;/b&gt;" in html
    assert "return 0" in text
