"""One check, one submission: ask, shrink what fails, say which mistake it is, and make the failure replayable."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograder.assignment.discover import Declared
from autograder.checks.case import Case
from autograder.checks.run import Attempt, attempt, cases_of, counterexample, is_of_another
from autograder.checks.student import Program, Student
from autograder.diagnosis.match import CLOSENESS, Trace, match
from autograder.diagnosis.replay import token
from autograder.diagnosis.signatures import signature
from autograder.errors import AssignmentError, CheckFailed, Crashed, GraderFault, SubmissionFault
from autograder.model import Check, CheckResult, Diagnosis, Mistake, Verdict, Visibility
from autograder.sandbox.local import LocalProgram
from autograder.score import points

log = logging.getLogger(__name__)


class LiveProgram(Program, Protocol):
    """A program that may have ended itself."""

    @property
    def ended(self) -> bool: ...


class Runner(Protocol):
    """A submission that can be started afresh; checks of one group may meet the same start."""

    cpu_s: float
    wall_s: float

    def fault(self, entry_point: str) -> SubmissionFault | None: ...

    def start(
        self, group: str | None = None, entry_point: str | None = None
    ) -> AbstractContextManager[LiveProgram]: ...


@dataclass(frozen=True)
class Examiner:
    """An assignment's checks under one grading seed. Without `explain`, failures are found but not explained."""

    declared: Declared
    seed: int
    explain: bool = True

    def examine_all(self, checks: Sequence[Check], runner: Runner) -> tuple[CheckResult, ...]:
        """The results of `checks`, in their order; a check is skipped when one that it needs does not pass."""
        known = {check.id: check for check in self.declared.checks}
        results: dict[str, CheckResult] = {}

        def result(check: Check) -> CheckResult:
            if check.id not in results:
                unmet = [need for need in check.needs if result(known[need]).verdict is not Verdict.PASS]
                results[check.id] = self.examine(check, runner, unmet)
            return results[check.id]

        return tuple(result(check) for check in checks)

    def examine(self, check: Check, runner: Runner, unmet: Sequence[str] = ()) -> CheckResult:
        """The result of one check."""
        if fault := runner.fault(check.entry_point):
            return _result(check, fault.verdict, str(fault))
        if unmet:
            return _result(check, Verdict.SKIPPED, f"Not graded: it counts only once {unmet[0]} passes.")
        try:
            first = self._first(check, runner)
            cpu_s, wall_s = runner.cpu_s, runner.wall_s
            if first.fault is None:
                return _result(check, Verdict.PASS, cpu_s=cpu_s, wall_s=wall_s)
            if is_of_another(check, first):
                return _result(check, Verdict.SKIPPED, _waiting_message(check, first), cpu_s=cpu_s, wall_s=wall_s)
            explained = self._explain(check, runner, first) if self.explain else {"message": str(first.fault)}
        except GraderFault as error:
            log.error("%s", error)
            return _result(check, Verdict.GRADER_ERROR, _broken_message(check, error))
        return _result(check, first.verdict, cpu_s=cpu_s, wall_s=wall_s, **explained)

    def _first(self, check: Check, runner: Runner) -> Attempt:
        cases = cases_of(check, self.seed)
        try:
            with runner.start(f"{check.entry_point} {check.visibility}", check.entry_point) as program:
                return attempt(check, Student(self.declared.assignment, program), cases)
        except SubmissionFault as fault:  # the load itself, or a surplus answer at the end
            return Attempt(fault.verdict, fault, None, (), "float64")

    def _explain(self, check: Check, runner: Runner, first: Attempt) -> dict[str, Any]:
        diagnosis = self._diagnose(check, first)
        told = diagnosis is not None and check.visibility is Visibility.HIDDEN  # whose case nobody will see
        smallest = first if told else self._shrink(check, runner, first) or first
        if diagnosis is None and smallest is not first:
            diagnosis = self._diagnose(check, smallest)
        case = smallest.case
        name = diagnosis.mistake if diagnosis else None
        replay = None
        if case is not None:
            replay = token(self.declared.assignment, check, first.verdict, (case.params, case.seed), name)
        if check.visibility is Visibility.HIDDEN:
            return {"message": hidden_message(check, first.verdict), "diagnosis": diagnosis, "replay": replay}
        fault = smallest.fault or first.fault
        assert fault is not None
        shown = counterexample(fault, case) if case is not None else None
        return {"message": str(fault), "diagnosis": diagnosis, "counterexample": shown, "replay": replay}

    def _shrink(self, check: Check, runner: Runner, first: Attempt) -> Attempt | None:
        """The same failure on the smallest case that shows it; None where there is none to be found."""
        if check.strategy is None or first.case is None or not isinstance(first.fault, CheckFailed | Crashed):
            return None
        try:
            with runner.start(entry_point=check.entry_point) as program:
                if program.ended:
                    return None

                def again(case: Case) -> Attempt:
                    return attempt(check, Student(self.declared.assignment, program), [case])

                def fails(case: Case) -> bool:
                    return again(case).verdict is first.verdict and not program.ended

                case = check.strategy.shrink(fails, self.seed)
                return again(case) if case is not None else None
        except SubmissionFault:
            return None

    def _diagnose(self, check: Check, failed: Attempt) -> Diagnosis | None:
        case, fault = failed.case, failed.fault
        if case is None or not isinstance(fault, CheckFailed):
            return None

        def with_mistake(mistake: Mistake) -> Trace | None:  # the class shares the case, and with it this work
            return case.once(("mistake", check.id, mistake.name), lambda: self._trace_of(mistake, check, case))

        known = match(check, self.declared.mistakes, failed.trace, failed.precision, with_mistake)
        if known or fault.actual is None or fault.expected is None:
            return known
        context = {name: array for name, array in dict(case.arrays).items() if isinstance(array, np.ndarray)}
        tolerance = CLOSENESS[failed.precision]
        tensor = fault.tensor or "the output"
        return signature(fault.actual, fault.expected, tensor=tensor, context=context, tolerance=tolerance)

    def _trace_of(self, mistake: Mistake, check: Check, case: Case) -> Trace | None:
        try:
            functions = {**vars(self.declared.reference), **mistake.replacements}
            theirs = self.attempt_locally(check, functions, case)
        except (GraderFault, AssignmentError):  # a mistake that breaks the check is for `prove` to find
            return None
        return theirs.trace if theirs.fault is not None else None

    def attempt_locally(self, check: Check, functions: Mapping[str, Callable[..., Any]], case: Case) -> Attempt:
        """An attempt by trusted functions, in this process."""
        return attempt(check, Student(self.declared.assignment, LocalProgram(functions)), [case])


def _waiting_message(check: Check, failed: Attempt) -> str:
    if check.visibility is Visibility.HIDDEN:
        return f"Not graded: {failed.culprit}, which it calls, fails on a hidden case."
    return f"Not graded: it calls {failed.culprit}. {failed.fault}"


def _broken_message(check: Check, error: GraderFault) -> str:
    """What the report says when the grader broke: of a hidden check not even where, since its case is in the words."""
    if check.visibility is Visibility.HIDDEN:
        return f"The grader failed on a hidden check of {check.entry_point}; no points are lost."
    return str(error)


def hidden_message(check: Check, verdict: Verdict) -> str:
    """What a student may know of a hidden case: the category. Exception texts and numbers could carry the case out."""
    words = {
        Verdict.FAIL: "gives a wrong answer",
        Verdict.CRASH: "raises an exception or ends the program",
        Verdict.TIMEOUT: "takes too long",
        Verdict.MEMORY: "asks for too much memory",
    }
    return f"{check.entry_point} {words.get(verdict, 'fails')} on a hidden case."


def _result(check: Check, verdict: Verdict, message: str = "", **more: Any) -> CheckResult:
    return CheckResult(
        check=check.id,
        entry_point=check.entry_point,
        visibility=check.visibility,
        verdict=verdict,
        points=points(verdict, check.points),
        max_points=check.points,
        message=message,
        **more,
    )
