"""Answers that the checks of one group share: asked once of a fork, and for each check as if it had asked."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks import asked
from autograder.checks.student import Student
from autograder.errors import Crashed
from autograder.sandbox.local import LocalProgram


class Fork(LocalProgram):
    """Functions that keep their answers, as a fork of a sandbox does."""

    def __init__(self, **functions):
        super().__init__(functions)
        self.answered = {}


def counting():
    calls = []

    def double(x):
        calls.append(x)
        return 2 * x

    return calls, double


def test_a_question_is_asked_once_of_a_fork_and_anew_of_the_next(tiny):
    calls, double = counting()
    for _ in range(2):
        fork = Fork(double=double)
        for _ in range(3):
            one = Student(tiny.assignment, fork)
            assert one.once("key", lambda one=one: one.double(np.ones(2))).tolist() == [2, 2]
    assert len(calls) == 2


def test_another_key_is_another_question(tiny):
    one = Student(tiny.assignment, Fork(double=lambda x: 2 * x))
    assert [one.once(x, lambda x=x: one.double(x)) for x in (1.0, 2.0, 1.0)] == [2.0, 4.0, 2.0]


def test_trusted_functions_are_asked_each_time(tiny):
    calls, double = counting()
    one = Student(tiny.assignment, LocalProgram({"double": double}))
    assert [one.once("key", lambda: one.double(1.0)) for _ in range(2)] == [2.0, 2.0]
    assert len(calls) == 2


def test_who_takes_an_answer_remembers_what_who_asked_remembers(tiny):
    fork = Fork(double=lambda x: (2 * x).astype(np.float32))
    first, second = Student(tiny.assignment, fork), Student(tiny.assignment, fork)
    for one in (first, second):
        one.once("key", lambda one=one: one.double(np.array([0.1, 0.7], np.float32)))
    assert [name for name, _ in second.trace] == [name for name, _ in first.trace] == ["double"]
    assert second.trace[0][1][0].tolist() == first.trace[0][1][0].tolist()
    assert (second.precision, second.options, second.last[0]) == (first.precision, first.options, "double")
    assert second.tolerance("dx") == first.tolerance("dx")


def test_what_one_check_writes_into_an_answer_reaches_no_other(tiny):
    fork = Fork(double=lambda x: {"twice": [2 * x]})
    for _ in range(3):
        one = Student(tiny.assignment, fork)
        answer = one.once("key", lambda one=one: one.double(np.ones(2)))
        assert answer["twice"][0].tolist() == [2, 2]
        answer["twice"][0][:] = 7
        one.trace[0][1][0]["twice"][0][:] = 8


def test_a_fault_is_not_kept(tiny):
    answers = iter([ValueError("not yet"), 4.0])

    def double(x):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    one = Student(tiny.assignment, Fork(double=double))
    with pytest.raises(Crashed):
        one.once("key", lambda: one.double(2.0))
    assert one.once("key", lambda: one.double(2.0)) == 4.0


def test_what_is_kept_of_a_fork_is_bounded(tiny, monkeypatch):
    monkeypatch.setattr(asked, "KEPT_CAP", 100)
    calls, double = counting()
    fork = Fork(double=double)
    for size in (4, 4, 40, 40):  # an answer is kept with its trace: 64 bytes, and 640
        one = Student(tiny.assignment, fork)
        one.once(size, lambda one=one, size=size: one.double(np.ones(size)))
    assert [len(x) for x in calls] == [4, 40, 40]
