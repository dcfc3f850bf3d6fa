"""Submissions that forge models, looks at them, and tensors: they earn nothing, and the grader stands."""

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
HERE = Path(__file__).parent / "models"
ASKED = ("saliency", "feature_maps", "scaled_filters")
LOST = {"FAIL", "CRASH", "SKIPPED", "MISSING"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    policy = find_assignment("visualization").assignment.policy
    try:
        level = choose(None).level
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    with Sandbox(level, policy.packages, warm=policy.warm) as sandbox:
        yield sandbox


def verdicts(sandbox: Sandbox, name: str) -> dict[str, str]:
    """By check, of the entry points that are asked, with a grading seed."""
    declared = find_assignment("visualization")
    source = (HERE / f"{name}.py").read_text(encoding="utf-8")
    submission = Submission(name, "", "", "script", (Cell(0, 1, source),))
    checks = [check for check in declared.checks if check.entry_point in ASKED]
    with SandboxRunner(sandbox, declared.assignment, submission) as runner:
        return {r.check: str(r.verdict) for r in Examiner(declared, 11, explain=False).examine_all(checks, runner)}


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.py") if path.stem != "right_but_hooked"))
def test_what_is_forged_earns_nothing(sandbox: Sandbox, name: str) -> None:
    found = verdicts(sandbox, name)
    assert set(found.values()) <= LOST, found


def test_a_hook_on_every_module_is_seen(sandbox: Sandbox) -> None:
    found = verdicts(sandbox, "right_but_hooked")
    wrong = {check for check, verdict in found.items() if check.startswith("saliency.") and verdict != "PASS"}
    assert wrong == {"saliency.model"}
