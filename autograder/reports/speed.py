"""A time on a terminal: what it is worth, how it compares, and where each launch lay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from autograder.model import SpeedReport, Standing, Timing, Verdict
from autograder.reports.ink import COLOURS, Ink, Sheet, say
from autograder.reports.speed_digest import LogScale, Spread, entries, figures, is_race, quiet, rival
from autograder.reports.speed_plot import axis, growth, ruler, seconds_of, strip
from autograder.reports.text import one_line, points

_QUIET = "bright_black"
_STYLES = {Standing.SCORED: "green", Standing.HELD: "yellow", Standing.REFUSED: "red"}
_MILLI = 1000
_NARROWEST = 8  # cells of a drawing; beyond that lines break


def render_speed(report: SpeedReport, title: str | None = None) -> RenderableType:
    """One submission: points and what they rest on, a row for each task, and the launches of each entry (in a race
    the accuracy over time of each draw)."""

    def draw(ink: Ink, width: int) -> Iterator[RenderableType]:
        yield from _header(report, title, ink)
        yield from _worth(report, width, ink)
        if report.timings:
            yield _table(report, ink)
            yield from _failures(report)
            yield from (_race if is_race(report) else _launches)(report, width, ink)
        yield from _footer(report, ink)

    return Sheet(draw)


def render_noise(reports: Sequence[SpeedReport]) -> RenderableType:
    """What several runs of one submission say of the noise: spread of the scored ratio and of each task's."""
    ratios = [report.ratio for report in reports if report.ratio]
    rows = {
        "scored (lower bound)": [ratio.low for ratio in ratios],
        "estimate": [ratio.value for ratio in ratios],
        **{task: _estimates(reports, task) for task in dict.fromkeys(t.task for r in reports for t in r.timings)},
    }

    def draw(ink: Ink, width: int) -> Iterator[RenderableType]:
        against = f"ratio to the {rival(reports[0])}"
        name = say(one_line(reports[0].submission.id, 80), "bold")
        yield Text.assemble(name, (f" {ink.dot} {against} over {_runs(len(reports))}", _QUIET))
        table = _plain_table("", "runs", "median", "range", "variation")
        for row, values in rows.items():
            table.add_row(say(one_line(row, 40)), *_spread(Spread.of(values), len(reports)))
        yield table
        yield Text("variation: the standard deviation as a part of the mean", _QUIET)

    return Sheet(draw)


def _header(report: SpeedReport, title: str | None, ink: Ink) -> Iterator[RenderableType]:
    assignment = say(one_line(title or report.assignment.id), "bold")
    yield Text.assemble(assignment, (f" {ink.dot} ", _QUIET), say(one_line(report.submission.id, 80)))
    earned = 0.0 if report.standing is Standing.REFUSED else report.score
    share = earned / report.max_score if report.max_score else 0.0
    line = Text.assemble(
        ink.bar(min(share, 1.0), 40), (f"  {points(earned)} of {points(report.max_score)} points", "bold")
    )
    if earned > report.max_score:
        line.append(f" ({points(earned - report.max_score)} bonus)")
    if report.standing is not Standing.SCORED:
        line.append(f"  {report.standing}", f"bold {_STYLES[report.standing]}")
    yield line
    for note in report.notes:
        yield say(f"note: {one_line(note)}", "yellow")


def _worth(report: SpeedReport, width: int, ink: Ink) -> Iterator[RenderableType]:
    """What was scored, as a sentence, and where it lies between the naive code and the target."""
    if report.standing is not Standing.SCORED:
        yield say(f"{report.standing.capitalize()}: {one_line(report.reason)}", _STYLES[report.standing])
    if report.ratio is None:
        return
    low, value, high = (figures(bound) for bound in (report.ratio.low, report.ratio.value, report.ratio.high))
    sure = f"; scored is {low}, the lower bound of the 90 % interval {low}–{high}" if low != high else ""
    yield say(f"{value} times the speed of the {rival(report)}{sure}.")
    yield Text()
    yield from ruler(report.ratio, _marks(report), width, ink)


def _marks(report: SpeedReport) -> dict[str, float]:
    marks = {"target": report.target, rival(report): 1.0}
    return marks if report.floor is None or is_race(report) else {"naive": report.floor, **marks}


def _table(report: SpeedReport, ink: Ink) -> Table:
    race = is_race(report)
    columns = ("baseline s", "submission s") if race else ("90 % interval", "GFLOP/s", "roofline")
    table = _plain_table("draw" if race else "task", "verdict", f"× {rival(report)}", *columns)
    for timing in report.timings:
        verdict = Text.assemble(ink.glyph(timing.verdict), (f" {timing.verdict}", COLOURS[timing.verdict]))
        ratio = figures(timing.ratio.value) if timing.ratio else ""
        numbers = _to_target(timing) if race else _rates(timing)
        table.add_row(say(one_line(timing.task, 40)), verdict, ratio, *numbers)
    return table


def _rates(timing: Timing) -> tuple[str, ...]:
    bounds = f"{figures(timing.ratio.low)}–{figures(timing.ratio.high)}" if timing.ratio else ""
    gflops = "" if timing.gflops is None else figures(timing.gflops)
    return bounds, gflops, "" if timing.roofline is None else f"{100 * timing.roofline:.0f} %"


def _to_target(timing: Timing) -> tuple[str, ...]:
    return tuple(figures(costs[0]) if (costs := timing.costs.get(name)) else "" for name in ("baseline", "submission"))


def _failures(report: SpeedReport) -> Iterator[RenderableType]:
    """What is wrong with each task, unless the report's reason has said it."""
    for timing in report.timings:
        if timing.verdict is not Verdict.PASS and timing.message not in report.reason:
            words = say(f"{one_line(timing.task, 40)}: {one_line(timing.message)}", COLOURS[timing.verdict])
            yield Padding(words, (0, 0, 1, 1))


def _launches(report: SpeedReport, width: int, ink: Ink) -> Iterator[RenderableType]:
    """For each task a strip for each entry, all on one scale of time."""
    everything = [cost for timing in report.timings for costs in timing.costs.values() for cost in costs]
    if not everything:
        return
    scale = LogScale.over(everything)
    yield Text("ms a launch: the 20th percentile, and how many launches lay where", _QUIET)
    for timing in report.timings:
        yield Text.assemble(say(one_line(timing.task, 40), "bold"), say(f"  {one_line(timing.sentence)}", _QUIET))
        timed = entries(timing)
        name_width = max((len(name) for name, _ in timed), default=0)
        room = max(width - name_width - 13, _NARROWEST)
        for name, costs in timed:
            style = "bold cyan" if name == "submission" else "blue"
            told = Text(f"  {name:<{name_width}} {figures(_MILLI * quiet(costs)):>8}  ")
            yield told + strip(costs, scale, room, ink, style)
        yield Padding(axis(scale, room, "ms", _MILLI), (0, 0, 0, name_width + 13))


def _race(report: SpeedReport, width: int, ink: Ink) -> Iterator[RenderableType]:
    """For each draw a line of accuracy over time, all on one scale of time."""
    curves = [(timing, seconds_of(timing.checkpoints, report.clock)) for timing in report.timings]
    last = max((seconds for _, points in curves for seconds, _ in points), default=0.0)
    if not last:
        return
    clock = "CPU seconds" if report.clock == "cpu" else "seconds"
    yield Text(f"test accuracy over {clock}, green once the target is reached; the best of it", _QUIET)
    name_width = max(len(timing.task) for timing, _ in curves)
    room = max(width - name_width - 12, _NARROWEST)
    for timing, curve in curves:
        reached = timing.costs.get("submission", (None,))[0]
        best = f" {100 * max(accuracy for _, accuracy in curve):5.1f} %" if curve else ""
        line = Text.assemble(
            say(f"  {one_line(timing.task, 40):<{name_width}}  "), growth(curve, last, room, ink, reached)
        )
        yield line + Text(best)
    yield Text(f"{'':{name_width + 4}}0{figures(last) + ' s':>{room - 1}}", _QUIET)


def _footer(report: SpeedReport, ink: Ink) -> Iterator[RenderableType]:
    facts = (
        f"{report.track} track",
        f"{report.device.kind}: {report.device.name} ({report.device.why})",
        "CPU time" if report.clock == "cpu" else "wall time",
        *(f"{name} {version}" for name, version in report.environment.items()),
        f"isolation {report.isolation.level}",
        f"{report.wall_s:.1f} s",
    )
    yield Text()
    yield say(one_line(f" {ink.dot} ".join(facts), 600), _QUIET)


def _estimates(reports: Sequence[SpeedReport], task: str) -> list[float]:
    return [
        timing.ratio.value for report in reports for timing in report.timings if timing.task == task and timing.ratio
    ]


def _spread(spread: Spread | None, asked: int) -> tuple[str, ...]:
    if spread is None:
        return f"0 of {asked}", "", "", ""
    runs = str(asked) if spread.runs == asked else f"{spread.runs} of {asked}"
    variation = "" if spread.variation is None else f"{100 * spread.variation:.1f} %"
    return runs, figures(spread.median), f"{figures(spread.low)}–{figures(spread.high)}", variation


def _plain_table(first: str, *others: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), header_style=_QUIET)
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=24)
    for name in others:
        table.add_column(name, justify="left" if name == "verdict" else "right", no_wrap=True)
    return table


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"
