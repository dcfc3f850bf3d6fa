"""What a report says, in the order in which a student should read it: shared by the terminal and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.model import Assignment, CheckResult, GradeReport, Verdict, Visibility
from autograder.reports.text import compact, one_line

# What to mend first: what could not be read, what the rules forbid, what does not run, what is wrong, what is slow;
# then what is not there.
ORDER = (
    Verdict.UNREADABLE,
    Verdict.FORBIDDEN,
    Verdict.CRASH,
    Verdict.FAIL,
    Verdict.TIMEOUT,
    Verdict.MEMORY,
    Verdict.GRADER_ERROR,
    Verdict.MISSING,
    Verdict.SKIPPED,
    Verdict.PASS,
)
_RANK = {verdict: rank for rank, verdict in enumerate(ORDER)}
GLYPHS = dict(zip(Verdict, "✓✗!◷▣○–⊘?⚑", strict=True))  # none of them one that a terminal may draw as a wide emoji

MEANING = {
    Verdict.PASS: "right",
    Verdict.FAIL: "wrong answer",
    Verdict.CRASH: "raised an error or died",
    Verdict.TIMEOUT: "took too long",
    Verdict.MEMORY: "needed too much memory",
    Verdict.MISSING: "not written yet",
    Verdict.SKIPPED: "waits for another function or check",
    Verdict.FORBIDDEN: "uses what the rules forbid",
    Verdict.UNREADABLE: "could not be read",
    Verdict.GRADER_ERROR: "the grader failed, at no cost to the student",
}


@dataclass(frozen=True)
class Cause:
    """Checks of one entry point that failed for one reason; `shown` stands for all of them."""

    results: tuple[CheckResult, ...]

    @property
    def shown(self) -> CheckResult:
        return self.results[0]

    @property
    def points(self) -> float:
        return sum(result.points for result in self.results)

    @property
    def max_points(self) -> float:
        return sum(result.max_points for result in self.results)

    @property
    def hidden(self) -> bool:
        return self.shown.visibility is Visibility.HIDDEN


@dataclass(frozen=True)
class Part:
    """One entry point of a report: its results in the report's order, and its failures grouped, worst first."""

    name: str
    results: tuple[CheckResult, ...]
    causes: tuple[Cause, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict to mend first; PASS when every check passed."""
        return self.causes[0].shown.verdict if self.causes else Verdict.PASS

    @property
    def unwritten(self) -> bool:
        """Whether nothing of it could be asked for want of code: its own, or that of a function that it needs."""
        verdicts = {result.verdict for result in self.results}
        return Verdict.MISSING in verdicts and verdicts <= {Verdict.MISSING, Verdict.SKIPPED}

    @property
    def waits(self) -> bool:
        """Whether it is another function that is not written: of this one nothing is known."""
        missing = (result.message for result in self.results if result.verdict is Verdict.MISSING)
        return self.unwritten and not any(message.startswith(f"{self.name} ") for message in missing)

    @property
    def passed(self) -> int:
        return sum(result.verdict is Verdict.PASS for result in self.results)

    @property
    def points(self) -> float:
        return sum(result.points for result in self.results)

    @property
    def max_points(self) -> float:
        return sum(result.max_points for result in self.results)


def parts(report: GradeReport, assignment: Assignment | None = None) -> tuple[Part, ...]:
    """The entry points of `report` in the assignment's order, or else in that of the results."""
    order = [entry.name for entry in assignment.entry_points] if assignment else []
    names = dict.fromkeys([*order, *(result.entry_point for result in report.results)])
    found = (part(name, (r for r in report.results if r.entry_point == name)) for name in names)
    return tuple(one for one in found if one.results)


def unread(report: GradeReport) -> str | None:
    """Why the submission could not be read; None where it could."""
    if report.results and all(result.verdict is Verdict.UNREADABLE for result in report.results):
        return report.results[0].message
    return None


def to_mend(every: Iterable[Part]) -> list[Part]:
    """Parts with something to mend or to write; what is written and wrong comes before what is not written."""
    late = (Verdict.MISSING, Verdict.SKIPPED)
    return sorted((part for part in every if part.causes), key=lambda part: part.verdict in late)


def first_to_mend(mend: Sequence[Part]) -> str:
    """One sentence on what to mend first, with its entry point: the diagnosis where there is one."""
    if not mend:
        return ""
    causes = [(part, cause) for part in mend for cause in part.causes]
    part, cause = next(((part, cause) for part, cause in causes if cause.shown.diagnosis), causes[0])
    shown = cause.shown
    if shown.verdict is Verdict.UNREADABLE:
        return f"{MEANING[shown.verdict]}: {one_line(shown.message)}"
    told = shown.message.removeprefix(f"{part.name} is ") if shown.verdict is Verdict.MISSING else shown.message
    says = shown.diagnosis.says if shown.diagnosis else MEANING[shown.verdict] if cause.hidden or not told else told
    return f"{one_line(part.name, 40)}: {one_line(says)}"


def full_name(result: CheckResult) -> str:
    """The check's name within its entry point, as an instructor may read it."""
    return result.check.removeprefix(f"{result.entry_point}.")


def check_name(result: CheckResult) -> str:
    """The check's name as a student may read it: a hidden check has none."""
    return "hidden check" if result.visibility is Visibility.HIDDEN else full_name(result)


def names(cause: Cause) -> str:
    """The check that is shown, and those that failed for the same reason, or in the same way: a signature that is read
    off two outputs, or off one in two sizes, may have two reasons."""
    if cause.hidden:
        return "hidden check" if len(cause.results) == 1 else f"{len(cause.results)} hidden checks"
    first, *others = [one_line(check_name(result), 80) for result in cause.results]
    told = {result.diagnosis.says if result.diagnosis else "" for result in cause.results}
    how = "for the same reason" if len(told) == 1 else "in the same way"
    return f"{first}, and {how} {', '.join(others)}" if others else first


def count_of(checks: int) -> str:
    """A number of checks, as words."""
    return "1 check" if checks == 1 else f"{checks} checks"


def case_lines(found: dict[str, Any] | None, width: int = 400) -> list[tuple[str, str]]:
    """A counterexample as (name, text) rows: parameters (no name), each array as numbers or as a shape, what differs.

    Parts that are not the grader's usual ones are shown as they are: outside checks may add their own. The picture of
    where an array is wrong (`heat_of`) is not a line."""
    rest = dict(found or {})
    if heat_of(found):
        del rest["heat"]
    arguments, shapes = _mapping(rest.pop("arguments", {})), _mapping(rest.pop("shapes", {}))
    lines = []
    if parameters := _mapping(rest.pop("parameters", {})):
        lines.append(("", compact(parameters, width)))
    for name, shape in shapes.items():
        shown = compact(arguments[name], width) if name in arguments else f"array of shape {_shape(shape)}"
        lines.append((compact(name, 40), shown))
    lines += _difference(rest)
    return lines + [(compact(key.replace("_", " "), 40), compact(value, width)) for key, value in rest.items()]


def heat_of(found: Mapping[str, Any] | None) -> tuple[str, list[str]] | None:
    """Of a counterexample the slice that is drawn, `dx[0, 2]`, and its rows of digits from 0 (right) to 4 (not a
    number); None where the failure has none."""
    match (found or {}).get("heat"):
        case {"index": list(index), "shape": list(shape), "rows": [str(first), *_] as rows} if all(
            isinstance(row, str) and len(row) == len(first) and set(row) <= set("01234") for row in rows
        ):
            name = f"{compact((found or {}).get('tensor', 'array'), 40)}{compact(index) if index else ''}"
            blocks = [len(rows), len(first)] != shape
            return f"{name} of shape {_shape(shape)}, in blocks" if blocks else name, rows
    return None


def part(name: str, results: Iterable[CheckResult]) -> Part:
    """The entry point `name` with its results."""
    found = tuple(results)
    return Part(name, found, _causes(found))


def counts(reports: Iterable[GradeReport]) -> dict[Verdict, int]:
    """How many checks met each verdict, those that passed first."""
    tally = Counter(result.verdict for report in reports for result in report.results)
    return {verdict: tally[verdict] for verdict in Verdict if tally[verdict]}


def weak_spots(report: GradeReport) -> list[str]:
    """Guarantees of the isolation that did not hold in full, as `name` or `name (in part)`."""
    return [
        name if held == "none" else f"{name} ({'in part' if held == 'partial' else held})"
        for name, held in report.isolation.guarantees.items()
        if held != "enforced"
    ]


def versions(reports: Iterable[GradeReport]) -> str:
    """What graded `reports`, e.g. `Python 3.12.4, NumPy 2.3.5`; each version once where they differ."""
    used = [report.environment for report in reports]
    pythons, numpys, torches = ({getattr(one, name): None for one in used} for name in ("python", "numpy", "torch"))
    named = {"Python": pythons, "NumPy": numpys, "torch": torches}
    return ", ".join(f"{name} {'/'.join(filter(None, found))}" for name, found in named.items() if any(found))


def by_assignment(reports: Sequence[GradeReport]) -> dict[str, list[GradeReport]]:
    """Reports by assignment, both in the order in which they came."""
    grouped: dict[str, list[GradeReport]] = {}
    for report in reports:
        grouped.setdefault(report.assignment.id, []).append(report)
    return grouped


def _causes(results: Sequence[CheckResult]) -> tuple[Cause, ...]:
    grouped: dict[tuple[Any, ...], list[CheckResult]] = {}
    # of equal causes the one with a case to look at is shown
    for result in sorted(results, key=lambda result: (_RANK[result.verdict], result.counterexample is None)):
        if result.verdict is not Verdict.PASS:
            grouped.setdefault(_reason(result), []).append(result)
    return tuple(Cause(tuple(group)) for group in grouped.values())


def _reason(result: CheckResult) -> tuple[Any, ...]:
    """Equal for results that one change would mend; hidden ones stand apart, or they would name a public case."""
    if result.verdict in (Verdict.UNREADABLE, Verdict.MISSING, Verdict.TIMEOUT, Verdict.MEMORY):
        return result.verdict, result.visibility
    if result.diagnosis:
        return result.verdict, result.visibility, result.diagnosis.mistake
    return result.verdict, result.visibility, result.message if result.visibility is Visibility.PUBLIC else ""


def _difference(rest: dict[str, Any]) -> list[tuple[str, str]]:
    tensor = compact(rest.pop("tensor", ""), 40)
    if "actual" in rest and "expected" in rest:
        where = f"{tensor or 'result'}{compact(index)}" if (index := rest.pop("worst_index", None)) else tensor
        return [
            (
                where,
                _numbers(
                    rest.pop("actual"), rest.pop("expected"), rest.pop("difference", None), rest.pop("allowed", None)
                ),
            )
        ]
    if "actual_shape" in rest and "expected_shape" in rest:
        shapes = _shape(rest.pop("actual_shape")), _shape(rest.pop("expected_shape"))
        return [(tensor or "shape", f"yours {shapes[0]}   expected {shapes[1]}")]
    return [("output", tensor)] if tensor else []


def _numbers(actual: Any, expected: Any, difference: Any, allowed: Any) -> str:
    """Both numbers, with as many digits as it takes to see that they differ; where five do not, what was allowed."""
    digits, texts = 5, (compact(actual), compact(expected))
    while texts[0] == texts[1] and digits < 17 and isinstance(actual, float) and isinstance(expected, float):
        digits += 1
        texts = f"{actual:.{digits}g}", f"{expected:.{digits}g}"
    shown = f"yours {texts[0]}   expected {texts[1]}"
    return (
        f"{shown}   (difference {compact(difference)}, allowed {compact(allowed)})"
        if digits > 5 and difference
        else shown
    )


def _shape(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"({compact(value)[1:-1]}{',' if len(value) == 1 else ''})"
    return compact(value)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
