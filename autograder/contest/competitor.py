"""One program that is timed: its launches, what each cost, and what it left for the judge."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.errors import SubmissionFault
from autograder.model import Limits
from autograder.sandbox.arena import Memory
from autograder.sandbox.launches import Launches, steps_request
from autograder.sandbox.runner import SandboxRunner
from autograder.speed.declare import Problem, Task

Progress = Callable[[str, int, int], None]  # what is being timed, rounds done, rounds at most

ARENA_BYTES = 96 * 2**20
# Timed code runs for minutes rather than for a check's seconds; each launch has a budget of its own.
LIMITS = Limits(cpu_s=240.0, wall_s=600.0, memory_mb=2048)


@dataclass
class Competitor:
    """A program with its memory. By round: `costs` in CPU seconds, as if each problem were of `flops` operations, and
    what it `landed`, if that is kept."""

    name: str
    runner: SandboxRunner
    slow: bool = False
    fault: SubmissionFault | None = None
    costs: dict[int, float] = field(default_factory=dict)
    landed: dict[int, dict[str, np.ndarray[Any, Any]]] = field(default_factory=dict)

    @contextlib.contextmanager
    def ready(self, task: Task) -> Iterator[Competitor]:
        """Loaded, and waiting for launches of `task`."""
        self.costs, self.landed, self.fault, self.slow = {}, {}, None, False
        with Memory(ARENA_BYTES) as memory, self.runner.share(memory, LIMITS) as program:
            self._launches = Launches(program, memory, steps_request(task.steps, tensors=False))
            yield self

    def play(self, number: int, problem: Problem, flops: float, budget: float, keep: bool = False) -> None:
        """One launch, which may take `budget` CPU seconds. A program that has failed plays no more."""
        if self.fault:
            return
        try:
            landing = self._launches.launch(problem.inputs, problem.options, problem.outputs, budget)
        except SubmissionFault as fault:
            self.fault = fault
            return
        self.costs[number] = landing.cpu_s * flops / problem.flops
        if keep:
            self.landed[number] = landing.outputs
