"""The same attacks with nothing in their way: they succeed, so what stops them elsewhere is not their own fault.

Harmless ones only: they read the canary, speak to our own ports, fork once, and leave an empty file, which is removed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hostile_ground import ATTACKS, COURSE, HONEST, SEED, Ground, children

from autograder.assignment.discover import discover
from autograder.model import GradeReport, Level
from autograder.pipeline import Grading, grade_one
from autograder.sandbox.isolation import hold


@pytest.fixture
def unprotected(ground: Ground) -> Grading:
    """Grading in a process of its own and nothing more; what it leaves behind is cleared away."""
    declared = discover(COURSE / "assignments" / "target")
    before = children()
    yield Grading(declared, SEED, hold(Level.PROCESS), declared.checks)
    for path in ground.left_behind():
        Path(path).unlink()
    ground.reached()
    for pid in children() - before:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def attacked(grading: Grading, ground: Ground, name: str) -> str:
    """The report on the attack `name`, as JSON."""
    report: GradeReport = grade_one(grading, name, ground.write(name))
    return msgspec.json.encode(report).decode()


def test_canary_is_read(unprotected: Grading, ground: Ground) -> None:
    assert ground.secret in attacked(unprotected, ground, "a_canary_by_path")


def test_references_and_hidden_checks_are_read(unprotected: Grading, ground: Ground) -> None:
    text = attacked(unprotected, ground, "a_course_by_path")
    assert "secret-of-the-reference" in text or "reference/target.py" in text


def test_grader_is_looked_at_through_proc(unprotected: Grading, ground: Ground) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("there is no /proc here")
    assert "BREACHED" in attacked(unprotected, ground, "a_proc_of_the_grader")


def test_grader_is_imported(unprotected: Grading, ground: Ground) -> None:
    assert "BREACHED" in attacked(unprotected, ground, "a_import_the_grader")


@pytest.mark.parametrize("name", ["a_network_tcp", "a_network_udp", "a_abstract_socket"])
def test_port_is_reached(unprotected: Grading, ground: Ground, name: str) -> None:
    assert "BREACHED" in attacked(unprotected, ground, name)
    assert ground.reached() != []


def test_file_is_left_behind(unprotected: Grading, ground: Ground) -> None:
    attacked(unprotected, ground, "a_leftovers_of_others")
    assert ground.left_behind() != []


def test_process_is_forked(unprotected: Grading, ground: Ground) -> None:
    assert "BREACHED" in attacked(unprotected, ground, "e_fork_bomb")


def test_daemon_outlives_the_sandbox(unprotected: Grading, ground: Ground, adopted: None) -> None:
    before = children()
    assert "BREACHED" in attacked(unprotected, ground, "f_daemon")
    assert children() - before != set()


# What a grader does that runs submissions in its own process; `np` is theirs as much as ours.
NAIVE = """
x = np.arange(12.0).reshape(4, 3)
w, b = np.ones((3, 5)), np.zeros(5)
assert np.allclose(affine_forward(x, w, b)[0], x @ w + b + 1.0)
print("full marks")
"""


@pytest.mark.parametrize("name", ["b_patch_comparisons", "c_lying_subclass"])
def test_grader_in_the_same_process_is_fooled(name: str) -> None:
    source = (ATTACKS / f"{name}.py").read_text()
    for submission, marks in ((source, "full marks"), (HONEST, "")):
        ran = subprocess.run([sys.executable, "-c", submission + NAIVE], capture_output=True, text=True, check=False)
        assert ran.stdout.strip() == marks
