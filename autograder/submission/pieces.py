"""What reading a file gives: pieces of source that are run, notes for the student, and code that is not run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autograder.model import Cell, Dropped
from autograder.submission.text import printable

_DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_NAME_LIMIT = 100


@dataclass
class Pieces:
    """Filled while a file is read."""

    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def drop(self, source: str, why: str) -> None:
        """Keep in mind what `source`, which is not run, would define; `why` goes on after the name of a function."""
        if names := _DEFINES.findall(source)[:_NAME_LIMIT]:
            self.dropped.append(Dropped(tuple(printable(name) for name in names), why))
