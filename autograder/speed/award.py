"""Ratios → points, and when a person looks before they count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograder.errors import GraderFault
from autograder.model import Interval, Isolation, Standing, Timing, Verdict
from autograder.speed.declare import Kernel
from autograder.speed.ratio import combine

BEATS_LIBRARY = 1.1  # a hand-written solution that beats the library by more than 10 % is a reason to look
IMPOSSIBLE = 0.5  # of the time that the arithmetic alone takes at the machine's measured peak


class Award(NamedTuple):
    """Points, and why."""

    score: float
    standing: Standing
    reason: str


@dataclass(frozen=True)
class Outcome:
    """Points, and what they rest on. `isolation` is what held where that is not what was asked for."""

    award: Award
    timings: tuple[Timing, ...] = ()
    ratio: Interval | None = None
    floor: float | None = None
    isolation: Isolation | None = None
    notes: tuple[str, ...] = ()


def scored(kernel: Kernel, floor: float, timings: Sequence[Timing]) -> Outcome:
    """Correct in every launch of every task, or nothing; then points for the mean ratio, unless it is past belief.
    `floor` is the ratio of the naive baseline."""
    told = tuple(timings)
    if broken := next((timing for timing in told if timing.verdict is not Verdict.PASS), None):
        return Outcome(refused(f"{broken.task}: {broken.message}"), told)
    ratio = combine([timing.ratio for timing in told if timing.ratio])
    if not floor < kernel.target:
        raise GraderFault(
            f"The naive baseline came out at {floor:.2f} times the library's speed, beyond the target of "
            f"{kernel.target:g}: this machine is too busy to time anything on. Run it again."
        )
    given = award(ratio, floor, kernel.target, kernel.points, kernel.bonus, best=1.0)
    doubted = beyond_belief(given, ratio, max(timing.roofline or 0.0 for timing in told))
    return Outcome(doubted, told, ratio, floor)


def log_scale(ratio: float, floor: float, target: float) -> float:
    """0 at `floor` or below, 1 at `target` or above, and in between by the logarithm: each doubling earns the same."""
    if not 0 < floor < target:
        raise ValueError(f"the floor {floor} must lie between 0 and the target {target}")
    return min(1.0, max(0.0, math.log(max(ratio, 1e-300) / floor) / math.log(target / floor)))


def award(ratio: Interval, floor: float, target: float, points: float, bonus: float, best: float) -> Award:
    """Points for a ratio by its lower bound: none at `floor`, all at `target`, `bonus` more on the way to `best`."""
    earned = points * log_scale(ratio.low, floor, target)
    extra = bonus * log_scale(ratio.low, target, best) if best > target else 0.0
    reason = (
        f"{ratio.value:.2f} times the speed of what it is compared with (at least {ratio.low:.2f} with 95 % confidence)"
    )
    return Award(round(earned + extra, 2), Standing.SCORED, reason)


def beyond_belief(given: Award, ratio: Interval, roofline: float) -> Award:
    """`given`, unless the time is too good: impossible by the machine's peak, or better than the library by more than
    anybody has managed honestly. `roofline` is the part of the peak that was reached."""
    if roofline > 1 / IMPOSSIBLE:
        return refused(f"It seems to compute at {roofline:.1f} times the machine's peak, which nothing can.")
    if ratio.low > BEATS_LIBRARY:
        why = f"It beats the library by {ratio.low - 1:.0%} or more; a person looks before the points count."
        return Award(given.score, Standing.HELD, why)
    return given


def outpaced(given: Award, ratio: Interval, fastest: float) -> Award:
    """`given`, unless training converged faster than anybody has seen it do honestly (MLPerf's reference convergence
    points serve the same end): `fastest` times the speed of the baseline."""
    if not ratio.low > fastest:
        return given
    why = f"It trains {ratio.low:.1f} times as fast as the baseline or faster; a person looks before the points count."
    return Award(given.score, Standing.HELD, why)


def unless_helped(given: Award, isolation: Isolation) -> Award:
    """`given`, unless the submission could have started processes, whose CPU time is not charged to it."""
    if isolation.guarantees.get("processes") == "enforced" or given.standing is not Standing.SCORED:
        return given
    why = "Nothing kept it from starting processes, whose time is not counted; a person looks before the points count."
    return Award(given.score, Standing.HELD, why)


def refused(why: str) -> Award:
    """No points."""
    return Award(0.0, Standing.REFUSED, why)
