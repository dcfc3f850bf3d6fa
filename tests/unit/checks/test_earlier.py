"""Walks in one message: what a call returned is given to a later one without leaving the worker."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checks.student import Student
from autograder.errors import CheckFailed, Crashed
from autograder.sandbox.local import LocalProgram
from autograder.wire import Call, Earlier, WireError


def ask(tiny, affine_forward, arguments):
    return Student(tiny.assignment, LocalProgram({"affine_forward": affine_forward})).each("affine_forward", arguments)


def test_a_later_call_takes_what_an_earlier_one_returned(tiny):
    def add(x, cache):
        total = x + (0 if cache is None else cache)
        return total, total

    found = ask(tiny, add, [(1.0, None), (2.0, Earlier(0, 1)), (4.0, Earlier(1, 1)), (8.0, Earlier(0, 1))])
    assert [out for out, _ in found] == [1, 3, 7, 9]


def test_an_answer_is_what_its_own_call_returned(tiny):
    def write(x, cache):
        cache = np.zeros(1) if cache is None else cache
        cache += x
        return cache, cache

    found = ask(tiny, write, [(1.0, None), (2.0, Earlier(0, 1))])
    assert [out.tolist() for out, _ in found] == [[1], [3]]


def test_the_fault_is_that_of_the_call_before(tiny):
    def fail(x, cache):
        raise ValueError("no state")

    with pytest.raises(Crashed, match="no state"):
        ask(tiny, fail, [(1.0, None), (2.0, Earlier(0, 1))])
    with pytest.raises(CheckFailed, match=r"^affine_forward returned a float where \(out, cache\) is asked for"):
        ask(tiny, lambda x, cache: 1.0, [(1.0, None), (2.0, Earlier(0, 1))])


@pytest.mark.parametrize("returned", [1.0, (1.0,), None])
def test_a_call_whose_arguments_were_not_returned_is_not_made(returned):
    made = []

    def count(*args):
        made.append(args)
        return returned

    calls = [Call("f", (0,)), Call("f", (Earlier(0, 1),))]
    _, fault = LocalProgram({"f": count}).calls(calls)
    assert str(fault) == "f was not called: a call before it did not return what it takes."
    assert len(made) == 1


def test_only_a_call_that_takes_an_earlier_value_may_be_left_out():
    from autograder.sandbox.calls import decode_outcomes

    with pytest.raises(WireError, match="an answer of an unknown kind"):
        decode_outcomes([Call("f", (0,))], [["unasked"]], [])
