"""How a proof runs the functions of an assignment's author, in the place of a submission."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograder import wire
from autograder.sandbox.local import LocalProgram, LocalRunner
from autograder.worker.precision import in_double

Functions = Mapping[str, Callable[..., Any]]


class SharingRunner(LocalRunner):
    """Functions whose checks of one group share the answer to the same question, as those of a submission do."""

    def __init__(self, functions: Functions) -> None:
        super().__init__(functions)
        self._answered: dict[str, dict[Any, Any]] = {}

    @contextlib.contextmanager
    def start(self, group: str | None = None, entry_point: str | None = None, hidden: bool = False) -> Iterator[Any]:
        """The functions, with the answers that checks of `group` were given before."""
        answered = {} if group is None else self._answered.setdefault(group, {})
        yield _Sharing(self._functions, answered)


class NotingRunner(LocalRunner):
    """Functions, with the names of those that were called."""

    def __init__(self, functions: Functions) -> None:
        super().__init__(functions)
        self.called: set[str] = set()

    @contextlib.contextmanager
    def start(self, group: str | None = None, entry_point: str | None = None, hidden: bool = False) -> Iterator[Any]:
        """The functions, with nothing kept from the last time."""
        yield _Noting(self._functions, self.called)


class _Double(LocalProgram):
    """Functions that compute in double precision, as in a worker."""

    ended = False

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        with in_double():
            return super().calls(calls)


class _Sharing(_Double):
    def __init__(self, functions: Functions, answered: dict[Any, Any]) -> None:
        super().__init__(functions)
        self.answered = answered  # `Student.once` keeps answers here


class _Noting(_Double):
    def __init__(self, functions: Functions, called: set[str]) -> None:
        super().__init__(functions)
        self._called = called

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        self._called.update(call.function for call in calls)
        return super().calls(calls)
