"""Calls as the messages that are sent to a worker, and what it answers as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograder import wire
from autograder.errors import CheckFailed, Missing, SubmissionFault
from autograder.sandbox.sentences import raised
from autograder.wire import WHOLE, Call, Earlier, Handle

Callback = Callable[..., Any]
# What a function of the check's raises when a student's code calls it with what it cannot take.
ARGUMENT_ERRORS = (
    TypeError, ValueError, LookupError, AttributeError, ArithmeticError, MemoryError, RecursionError,
)  # fmt: skip


def encode_calls(
    calls: Sequence[Call], encoder: wire.Encoder | None = None
) -> tuple[list[dict[str, Any]], wire.Encoder]:
    """Calls as messages, and the encoder that holds the arrays and functions they point to."""
    encoder = encoder or wire.Encoder(callbacks=[])
    encoder.begin()
    messages = [
        {
            "function": call.function,
            "args": [encoder.node(value) for value in call.args],
            "kwargs": {name: encoder.node(value) for name, value in call.kwargs.items()},
            "keep": list(call.keep),
            "echo": call.echo,
            "adapter": call.adapter,
        }
        for call in calls
    ]
    return messages, encoder


def answer_callback(
    callbacks: Sequence[Callback], question: dict[str, Any], arrays: Sequence[Any]
) -> tuple[dict[str, Any], wire.Encoder]:
    """The value of one of the check's own functions at the arguments that the worker sent; WireError when the question
    is malformed. Arguments of the wrong kind are an error in the student's call, not in the protocol."""
    number, nodes = question.get("callback"), question.get("args")
    if type(number) is not int or not 0 <= number < len(callbacks) or not isinstance(nodes, list):
        raise wire.WireError("a question about a function that it was not given")
    decoder, encoder = wire.Decoder(arrays), wire.Encoder()
    args = [decoder.value(node) for node in nodes]
    try:
        value = callbacks[number](*args)
    except ARGUMENT_ERRORS as error:
        return {"op": "tell", "error": f"the function was given what it cannot take ({type(error).__name__})"}, encoder
    return {"op": "tell", "value": encoder.node(value)}, encoder


def decode_outcomes(
    calls: Sequence[Call], outcomes: Any, arrays: Sequence[Any], decoder: wire.Decoder | None = None
) -> list[Any | SubmissionFault]:
    """What a worker answered to `calls`; WireError when it is not one outcome for each."""
    if not isinstance(outcomes, list) or len(outcomes) != len(calls):
        raise wire.WireError("more or fewer answers than questions")
    decoder = decoder or wire.Decoder(arrays)
    decoder.begin()
    return [_outcome(call, outcome, decoder) for call, outcome in zip(calls, outcomes, strict=True)]


def decode_batch(
    batch: Sequence[Sequence[Call]], answers: Any, arrays: Sequence[Any]
) -> list[list[Any | SubmissionFault]]:
    """What a worker answered to each question of a batch; WireError when it is not one answer for each."""
    if not isinstance(answers, list) or len(answers) != len(batch):
        raise wire.WireError("more or fewer answers than questions")
    decoder = wire.Decoder(arrays)
    return [decode_outcomes(calls, one, arrays, decoder) for calls, one in zip(batch, answers, strict=True)]


def _outcome(call: Call, outcome: Any, decoder: wire.Decoder) -> Any | SubmissionFault:
    match outcome:
        case ["value", node]:
            return _value(call, node, decoder)
        case ["missing"]:
            return Missing(f"{call.function} is not written yet.")
        case ["raised", dict(fault)]:
            return raised(call.function, fault)
        case ["unasked"] if any(isinstance(arg, Earlier | Handle) for arg in (*call.args, *call.kwargs.values())):
            return CheckFailed(f"{call.function} was not called: a call before it did not return what it takes.")
    raise wire.WireError("an answer of an unknown kind")


def _value(call: Call, node: Any, decoder: wire.Decoder) -> Any:
    """The value of `node`, in which exactly those parts are handles that stay with the worker."""
    before = decoder.handles
    value = decoder.value(node)
    if call.echo:
        stays = [isinstance(arg, Handle) for arg in call.args]
        parts = value if isinstance(value, list) and len(value) == len(stays) else []
        kept = [part for part, stay in zip(parts, stays, strict=False) if stay]
    elif call.keep == (WHOLE,):
        kept = [value]
    else:
        long = isinstance(value, tuple | list) and len(value) > max(call.keep, default=0)
        kept = [value[position] for position in call.keep] if long else []
    if not all(isinstance(part, Handle) for part in kept):
        raise wire.WireError("a value that was to stay where it was made")
    if decoder.handles - before != len(kept):
        raise wire.WireError("a handle to something that was not to stay")
    return value
