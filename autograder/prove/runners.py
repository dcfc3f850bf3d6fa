"""How a proof runs the functions of an assignment's author, in the place of a submission."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograder import wire
from autograder.model import Check
from autograder.sandbox.local import Live, LocalRunner

Functions = Mapping[str, Callable[..., Any]]


class SharingRunner(LocalRunner):
    """Functions of which the checks of one entry point share the answer to the same question, as of a submission's."""

    def __init__(self, functions: Functions) -> None:
        super().__init__(functions)
        self._answered: dict[str, dict[Any, Any]] = {}

    @contextlib.contextmanager
    def start(self, entry_point: str | None = None, check: Check | None = None) -> Iterator[Live]:
        """The functions, with the answers that checks of the entry point were given before."""
        answered = {} if check is None else self._answered.setdefault(check.entry_point, {})
        yield _Sharing(self._functions, answered)


class NotingRunner(LocalRunner):
    """Functions, with the names of those that were called."""

    def __init__(self, functions: Functions) -> None:
        super().__init__(functions)
        self.called: set[str] = set()

    @contextlib.contextmanager
    def start(self, entry_point: str | None = None, check: Check | None = None) -> Iterator[Live]:
        """The functions, with nothing kept from the last time."""
        yield _Noting(self._functions, self.called)


class _Sharing(Live):
    def __init__(self, functions: Functions, answered: dict[Any, Any]) -> None:
        super().__init__(functions)
        self.answered = answered  # `Student.once` keeps answers here


class _Noting(Live):
    def __init__(self, functions: Functions, called: set[str]) -> None:
        super().__init__(functions)
        self._called = called

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        self._called.update(call.function for call in calls)
        return super().calls(calls)
