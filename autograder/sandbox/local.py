"""Trusted functions — a reference, a mistake, a mutant — behind the same interface as a sandboxed submission.

Values take the way they would take over the wire, so that both give the same verdicts. Never for submissions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder import wire
from autograder.sandbox.program import answer_callback, decode_outcomes, encode_calls
from autograder.worker.serve import Caller


class LocalProgram:
    """Functions of this process, by name."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._caller = Caller(functions.get, self._ask)
        self._callbacks: Sequence[Callable[..., Any]] = ()

    def calls(self, calls: Sequence[wire.Call]) -> list[Any]:
        """One outcome for each call."""
        messages, sent = encode_calls(calls)
        self._callbacks = sent.callbacks or ()
        encoder = wire.Encoder()
        outcomes = self._caller.outcomes(messages, [array.copy() for array in sent.arrays], encoder)
        return decode_outcomes(calls, outcomes, [array.copy() for array in encoder.arrays])

    def _ask(self, number: int, args: tuple[Any, ...]) -> Any:
        encoder = wire.Encoder()
        question = {"callback": number, "args": [encoder.node(value) for value in args]}
        answer, reply = answer_callback(self._callbacks, question, [array.copy() for array in encoder.arrays])
        if "error" in answer:
            raise ValueError(answer["error"])
        return wire.Decoder([array.copy() for array in reply.arrays]).value(answer["value"])
