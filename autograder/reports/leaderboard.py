"""The leaderboard: who asked to be on it, under the name they chose, and nothing else that tells who they are.

Times are measurements, so a rank is what the intervals allow: 1 + the number of entries whose interval lies wholly
above. Entries of one rank overlap, each with each; the reverse does not hold, as overlapping is not transitive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.model import Assignment, Interval, SpeedReport, Standing
from autograder.reports.html import render_page
from autograder.reports.speed_digest import LogScale, figures, rival
from autograder.reports.text import one_line

WIDTH = 400  # of the drawing of an interval
_MARGIN = 1.08
_LONGEST = 40  # characters of a name
_TRACKS = {"numpy": "NumPy", "torch": "PyTorch"}
_CLOCKS = {"cpu": "CPU time", "wall": "wall time"}


@dataclass(frozen=True)
class Entry:
    """One row: `rank` is empty for a time that waits for a person to look at it."""

    rank: str
    name: str
    ratio: Interval

    @property
    def low(self) -> str:
        return figures(self.ratio.low)

    @property
    def value(self) -> str:
        return figures(self.ratio.value)

    @property
    def high(self) -> str:
        return figures(self.ratio.high)


@dataclass(frozen=True)
class Board:
    """What can be compared: one assignment, track, device and clock. The best comes first."""

    title: str
    facts: tuple[str, ...]
    rival: str
    target: float | None
    ranked: tuple[Entry, ...]
    held: tuple[Entry, ...]

    @property
    def scale(self) -> LogScale:
        """Wide enough for every interval, the rival and the target."""
        bounds = [bound for one in (*self.ranked, *self.held) for bound in (one.ratio.low, one.ratio.high)]
        return LogScale.over([*bounds, 1.0, self.target or 1.0], _MARGIN)

    def x(self, value: float) -> float:
        """Where `value` is drawn."""
        return round(WIDTH * self.scale.share(value), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """(place, label) of the round numbers whose labels have room."""
        return [(self.x(tick), f"{tick:g}") for tick in self.scale.ticks() if 8 <= self.x(tick) <= WIDTH - 8]


def render_leaderboard_html(
    reports: Iterable[SpeedReport],
    assignments: Iterable[Assignment] = (),
    *,
    title: str = "Leaderboard",
    report: str | None = None,
) -> str:
    """A page for everybody, of those who chose a name for it. `report` is the address of the class report, where there
    is one."""
    titles = {assignment.id: assignment.title for assignment in assignments}
    return render_page("leaderboard.html.j2", title=title, boards=boards(reports, titles), width=WIDTH, report=report)


def boards(reports: Iterable[SpeedReport], titles: dict[str, str] | None = None) -> list[Board]:
    """A board for everything that can be compared and has somebody on it, in the order of the reports."""
    grouped: dict[tuple[Any, ...], list[SpeedReport]] = {}
    for report in reports:
        if _is_shown(report):
            device = (report.device.kind, report.device.name)
            grouped.setdefault((report.assignment.id, report.track, device, report.clock), []).append(report)
    return [_board(group, titles or {}) for group in grouped.values()]


def ranks(intervals: Sequence[Interval]) -> list[int]:
    """1 + the number of intervals that lie wholly above, for each."""
    return [1 + sum(other.low > one.high for other in intervals) for one in intervals]


def _is_shown(report: SpeedReport) -> bool:
    return bool(report.alias and report.alias.strip() and report.ratio and report.standing is not Standing.REFUSED)


def _board(reports: Sequence[SpeedReport], titles: dict[str, str]) -> Board:
    first = reports[0]
    targets = {report.target for report in reports}
    ranked = [report for report in reports if report.standing is Standing.SCORED]
    held = sorted((report for report in reports if report.standing is Standing.HELD), key=_order)
    rank = dict(zip(map(id, ranked), ranks([_ratio(report) for report in ranked]), strict=True))
    ranked.sort(key=lambda report: (rank[id(report)], *_order(report)))
    shared = Counter(rank.values())
    numbers = [f"{rank[id(report)]}{'=' if shared[rank[id(report)]] > 1 else ''}" for report in ranked]
    names = list(_names([*ranked, *held]))
    rows = [
        Entry(*row) for row in zip([*numbers, *("" for _ in held)], names, map(_ratio, [*ranked, *held]), strict=True)
    ]
    return Board(
        title=titles.get(first.assignment.id, first.assignment.id),
        facts=(_TRACKS[first.track], first.device.name, _CLOCKS[first.clock]),
        rival=rival(first),
        target=targets.pop() if len(targets) == 1 else None,
        ranked=tuple(rows[: len(ranked)]),
        held=tuple(rows[len(ranked) :]),
    )


def _order(report: SpeedReport) -> tuple[float, str]:
    """Of equal ranks the greater estimate is first; of equal estimates the name, not the student, decides."""
    return -_ratio(report).value, report.alias or ""


def _ratio(report: SpeedReport) -> Interval:
    assert report.ratio is not None, "whoever is shown has a ratio"
    return report.ratio


def _names(reports: Iterable[SpeedReport]) -> Iterator[str]:
    """The chosen names; where one is taken the next is numbered: `flash`, `flash (2)`."""
    taken: set[str] = set()
    for report in reports:
        plain = name = one_line(report.alias or "", _LONGEST)
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name.casefold())
        yield name
