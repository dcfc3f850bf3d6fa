"""The grader's side of timed code: it shows the inputs, starts its clock, takes the outputs, and reads its clock again.

The submission's process owns neither the clock nor the verdict. What it sends is single bytes that only say when to
look; what it computed is judged from the memory as it stood when the clock was read.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder import wire
from autograder.errors import Crashed, SubmissionFault, TimedOut
from autograder.sandbox.arena import Memory
from autograder.sandbox.program import SandboxProgram, too_slow
from autograder.sandbox.sentences import raised
from autograder.worker.timed import ACKNOWLEDGED, COMMITTED, DONE, END, GO, RAISED

Array = np.ndarray[Any, Any]
WATCH_SECONDS = 0.05
WALL_PER_CPU = 10.0  # a loaded machine gives a process a tenth of a core at worst; beyond that it sleeps
CALL_NUMBER = 0


@dataclass(frozen=True)
class Landing:
    """What one launch cost, in CPU and wall seconds, and what it left in the memory."""

    cpu_s: float
    wall_s: float
    outputs: dict[str, Array]


class Launches:
    """A loaded program that is timed, launch after launch.

    A launch is charged with all CPU time since the clock was last read, that of every thread: work done before the
    inputs are there, or after the outputs were taken, costs as much as any other. A race is charged with its loading as
    well, `loaded` CPU and wall seconds: what its statements, decorators and default arguments compute. Where the work
    is done by a GPU, whose time no process is charged with, budgets are of wall time (`wall`)."""

    def __init__(
        self,
        program: SandboxProgram,
        memory: Memory,
        request: dict[str, Any],
        wall: bool = False,
        loaded: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._program = program
        self._loaded = loaded
        self._memory = memory
        self._wall_per_cpu = 1.0 if wall else WALL_PER_CPU
        self._sock: socket.socket = program.fork.sock
        wire.send(
            self._sock,
            wire.pack({"seq": CALL_NUMBER, "tensors": False, **request, **memory.message}, []),
            time.monotonic() + 10,
        )
        self._before = program.fork.cpu_seconds()

    def launch(
        self,
        inputs: Mapping[str, Array],
        options: Mapping[str, int],
        outputs: Mapping[str, tuple[int, ...]],
        budget: float,
    ) -> Landing:
        """One launch, which may use `budget` seconds. Raises the SubmissionFault that ended it."""
        with self._started(inputs, options, outputs, budget) as window:
            said = window.wait()
            landed = self._memory.take()
            cpu_s, wall_s = window.read()
        if said == RAISED:
            raise self._exception()
        if said != DONE:
            raise Crashed("The program broke the timing protocol: it sent a byte that means nothing here.")
        self._before += cpu_s
        return Landing(cpu_s, wall_s, landed)

    def commits(
        self,
        inputs: Mapping[str, Array],
        options: Mapping[str, int],
        outputs: Mapping[str, tuple[int, ...]],
        budget: float,
        at_most: int,
    ) -> Iterator[Landing]:
        """What a race hands over, stamped when it is taken, until the program ends or has used `budget` CPU seconds.

        A race that runs out of time or raises ends its commits and no more: what it handed over before still counts.
        However quickly one commit follows another, the first one beyond the budget is not taken."""
        with self._started(inputs, options, outputs, budget, self._loaded) as window:
            for _ in range(at_most):
                try:
                    said = window.wait()
                except TimedOut:
                    return
                if said != COMMITTED:
                    if said == RAISED:
                        raise self._exception()
                    return
                landed = self._memory.take()
                cost = window.read()
                if window.is_over(*cost):
                    self._program.fork.end()
                    return
                yield Landing(*cost, landed)
                self._memory.poison()
                self._sock.sendall(ACKNOWLEDGED)

    @contextlib.contextmanager
    def _started(
        self,
        inputs: Mapping[str, Array],
        options: Mapping[str, int],
        outputs: Mapping[str, tuple[int, ...]],
        budget: float,
        loaded: tuple[float, float] = (0.0, 0.0),
    ) -> Iterator[_Window]:
        self._memory.lay_out(inputs, outputs, options)
        window = _Window(self._program, self._before, budget, self._wall_per_cpu, loaded)
        self._memory.show(inputs)
        try:
            self._sock.settimeout(WATCH_SECONDS)
            self._sock.sendall(GO)
            yield window
        except OSError:
            raise window.died() from None

    def _exception(self) -> SubmissionFault:
        """What the submission raised, as it says itself: for the student's eyes, and nothing else."""
        try:
            self._sock.settimeout(5)
            self._sock.sendall(END)
            reply, _ = wire.receive(self._sock, time.monotonic() + 5, wire.HEADER_CAP)
        except (OSError, wire.WireError):
            return Crashed("The program raised an exception and then broke the timing protocol.")
        fault = reply.get("fault")
        return raised("It", fault) if isinstance(fault, dict) else Crashed("It raised an exception.")


class _Window:
    """The time between GO and the moment at which the grader reads its clocks, and what was spent before it."""

    def __init__(
        self,
        program: SandboxProgram,
        before: float,
        budget: float,
        wall_per_cpu: float,
        spent: tuple[float, float],
    ) -> None:
        self._program, self._budget, self._wall_per_cpu = program, budget, wall_per_cpu
        self._before = before - spent[0]
        self._started = time.monotonic() - spent[1]
        self._sock: socket.socket = program.fork.sock

    def read(self) -> tuple[float, float]:
        """CPU and wall seconds so far."""
        wall_s = time.monotonic() - self._started  # first: to read the other clock takes a while
        return self._program.fork.cpu_seconds() - self._before, wall_s

    def is_over(self, cpu_s: float, wall_s: float) -> bool:
        """Whether so much is more than the budget allows."""
        return cpu_s > self._budget or wall_s > self._wall_per_cpu * (self._budget + 1.0)

    def wait(self) -> bytes:
        """The program's next byte; TimedOut when it has used up its budget, and an end put to it."""
        while True:
            try:
                said = self._sock.recv(1)
            except TimeoutError:
                if self.is_over(*self.read()):
                    raise self._program.fork.end_for(too_slow(self._budget)) from None
                continue
            if not said:
                raise self.died()
            return said

    def died(self) -> SubmissionFault:
        """Why the other end is closed."""
        fork = self._program.fork
        return fork.end_for(
            Crashed(f"The program ended the Python process while it was timed (signal {fork.end().signal}).")
        )


def steps_request(steps: Sequence[tuple[str, Sequence[str], Sequence[str], bool]]) -> dict[str, Any]:
    """The request to time calls, one after the other: (function, names it takes, names it gives, whether options go
    with it)."""
    return {
        "op": "launch",
        "steps": [[name, list(takes), list(gives), opts] for name, takes, gives, opts in steps],
    }


def race_request(function: str) -> dict[str, Any]:
    """The request to run a race by `function`."""
    return {"op": "race", "function": function}
