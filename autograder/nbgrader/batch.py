"""What one run of `nbgrader autograde` does once for the whole class."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook


class Batch:
    """A run's masters, and its connection to the gradebook. It ends with the run: a server that grades for weeks
    (formgrader) sees an assignment that was generated again, and a gradebook that was put in the place of another."""

    def __init__(self) -> None:
        self._masters: dict[tuple[Path, int], Any] = {}
        self._books: dict[str, Gradebook] = {}

    def master(self, key: tuple[Path, int], make: Callable[[], Any]) -> Any:
        """The notebook into which submissions are grafted; `key` is the file that was handed out, and when it was
        written. Made once: it is not to be changed."""
        if key not in self._masters:
            self._masters[key] = make()
        return self._masters[key]

    @contextmanager
    def gradebook(self, url: str) -> Iterator[Gradebook]:
        """The gradebook at `url` in a session of its own. To open one takes as long as to record a notebook, and SQL is
        compiled anew in each."""
        if url not in self._books:
            self._books[url] = Gradebook(url)
            weakref.finalize(self, self._books[url].close)
        try:
            yield self._books[url]
        finally:
            self._books[url].db.remove()
