"""What a submission may use in all, and what is not asked any more."""

from __future__ import annotations

import pytest

from autograder.errors import TimedOut
from autograder.model import Limits
from autograder.sandbox.budget import Budget

LIMITS = Limits(cpu_s=4, wall_s=60, total_cpu_s=60, total_wall_s=120)


def said(budget: Budget, function: str = "f") -> str | None:
    refusal = budget.refusal(function)
    assert refusal is None or type(refusal) is TimedOut
    return str(refusal) if refusal else None


def test_an_honest_submission_is_not_held_up_by_its_totals() -> None:
    budget = Budget(LIMITS)
    budget.charge(40, 60)
    assert budget.next_limits() == Limits(cpu_s=4, wall_s=30, load_cpu_s=4, total_cpu_s=60, total_wall_s=120)
    assert said(budget) is None


def test_an_entry_point_is_not_asked_again_after_two_time_outs() -> None:
    budget = Budget(LIMITS)
    budget.timed_out("f")
    assert said(budget) is None
    budget.timed_out("f")
    assert said(budget) == "f timed out 2 times before, so it was not asked again."
    assert said(budget, "g") is None


@pytest.mark.parametrize(
    ("cpu_s", "wall_s", "sentence"),
    [
        (59.6, 1, "Not asked: the submission used up its 60 seconds of CPU time before."),
        (1, 119.5, "Not asked: the submission used up its 120 seconds of waiting before."),
    ],
)
def test_nothing_is_asked_when_a_total_is_used_up(cpu_s: float, wall_s: float, sentence: str) -> None:
    budget = Budget(LIMITS)
    budget.charge(cpu_s, wall_s)
    assert said(budget) == sentence


def test_sleepers_keep_the_grader_for_the_total_and_no_longer() -> None:
    budget, waited, asked = Budget(LIMITS), 0.0, 0
    while not budget.refusal(f"f{asked}"):
        waited += (wall_s := budget.next_limits().wall_s)
        budget.charge(0, wall_s)
        asked += 1
    assert asked >= 6, "one that sleeps leaves time to those behind it"
    assert waited <= 120


def test_loops_use_the_total_and_no_more() -> None:
    budget, used = Budget(LIMITS), 0.0
    while not budget.refusal("f"):
        used += (cpu_s := budget.next_limits().cpu_s)
        budget.charge(cpu_s, 0)
    assert 55 < used <= 60
