"""Right answers are known again in what is given with a later question."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox import answers
from autograder.sandbox.answers import Answers

LABELS = np.array([2, 0, 1, 1])


def told(given, answered, later):
    known = Answers()
    known.add([np.asarray(one) for one in given], [np.asarray(one) for one in answered])
    return known.stand_in([np.asarray(later)])


def numbers(seed):
    return np.random.default_rng(seed).standard_normal((3, 2))


def test_numbers_are_known_again_among_others():
    out = numbers(1)
    assert told([numbers(0)], [out], np.append(numbers(2), -out[0, 0]))
    assert not told([numbers(0)], [out], numbers(2))


def test_what_was_given_with_the_question_is_not_an_answer():
    x = numbers(0)
    assert not told([x], [np.maximum(x, 0)], x)


@pytest.mark.parametrize("labels", [LABELS, LABELS.astype(float), LABELS.astype(np.int32)])
def test_whole_numbers_are_known_again_as_a_whole_array(labels):
    assert told([numbers(0)], [LABELS], labels)
    assert not told([LABELS], [LABELS], labels)
    assert not told([numbers(0)], [LABELS], labels[::-1])


@pytest.mark.parametrize("by_chance", [np.zeros(9), np.ones((2, 3)), np.array([1, 2]), np.array(7)])
def test_few_whole_numbers_or_one_again_and_again_are_alike_by_chance(by_chance):
    assert not told([numbers(0)], [by_chance], by_chance)


NUMBERS = st.lists(st.floats(0.001, 1e3, allow_subnormal=False), max_size=20).map(lambda v: np.unique(np.array(v)))


@given(NUMBERS, NUMBERS)
def test_numbers_are_found_among_others(some, others):
    found = answers._near(some, others)
    assert list(found) == [bool((np.abs(others - one) <= 2e-9 * one).any()) for one in some]
