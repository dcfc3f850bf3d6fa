"""Trusted functions — a reference, a mistake, a mutant — behind the same interface as a sandboxed submission.

Values take the way they would take over the wire, so that both give the same verdicts. Memory is bounded, so that no
listed mistake makes the grading process grow. Never for submissions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from autograder import wire
from autograder.errors import Missing, SubmissionFault
from autograder.model import Check
from autograder.sandbox.calls import answer_callback, decode_outcomes, encode_calls
from autograder.sandbox.headroom import headroom
from autograder.sandbox.uncompiled import without_compiler
from autograder.worker.precision import in_double
from autograder.worker.serve import Caller

Functions = Mapping[str, Callable[..., Any]]


class LocalProgram:
    """Functions of this process, by name."""

    def __init__(self, functions: Functions, answered: dict[Any, Any] | None = None) -> None:
        """`answered` is where `Student.once` keeps answers for checks that ask the same; without it nothing is kept."""
        without_compiler()
        self.answered = answered
        self._caller = Caller(functions.get, self._ask)
        self._callbacks: Sequence[Callable[..., Any]] = ()
        self._fault: SubmissionFault | None = None
        self._broken: Exception | None = None

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        """One outcome for each call."""
        messages, sent = encode_calls(calls)
        self._callbacks = sent.callbacks or ()
        encoder = wire.Encoder()
        with headroom():
            outcomes = self._caller.outcomes(messages, [array.copy() for array in sent.arrays], encoder)
        if self._broken:
            raise self._broken
        if self._fault:
            return [self._fault] * len(calls)
        return decode_outcomes(calls, outcomes, [array.copy() for array in encoder.arrays])

    def _ask(self, number: int, args: tuple[Any, ...]) -> Any:
        encoder = wire.Encoder()
        question = {"callback": number, "args": [encoder.node(value) for value in args]}
        try:
            answer, reply = answer_callback(self._callbacks, question, [array.copy() for array in encoder.arrays])
        except SubmissionFault as fault:
            self._fault = self._fault or fault
            raise
        except Exception as error:  # the student's code may swallow it; what broke is the check all the same
            self._broken = self._broken or error
            raise
        if "error" in answer:
            raise ValueError(answer["error"])
        return wire.Decoder([array.copy() for array in reply.arrays]).value(answer["value"])


class Live(LocalProgram):
    """One that is never ended by what it does."""

    ended = False

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        """One outcome for each call, computed in double precision as in a worker."""
        with in_double():
            return super().calls(calls)


class LocalRunner:
    """A namespace in the place of a submission, of which the checks of one entry point share answers as they do of a
    submission. No sandbox: only for code that this repository holds."""

    cpu_s = 0.0
    wall_s = 0.0

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._answered: dict[str, dict[Any, Any]] = {}

    def fault(self, entry_point: str) -> SubmissionFault | None:
        """Missing, when the namespace has no such function."""
        return None if callable(self._functions.get(entry_point)) else Missing(f"{entry_point} is not defined.")

    @contextlib.contextmanager
    def start(self, entry_point: str | None = None, check: Check | None = None) -> Iterator[Live]:
        """The functions, with what checks of the entry point were answered before; without a check, with nothing."""
        yield Live(self._functions, self._answered.setdefault(check.entry_point, {}) if check else None)
