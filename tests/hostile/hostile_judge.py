"""What is asserted of every attack, whatever it is and wherever it was tried."""

from __future__ import annotations

import io
import re

from hostile_ground import COURSE_SECRETS, Ground, Outcome, comparable, expectations, expected_verdicts
from rich.console import Console

from autograder.model import GradeReport, Verdict
from autograder.reports.html import render_report_html
from autograder.reports.terminal import render_report

PATIENCE_S = 150  # no attack may hold the grader for longer, on a machine that is busy with three others
MESSAGE_CAP = 2000
# What a terminal obeys or a reader is deceived by: control characters but for the line end, and reordering marks.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
MARKUP = re.compile(r"<script>alert|<img src=x", re.IGNORECASE)


def judge(attack: str, outcome: Outcome, ground: Ground, honest: bytes) -> None:
    """The attack gained nothing, learnt nothing, and broke nothing."""
    for report in outcome.reports:
        check_verdicts(attack, report)
        check_secrets(report, ground)
        check_sinks(report)
    assert outcome.seconds < PATIENCE_S * len(outcome.reports)
    assert outcome.honest == honest, "the next submission was graded differently"


def check_verdicts(attack: str, report: GradeReport) -> None:
    """The verdicts are those of the table, the grader stands, and the attack has met what should stop it."""
    verdicts = {result.check: str(result.verdict) for result in report.results}
    expected = expected_verdicts(attack, list(verdicts))
    wrong = {check: verdict for check, verdict in verdicts.items() if verdict not in expected[check]}
    assert not wrong, f"expected {expected}; {[result.message for result in report.results if result.message]}"
    assert Verdict.GRADER_ERROR not in verdicts.values()
    assert report.score <= report.max_score
    stopped_by = expectations()[attack].get("stopped_by")
    assert not stopped_by or re.search(stopped_by, "\n".join(report.notes)), report.notes


def check_secrets(report: GradeReport, ground: Ground) -> None:
    """Nothing that a submission may not know is in its report; of a hidden check there is a category and no more."""
    text = comparable(report).decode()  # without the times, whose 300 digits could be any six by chance
    assert [secret for secret in (*COURSE_SECRETS, ground.secret) if secret in text] == []
    for result in report.results:
        assert len(result.message) < MESSAGE_CAP
        assert result.visibility != "hidden" or result.counterexample is None
    assert len(report.notes) < 50


def check_sinks(report: GradeReport) -> None:
    """Wherever the report is shown, nothing in it is obeyed."""
    output = io.StringIO()
    Console(file=output, width=100, color_system=None, force_terminal=False).print(render_report(report))
    assert not UNSAFE.search(output.getvalue())
    assert not MARKUP.search(render_report_html(report))
