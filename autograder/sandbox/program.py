"""A submission in a sandbox, as something that answers calls."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder import wire
from autograder.errors import (
    AskedAhead,
    CheckFailed,
    Crashed,
    GraderFault,
    OutOfMemory,
    SubmissionFault,
    TimedOut,
)
from autograder.model import Limits
from autograder.sandbox.ahead import Ahead, Batch
from autograder.sandbox.budget import Budget
from autograder.sandbox.calls import Callback, answer_callback, decode_batch, decode_outcomes, encode_calls
from autograder.sandbox.sandbox import Fork, cpu_ceiling
from autograder.wire import Call
from autograder.worker.serve import FAILURE_CAP

ASK_CAP = 20_000  # calls of one check's functions: a gradient of 20 numbers takes 40, an endless loop takes any number
ANSWERS = 4  # all answers to a check, in units of the greatest that one may be
AHEAD_CPU_S, AHEAD_WALL_S = 1.0, 5.0  # that a batch may take, before what it asks is asked one by one
HEADER_WEIGHT = 4  # a byte of JSON becomes about so many as Python objects, eight at worst
SHOWN_CAP = 20
KINDS = {"scan": "scan", "load": "loaded", "calls": "outcomes", "ahead": "ahead"}  # what kind answers each request
SIGNALS = {int(number): number.name for number in signal.Signals}  # real-time signals have no name


@dataclass(frozen=True)
class Loaded:
    """What came of a submission's top level: the statements that failed, the entry points that can be called, what is
    known of the others by name, and packages that a stand-in was given for."""

    failed: list[dict[str, Any]]
    defined: frozenset[str]
    faults: dict[str, dict[str, Any]]
    shown: tuple[str, ...]


def _loaded(names: Sequence[str], reply: dict[str, Any]) -> Loaded | None:
    """The worker's report on `names`, or None if it is malformed."""
    match reply.get("failed"), reply.get("defined"), reply.get("faults", {}), reply.get("shown", []):
        case list(failed), list(defined), dict(faults), list(shown) if _dicts(failed) and _dicts(faults.values()):
            if len(failed) <= FAILURE_CAP and len(defined) <= len(names) and len(faults) <= len(names):
                able = frozenset(name for name in names if name in defined)
                return Loaded(failed, able, faults, tuple(wire.plain_text(one, 60) for one in shown[:SHOWN_CAP]))
    return None


def _dicts(values: Iterable[Any]) -> bool:
    return all(isinstance(value, dict) for value in values)


class SandboxProgram:
    """Speaks with one fork. Whatever it does wrong ends it: after a fault every further call repeats that fault. What
    `budget` refuses is not asked, and neither are functions that are known to be `unmet`. With `ahead`, what is known
    beforehand is asked in batches."""

    def __init__(self, fork: Fork, limits: Limits, budget: Budget | None = None, ahead: Ahead | None = None) -> None:
        self.fork = fork
        self.ahead = ahead
        self.budget = budget or Budget(limits)
        self.asked = ""
        self.messages = 0  # sent with calls, but for batches
        self.answered: dict[Any, Any] = {}  # what the checks keep of its answers, for as long as it runs
        self.unmet: Mapping[str, SubmissionFault] = {}
        self._seq = 0
        self.fault: SubmissionFault | None = None
        self._confined = False
        self._read: float | None = None  # CPU seconds, since the last answer
        self.loaded = (0.0, 0.0)  # CPU and wall seconds that it took to load, where they are charged
        self.rearm(limits)

    def rearm(self, limits: Limits) -> None:
        """Begin the next check under `limits`: its waiting and its CPU time count from now."""
        self.limits = limits
        self._allowed = limits.cpu_s
        self._patience = limits.wall_s
        self._asked = 0
        self._taken = 0
        self._grader_before = time.thread_time()
        self._before = self._cpu_seconds()
        self._next_look = time.monotonic() + wire.WATCH_SECONDS

    def spent(self) -> float:
        """CPU seconds since the check began, by the clock outside."""
        return self._cpu_seconds() - self._before

    def _cpu_seconds(self) -> float:
        """CPU seconds of the fork so far. Read once after each answer: until the next question no call runs."""
        if self._read is None or self.fork.ending:
            self._read = self.fork.cpu_seconds()
        return self._read

    def _look(self) -> None:
        """End the program when it is over its CPU time. The kernel's own limit counts whole seconds and samples them;
        code that sleeps between samples escapes it."""
        self._next_look = time.monotonic() + wire.WATCH_SECONDS
        self._read = None  # the program is at work
        if self.fork.printed:
            self.fork.printed.drain()
        if self.spent() > self._allowed:
            raise self._end(too_slow(self._allowed))

    def scan(self, cells: Sequence[tuple[int, int, str]], forbid: Sequence[str]) -> dict[str, dict[str, Any]]:
        """For each function the forbidden name that it reaches, with its place; nothing of the submission is run."""
        match self._request("scan", {"cells": cells, "forbid": list(forbid)}, [])[0].get("forbidden"):
            case dict(found) if all(isinstance(finding, dict) for finding in found.values()):
                return found
        raise self._violation("a list of forbidden names in the wrong form")

    @property
    def ended(self) -> bool:
        """Whether the fork is gone, so that every further call repeats the fault that ended it."""
        return self.fault is not None

    def load(
        self,
        cells: Sequence[tuple[int, int, str]],
        names: Sequence[str] = (),
        skip: Sequence[str] = (),
        forbid: Sequence[str] = (),
        double: bool = True,
        elsewhere: Sequence[str] = (),
    ) -> Loaded:
        """Run the submission's top level but for the statements in `skip`, in double precision whatever it asks for
        unless `double` is False; afterwards calls of what `forbid` names are refused. `names` are the entry points,
        `elsewhere` the packages that are there for other entry points alone."""
        message: dict[str, Any] = {"cells": cells, "names": list(names), "skip": list(skip), "forbid": list(forbid)}
        message["elsewhere"] = list(elsewhere)
        message |= {"budget": self.limits.statement_cpu_s, "double": double}
        message["total"] = 0.7 * self.limits.load_cpu_s  # the rest is for parsing, imports and a busy clock
        self._allowed = self.limits.load_cpu_s
        reply = self._request("load", message, [])[0]
        self._allowed = self.limits.cpu_s
        loaded = _loaded(names, reply)
        if loaded is None:
            raise self._violation("a report on its loading that is malformed")
        return loaded

    def calls(self, calls: Sequence[Call]) -> list[Any | SubmissionFault]:
        """One outcome for each call, in one round trip."""
        refusals = (self.budget.refusal(call.function) or self.unmet.get(call.function) for call in calls)
        if fault := self.fault or next(filter(None, refusals), None):
            return [fault] * len(calls)
        if self.ahead and (known := self.ahead.answer(calls, self._ask_ahead)) is not None:
            return known
        self.asked = calls[0].function if calls else ""
        self.messages += 1
        messages, encoder = encode_calls(calls)
        try:
            reply, received = self._request("calls", {"calls": messages}, encoder.arrays, encoder.callbacks or ())
            return decode_outcomes(calls, reply.get("outcomes"), received)
        except wire.WireError as error:
            return [self._violation(str(error))] * len(calls)
        except SubmissionFault as fault:
            return [fault] * len(calls)

    def _ask_ahead(self, batch: Batch) -> list[list[Any | SubmissionFault]]:
        """The outcomes of each question of `batch`, in one round trip. AskedAhead when it does not end well."""
        allowed, patience, self.asked = self._allowed, self._patience, ""
        self._allowed, self._patience = min(allowed, AHEAD_CPU_S), min(patience, AHEAD_WALL_S)
        granted = self._patience
        try:
            reply, received = self._request("ahead", *batch.message)
            return decode_batch(batch.questions, reply.get("answers"), received)
        except wire.WireError as error:
            raise AskedAhead(str(self._violation(str(error)))) from None
        except SubmissionFault as fault:
            raise AskedAhead(str(fault)) from None
        finally:
            self._allowed, self._patience = allowed, patience - (granted - self._patience)

    def _request(
        self, op: str, message: dict[str, Any], arrays: Sequence[Any], callbacks: Sequence[Callback] = ()
    ) -> tuple[dict[str, Any], list[Any]]:
        if self.fault:
            raise self.fault
        self._seq += 1
        try:
            self._meet()
            reply, received = self._exchange({"op": op, **message}, arrays)
            while callbacks and reply.get("kind") == "ask":
                self._asked += 1
                if self._asked > ASK_CAP:
                    raise self._end(TimedOut(f"It called the function it was given more than {ASK_CAP} times."))
                answer, encoder = self._answer(callbacks, reply, received)
                reply, received = self._exchange(answer, encoder.arrays)
        except wire.WireTimeout:
            raise self._end(TimedOut(f"No answer within {self.limits.wall_s:.3g} seconds.")) from None
        except wire.WireClosed:
            raise self._end(self._died()) from None
        except wire.WireError as error:
            raise self._violation(str(error)) from None
        if reply.get("kind") != KINDS[op]:
            raise self._violation(
                "an answer of an unknown kind" if reply.get("kind") != "unsendable" else "a value too large"
            )
        return reply, received

    def _answer(
        self, callbacks: Sequence[Callback], question: dict[str, Any], arrays: list[Any]
    ) -> tuple[dict[str, Any], wire.Encoder]:
        """The answer to a question of the worker's. When the check's own function raises, the check is over: with a
        CheckFailed as its verdict, and with anything else as the grader's fault."""
        try:
            return answer_callback(callbacks, question, arrays)
        except SubmissionFault as fault:
            raise self._end(fault) from None
        except wire.WireError:
            raise
        except Exception:
            self._end(Crashed("The check broke while the program was running."))
            raise

    def _meet(self) -> None:
        """Hear the worker's first words: it is confined, and nothing of the submission has run yet."""
        if not self._confined:
            with self._waiting() as deadline:
                wire.receive(self.fork.sock, deadline, self.fork.body_cap)
            self._confined = True

    def _exchange(self, message: dict[str, Any], arrays: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
        frame = wire.pack({"seq": self._seq, **message}, arrays)
        with self._waiting() as deadline:
            wire.send(self.fork.sock, frame, deadline)
            reply, received = wire.receive(self.fork.sock, deadline, self.fork.body_cap, self._look, self._admit)
        self._read = None
        if time.monotonic() > self._next_look:
            self._look()
        if type(reply.get("seq")) is not int or reply["seq"] != self._seq:
            raise wire.WireError("an answer to a question that was not asked")
        return reply, received

    def _admit(self, head: int, body: int) -> None:
        """Before an answer is taken: what the grader does for one check is bounded, whoever keeps it busy."""
        self._taken += HEADER_WEIGHT * head + body
        if self._taken > ANSWERS * self.fork.body_cap:
            megabytes = ANSWERS * self.fork.body_cap / 2**20
            raise self._end(CheckFailed(f"What it returned in this check is more than {megabytes:g} MB in all."))
        if time.thread_time() - self._grader_before > self.limits.grader_cpu_s:
            seconds = self.limits.grader_cpu_s
            raise self._end(CheckFailed(f"What it returned keeps the grader busy for more than {seconds:g} seconds."))

    @contextlib.contextmanager
    def _waiting(self) -> Iterator[float]:
        """The deadline of a wait for the program. Only waiting is counted, so the grader's own work between two answers
        costs the student nothing."""
        begun = time.monotonic()
        try:
            yield begun + self._patience
        finally:
            waited = time.monotonic() - begun
            self._patience -= waited
            self.budget.charge(0.0, waited)

    def finish(self) -> None:
        """After the last answer nothing more may come: bytes that nobody asked for are a forged answer."""
        if self.fault is None:
            self.fork.sock.setblocking(False)
            try:
                surplus = self.fork.sock.recv(1)
            except OSError:
                return
            if surplus:
                raise self._violation("an answer that nobody asked for")

    def _violation(self, what: str) -> SubmissionFault:
        return self._end(Crashed(f"The program broke the grading protocol: it sent {what}."))

    def _end(self, fault: SubmissionFault) -> SubmissionFault:
        if isinstance(fault, TimedOut):
            if self.asked:  # a time-out of a batch is counted for none of its entry points
                self.budget.timed_out(self.asked)
            fault = TimedOut(f"{str(fault)[:-1]}{self.fork.stack()}.")
        self.fault = fault
        return self.fork.end_for(fault)

    def _died(self) -> SubmissionFault:
        """Why a fork that was not ended from here is gone."""
        ending = self.fork.end()
        if not self._confined:
            raise GraderFault("The worker could not confine itself, so the submission was not run.")
        if ending.signal in (signal.SIGXCPU, signal.SIGKILL) and ending.cpu_s >= cpu_ceiling(self.limits) * 0.95:
            return too_slow(self._allowed)
        if ending.signal == signal.SIGKILL:
            return OutOfMemory("The system stopped it for want of memory.")
        unnamed = f"signal {ending.signal}" if ending.signal else f"exit status {ending.status >> 8}"
        how = SIGNALS.get(ending.signal, unnamed) + self.fork.crash_site(ending)
        return Crashed(f"The program ended the Python process instead of returning ({how}).")


def too_slow(seconds: float) -> TimedOut:
    """The fault of code that used up its CPU time."""
    return TimedOut(f"It used more than {seconds:.3g} seconds of CPU time.")
