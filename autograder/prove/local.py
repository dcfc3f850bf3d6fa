"""Functions of this project — the reference, a variant, a mistake, a mutant — as something that can be examined."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from autograder.errors import Missing, SubmissionFault
from autograder.sandbox.local import LocalProgram


class _Live(LocalProgram):
    ended = False


class LocalRunner:
    """A namespace in the place of a submission. No sandbox: only for code that this repository holds."""

    cpu_s = 0.0
    wall_s = 0.0

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions

    def fault(self, entry_point: str) -> SubmissionFault | None:
        """Missing, when the namespace has no such function."""
        return None if callable(self._functions.get(entry_point)) else Missing(f"{entry_point} is not defined.")

    @contextlib.contextmanager
    def start(self, group: str | None = None) -> Iterator[_Live]:
        """The functions, with nothing kept from the last time."""
        yield _Live(self._functions)
