"""What one submission may use in all: CPU seconds, seconds of waiting, and time-outs of an entry point."""

from __future__ import annotations

from collections import Counter

import msgspec

from autograder.errors import TimedOut
from autograder.model import Limits

TIMEOUTS = 2  # an entry point that timed out so often is not asked again
# Below this much there is nothing left: a fork, a load and one small check on a busy machine take as long.
LEAST_CPU_S, LEAST_WALL_S = 0.5, 1.0


class Budget:
    """The totals of one submission under its assignment's limits.

    A check gets what a check may use, but at most half of what is left: a function that sleeps, or loops, can use up
    much of the total, and the honest ones behind it are still asked."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cpu_s = 0.0
        self._wall_s = 0.0
        self._timeouts: Counter[str] = Counter()

    def charge(self, cpu_s: float, wall_s: float) -> None:
        """Count CPU seconds of the student's processes, and seconds for which the grader waited for them."""
        self._cpu_s += cpu_s
        self._wall_s += wall_s

    def timed_out(self, function: str) -> None:
        """Count a time-out in a call of `function`."""
        self._timeouts[function] += 1

    def next_limits(self) -> Limits:
        """The limits of the next check."""
        limits = self._limits
        cpu_s = max(LEAST_CPU_S, (limits.total_cpu_s - self._cpu_s) / 2)
        return msgspec.structs.replace(
            limits,
            cpu_s=min(limits.cpu_s, cpu_s),
            load_cpu_s=min(limits.load_cpu_s, cpu_s),
            wall_s=min(limits.wall_s, max(LEAST_WALL_S, (limits.total_wall_s - self._wall_s) / 2)),
        )

    def refusal(self, function: str) -> TimedOut | None:
        """Why `function` is not asked any more, if it is not."""
        if self._timeouts[function] >= TIMEOUTS:
            return TimedOut(f"{function} timed out {TIMEOUTS} times before, so it was not asked again.")
        for used, total, least, what in (
            (self._cpu_s, self._limits.total_cpu_s, LEAST_CPU_S, "CPU time"),
            (self._wall_s, self._limits.total_wall_s, LEAST_WALL_S, "waiting"),
        ):
            if total - used < least:
                return TimedOut(f"Not asked: the submission used up its {total:g} seconds of {what} before.")
        return None
