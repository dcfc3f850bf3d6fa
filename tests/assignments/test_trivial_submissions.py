"""A submission of zeros, of constants or of its own arguments earns nothing, nor does a pair that agrees with itself
and computes nothing: a check that such a program passes pays only together with the value check that it needs."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.assignment.discover import Declared, assignment_folders, discover
from autograder.examine import Examiner
from autograder.sandbox.local import LocalRunner

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(assignment_folders(ROOT))


def filled(value: Any, number: float) -> Any:
    """`value` with every number exchanged for `number`."""
    if isinstance(value, dict):
        return {name: filled(part, number) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(part, number) for part in value)
    if isinstance(value, np.ndarray):
        return np.full_like(value, number, dtype=value.dtype if value.dtype.kind == "f" else np.int64)
    return number


def constant(number: float) -> Callable[..., Any]:
    """The right shapes, and one number everywhere; what the grader never sees stays."""

    def of(function, entry, entries):
        def run(*arguments, **options):
            if any(map(callable, arguments)):  # the right answer would train, or send a batch through a network
                first = next((part for part in arguments if isinstance(part, dict | np.ndarray)), np.zeros(3))
                outputs = (first,) * len(entry.returns) if len(entry.returns) > 1 else first
            else:
                outputs = function(*arguments, **options)
            if len(entry.returns) == 1:
                outputs = (list(outputs) if hasattr(outputs, "__next__") else outputs,)
            answer = tuple(
                output if name in entry.opaque else filled(output, number)
                for name, output in zip(entry.returns, outputs, strict=True)
            )
            return answer[0] if len(answer) == 1 else answer

        return run

    return of


def echo(factor: float) -> Callable[..., Any]:
    """A factor times the first argument, for every output. A pair of such functions is each other's gradient."""

    def of(function, entry, entries):
        def times(value):
            if isinstance(value, dict):
                return {name: times(part) for name, part in value.items()}
            return factor * value if isinstance(value, float | np.ndarray) else value

        def run(*arguments, **options):
            first = next(iter(inspect.signature(function).bind(*arguments, **options).arguments.values()))
            answer = tuple(first if name in entry.opaque else times(first) for name in entry.returns)
            return answer[0] if len(answer) == 1 else answer

        return run

    return of


@functools.cache
def declared_as(slug: str) -> Declared:
    """The assignment; its cases, and what they should give, are the same for all trivial submissions."""
    return discover(ROOT / "assignments" / slug)


TRIVIAL = {"zeros": constant(0.0), "ones": constant(1.0), "arguments": echo(1.0), "halves": echo(0.5)}


@pytest.mark.parametrize("how", TRIVIAL)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_trivial_submission_earns_nothing(slug: str, how: str) -> None:
    declared = declared_as(slug)
    entries = declared.assignment.entry_points
    functions = {
        entry.name: TRIVIAL[how](getattr(declared.reference, entry.name), entry, entries)
        for entry in entries
        if not isinstance(getattr(declared.reference, entry.name), type)
    }
    examiner = Examiner(declared, 3, explain=False, shrink=False)
    results = examiner.examine_all(declared.checks, LocalRunner(functions))
    assert {result.check: result.points for result in results if result.points} == {}
    assert {result.verdict for result in results} <= {"FAIL", "CRASH", "SKIPPED", "MISSING"}
