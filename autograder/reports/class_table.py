"""A class on a terminal: a table for each assignment, a row for each submission, and what they have in common."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.model import Assignment, GradeReport
from autograder.reports import digest
from autograder.reports.causes import ClassCause, Concern, class_causes, concerns
from autograder.reports.digest import Part
from autograder.reports.ink import Ink, Sheet, flow, say
from autograder.reports.text import one_line, points

_QUIET = "bright_black"
_MOST = 5  # causes that a screen has room for
_NAMES = 8


def render_class(
    reports: Sequence[GradeReport], assignments: Sequence[Assignment] = (), look: Sequence[str] = ()
) -> RenderableType:
    """A table for each assignment with a mark for each entry point, what the class gets wrong, and its totals; then the
    verdicts, isolation and time of all, and the lines of `look`, which say where to read on."""
    known = {assignment.id: assignment for assignment in assignments}

    def draw(ink: Ink, width: int) -> Iterator[RenderableType]:
        for slug, group in digest.by_assignment(reports).items():
            yield from _assignment(group, known.get(slug), ink, width)
        yield from _footer(reports, ink, width)
        yield from (say(line) for line in look)

    return Sheet(draw)


def _assignment(
    reports: Sequence[GradeReport], assignment: Assignment | None, ink: Ink, width: int
) -> Iterator[RenderableType]:
    rows = [{part.name: part for part in digest.parts(report, assignment)} for report in reports]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if assignment:
        names = [entry.name for entry in assignment.entry_points if entry.name in names]
    title = assignment.title if assignment else reports[0].assignment.id
    handed_in = "1 submission" if len(reports) == 1 else f"{len(reports)} submissions"
    yield Text.assemble(say(one_line(title), "bold"), (f" {ink.dot} {handed_in}", _QUIET))
    yield _table(reports, rows, names, ink)
    yield Padding(_legend(names, width - 2), (0, 1))
    known = [cause for cause in class_causes(reports) if cause.known]
    if known:
        yield Text()
        yield Text(" What the class gets wrong", "bold")
        yield Padding(_causes(known[:_MOST], len(reports)), (0, 1))
    if urgent := concerns(reports):
        yield Text()
        yield Text(" Needs your attention", "bold")
        yield Padding(_attention(reports, urgent), (0, 1))
    yield Text()
    yield _total(reports)


def _table(reports: Sequence[GradeReport], rows: Sequence[dict[str, Part]], names: Sequence[str], ink: Ink) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, pad_edge=False, padding=(0, 1), header_style=_QUIET)
    table.add_column("student", overflow="ellipsis", no_wrap=True, max_width=20)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, width=10)
    table.add_column(_letters(len(names)), no_wrap=len(names) <= 26)
    table.add_column("first to mend", ratio=1, no_wrap=True, overflow="ellipsis")
    for report, row in zip(reports, rows, strict=True):
        share = report.score / report.max_score if report.max_score else 0.0
        table.add_row(
            say(one_line(report.submission.id, 80), overflow="ellipsis"),
            Text(f"{points(report.score)} / {points(report.max_score)}"),
            ink.bar(share, 10),
            Text().join(ink.glyph(row[name].verdict) if name in row else Text(" ") for name in names),
            say(digest.first_to_mend(digest.to_mend(row.values())), overflow="ellipsis"),
        )
    return table


def _letters(count: int) -> str:
    return "".join(ascii_lowercase[i % 26] for i in range(count))


def _legend(names: Sequence[str], width: int) -> Text:
    """Which column of marks is which entry point."""
    lettered = zip(_letters(len(names)), names, strict=True)
    return flow((Text.assemble((letter, "bold"), " ", say(one_line(name, 60))) for letter, name in lettered), width)


def _causes(causes: Sequence[ClassCause], count: int) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for cause in causes:
        where = say(one_line(", ".join(cause.entry_points), 80), "cyan")
        grid.add_row(f"{len(cause.students)} of {count}", Text.assemble(where, "  ", say(one_line(cause.says))))
    return grid


def _attention(reports: Sequence[GradeReport], found: Sequence[Concern]) -> Table:
    """A line for each verdict: whom it met."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for verdict in dict.fromkeys(one.verdict for one in found):
        names = [one_line(reports[one.who].submission.id, 40) for one in found if one.verdict == verdict]
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        grid.add_row(verdict, say(f"{', '.join(names[:_NAMES])}{more}"))
    return grid


def _total(reports: Sequence[GradeReport]) -> Text:
    shares = [100 * report.score / report.max_score if report.max_score else 0.0 for report in reports]
    full = sum(share >= 100 for share in shares)
    middle = f"mean {statistics.mean(shares):.0f} %, median {statistics.median(shares):.0f} %"
    return Text(f"{middle}, full marks {full} of {len(reports)}", "bold")


def _footer(reports: Sequence[GradeReport], ink: Ink, width: int) -> Iterator[RenderableType]:
    tally = digest.counts(reports)
    verdicts = (
        Text.assemble(ink.glyph(verdict), f" {count} ", (str(verdict), _QUIET)) for verdict, count in tally.items()
    )
    yield flow(verdicts, width)
    levels = ", ".join(dict.fromkeys(str(report.isolation.level) for report in reports)) or "none"
    weak = ", ".join(dict.fromkeys(spot for report in reports for spot in digest.weak_spots(report)))
    held = f"not enforced: {weak}" if weak else "all guarantees enforced"
    spent = f"{sum(report.cpu_s for report in reports):.1f} s of CPU time"
    yield say(one_line(f" {ink.dot} ".join((f"isolation {levels}", held, spent))), _QUIET)
