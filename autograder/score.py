"""Verdicts → points. Only PASS pays; what the grader itself broke is flagged, not scored as wrong."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.model import CheckResult, Verdict


def points(verdict: Verdict, worth: float) -> float:
    """What a check that is worth `worth` points earns."""
    return worth if verdict is Verdict.PASS else 0.0


def total(results: Iterable[CheckResult]) -> tuple[float, float]:
    """The score and the greatest score that these results could have had."""
    results = tuple(results)
    return round(sum(r.points for r in results), 6), round(sum(r.max_points for r in results), 6)


def grader_failed(results: Iterable[CheckResult]) -> bool:
    """Whether the grader broke somewhere, so that the score must not be used."""
    return any(result.verdict is Verdict.GRADER_ERROR for result in results)
