"""What Hypothesis draws for a grader depends on the seed alone."""

from __future__ import annotations

import subprocess
import sys

from hypothesis.internal.conjecture import providers

from autograder.checks.engine import undisturbed

DRAW = """
import sys
if sys.argv[1] == "literals":
    import literals
from hypothesis import strategies as st
from autograder.checks.space import Space
space = Space(n=st.integers(0, 10**6), kind=[*range(50)])
print([case.params for case in space.cases(3, 100)])
"""


def test_literals_of_modules_have_no_part_in_what_is_drawn(tmp_path):
    """A local module full of numbers: by itself Hypothesis draws one in twenty from it, and keeps a file on it."""
    (tmp_path / "literals.py").write_text(f"x = {[*range(1000, 1400), *range(50)]}\n")
    drawn = [
        subprocess.run(
            [sys.executable, "-c", DRAW, what], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        for what in ("literals", "none")
    ]
    assert drawn[0] == drawn[1]
    assert not (tmp_path / ".hypothesis").exists()


def test_others_in_the_process_keep_theirs():
    with undisturbed():
        with undisturbed():
            pass
        assert len(providers._get_local_constants()) == 0
    assert len(providers._get_local_constants()) > 0
