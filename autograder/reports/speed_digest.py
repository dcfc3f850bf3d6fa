"""What a speed report says, in numbers: shared by the terminal and the leaderboard."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.model import SpeedReport, Timing

_STEPS = (1, 2, 5)  # of each decade
_MANY = 9  # ticks beyond which only the decades are labelled


@dataclass(frozen=True)
class LogScale:
    """Positive numbers from `low` to `high`, each doubling as wide as any other."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Iterable[float], margin: float = 1.0) -> LogScale:
        """A scale that holds all that is positive of `values`, and the factor `margin` on either side."""
        kept = [value for value in values if 0 < value < math.inf] or [1.0]
        low, high = min(kept) / margin, max(kept) * margin
        return cls(low, high) if high > low else cls(low / 2, high * 2)

    def share(self, value: float) -> float:
        """0 at `low` or below, 1 at `high` or above."""
        inside = min(max(value, self.low), self.high)
        return math.log(inside / self.low) / math.log(self.high / self.low)

    def ticks(self) -> list[float]:
        """Round numbers on the scale: 1, 2 and 5 of each decade, or the decades alone where those are too many."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        every = [step * 10.0**power for power in range(first, last + 1) for step in _STEPS]
        inside = [tick for tick in every if self.low <= tick <= self.high]
        return inside if len(inside) <= _MANY else [tick for tick in inside if round(math.log10(tick), 6).is_integer()]


@dataclass(frozen=True)
class Spread:
    """How a number varied from run to run. `variation` is the coefficient of variation; None for fewer than two."""

    runs: int
    median: float
    low: float
    high: float
    variation: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread | None:
        """The spread of `values`; None when there are none."""
        if not values:
            return None
        variation = statistics.stdev(values) / statistics.fmean(values) if len(values) > 1 else None
        return cls(len(values), statistics.median(values), min(values), max(values), variation)


def is_race(report: SpeedReport) -> bool:
    """Whether the report is of a training race; otherwise it is of launches."""
    return any(timing.checkpoints or "baseline" in timing.costs for timing in report.timings)


def rival(report: SpeedReport) -> str:
    """What a ratio of 1 is as fast as."""
    return "baseline" if is_race(report) else "library"


def quiet(costs: Sequence[float]) -> float:
    """The 20th percentile: noise only ever adds, so this end of the costs is the one that is compared."""
    return statistics.quantiles(costs, n=5, method="inclusive")[0] if len(costs) > 1 else costs[0]


def entries(timing: Timing) -> list[tuple[str, tuple[float, ...]]]:
    """Who was timed, with what it cost them; the submission comes last."""
    timed = [(name, costs) for name, costs in timing.costs.items() if costs]
    return sorted(timed, key=lambda item: item[0] == "submission")


def figures(value: float) -> str:
    """Three significant digits, without an exponent down to a millionth: 0.0213, 0.482, 7.20, 15.6, 1234."""
    if not 1e-6 <= abs(value) < math.inf:
        return f"{value:.3g}"
    decimals = max(2 - math.floor(math.log10(abs(value))), 0)
    return f"{value:.{decimals}f}"
