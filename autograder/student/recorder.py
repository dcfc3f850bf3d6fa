"""Records what an assignment's formulas answer, while the reference is asked every public check under one seed."""

from __future__ import annotations

import contextlib
import itertools
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

import autograder
from autograder.assignment.discover import Declared, beside
from autograder.checks.answers import Answers, Unanswerable, encode, question
from autograder.checks.case import SHRINK_SEEDS, Case
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.errors import AssignmentError
from autograder.model import Check, Verdict, Visibility
from autograder.sandbox.local import LocalProgram

Asked = list[tuple[dict[str, Any], int]]
FORMULAS = "formulas"
LEFT_OUT = "it is judged on the numbers that your code gives, when it is graded"
SIMPLE = 12  # simple cases that a failure is shrunk to, for each check


class Recorder:
    """Notes what is asked and answered: of `case.once`, and of the functions of `formulas` outside of it."""

    def __init__(self) -> None:
        self.values: dict[bytes, Any] = {}
        self._new: list[bytes] = []  # noted since the outermost call began

    def once(self, case: Case, key: Any, compute: Callable[[], Any]) -> Any:
        """`compute()`, noted under the case and `key`; where its value is not plain data, what it asked is noted."""
        return self._noted(("once", case.params, case.seed, key), compute)

    def function(self, name: str, formula: Callable[..., Any]) -> Callable[..., Any]:
        """`formula`, whose calls are noted under `name`."""

        def asked(*args: Any, **kwargs: Any) -> Any:
            return self._noted((name, args, kwargs), lambda: formula(*args, **kwargs))

        asked.__name__ = name
        return asked

    def _noted(self, parts: Sequence[Any], compute: Callable[[], Any]) -> Any:
        before = len(self._new)
        value = compute()
        try:
            key, encoded = question(*parts), encode(value)
        except Unanswerable:
            return value  # what it asked on the way stays noted
        for inner in self._new[before:]:  # nobody asks for these once the whole is known
            self.values.pop(inner, None)
        del self._new[before:]
        if key not in self.values:
            self.values[key] = encoded
            self._new.append(key)
        return value


@contextlib.contextmanager
def recording(declared: Declared, recorder: Recorder) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """While it lasts the formulas of the assignment note what they are asked. Gives the names of its functions, and its
    constants, encoded."""
    module = beside(declared.assignment, FORMULAS)
    if module is None:
        yield (), {}
        return
    own = {name: value for name, value in vars(module).items() if not name.startswith("__") and _is_own(value, module)}
    functions = {name: value for name, value in own.items() if callable(value)}
    constants = {name: encode(value) for name, value in own.items() if name not in functions}
    try:
        for name, function in functions.items():
            setattr(module, name, recorder.function(name, function))
        yield tuple(sorted(functions)), constants
    finally:
        for name, function in functions.items():
            setattr(module, name, function)


def _is_own(value: Any, module: types.ModuleType) -> bool:
    if isinstance(value, types.ModuleType | type):
        return False
    return getattr(value, "__module__", module.__name__) == module.__name__


def record(declared: Declared, seed: int, source: str) -> Answers:
    """What a bundle of `declared` knows: the answers to its public checks under `seed`.

    A check that asks about values of the student's own cannot be answered beforehand: it is left out, and says so.
    Raises AssignmentError where the reference does not pass a public check."""
    recorder = Recorder()
    cases: dict[str, Asked] = {}
    simple: dict[str, Asked] = {}
    left_out: dict[str, str] = {}
    for check in public(declared):
        asked = [(case.params, case.seed) for case in cases_of(check, seed)]
        shrunk = simple_cases(check)
        if _asks_about_the_student(declared, check, asked):
            left_out[check.id] = LEFT_OUT
            continue
        with recording(declared, recorder) as (functions, constants):
            if not _passes(declared, check, asked, recorder):
                raise AssignmentError(declared.assignment.folder, [f"the reference does not pass {check.id}"])
            simple[check.id] = [one for one in shrunk if _passes(declared, check, [one], recorder)]
        cases[check.id] = asked
    return Answers(
        assignment=declared.assignment.id,
        source=source,
        seed=seed,
        made_with=autograder.__version__,
        cases=cases,
        simple=simple,
        values=dict(sorted(recorder.values.items())),
        constants=constants,
        functions=functions,
        left_out=left_out,
        mistakes=[],
    )


def public(declared: Declared) -> list[Check]:
    """The checks that students have."""
    return [check for check in declared.checks if check.visibility is Visibility.PUBLIC]


def simple_cases(check: Check) -> Asked:
    """The simplest cases of a check's space: each parameter at its simplest but for one, then the rows."""
    if check.strategy is None:
        return []
    values = check.strategy.values
    base = {name: choices[0] for name, choices in values.items()}
    others = [base | {name: choice} for name, choices in values.items() for choice in choices[1:]]
    found: list[dict[str, Any]] = []
    for params in [base, *others]:
        if params not in found:
            found.append(params)
    return list(itertools.islice(((params, s) for s in SHRINK_SEEDS[:2] for params in found), SIMPLE))


def _passes(declared: Declared, check: Check, asked: Asked, tape: Recorder) -> bool:
    return _tried(declared, check, asked, tape, LocalProgram(vars(declared.reference))) is Verdict.PASS


def _tried(declared: Declared, check: Check, asked: Asked, tape: Recorder, program: LocalProgram) -> Verdict:
    student = Student(declared.assignment, program)
    return attempt(check, student, [Case(params, case_seed, tape) for params, case_seed in asked]).verdict


def _asks_about_the_student(declared: Declared, check: Check, asked: Asked) -> bool:
    """Whether the questions change with the last digits of what the student answers."""
    questions = []
    for noise in (0.0, 1e-13):
        tape = Recorder()
        with recording(declared, tape):
            _tried(declared, check, asked, tape, _Shaken(vars(declared.reference), noise))
        questions.append(tape.values.keys())
    return questions[0] != questions[1]


class _Shaken(LocalProgram):
    """The reference, whose answers are off in their last digits: by a part in 10¹³, far below every tolerance."""

    def __init__(self, functions: Any, noise: float) -> None:
        super().__init__(functions)
        self._noise = noise

    def calls(self, calls: Sequence[Any]) -> list[Any]:
        return [_shake(outcome, 1 + self._noise) for outcome in super().calls(calls)]


def _shake(value: Any, factor: float) -> Any:
    if isinstance(value, np.ndarray | float) and np.asarray(value).dtype.kind == "f":
        return value * factor
    if isinstance(value, tuple | list):
        return type(value)(_shake(item, factor) for item in value)
    if isinstance(value, dict):
        return {key: _shake(item, factor) for key, item in value.items()}
    return value
