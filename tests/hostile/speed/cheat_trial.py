"""Tries one cheat on the speed tier, in the same run as the honest code that it is built on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment.discover import discover
from autograder.model import Interval, Isolation, SpeedReport, Standing
from autograder.sandbox.isolation import choose
from autograder.speed.ratio import speed_ratio
from autograder.timing.run import time_submission

HERE = Path(__file__).parent
ASSIGNMENTS = HERE / "course" / "assignments"
CHEATS = HERE / "cheats"
SEED = 20  # no cheat knows it; with it two runs draw the same problems


@dataclass(frozen=True)
class Trial:
    """What became of a cheat: its standing, the reason, and the speed against the honest code, if it has one."""

    standing: Standing
    reason: str
    gain: Interval | None
    machine: str


def expectations() -> dict[str, str]:
    """For each cheat a pattern of the reason for which it is refused; empty where it runs, and gains nothing."""
    return tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))


def attempt(path: Path, isolation: Isolation | None = None) -> Trial:
    """Time the file `path` as a submission for the race, if it is called so, or else for the product."""
    assignment = "speed_race" if path.stem.startswith("race_") else "speed_product"
    report = time_submission(discover(ASSIGNMENTS / assignment), path, isolation=isolation or choose(None), seed=SEED)
    return Trial(report.standing, report.reason, _gain(report), report.device.name)


def _gain(report: SpeedReport) -> Interval | None:
    costs = report.timings[0].costs if report.timings else {}
    if report.ratio is None or "honest" not in costs:
        return report.ratio
    if len(costs["submission"]) == len(costs["honest"]):
        return speed_ratio(costs["submission"], costs["honest"], costs["null"])
    # so slow that it was given other problems: compared by way of the library
    by = speed_ratio(costs["honest"], costs["library"], costs["null"]).value
    return Interval(report.ratio.low / by, report.ratio.value / by, report.ratio.high / by)
