"""What came of timing one submission, and how its tasks add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.errors import GraderFault
from autograder.model import Interval, Isolation, Timing, Verdict
from autograder.speed.award import Award, award, beyond_belief, refused
from autograder.speed.declare import Kernel
from autograder.speed.ratio import combine
from autograder.timing.kernel import Contest


@dataclass(frozen=True)
class Outcome:
    """Points, and what they rest on. `isolation` is what held where that is not what was asked for."""

    award: Award
    timings: tuple[Timing, ...] = ()
    ratio: Interval | None = None
    floor: float | None = None
    isolation: Isolation | None = None
    notes: tuple[str, ...] = ()


def scored(kernel: Kernel, contests: Sequence[Contest], timings: Sequence[Timing]) -> Outcome:
    """Correct in every launch of every task, or nothing; then points for the mean ratio, unless it is past belief."""
    told = tuple(timings)
    if broken := next((timing for timing in told if timing.verdict is not Verdict.PASS), None):
        return Outcome(refused(f"{broken.task}: {broken.message}"), told)
    ratio = combine([timing.ratio for timing in told if timing.ratio])
    floor = combine([contest.ratio(contest.baselines["naive"]) for contest in contests]).value
    if not floor < kernel.target:
        raise GraderFault(
            f"The naive baseline came out at {floor:.2f} times the library's speed, beyond the target of "
            f"{kernel.target:g}: this machine is too busy to time anything on. Run it again."
        )
    given = award(ratio, floor, kernel.target, kernel.points, kernel.bonus, best=1.0)
    doubted = beyond_belief(given, ratio, max(timing.roofline or 0.0 for timing in told))
    return Outcome(doubted, told, ratio, floor)
