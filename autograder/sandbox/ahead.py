"""Questions that everybody in a class is asked, put to a submission in one message before its checks come to them.

A message costs as much as a small function's work, so what is known beforehand is asked in batches: in the order in
which the checks ask, of the same fork. A check that then asks just that is given the answer; one that asks something
else, because the submission's answers led it elsewhere, asks for itself. A batch that does not end well is forgotten
(`AskedAhead`), and the checks ask a fresh fork one by one. So no verdict depends on what was asked ahead.

What is put together is seen together: a batch holds questions of public checks or of hidden ones, never of both, and no
question in which the answer to another one stands.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import wire
from autograder.sandbox.answers import Answers, arrays
from autograder.sandbox.calls import encode_calls
from autograder.wire import Call, Handle

CALLS = 200  # in a batch
BATCH_BYTES = 2**20  # of arrays in the questions of a batch, and of arrays in its answers
BATCH_CPU_S = 0.1  # that the reference needs for a batch: a submission is given ten times as much, and then asked anew


@dataclass(frozen=True)
class Question:
    """The calls of one message of `check`, which everybody is asked alike, and what the reference answers to them: the
    bytes and the numbers of the arrays, and how many CPU seconds it took. Without `calls` what is asked is not known
    beforehand."""

    check: str
    hidden: bool
    calls: tuple[Call, ...] = ()
    answered: tuple[Any, ...] = ()
    cpu_s: float = 0.0


@dataclass(frozen=True)
class Batch:
    """The calls of questions that are asked together."""

    questions: tuple[tuple[Call, ...], ...]

    @functools.cached_property
    def message(self) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
        """What is sent, with its arrays: the same for everybody."""
        encoder = wire.Encoder(callbacks=[])
        return {"questions": [encode_calls(calls, encoder)[0] for calls in self.questions]}, encoder.arrays


@dataclass(frozen=True)
class Session:
    """What one fork is asked, in order; for each check which questions are its own; and batches, by the number of their
    first question."""

    questions: tuple[Question, ...]
    spans: Mapping[str, range]
    batches: Mapping[int, Batch]


Ask = Callable[[Batch], Sequence[list[Any]]]
Sessions = Mapping[tuple[str, int], Session]  # by entry point, and how many forks have served its checks before


def session(questions: Sequence[Question]) -> Session:
    """`questions` with the batches in which they are asked."""
    spans: dict[str, range] = {}
    for number, question in enumerate(questions):
        spans[question.check] = range(spans.get(question.check, range(number, 0)).start, number + 1)
    batches = {
        first: Batch(tuple(question.calls for question in questions[first:end])) for first, end in _bounds(questions)
    }
    asked = tuple(Question(question.check, question.hidden, question.calls) for question in questions)
    return Session(asked, spans, batches)


def _bounds(questions: Sequence[Question]) -> Iterator[tuple[int, int]]:
    """First question and end of each batch. One question alone is not worth one."""
    first, batch = 0, _Draft()
    for number, question in enumerate(questions):
        if batch.takes(question):
            continue
        if number - first > 1:
            yield first, number
        first, batch = number, _Draft()
        if not batch.takes(question):
            first, batch = number + 1, _Draft()
    if len(questions) - first > 1:
        yield first, len(questions)


class _Draft:
    """A batch while it is put together."""

    def __init__(self) -> None:
        self._hidden: bool | None = None
        self._calls = 0
        self._sent = self._received = 0
        self._cpu_s = 0.0
        self._answers = Answers()

    def takes(self, question: Question) -> bool:
        """Add `question`, if it may be asked together with those that are there."""
        if not question.calls or self._hidden not in (None, question.hidden):
            return False
        sent = [array for call in question.calls for array in arrays((call.args, tuple(call.kwargs.values())))]
        received = list(arrays(question.answered))
        self._hidden = question.hidden
        self._calls += len(question.calls)
        self._sent += sum(array.nbytes for array in sent)
        self._received += sum(array.nbytes for array in received)
        self._cpu_s += question.cpu_s
        is_small = self._calls <= CALLS and max(self._sent, self._received) <= BATCH_BYTES
        if not is_small or self._cpu_s > BATCH_CPU_S or self._answers.stand_in(sent):
            return False
        self._answers.add(sent, received)
        return True


def same(one: Any, other: Any) -> bool:
    """Whether two calls, or what they are given, are the same to the last bit. Of handles the number counts: what a
    submission keeps may be of any type."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is tuple or kind is list:
        return len(one) == len(other) and all(map(same, one, other))
    if kind is Handle:
        return bool(one.id == other.id)
    if kind is Call:
        form = one.function, one.keep, one.echo, one.adapter
        other_form = other.function, other.keep, other.echo, other.adapter
        return form == other_form and same(one.args, other.args) and same(one.kwargs, other.kwargs)
    if kind is dict:
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    if isinstance(one, np.ndarray | np.generic):
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if kind is float:
        return bool(one.hex() == other.hex())
    return bool(one == other)


class Ahead:
    """The answers of one fork to what it was asked ahead, in `session`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answers: dict[int, list[Any]] = {}
        self._left = range(0)

    def begin(self, check: str) -> None:
        """What is asked now is asked by `check`."""
        self._left = self._session.spans.get(check, range(0))

    def answer(self, calls: Sequence[Call], ask: Ask) -> list[Any] | None:
        """What was answered to `calls`, if it was known beforehand that they would be asked now; `ask` puts a batch."""
        if not self._left:
            return None
        number, self._left = self._left[0], self._left[1:]
        known = self._session.questions[number].calls
        if not known:
            return None
        if not same(known, tuple(calls)):
            self._left = range(0)
            return None
        if batch := self._session.batches.get(number):
            self._answers.update(enumerate(ask(batch), start=number))
        return self._answers.pop(number, None)
