"""What one run of `nbgrader autograde` does once for the whole class."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class Batch:
    """What a run has made: the notebooks that it grafts into, connections, the assignment. It ends with the run: a
    server that grades for weeks (formgrader) sees an assignment that was changed, and a gradebook that was put in the
    place of another."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], T], close: Callable[[T], None] | None = None) -> T:
        """What `make` made when it was first asked under `key`; `close` gets it after the run, when Python collects the
        batch. Where `make` raises, it is asked again."""
        if key not in self._made:
            self._made[key] = made = make()
            if close:
                weakref.finalize(self, close, made)
        found: T = self._made[key]
        return found
