"""The story on one screen: load → read → run → check → score → report."""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import logging
import platform
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from autograder.assignment.discover import Declared, discover, find_assignment
from autograder.errors import GraderFault, SubmissionFault
from autograder.examine import Examiner
from autograder.executors import Executor
from autograder.model import (
    AssignmentRef,
    Check,
    CheckResult,
    Environment,
    GradeReport,
    Isolation,
    Level,
    Submission,
    SubmissionRef,
    Unreadable,
    Verdict,
    Visibility,
)
from autograder.rehearsal import Rehearsal
from autograder.sandbox.ahead import Sessions
from autograder.sandbox.isolation import choose
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandboxes
from autograder.sandbox.warm import WarmSandboxes
from autograder.score import grader_failed, total
from autograder.store import Store, result_key
from autograder.student.load import with_answers
from autograder.submission import Entry
from autograder.submission.text import printable
from autograder.version import VERSION

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Grading:
    """What a whole class shares: the assignment, the grading seed, the checks that are asked, and the isolation."""

    declared: Declared
    seed: int
    isolation: Isolation
    checks: tuple[Check, ...]
    heard: bool = False  # for the student's own eyes: what the code prints, and where it stood when it was ended
    rehearsal: Rehearsal = field(default_factory=Rehearsal, compare=False, repr=False)
    # For proofs, which read verdicts and some names:
    shrink: bool = True  # whether a failure is shown on the smallest case that is found
    explain: bool | Collection[str] = True  # whether failures are explained, or of which checks

    @property
    def may_be_heard(self) -> bool:
        """Whether to keep what the code prints: never where it is asked hidden cases, which it could print."""
        return self.heard and all(check.visibility is Visibility.PUBLIC for check in self.checks)

    def sessions(self) -> Sessions:
        """The questions that are known to be asked; none for one's own eyes, which see what each check prints."""
        return {} if self.heard else self.rehearsal.sessions(self.declared, self.seed, self.checks)


def grade(
    assignment: str | Path,
    submission: str | Path,
    *,
    seed: int = 0,
    isolation: Level | str | None = None,
) -> GradeReport:
    """Grade one submission on every check of `assignment`, a name or a folder.

    Raises AssignmentError for a broken assignment and IsolationUnavailable where no isolation holds; a submission that
    cannot be read gets a report that says so.

    >>> from pathlib import Path
    >>> from autograder import grade
    >>> report = grade(Path("assignments/tiny"), "ada.py", isolation="process")
    >>> report.score == report.max_score
    True
    """
    found = discover(assignment.resolve()) if isinstance(assignment, Path) else find_assignment(assignment)
    declared = with_answers(found)
    held = choose(Level(isolation) if isolation else None)
    return grade_one(Grading(declared, seed, held, declared.checks), Path(submission).stem, Path(submission))


class HandedIn(Protocol):
    """What one student handed in, read when its turn comes: its key and its grade are of the same bytes."""

    def read(self) -> Submission | Unreadable: ...


def grade_one(grading: Grading, name: str, path: Path) -> GradeReport:
    """Read, run, check and score the submission at `path`. Whatever it does, the result is a report."""
    return grade_read(grading, Entry(name, path, printable(path.name)).read())


def grade_read(grading: Grading, submission: Submission | Unreadable, warm: WarmSandboxes | None = None) -> GradeReport:
    """Run, check and score what was read. Whatever it does, the result is a report. With `warm` it runs in sandboxes
    that stay open for the next run of the same student's."""
    clock = Clock()
    if isinstance(submission, Unreadable):
        results = _all(grading.checks, Verdict.UNREADABLE, submission.reason)
        return _report(grading, clock, submission.id, "", results, [])
    ran = _run(grading, submission, warm)
    notes = [*submission.notes, *ran.notes]
    return _report(
        grading, clock, submission.id, submission.sha256, ran.results, notes, used=ran.cpu_s, printed=ran.printed
    )


def ungraded(grading: Grading, submission: Submission, said: str) -> GradeReport:
    """The report on a submission on which the grader itself failed, for the reason `said`."""
    results = _all(grading.checks, Verdict.GRADER_ERROR, said)
    return _report(grading, Clock(), submission.id, submission.sha256, results, [said])


def grade_class(
    grading: Grading,
    entries: Sequence[HandedIn],
    executor: Executor,
    store: Store | None = None,
    grade: Callable[[Grading, Submission | Unreadable], GradeReport] | None = None,
) -> Iterator[GradeReport]:
    """Grade `entries`, each read once, in whatever order they finish. What `store` holds already is not graded again,
    and what is graded is kept there before it is given; what the grader itself broke is kept to be listed, and graded
    again when the run is taken up. `grade` is what grades one, here (`grade_read`) or on another machine."""

    def work(entry: HandedIn) -> GradeReport:
        submission = entry.read()
        key = _key(grading, submission) if store else ""
        if store and (known := store.get(key)):
            return known
        report = (grade or grade_read)(grading, submission)
        if store:
            cells = submission.cells if isinstance(submission, Submission) else ()
            store.put(f"broken {key}" if grader_failed(report.results) else key, report, cells)
        return report

    return executor.run(work, entries)


def _key(grading: Grading, submission: Submission | Unreadable) -> str:
    what = submission.reason if isinstance(submission, Unreadable) else submission.sha256
    asked = " ".join(check.id for check in grading.checks)
    # what a teacher named stands beside the version: replay tokens stay good when a sentence is added
    version = f"{grading.declared.assignment.version}{grading.declared.taught or ''}"
    return result_key(submission.id, what, version, VERSION, asked, grading.seed)


@dataclass(frozen=True)
class _Ran:
    results: tuple[CheckResult, ...]
    notes: Sequence[str]
    cpu_s: float = 0.0
    printed: Mapping[str, str] = field(default_factory=dict)


def _run(grading: Grading, submission: Submission, warm: WarmSandboxes | None) -> _Ran:
    assignment = grading.declared.assignment
    try:
        with (
            contextlib.nullcontext(warm) if warm else Sandboxes(grading.isolation.level) as sandboxes,
            SandboxRunner(
                sandboxes.holding(assignment.policy.packages, assignment.policy.warm),
                assignment,
                submission,
                sandboxes.holding,
                grading.may_be_heard,
                grading.sessions(),
            ) as runner,
        ):
            examiner = Examiner(grading.declared, grading.seed, grading.explain, compare=True, shrink=grading.shrink)
            results = examiner.examine_all(grading.checks, runner)
            grading.rehearsal.saw(runner.messages)
        return _Ran(results, runner.notes, sandboxes.cpu_s, runner.printed)
    except SubmissionFault as fault:  # it cannot even be loaded
        return _Ran(_all(grading.checks, fault.verdict, str(fault)), [str(fault)])
    except GraderFault as fault:
        return _Ran(_all(grading.checks, Verdict.GRADER_ERROR, str(fault)), [str(fault)])
    except Exception as error:  # one submission must not cost the class its grades, nor its student a report
        log.exception("grading %s failed", submission.id)
        said = f"The grader failed on this submission ({type(error).__name__}); please tell the instructor."
        return _Ran(_all(grading.checks, Verdict.GRADER_ERROR, said), [said])


def _all(checks: Sequence[Check], verdict: Verdict, message: str) -> tuple[CheckResult, ...]:
    return tuple(
        CheckResult(check.id, check.entry_point, check.visibility, verdict, 0.0, check.points, message)
        for check in checks
    )


def _report(
    grading: Grading,
    clock: Clock,
    name: str,
    sha256: str,
    results: tuple[CheckResult, ...],
    notes: Sequence[str],
    used: float = 0.0,
    printed: Mapping[str, str] = MappingProxyType({}),
) -> GradeReport:
    score, max_score = total(results)
    cpu_s, wall_s = clock.read()
    return GradeReport(
        assignment=AssignmentRef(grading.declared.assignment.id, grading.declared.assignment.version),
        submission=SubmissionRef(name, sha256),
        score=score,
        max_score=max_score,
        results=results,
        isolation=grading.isolation,
        seed=grading.seed,
        environment=environment(grading.declared.assignment.policy.packages),
        grader=VERSION,
        cpu_s=round(cpu_s + used, 4),
        wall_s=round(wall_s, 4),
        notes=tuple(notes),
        printed=dict(printed),
    )


@functools.cache
def environment(packages: tuple[str, ...]) -> Environment:
    """The versions that grade an assignment which allows `packages`, read without importing any of them."""
    torch = importlib.metadata.version("torch") if "torch" in packages else None
    return Environment(platform.python_version(), importlib.metadata.version("numpy"), torch)


class Clock:
    """CPU seconds of this thread (submissions are graded in threads) and wall seconds, since it was made."""

    def __init__(self) -> None:
        self._cpu, self._wall = time.thread_time(), time.monotonic()

    def read(self) -> tuple[float, float]:
        """CPU and wall seconds so far."""
        return time.thread_time() - self._cpu, time.monotonic() - self._wall
