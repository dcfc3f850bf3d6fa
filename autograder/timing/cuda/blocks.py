"""Kernels on a GPU: baselines, submission, baselines again, each in a block of its own.

On a GPU no process can be stopped between two launches, because the kernels it has started run on; so no other is alive
while the submission is timed, and it is dead while the baselines are. A device whose clocks moved in between shows in
what the library takes before and after.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.errors import OutOfMemory
from autograder.sandbox.cuda_memory import to_host
from autograder.speed.declare import Problem
from autograder.speed.verify import relative_error
from autograder.timing.entry import Entry, Progress
from autograder.timing.kernel import FAR_TOO_SLOW, KernelRun

WARM_UP = 6  # launches: every shape of the family has been met, for which a library may choose and a compiler compile
LAUNCHES = 16
LEAST = 6  # where a launch takes so long that a block would last for minutes
BLOCK_SECONDS = 20.0
COMPILE_SECONDS = 180.0  # of the first launches of a block: they may start a compiler
DRIFT = 0.03
TRIES = 2
FRAMES = ("null", "library")  # what is timed again after the submission
ALIKE = 0.9  # of all numbers: other programs agree with a library in every tenth bit pattern (measured on CPU)


@dataclass(frozen=True)
class BlockRun(KernelRun):
    """One task on a GPU. `notes` say what a reader of the result should know."""

    warm_up: int = WARM_UP
    notes: list[str] = field(default_factory=list)

    def run(self, progress: Progress) -> None:
        """Time all entries. Their costs stand in the entries afterwards; nothing is judged yet."""
        frames = [self.baselines[name] for name in FRAMES]
        steps = len(self.baselines) + TRIES * (1 + len(frames))
        done = 0

        def block(one: Entry, keep: Iterable[int] = ()) -> dict[int, float]:
            nonlocal done
            self._block(one, frozenset(keep))
            done += 1
            progress(self.task.name, done, steps)
            return self._counting(one)

        with contextlib.ExitStack() as stack:
            for one in self.baselines.values():
                stack.enter_context(one.ready(self.task))
            first = {one.name: block(one, keep=[self.shown]) for one in self.baselines.values()}
            self._baselines_stood()
            for _ in range(TRIES):
                with self.student.ready(self.task):
                    block(self.student, keep=range(self.warm_up + LAUNCHES + 1))
                last = {one.name: block(one) for one in frames}
                moved = drift(first["library"], last["library"])
                if self.student.fault or moved <= DRIFT:
                    break
                before, first = first, {**first, **last}
            else:
                first = before
                self.notes.append(f"{self.task.name}: the library's own time moved by {moved:.0%} during the run.")
        self._baselines_stood()
        for one in frames:
            one.costs = merged(first[one.name], last[one.name])

    @property
    def shown(self) -> int:
        """The launch of which the library's outputs are kept."""
        return self.warm_up + 1

    def _block(self, one: Entry, keep: frozenset[int]) -> None:
        """A small problem first, for compilers; then the launches that all entries get."""
        patience = time.monotonic() + COMPILE_SECONDS
        try:
            small = self.problem(0, small=True)
            one.run(0, small, small.flops, COMPILE_SECONDS, keep=0 in keep)
            deadline = time.monotonic() + BLOCK_SECONDS
            for number in range(1, self.warm_up + LAUNCHES + 1):
                if number > self.warm_up + LEAST and time.monotonic() > deadline:
                    break
                problem = self.problem(number, small=False)
                one.run(number, problem, problem.flops, self._budget(one, number, patience), keep=number in keep)
        except OutOfMemory as fault:  # no room for a problem beside what this one holds
            one.fault = one.fault or fault

    def _budget(self, one: Entry, number: int, patience: float) -> float:
        """Seconds for one launch. While shapes are new the compiler may be needed, as long as there is patience."""
        if one is not self.student:
            return COMPILE_SECONDS
        fair = FAR_TOO_SLOW * max(self._counting(self.baselines["naive"]).values()) + 1.0
        return max(fair, patience - time.monotonic()) if number <= self.warm_up else fair

    def alike(self) -> float:
        """How many of the submission's numbers are bit for bit those of the library: 1 is the library."""
        theirs = self.baselines["library"].landed.get(self.shown, {})
        mine = self.student.landed.get(self.shown, {})
        common = sorted(theirs.keys() & mine.keys(), key=lambda name: theirs[name].size)
        return agreement(mine[common[-1]], theirs[common[-1]]) if common else 0.0

    def error(self) -> float:
        """The largest relative error among the outputs of that launch; NaN where it was not launched."""
        mine = self.student.landed.get(self.shown)
        if mine is None:
            return float("nan")
        right = self.task.expected(self.problem(self.shown, small=False))
        return max(relative_error(mine[name], array) for name, array in right.items())


def drift(first: Mapping[int, float], last: Mapping[int, float]) -> float:
    """By how much the same launches moved, as a part of the first: the median, for any launch may be disturbed."""
    common = sorted(first.keys() & last.keys())
    return float(abs(np.median([last[number] / first[number] for number in common]) - 1))


def merged(first: Mapping[int, float], last: Mapping[int, float]) -> dict[int, float]:
    """What a launch costs between the two blocks: the mean of before and after, problem by problem."""
    return {number: (first[number] + last[number]) / 2 for number in sorted(first.keys() & last.keys())}


def agreement(mine: np.ndarray[Any, Any], theirs: np.ndarray[Any, Any]) -> float:
    """The part of the numbers that agree to the last bit."""
    return float((mine == theirs).mean()) if mine.shape == theirs.shape else 0.0


class DeviceRng:
    """As much of a NumPy generator as a task's draw uses, with its numbers on a device."""

    def __init__(self, rng: np.random.Generator, device: str = "cuda") -> None:
        import torch

        self.integers = rng.integers
        self._device = device
        self._generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))

    def standard_normal(self, size: int | tuple[int, ...], dtype: Any = np.float32) -> Any:
        """A tensor of standard normal numbers in float32, whatever `dtype` says: a GPU's tasks are in float32."""
        import torch

        shape = (size,) if isinstance(size, int) else size
        return torch.randn(shape, generator=self._generator, device=self._device, dtype=torch.float32)


def on_host(problem: Problem) -> Problem:
    """The same problem with arrays for tensors."""
    inputs = {name: to_host(value) for name, value in problem.inputs.items()}
    return Problem(inputs, problem.options, problem.outputs, problem.flops)
