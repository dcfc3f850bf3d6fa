"""A regrade on a terminal: what changed by check and cause, then who gains and who loses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from autograder.model import Verdict
from autograder.reports.diff import AssignmentDiff, Diff, Row, Run, rows, summary
from autograder.reports.ink import Ink, Sheet, say
from autograder.reports.text import one_line, points

_QUIET = "bright_black"
_NAMES = 6


def render_diff(found: Diff) -> RenderableType:
    """Each assignment: what differs between the runs, a row for each check and cause, a row for each student."""

    def draw(ink: Ink, width: int) -> Iterator[RenderableType]:
        for one in found.assignments:
            yield from _assignment(one, ink)

    return Sheet(draw)


def _assignment(one: AssignmentDiff, ink: Ink) -> Iterator[RenderableType]:
    yield Text(one_line(one.assignment), "bold")
    yield from (say(line, _QUIET) for line in _differences(one.before, one.after))
    yield Text(f"{summary(one)}, {one.same} as before.", "bold")
    if one.changes:
        yield _checks(rows(one.changes), ink)
        yield _students(one, ink)
    for names, where in ((one.only_before, "first"), (one.only_after, "second")):
        if names:
            yield say(f"Only in the {where} run: {_listed(names)}.")
    yield Text()


def _differences(before: Run, after: Run) -> Iterator[str]:
    """What graded the two runs, where it is not the same."""
    for what, old, new in (
        ("assignment", _short(before.versions), _short(after.versions)),
        ("grader", before.graders, after.graders),
        ("seed", tuple(map(str, before.seeds)), tuple(map(str, after.seeds))),
    ):
        if old != new:
            yield f"{what}: {', '.join(old) or 'none'} before, {', '.join(new) or 'none'} now"


def _short(versions: Sequence[str]) -> tuple[str, ...]:
    return tuple(version.removeprefix("sha256:")[:8] for version in versions)


def _checks(found: Sequence[Row], ink: Ink) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, padding=(0, 1), header_style=_QUIET)
    table.add_column("check", overflow="fold")
    table.add_column("before → now", no_wrap=True)
    table.add_column("students", justify="right", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("why, and who", ratio=1, overflow="fold")
    for row in found:
        who = _listed(row.students)
        table.add_row(
            say(one_line(row.check, 80)),
            f"{_verdict(row.before)} → {_verdict(row.after)}",
            str(len(row.students)),
            _signed(row.points),
            Text.assemble(say(one_line(row.cause)), " " if row.cause else "", say(who, _QUIET)),
        )
    return table


def _students(one: AssignmentDiff, ink: Ink) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style=_QUIET)
    for name in ("student", "before", "now", "change", ""):
        table.add_column(name, justify="left" if name in ("student", "") else "right", no_wrap=name != "student")
    for change in one.changes:
        table.add_row(
            say(one_line(change.submission, 80)),
            points(change.before),
            points(change.after),
            _signed(change.after - change.before),
            say("another file" if change.edited else "", _QUIET),
        )
    return table


def _verdict(verdict: Verdict | None) -> str:
    return "not asked" if verdict is None else str(verdict)


def _signed(value: float) -> Text:
    style = "green" if value > 0 else "red" if value < 0 else _QUIET
    return Text(f"{'+' if value > 0 else '−' if value < 0 else ''}{points(abs(value))}", style)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"{', '.join(one_line(name, 40) for name in names[:_NAMES])}{more}"
