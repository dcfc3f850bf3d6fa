"""One case of one check as a Python file, to be run and debugged: the student's code, and the check's calls."""

from __future__ import annotations

import ast
import base64
import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from autograder.checks.run import Attempt, attempt, cases_of, counterexample
from autograder.checks.student import Program, Student
from autograder.errors import AutograderError, SubmissionFault
from autograder.model import Assignment, Cell, Submission, Unreadable
from autograder.pipeline import Grading
from autograder.reports.digest import case_lines
from autograder.reports.text import one_line
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandboxes
from autograder.wire import WHOLE, Call, Earlier, Handle, Rng

CALLS = 40  # a gradient that is measured takes thousands, which tell nothing that the first ones do not
WRITTEN_OUT = 2000  # numbers of an array; a larger one is written as bytes


def script_of(grading: Grading, submission: Submission | Unreadable) -> str:
    """The text of the script for the one question of `grading`. Its calls are those that the check makes of this
    submission, which is run for them as ever. Raises AutograderError where that cannot be written down."""
    if isinstance(submission, Unreadable):
        raise AutograderError(submission.reason)
    (check,) = grading.checks
    assignment = grading.declared.assignment
    (case,) = cases_of(check, grading.seed)
    with (
        Sandboxes(grading.isolation.level) as sandboxes,
        SandboxRunner(
            sandboxes.holding(assignment.policy.packages, assignment.policy.warm),
            assignment,
            submission,
            sandboxes.holding,
        ) as runner,
    ):
        if fault := runner.fault(check.entry_point):
            raise AutograderError(str(fault))
        with runner.start(entry_point=check.entry_point) as program:
            noted = _Noted(program)
            try:
                tried = attempt(check, Student(assignment, noted), [case])
            except SubmissionFault as error:
                raise AutograderError(str(error)) from None
    lines = [
        *_docstring(check.id, check.sentence, tried),
        "",
        "import numpy as np",
        "",
        "# ── your code ──",
        *_code(submission, dict.fromkeys(call.function for call, _ in noted.calls_made)),
        "",
        "# ── the case ──",
        *_Writer(assignment, case.arrays).lines(noted.calls_made),
    ]
    return "\n".join(lines) + "\n"


class _Noted:
    """A program whose calls, with their outcomes, are noted."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.calls_made: list[tuple[Call, Any]] = []

    def calls(self, calls: Sequence[Call]) -> list[Any]:
        outcomes = self._program.calls(calls)
        self.calls_made += zip((_with_handles(call, outcomes) for call in calls), outcomes, strict=True)
        return outcomes


def _with_handles(call: Call, outcomes: Sequence[Any]) -> Call:
    """`call`, with what an earlier one of `outcomes` returned in the place of `Earlier`."""

    def found(value: Any) -> Any:
        returned = outcomes[value.call] if isinstance(value, Earlier) else None
        return returned[value.output] if isinstance(returned, tuple | list) else value

    return dataclasses.replace(call, args=tuple(map(found, call.args)))


def _docstring(check: str, sentence: str, tried: Attempt) -> Iterator[str]:
    yield f'"""{check} on one case: the calls that the check makes. `breakpoint()` stops where you put it.'
    yield ""
    yield f"asked  {_safe(sentence)}"
    if tried.fault is not None and tried.case is not None:
        yield f"found  {_safe(str(tried.fault))}"
        yield from (f"       {_safe(f'{name} {value}'.strip())}" for name, value in case_lines(counterexample(tried)))
    else:
        yield "found  It passes on this case now."
    yield '"""'


def _safe(text: str) -> str:
    """`text` in one line that ends no docstring."""
    return one_line(text).replace("\\", "\\\\").replace('"""', "'''")


def _code(submission: Submission, called: Iterable[str]) -> Iterator[str]:
    """The submission's own file where it is a script, so that an edit there counts; a notebook's code as it stands."""
    if submission.kind == "script" and submission.path.endswith(".py"):
        yield "import importlib.util"
        yield ""
        yield f'spec = importlib.util.spec_from_file_location("mine", {str(Path(submission.path).resolve())!r})'
        yield "mine = importlib.util.module_from_spec(spec)"
        yield "spec.loader.exec_module(mine)"
        yield from (f"{name} = mine.{name}" for name in called)
        return
    for cell in submission.cells:
        yield f"# cell {cell.number}" if cell.number else ""
        yield from _without_checks(cell)


def _without_checks(cell: Cell) -> list[str]:
    """The lines of a cell, but for calls of `check`, which would check this file."""
    lines = cell.source.split("\n")
    try:
        tree = ast.parse(cell.source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [f"# {line}" for line in ("this cell is not Python:", *lines)]
    for statement in tree.body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "check":
            for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
                lines[number] = f"# {lines[number]}"
    return lines


class _Writer:
    """Writes calls as Python, with a variable for each array and for what stays with the student's code."""

    def __init__(self, assignment: Assignment, arrays: Mapping[str, Any]) -> None:
        self._assignment = assignment
        self._names = {id(array): name for name, array in arrays.items() if isinstance(array, np.ndarray)}
        self._written: set[str] = set()
        self._kept: dict[int, str] = {}
        self._lines: list[str] = []

    def lines(self, calls: Iterable[tuple[Call, Any]]) -> list[str]:
        made = list(calls)
        for call, outcome in made[:CALLS]:
            self._call(call, outcome)
        if len(made) > CALLS:
            self._lines.append(f"# … and {len(made) - CALLS} more calls")
        return self._lines

    def _call(self, call: Call, outcome: Any) -> None:
        if call.adapter:
            raise AutograderError(f"{call.function} is PyTorch code, for which no script is written.")
        args = [self._value(value) for value in call.args]
        args += [f"{name}={self._value(value)}" for name, value in call.kwargs.items()]
        returns = self._assignment.entry_point(call.function).returns
        names = [self._fresh(name) for name in returns]
        for position, kept in self._keeps(call, outcome):
            self._kept[kept.id] = names[position]
        self._lines.append(f"{', '.join(names)} = {call.function}({', '.join(args)})")
        opaque = self._assignment.entry_point(call.function).opaque
        shown = [name for name, output in zip(names, returns, strict=True) if output not in opaque]
        self._lines += [f'print("{name} =", {name})' for name in shown]

    def _keeps(self, call: Call, outcome: Any) -> Iterator[tuple[int, Handle]]:
        if call.keep == (WHOLE,) and isinstance(outcome, Handle):
            yield 0, outcome
        elif isinstance(outcome, tuple | list):
            yield from ((at, part) for at, part in enumerate(outcome) if isinstance(part, Handle))

    def _fresh(self, name: str) -> str:
        number, fresh = 1, name
        while fresh in self._written:
            number += 1
            fresh = f"{name}_{number}"
        self._written.add(fresh)
        return fresh

    def _value(self, value: Any) -> str:
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, Handle):
            return self._kept.get(value.id, "None")
        if isinstance(value, Rng):
            return f"np.random.default_rng({value.seed})"
        if isinstance(value, np.generic):
            return repr(value.item())
        if isinstance(value, tuple | list):
            inner = ", ".join(map(self._value, value))
            return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
        if isinstance(value, Mapping):
            return f"{{{', '.join(f'{key!r}: {self._value(item)}' for key, item in value.items())}}}"
        if callable(value):
            raise AutograderError("This check gives your code a function of its own, which a script cannot hold.")
        return repr(value)

    def _array(self, array: np.ndarray[Any, Any]) -> str:
        if id(array) not in self._names or self._names[id(array)] not in self._written:
            name = self._fresh(self._names.get(id(array), "array"))
            self._names[id(array)] = name
            self._lines.append(f"{name} = {_literal(array)}")
        return self._names[id(array)]


def _literal(array: np.ndarray[Any, Any]) -> str:
    kind = "" if array.dtype == np.float64 else f', dtype="{array.dtype}"'
    if 0 < array.size <= WRITTEN_OUT and np.isfinite(array).all():
        return f"np.array({array.tolist()}{kind or ', dtype=float'})"
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return f'np.frombuffer(__import__("base64").b64decode("{data}"){kind}).reshape({array.shape}).copy()'
