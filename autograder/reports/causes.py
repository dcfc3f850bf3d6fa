"""What a class gets wrong, by cause: who needs a person to look, what one change of code would mend, and what is wrong
without a known cause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.model import CheckResult, GradeReport, SpeedReport, Standing, Verdict, Visibility
from autograder.reports import digest
from autograder.reports.text import one_line

# What a person looks at before grades are given out, most urgent first.
URGENT = (Verdict.UNREADABLE, Verdict.GRADER_ERROR, Verdict.FORBIDDEN, Verdict.TIMEOUT, Verdict.MEMORY)
# Verdicts that say nothing about what is wrong with a student's idea.
_SILENT = (Verdict.PASS, Verdict.MISSING, Verdict.SKIPPED, Verdict.UNREADABLE, Verdict.GRADER_ERROR)
# Generic signatures that describe the answer and not what led to it: zeros and infinities have a hundred causes.
_EFFECTS = ("zeros", "not_finite", "single_element", "some_slices_wrong", "only_first_wrong", "only_last_wrong")
_GENERIC = "generic:"
# A number that is not a part of a name (W1, conv2d), and a list or shape of them.
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
_PLACE = re.compile(r"\s*\((?:cell \d+, )?line \d+\)|Cell \d+, line \d+: |Line \d+: ")
_NUMBERS = re.compile(r"…(?:, …)+")


@dataclass
class Concern:
    """One student, for one reason that a person should look at; `says` is why, `where` the functions."""

    who: int
    verdict: str
    says: str
    where: tuple[str, ...] = ()


@dataclass
class ClassCause:
    """What one change of code would mend, and the students (by their place in the class) who would have to make it."""

    says: str
    entry_points: tuple[str, ...]
    students: tuple[int, ...]
    known: bool


@dataclass
class _Tally:
    says: dict[str, None] = field(default_factory=dict)
    entry_points: dict[str, None] = field(default_factory=dict)
    students: dict[int, None] = field(default_factory=dict)

    def add(self, says: str, entry_point: str, who: int) -> None:
        for known, one in ((self.says, says), (self.entry_points, entry_point)):
            known[one] = None
        self.students[who] = None

    def cause(self, known: bool) -> ClassCause:
        says = next(iter(self.says)) if len(self.says) == 1 else without_numbers(next(iter(self.says)))
        return ClassCause(says, tuple(self.entry_points), tuple(self.students), known)


def concerns(reports: Sequence[GradeReport], speeds: Iterable[SpeedReport] = ()) -> list[Concern]:
    """Who needs a person to look, by urgency: unreadable, failures of the grader, forbidden means, time and memory, and
    times that are held until somebody has looked."""
    found = [Concern(who, verdict, *told) for who, r in enumerate(reports) for verdict, *told in _concerns_of(r)]
    found.sort(key=lambda one: URGENT.index(Verdict(one.verdict)))
    place = {report.submission.id: who for who, report in enumerate(reports)}
    held = [speed for speed in speeds if speed.standing is Standing.HELD and speed.submission.id in place]
    return found + [Concern(place[one.submission.id], "HELD", one.reason, (one.track,)) for one in held]


def _concerns_of(report: GradeReport) -> Iterator[tuple[Any, ...]]:
    if reason := digest.unread(report):
        yield Verdict.UNREADABLE, reason, ()
        return
    for verdict in URGENT:
        met = [result for result in report.results if result.verdict is verdict]
        if met:
            told = next((r.message for r in met if r.visibility is Visibility.PUBLIC and r.message), _sentence(verdict))
            yield verdict, told, tuple(dict.fromkeys(r.entry_point for r in met))


def class_causes(reports: Sequence[GradeReport]) -> list[ClassCause]:
    """The causes in a class, those of most students first; the known ones before what has no known cause.

    A listed mistake is one cause wherever it shows. Where a function of a student's has a known cause, what else is
    wrong with its answers is not counted; where it has none, it counts once. Numbers that differ do not make two
    causes of one."""
    tallies: dict[tuple[bool, Any], _Tally] = {}
    for who, report in enumerate(reports):
        for known, key, says, entry in _causes_of(report):
            tallies.setdefault((known, key), _Tally()).add(says, entry, who)
    found = [tally.cause(known) for (known, _), tally in tallies.items()]
    return sorted(found, key=lambda cause: (not cause.known, -len(cause.students), cause.entry_points, cause.says))


def _causes_of(report: GradeReport) -> Iterator[tuple[bool, Any, str, str]]:
    """(whether it is a known cause, what makes it one cause, its sentence, the function) for each of one student's."""
    entries: dict[str, list[CheckResult]] = {}
    for result in report.results:
        if result.verdict not in _SILENT:
            entries.setdefault(result.entry_point, []).append(result)
    for entry, results in entries.items():
        plain = [result for result in results if result.diagnosis or result.visibility is Visibility.PUBLIC]
        found = [(*_cause_of(result), entry) for result in plain or results]
        yield from [one for one in found if one[0]] or found[:1]


def _cause_of(result: CheckResult) -> tuple[bool, Any, str]:
    diagnosis, entry = result.diagnosis, result.entry_point
    if diagnosis and not diagnosis.mistake.startswith(_GENERIC):
        return True, diagnosis.says, diagnosis.says
    if diagnosis:
        effect = diagnosis.mistake.removeprefix(_GENERIC) in _EFFECTS
        return not effect, (entry, without_numbers(diagnosis.says)), diagnosis.says
    if result.visibility is Visibility.HIDDEN and result.verdict is not Verdict.FAIL:
        return True, (entry, result.verdict), _sentence(result.verdict)
    if result.verdict is Verdict.FAIL:
        tensor = one_line(str((result.counterexample or {}).get("tensor") or ""), 40)
        says = f"{tensor} is wrong, for no listed cause." if tensor else "A wrong answer, for no listed cause."
        return False, (entry, says), says
    if result.verdict in (Verdict.TIMEOUT, Verdict.MEMORY):
        return True, (entry, result.verdict), _sentence(result.verdict)
    says = _unplaced(result.message.removeprefix(f"{entry} "), result.verdict)
    return True, (result.verdict, without_numbers(says)), says


def _sentence(verdict: Verdict) -> str:
    meaning = digest.MEANING[verdict]
    return f"{meaning[0].upper()}{meaning[1:]}."


def _unplaced(message: str, verdict: Verdict) -> str:
    """`message` as a sentence of its own, without the place in a student's file."""
    said = _PLACE.sub("", message) or _sentence(verdict)
    return f"{said[0].upper()}{said[1:]}"


def without_numbers(text: str) -> str:
    """`text` with an ellipsis for each number or list of numbers, so that two sentences of one kind are equal."""
    return _NUMBERS.sub("…", _NUMBER.sub("…", text))
