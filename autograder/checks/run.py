"""Putting one check's questions to one student."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checks.case import Case
from autograder.checks.student import Student
from autograder.errors import CheckBroke, GraderFault, SubmissionFault
from autograder.model import Check, Verdict, Visibility

ENDED_BY_ONE_CALL = (Verdict.CRASH, Verdict.FAIL, Verdict.FORBIDDEN)
ARRAY_CAP = 24  # numbers; a larger array is shown by its shape alone


@dataclasses.dataclass(frozen=True)
class Attempt:
    """How a student fared: the fault and the case that brought it out, or neither; and what the student returned.

    `culprit` is the entry point whose call ended the check, if it was a call that did; `options` are the arguments
    other than arrays, by name, as the last calls had them, None where they had none; `passed` are the cases
    before it."""

    verdict: Verdict
    fault: SubmissionFault | None
    case: Case | None
    trace: tuple[tuple[str, tuple[Any, ...]], ...]
    precision: str
    culprit: str | None = None
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    passed: tuple[Case, ...] = ()


def cases_of(check: Check, seed: int) -> tuple[Case, ...]:
    """The cases that `check` asks under grading seed `seed`: the same objects for every submission of the class."""
    drawn = _draws(check, seed)
    if check.strategy is None:
        return (only_case(check, drawn),)
    cases: tuple[Case, ...] = check.strategy.cases(drawn, check.examples)
    return cases


def _draws(check: Check, seed: int) -> int:
    """The seed of the cases of `check`. The grading seed is the key of a hash, so that no case, token or page leads
    back to it; each hidden check has draws of its own, which those of other checks say nothing of."""
    asked = f"hidden {check.id}" if check.visibility is Visibility.HIDDEN else "public"
    return int.from_bytes(hashlib.blake2b(asked.encode(), key=str(seed).encode(), digest_size=6).digest(), "big")


@functools.lru_cache(maxsize=1024)
def only_case(check: Check, seed: int) -> Case:
    """The case of a check that has nothing to draw: a known answer."""
    return Case({}, seed)


def attempt(check: Check, student: Student, cases: Sequence[Case]) -> Attempt:
    """Ask `check` of `student` on each of `cases`, up to the first that brings out a fault of its own entry point.

    A case that another entry point's call ends, a forward pass that raises before the backward pass is asked, is passed
    over; if there are only such cases, the first of them is the result. Any other exception is a CheckBroke: whether
    the check is broken or the answer is of no use, another program's answers must tell."""
    passed_over: Attempt | None = None
    served: list[Case] = []
    for case in (shared.asked_anew() for shared in cases):
        student.forget()
        try:
            with np.errstate(all="ignore"):
                check.run(student, case)
            served.append(case)
        except SubmissionFault as fault:
            trace = tuple(student.trace)
            culprit, options = student.culprit(fault), student.options
            # a fault may be kept for the class, and its frames hold every array that they worked with
            fault.__traceback__ = fault.__context__ = fault.__cause__ = None
            failed = Attempt(fault.verdict, fault, case, trace, student.precision, culprit, options, tuple(served))
            if not is_of_another(check, failed):
                return failed
            passed_over = passed_over or failed
        except CheckBroke as broken:
            raise CheckBroke(f"check {check.id} broke on {case.params}: {broken}", case, student.last) from broken
        except GraderFault:
            raise
        except Exception as error:
            what = f"check {check.id} broke on {case.params}: {type(error).__name__}: {error}"
            raise CheckBroke(what, case, student.last) from error
    if passed_over and not served:
        return passed_over
    return Attempt(Verdict.PASS, None, None, tuple(student.trace), student.precision, passed=tuple(served))


def is_of_another(check: Check, failed: Attempt) -> bool:
    """Whether another entry point ended the check, by an exception or an answer of no use: a backward pass that nobody
    could ask, since its forward pass gave no cache. Time and memory are what all calls together used."""
    return failed.culprit not in (None, check.entry_point) and failed.verdict in ENDED_BY_ONE_CALL


def counterexample(failed: Attempt) -> dict[str, Any]:
    """The case as plain JSON values: parameters, shapes, small arrays whole, and where the worst number stands.

    Options are those that the calls had: a check may ask with others than the case's, or leave one out."""
    assert failed.case is not None
    arrays = {name: value for name, value in failed.case.used.items() if isinstance(value, np.ndarray)}
    parameters = {**failed.case.params, **failed.options}
    found: dict[str, Any] = {
        "parameters": {name: value for name, value in parameters.items() if value is not None},
        "shapes": {name: list(array.shape) for name, array in arrays.items()},
        "arguments": {name: array.tolist() for name, array in arrays.items() if array.size <= ARRAY_CAP},
    }
    found.update(getattr(failed.fault, "counterexample", {}))
    return found
