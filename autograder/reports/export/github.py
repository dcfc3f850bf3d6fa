"""GitHub Actions: a job summary in Markdown, annotations as workflow commands, and a step's outputs.

Limits from GitHub's documentation: 10 annotations of each kind a step, 1024 KiB of summary a step (a larger one is
refused whole)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autograder.model import GradeReport, Verdict
from autograder.reports import digest
from autograder.reports.export.told import Told, summary, told
from autograder.reports.text import one_line, points

ANNOTATIONS = 10
SUMMARY_BYTES = 1000 * 1024
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # CommonMark 0.31, 2.4: any ASCII punctuation may be escaped


def render_annotations(reports: Sequence[GradeReport], sentences: Mapping[str, str]) -> list[str]:
    """`::error` lines, the most useful first: a diagnosis before a bare difference, and one for each cause."""
    named = len(reports) > 1
    found: list[tuple[bool, str]] = []
    for report in reports:
        by_check = {one.result.check: one for one in told(report, sentences)}
        for part in digest.to_mend(digest.parts(report)):
            for cause in part.causes:
                one = by_check[cause.shown.check]
                if one.result.verdict not in (Verdict.MISSING, Verdict.SKIPPED):
                    title = f"{report.submission.id}: {one.name}" if named else one.name
                    found.append((one.result.diagnosis is None, _command(title, one)))
    return [line for _, line in sorted(found, key=lambda item: item[0])[:ANNOTATIONS]]


def render_summary(reports: Sequence[GradeReport], sentences: Mapping[str, str]) -> str:
    """The job summary: a table of scores, and what to mend. What does not fit is counted, not cut off half-way."""
    lines = ["| submission | points | of |", "|---|---:|---:|"]
    lines += [
        f"| {_plain(report.submission.id, 80)} | {points(report.score)} | {points(report.max_score)} |"
        for report in reports
    ]
    blocks = ["\n".join([*lines, ""]), *(_submission(report, sentences) for report in reports)]
    kept: list[str] = []
    size = 0
    for block in blocks:
        size += len(block.encode()) + 1
        if size > SUMMARY_BYTES:
            kept.append(f"\n{len(blocks) - len(kept)} more submissions are in the report only.\n")
            break
        kept.append(block)
    return "\n".join(kept)


def render_outputs(reports: Sequence[GradeReport]) -> list[str]:
    """`name=value` lines for $GITHUB_OUTPUT: numbers alone, so that nothing of a student's can add a line."""
    score, most = (sum(getattr(report, name) for report in reports) for name in ("score", "max_score"))
    return [f"score={points(score)}", f"max_score={points(most)}", f"submissions={len(reports)}"]


def _submission(report: GradeReport, sentences: Mapping[str, str]) -> str:
    checks = told(report, sentences)
    lines = [f"### {_plain(report.submission.id, 80)}: {points(report.score)} of {points(report.max_score)} points", ""]
    lines += [f"- {_plain(note)}" for note in summary(report)]
    missing = dict.fromkeys(one.result.entry_point for one in checks if one.result.verdict is Verdict.MISSING)
    if missing:
        lines.append(f"- not written yet: {', '.join(_plain(name, 80) for name in missing)}")
    for one in checks:
        if not one.passed and one.result.verdict is not Verdict.MISSING:
            lines.append(f"- **{_plain(one.name, 200)}** {_plain(one.lines[0])}")
            lines += [f"  - {_plain(line)}" for line in one.lines[1:]]
    if all(one.passed for one in checks):
        lines.append("All checks passed.")
    return "\n".join([*lines, ""])


def _command(title: str, one: Told) -> str:
    message = "\n".join(one.lines)
    return f"::error title={_property(one_line(title, 200))}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _plain(text: str, limit: int = 400) -> str:
    """`text` as Markdown that shows it as it is."""
    return _PUNCTUATION.sub(r"\\\1", one_line(text, limit))
