"""Which questions are asked together, and what a check is given of the answers."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.sandbox.ahead import BATCH_BYTES, BATCH_CPU_S, CALLS, Ahead, Question, same, session
from autograder.wire import Call, Earlier, Handle, Rng


def question(check, *args, answer=None, hidden=False, cpu_s=0.0, function="f"):
    return Question(check, hidden, (Call(function, args),), (answer,), cpu_s)


def numbers(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape or (3, 2))


def batches(*questions):
    return [(first, first + len(batch.questions)) for first, batch in session(questions).batches.items()]


def test_questions_that_have_nothing_in_common_are_one_batch():
    assert batches(*(question("a", numbers(i), answer=numbers(100 + i)) for i in range(5))) == [(0, 5)]


def test_one_question_alone_is_not_worth_a_batch():
    assert batches(question("a", 1.0)) == []
    assert batches(question("a", 1.0), Question("a", False), question("a", 2.0)) == []


def test_what_is_not_known_beforehand_ends_a_batch():
    known = [question("a", numbers(i)) for i in range(5)]
    assert batches(*known[:2], Question("a", False), *known[2:]) == [(0, 2), (3, 6)]


def test_no_batch_holds_questions_of_public_and_of_hidden_checks():
    """While it answers what is shown to its student, a submission must not hold a hidden case."""
    asked = [question("a", numbers(i), hidden=i >= 2) for i in range(5)]
    assert batches(*asked) == [(0, 2), (2, 5)]


@pytest.mark.parametrize(
    "told",
    [
        lambda out: out,
        lambda out: -out,
        lambda out: out[1:, :1],
        lambda out: np.concatenate([numbers(9), out.T.copy().reshape(3, 2)]),
        lambda out: out * (1 + 1e-15),
        lambda out: float(out[0, 0]),
        lambda out: {"w": [out]},
    ],
    ids=["the answer", "its negative", "a part", "it among others", "it but for rounding", "a number", "in a dict"],
)
def test_a_question_in_which_an_answer_stands_is_not_asked_together_with_that(told):
    out = numbers(1)
    first, other = question("a", numbers(0), answer=out), question("a", numbers(5))
    assert batches(first, other, question("a", told(out)), question("a", numbers(6))) == [(0, 2), (2, 4)]


def test_an_answer_that_holds_what_was_given_gives_nothing_away():
    x = numbers(0)
    relu = np.maximum(x, 0)
    assert batches(question("a", x, answer=relu), question("b", x, answer=relu), question("c", relu)) == [(0, 3)]


@pytest.mark.parametrize(
    ("one", "fits"),
    [
        (question("a", np.zeros(BATCH_BYTES // 16)), 2),
        (question("a", 1.0, answer=np.zeros(BATCH_BYTES // 16)), 2),
        (question("a", 1.0, cpu_s=BATCH_CPU_S / 4), 4),
        (Question("a", False, (Call("f", ()),) * (CALLS // 2), (None,) * (CALLS // 2)), 2),
    ],
    ids=["bytes of questions", "bytes of answers", "time", "calls"],
)
def test_a_batch_is_bounded(one, fits):
    assert batches(*[one] * (2 * fits)) == [(0, fits), (fits, 2 * fits)]


def test_a_question_that_no_batch_takes_is_left_out():
    large = question("a", np.zeros(BATCH_BYTES))
    small = [question("a", numbers(i)) for i in range(4)]
    assert batches(*small[:2], large, *small[2:]) == [(0, 2), (3, 5)]


class Asking:
    """Answers a batch with the numbers of its questions, and notes the batches."""

    def __init__(self):
        self.batches = []

    def __call__(self, batch):
        self.batches.append(batch)
        return [[f"answer to {calls[0].args[0]}"] for calls in batch.questions]


def call(value):
    return [Call("f", (value,))]


def test_a_check_that_asks_what_was_known_is_given_the_answer():
    asked, known = Asking(), Ahead(session([question("a", "x"), question("a", "y"), question("b", "z")]))
    known.begin("a")
    assert [known.answer(call(value), asked) for value in "xy"] == [["answer to x"], ["answer to y"]]
    known.begin("b")
    assert known.answer(call("z"), asked) == ["answer to z"]
    assert len(asked.batches) == 1


def test_a_check_that_asks_something_else_asks_for_itself_from_there_on():
    asked, known = Asking(), Ahead(session([question("a", "x"), question("a", "y"), question("b", "z")]))
    known.begin("a")
    assert known.answer(call("other"), asked) is None
    assert known.answer(call("y"), asked) is None
    known.begin("b")
    assert known.answer(call("z"), asked) is None, "its batch begins with a question that was not asked"
    assert asked.batches == []


def test_a_check_that_ends_early_leaves_the_next_one_its_answers():
    asked, known = Asking(), Ahead(session([question("a", "x"), question("a", "y"), question("b", "z")]))
    known.begin("a")
    known.answer(call("x"), asked)
    known.begin("b")
    assert known.answer(call("z"), asked) == ["answer to z"]


def test_a_check_gets_no_answer_that_was_meant_for_another():
    asked, known = Asking(), Ahead(session([question("a", "x"), question("b", "y"), question("b", "y")]))
    known.begin("a")
    known.answer(call("x"), asked)
    assert known.answer(call("y"), asked) is None
    known.begin("c")
    assert known.answer(call("y"), asked) is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (numbers(0), numbers(0), True),
        (numbers(0), numbers(1), False),
        (numbers(0), numbers(0).reshape(2, 3), False),
        (np.zeros(2), np.zeros(2, dtype=np.float32), False),
        (0.0, -0.0, False),
        (np.array(np.nan), np.array(np.nan), True),
        (1, True, False),
        (1, 1.0, False),
        (Handle(3, "tuple"), Handle(3, "dict"), True),
        (Handle(3, "tuple"), Handle(4, "tuple"), False),
        (Rng(3), Rng(3), True),
        (Earlier(0, 1), Earlier(0, 0), False),
        ({"a": 1.0}, {"b": 1.0}, False),
        ([1.0], (1.0,), False),
        ([1.0], [1.0, 2.0], False),
        (Call("f", (1,)), Call("f", (1,)), True),
        (Call("f", (1,)), Call("g", (1,)), False),
        (Call("f", (1,)), Call("f", (1,), {"n": 2}), False),
        (Call("f", (1,)), Call("f", (1,), keep=(0,)), False),
        (Call("f", (1,)), Call("f", (1,), echo=True), False),
    ],
)
def test_questions_are_the_same_to_the_last_bit_or_not_at_all(one, other, alike):
    assert same(one, other) is alike
    assert same(other, one) is alike
