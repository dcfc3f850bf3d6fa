"""What a class is asked, found out beforehand: the checks are put to the reference, and what they ask is noted.

They are put to it a second time with the numbers that it returns shifted in their last bits. A question that differs
between the two depends on a submission's own answers, and is never asked ahead (`sandbox.ahead`).
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.assignment.discover import Declared
from autograder.errors import SubmissionFault
from autograder.examine import Examiner
from autograder.model import Check, Visibility
from autograder.sandbox.ahead import Question, Sessions, same, session
from autograder.sandbox.local import Live
from autograder.sandbox.sharing import Sharing
from autograder.wire import Call

log = logging.getLogger(__name__)
WORTH = 250  # messages to one submission; with fewer, its own work takes most of the time
SHIFT = 4  # by which answers are shifted, in units of the last place: far below any tolerance, above rounding
Asked = Mapping[tuple[str, int], Sequence[Question]]


class Rehearsal:
    """The questions of one class, found out as soon as one submission has been sent so many messages that it pays to
    examine the reference twice for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pays = False
        self._sessions: Sessions | None = None

    def saw(self, messages: int) -> None:
        """A submission was asked in so many messages."""
        self._pays = self._pays or messages >= WORTH

    def sessions(self, declared: Declared, seed: int, checks: Sequence[Check]) -> Sessions:
        """What each fork of a submission is asked; nothing while it does not pay, or is still being found out. Of
        PyTorch code it does not: its own work takes longer than messages, and the reference's 40 MB of this process."""
        pays = self._pays and "torch" not in declared.assignment.policy.packages
        if pays and self._sessions is None and self._lock.acquire(blocking=False):
            try:
                self._sessions = rehearse(declared, seed, checks) if self._sessions is None else self._sessions
            except Exception:  # to know nothing beforehand costs time, and no verdict
                log.exception("what %s asks could not be found out; it is asked one by one", declared.assignment.id)
                self._sessions = {}
            finally:
                self._lock.release()
        return self._sessions or {}


def rehearse(declared: Declared, seed: int, checks: Sequence[Check]) -> Sessions:
    """What each fork is asked under `seed`, as far as it does not depend on the answers."""
    asked, shifted = (_asked(declared, seed, checks, shift) for shift in (_as_it_is, _shifted))
    return {served: session(_common(questions, shifted.get(served, ()))) for served, questions in asked.items()}


def _asked(declared: Declared, seed: int, checks: Sequence[Check], shift: Callable[[Any], Any]) -> Asked:
    runner = _Noting(vars(declared.reference), shift)
    Examiner(declared, seed, explain=False).examine_all(checks, runner)
    return runner.asked


def _common(questions: Sequence[Question], others: Sequence[Question]) -> list[Question]:
    """`questions`, but without the calls where the same check asks something else in `others`."""
    theirs, mine = _numbered(others), _numbered(questions)
    return [
        question
        if key in theirs and same(question.calls, theirs[key].calls)
        else Question(question.check, question.hidden)
        for key, question in mine.items()
    ]


def _numbered(questions: Sequence[Question]) -> dict[tuple[str, int], Question]:
    counts: dict[str, int] = defaultdict(int)
    found = {}
    for question in questions:
        found[question.check, counts[question.check]] = question
        counts[question.check] += 1
    return found


class _Noting:
    """The reference in the place of a submission, with the forks that one would have."""

    cpu_s = 0.0
    wall_s = 0.0

    def __init__(self, functions: Mapping[str, Callable[..., Any]], shift: Callable[[Any], Any]) -> None:
        self.asked: dict[tuple[str, int], list[Question]] = defaultdict(list)
        self._functions, self._shift = functions, shift
        self._sharing = Sharing()
        self._served: tuple[str, int] | None = None
        self._program: _NotingProgram | None = None

    def fault(self, entry_point: str) -> SubmissionFault | None:
        """Nothing: a reference has all entry points."""
        return None

    @contextlib.contextmanager
    def start(self, entry_point: str | None = None, check: Check | None = None) -> Iterator[_NotingProgram]:
        """The reference, in the same state for all checks that share a fork."""
        served = self._sharing.fork(check, self._program is not None)
        if self._program is None or served != self._served:
            self._program, self._served = _NotingProgram(self._functions, self._shift), served
        if check:
            self._program.note = lambda *asked: self.asked[served].append(_question(check, *asked))
        yield self._program


def _question(check: Check, calls: tuple[Call, ...], outcomes: Sequence[Any], cpu_s: float) -> Question:
    hidden = check.visibility is Visibility.HIDDEN
    if any(
        isinstance(outcome, SubmissionFault) or _is_asked_back(call)
        for call, outcome in zip(calls, outcomes, strict=True)
    ):
        return Question(check.id, hidden)
    return Question(check.id, hidden, calls, tuple(outcomes), cpu_s)


def _is_asked_back(call: Call) -> bool:
    """Whether the call is given a function of the check's, which is asked while it runs."""
    return any(callable(arg) for arg in (*call.args, *call.kwargs.values()))


class _NotingProgram(Live):
    """The reference's functions, which say what they are asked, and answer with numbers that are shifted."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]], shift: Callable[[Any], Any]) -> None:
        super().__init__(functions, answered={})
        self.note: Callable[..., None] = lambda *asked: None
        self._shift = shift

    def calls(self, calls: Sequence[Call]) -> list[Any]:
        """One outcome for each call."""
        begun = time.thread_time()
        outcomes = super().calls(calls)
        self.note(tuple(calls), outcomes, time.thread_time() - begun)
        return [outcome if call.echo else self._shift(outcome) for call, outcome in zip(calls, outcomes, strict=True)]


def _as_it_is(value: Any) -> Any:
    return value


def _shifted(value: Any) -> Any:
    """`value` with all its floating-point numbers larger in size by SHIFT units of the last place."""
    if isinstance(value, np.ndarray | np.inexact) and value.dtype.kind in "fc":
        return value * value.dtype.type(1 + SHIFT * np.finfo(value.dtype).eps)
    if isinstance(value, float):
        return value * (1 + SHIFT * np.finfo(float).eps)
    if isinstance(value, dict):
        return {key: _shifted(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_shifted(item) for item in value)
    return value
