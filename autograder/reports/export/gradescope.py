"""Gradescope's results.json (gradescope/autograder_samples, docs/specs.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from autograder.model import GradeReport
from autograder.reports.export.told import Told, summary, told
from autograder.reports.text import one_line


def render_gradescope(report: GradeReport, sentences: Mapping[str, str]) -> str:
    """One submission. Every test is visible: with a hidden one Gradescope would show students no total. A check on
    which the grader failed has no score, which Gradescope takes for information."""
    tests = [_test(one) for one in told(report, sentences)]
    results = {
        "score": report.score,
        "execution_time": report.wall_s,
        "output": "\n".join(summary(report)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {
            "assignment": report.assignment.id,
            "version": report.assignment.version,
            "grader": report.grader,
            "max_score": report.max_score,
        },
    }
    return msgspec.json.format(msgspec.json.encode(results), indent=1).decode()


def _test(one: Told) -> dict[str, Any]:
    scored = {
        "score": one.result.points,
        "max_score": one.result.max_points,
        "status": "passed" if one.passed else "failed",
    }
    tags = [one_line(one.result.entry_point, 80)]
    said: dict[str, Any] = {"name": one.name, "output": one.text, "visibility": "visible", "tags": tags}
    return said if one.faulted else scored | said
