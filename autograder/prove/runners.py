"""How a proof finds out which functions a check calls."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from autograder import wire
from autograder.model import Check
from autograder.sandbox.local import Functions, Live, LocalRunner


class NotingRunner(LocalRunner):
    """Functions, with the names of those that were called; each check asks them itself."""

    def __init__(self, functions: Functions) -> None:
        super().__init__(functions)
        self.called: set[str] = set()

    @contextlib.contextmanager
    def start(self, entry_point: str | None = None, check: Check | None = None) -> Iterator[Live]:
        """The functions, with nothing kept from the last time."""
        yield _Noting(self._functions, self.called)


class _Noting(Live):
    def __init__(self, functions: Functions, called: set[str]) -> None:
        super().__init__(functions)
        self._called = called

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        self._called.update(call.function for call in calls)
        return super().calls(calls)
