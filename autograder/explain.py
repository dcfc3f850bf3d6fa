"""Why a check failed: which mistake it is, and the smallest case on which all that is said of it holds.

The sentence, the numbers and the case are of one case, which the reference passes. A mistake is looked for where the
check failed, on a case that is large enough to tell mistakes apart, and named only if nothing else that the student's
function did speaks against it; a smaller case is shown only if the same can be said there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.assignment.discover import Declared
from autograder.checks.case import Case
from autograder.checks.fingerprint import Fingerprint, fingerprint
from autograder.checks.run import Attempt, attempt, only_case
from autograder.checks.space import SHRINK_SEEDS
from autograder.checks.student import Student
from autograder.diagnosis.kept import Kept
from autograder.diagnosis.match import CLOSENESS, Match, Seen, candidates
from autograder.diagnosis.signatures import signature
from autograder.errors import AssignmentError, CheckFailed, Crashed, GraderFault
from autograder.model import Check, Diagnosis, Mistake, WrongAnswer
from autograder.sandbox.local import LocalProgram

Others = Iterable[tuple[Check, Attempt]]
# How the reference and listed mistakes fare, for the whole class. One that draws a layer's weights takes 1 to 3 MB.
_kept = Kept(2**26)
_VARYING = re.compile(
    r" in [^,:]* of \d+,| at \[[^]]*\]|; they differ by .* is allowed|\[[^]]*\]|\([^)]*\)|-?\d[\w.+-]*"
)


@dataclass(frozen=True)
class Cause:
    """What is said of a failure, and the listed mistake that it is, where it is one."""

    diagnosis: Diagnosis
    mistake: Mistake | None = None


@dataclass(frozen=True)
class Explainer:
    """An assignment's reference, listed mistakes and signatures."""

    declared: Declared

    def reference_passes(self, check: Check, case: Case) -> bool:
        """Whether the reference passes `case`; the class shares the case, and with it this work."""
        right = self._local(check, case, None)
        return right is not None and right.fault is None

    def listed(self, check: Check, first: Attempt, others: Others) -> Cause | None:
        """The listed mistake that explains `first`, a failure of `check`, and is at odds with none of `others`, what
        the same student's other checks came to."""
        case, others = first.case, tuple(others)
        if case is None or not isinstance(first.fault, CheckFailed | Crashed):
            return None
        fitting = []
        for mistake in candidates(check, self.declared.mistakes):
            if self._explains(mistake, check, case, first) and not self._refuted(mistake, check, first, others):
                fitting.append(Cause(Diagnosis(mistake.name, mistake.says), mistake))
                if isinstance(first.fault, CheckFailed):
                    break
        # one exception may have many causes: two mistakes that raise it leave the question open
        return fitting[0] if len({cause.diagnosis.says for cause in fitting}) == 1 else None

    def generic(self, failed: Attempt) -> Cause | None:
        """What the wrong numbers alone show."""
        case, fault = failed.case, failed.fault
        if case is None or not isinstance(fault, CheckFailed) or fault.actual is None or fault.expected is None:
            return None
        found = signature(
            fault.actual,
            fault.expected,
            tensor=fault.tensor or "the output",
            context={name: array for name, array in case.used.items() if isinstance(array, np.ndarray)},
            tolerance=CLOSENESS[failed.precision],
            axes=fault.axes,
        )
        return Cause(found) if found else None

    def note(self, check: Check, failed: Attempt, mistake: Mistake) -> None:
        """Take `failed`, how `mistake` itself fared in a submission's place, for how it fares on that case."""
        if failed.case is not None:
            _kept.once((check.run, mistake.name, *failed.case.identity), lambda: _seen(failed))

    def taught(self, check: Check, answer: WrongAnswer) -> Diagnosis | None:
        """What the course's teacher says of this wrong answer of `check`."""
        for one in self.declared.taught:
            if one.check == check.id and one.answer.same(answer):
                named = hashlib.sha256(one.answer.written().encode()).hexdigest()[:8]
                return Diagnosis(f"course:{named}", one.says)
        return None

    def smallest(
        self, check: Check, first: Attempt, cause: Cause | None, ask: Callable[[Case], Attempt]
    ) -> Iterable[Attempt]:
        """Attempts at ever simpler cases of `check`, all of which fail as `first` does and for the same `cause`, while
        the reference passes; `ask` puts a case to the student."""
        assert first.case is not None
        found: list[Attempt] = []

        def holds(case: Case) -> bool:
            if not self.reference_passes(check, case):
                return False
            again = ask(case)
            if not self._same_failure(check, first, again, cause):
                return False
            found.append(again)
            return True

        if check.strategy is not None:
            check.strategy.shrink(first.case, holds)
        else:
            any(holds(only_case(check, seed)) for seed in SHRINK_SEEDS)
        return found

    def _same_failure(self, check: Check, first: Attempt, again: Attempt, cause: Cause | None) -> bool:
        if again.case is None or _kind(again) != _kind(first):
            return False
        if cause is None:
            return True
        if cause.mistake is not None:
            return self._explains(cause.mistake, check, again.case, again)
        other = self.generic(again)
        return other is not None and other.diagnosis.mistake == cause.diagnosis.mistake

    def _explains(self, mistake: Mistake, check: Check, case: Case, student: Attempt) -> bool:
        theirs, right = self._local(check, case, mistake), self._local(check, case, None)
        if theirs is None or right is None:
            return False
        return self._match(mistake, student).explains(_seen(student), theirs, right)

    def _refuted(self, mistake: Mistake, check: Check, first: Attempt, others: Others) -> bool:
        """Whether the student's answers elsewhere are not those of `mistake`: right where it is wrong, or wrong in
        another way in the same output."""
        if self._fails_one_of(mistake, check, first.passed):
            return True
        tensor = getattr(first.fault, "tensor", None)
        # where several entry points share the code, the student may have written it several times
        here = (check.entry_point,) if check.entry_point in mistake.entry_points else mistake.entry_points
        for other, met in others:
            if other.id == check.id or other.entry_point not in here:
                continue
            if met.fault is None:
                if other.id in mistake.caught_by and self._fails_one_of(mistake, other, met.passed):
                    return True
            elif met.case is not None and isinstance(met.fault, CheckFailed) and isinstance(first.fault, CheckFailed):
                theirs = self._local(other, met.case, mistake)
                if theirs is not None and self._match(mistake, met).refutes(_seen(met), theirs, tensor):
                    return True
        return False

    def _match(self, mistake: Mistake, student: Attempt) -> Match:
        entries = {name: self.declared.assignment.entry_point(name).returns for name in mistake.entry_points}
        return Match(entries, student.precision)

    def _fails_one_of(self, mistake: Mistake, check: Check, cases: Iterable[Case]) -> bool:
        seen = (self._local(check, case, mistake) for case in cases)
        return any(met is not None and met.fault is not None for met in seen)

    def _local(self, check: Check, case: Case, mistake: Mistake | None) -> Seen | None:
        """How the reference fares on `case`, with `mistake` in its place where one is given; None where the check
        breaks, which is for `prove` to find."""

        def run() -> Seen | None:
            try:
                functions = {**vars(self.declared.reference), **(mistake.replacements if mistake else {})}
                return _seen(attempt_locally(self.declared, check, functions, case))
            except (GraderFault, AssignmentError):
                return None

        name = mistake.name if mistake else ""
        if self.declared.recorded:
            found: Seen | None = self.declared.recorded(check, case, name)
            return found
        return _kept.once((check.run, name, *case.identity), run)


def attempt_locally(
    declared: Declared, check: Check, functions: Mapping[str, Callable[..., Any]], case: Case
) -> Attempt:
    """An attempt by trusted functions, in this process."""
    return attempt(check, Student(declared.assignment, LocalProgram(functions), told_in_full=False), [case])


def _seen(attempt: Attempt) -> Seen:
    return Seen(attempt.trace, attempt.fault)


def wrong_answer(failed: Attempt) -> WrongAnswer | None:
    """What stands for the wrong numbers of `failed`; None where they are too few to tell two mistakes apart: one or two
    numbers, a constant, or numbers that are not finite."""
    fault = failed.fault
    if not isinstance(fault, CheckFailed) or fault.actual is None:
        return None
    found = fingerprint(fault.actual)
    if not isinstance(found, Fingerprint) or not np.ptp(np.asarray(fault.actual)):
        return None
    tensor = fault.tensor or "output"
    return WrongAnswer(tensor, failed.precision, found.shape, found.scale, found.projections)


def _kind(failed: Attempt) -> tuple[Any, ...]:
    """Equal for failures that differ in numbers and shapes alone."""
    fault = failed.fault
    if isinstance(fault, Crashed) and fault.error:
        return failed.verdict, failed.culprit, fault.error
    return failed.verdict, failed.culprit, getattr(fault, "tensor", None), _VARYING.sub("#", str(fault))
