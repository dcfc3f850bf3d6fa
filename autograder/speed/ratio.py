"""From noisy costs to a ratio with an interval.

The 20th percentile of paired, interleaved launches varied by 2 % from run to run where means varied by 13 % and more:
noise only ever adds (measured; docs/speed.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.model import Interval

QUANTILE = 0.2
RESAMPLES = 400
BOUNDS = (0.05, 0.95)


def estimate(costs: Sequence[float], null: Sequence[float]) -> float:
    """Seconds of the work alone: what a launch costs less what it costs to do nothing, at the quiet end of each."""
    return float(_net(np.asarray(costs), np.asarray(null)))


def speed_ratio(costs: Sequence[float], against: Sequence[float], null: Sequence[float], seed: int = 0) -> Interval:
    """How many times faster `costs` are than `against`, launch i of each being the same problem in the same round, with
    the bounds of a 90 % bootstrap interval over rounds. `null` are the costs of doing nothing."""
    mine, theirs, nothing = (np.asarray(values, float) for values in (costs, against, null))
    rounds = min(len(mine), len(theirs), len(nothing))
    if rounds == 0:
        raise ValueError("no launch to compare")
    mine, theirs, nothing = mine[:rounds], theirs[:rounds], nothing[:rounds]
    rows = np.random.default_rng(seed).integers(0, rounds, (RESAMPLES, rounds))
    resampled = _net(theirs[rows], nothing[rows]) / _net(mine[rows], nothing[rows])
    low, high = np.quantile(resampled, BOUNDS)
    value = float(_net(theirs, nothing) / _net(mine, nothing))
    return Interval(min(float(low), value), value, max(float(high), value))


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
    low, high = np.quantile(logs[rows].mean(axis=1), BOUNDS)
    value = logs.mean()
    return Interval(float(np.exp(min(low, value))), float(np.exp(value)), float(np.exp(max(high, value))))


def half_width(interval: Interval) -> float:
    """Half of the interval, as a part of the estimate."""
    return (interval.high - interval.low) / (2 * interval.value)


def _net(costs: np.ndarray[Any, Any], null: np.ndarray[Any, Any]) -> Any:
    quiet = np.quantile(costs, QUANTILE, axis=-1)
    # a launch that seems to cost less than nothing costs at least a hundredth of what was measured
    return np.maximum(quiet - np.quantile(null, QUANTILE, axis=-1), quiet / 100)
