"""From noisy costs to a ratio with an interval.

Launches come in pairs: the same problem, within milliseconds of each other. What disturbs the machine disturbs both,
and problems of other sizes cost both more, so the ratio is taken pair by pair. Over ten runs on a machine with four
times more work than cores it varied by 2 to 3 %, that of the two 20th percentiles by 5 to 7 % (docs/speed.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.model import Interval

QUIET = 0.2  # the quantile of costs that shows the work rather than the neighbours
TRIMMED = 0.2  # of the pairs on either side, which a neighbour has disturbed in one of the two
RESAMPLES = 400
BOUNDS = (0.05, 0.95)
LEAST_SECONDS = 1e-6  # a launch answered in advance costs nothing at all, and division by it would fail


def estimate(costs: Sequence[float], null: Sequence[float]) -> float:
    """Seconds of the work alone: what a launch costs less what it costs to do nothing, at the quiet end of each."""
    return float(_net(np.quantile(costs, QUIET), np.quantile(null, QUIET)))


def speed_ratio(costs: Sequence[float], against: Sequence[float], null: Sequence[float], seed: int = 0) -> Interval:
    """How many times faster `costs` are than `against`, launch i of each being the same problem in the same round, with
    the bounds of a 90 % bootstrap interval over rounds. `null` are the costs of doing nothing."""
    rounds = min(len(costs), len(against), len(null))
    if rounds == 0:
        raise ValueError("no launch to compare")
    mine, theirs = np.asarray(costs[:rounds], float), np.asarray(against[:rounds], float)
    nothing = np.quantile(null[:rounds], QUIET)
    logs = np.log(_net(theirs, nothing) / _net(mine, nothing))
    rows = np.random.default_rng(seed).integers(0, rounds, (RESAMPLES, rounds))
    return _interval(_trimmed_mean(logs), _trimmed_mean(logs[rows]))


def combine(intervals: Sequence[Interval]) -> Interval:
    """The geometric mean of several ratios. Its bounds are the means of the bounds: they lie too far apart rather than
    too near, and the lower one is what counts."""
    low, value, high = (
        float(np.exp(np.mean(np.log([getattr(interval, name) for interval in intervals]))))
        for name in ("low", "value", "high")
    )
    return Interval(low, value, high)


def geometric_mean(ratios: Sequence[float], seed: int = 0) -> Interval:
    """The mean of ratios of separate runs, with the bounds of a 90 % bootstrap interval over the runs."""
    logs = np.log(np.asarray(ratios, float))
    rows = np.random.default_rng(seed).integers(0, len(logs), (RESAMPLES, len(logs)))
    return _interval(logs.mean(), logs[rows].mean(axis=1))


def half_width(interval: Interval) -> float:
    """Half of the interval, as a part of the estimate."""
    return (interval.high - interval.low) / (2 * interval.value)


def _interval(log: float, resampled: np.ndarray[Any, Any]) -> Interval:
    low, high = np.quantile(resampled, BOUNDS)
    return Interval(float(np.exp(min(low, log))), float(np.exp(log)), float(np.exp(max(high, log))))


def _trimmed_mean(logs: np.ndarray[Any, Any]) -> Any:
    ordered = np.sort(logs, axis=-1)
    cut = int(ordered.shape[-1] * TRIMMED)
    return ordered[..., cut : ordered.shape[-1] - cut].mean(axis=-1)


def _net(costs: Any, nothing: Any) -> Any:
    # a launch that seems to cost less than nothing costs at least a hundredth of what was measured
    return np.maximum(np.maximum(costs - nothing, costs / 100), LEAST_SECONDS)
