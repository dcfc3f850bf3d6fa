"""What is timed: a matrix product in float32. `honest` plays along, as the code that every cheat builds on."""

import numpy as np

from autograder import Kernel, Problem, Step, Task

# (m, k, n), about 277 million multiply-adds each: 6 ms for the library. Outputs are small beside the work:
# who answers without the worker saves the copy of them, and nothing else.
FAMILY = ((368, 2048, 368), (320, 2160, 400), (400, 1900, 364), (416, 1760, 378))
SMALL = (96, 96, 96)


def draw(rng, small):
    """A product of the family, on numbers of unit variance."""
    m, k, n = SMALL if small else FAMILY[rng.integers(len(FAMILY))]
    inputs = {
        "a": rng.standard_normal((m, k), dtype=np.float32),
        "b": rng.standard_normal((k, n), dtype=np.float32),
    }
    return Problem(inputs, {}, {"out": (m, n)}, 2.0 * m * k * n)


def expected(problem):
    """The product in float64."""
    return {"out": problem.inputs["a"].astype(np.float64) @ problem.inputs["b"].astype(np.float64)}


KERNEL = Kernel(
    tasks=(Task("product", "A matrix product.", (Step("product", ("a", "b"), ("out",)),), draw, expected),),
    baselines={name: f"baselines/{name}.py" for name in ("null", "naive", "library", "honest")},
    rounds=(4, 6),
)
