"""Putting one check's questions to one student."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.case import Case
from autograder.checks.student import Student
from autograder.errors import GraderFault, SubmissionFault
from autograder.model import Check, Verdict

# A grading seed and a check name the cases; known answers have one case and nothing to draw.
ARRAY_CAP = 24  # numbers; a larger array is shown by its shape alone


@dataclass(frozen=True)
class Attempt:
    """How a student fared: the fault and the case that brought it out, or neither; and what the student returned.

    `culprit` is the entry point whose call ended the check, if it was a call that did."""

    verdict: Verdict
    fault: SubmissionFault | None
    case: Case | None
    trace: tuple[tuple[str, tuple[Any, ...]], ...]
    precision: str
    culprit: str | None = None


def cases_of(check: Check, seed: int) -> tuple[Case, ...]:
    """The cases that `check` asks under grading seed `seed`: the same objects for every submission of the class."""
    if check.strategy is None:
        return (_only_case(check, seed),)
    cases: tuple[Case, ...] = check.strategy.cases(seed, check.examples)
    return cases


@functools.lru_cache(maxsize=256)
def _only_case(check: Check, seed: int) -> Case:
    return Case({}, seed)


def attempt(check: Check, student: Student, cases: Sequence[Case]) -> Attempt:
    """Ask `check` of `student` on each of `cases`, up to the first that brings out a fault of its own entry point.

    A case that another entry point's call ends, a forward pass that raises before the backward pass is asked, is passed
    over; if there are only such cases, the first of them is the result. An exception that is not the student's fault is
    the grader's: GraderFault, never a wrong answer."""
    passed_over: Attempt | None = None
    served = False
    for case in cases:
        student.trace.clear()
        try:
            with np.errstate(all="ignore"):
                check.run(student, case)
            served = True
        except SubmissionFault as fault:
            trace = tuple(student.trace)
            failed = Attempt(fault.verdict, fault, case, trace, student.precision, student.culprit(fault))
            if not is_of_another(check, failed):
                return failed
            passed_over = passed_over or failed
        except GraderFault:
            raise
        except Exception as error:
            raise GraderFault(f"check {check.id} broke on {case.params}: {type(error).__name__}: {error}") from error
    if passed_over and not served:
        return passed_over
    return Attempt(Verdict.PASS, None, None, tuple(student.trace), student.precision)


def is_of_another(check: Check, failed: Attempt) -> bool:
    """Whether another entry point ended the check, by an exception or an answer of no use: a backward pass that nobody
    could ask, since its forward pass gave no cache. Time and memory are what all calls together used."""
    return failed.culprit not in (None, check.entry_point) and failed.verdict in (Verdict.CRASH, Verdict.FAIL)


def counterexample(fault: SubmissionFault, case: Case) -> dict[str, Any]:
    """The case as plain JSON values: parameters, shapes, small arrays whole, and where the worst number stands."""
    shown = {name: value for name, value in dict(case.arrays).items() if isinstance(value, np.ndarray)}
    found: dict[str, Any] = {
        "parameters": case.params,
        "shapes": {name: list(array.shape) for name, array in shown.items()},
        "arguments": {name: array.tolist() for name, array in shown.items() if array.size <= ARRAY_CAP},
    }
    found.update(getattr(fault, "counterexample", {}))
    return found
