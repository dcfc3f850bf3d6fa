"""Everything that can go wrong, drawn once.

AutograderError                 one sentence: what, where, what to do
├── AssignmentError             an assignment folder is wrong (all its problems at once, one a line)
├── SubmissionRefused           a submission cannot be read: not UTF-8, too large, no code, a zip bomb, …
├── BadToken                    a replay token is damaged or belongs to another assignment
├── IsolationUnavailable        the isolation asked for cannot be had on this machine
├── GraderFault                 the grader itself failed; never costs a student points
│   ├── CheckBroke              a check raised on what it was given; the answer may be to blame
│   └── AskedAhead              a batch of questions did not end well; the same is to be asked one by one
└── SubmissionFault             the student's code did something that ends a check; carries the verdict
    ├── Missing                 the entry point is not defined or not written yet
    ├── Crashed                 it raised, died, or answered outside the protocol
    ├── TimedOut                it used more time than the check allows
    ├── OutOfMemory             it asked for more memory than the check allows
    ├── Forbidden               it used what the assignment's policy forbids
    └── CheckFailed             it answered, and the answer is wrong
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from autograder.model import Verdict


class AutograderError(Exception):
    """One sentence that says what is wrong, where, and what to do.

    >>> from autograder import AutograderError, grade
    >>> try:
    ...     grade("backpropp", "ada.py")
    ... except AutograderError as error:
    ...     print(str(error)[:36])
    There is no assignment 'backpropp';
    """


class AssignmentError(AutograderError):
    """An assignment folder is wrong; every problem is listed, so that one edit can mend them all."""

    def __init__(self, where: str, problems: Sequence[str]) -> None:
        self.where = where
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{where}: {problem}" for problem in self.problems))


class SubmissionRefused(AutograderError):
    """A submission cannot be read as source code."""


class BadToken(AutograderError):
    """A replay token is damaged, or made for something that this course does not have."""


class IsolationUnavailable(AutograderError):
    """The isolation level asked for cannot be had here; grading never falls back silently."""


class GraderFault(AutograderError):
    """The grader failed, not the student; the report is flagged and no points are lost."""


class CheckBroke(GraderFault):
    """A check raised something of its own. `case` is what it asked, `last` the entry point that answered last and its
    outputs; where the reference's answers do not break it, the student's are of no use."""

    def __init__(self, message: str, case: Any = None, last: tuple[str, tuple[Any, ...]] | None = None) -> None:
        super().__init__(message)
        self.case = case
        self.last = last


class AskedAhead(GraderFault):
    """A batch of questions, put together to save messages, did not end well. Nothing follows from it: the check is
    asked again, of a fork that is asked one question at a time."""


class SubmissionFault(AutograderError):
    """The student's code ended a check; `verdict` is what the check becomes."""

    verdict: ClassVar[Verdict]


class Missing(SubmissionFault):
    """The entry point is not defined, or still raises NotImplementedError."""

    verdict = Verdict.MISSING


class Crashed(SubmissionFault):
    """The entry point raised, the process died, or its reply broke the protocol.

    `error` and `text` are the exception's type and words, where it raised one."""

    verdict = Verdict.CRASH

    def __init__(self, message: str, error: str = "", text: str = "") -> None:
        super().__init__(message)
        self.error = error
        self.text = text


class TimedOut(SubmissionFault):
    """The entry point used more CPU time, or held its reply longer, than the check allows."""

    verdict = Verdict.TIMEOUT


class OutOfMemory(SubmissionFault):
    """The entry point asked for more memory than the check allows."""

    verdict = Verdict.MEMORY


class Forbidden(SubmissionFault):
    """The entry point uses something that the assignment's policy forbids."""

    verdict = Verdict.FORBIDDEN


class CheckFailed(SubmissionFault):
    """The entry point answered, and the answer is wrong.

    `counterexample` holds plain JSON values: shapes, arguments, worst index, expected, actual.
    `tensor` names the output that is wrong; `actual` and `expected` keep the arrays for diagnosis, and `axes` says what
    their first axes count ("step"), as far as the check knows.

    >>> from autograder import CheckFailed
    >>> raise CheckFailed("out has an extra axis; drop it.", tensor="out")
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: out has an extra axis; drop it.
    """

    verdict = Verdict.FAIL

    def __init__(
        self,
        message: str,
        *,
        tensor: str | None = None,
        actual: Any = None,
        expected: Any = None,
        counterexample: Mapping[str, Any] | None = None,
        axes: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.axes = tuple(axes)
        self.tensor = tensor
        self.actual = actual
        self.expected = expected
        self.counterexample = dict(counterexample or {})
