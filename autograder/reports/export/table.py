"""A class as CSV: a row for each submission, for a spreadsheet or a script of the instructor's."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from autograder.model import GradeReport, Verdict
from autograder.reports import digest
from autograder.reports.text import points, spreadsheet

FIXED = ("assignment", "submission", "score", "max_score", "attention", "first_to_mend")


def render_csv(reports: Sequence[GradeReport]) -> str:
    """Scores, points of each entry point, what needs the instructor's attention, and what to mend first.

    No cell starts a formula, and none holds a line break."""
    several = len({report.assignment.id for report in reports}) > 1
    columns = dict.fromkeys(_column(r.assignment.id, x.entry_point, several) for r in reports for x in r.results)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow([spreadsheet(name) for name in (*FIXED, *columns)])
    for report in sorted(reports, key=lambda report: (report.assignment.id, report.submission.id)):
        earned: dict[str, float] = {}
        for result in report.results:
            column = _column(report.assignment.id, result.entry_point, several)
            earned[column] = earned.get(column, 0.0) + result.points
        row = [report.assignment.id, report.submission.id, points(report.score), points(report.max_score)]
        row += [", ".join(attention(report)), digest.first_to_mend(digest.to_mend(digest.parts(report)))]
        row += [points(earned[column]) if column in earned else "" for column in columns]
        writer.writerow([spreadsheet(cell) for cell in row])
    return out.getvalue()


def attention(report: GradeReport) -> list[str]:
    """The verdicts of `report` that a person should look at."""
    wanted = (Verdict.UNREADABLE, Verdict.GRADER_ERROR, Verdict.FORBIDDEN, Verdict.TIMEOUT, Verdict.MEMORY)
    met = {result.verdict for result in report.results}
    return [str(verdict) for verdict in wanted if verdict in met]


def _column(assignment: str, entry_point: str, several: bool) -> str:
    return f"{assignment}.{entry_point}" if several else entry_point
