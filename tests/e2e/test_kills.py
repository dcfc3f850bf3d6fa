"""A grading that is killed is taken up where it stood; `python -m bench.kills --count 25` is the long run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.errors import IsolationUnavailable
from autograder.model import Level
from autograder.sandbox.isolation import choose

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="orphans can only be adopted on Linux")
def test_nothing_is_lost_and_nothing_goes_on_when_a_grading_is_killed() -> None:
    """In a process of its own, which adopts orphans and has no other children."""
    try:
        level = choose(None, at_least=Level.CONTAINED).level
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    options = ["--count", "3", "--students", "6", "--isolation", level]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.kills", *options], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith(f"{level}: 3 kills, ")
