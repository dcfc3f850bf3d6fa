"""Small drawings in rows of cells: where launches lie, how accuracy grew, what earned the points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rich.text import Text

from autograder.model import Checkpoint, Interval
from autograder.reports.ink import ASCII, Ink
from autograder.reports.speed_digest import LogScale

_QUIET = "bright_black"


def strip(costs: Sequence[float], scale: LogScale, width: int, ink: Ink, style: str) -> Text:
    """How many of `costs` lie in each of `width` cells of the scale, as blocks; the fullest cell is full."""
    counts = [0] * width
    for cost in costs:
        counts[_cell(scale.share(cost), width)] += 1
    most = max(counts)
    return Text("".join(_block(count / most, ink) for count in counts), style)


def growth(points: Sequence[tuple[float, float]], last: float, width: int, ink: Ink, reached: float | None) -> Text:
    """Accuracy over time, from 0 to `last` seconds in `width` cells: in each the best of `points` (seconds, accuracy)
    that were there by its end. Green from the time `reached` on, at which the target was met."""
    line = Text()
    for cell in range(width):
        end = last * (cell + 1) / width
        there = [accuracy for seconds, accuracy in points if seconds <= end]
        met = reached is not None and reached <= end
        line.append(_block(max(there), ink) if there else " ", "green" if met else "yellow")
    return line


def seconds_of(checkpoints: Iterable[Checkpoint], clock: str) -> list[tuple[float, float]]:
    """(seconds by `clock`, accuracy) of each checkpoint."""
    return [(point.cpu_s if clock == "cpu" else point.wall_s, point.accuracy) for point in checkpoints]


def ruler(ratio: Interval, marks: dict[str, float], width: int, ink: Ink) -> tuple[Text, Text]:
    """A log scale with `marks` on it and the interval of `ratio`, whose lower bound is what is scored; and below it a
    line that names them."""
    scale = LogScale.over([*marks.values(), ratio.low, ratio.high])
    cells = [ink.rest] * width
    low, high = (_cell(scale.share(value), width) for value in (ratio.low, ratio.high))
    cells[low : high + 1] = [ink.full] * (high + 1 - low)
    named = {**marks, "scored": ratio.low}
    for name, value in named.items():
        cells[_cell(scale.share(value), width)] = _pointer(name, ink)
    line = Text("".join(cells), _QUIET)
    line.stylize("green", low, high + 1)
    line.stylize("bold green", low, low + 1)
    return line, _names({f"{name} {value:.2g}": value for name, value in named.items()}, scale, width)


def axis(scale: LogScale, width: int, unit: str, factor: float = 1.0) -> Text:
    """The scale's round numbers in a line, `factor` times as many of `unit`; those for which there is no room in their
    place are left out."""
    shown = LogScale(scale.low * factor, scale.high * factor)
    line = ""
    for tick in shown.ticks():
        start = _start(f"{tick:g}", shown.share(tick), width)
        if start >= len(line) + bool(line):
            line = f"{line:<{start}}{tick:g}"
    return Text(f"{line} {unit}" if len(line) + len(unit) < width else line, _QUIET)


def _names(named: dict[str, float], scale: LogScale, width: int) -> Text:
    """Each name below its value, or as near as the others let it; nothing where they do not all fit."""
    ordered = sorted(named, key=lambda name: named[name])
    starts, least = [], 0
    for name in ordered:
        starts.append(max(_start(name, scale.share(named[name]), width), least))
        least = starts[-1] + len(name) + 2
    most = width + 2
    for place in reversed(range(len(ordered))):
        starts[place] = min(starts[place], most - 2 - len(ordered[place]))
        most = starts[place]
    if most < 0:
        return Text()
    line = ""
    for name, start in zip(ordered, starts, strict=True):
        line = f"{line:<{start}}{name}"
    return Text(line, _QUIET)


def _start(name: str, share: float, width: int) -> int:
    """Where `name` begins when its middle is at `share` of the line."""
    return min(max(_cell(share, width) - len(name) // 2, 0), width - len(name))


def _pointer(name: str, ink: Ink) -> str:
    if name == "scored":
        return "*" if ink is ASCII else "◆"
    return "|" if ink is ASCII else "┼"


def _block(share: float, ink: Ink) -> str:
    """A block as high as `share`; whatever is not nothing can be seen."""
    blocks = " .:-=+*%#" if ink is ASCII else " ▁▂▃▄▅▆▇█"
    return blocks[min(math.ceil(8 * share), 8)]


def _cell(share: float, width: int) -> int:
    return min(int(share * width), width - 1)
