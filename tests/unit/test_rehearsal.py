"""What is asked ahead changes no verdict, whatever a submission does with it."""

from __future__ import annotations

import dataclasses
import logging

import msgspec
import numpy as np
import pytest
from tiny_course import REFERENCE

from autograder.checks.compare import expect
from autograder.model import Cell, Submission, Verdict, Visibility
from autograder.pipeline import Grading, grade_read
from autograder.rehearsal import WORTH, Rehearsal, rehearse
from autograder.sandbox.isolation import choose
from autograder.sandbox.program import SandboxProgram

SEED = 5


@pytest.fixture(scope="module")
def isolation():
    return choose(None)


@pytest.fixture
def graded(tiny, isolation, monkeypatch):
    """Grade a text with and without questions that are asked ahead: both reports, and the kinds of message."""
    sent = []
    exchange = SandboxProgram._exchange
    monkeypatch.setattr(
        SandboxProgram,
        "_exchange",
        lambda self, message, arrays: sent.append(message["op"]) or exchange(self, message, arrays),
    )

    def grade(text, ahead):
        grading = Grading(tiny, SEED, isolation, tiny.checks)
        if ahead:
            grading.rehearsal.saw(WORTH)
        sent.clear()
        submission = Submission("ada", "ada.py", "py", "0", (Cell(0, 1, text),))
        report = grade_read(grading, submission)
        return report, list(sent)

    return grade


def plain(report):
    """All of a report but its times."""
    table = msgspec.to_builtins(report)
    for record in (table, *table["results"]):
        record.pop("cpu_s", None)
        record.pop("wall_s", None)
    return table


WRONG = {
    "the reference": "",
    "a wrong gradient": "def affine_backward(dout, cache):\n    x, w = cache\n    return dout @ w.T, x.T @ dout * 2",
    "a crash": "def affine_backward(dout, cache):\n    raise ValueError('no')",
    "no cache": "def affine_forward(x, w):\n    return x @ w",
    "one answer is missing": "def affine_forward(x, w):\n    return x @ w, None if len(x) == 2 else (x, w)",
    "not written": "def double(x):\n    raise NotImplementedError",
    "its argument changed": "def double(x):\n    x *= 2\n    return x",
    "the end of the process": "def double(x):\n    import os\n    os._exit(0)",
    "the end of the process, once": "def double(x):\n    import os\n    return 2 * x if len(x) == 3 else os._exit(0)",
    "an array for ever": "def double(x):\n    return np.zeros((4, 2**20))",
    "what is returned is changed later": (
        "out = np.zeros(9)\ndef double(x):\n    out[:len(x)] = 2 * x\n    return out[:len(x)]"
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_report_is_the_same_whether_it_was_asked_ahead_or_not(graded, name):
    text = f"{REFERENCE}\n\n{WRONG[name]}\n"
    (alone, one_by_one), (together, in_batches) = graded(text, False), graded(text, True)
    assert plain(together) == plain(alone)
    assert "ahead" not in one_by_one
    assert "ahead" in in_batches


def test_a_right_submission_is_asked_in_few_messages(graded):
    (_, one_by_one), (_, in_batches) = graded(REFERENCE, False), graded(REFERENCE, True)
    assert in_batches.count("calls") + 2 * in_batches.count("ahead") < one_by_one.count("calls")
    assert in_batches.count("load") == one_by_one.count("load")


def test_an_endless_loop_is_a_time_out_of_the_check_that_meets_it(graded):
    loop = "def double(x):\n    while len(x) == 2:\n        pass\n    return 2 * x"
    (alone, _), (together, messages) = graded(f"{REFERENCE}\n{loop}", False), graded(f"{REFERENCE}\n{loop}", True)
    assert [r.verdict for r in together.results] == [r.verdict for r in alone.results]
    assert Verdict.TIMEOUT in {r.verdict for r in together.results if r.entry_point == "double"}
    assert {r.verdict for r in together.results if r.entry_point != "double"} == {Verdict.PASS}
    assert messages.count("ahead") >= 2


SEES = """
import gc
def double(x):
    known = [o for o in gc.get_objects() if isinstance(o, list) and len(o) > 1 and isinstance(o[0], np.ndarray)]
    if any(len(a) > 4 for arrays in known for a in arrays if a.ndim == 1 and len(a) != len(x)) and len(x) <= 4:
        raise ValueError("a hidden case is here")
    return 2 * x
"""


def test_a_submission_sees_no_hidden_case_while_it_answers_what_is_shown(graded):
    report, messages = graded(REFERENCE + SEES, True)
    assert "ahead" in messages
    assert {r.verdict for r in report.results} == {Verdict.PASS}


def test_answers_of_one_message_that_share_their_memory_are_still_told(tiny, isolation):
    """A question whose calls are asked together, to see whether a later one changes what an earlier one returned."""

    def repeats(student, case):
        x = case.array("x", 3)
        first, _ = student.each("double", [[x], [-x]])
        expect(student, out=(first, 2 * x))

    first = next(check for check in tiny.checks if check.entry_point == "double")
    checks = tuple(msgspec.structs.replace(first, id=f"double.{n}", run=repeats, strategy=None) for n in "ab")
    text = f"{REFERENCE}\nout = np.zeros(3)\ndef double(x):\n    out[:] = 2 * x\n    return out"
    for pays in (0, WORTH):
        grading = Grading(tiny, SEED, isolation, checks)
        grading.rehearsal.saw(pays)
        report = grade_read(grading, Submission("ada", "ada.py", "py", "0", (Cell(0, 1, text),)))
        assert {result.verdict for result in report.results} == {Verdict.FAIL}


def test_what_depends_on_a_submissions_answers_is_not_asked_ahead(tiny):
    def asks_again(student, case):
        student.double(student.double(case.array("x", 3)))
        student.double(case.array("y", 3))

    check = next(check for check in tiny.checks if check.entry_point == "double")
    check = msgspec.structs.replace(check, run=asks_again, strategy=None)
    (session,) = rehearse(tiny, SEED, (check,)).values()
    assert [bool(question.calls) for question in session.questions] == [True, False, True]


def test_functions_of_the_checks_are_not_asked_ahead(tiny):
    def gives_a_function(student, case):
        student.double(abs)

    check = next(check for check in tiny.checks if check.entry_point == "double")
    check = msgspec.structs.replace(check, run=gives_a_function, strategy=None)
    logging.disable(logging.CRITICAL)
    try:
        (session,) = rehearse(tiny, SEED, (check,)).values()
    finally:
        logging.disable(logging.NOTSET)
    assert [question.calls for question in session.questions] == [()]


def test_the_forks_of_a_rehearsal_are_those_of_a_submission(tiny):
    sessions = rehearse(tiny, SEED, tiny.checks)
    assert set(sessions) == {(name, 0) for name in ("double", "affine_forward", "affine_backward")}
    hidden = {check.id for check in tiny.checks if check.visibility is Visibility.HIDDEN}
    for session in sessions.values():
        order = [question.check in hidden for question in session.questions]
        assert order == sorted(order)


def test_it_is_rehearsed_once_it_has_shown_that_it_pays(tiny, isolation):
    grading = Grading(tiny, SEED, isolation, tiny.checks)
    assert grading.sessions() == {}
    grading.rehearsal.saw(WORTH - 1)
    assert grading.sessions() == {}
    grading.rehearsal.saw(WORTH)
    sessions = grading.sessions()
    assert sessions
    assert grading.sessions() is sessions
    assert Grading(tiny, SEED, isolation, tiny.checks, heard=True, rehearsal=grading.rehearsal).sessions() == {}


def test_pytorch_code_is_not_rehearsed(tiny):
    policy = msgspec.structs.replace(tiny.assignment.policy, packages=("numpy", "torch"))
    assignment = msgspec.structs.replace(tiny.assignment, policy=policy)
    rehearsal = Rehearsal()
    rehearsal.saw(WORTH)
    assert rehearsal.sessions(dataclasses.replace(tiny, assignment=assignment), SEED, tiny.checks) == {}
    assert rehearsal.sessions(tiny, SEED, tiny.checks) != {}


def test_a_rehearsal_that_fails_costs_no_submission_anything(tiny, isolation, monkeypatch, caplog):
    tried = []
    monkeypatch.setattr("autograder.rehearsal.rehearse", lambda *asked: tried.append(asked) or {}["nothing"])
    grading = Grading(tiny, SEED, isolation, tiny.checks)
    grading.rehearsal.saw(WORTH)
    assert (grading.sessions(), grading.sessions()) == ({}, {})
    assert len(tried) == 1
    assert "what tiny asks could not be found out; it is asked one by one" in caplog.text


def test_numbers_are_shifted_by_less_than_any_tolerance():
    from autograder.rehearsal import _shifted

    found = _shifted(({"a": np.array([1.0, -2.0])}, [3.0], np.float32(1.5), 7, "text", None, np.arange(3)))
    assert found[3:6] == (7, "text", None)
    assert (found[6] == np.arange(3)).all()
    assert found[2].dtype == np.float32
    assert 0 < abs(found[0]["a"][0] - 1.0) < 1e-14
    assert 0 < found[1][0] - 3.0 < 1e-14
    assert 0 < found[2] - 1.5 < 1e-6
