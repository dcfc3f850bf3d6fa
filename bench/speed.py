"""How steady the speed tier is: the library's code against itself, and the order of the baselines, over many runs.

`python -m bench.speed [RUNS]`; ten runs take about five minutes. CPU seconds are measured from outside the process."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from autograder.assignment.discover import Declared, find_assignment
from autograder.model import Interval, SpeedReport
from autograder.sandbox.isolation import choose
from autograder.speed.ratio import combine, speed_ratio
from autograder.timing.run import time_submission

RUNS = 10
SLUG = "conv"
ORDER = ("naive", "im2col", "library")


def main(runs: int = RUNS) -> None:
    """Time the library's own code as a submission, and print how much the ratios vary."""
    declared = find_assignment(SLUG)
    reports = [_run(declared, number, runs) for number in range(runs)]
    print(f"{SLUG} on {reports[0].device.name}, isolation {reports[0].isolation.level}, {runs} runs\n")
    print("| against the library | median | lowest | highest | CV of the ratio | CV of the scored bound |")
    print("|---|---:|---:|---:|---:|---:|")
    _row("the library's own code", [report.ratio for report in reports if report.ratio])
    _row("im2col", [_baseline(report, "im2col") for report in reports])
    kept = sum(_in_order(report) for report in reports)
    print(f"\n{' < '.join(ORDER)} in speed: {kept} of {runs} runs")
    print(f"wall seconds a submission: median {statistics.median(report.wall_s for report in reports):.0f}")


def _run(declared: Declared, number: int, runs: int) -> SpeedReport:
    print(f"run {number + 1} of {runs}", file=sys.stderr)
    path = Path(declared.assignment.folder) / "baselines" / "library.py"
    return time_submission(declared, path, isolation=choose(None))


def _baseline(report: SpeedReport, name: str) -> Interval:
    costs = [timing.costs for timing in report.timings]
    return combine([speed_ratio(of[name], of["library"], of["null"]) for of in costs])


def _in_order(report: SpeedReport) -> bool:
    medians = [[statistics.median(timing.costs[name]) for name in ORDER] for timing in report.timings]
    return all(row == sorted(row, reverse=True) for row in medians)


def _row(name: str, intervals: list[Interval]) -> None:
    values, bounds = ([getattr(one, part) for one in intervals] for part in ("value", "low"))
    spread = " | ".join(f"{statistics.stdev(row) / statistics.mean(row):.1%}" for row in (values, bounds))
    print(f"| {name} | {statistics.median(values):.3f} | {min(values):.3f} | {max(values):.3f} | {spread} |")


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:]))
