"""The records that pass between the stages: frozen, plain, and the same words everywhere.

Imports nothing heavy: reports and scores are made from these alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal

import msgspec

# What an assignment may be called: a Python module's name, in lower case.
SLUG = re.compile(r"[a-z][a-z0-9_]*")


class Verdict(StrEnum):
    """What a check says of a submission. A closed set; only PASS earns points.

    >>> from autograder import Verdict
    >>> Verdict("TIMEOUT") is Verdict.TIMEOUT
    True
    """

    PASS = "PASS"
    FAIL = "FAIL"
    CRASH = "CRASH"
    TIMEOUT = "TIMEOUT"
    MEMORY = "MEMORY"
    MISSING = "MISSING"
    SKIPPED = "SKIPPED"
    FORBIDDEN = "FORBIDDEN"
    UNREADABLE = "UNREADABLE"
    GRADER_ERROR = "GRADER_ERROR"


class Visibility(StrEnum):
    """Who sees a check's case: everybody, or the instructor alone."""

    PUBLIC = "public"
    HIDDEN = "hidden"


class Level(StrEnum):
    """How a submission is kept apart from the grader, strongest first."""

    STRONG = "strong"
    CONTAINED = "contained"
    PROCESS = "process"


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """Base of all records: immutable, compared by value, strict when decoded."""


# ── an assignment ──────────────────────────────────────────────────────────────────────────────


class EntryPoint(Record, frozen=True):
    """A function that a student writes. `returns` names its outputs; those in `opaque` (a cache, an
    optimiser's state) are the student's own business and never leave the worker. Those in `gradients` must be derived
    by hand, and are therefore compared more closely than finite differences come. `packages` are the third-party ones
    that exist where it is called; empty stands for the policy's. With `tensors` it is PyTorch code, which is given
    tensors for arrays and may return them."""

    name: str
    signature: str
    returns: tuple[str, ...]
    opaque: tuple[str, ...] = ()
    gradients: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    tensors: bool = False
    summary: str = ""


class Limits(Record, frozen=True):
    """What one check may use, and (`total_…`) a submission in all. CPU seconds are the kernel's account of the
    student's process, so a busy machine costs nobody a verdict. Wall seconds are those for which the grader waits for
    an answer: a loose deadline for code that sleeps. `reply_mb` bounds one answer, and four times as much all answers
    to a check; `grader_cpu_s` is what the grader itself may spend on them."""

    cpu_s: float = 4.0
    wall_s: float = 60.0
    load_cpu_s: float = 4.0
    statement_cpu_s: float = 1.0
    memory_mb: int = 512
    reply_mb: int = 8
    total_cpu_s: float = 60.0
    total_wall_s: float = 120.0
    grader_cpu_s: float = 20.0


class Policy(Record, frozen=True):
    """What a submission may use. `packages` are the only third-party ones that exist in the worker;
    `forbid` are dotted names that must not be reached from an entry point. `warm` are modules of these packages that
    are imported before the submission is loaded, since they would be at the first use of something: PyTorch takes a CPU
    second and more to import `torch._dynamo` at the first optimizer, in each fork."""

    packages: tuple[str, ...] = ("numpy",)
    forbid: tuple[str, ...] = ()
    warm: tuple[str, ...] = ()


class Assignment(Record, frozen=True):
    """An assignment as data. `version` is the hash of every file that can change a grade."""

    id: str
    title: str
    summary: str
    entry_points: tuple[EntryPoint, ...]
    limits: Limits
    policy: Policy
    conventions: dict[str, str]
    folder: str
    reference: str
    version: str

    def entry_point(self, name: str) -> EntryPoint:
        """The entry point called `name`; KeyError if the assignment has none."""
        for entry in self.entry_points:
            if entry.name == name:
                return entry
        raise KeyError(name)

    def packages_of(self, name: str | None) -> tuple[str, ...]:
        """The third-party packages that exist where the entry point called `name` is called."""
        declared = (entry.packages for entry in self.entry_points if entry.name == name)
        return next(declared, ()) or self.policy.packages


# ── a submission ───────────────────────────────────────────────────────────────────────────────


class Cell(Record, frozen=True):
    """A piece of source that stands or falls alone. In a notebook `number` counts all cells from 1, as the
    student does; in a script it is 0. `line` is the line of the file on which the piece starts (1-based)."""

    number: int
    line: int
    source: str


class Dropped(Record, frozen=True):
    """Code of a submission that is not run: the functions and classes that it would define, and where it stands and
    why it is not run, as the rest of a sentence that begins with one of their names."""

    names: tuple[str, ...]
    why: str


class Submission(Record, frozen=True):
    """What was handed in, read once: `sha256` is of the bytes that were read, `cells` what they say, `dropped` what
    stands there and is not run."""

    id: str
    path: str
    sha256: str
    kind: Literal["script", "notebook"]
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    dropped: tuple[Dropped, ...] = ()


class Unreadable(Record, frozen=True):
    """What was handed in and could not be read as source code: `reason` is the sentence that says what it is."""

    id: str
    reason: str


# ── a report ───────────────────────────────────────────────────────────────────────────────────


class Diagnosis(Record, frozen=True):
    """Which mistake it is: the name of a known mistake or of a generic signature, and a teacher's sentence."""

    mistake: str
    says: str


class WrongAnswer(Record, frozen=True):
    """What stands for the numbers of a wrong output on the public cases of a check, which are the same every year: its
    shape, its largest absolute value, and two random projections (`checks.fingerprint`)."""

    tensor: str
    precision: str
    shape: tuple[int, ...]
    scale: float
    projections: tuple[float, ...]

    def written(self) -> str:
        """In one line, for a TOML file; `read` is its inverse, to 14 digits."""
        numbers = " ".join(f"{number:.13e}" for number in (self.scale, *self.projections))
        return f"{self.tensor} {self.precision} {'x'.join(map(str, self.shape))} {numbers}"

    @classmethod
    def read(cls, line: str) -> WrongAnswer:
        """ValueError for a line that `written` did not write."""
        tensor, precision, shape, scale, one, other = line.rsplit(" ", 5)
        lengths = tuple(map(int, shape.split("x")))
        return cls(tensor, precision, lengths, float(scale), (float(one), float(other)))

    def same(self, other: WrongAnswer) -> bool:
        """Whether these are the same numbers, but for rounding."""
        if (self.tensor, self.precision, self.shape) != (other.tensor, other.precision, other.shape):
            return False
        # six standard deviations of a projection of differences of at most this part of the largest number
        apart = 1e-4 if self.precision == "float32" else 1e-9
        bound = 6.0 * apart * self.scale * math.sqrt(math.prod(self.shape))
        return all(abs(a - b) <= bound for a, b in zip(self.projections, other.projections, strict=True))


class Taught(Record, frozen=True):
    """A mistake that a course's teacher named: the wrong answer of a check that it gives, and what to tell."""

    check: str
    answer: WrongAnswer
    says: str


class CheckResult(Record, frozen=True):
    """What one check said. `fingerprint` is a `WrongAnswer` that no listed mistake explains, as it is written."""

    check: str
    entry_point: str
    visibility: Visibility
    verdict: Verdict
    points: float
    max_points: float
    message: str = ""
    diagnosis: Diagnosis | None = None
    counterexample: dict[str, Any] | None = None
    replay: str | None = None
    cpu_s: float = 0.0
    wall_s: float = 0.0
    fingerprint: str | None = None


class AssignmentRef(Record, frozen=True):
    """Which assignment, and which version of it."""

    id: str
    version: str


class SubmissionRef(Record, frozen=True):
    """Which submission, by the hash of its bytes."""

    id: str
    sha256: str


class Isolation(Record, frozen=True):
    """Which level held, and what each guarantee rests on: enforced, partial or none."""

    level: Level
    guarantees: dict[str, str]


class Environment(Record, frozen=True):
    """The versions that graded: a grade can depend on them. `torch` is None where the assignment does not use it."""

    python: str = ""
    numpy: str = ""
    torch: str | None = None


class GradeReport(Record, frozen=True, kw_only=True):
    """The grade of one submission; `autograder schema` prints its JSON Schema. `printed` is what the code printed while
    each entry point was asked ("" is its top level), where a student checks their own; a grade has none.

    >>> from pathlib import Path
    >>> from autograder import GradeReport, grade
    >>> report = grade(Path("assignments/tiny"), "ada.py", isolation="process")
    >>> isinstance(report, GradeReport), report.results[0].check, str(report.results[0].verdict)
    (True, 'double.values', 'PASS')
    """

    schema: Literal["autograder/report/v1"] = "autograder/report/v1"
    assignment: AssignmentRef
    submission: SubmissionRef
    score: float
    max_score: float
    results: tuple[CheckResult, ...]
    isolation: Isolation
    seed: int
    environment: Environment = Environment()
    grader: str
    cpu_s: float
    wall_s: float
    notes: tuple[str, ...] = ()
    printed: dict[str, str] = {}


# ── a time ─────────────────────────────────────────────────────────────────────────────────────


class Standing(StrEnum):
    """What becomes of a time: it earns points, waits for a person to look at it, or counts for nothing."""

    SCORED = "scored"
    HELD = "held"
    REFUSED = "refused"


class Device(Record, frozen=True):
    """What the code ran on, and why on this."""

    kind: Literal["cpu", "cuda"]
    name: str
    why: str


class Interval(Record, frozen=True):
    """An estimate between the bounds of its 90 % bootstrap interval."""

    low: float
    value: float
    high: float


class Checkpoint(Record, frozen=True):
    """Weights that were handed over in a race: when, by the grader's clocks, and how well they do on the test set."""

    cpu_s: float
    wall_s: float
    accuracy: float


class Timing(Record, frozen=True, kw_only=True):
    """One task, or one draw of a race. `costs` are seconds a launch (or to the target), by entry, in the order in
    which they were run; `ratio` is the speed against the library (the baseline, in a race), 1 being as fast."""

    task: str
    sentence: str
    verdict: Verdict
    message: str = ""
    ratio: Interval | None = None
    costs: dict[str, tuple[float, ...]] = {}
    gflops: float | None = None
    roofline: float | None = None
    checkpoints: tuple[Checkpoint, ...] = ()


class SpeedReport(Record, frozen=True, kw_only=True):
    """What one submission's speed is worth. Unlike a grade it is a measurement: another run gives another number."""

    schema: Literal["autograder/speed/v1"] = "autograder/speed/v1"
    assignment: AssignmentRef
    submission: SubmissionRef
    track: Literal["numpy", "torch"]
    device: Device
    clock: Literal["cpu", "wall"]
    standing: Standing
    reason: str
    ratio: Interval | None
    floor: float | None
    target: float
    score: float
    max_score: float
    bonus: float
    timings: tuple[Timing, ...]
    isolation: Isolation
    grader: str
    cpu_s: float
    wall_s: float
    alias: str | None = None
    environment: dict[str, str] = {}
    notes: tuple[str, ...] = ()


# ── what an author declares ────────────────────────────────────────────────────────────────────


class Check(Record, frozen=True):
    """A named question to a submission: `run(student, case)` returns, or raises `CheckFailed`.

    `sentence` (the function's docstring) is what the student reads; `strategy` draws the cases; `needs` are the
    ids of checks that must pass before this one pays. A check that another entry point's call ends is skipped, too."""

    id: str
    entry_point: str
    points: float
    sentence: str
    visibility: Visibility
    run: Callable[..., None]
    strategy: Any = None
    examples: int = 8
    needs: tuple[str, ...] = ()


class Edit(Record, frozen=True):
    """Changes to the text of one top-level `function` (or class) of a reference: each `(before, after)`."""

    function: str
    changes: tuple[tuple[str, str], ...]


class Mistake(Record, frozen=True):
    """Known-wrong code in the place of an entry point, the checks that must catch it, and what to tell the student.

    `build` gives the wrong functions by name; `seen_in` are further entry points among them, which use the same wrong
    code. `edit` is how it differs from the reference, where it was declared that way."""

    name: str
    entry_point: str
    caught_by: tuple[str, ...]
    says: str
    build: Callable[[], dict[str, Callable[..., Any]]]
    seen_in: tuple[str, ...] = ()
    edit: Edit | None = None

    @property
    def entry_points(self) -> tuple[str, ...]:
        """Every entry point that it replaces."""
        return (self.entry_point, *self.seen_in)

    @property
    def replacements(self) -> dict[str, Callable[..., Any]]:
        """The wrong functions by entry point."""
        functions = self.build()
        return {name: functions[name] for name in self.entry_points}


class Variant(Record, frozen=True):
    """Another correct way to write some entry points; all of them must earn full points."""

    name: str
    why: str
    build: Callable[[], dict[str, Callable[..., Any]]]

    @property
    def replacements(self) -> dict[str, Callable[..., Any]]:
        """The functions, by entry point, as the author's function gives them."""
        return self.build()
