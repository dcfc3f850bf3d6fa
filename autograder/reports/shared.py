"""Wrong answers that several students share and no listed mistake explains: one mistake, which a teacher can name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from autograder.model import Cell, CheckResult, GradeReport, WrongAnswer

_LINES = 80  # of a function that are shown


@dataclass(frozen=True)
class SharedAnswer:
    """Students, by their place in the class, who give the same wrong `tensor`; `check` is the first that shows it,
    `also` are the others of the same function that show one for just these students."""

    entry_point: str
    check: str
    tensor: str
    students: tuple[int, ...]
    fingerprint: str
    also: tuple[str, ...] = ()

    @property
    def checks(self) -> tuple[str, ...]:
        return (self.check, *self.also)

    @property
    def toml(self) -> str:
        """What a teacher puts into mistakes.toml, with a sentence."""
        # a JSON string of ASCII is a TOML string
        pairs = (("check", self.check), ("fingerprint", self.fingerprint), ("says", ""))
        return "\n".join(["[[mistake]]", *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in pairs)])


def shared_answers(reports: Sequence[GradeReport]) -> list[SharedAnswer]:
    """The wrong answers that two or more students give, those of most students first.

    A student whose function has a named mistake is not counted: what else is wrong may come from that."""
    found: dict[str, list[tuple[WrongAnswer, CheckResult, list[int]]]] = {}
    for who, report in enumerate(reports):
        for result, answer in _unnamed(report):
            groups = found.setdefault(result.check, [])
            same = next((group for group in groups if group[0].same(answer)), None)
            if same is None:
                groups.append((answer, result, [who]))
            else:
                same[2].append(who)
    merged: dict[tuple[str, tuple[int, ...]], list[tuple[WrongAnswer, CheckResult]]] = {}
    for answer, result, students in (group for groups in found.values() for group in groups):
        if len(students) > 1:
            merged.setdefault((result.entry_point, tuple(students)), []).append((answer, result))
    shared = [
        SharedAnswer(
            entry,
            many[0][1].check,
            many[0][0].tensor,
            students,
            many[0][1].fingerprint or "",
            tuple(dict.fromkeys(result.check for _, result in many[1:])),
        )
        for (entry, students), many in merged.items()
    ]
    return sorted(shared, key=lambda one: (-len(one.students), one.check))


def _unnamed(report: GradeReport) -> Iterator[tuple[CheckResult, WrongAnswer]]:
    named = {r.entry_point for r in report.results if r.diagnosis and not r.diagnosis.mistake.startswith("generic:")}
    for result in report.results:
        if result.fingerprint and result.entry_point not in named:
            yield result, WrongAnswer.read(result.fingerprint)


def code_of(name: str, report: GradeReport, sources: Mapping[str, Sequence[Cell]]) -> str:
    """The lines of the student's function `name`, as far as they can be told by their indentation: nothing that a
    student wrote is parsed. Empty where it is not found."""
    for cell in reversed(sources.get(report.submission.sha256, ())):
        lines = cell.source.split("\n")
        starts = [i for i, line in enumerate(lines) if re.match(rf"(?:async\s+)?def\s+{re.escape(name)}\b", line)]
        if starts:
            body = [line for line in lines[starts[-1] + 1 :]]
            length = next((i for i, line in enumerate(body) if line[:1] not in ("", " ", "\t", "#", ")")), len(body))
            shown = "\n".join([lines[starts[-1]], *body[:length]]).rstrip().split("\n")
            return "\n".join(shown[:_LINES] + (["…"] if len(shown) > _LINES else []))
    return ""
