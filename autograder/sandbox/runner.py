"""A submission that can be started again and again, each entry point's checks in a fork that knows of no other's."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from autograder.errors import Crashed, Forbidden, Missing, SubmissionFault, TimedOut
from autograder.model import Assignment, Check, Limits, Submission
from autograder.sandbox.ahead import Ahead, Sessions
from autograder.sandbox.arena import Memory
from autograder.sandbox.budget import Budget
from autograder.sandbox.printed import Printed
from autograder.sandbox.program import Loaded, SandboxProgram, too_slow
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.sentences import failure_sentence, place, unmet
from autograder.sandbox.sharing import Sharing
from autograder.wire import plain_text

NOTE_CAP = 8
PRINTED_CAP = 4000  # characters of what an entry point prints
SLOW_CAP = 50  # statements; whoever has more of them pays for them in every fork


@dataclass(frozen=True)
class _Place:
    """The submission in one sandbox: the packages that only other entry points may use, what came of loading it there,
    and the statements that were too slow for it."""

    sandbox: Sandbox
    elsewhere: tuple[str, ...]
    slow: Sequence[dict[str, Any]]
    loaded: Loaded

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The statements that failed, in the order of the submission."""
        return sorted((*self.slow, *self.loaded.failed), key=_position)


class SandboxRunner:
    """A submission in its sandbox. Reading it is a fork's work too: the first one finds out which statements of its top
    level take too long, and no later fork runs these. All others do in every fork what they do in Python, those that
    raise included.

    `other` gives the sandbox for entry points that may use other packages than the assignment; without it they are
    called in `sandbox` as well. With `heard`, for the student's own eyes, `printed` collects what the code prints by
    entry point ("" is its top level), and faults say on which line it stood. `sessions` holds the questions that each
    fork will be asked, as far as they are known."""

    def __init__(
        self,
        sandbox: Sandbox,
        assignment: Assignment,
        submission: Submission,
        other: Callable[[tuple[str, ...]], Sandbox] | None = None,
        heard: bool = False,
        sessions: Sessions | None = None,
    ) -> None:
        self._heard = heard
        self.printed: dict[str, str] = {}
        self._assignment = assignment
        self._other = other
        self._cells = [(cell.number, cell.line, cell.source) for cell in submission.cells]
        self._dropped = submission.dropped
        self._names = [entry.name for entry in assignment.entry_points]
        self._budget = Budget(assignment.limits)
        self.cpu_s = 0.0
        self.wall_s = 0.0
        self.messages = 0  # sent with calls to all forks, but for batches
        self._open = contextlib.ExitStack()
        self._live: SandboxProgram | None = None
        self._sessions = sessions or {}
        self._sharing = Sharing()
        self._served = ("", 0)
        self._spent = 0.0
        self._main = self._first_load(sandbox, assignment.policy.packages)
        self._places = {assignment.policy.packages: self._main}

    def _first_load(self, sandbox: Sandbox, packages: tuple[str, ...]) -> _Place:
        """What loading comes to in a fork that leaves out what is too slow, as every later one does."""
        elsewhere = tuple(name for name in self._assignment.policy.packages if name not in packages)
        slow: list[dict[str, Any]] = []
        while True:
            with self._fork(sandbox) as program:
                place = _Place(sandbox, elsewhere, slow, self._load(program, elsewhere, slow))
                self._hear("", program)
            too_slow_here = [failure for failure in place.loaded.failed if failure.get("slow")]
            if not too_slow_here or len(slow) > SLOW_CAP:
                sandbox.prepare(self._cells, self._assignment.policy.forbid)
                return place
            slow = [*slow, *too_slow_here]

    def _load(
        self, program: SandboxProgram, elsewhere: Sequence[str], slow: Sequence[dict[str, Any]], double: bool = True
    ) -> Loaded:
        skip = [plain_text(item.get("key")) for item in slow]
        return program.load(self._cells, self._names, skip, self._assignment.policy.forbid, double, elsewhere)

    def _where(self, entry_point: str | None) -> _Place:
        """The submission as it is loaded where `entry_point` is called."""
        packages = self._assignment.packages_of(entry_point)
        if self._other is None:
            return self._main
        if packages not in self._places:
            self._places[packages] = self._first_load(self._other(packages), packages)
        return self._places[packages]

    @property
    def notes(self) -> tuple[str, ...]:
        """What went wrong outside the entry points, a sentence each."""
        sentences = [failure_sentence(item) for item in self._main.failed]
        more = [f"{len(sentences) - NOTE_CAP} more statements failed."] if len(sentences) > NOTE_CAP else []
        shown = self._main.loaded.shown
        left_out = [f"{one} is not part of this assignment: what it shows was left out." for one in shown]
        return (*left_out, *sentences[:NOTE_CAP], *more)

    def fault(self, entry_point: str) -> SubmissionFault | None:
        """Why `entry_point` cannot be asked anything, if it cannot."""
        return self._unmet(self._where(entry_point), entry_point) or self._budget.refusal(entry_point)

    def mention(self, entry_point: str, forbid: Sequence[str]) -> Forbidden | None:
        """What `forbid` names and the source of `entry_point` mentions, whether it is reached or not."""
        with self._fork(self._main.sandbox) as program:
            found = program.scan(self._cells, forbid).get(entry_point)
        if found is None:
            return None
        name = plain_text(found.get("name"), 60)
        return Forbidden(f"{entry_point} uses {name}{place(found)}, which this assignment does not allow.")

    def _unmet(self, place: _Place, name: str) -> SubmissionFault | None:
        if name in place.loaded.defined:
            return None
        for piece in self._dropped:
            if name in piece.names:
                return Crashed(f"{name} {piece.why}.")
        if fault := place.loaded.faults.get(name):
            return unmet(name, fault)
        for item in place.failed:
            if self._lost(item, name):
                return Crashed(f"{name} could not be read: {failure_sentence(item)}")
        return Missing(f"{name} is not defined.")

    def _lost(self, failure: dict[str, Any], entry_point: str) -> bool:
        """Whether `failure` is of the cell that would have defined `entry_point`."""
        sources = [
            source
            for number, line, source in self._cells
            if failure.get("key") == f"{number}:{line}:*" or (number and number == failure.get("cell"))
        ]
        return any(f"{kind} {entry_point}(" in source for source in sources for kind in ("def", "class"))

    @contextlib.contextmanager
    def start(self, entry_point: str | None = None, check: Check | None = None) -> Iterator[SandboxProgram]:
        """The loaded submission, with the packages that `entry_point` may use: for `check` in a fork that checks of the
        entry point share (`Sharing`) while it is healthy, without one in a fork of its own. Afterwards `cpu_s` and
        `wall_s` say what the check used, by the clock outside.

        Raises TimedOut when that is more CPU time than a check may use."""
        started = time.monotonic()
        program = self._program(check, self._where(entry_point))
        try:
            yield program
            program.finish()
        except BaseException:
            self._hear(entry_point, program, again=check is None)
            self.close()
            raise
        finally:
            self._hear(entry_point, program, again=check is None)
            self.cpu_s = program.spent()
            self.wall_s = time.monotonic() - started
        self._spent += self.cpu_s
        limits = program.limits
        if program.ended or check is None or self._spent > limits.cpu_s:
            self.close()
        if self.cpu_s > limits.cpu_s:
            if not program.ended:  # it answered, too late
                self._budget.timed_out(program.asked)
            raise program.fault if isinstance(program.fault, TimedOut) else too_slow(limits.cpu_s)

    def _program(self, check: Check | None, place: _Place) -> SandboxProgram:
        served = self._sharing.fork(check, self._live is not None)
        if self._live is None or served != self._served:
            self.close()
            self._served = served
            session = self._sessions.get(served)
            ahead = Ahead(session) if session else None
            self._live = self._open.enter_context(self._fork(place.sandbox, ahead))
            self._load(self._live, place.elsewhere, place.slow)
            self._hear(None, self._live, again=True)  # the first load has said it already
            known = {name: self._unmet(place, name) for name in self._names}
            self._live.unmet = {name: fault for name, fault in known.items() if fault}
            self._spent = 0.0
        self._live.rearm(self._budget.next_limits())
        if check and self._live.ahead:
            self._live.ahead.begin(check.id)
        return self._live

    @contextlib.contextmanager
    def share(self, memory: Memory, limits: Limits) -> Iterator[SandboxProgram]:
        """The loaded submission in a fork of its own, under `limits`, with which the grader shares `memory`."""
        with self._main.sandbox.fork(limits, memory) as fork:
            program = SandboxProgram(fork, limits)
            started, before = time.monotonic(), program.spent()
            self._load(program, self._main.elsewhere, self._main.slow, double=False)
            program.loaded = program.spent() - before, time.monotonic() - started
            yield program

    def close(self) -> None:
        """End the fork that is open, if one is."""
        self._live = None
        self._open.close()

    @contextlib.contextmanager
    def _fork(self, sandbox: Sandbox, ahead: Ahead | None = None) -> Iterator[SandboxProgram]:
        """A fork, whose CPU time is charged to the submission when it ends."""
        with (
            contextlib.closing(Printed()) if self._heard else contextlib.nullcontext() as printed,
            sandbox.fork(self._assignment.limits, printed=printed) as fork,
        ):
            program = SandboxProgram(fork, self._budget.next_limits(), self._budget, ahead)
            try:
                yield program
            finally:
                self.messages += program.messages
                self._budget.charge(fork.end().cpu_s, 0.0)

    def _hear(self, entry_point: str | None, program: SandboxProgram, again: bool = False) -> None:
        """Keep what `program` has printed since the last time, up to PRINTED_CAP; where it is asked `again`, to find
        out why a check fails, its words are known."""
        if program.fork.printed and (words := program.fork.printed.take()) and not again:
            what = entry_point or ""
            self.printed[what] = (self.printed.get(what, "") + words)[:PRINTED_CAP]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _position(failure: dict[str, Any]) -> tuple[int, int]:
    cell, line = failure.get("cell"), failure.get("line")
    return (cell if type(cell) is int else 0, line if type(line) is int else 0)
