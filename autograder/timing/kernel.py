"""Kernels: the same problems for all entries, round by round, and the ratio of their costs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace

from autograder.errors import GraderFault, TimedOut
from autograder.model import Assignment, Cell, Interval, Submission, Timing, Verdict
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.speed.declare import Problem, Step, Task
from autograder.speed.ratio import combine, estimate, half_width, speed_ratio
from autograder.speed.verify import wrong
from autograder.timing.entry import Entry, Progress

WARM_UP = 3  # rounds that count for nothing: caches fill, lazy imports are done
SLOW_ROUNDS = 3
SLOW_SECONDS = 0.05  # on the small problem of the try-out: such a program gets small problems, and few of them
FAR_TOO_SLOW = 5.0  # times the naive baseline: a launch that takes longer is ended
FAR_OFF = 10.0  # times what the try-out promises: no launch is worth waiting for that long
NARROW = 0.02  # an interval this narrow on either side needs no more rounds
TASK_SECONDS = 12.0
PEAK_SIZE = 768  # of a matrix product that fills the caches: the machine's peak, as the roofline, on one thread
PEAK_LAUNCHES = 6
PEAK_SOURCE = "import numpy as np\n\ndef multiply(a, b):\n    return a @ b\n"
PATIENCE = 8.0  # times that, for a machine with more work than cores; then somebody sleeps


@dataclass(frozen=True)
class KernelRun:
    """One run of one task: its entries, and the secret from which every problem is drawn."""

    task: Task
    rounds: tuple[int, int]
    index: int
    seed: int
    student: Entry
    baselines: Mapping[str, Entry]
    warm_up: int = WARM_UP

    def run(self, progress: Progress) -> None:
        """Time all entries. Their costs stand in the entries afterwards; nothing is judged yet."""
        entries = [*self.baselines.values(), self.student]
        order = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(self.index,)))
        deadline = time.monotonic() + TASK_SECONDS
        least, most = self.rounds
        with contextlib.ExitStack() as stack:
            for one in entries:
                stack.enter_context(one.ready(self.task))
            self._try_out()
            for number in range(1, self.warm_up + most + 1):
                whole, small = self.problem(number, small=False), self.problem(number, small=True)
                for place in order.permutation(len(entries)):
                    self._run_one(entries[place], number, whole, small)
                progress(self.task.name, number, self.warm_up + most)
                late = time.monotonic() - deadline
                if number >= self.warm_up + least and (self._settled() or late > 0):
                    break
                if late > (PATIENCE - 1) * TASK_SECONDS:
                    self.student.fault = TimedOut(
                        "Its launches took so long, asleep or at work, that too few were made."
                    )
                    break
        self._baselines_stood()

    def _baselines_stood(self) -> None:
        for one in self.baselines.values():
            if one.fault:
                raise GraderFault(f"The baseline {one.name} failed on task {self.task.name}: {one.fault}")

    def problem(self, number: int, small: bool) -> Problem:
        """The problem of round `number`: the same for all entries, and drawn only now."""
        sequence = np.random.SeedSequence(self.seed, spawn_key=(self.index, number, int(small)))
        return self.task.draw(np.random.default_rng(sequence), small)

    def _try_out(self) -> None:
        """A small problem for each entry, the submission last: its budget follows from what the naive baseline took."""
        for one in self.baselines.values():
            self._pace(one, budget=120.0)
        self._pace(self.student, FAR_TOO_SLOW * self.baselines["naive"].costs.get(0, 0.0) + 1.0)

    def _pace(self, one: Entry, budget: float) -> None:
        """Who is slow twice is slow: a first call may have imported something or made a table."""
        problem = self.problem(0, small=True)
        one.run(0, problem, problem.flops, budget, keep=one is self.student)
        if one.costs.get(0, 0.0) > SLOW_SECONDS:
            one.run(0, problem, problem.flops, budget, keep=one is self.student)
            one.slow = one.costs[0] > SLOW_SECONDS

    def _run_one(self, one: Entry, number: int, whole: Problem, small: Problem) -> None:
        if one.slow and number > SLOW_ROUNDS:
            return
        problem = small if one.slow else whole
        promised = one.costs.get(0, 0.0) * problem.flops / self.problem(0, small=True).flops
        one.run(number, problem, whole.flops, FAR_OFF * promised + 1.0, keep=one is self.student)

    def _settled(self) -> bool:
        if self.student.fault or self.student.slow:
            return True
        return half_width(self.ratio(self.student)) <= NARROW

    def ratio(self, one: Entry) -> Interval:
        """The speed of `one` against the library's."""
        library, null = (self._counting(self.baselines[name]) for name in ("library", "null"))
        if one.slow:
            cost = estimate(list(library.values()), list(null.values()))
            slow = sorted(self._counting(one).values())
            return Interval(cost / slow[-1], cost / slow[len(slow) // 2], cost / slow[0])
        mine = self._counting(one)
        common = sorted(mine.keys() & library.keys() & null.keys())
        costs = [[one[number] for number in common] for one in (mine, library, null)]
        return speed_ratio(costs[0], costs[1], costs[2])

    def seconds(self, one: Entry) -> float:
        """What a launch of typical size takes `one`, less what it costs to do nothing."""
        return estimate(list(self._counting(one).values()), list(self._counting(self.baselines["null"]).values()))

    def judge(self, peak: float) -> Timing:
        """The verdict on the submission. Only once its process is dead: what is computed here is what it was asked."""
        costs = {one.name: tuple(self._counting(one).values()) for one in (*self.baselines.values(), self.student)}
        told = Timing(task=self.task.name, sentence=self.task.sentence, verdict=Verdict.PASS, costs=costs)
        if fault := self.student.fault:
            return replace(told, verdict=fault.verdict, message=str(fault))
        for number, outputs in self.student.landed.items():
            problem = self.problem(number, small=self.student.slow or number == 0)
            if error := wrong(outputs, self.task.expected(problem)):
                return replace(told, verdict=Verdict.FAIL, message=f"In one launch, {error}.")
        rate = self.problem(self.warm_up + 1, small=False).flops / self.seconds(self.student)
        return replace(told, ratio=self.ratio(self.student), gflops=rate / 1e9, roofline=rate / peak)

    def _counting(self, one: Entry) -> dict[int, float]:
        """Its costs without those of the try-out and, unless it is slow and has few rounds, of the warm-up."""
        first = 1 if one.slow else self.warm_up + 1
        return {number: cost for number, cost in one.costs.items() if number >= first}


def floor_of(runs: Sequence[KernelRun]) -> float:
    """The ratio of the naive baseline over all tasks."""
    return combine([run.ratio(run.baselines["naive"]) for run in runs]).value


def peak_flops(sandbox: Sandbox, assignment: Assignment) -> float:
    """Floating-point operations a second of a trusted matrix product in `sandbox`, the best of a few."""
    submission = Submission("peak", "", "", "script", (Cell(0, 1, PEAK_SOURCE),))
    problem = _peak_problem(np.random.default_rng(0), small=False)
    task = Task("peak", "A matrix product.", (Step("multiply", ("a", "b"), ("out",)),), _peak_problem, lambda _: {})
    with SandboxRunner(sandbox, assignment, submission) as runner, Entry("peak", runner).ready(task) as one:
        for number in range(PEAK_LAUNCHES):
            one.run(number, problem, problem.flops, budget=60.0)
        return problem.flops / min(one.costs.values())


def _peak_problem(rng: np.random.Generator, small: bool) -> Problem:
    a, b = (rng.standard_normal((PEAK_SIZE, PEAK_SIZE), dtype=np.float32) for _ in "ab")
    return Problem({"a": a, "b": b}, {}, {"out": (PEAK_SIZE, PEAK_SIZE)}, 2.0 * PEAK_SIZE**3)
