"""What a regrade changes: who gains and who loses, by check and cause, from two runs' reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from autograder.model import CheckResult, GradeReport, Record, Verdict
from autograder.reports import digest
from autograder.reports.causes import without_numbers


class Run(Record, frozen=True):
    """What graded one side: every version and seed that its reports name."""

    versions: tuple[str, ...]
    graders: tuple[str, ...]
    seeds: tuple[int, ...]


class CheckChange(Record, frozen=True):
    """One check of one student that came to something else: `before` or `after` is None where it was not asked. `cause`
    is what is said of it now, or what was said before where it passes now."""

    check: str
    before: Verdict | None
    after: Verdict | None
    points: float
    cause: str


class Change(Record, frozen=True):
    """One student whose points or verdicts changed; `edited` says that another file was graded."""

    submission: str
    before: float
    after: float
    edited: bool
    checks: tuple[CheckChange, ...]


class AssignmentDiff(Record, frozen=True):
    """Two runs of one assignment: those who changed, and who is in one of the runs alone."""

    assignment: str
    before: Run
    after: Run
    same: int
    changes: tuple[Change, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


class Diff(Record, frozen=True, kw_only=True):
    """Two runs, assignment by assignment."""

    schema: Literal["autograder/diff/v1"] = "autograder/diff/v1"
    assignments: tuple[AssignmentDiff, ...]


class Row(Record, frozen=True):
    """Students for whom one check changed in one way, for one cause."""

    check: str
    before: Verdict | None
    after: Verdict | None
    cause: str
    students: tuple[str, ...]
    points: float


def diff(before: Iterable[GradeReport], after: Iterable[GradeReport]) -> Diff:
    """What changes from the reports `before` to those `after`."""
    left, right = (digest.by_assignment(list(reports)) for reports in (before, after))
    slugs = dict.fromkeys([*left, *right])
    return Diff(assignments=tuple(_assignment(slug, left.get(slug, []), right.get(slug, [])) for slug in slugs))


def summary(one: AssignmentDiff) -> str:
    """How many gain and how many lose, as the beginning of a sentence."""
    gain = sum(change.after > change.before for change in one.changes)
    lose = sum(change.after < change.before for change in one.changes)
    even = len(one.changes) - gain - lose
    told = f", {even} {'has' if even == 1 else 'have'} the same points for another reason" if even else ""
    return f"{gain} {'gains' if gain == 1 else 'gain'}, {lose} {'loses' if lose == 1 else 'lose'}{told}"


def rows(changes: Sequence[Change]) -> list[Row]:
    """The changes by check and cause: the largest losses first, then the gains, then what costs nothing."""
    grouped: dict[tuple[str, Verdict | None, Verdict | None, str], list[tuple[str, CheckChange]]] = {}
    for change in changes:
        for one in change.checks:
            key = (one.check, one.before, one.after, without_numbers(one.cause))
            grouped.setdefault(key, []).append((change.submission, one))
    found = [
        Row(check, old, new, many[0][1].cause, tuple(who for who, _ in many), sum(one.points for _, one in many))
        for (check, old, new, _), many in grouped.items()
    ]
    return sorted(found, key=lambda row: (row.points == 0, row.points > 0, -abs(row.points), row.check))


def _assignment(slug: str, before: Sequence[GradeReport], after: Sequence[GradeReport]) -> AssignmentDiff:
    left, right = ({report.submission.id: report for report in reports} for reports in (before, after))
    both = [name for name in left if name in right]
    changes = [change for name in both if (change := _change(left[name], right[name]))]
    return AssignmentDiff(
        slug,
        _run(before),
        _run(after),
        len(both) - len(changes),
        tuple(sorted(changes, key=lambda one: (one.after - one.before, one.submission))),
        tuple(name for name in left if name not in right),
        tuple(name for name in right if name not in left),
    )


def _run(reports: Sequence[GradeReport]) -> Run:
    return Run(
        tuple(dict.fromkeys(report.assignment.version for report in reports)),
        tuple(dict.fromkeys(report.grader for report in reports)),
        tuple(dict.fromkeys(report.seed for report in reports)),
    )


def _change(before: GradeReport, after: GradeReport) -> Change | None:
    left, right = ({result.check: result for result in report.results} for report in (before, after))
    checks = [
        change for name in dict.fromkeys([*left, *right]) if (change := _of_check(left.get(name), right.get(name)))
    ]
    if not checks and before.score == after.score:
        return None
    edited = before.submission.sha256 != after.submission.sha256
    return Change(after.submission.id, before.score, after.score, edited, tuple(checks))


def _of_check(before: CheckResult | None, after: CheckResult | None) -> CheckChange | None:
    if before and after and _met(before) == _met(after):
        return None
    points = (after.points if after else 0.0) - (before.points if before else 0.0)
    shown = before if after is None or after.verdict is Verdict.PASS else after
    cause = "" if shown is None else shown.diagnosis.says if shown.diagnosis else shown.message
    named = after or before
    assert named is not None
    old, new = (result.verdict if result else None for result in (before, after))
    return CheckChange(named.check, old, new, round(points, 6), cause)


def _met(result: CheckResult) -> tuple[Verdict, float, str]:
    """What counts of a result; numbers and words of a case differ from seed to seed."""
    return result.verdict, result.points, result.diagnosis.mistake if result.diagnosis else ""
