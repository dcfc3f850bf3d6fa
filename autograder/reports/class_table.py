"""A class on a terminal: a table for each assignment, a row for each submission, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.model import Assignment, GradeReport
from autograder.reports import digest
from autograder.reports.digest import Part
from autograder.reports.ink import Ink, Sheet, flow, say
from autograder.reports.text import one_line, points

_QUIET = "bright_black"


def render_class(reports: Sequence[GradeReport], assignments: Sequence[Assignment] = ()) -> RenderableType:
    """A table for each assignment with a mark for each entry point, then the verdicts, isolation and time of all."""
    known = {assignment.id: assignment for assignment in assignments}

    def draw(ink: Ink, width: int) -> Iterator[RenderableType]:
        for slug, group in digest.by_assignment(reports).items():
            yield from _assignment(group, known.get(slug), ink, width)
        yield from _footer(reports, ink, width)

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
    if mistakes := digest.common_mistakes(reports):
        yield Text()
        yield Text(" Most common mistakes", "bold")
        yield Padding(_mistakes(mistakes), (0, 1))
    yield Text()


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


def _mistakes(mistakes: Sequence[tuple[str, str, int]]) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", style="bold")
    grid.add_column(overflow="fold")
    for entry, says, count in mistakes:
        grid.add_row(f"{count} ×", Text.assemble(say(one_line(entry, 80), "cyan"), "  ", say(one_line(says))))
    return grid


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
