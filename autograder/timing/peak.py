"""The machine's peak, as the roofline: what a matrix product that fills the caches reaches, on one thread."""

from __future__ import annotations

import numpy as np

from autograder.model import Assignment, Cell, Submission
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.speed.declare import Problem, Step, Task
from autograder.timing.entry import Competitor

SIZE = 768
LAUNCHES = 6
SOURCE = "import numpy as np\n\ndef multiply(a, b):\n    return a @ b\n"


def _draw(rng: np.random.Generator, small: bool) -> Problem:
    a, b = (rng.standard_normal((SIZE, SIZE), dtype=np.float32) for _ in "ab")
    return Problem({"a": a, "b": b}, {}, {"out": (SIZE, SIZE)}, 2.0 * SIZE**3)


PEAK = Task("peak", "A matrix product.", (Step("multiply", ("a", "b"), ("out",)),), _draw, lambda problem: {})


def peak_flops(sandbox: Sandbox, assignment: Assignment) -> float:
    """Floating-point operations a second of a trusted matrix product in `sandbox`, the best of a few."""
    submission = Submission("peak", "", "", "script", (Cell(0, 1, SOURCE),))
    problem = _draw(np.random.default_rng(0), small=False)
    with SandboxRunner(sandbox, assignment, submission) as runner, Competitor("peak", runner).ready(PEAK) as one:
        for number in range(LAUNCHES):
            one.play(number, problem, problem.flops, budget=60.0)
        return problem.flops / min(one.costs.values())
