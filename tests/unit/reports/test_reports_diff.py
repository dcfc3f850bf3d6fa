"""A regrade: who gains and who loses, by check and cause; numbers of another seed are no change."""

import msgspec
import pytest
from report_factory import STRIDE, TOKEN, blank, hostile, mixed, perfect, report, result, wrong
from test_reports_terminal import drawn

from autograder.model import Diagnosis, SubmissionRef, Verdict
from autograder.reports.diff import Diff, diff, rows, summary
from autograder.reports.diff_table import render_diff

VALUES, SHAPES = "conv2d_backward.values", "conv2d_backward.shapes"


def one(before, after):
    (found,) = diff(before, after).assignments
    return found


def test_equal_runs_have_no_changes():
    found = one([mixed(), perfect()], [mixed(), perfect()])
    assert (found.same, found.changes) == (2, ())


def test_numbers_words_and_tokens_of_another_seed_are_no_change():
    again = wrong(message="dw is wrong at [3]: yours is 2.", counterexample=None, replay=TOKEN[::-1])
    assert one([report([wrong()])], [report([again])]).changes == ()


def test_gains_and_losses_by_check_and_cause():
    before = [report([wrong(), result(SHAPES)], "ada"), report([wrong(), result(SHAPES)], "bob"), report([wrong()])]
    after = [
        report([result(VALUES), result(SHAPES)], "ada"),
        report([result(VALUES), wrong(SHAPES, diagnosis=None, message="dw has shape (3,).")], "bob"),
        report([wrong()]),
    ]
    found = one(before[:2], after[:2])
    assert [(change.submission, change.before, change.after) for change in found.changes] == [
        ("bob", 4.0, 4.0),
        ("ada", 4.0, 8.0),
    ]
    told = [(row.check, row.before, row.after, row.cause, row.students, row.points) for row in rows(found.changes)]
    assert told == [
        (SHAPES, Verdict.PASS, Verdict.FAIL, "dw has shape (3,).", ("bob",), -4.0),
        (VALUES, Verdict.FAIL, Verdict.PASS, STRIDE.says, ("bob", "ada"), 8.0),
    ]
    assert summary(found) == "1 gains, 0 lose, 1 has the same points for another reason"


def test_another_cause_at_the_same_points_is_told():
    found = one([report([wrong()])], [report([wrong(diagnosis=Diagnosis("other", "Another cause."))])])
    (change,) = found.changes
    assert (change.checks[0].points, change.checks[0].cause) == (0.0, "Another cause.")


def test_checks_that_come_or_go_are_told():
    found = one([report([result(VALUES)])], [report([result(SHAPES)])])
    assert [(c.check, c.before, c.after, c.points) for c in found.changes[0].checks] == [
        (VALUES, Verdict.PASS, None, -4.0),
        (SHAPES, None, Verdict.PASS, 4.0),
    ]


def test_who_is_in_one_run_alone_and_whose_file_changed():
    edited = msgspec.structs.replace(perfect(), submission=SubmissionRef("grace", "cd" * 32))
    found = one([report([wrong()], "grace"), blank("tim")], [edited, blank("zoe")])
    assert (found.only_before, found.only_after) == (("tim",), ("zoe",))
    assert found.changes[0].edited


def test_json_can_be_read_back():
    found = diff([mixed()], [perfect("ada")])
    assert msgspec.json.decode(msgspec.json.encode(found), type=Diff) == found


def test_terminal_shows_rows_students_and_what_differs():
    before = report([wrong(), result(SHAPES)], "ada")
    after = msgspec.structs.replace(report([result(VALUES), result(SHAPES)], "ada"), seed=18)
    text = drawn(render_diff(diff([before], [after])), 120)
    for words in ("seed: 17 before, 18 now", "1 gains, 0 lose, 0 as before.", "FAIL → PASS", "+4", "Your dw is right"):
        assert words in text


@pytest.mark.parametrize("attack", ["\x1b[2J", "[bold]x[/bold]", "\u202e"])
def test_hostile_words_are_only_words(attack):
    text = drawn(render_diff(diff([blank("student")], [hostile(attack, "student")])), 120)
    assert "\x1b" not in text
    assert "\u202e" not in text
