"""A submission that can be started again and again, each group of checks in a fork that knows nothing of the last."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from autograder.errors import Crashed, Forbidden, Missing, SubmissionFault
from autograder.model import Assignment, Limits, Submission
from autograder.sandbox.arena import Memory
from autograder.sandbox.budget import Budget
from autograder.sandbox.program import SandboxProgram, place, too_slow
from autograder.sandbox.sandbox import Sandbox
from autograder.wire import plain_text

NOTE_CAP = 8


@dataclass(frozen=True)
class _Loaded:
    """The submission in one sandbox: which statements of its top level failed there, and what it defines."""

    sandbox: Sandbox
    failed: Sequence[dict[str, Any]]
    defined: frozenset[str]

    @property
    def skip(self) -> list[str]:
        return [plain_text(item.get("key")) for item in self.failed]


class SandboxRunner:
    """A submission in its sandbox. Reading it is a fork's work too: the first one scans it, the second finds out which
    statements of its top level fail or take too long, so that no later fork pays for them again.

    `other` gives the sandbox for entry points that may use other packages than the assignment; without it they are
    called in `sandbox` as well."""

    def __init__(
        self,
        sandbox: Sandbox,
        assignment: Assignment,
        submission: Submission,
        other: Callable[[tuple[str, ...]], Sandbox] | None = None,
    ) -> None:
        self._assignment = assignment
        self._other = other
        self._cells = [(cell.number, cell.line, cell.source) for cell in submission.cells]
        self._dropped = submission.dropped
        self._names = [entry.name for entry in assignment.entry_points]
        self._budget = Budget(assignment.limits)
        self.cpu_s = 0.0
        self.wall_s = 0.0
        self._open = contextlib.ExitStack()
        self._live: SandboxProgram | None = None
        self._group: str | None = None
        self._spent = 0.0
        with self._fork(sandbox) as program:
            self._forbidden = program.scan(self._cells, assignment.policy.forbid)
        self._main = self._load(sandbox)
        self._loaded = {assignment.policy.packages: self._main}

    def _load(self, sandbox: Sandbox) -> _Loaded:
        with self._fork(sandbox) as program:
            return _Loaded(sandbox, *program.load(self._cells, self._names))

    def _where(self, entry_point: str | None) -> _Loaded:
        """The submission as it is loaded where `entry_point` is called."""
        packages = self._assignment.packages_of(entry_point)
        if self._other is None:
            return self._main
        if packages not in self._loaded:
            self._loaded[packages] = self._load(self._other(packages))
        return self._loaded[packages]

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong outside the entry points, a sentence each."""
        sentences = [failure_sentence(item) for item in self._main.failed]
        more = [f"{len(sentences) - NOTE_CAP} more statements failed."] if len(sentences) > NOTE_CAP else []
        return (*sentences[:NOTE_CAP], *more)

    def fault(self, entry_point: str) -> SubmissionFault | None:
        """Why `entry_point` cannot be asked anything, if it cannot."""
        if found := self._forbidden.get(entry_point):
            name = plain_text(found.get("name"), 60)
            return Forbidden(f"{entry_point} uses {name}{place(found)}, which this assignment does not allow.")
        loaded = self._where(entry_point)
        if entry_point in loaded.defined:
            return self._budget.refusal(entry_point)
        for piece in self._dropped:
            if entry_point in piece.names:
                return Crashed(f"{entry_point} {piece.why}.")
        for item in loaded.failed:
            if self._lost(item, entry_point):
                return Crashed(f"{entry_point} could not be read: {failure_sentence(item)}")
        return Missing(f"{entry_point} is not defined.")

    def _lost(self, failure: dict[str, Any], entry_point: str) -> bool:
        """Whether `failure` is of the cell that would have defined `entry_point`."""
        sources = [
            source
            for number, line, source in self._cells
            if failure.get("key") == f"{number}:{line}:*" or (number and number == failure.get("cell"))
        ]
        return any(f"{kind} {entry_point}(" in source for source in sources for kind in ("def", "class"))

    @contextlib.contextmanager
    def start(self, group: str | None = None, entry_point: str | None = None) -> Iterator[SandboxProgram]:
        """The loaded submission, for one check of `entry_point`, with the packages that it may use. Checks of one
        `group` that follow each other share a fork while it is healthy; None is a group of one. Afterwards `cpu_s` and
        `wall_s` say what the check used, by the clock outside.

        Raises TimedOut when that is more CPU time than a check may use."""
        started = time.monotonic()
        program = self._program(group, self._where(entry_point))
        try:
            yield program
            program.finish()
        except BaseException:
            self.close()
            raise
        finally:
            self.cpu_s = program.spent()
            self.wall_s = time.monotonic() - started
        self._spent += self.cpu_s
        limits = program.limits
        if program.ended or group is None or self._spent > limits.cpu_s:
            self.close()
        if self.cpu_s > limits.cpu_s:
            if not program.ended:  # it answered, too late
                self._budget.timed_out(program.asked)
            raise too_slow(limits.cpu_s)

    def _program(self, group: str | None, loaded: _Loaded) -> SandboxProgram:
        if self._live is None or group != self._group:
            self.close()
            self._live = self._open.enter_context(self._fork(loaded.sandbox))
            self._live.load(self._cells, self._names, loaded.skip)
            self._group, self._spent = group, 0.0
        self._live.rearm(self._budget.next_limits())
        return self._live

    @contextlib.contextmanager
    def share(self, memory: Memory, limits: Limits) -> Iterator[SandboxProgram]:
        """The loaded submission in a fork of its own, under `limits`, with which the grader shares `memory`."""
        with self._main.sandbox.fork(limits, memory) as fork:
            program = SandboxProgram(fork, limits)
            started, before = time.monotonic(), program.spent()
            program.load(self._cells, self._names, self._main.skip, double=False)
            program.loaded = program.spent() - before, time.monotonic() - started
            yield program

    def close(self) -> None:
        """End the fork that is open, if one is."""
        self._live = None
        self._open.close()

    @contextlib.contextmanager
    def _fork(self, sandbox: Sandbox) -> Iterator[SandboxProgram]:
        """A fork, whose CPU time is charged to the submission when it ends."""
        with sandbox.fork(self._assignment.limits) as fork:
            program = SandboxProgram(fork, self._budget.next_limits(), self._budget)
            try:
                yield program
            finally:
                self._budget.charge(fork.end().cpu_s, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def failure_sentence(failure: dict[str, Any]) -> str:
    """What a statement of the top level did, and what follows for the student."""
    error, text = plain_text(failure.get("error"), 60) or "an exception", plain_text(failure.get("text"), 200)
    where = place(failure).strip(" ()") or "somewhere"
    where = where[0].upper() + where[1:]
    if error == "StatementTooSlow":
        return f'{where}: this took too long and was left out; keep experiments under `if __name__ == "__main__":`.'
    return f"{where}: {error}: {text}." if text else f"{where}: {error}."
