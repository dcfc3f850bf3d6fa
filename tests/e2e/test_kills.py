"""A grading that is killed is taken up where it stood; `python -m bench.kills --count 25` is the long run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tiny_course import replaced

from autograder.errors import IsolationUnavailable
from autograder.model import Level
from autograder.sandbox.isolation import choose

ROOT = Path(__file__).parents[2]
NAPS = replaced("import time\n\ndef double(x):\n    time.sleep(0.1)\n    return x + x")  # time to be killed in, not CPU


@pytest.mark.skipif(sys.platform != "linux", reason="orphans can only be adopted on Linux")
def test_nothing_is_lost_and_nothing_goes_on_when_a_grading_is_killed(course: Path, tmp_path: Path) -> None:
    """At eight random moments. In a process of its own, which adopts orphans and has no other children."""
    try:
        level = choose(None, at_least=Level.CONTAINED).level
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    source = tmp_path / "naps.py"
    source.write_text(NAPS)
    assignment = ["--assignment", str(course / "assignments" / "tiny"), "--source", str(source)]
    options = [*assignment, "--count", "8", "--students", "4", "--isolation", level]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.kills", *options], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith(f"{level}: 8 kills, ")
