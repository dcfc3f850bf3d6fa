"""Classroom 50's result.json (foundation50/classroom50, schemas/result-v1.schema.json)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import lcm

import msgspec

from autograder.errors import AutograderError
from autograder.model import GradeReport
from autograder.reports.export.told import summary, told

# What the runner of Classroom 50 sets for an autograder, and the field each goes to.
FACTS = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")


def render_classroom50(
    report: GradeReport, sentences: Mapping[str, str], environment: Mapping[str, str], submitted: str
) -> str:
    """One submission, under the facts that the runner put into `environment`; `submitted` is the commit's time in UTC.

    Scores there are whole numbers: points are multiplied by the least number that makes the points of every check
    whole, which is the same for a whole class.

    Raises AutograderError that names what is missing in `environment`."""
    known = {"OWNER": environment.get("USERNAME", ""), "ASSIGNMENT_TYPE": "individual"}
    facts = {field: environment.get(name) or known.get(name, "") for field, name in FACTS.items()}
    if absent := [FACTS[field] for field, value in facts.items() if not value]:
        raise AutograderError(
            f"Classroom 50 sets {', '.join(absent)} for an autograder, which is not set here; run this in its workflow."
        )
    if not _INSTANT.fullmatch(submitted):
        raise AutograderError(f"The time of submission must be like 2026-09-30T23:59:00Z, not {submitted!r}.")
    times = scale(report)
    checks = [one for one in told(report, sentences) if not one.faulted]
    tests = [
        {
            "test-name": one.name,
            "passed": one.passed,
            "score": round(one.result.points * times),
            "max-score": round(one.result.max_points * times),
            "output": one.text,
        }
        for one in checks
    ]
    result = {
        "schema": "classroom50/result/v1",
        **facts,
        "datetime": submitted,
        "score": sum(round(one.result.points * times) for one in checks),
        "max-score": sum(round(one.result.max_points * times) for one in checks),
        "tests": tests,
    }
    return msgspec.json.format(msgspec.json.encode(result), indent=1).decode()


def render_release_body(report: GradeReport, sentences: Mapping[str, str]) -> str:
    """The text of the release, which the student reads: what failed, as a block of plain text."""
    lines = summary(report)
    for one in told(report, sentences):
        lines += [] if one.passed else [one.name, *(f"    {line}" for line in one.lines)]
    fence = "`" * (max((len(run) for run in re.findall("`+", "\n".join(lines))), default=0) + 3)
    body = [fence, *(lines or ["All checks passed."]), fence]
    return "\n".join([f"{report.score:g} of {report.max_score:g} points", "", *body, ""])


def scale(report: GradeReport) -> int:
    """The least whole number that makes the points of every check of `report` whole; 100 where none below does."""
    parts = [Fraction(result.max_points).limit_denominator(1000).denominator for result in report.results]
    whole = lcm(*parts) if parts else 1
    return whole if whole <= 100 else 100
