"""One submission's kernels, timed on a GPU: is it right, how fast is it, and what is that worth?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.assignment.discover import beside
from autograder.errors import GraderFault, SubmissionFault
from autograder.model import Standing, Submission, Timing
from autograder.sandbox.cuda_memory import one_line, room
from autograder.speed.award import Outcome, refused, scored
from autograder.speed.declare import Kernel, Problem, Task
from autograder.speed.verify import relative_error
from autograder.submission import read_submission
from autograder.timing.cuda.blocks import ALIKE, BlockRun, DeviceRng, on_host
from autograder.timing.cuda.setup import Fresh, Setup, peak_flops
from autograder.timing.entry import Entry, Progress
from autograder.timing.kernel import floor_of

EXACT = 1e-10  # two ways to compute in float64 differ by 1e-14 on sums of a thousand terms

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Judged:
    """What came of it, how alike each task's numbers are to the library's and how far from the truth, and what to know
    of the measurement."""

    outcome: Outcome
    runs: tuple[BlockRun, ...] = ()
    alike: tuple[float, ...] = ()
    errors: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()


def time_kernel(
    setup: Setup, kernel: Kernel, submission: Submission, seed: int, progress: Progress, scan: bool = True
) -> Judged:
    """Time `submission` on all of the kernel's tasks. `scan` can be left out to see what else stops code that mentions
    forbidden names. Raises SubmissionFault when it cannot be loaded, GraderFault when the grader itself fails."""
    with graders_own(SubmissionFault):
        tasks = tuple(on_device(task, oracle(setup, kernel, task), setup.device) for task in kernel.tasks)
    if why := _cannot_run(setup, kernel, submission, scan):
        return Judged(Outcome(refused(why)))
    runs, timings, alike, errors = [], [], [], []
    with ExitStack() as stack:
        sandbox = stack.enter_context(setup.sandbox())
        peak = peak_flops(setup, sandbox)
        runners = {
            name: stack.enter_context(setup.runner(sandbox, _baseline(setup, name, path)))
            for name, path in kernel.cuda_baselines.items()
        }
        for index, task in enumerate(tasks):
            baselines = {name: Entry(name, runner, setup.track) for name, runner in runners.items()}
            student = Entry("submission", Fresh(setup, submission), setup.track)
            run = BlockRun(task, kernel.rounds, index, seed, student, baselines)
            with graders_own():
                run.run(progress)  # ends with the submission's sandbox
            with graders_own(SubmissionFault):
                timings.append(run.judge(peak))
                alike.append(run.alike())
                errors.append(run.error())
            for one in (student, *baselines.values()):
                one.landed = {}  # gigabytes
            runs.append(run)
    return Judged(
        _doubted(scored(kernel, floor_of(runs), timings), alike, timings),
        tuple(runs),
        tuple(alike),
        tuple(errors),
        tuple(note for run in runs for note in run.notes),
    )


@contextmanager
def graders_own(*more: type[Exception]) -> Iterator[None]:
    """What PyTorch raises in the grader's process is the grader's fault; any of `more` as well, when no other lives."""
    try:
        yield
    except Exception as error:
        if isinstance(error, (RuntimeError, *more)):
            raise GraderFault(f"The grader could not use the GPU: {one_line(error)}") from error
        raise


def _doubted(outcome: Outcome, alike: list[float], timings: list[Timing]) -> Outcome:
    """A person looks at numbers that agree with the library's to the last bit."""
    if outcome.award.standing is not Standing.SCORED or max(alike) < ALIKE:
        return outcome
    task = timings[alike.index(max(alike))].task
    why = (
        f"{task}: {max(alike):.0%} of its numbers are the library's to the last bit; a person looks before they count."
    )
    return dataclasses.replace(outcome, award=outcome.award._replace(standing=Standing.HELD, reason=why))


def _cannot_run(setup: Setup, kernel: Kernel, submission: Submission, scan: bool) -> str | None:
    """Why the submission cannot be timed, as a sentence."""
    forbid = kernel.cuda_forbid if scan else ()
    with setup.sandbox() as sandbox, setup.runner(sandbox, submission, forbid) as runner:
        names = dict.fromkeys(step.function for task in kernel.tasks for step in task.steps)
        return next(
            (str(fault) for name in names if (fault := runner.mention(name, forbid) or runner.fault(name))), None
        )


def _baseline(setup: Setup, name: str, path: str) -> Submission:
    return read_submission(Path(setup.assignment.folder) / path, id=name)


def on_device(task: Task, expected: Callable[[Problem], dict[str, Array]], device: str) -> Task:
    """The task with its problems drawn on a device, and another judge."""
    if task.cuda_draw is None:
        raise GraderFault(f"Task {task.name} says nothing about its size on a GPU; give it a cuda_draw.")
    larger = task.cuda_draw

    def draw(rng: np.random.Generator, small: bool) -> Problem:
        with room():
            return larger(DeviceRng(rng, device), small)  # type: ignore[arg-type]

    return dataclasses.replace(
        task,
        draw=draw,
        expected=expected,
    )


def oracle(setup: Setup, kernel: Kernel, task: Task) -> Callable[[Problem], dict[str, Array]]:
    """What a problem on the device should have given: the trusted library in float64. Before it is believed, it is
    compared with the task's own formulas on a small problem."""
    library = beside(setup.assignment, kernel.cuda_baselines["library"].removesuffix(".py"))

    def expected(problem: Problem) -> dict[str, Array]:
        values = {name: tensor.double() for name, tensor in problem.inputs.items()}  # type: ignore[attr-defined]
        for step in task.steps:
            result = getattr(library, step.function)(
                *[values[name] for name in step.takes], **(problem.options if step.options else {})
            )
            values.update(zip(step.gives, result if len(step.gives) > 1 else [result], strict=True))
        return {name: values[name].cpu().numpy() for name in problem.outputs}

    small = on_device(task, expected, setup.device).draw(np.random.default_rng(0), True)
    right, said = task.expected(on_host(small)), expected(small)
    for name, array in right.items():
        if not (error := relative_error(said[name], array)) <= EXACT:
            raise GraderFault(f"The library's own {name} is off by {error:.1e} in float64 on this device.")
    return expected
