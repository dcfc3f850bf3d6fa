"""What code prints, and the line on which it stood when it was ended: for the student who checks their own work."""

from __future__ import annotations

import os
import socket

import pytest
from tiny_course import RIGHT, replaced

from autograder.model import Level, Verdict, Visibility
from autograder.pipeline import Grading, grade_read
from autograder.sandbox.isolation import choose
from autograder.sandbox.printed import CAP, Printed
from autograder.sandbox.warm import WarmSandboxes
from autograder.submission import read_submission


@pytest.fixture(scope="module")
def warm():
    held = choose(None, at_least=Level.PROCESS)
    sandboxes = WarmSandboxes(held.level)
    yield held, sandboxes
    sandboxes.close()


@pytest.fixture
def graded(tiny, warm, hand_in):
    held, sandboxes = warm

    def grade(source, *, heard=True, hidden=False):
        mine = (check for check in tiny.checks if check.entry_point == "double")
        checks = tuple(check for check in mine if hidden or check.visibility is Visibility.PUBLIC)
        return grade_read(Grading(tiny, 0, held, checks, heard), read_submission(hand_in("ada", source)), sandboxes)

    return grade


LOUD = """\
print('top')
import sys
def double(x):
    print('of', x.shape); print('err', file=sys.stderr)
    return x + x
"""


def test_the_top_level_is_heard_once_and_each_call(graded):
    report = graded(replaced(LOUD))
    assert report.score == 3.0
    assert report.printed[""] == "top\n"
    assert set(report.printed["double"].split("\n")) == {"of (1,)", "of (2,)", "of (3,)", "err", ""}


def test_in_a_grade_nothing_is_heard(graded):
    assert graded(replaced(LOUD), heard=False).printed == {}


def test_where_hidden_cases_are_asked_nothing_is_heard(graded):
    report = graded(replaced(LOUD), hidden=True)
    assert (report.score, report.printed) == (5.0, {})


def test_a_flood_is_cut_and_costs_no_verdict(graded):
    report = graded(replaced("def double(x):\n    print('x' * 3_000_000)\n    return x + x"))
    assert report.score == 3.0
    assert 0 < len(report.printed["double"]) <= 4000


@pytest.mark.parametrize(
    ("source", "verdict", "message"),
    [
        (
            ["import numpy as np", "def double(x):\n    y = 0\n    while True: y += 1"],
            Verdict.TIMEOUT,
            "It used more than 0.8 seconds of CPU time (cell 2, line 3).",
        ),
        (
            "import ctypes\n\ndef double(x):\n    return ctypes.string_at(0)",
            Verdict.CRASH,
            "The program ended the Python process instead of returning (SIGSEGV, line 4).",
        ),
        (
            "import os\n\ndef double(x):\n    os._exit(3)",
            Verdict.CRASH,
            "The program ended the Python process instead of returning (exit status 3).",
        ),
    ],
)
def test_the_line_on_which_it_ended_is_named(graded, source, verdict, message):
    result = graded(source).results[0]
    assert (result.verdict, result.message) == (verdict, message)


def test_a_sandbox_that_has_died_is_replaced(graded, warm):
    _, sandboxes = warm
    assert graded(RIGHT).score == 3.0
    (waiting,) = sandboxes._started.values()
    waiting._parent.control.shutdown(socket.SHUT_RDWR)
    assert graded(RIGHT).score == 3.0
    assert sandboxes._started != {("numpy",): waiting}


def written(data: bytes) -> Printed:
    printed = Printed()
    os.write(printed.writer, data)
    printed.handed_over()
    return printed


STACK = b'Stack (most recent call first):\n  File "/lib/np.py", line 9 in dot\n  File "<cell 4>", line 3 in f\n'


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"one\n" + STACK, " (cell 4, line 3)", "one\n"),
        (b"a" * (CAP + 5) + STACK, " (cell 4, line 3)", "a" * CAP),
        (STACK.replace(b"<cell 4>", b"<submission>"), " (line 3)", ""),
        (b'  File "<cell 4>", line 3 in f\n', "", '  File "<cell 4>", line 3 in f\n'),
        (b"\xff\n", "", "\ufffd\n"),
    ],
)
def test_a_stack_tells_the_innermost_line_of_the_submission_and_is_not_shown(data, place, words):
    printed = written(data)
    assert printed.place() == place
    assert printed.take() == words
    assert printed.take() == ""
    printed.close()
    printed.close()


def test_a_time_out_is_told_with_the_case_that_it_takes_to_meet_it(graded):
    result = graded("def double(x):\n    while x.size > 1: pass\n    return 2 * x").results[0]
    assert result.verdict is Verdict.TIMEOUT
    assert result.counterexample["parameters"]["n"] > 1
    assert result.replay.startswith("ag1-")
