"""What is kept for a class takes no more than its limit, and is worked out again when it is gone."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.diagnosis.kept import ARRAY, SMALL, Kept, size_of
from autograder.errors import CheckFailed


def test_a_value_is_worked_out_once_while_it_is_kept() -> None:
    kept, made = Kept(10**6), []

    def compute() -> int:
        made.append(1)
        return len(made)

    assert [kept.once("a", compute), kept.once("a", compute), kept.once("b", compute)] == [1, 1, 2]


def test_what_was_used_longest_ago_goes_first() -> None:
    kept = Kept(3 * (SMALL + ARRAY + 8000))
    for key in "abc":
        kept.once(key, lambda: np.zeros(1000))
    again = kept.once("a", lambda: None)
    kept.once("d", lambda: np.zeros(1000))
    assert again is kept.once("a", lambda: None)
    assert kept.once("b", lambda: "anew") == "anew"
    assert kept.size <= kept.limit


def test_what_is_larger_than_the_limit_is_given_and_not_kept() -> None:
    kept = Kept(1000)
    assert len(kept.once("a", lambda: np.zeros(1000))) == 1000
    assert kept.size == 0
    assert kept.once("a", lambda: "anew") == "anew"


@dataclass(frozen=True, slots=True)
class Slotted:
    value: Any


def test_arrays_are_counted_wherever_they_stand_and_once() -> None:
    array = np.zeros(1000)
    fault = CheckFailed("wrong", actual=array, expected=np.zeros(500))
    assert size_of((("w", array), {"w": [Slotted(array)]}, fault)) == SMALL + 2 * ARRAY + 12000
    assert size_of(None) == SMALL


def test_a_value_that_is_let_go_is_freed() -> None:
    kept = Kept(SMALL + ARRAY + 8)
    gone = weakref.ref(kept.once("a", lambda: np.zeros(1)))
    kept.once("b", lambda: np.zeros(1))
    gc.collect()
    assert gone() is None
