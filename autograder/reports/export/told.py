"""What a student is told of one check, as plain text: the text that every format shows in its own way."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.model import CheckResult, GradeReport, Verdict, Visibility
from autograder.reports.digest import MEANING, case_lines, full_name
from autograder.reports.text import one_line

FAULT = "The grader itself failed on this check. It costs no points; please tell the instructor."


@dataclass(frozen=True)
class Told:
    """One check as a student may know it: `name` is unique within a report, `lines` are empty where it passed."""

    result: CheckResult
    name: str
    lines: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return self.result.verdict is Verdict.PASS

    @property
    def faulted(self) -> bool:
        """Whether the grader failed on it, so that its points say nothing of the student."""
        return self.result.verdict is Verdict.GRADER_ERROR

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def told(report: GradeReport, sentences: Mapping[str, str]) -> list[Told]:
    """The checks of `report` in its order. Hidden checks are numbered: their names say what is looked for."""
    found, hidden = [], 0
    for result in report.results:
        hidden += result.visibility is Visibility.HIDDEN
        name = f"hidden check {hidden}" if result.visibility is Visibility.HIDDEN else one_line(full_name(result), 80)
        found.append(Told(result, f"{one_line(result.entry_point, 80)}: {name}", tuple(lines_of(result, sentences))))
    return found


def summary(report: GradeReport) -> list[str]:
    """Sentences about the submission as a whole: a failure of the grader, then notes."""
    faults = sum(result.verdict is Verdict.GRADER_ERROR for result in report.results)
    checks = "1 check" if faults == 1 else f"{faults} checks"
    fault = f"The grader itself failed on {checks}. This costs no points; please tell the instructor."
    return [*([fault] if faults else []), *(one_line(note) for note in report.notes)]


def lines_of(result: CheckResult, sentences: Mapping[str, str], file: str = "FILE") -> list[str]:
    """The lines on one check: what was asked, found, why, the case, and how to repeat it in `file`."""
    if result.verdict is Verdict.PASS:
        return []
    if result.verdict is Verdict.GRADER_ERROR:
        return [FAULT]
    why = [f"why: {one_line(result.diagnosis.says)}"] if result.diagnosis else []
    if result.visibility is Visibility.HIDDEN:
        return [f"{result.verdict}: {MEANING[result.verdict]}", *why]
    lines = [f"{result.verdict}: {one_line(result.message) or MEANING[result.verdict]}", *why]
    if (sentence := sentences.get(result.check)) and result.verdict not in (
        Verdict.UNREADABLE,
        Verdict.MISSING,
        Verdict.SKIPPED,
    ):
        lines.insert(0, f"asked: {one_line(sentence)}")
    if result.counterexample:
        lines += [f"case: {name} {value}".replace("  ", " ") for name, value in case_lines(result.counterexample)]
    if result.replay:
        lines.append(f"again: autograder replay {one_line(result.replay, 4000)} {shlex.quote(file)}")
    return lines
