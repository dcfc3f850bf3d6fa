"""What a terminal can draw: the console, glyphs and colours of the verdicts, bars, and words that are only words."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, OverflowMethod, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.text import Text

from autograder.model import Verdict
from autograder.reports.digest import GLYPHS
from autograder.reports.text import visible

PIPED_WIDTH = 100
WIDEST = 110  # longer lines are hard to follow with the eye

COLOURS = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.CRASH: "red",
    Verdict.TIMEOUT: "magenta",
    Verdict.MEMORY: "magenta",
    Verdict.MISSING: "yellow",
    Verdict.SKIPPED: "bright_black",
    Verdict.FORBIDDEN: "red",
    Verdict.UNREADABLE: "red",
    Verdict.GRADER_ERROR: "cyan",
}


@dataclass(frozen=True)
class Ink:
    """One alphabet of glyphs, a cell wide each."""

    verdicts: dict[Verdict, str]
    full: str
    rest: str
    dot: str

    def glyph(self, verdict: Verdict, bold: bool = False) -> Text:
        return Text(self.verdicts[verdict], f"{'bold ' if bold else ''}{COLOURS[verdict]}")

    def bar(self, share: float, width: int) -> Text:
        """A bar `width` cells long, filled by `share`; full only when everything is earned, empty only at nothing."""
        filled = min(max(round(share * width), int(share > 0)), width - int(share < 1))
        colour = "green" if share >= 1 else "yellow" if share >= 0.5 else "red"
        return Text.assemble((self.full * filled, colour), (self.rest * (width - filled), "bright_black"))


UNICODE = Ink(GLYPHS, "━", "─", "·")
ASCII = Ink(dict(zip(Verdict, "+x!tmo-#u?", strict=True)), "#", "-", "|")


class Sheet:
    """Something drawn once the console is known: which glyphs it has, and how many cells a line."""

    def __init__(self, draw: Callable[[Ink, int], Iterable[RenderableType]]) -> None:
        self._draw = draw

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, WIDEST)
        for part in self._draw(ASCII if options.ascii_only else UNICODE, width):
            yield Constrain(part, width)


def say(words: str, style: str = "", overflow: OverflowMethod = "fold") -> Text:
    """`words` as plain words: no markup is read, nothing in them moves the cursor or hides."""
    return Text(visible(words), style, overflow=overflow)


def flow(items: Iterable[Text], width: int) -> Text:
    """`items` one beside the other in lines of `width`, none broken over two lines."""
    lines: list[Text] = []
    for item in items:
        if lines and lines[-1].cell_len + 2 + item.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], "  ", item)
        else:
            lines.append(item)
    return Text("\n").join(lines)


def make_console(stderr: bool = False, width: int | None = None) -> Console:
    """A console on standard output or error.

    Colours and control codes go to a terminal alone (FORCE_COLOR and NO_COLOR are honoured); a pipe gets plain lines of
    100 columns (or COLUMNS). Where the encoding is not UTF-8, glyphs are ASCII and other letters are spelt out."""
    stream = sys.stderr if stderr else sys.stdout
    if width is None and not stream.isatty() and "COLUMNS" not in os.environ:
        width = PIPED_WIDTH
    if hasattr(stream, "reconfigure") and not _writes_unicode(stream.encoding):
        stream.reconfigure(errors=_SPELL)
    return Console(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


_SPELL = "autograder.spell"
_SPELT = str.maketrans("…—–·×−’∂", "~--*x-'d")  # one cell for one cell, so that columns stay in line


def _writes_unicode(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _spell(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    words = error.object[error.start : error.end].translate(_SPELT)
    return words.encode("ascii", "backslashreplace").decode("ascii"), error.end


codecs.register_error(_SPELL, _spell)
