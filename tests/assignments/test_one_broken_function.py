"""A copied reference with one function broken loses that function's points, and others only where a check says so."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

from autograder.assignment.discover import assignment_folders, discover
from autograder.assignment.load import load_assignment
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.prove.runners import NotingRunner
from autograder.sandbox.local import LocalRunner

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(assignment_folders(ROOT))
# Of the declarations alone: each worker that collects these tests would import every assignment, and PyTorch.
ENTRY_POINTS = [(slug, entry) for slug in SLUGS for entry in load_assignment(ROOT / "assignments" / slug).entry_points]


@functools.cache
def declared_as(slug):
    return discover(ROOT / "assignments" / slug)


def raising(function, entry):
    """The function, or module, as one that only raises."""

    def broken(*_arguments, **_options):
        raise RuntimeError("broken")

    return broken


def blank(function, entry):
    """The function with zeros for what it returns, in the right shapes; what the grader never sees stays."""
    if isinstance(function, type):
        return raising(function, entry)

    def broken(*arguments, **options):
        outputs = function(*arguments, **options)
        if len(entry.returns) == 1:
            return _zeros(list(outputs) if hasattr(outputs, "__next__") else outputs)
        return tuple(
            output if name in entry.opaque else _zeros(output)
            for name, output in zip(entry.returns, outputs, strict=True)
        )

    return broken


def _zeros(value):
    if isinstance(value, dict):
        return {name: _zeros(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_zeros(part) for part in value)
    return np.zeros_like(value) if isinstance(value, np.ndarray) else 0.0


def says_so(check, entry):
    """Whether the sentence that the student reads names the other function, or their own forward pass."""
    return entry.name in check.sentence or (
        entry.name.endswith("_forward")
        and check.entry_point.startswith(entry.name.removesuffix("_forward"))
        and "your own forward pass" in check.sentence
    )


@functools.cache
def asked_by(slug):
    """By check, the functions that it and the checks that it needs ask of the reference. A check that does not ask for
    a function has the same cases and answers when that one is broken."""
    declared = declared_as(slug)
    examiner = Examiner(declared, 1, explain=False)
    found = {}
    for check in declared.checks:
        runner = NotingRunner(vars(declared.reference))
        assert examiner.examine(check, runner).verdict is Verdict.PASS
        found[check.id] = runner.called | {check.entry_point}
    needs = {check.id: check.needs for check in declared.checks}

    def with_needs(check):
        return found[check].union(*map(with_needs, needs[check]))

    return {check: with_needs(check) for check in found}


@pytest.mark.parametrize("how", [raising, blank])
@pytest.mark.parametrize(("slug", "entry"), ENTRY_POINTS, ids=[f"{slug}-{entry.name}" for slug, entry in ENTRY_POINTS])
def test_a_broken_function_costs_its_own_points_and_those_of_checks_that_say_so(slug, entry, how):
    declared = declared_as(slug)
    right = getattr(declared.reference, entry.name)
    runner = LocalRunner({**vars(declared.reference), entry.name: how(right, entry)})
    about = [check for check in declared.checks if entry.name in asked_by(slug)[check.id]]
    results = Examiner(declared, 1, explain=False, shrink=False).examine_all(about, runner)
    checks = {check.id: check for check in declared.checks}
    if how is raising:
        assert not [r.check for r in results if r.entry_point == entry.name and r.verdict is Verdict.PASS]
    lost = [r for r in results if r.entry_point != entry.name and r.verdict is not Verdict.PASS]
    skipped = [r for r in lost if r.verdict is Verdict.SKIPPED]
    unsaid = [r for r in lost if r not in skipped and not says_so(checks[r.check], entry)]
    assert {r.check: f"{r.verdict}: {r.message}" for r in unsaid} == {}
    assert all(r.message.startswith("Not graded: ") for r in skipped)


def test_what_a_check_does_not_ask_for_changes_nothing_in_it():
    declared = declared_as("backprop")
    assert asked_by("backprop")["affine_backward.consistent"] == {"affine_backward", "affine_forward"}
    assert asked_by("backprop")["relu_forward.values"] == {"relu_forward"}
    entry = declared.assignment.entry_point("affine_forward")
    broken = {**vars(declared.reference), entry.name: raising(None, entry)}
    results = Examiner(declared, 1, explain=False).examine_all(declared.checks, LocalRunner(broken))
    lost = {result.check for result in results if result.verdict is not Verdict.PASS}
    assert lost <= {check for check, asked in asked_by("backprop").items() if entry.name in asked}


def test_a_check_that_does_not_say_so_would_be_found():
    declared = declared_as("backprop")
    checks = {check.id: check for check in declared.checks}
    affine = declared.assignment.entry_point("affine_forward")
    assert says_so(checks["affine_backward.consistent"], affine)
    assert not says_so(checks["affine_backward.gradients"], affine)
    assert not says_so(checks["relu_backward.consistent"], affine)
