"""Records what an assignment's formulas answer, while the reference is asked every public check under one seed."""

from __future__ import annotations

import graphlib
import itertools
import types
import warnings
from collections import ChainMap
from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import autograder
from autograder.assignment.discover import Declared, beside, discover
from autograder.checks.answers import Answers, Listed, Unanswerable, decode, encode, question, recorded_by
from autograder.checks.case import Case
from autograder.checks.fingerprint import fingerprint
from autograder.checks.run import attempt, cases_of
from autograder.checks.space import SHRINK_SEEDS
from autograder.checks.student import Student
from autograder.errors import AssignmentError, GraderFault
from autograder.model import Check, Mistake, Verdict
from autograder.sandbox.local import LocalProgram
from autograder.student.seen import fault_told, seen_question

Asked = list[tuple[dict[str, Any], int]]
About = Mapping[str, Collection[str]]
"""By check, the names of the mistakes that a failure of it is compared with."""
FORMULAS = "formulas"
LEFT_OUT = "it is judged on the numbers that your code gives, when it is graded"
SIMPLE = 12  # simple cases that a failure is shrunk to, for each check


class Recorder:
    """Notes what is asked of the functions of `formulas` and of `case.once`, and what they answer. An answer that
    is `known` is not worked out again."""

    def __init__(self, formulas: types.ModuleType | None, *known: MutableMapping[bytes, Any]) -> None:
        self.formulas = formulas
        self.values: dict[bytes, Any] = {}
        self.constants: dict[str, Any] = {}
        self._known = ChainMap(self.values, *known)
        self._new: list[bytes] = []  # noted since the outermost call began
        self._noting = True  # what is asked of `formulas`

    def once(self, case: Case, key: Any, compute: Callable[[], Any]) -> Any:
        """`compute()`, noted under the case and `key`; where its value is not plain data, what it asked is noted."""
        return self._noted(("once", case.params, case.seed, key), compute)

    def name(self, name: str) -> Any:
        """A constant of `formulas`, noted; AttributeError for a function's name."""
        value = getattr(self.formulas, name)
        if callable(value):
            raise AttributeError(name)
        self.constants[name] = encode(value)
        return value

    def call(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What the function `name` gives for these arguments, noted, but where nobody will ask for it."""
        if not self._noting:
            return getattr(self.formulas, name)(*args, **kwargs)
        return self._noted((name, args, kwargs), lambda: getattr(self.formulas, name)(*args, **kwargs))

    def again(self) -> Recorder:
        """One that has noted nothing, and knows what this one knows."""
        return Recorder(self.formulas, *self._known.maps)

    def take(self, other: Recorder) -> None:
        """Note what `other` has noted as well."""
        self.values |= other.values
        self.constants |= other.constants

    def _noted(self, parts: Sequence[Any], compute: Callable[[], Any]) -> Any:
        before = len(self._new)
        try:
            key = question(*parts)
        except Unanswerable:
            return self._computed(compute, noting=True)  # what it asks on the way stays noted
        if key in self._known:
            value, encoded = decode(self._known[key]), self._known[key]
        else:
            value = self._computed(compute, noting=False)
            try:
                encoded = encode(value)
            except Unanswerable:
                return self._computed(compute, noting=True)
        for inner in self._new[before:]:  # nobody asks for these once the whole is known
            self.values.pop(inner, None)
        del self._new[before:]
        if key not in self.values:
            self.values[key] = encoded
            self._new.append(key)
        return value

    def _computed(self, compute: Callable[[], Any], noting: bool) -> Any:
        """The value of `compute`, noting what it asks of `formulas`: a gradient asks hundreds of times."""
        before, self._noting = self._noting, noting
        try:
            return compute()
        finally:
            self._noting = before


def everything(full: Declared, checks: Collection[str]) -> About:
    """Every mistake, for each of `checks`."""
    names = {mistake.name for mistake in full.mistakes}
    return {check: names for check in checks}


def record(
    full: Declared,
    folder: Path,
    seed: int,
    source: str,
    about: Callable[[Declared, Collection[str]], About] = everything,
) -> Answers:
    """What the bundle in `folder` has to know: the answers to its checks under `seed`, by the reference and the
    formulas of `full`. What failures are explained with is recorded of what `about` gives for the checks that can be
    answered; a proof that tries a few programs asks about no more.

    A check that asks about values of the student's own cannot be answered beforehand: it is left out, and says so.
    Raises AssignmentError where the reference does not pass a check."""
    recorder = Recorder(beside(full.assignment, FORMULAS))
    with recorded_by(recorder, folder):
        checks = discover(folder)
    bundle = Bundle(full, checks, folder)
    paper = _paper(bundle, seed, recorder)
    explained = about(full, paper.cases)
    _simplify(paper, bundle, recorder, explained)
    with warnings.catch_warnings():  # NumPy's, of mistakes: a mean of nothing, a division by zero
        warnings.simplefilter("ignore")
        seen = _seen(full, seed, paper, explained)
    return Answers(
        assignment=full.assignment.id,
        source=source,
        seed=seed,
        made_with=autograder.__version__,
        cases=paper.cases,
        simple=paper.simple,
        values=dict(sorted((recorder.values | seen).items())),
        constants=recorder.constants,
        left_out=paper.left_out,
        mistakes=[_listed(mistake, paper) for mistake in full.mistakes],
    )


def _listed(mistake: Mistake, paper: _Paper) -> Listed:
    caught_by = tuple(check for check in mistake.caught_by if check in paper.cases)
    return Listed(mistake.name, mistake.entry_point, caught_by, mistake.says, mistake.seen_in)


@dataclass(frozen=True)
class Bundle:
    """The checks of a bundle, and the full assignment that it is made from."""

    full: Declared
    declared: Declared
    folder: Path

    def passes(self, check: Check, asked: Asked, tape: Recorder) -> bool:
        """Whether the reference passes `check` on these cases."""
        return self._tried(check, asked, tape, LocalProgram(vars(self.full.reference))) is Verdict.PASS

    def asks_about_the_student(self, check: Check, asked: Asked, tape: Recorder) -> bool:
        """Whether the questions change with the last digits of what the student answers; `tape` has those of the
        reference."""
        shaken = tape.again()
        with recorded_by(shaken, self.folder):
            self._tried(check, asked, shaken, _Shaken(vars(self.full.reference)))
        return shaken.values.keys() != tape.values.keys()

    def _tried(self, check: Check, asked: Asked, tape: Recorder, program: LocalProgram) -> Verdict:
        student = Student(self.full.assignment, program)
        return attempt(check, student, [Case(params, case_seed, tape) for params, case_seed in asked]).verdict


@dataclass
class _Paper:
    cases: dict[str, Asked] = field(default_factory=dict)
    simple: dict[str, Asked] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def _paper(bundle: Bundle, seed: int, recorder: Recorder) -> _Paper:
    """The cases of each check that can be answered, with their answers in `recorder`."""
    paper = _Paper()
    for check in _needed_first(bundle.declared.checks):
        if lost := next((need for need in check.needs if need in paper.left_out), None):
            paper.left_out[check.id] = f"it counts only together with {lost}, which is not in the bundle"
            continue
        asked = [(case.params, case.seed) for case in cases_of(check, seed)]
        tape = recorder.again()
        with recorded_by(tape, bundle.folder):
            passes = bundle.passes(check, asked, tape)
        if bundle.asks_about_the_student(check, asked, tape):
            paper.left_out[check.id] = LEFT_OUT
            continue
        if not passes:
            raise AssignmentError(bundle.full.assignment.folder, [f"the reference does not pass {check.id}"])
        recorder.take(tape)
        paper.cases[check.id] = asked
    return paper


def _simplify(paper: _Paper, bundle: Bundle, recorder: Recorder, about: About) -> None:
    """The simple cases of each check that `about` names, with their answers in `recorder`."""
    for check in _needed_first(bundle.declared.checks):
        if check.id in paper.cases:
            simple = simple_cases(check) if check.id in about else []
            with recorded_by(recorder, bundle.folder):
                paper.simple[check.id] = [one for one in simple if bundle.passes(check, [one], recorder)]


def _needed_first(checks: Sequence[Check]) -> list[Check]:
    by_id = {check.id: check for check in checks}
    return [by_id[name] for name in graphlib.TopologicalSorter({c.id: c.needs for c in checks}).static_order()]


def simple_cases(check: Check) -> Asked:
    """The simplest cases of a check's space: each parameter at its simplest but for one, then the rows."""
    if check.strategy is None:
        return []
    values = {name: check.strategy.simplest(name) for name in sorted(check.strategy.names)}
    base = {name: choices[0] for name, choices in values.items()}
    others = [base | {name: choice} for name, choices in values.items() for choice in choices[1:]]
    found: list[dict[str, Any]] = []
    for params in [base, *others]:
        if params not in found:
            found.append(params)
    return list(itertools.islice(((params, s) for s in SHRINK_SEEDS[:2] for params in found), SIMPLE))


def _seen(declared: Declared, seed: int, paper: _Paper, about: About) -> dict[bytes, Any]:
    """How the reference fares on each case of `seed`, and each mistake where the check first fails it, among the cases
    that are asked and among the simple ones: a student who made the mistake fails there first, too. Only of the checks
    and mistakes that `about` names."""
    found: dict[bytes, Any] = {}
    checks = [check for check in declared.checks if check.id in paper.cases and check.id in about]
    # the same objects for all mistakes, which share the oracle's work
    asked = {check.id: cases_of(check, seed) for check in checks}
    simple = {check.id: [check.strategy.case(*one) for one in paper.simple[check.id]] for check in checks}
    right = _Program(declared, None)
    for check in checks:
        for case in (*asked[check.id], *simple[check.id]):
            found |= right.noted(check, case)
    for mistake in declared.mistakes:
        wrong = _Program(declared, mistake)
        for check in checks:
            if check.entry_point in mistake.entry_points and mistake.name in about[check.id]:
                claimed = simple[check.id] if check.id in mistake.caught_by else []
                for cases in (asked[check.id], claimed):
                    found |= next(filter(None, (wrong.noted(check, case) for case in cases)), {})
    return found


class _Program(LocalProgram):
    """The reference, with `mistake` in its place where one is given. Checks that ask the same share the answer."""

    def __init__(self, declared: Declared, mistake: Mistake | None) -> None:
        super().__init__({**vars(declared.reference), **(mistake.replacements if mistake else {})}, answered={})
        self._assignment = declared.assignment
        self._name = mistake.name if mistake else ""

    def noted(self, check: Check, case: Case) -> dict[bytes, Any]:
        """How it fares on a case, with fingerprints for arrays; nothing where a mistake passes."""
        student = Student(self._assignment, self, told_in_full=False)
        try:
            tried = attempt(check, student, [case])
            told = encode([_printed(tried.trace), fault_told(tried.fault)])
        except (GraderFault, Unanswerable):
            return {}
        if self._name and tried.fault is None:
            return {}
        return {seen_question(check, case.params, case.seed, self._name): told}


def _printed(value: Any) -> Any:
    """`value` with fingerprints for arrays. What stays in the worker is told by its type alone, as everywhere."""
    if isinstance(value, np.ndarray):
        return fingerprint(value)
    if isinstance(value, tuple | list):
        return type(value)(_printed(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _printed(item) for key, item in value.items()}
    return value


class _Shaken(LocalProgram):
    """The reference, whose answers are off in their last digits, in whichever precision they are: by 8 units in the
    last place of one, far below every tolerance and too much for a product to round away."""

    def calls(self, calls: Sequence[Any]) -> list[Any]:
        return [_shake(outcome) for outcome in super().calls(calls)]

    def _ask(self, number: int, args: tuple[Any, ...]) -> Any:
        return super()._ask(number, _shake(args))


def _shake(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.floating | float) and np.asarray(value).dtype.kind == "f":
        return value * (1 + 8 * np.finfo(np.asarray(value).dtype).eps)
    if isinstance(value, tuple | list):
        return type(value)(_shake(item) for item in value)
    if isinstance(value, dict):
        return {key: _shake(item) for key, item in value.items()}
    return value
