"""What of an assignment is timed, and what is said where nothing is."""

from __future__ import annotations

import pytest
from tiny_course import write_assignment

from autograder.assignment.discover import discover
from autograder.errors import AutograderError
from autograder.model import Level, Standing
from autograder.sandbox.isolation import hold
from autograder.speed.declare import Kernel
from autograder.timing.run import time_submission, timed_part

SPEED = '''\
"""What is timed."""

import numpy as np

from autograder import Kernel, Problem, Step, Task


def draw(rng, small):
    return Problem({"x": rng.standard_normal(100_000)}, {}, {"out": (100_000,)}, 1e5)


def expected(problem):
    return {"out": 2 * problem.inputs["x"]}


TASK = Task("double", "Twice.", (Step("double", ("x",), ("out",)),), draw, expected)
CODE = {name: f"{name}.py" for name in ("null", "naive", "library")}
FIRST = Kernel((TASK,), CODE, rounds=(2, 2))
'''
CODE = {
    "null": "import numpy as np\ndef double(x):\n    return np.broadcast_to(np.float32(0), x.shape)\n",
    "naive": "def double(x):\n    return sum((x / 100 for _ in range(199)), x / 100)\n",
    "library": "def double(x):\n    return x + x\n",
}


@pytest.fixture
def timed(tmp_path):
    """The tiny assignment with a `speed.py` of its own."""

    def write(speed):
        folder = write_assignment(tmp_path, "timed_tiny")
        (folder / "speed.py").write_text(speed, encoding="utf-8")
        for name, source in CODE.items():
            (folder / f"{name}.py").write_text(source, encoding="utf-8")
        return discover(folder)

    return write


NOTHING = "is timed: it has no speed.py that declares a Kernel or a Race."


def test_an_assignment_without_a_contest_times_nothing(tiny, timed, hand_in):
    for declared in (tiny, timed('"""Nothing."""\n')):
        with pytest.raises(AutograderError, match=NOTHING):
            timed_part(declared)
    with pytest.raises(AutograderError, match=NOTHING):
        time_submission(tiny, hand_in("ada", "x = 1"), isolation=hold(Level.PROCESS))


def test_two_contests_are_one_too_many(timed):
    with pytest.raises(AutograderError, match=NOTHING):
        timed_part(timed(SPEED + "SECOND = Kernel((), {})\n"))


def test_the_contest_is_found_whatever_its_name(timed):
    assert isinstance(timed_part(timed(SPEED)), Kernel)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def double(x):\n    return 3 * x\n", "Speed counts once it is right: double.values ended in FAIL ("),
        ("x = 1\n", "Speed counts once it is right: double.values ended in MISSING (double is not defined)."),
        ("def double(x):\n    return x + x if len(x) < 9 else x\n", "double: In one launch, out is off by 5.0e-01"),
        (f"table = {'7' * 5000!r}\n", "Line 1 holds a literal of 5000 characters"),
    ],
)
def test_what_cannot_be_timed_is_refused_and_says_why(timed, hand_in, source, reason):
    report = time_submission(timed(SPEED), hand_in("ada", source), isolation=hold(Level.PROCESS), seed=1)
    assert report.standing is Standing.REFUSED
    assert report.reason.startswith(reason)
    assert (report.score, report.ratio) == (0.0, None)


def test_what_is_right_is_timed_and_reported(timed, hand_in):
    source = "# leaderboard: Ada L.\ndef double(x):\n    return 2 * x\n"
    told = []
    report = time_submission(
        timed(SPEED),
        hand_in("ada", source),
        isolation=hold(Level.PROCESS),
        name="A",
        seed=1,
        progress=lambda *row: told.append(row),
    )
    assert report.standing is Standing.HELD, "at this level it could have started processes"
    assert report.ratio.low > report.floor
    assert (report.submission.id, report.alias, report.track, report.clock) == ("A", "Ada L.", "numpy", "cpu")
    assert set(report.timings[0].costs) == {"null", "naive", "library", "submission"}
    assert told[-1] == ("double", 5, 5)
