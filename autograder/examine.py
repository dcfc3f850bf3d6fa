"""One check, one submission: ask, say why what fails does, and make the failure replayable."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from autograder.assignment.discover import Declared
from autograder.checks.answers import NotRecorded
from autograder.checks.case import Case
from autograder.checks.run import Attempt, attempt, cases_of, counterexample, is_of_another
from autograder.checks.student import Program, Student, describe
from autograder.diagnosis.replay import token
from autograder.errors import AskedAhead, CheckBroke, CheckFailed, Crashed, GraderFault, SubmissionFault
from autograder.explain import Cause, Explainer, wrong_answer
from autograder.model import Check, CheckResult, Verdict, Visibility, WrongAnswer
from autograder.score import points

log = logging.getLogger(__name__)
PUBLIC_SEED = 0  # of the cases on which wrong answers are compared from class to class

# In a student's bundle: the answers are recorded, and this submission's numbers ask for another.
NOT_RECORDED = (
    "Not judged here: what it asks depends on the numbers that your code returns, and this bundle has recorded answers "
    "alone. It is judged when it is graded."
)


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
        self, entry_point: str | None = None, check: Check | None = None
    ) -> AbstractContextManager[LiveProgram]: ...


@dataclass(frozen=True)
class Met:
    """What a check came to, before it is known why; `first` is how it was answered, where it was."""

    check: Check
    verdict: Verdict
    message: str = ""
    first: Attempt | None = None
    cpu_s: float = 0.0
    wall_s: float = 0.0


@dataclass(frozen=True)
class Examiner:
    """An assignment's checks under one grading seed. `explain` says whether failures are explained, or of which checks,
    by id; the others are found all the same. Without `shrink`, they are shown on the case that brought them out, and a
    wrong gradient is not measured element by element: listed mistakes are named all the same. With `compare`, a failure
    that no listed mistake explains gets a fingerprint, by which a class's are compared."""

    declared: Declared
    seed: int
    explain: bool | Collection[str] = True
    compare: bool = False
    shrink: bool = True

    def examine_all(self, checks: Sequence[Check], runner: Runner) -> tuple[CheckResult, ...]:
        """The results of `checks`, in their order; a check is skipped when one that it needs does not pass.

        All are asked before any is explained: what a mistake would do elsewhere is evidence for or against it. Those of
        one entry point follow each other, the hidden ones last, since they then take one fork."""
        known = {check.id: check for check in self.declared.checks}
        met: dict[str, Met] = {}

        def meet(check: Check) -> Met:
            if check.id not in met:
                unmet = [known[need] for need in check.needs if meet(known[need]).verdict is not Verdict.PASS]
                met[check.id] = self._meet(check, runner, unmet)
            return met[check.id]

        first = {check.entry_point: number for number, check in reversed(list(enumerate(checks)))}
        for check in sorted(checks, key=lambda check: (first[check.entry_point], _is_hidden(check))):
            meet(check)
        everything = tuple(met.values())
        return tuple(self._told(met[check.id], runner, everything) for check in checks)

    def examine(self, check: Check, runner: Runner) -> CheckResult:
        """The result of one check alone."""
        return self._told(self._meet(check, runner, ()), runner, ())

    def _meet(self, check: Check, runner: Runner, unmet: Sequence[Check]) -> Met:
        try:
            if fault := runner.fault(check.entry_point):
                return Met(check, fault.verdict, str(fault))
            if unmet:
                return Met(check, Verdict.SKIPPED, _unmet_message(unmet[0]))
            first = self._first(check, runner)
        except SubmissionFault as fault:  # a load that its entry point alone needs: of other packages than the rest
            return Met(check, fault.verdict, str(fault))
        except NotRecorded:
            return Met(check, Verdict.SKIPPED, NOT_RECORDED)
        except GraderFault as error:
            return _broken(check, error)
        cpu_s, wall_s = runner.cpu_s, runner.wall_s
        if first.fault is None:
            return Met(check, Verdict.PASS, "", first, cpu_s, wall_s)
        if is_of_another(check, first):
            return Met(check, Verdict.SKIPPED, _waiting_message(check, first), None, cpu_s, wall_s)
        return Met(check, first.verdict, str(first.fault), first, cpu_s, wall_s)

    def _first(self, check: Check, runner: Runner) -> Attempt:
        cases = cases_of(check, self.seed)
        met: Attempt | None = None
        try:
            with runner.start(check.entry_point, check) as program:
                met = attempt(check, Student(self.declared.assignment, program, self.shrink), cases)
            return met
        except AskedAhead:
            return self._first(check, runner)
        except SubmissionFault as fault:  # the load itself, a surplus answer at the end, or more time than is allowed
            if met is not None and met.verdict is fault.verdict:
                return met  # the check has met it on a case, which is told
            return Attempt(fault.verdict, fault, None, (), "float64")
        except CheckBroke as broken:
            return self._useless(check, broken)

    def _useless(self, check: Check, broken: CheckBroke) -> Attempt:
        """The verdict on an answer that no check can work with. The reference's answers must not break the check as
        well: then it is the check that is broken, and CheckBroke goes on."""
        if broken.case is None or not self._explainer.reference_passes(check, broken.case):
            raise broken
        log.warning("%s; the reference passes it, so the answer is taken to be of no use", broken)
        name, outputs = broken.last or (check.entry_point, ())
        parts = describe(outputs[0] if len(outputs) == 1 else outputs) if outputs else "something"
        fault = CheckFailed(f"{name} returned what cannot be judged: {parts}.")
        return Attempt(fault.verdict, fault, broken.case, (), "float64")

    @property
    def _explainer(self) -> Explainer:
        return Explainer(self.declared)

    def _told(self, met: Met, runner: Runner, everything: Sequence[Met]) -> CheckResult:
        check, first = met.check, met.first
        if first is None or first.fault is None or not self._is_explained(check):
            return _result(met)
        try:
            others = [(other.check, other.first) for other in everything if other.first is not None]
            return _result(met, **self._explain(check, runner, first, others))
        except NotRecorded:
            return _result(met)  # the failure stands; only why cannot be said
        except GraderFault as error:
            return _result(_broken(check, error))

    def _is_explained(self, check: Check) -> bool:
        return self.explain if isinstance(self.explain, bool) else check.id in self.explain

    def _explain(
        self, check: Check, runner: Runner, first: Attempt, others: Sequence[tuple[Check, Attempt]]
    ) -> dict[str, Any]:
        """Message, diagnosis, counterexample and token. Of a hidden check no more than a listed mistake's own sentence:
        whatever depends on the numbers or shapes of its case would carry the case out."""
        if first.case is None:
            hidden = _is_hidden(check)
            return {"message": hidden_message(check, first.verdict)} if hidden else {}
        judged = isinstance(first.fault, CheckFailed | Crashed)
        if judged and not self._explainer.reference_passes(check, first.case):
            raise GraderFault(f"check {check.id} fails the reference, too, on {first.case.params}: {first.fault}")
        cause = self._explainer.listed(check, first, others)
        if _is_hidden(check):
            told = {"message": hidden_message(check, first.verdict), "diagnosis": cause and cause.diagnosis}
            return {**told, "replay": self._token(check, first, cause)}
        wanted = cause is None and wrong_answer(first) is not None
        shown, mark = self._on_public_cases(check, runner) if wanted else (first, None)
        if mark and (taught := self._explainer.taught(check, mark)):
            return {
                "message": str(shown.fault),
                "diagnosis": taught,
                "counterexample": counterexample(shown),
                "replay": self._token(check, shown, None),
                "fingerprint": mark.written(),
            }
        cause = cause or self._explainer.generic(first)
        smallest = self._smallest(check, runner, first, cause) if judged and self.shrink else first
        if cause and cause.mistake is None and smallest is not first:
            cause = self._explainer.generic(smallest)
        return {
            "message": str(smallest.fault),
            "diagnosis": cause and cause.diagnosis,
            "counterexample": counterexample(smallest),
            "replay": self._token(check, smallest, cause),
            "fingerprint": mark and mark.written(),
        }

    def _on_public_cases(self, check: Check, runner: Runner) -> tuple[Attempt, WrongAnswer | None]:
        """How the student fares on the cases of PUBLIC_SEED, and what stands for a wrong answer there, if it is wanted:
        the grading seed is another each year, and what a teacher writes of a mistake outlives it."""
        nothing = Attempt(Verdict.SKIPPED, None, None, (), "float64")
        if not (self.compare or any(one.check == check.id for one in self.declared.taught)):
            return nothing, None
        try:
            with runner.start(entry_point=check.entry_point) as program:
                student = Student(self.declared.assignment, program)
                found = attempt(check, student, cases_of(check, PUBLIC_SEED))
        except (SubmissionFault, CheckBroke):
            return nothing, None
        if found.case is None or not self._explainer.reference_passes(check, found.case):
            return nothing, None
        return found, wrong_answer(found)

    def _token(self, check: Check, failed: Attempt, cause: Cause | None) -> str:
        assert failed.case is not None
        case = (failed.case.params, failed.case.seed)
        return token(self.declared.assignment, check, failed.verdict, case, cause.diagnosis.mistake if cause else None)

    def _smallest(self, check: Check, runner: Runner, first: Attempt, cause: Cause | None) -> Attempt:
        """The same failure, for the same cause, on the simplest case that is found to show it."""
        found = [first]
        try:
            with runner.start(entry_point=check.entry_point) as program:

                def ask(case: Case) -> Attempt:
                    try:
                        return attempt(check, Student(self.declared.assignment, program), [case])
                    except (CheckBroke, NotRecorded):
                        return Attempt(Verdict.GRADER_ERROR, None, None, (), "float64")

                found += self._explainer.smallest(check, first, cause, ask)
        except SubmissionFault:
            pass  # its time is up: what was found until then stands
        return found[-1]


def _is_hidden(check: Check) -> bool:
    return check.visibility is Visibility.HIDDEN


def _broken(check: Check, error: GraderFault) -> Met:
    log.error("%s", error)
    return Met(check, Verdict.GRADER_ERROR, _broken_message(check, error))


def _unmet_message(need: Check) -> str:
    """What stands beside a check that waits for `need`: a hidden one has no name."""
    hidden = _is_hidden(need)
    return f"Not graded: it counts only once {'a hidden check' if hidden else need.id} passes."


def _waiting_message(check: Check, failed: Attempt) -> str:
    if _is_hidden(check):
        return f"Not graded: {failed.culprit}, which it calls, fails on a hidden case."
    return f"Not graded: it calls {failed.culprit}. {failed.fault}"


def _broken_message(check: Check, error: GraderFault) -> str:
    """What the report says when the grader broke: of a hidden check not even where, since its case is in the words."""
    if _is_hidden(check):
        return f"The grader failed on a hidden check of {check.entry_point}; no points are lost."
    return str(error)


def hidden_message(check: Check, verdict: Verdict) -> str:
    """What a student may know of a hidden case: the category. Exception texts and numbers could carry the case out."""
    words = {
        Verdict.FAIL: "gives a wrong answer",
        Verdict.CRASH: "raises an exception or ends the program",
        Verdict.TIMEOUT: "takes too long",
        Verdict.FORBIDDEN: "uses what this assignment does not allow",
        Verdict.MEMORY: "asks for too much memory",
    }
    return f"{check.entry_point} {words.get(verdict, 'fails')} on a hidden case."


def _result(met: Met, **more: Any) -> CheckResult:
    return CheckResult(
        check=met.check.id,
        entry_point=met.check.entry_point,
        visibility=met.check.visibility,
        verdict=met.verdict,
        points=points(met.verdict, met.check.points),
        max_points=met.check.points,
        cpu_s=met.cpu_s,
        wall_s=met.wall_s,
        **{"message": met.message, **more},
    )
