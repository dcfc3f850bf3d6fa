"""Submissions that freeze, train and put modes back in appearance alone: they earn what the same earns without it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.assignment.discover import find_assignment
from autograder.errors import IsolationUnavailable
from autograder.examine import Examiner
from autograder.model import Cell, Submission
from autograder.sandbox.isolation import choose
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
HERE = Path(__file__).parent / "training"
# What each attack attacks, and what it earns there: losses that it has computed, features that are right.
EARNED = {
    "frozen_in_name_alone": ("freeze", set()),
    "trained_elsewhere": ("fine_tune", {"losses", "uniform", "cycled", "shape"}),
    "put_back_later": ("extract_features", {"values", "hidden_values", "graph", "gradients"}),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    policy = find_assignment("transfer").assignment.policy
    try:
        level = choose(None).level
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    with Sandbox(level, policy.packages, warm=policy.warm) as sandbox:
        yield sandbox


@pytest.mark.parametrize("attack", EARNED)
def test_an_appearance_earns_nothing(sandbox: Sandbox, attack: str) -> None:
    declared = find_assignment("transfer")
    asked, earned = EARNED[attack]
    cells = (Cell(0, 1, (HERE / f"{attack}.py").read_text(encoding="utf-8")),)
    checks = [check for check in declared.checks if check.entry_point == asked]
    with SandboxRunner(sandbox, declared.assignment, Submission(attack, "", "", "script", cells)) as runner:
        results = Examiner(declared, 11, explain=False).examine_all(checks, runner)
    assert {result.check.partition(".")[2] for result in results if result.points} == earned


def test_every_attack_is_tried() -> None:
    assert {path.stem for path in HERE.glob("*.py")} == set(EARNED)
