"""One submission, timed: is it right, how fast is it, and what is that worth?"""

from __future__ import annotations

import platform
import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from msgspec import structs

from autograder.assignment.discover import Declared, beside
from autograder.errors import AutograderError, GraderFault, SubmissionFault
from autograder.model import (
    Assignment,
    AssignmentRef,
    Device,
    Isolation,
    Policy,
    SpeedReport,
    Submission,
    SubmissionRef,
    Verdict,
)
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.speed.alias import alias_of
from autograder.speed.award import Outcome, award, outpaced, refused, scored, unless_helped
from autograder.speed.declare import Kernel, Race
from autograder.speed.policy import objection
from autograder.submission import read_submission
from autograder.timing.cuda.device import TENSOR_PACKAGES, choose, gpu_state, imports, versions
from autograder.timing.entry import CPU, Entry, Progress, Track
from autograder.timing.kernel import KernelRun, floor_of, peak_flops
from autograder.timing.race import RaceRun, overall
from autograder.version import VERSION


@dataclass(frozen=True)
class Setup:
    """A submission that is to be timed, and the sandboxes: its own, and one for the trusted baselines. `assignment` is
    the declared one, with what the track allows."""

    declared: Declared
    assignment: Assignment
    track: Track
    submission: Submission
    student: SandboxRunner
    trusted: Sandbox
    seed: int
    progress: Progress

    def baseline(self, stack: ExitStack, name: str, path: str) -> SandboxRunner:
        """The baseline in the file `path`, started."""
        code = read_submission(Path(self.assignment.folder) / path, id=name)
        return stack.enter_context(SandboxRunner(self.trusted, self.assignment, code))


def time_submission(
    declared: Declared,
    path: Path,
    *,
    isolation: Isolation,
    name: str | None = None,
    device: str = "auto",
    seed: int | None = None,
    progress: Progress = lambda task, done, most: None,
) -> SpeedReport:
    """Time one submission on everything that the assignment times. Problems are drawn from `seed`, by default a fresh
    secret one.

    Raises AutograderError for a file that cannot be read, an assignment that times nothing, or a device that is not
    available, and GraderFault when the grader itself fails."""
    timed_part(declared)
    submission = read_submission(path, id=name or path.stem)
    return time_read(declared, submission, isolation=isolation, device=device, seed=seed, progress=progress)


def time_read(
    declared: Declared,
    submission: Submission,
    *,
    isolation: Isolation,
    device: str = "auto",
    seed: int | None = None,
    progress: Progress = lambda task, done, most: None,
) -> SpeedReport:
    """`time_submission` of what was read."""
    part = timed_part(declared)
    started, cpu = time.monotonic(), time.process_time()
    secret = secrets.randbits(128) if seed is None else seed
    where = choose(device, submission.cells, timed_on_cuda(part))
    track = _track(part, submission, where)
    before = _surroundings(where, "before")
    outcome = _outcome(declared, part, submission, isolation, track, secret, progress)
    given = unless_helped(outcome.award, isolation) if track.clock == "cpu" else outcome.award
    return SpeedReport(
        assignment=AssignmentRef(declared.assignment.id, declared.assignment.version),
        submission=SubmissionRef(submission.id, submission.sha256),
        track=track.name,
        device=where,
        clock=track.clock,
        standing=given.standing,
        reason=given.reason,
        ratio=outcome.ratio,
        floor=outcome.floor,
        target=part.target if isinstance(part, Kernel) else part.target_ratio,
        score=given.score,
        max_score=part.points,
        bonus=part.bonus,
        timings=outcome.timings,
        isolation=outcome.isolation or isolation,
        grader=VERSION,
        cpu_s=round(time.process_time() - cpu, 3),
        wall_s=round(time.monotonic() - started, 3),
        alias=alias_of(submission.cells),
        environment={**before, **_surroundings(where, "after")},
        notes=(*submission.notes, *outcome.notes),
    )


def timed_part(declared: Declared) -> Kernel | Race:
    """What the assignment's `speed.py` declares; AutograderError when nothing of it is timed."""
    module = beside(declared.assignment, "speed")
    found = [value for value in vars(module).values() if isinstance(value, Kernel | Race)] if module else []
    if len(found) != 1:
        raise AutograderError(
            f"Nothing of {declared.assignment.id} is timed: it has no speed.py that declares a Kernel or a Race."
        )
    return found[0]


def timed_on_cuda(part: Kernel | Race) -> bool:
    """Whether the assignment has anything to time on a GPU."""
    return isinstance(part, Kernel) and bool(part.cuda_baselines)


def _outcome(
    declared: Declared,
    part: Kernel | Race,
    submission: Submission,
    isolation: Isolation,
    track: Track,
    seed: int,
    progress: Progress,
) -> Outcome:
    if why := objection(submission.cells):
        return Outcome(refused(why))
    assignment = declared.assignment if track.name == "numpy" else with_torch(declared.assignment)
    packages = assignment.policy.packages
    try:
        if isinstance(part, Kernel) and track.name == "torch":
            return _on_gpu(assignment, part, submission, isolation, seed, progress)
        with (
            Sandbox(isolation.level, packages, warm=track.warm) as sandbox,
            Sandbox(isolation.level, packages, warm=track.warm) as trusted,
            SandboxRunner(sandbox, assignment, submission) as student,
        ):
            setup = Setup(declared, assignment, track, submission, student, trusted, seed, progress)
            return _kernel(setup, part) if isinstance(part, Kernel) else _race(setup, part)
    except SubmissionFault as fault:  # it cannot even be loaded
        return Outcome(refused(str(fault)))


def _kernel(setup: Setup, kernel: Kernel) -> Outcome:
    """Right first, then fast. Nothing is judged while a process of the submission lives."""
    functions = {step.function for task in kernel.tasks for step in task.steps}
    if why := _not_right(setup, functions):
        return Outcome(refused(why))
    runs = []
    with ExitStack() as stack:
        peak = peak_flops(setup.trusted, setup.assignment)
        runners = {name: setup.baseline(stack, name, path) for name, path in kernel.baselines.items()}
        for index, task in enumerate(kernel.tasks):
            baselines = {name: Entry(name, runner) for name, runner in runners.items()}
            run = KernelRun(task, kernel.rounds, index, setup.seed, Entry("submission", setup.student), baselines)
            run.run(setup.progress)  # ends with the submission's process
            runs.append(run)
    return scored(kernel, floor_of(runs), [run.judge(peak) for run in runs])


def _on_gpu(
    assignment: Assignment, kernel: Kernel, submission: Submission, isolation: Isolation, seed: int, progress: Progress
) -> Outcome:
    from autograder.timing.cuda.run import Judged, time_kernel
    from autograder.timing.cuda.setup import prepare

    with prepare(assignment, isolation) as setup:
        try:
            judged = time_kernel(setup, kernel, submission, seed, progress)
        except SubmissionFault as fault:
            judged = Judged(Outcome(refused(str(fault))))
    return replace(judged.outcome, isolation=setup.isolation, notes=(*setup.notes, *judged.notes))


def _not_right(setup: Setup, functions: set[str]) -> str | None:
    """The first check of the timed functions that does not pass, as a sentence."""
    checks = [check for check in setup.declared.checks if check.entry_point in functions]
    from autograder.examine import Examiner  # and with it hypothesis, which a GPU's checks do without

    examiner = Examiner(setup.declared, setup.seed, explain=False)
    for result in examiner.examine_all(checks, setup.student):
        if result.verdict is Verdict.GRADER_ERROR:
            raise GraderFault(result.message)
        if result.verdict is not Verdict.PASS:
            said = result.message.rstrip(".") if result.visibility == "public" else "it fails on a hidden case"
            return f"Speed counts once it is right: {result.check} ended in {result.verdict} ({said})."
    return None


def _race(setup: Setup, race: Race) -> Outcome:
    if fault := setup.student.fault(race.function):
        return Outcome(refused(str(fault)))
    run = RaceRun(race, setup.seed, setup.track)
    path = race.torch_baseline if setup.track.name == "torch" and race.torch_baseline else race.baseline
    with ExitStack() as stack:
        run.run(setup.student, setup.baseline(stack, "baseline", path), setup.progress)
    timings = run.judge()
    ratio = overall(timings)
    if ratio is None:
        missed = next(timing for timing in timings if not timing.ratio)
        return Outcome(refused(f"It did not reach the target on every data set. {missed.message}"), timings)
    given = award(ratio, 1.0, race.target_ratio, race.points, race.bonus, best=2 * race.target_ratio)
    return Outcome(outpaced(given, ratio, race.fastest), timings, ratio, 1.0)


def _track(part: Kernel | Race, submission: Submission, device: Device) -> Track:
    """PyTorch code is timed against PyTorch code where there is some to compare it with, and NumPy code with NumPy."""
    if device.kind == "cuda":
        return Track("torch", "wall")
    raced = isinstance(part, Race) and part.torch_baseline is not None
    return Track("torch") if raced and imports(submission.cells, TENSOR_PACKAGES) else CPU


def with_torch(assignment: Assignment) -> Assignment:
    """The assignment on a track where PyTorch is allowed, its gradients included."""
    forbid = tuple(name for name in assignment.policy.forbid if name.partition(".")[0] not in ("torch", "autograd"))
    packages = tuple(dict.fromkeys((*assignment.policy.packages, "torch")))
    return structs.replace(assignment, policy=Policy(packages, forbid))


def _surroundings(device: Device, when: str) -> dict[str, str]:
    """What a time rests on, and cannot be read off a report otherwise."""
    plain = {"python": platform.python_version(), "numpy": np.__version__, "system": platform.platform()}
    return plain if device.kind == "cpu" else {**plain, **versions(), **gpu_state(when)}
