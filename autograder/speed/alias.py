"""The name under which a student wants to stand on the leaderboard, if any."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.model import Cell

MARK = re.compile(r"^\s*#\s*leaderboard:[ \t]*([\w .'-]{1,30}?)[ \t]*$", re.MULTILINE | re.IGNORECASE)


def alias_of(cells: Iterable[Cell]) -> str | None:
    """What follows `# leaderboard:` on a line of its own: letters, digits and a few signs, at most 30. The text is read
    and never run."""
    for cell in cells:
        if found := MARK.search(cell.source):
            return " ".join(found[1].split()) or None
    return None
