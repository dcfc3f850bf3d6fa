"""One program that is timed: its launches, what each cost, and what it left for the judge."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from autograder.errors import SubmissionFault
from autograder.model import Checkpoint, Limits
from autograder.sandbox.arena import Memory
from autograder.sandbox.cuda_memory import to_host
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.timed import Landing, Launches, steps_request
from autograder.speed.declare import Problem, Task

Progress = Callable[[str, int, int], None]  # what is being timed, rounds done, rounds at most

ARENA_BYTES = 96 * 2**20
# Timed code runs for minutes rather than for a check's seconds; each launch has a budget of its own.
LIMITS = Limits(cpu_s=240.0, wall_s=600.0, memory_mb=2048)


@dataclass(frozen=True)
class Track:
    """What is the same for all who are timed together: the memory that each shares with the grader, what a process may
    use, whether it is given tensors, and whose clock counts: CPU time, or wall time where a GPU does the work."""

    name: Literal["numpy", "torch"] = "numpy"
    clock: Literal["cpu", "wall"] = "cpu"
    memory: Callable[[], Memory] = lambda: Memory(ARENA_BYTES)
    limits: Limits = LIMITS

    def cost(self, seconds: Landing | Checkpoint) -> float:
        """The seconds that count."""
        return seconds.wall_s if self.clock == "wall" else seconds.cpu_s

    @property
    def warm(self) -> tuple[str, ...]:
        """Modules that no clock should run for: PyTorch's optimisers import its compiler at their first step."""
        return ("torch._dynamo",) if self.name == "torch" else ()

    @contextlib.contextmanager
    def launches(self, runner: Launchable, request: dict[str, Any]) -> Iterator[Launches]:
        """`runner` in a fork of its own, loaded, and waiting for launches."""
        with self.memory() as memory, runner.share(memory, self.limits) as program:
            message = {**request, "tensors": self.name == "torch"}
            yield Launches(program, memory, message, wall=self.clock == "wall", loaded=program.loaded)


CPU = Track()


class Launchable(Protocol):
    """Code that can be loaded into a fork with which the grader shares memory."""

    def share(self, memory: Memory, limits: Limits) -> contextlib.AbstractContextManager[SandboxProgram]: ...


@dataclass
class Entry:
    """A program with its memory. By round: `costs` in seconds, as if each problem were of `flops` operations, and
    what it `landed`, if that is kept."""

    name: str
    runner: Launchable
    track: Track = CPU
    slow: bool = False
    fault: SubmissionFault | None = None
    costs: dict[int, float] = field(default_factory=dict)
    landed: dict[int, dict[str, np.ndarray[Any, Any]]] = field(default_factory=dict)

    @contextlib.contextmanager
    def ready(self, task: Task) -> Iterator[Entry]:
        """Loaded, and waiting for launches of `task`."""
        self.costs, self.landed, self.fault, self.slow = {}, {}, None, False
        with self.track.launches(self.runner, steps_request(task.steps)) as self._launches:
            yield self

    def run(self, number: int, problem: Problem, flops: float, budget: float, keep: bool = False) -> None:
        """One launch, which may take `budget` seconds. A program that has failed is not launched again."""
        if self.fault:
            return
        try:
            landing = self._launches.launch(problem.inputs, problem.options, problem.outputs, budget)
        except SubmissionFault as fault:
            self.fault = fault
            return
        self.costs[number] = self.track.cost(landing) * flops / problem.flops
        if keep:
            self.landed[number] = {name: to_host(value) for name, value in landing.outputs.items()}
