"""One submission, timed: is it right, how fast is it, and what is that worth?"""

from __future__ import annotations

import platform
import secrets
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import autograder
from autograder.assignment.discover import Declared, beside
from autograder.contest.competitor import Competitor, Progress
from autograder.contest.kernel import Contest
from autograder.contest.peak import peak_flops
from autograder.contest.race import RaceDay, overall
from autograder.errors import AutograderError, SubmissionFault
from autograder.examine import Examiner
from autograder.model import (
    AssignmentRef,
    Device,
    Interval,
    Isolation,
    SpeedReport,
    Submission,
    SubmissionRef,
    Timing,
    Verdict,
)
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.speed.alias import alias_of
from autograder.speed.award import Award, award, beyond_belief, refused
from autograder.speed.declare import Kernel, Race
from autograder.speed.policy import objection
from autograder.speed.ratio import combine
from autograder.submission import read_submission


@dataclass(frozen=True)
class Entry:
    """A submission that is to be timed, and the sandboxes: its own, and one for the trusted baselines."""

    declared: Declared
    submission: Submission
    student: SandboxRunner
    trusted: Sandbox
    seed: int
    progress: Progress

    def baseline(self, stack: ExitStack, name: str, path: str) -> SandboxRunner:
        """The baseline in the file `path`, started."""
        assignment = self.declared.assignment
        code = read_submission(Path(assignment.folder) / path, id=name)
        return stack.enter_context(SandboxRunner(self.trusted, assignment, code))


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    award: Award
    timings: tuple[Timing, ...] = ()
    ratio: Interval | None = None
    floor: float | None = None


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

    Raises AutograderError for a file that cannot be read or an assignment that times nothing, and GraderFault when the
    grader itself fails."""
    part = timed_part(declared)
    submission = read_submission(path, id=name or path.stem)
    started, cpu = time.monotonic(), time.process_time()
    secret = secrets.randbits(128) if seed is None else seed
    outcome = _outcome(declared, part, submission, isolation, secret, progress)
    return SpeedReport(
        assignment=AssignmentRef(declared.assignment.id, declared.assignment.version),
        submission=SubmissionRef(submission.id, submission.sha256),
        track="numpy",
        device=Device("cpu", processor(), "NumPy computes on the CPU"),
        clock="cpu",
        standing=outcome.award.standing,
        reason=outcome.award.reason,
        ratio=outcome.ratio,
        floor=outcome.floor,
        target=part.target if isinstance(part, Kernel) else part.target_ratio,
        score=outcome.award.score,
        max_score=part.points,
        bonus=part.bonus,
        timings=outcome.timings,
        isolation=isolation,
        grader=autograder.__version__,
        cpu_s=round(time.process_time() - cpu, 3),
        wall_s=round(time.monotonic() - started, 3),
        alias=alias_of(submission.cells),
        environment={"python": platform.python_version(), "numpy": np.__version__, "system": platform.platform()},
        notes=submission.notes,
    )


def timed_part(declared: Declared) -> Kernel | Race:
    """What the assignment's `speed.py` declares; AutograderError when nothing of it is timed."""
    module = beside(declared.assignment, "speed")
    found = [value for value in vars(module).values() if isinstance(value, Kernel | Race)] if module else []
    if len(found) != 1:
        raise AutograderError(
            f"Nothing of {declared.assignment.id} is timed: it has no speed.py that declares a contest."
        )
    return found[0]


def _outcome(
    declared: Declared,
    part: Kernel | Race,
    submission: Submission,
    isolation: Isolation,
    seed: int,
    progress: Progress,
) -> Outcome:
    if why := objection(submission.cells):
        return Outcome(refused(why))
    packages = declared.assignment.policy.packages
    try:
        with (
            Sandbox(isolation.level, packages) as sandbox,
            Sandbox(isolation.level, packages) as trusted,
            SandboxRunner(sandbox, declared.assignment, submission) as student,
        ):
            entry = Entry(declared, submission, student, trusted, seed, progress)
            return _kernel(entry, part) if isinstance(part, Kernel) else _race(entry, part)
    except SubmissionFault as fault:  # it cannot even be loaded
        return Outcome(refused(str(fault)))


def _kernel(entry: Entry, kernel: Kernel) -> Outcome:
    """Right first, then fast. Nothing is judged while a process of the submission lives."""
    functions = {step.function for task in kernel.tasks for step in task.steps}
    if why := _not_right(entry, functions):
        return Outcome(refused(why))
    contests = []
    with ExitStack() as stack:
        peak = peak_flops(entry.trusted, entry.declared.assignment)
        runners = {name: entry.baseline(stack, name, path) for name, path in kernel.baselines.items()}
        for index, task in enumerate(kernel.tasks):
            baselines = {name: Competitor(name, runner) for name, runner in runners.items()}
            contest = Contest(
                task, kernel.rounds, index, entry.seed, Competitor("submission", entry.student), baselines
            )
            contest.run(entry.progress)  # ends with the submission's process
            contests.append(contest)
    timings = tuple(contest.judge(peak) for contest in contests)
    if broken := next((timing for timing in timings if timing.verdict is not Verdict.PASS), None):
        return Outcome(refused(f"{broken.task}: {broken.message}"), timings)
    ratio = combine([timing.ratio for timing in timings if timing.ratio])
    floor = combine([contest.ratio(contest.baselines["naive"]) for contest in contests]).value
    given = award(ratio, floor, kernel.target, kernel.points, kernel.bonus, best=1.0)
    doubted = beyond_belief(given, ratio, max(timing.roofline or 0.0 for timing in timings))
    return Outcome(doubted, timings, ratio, floor)


def _not_right(entry: Entry, functions: set[str]) -> str | None:
    """The first check of the timed functions that does not pass, as a sentence."""
    checks = [check for check in entry.declared.checks if check.entry_point in functions]
    examiner = Examiner(entry.declared, entry.seed, explain=False)
    for result in examiner.examine_all(checks, entry.student):
        if result.verdict is not Verdict.PASS:
            said = result.message.rstrip(".") if result.visibility == "public" else "it fails on a hidden case"
            return f"Speed counts once it is right: {result.check} ended in {result.verdict} ({said})."
    return None


def _race(entry: Entry, race: Race) -> Outcome:
    if fault := entry.student.fault(race.function):
        return Outcome(refused(str(fault)))
    day = RaceDay(race, entry.seed, tensors=False)
    with ExitStack() as stack:
        day.run(entry.student, entry.baseline(stack, "baseline", race.baseline), entry.progress)
    timings = day.judge()
    ratio = overall(timings)
    if ratio is None:
        missed = next(timing for timing in timings if not timing.ratio)
        return Outcome(refused(f"It did not reach the target on every data set. {missed.message}"), timings)
    given = award(ratio, 1.0, race.target_ratio, race.points, race.bonus, best=2 * race.target_ratio)
    return Outcome(given, timings, ratio, 1.0)


def processor() -> str:
    """The processor's name, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
