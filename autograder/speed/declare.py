"""What an assignment's `speed.py` declares: tasks whose cost is measured, or a training race."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]
Params = Mapping[str, Array]


@dataclass(frozen=True)
class Problem:
    """What one launch computes: `inputs` by name, keyword `options`, the shapes of what must come back, and the
    floating-point operations that it takes (a multiply-add counts two).

    >>> import numpy as np
    >>> from autograder import Problem
    >>> Problem({"x": np.ones((8, 3))}, options={"stride": 2}, outputs={"out": (8, 4)}, flops=2 * 8 * 3 * 4).flops
    192
    """

    inputs: dict[str, Array]
    options: dict[str, int]
    outputs: dict[str, tuple[int, ...]]
    flops: float


class Step(NamedTuple):
    """One call of a launch: `function(*[names of takes], **options) -> gives`, names that later steps may take.

    >>> from autograder import Step
    >>> Step("conv_forward", takes=("x", "w"), gives=("out", "cache"), options=True).gives
    ('out', 'cache')
    """

    function: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    options: bool = False


@dataclass(frozen=True)
class Task:
    """What is timed as one: the calls of a launch, a fresh problem for each, and what it should have given in float64.

    `draw(rng, small)` gives a problem of the family, or a small one of it for code that is slow; `expected(problem)` is
    computed by the grader, after the submission's process is dead. `cuda_draw` is the same for a GPU, which
    needs larger problems: there `rng` draws tensors on the device.

    >>> import numpy as np
    >>> from autograder import Problem, Step, Task
    >>> def draw(rng, small):
    ...     n = 10 if small else 1000
    ...     return Problem({"x": rng.standard_normal(n)}, {}, {"out": (n,)}, flops=n)
    >>> steps = (Step("double", ("x",), ("out",)),)
    >>> task = Task("double", "twice x", steps, draw, expected=lambda p: {"out": 2 * p.inputs["x"]})
    >>> task.draw(np.random.default_rng(17), True).outputs
    {'out': (10,)}
    """

    name: str
    sentence: str
    steps: tuple[Step, ...]
    draw: Callable[[np.random.Generator, bool], Problem]
    expected: Callable[[Problem], dict[str, Array]]
    cuda_draw: Callable[[np.random.Generator, bool], Problem] | None = None


@dataclass(frozen=True)
class Kernel:
    """Code that is timed launch by launch. `baselines` are files beside `speed.py`, each in the form of a submission:
    `null`, which does nothing, `naive`, `library`, and others to compare with. Points run on a log scale from the speed
    of `naive` to `target` times that of `library`, and `bonus` more on the way to `library`'s own. At least and at most
    `rounds` launches count; between the two it ends when the interval is narrow.

    `cuda_baselines` are the same in PyTorch, for a GPU, where `cuda_forbid` stands in for the assignment's list of
    forbidden names. The library in float64 is also the judge there.

    >>> from autograder import Kernel
    >>> Kernel(tasks=(), baselines={"null": "null.py", "naive": "naive.py", "library": "library.py"}).target
    0.6
    """

    tasks: tuple[Task, ...]
    baselines: dict[str, str]
    cuda_baselines: dict[str, str] = field(default_factory=dict)
    cuda_forbid: tuple[str, ...] = ()
    target: float = 0.6
    points: float = 20.0
    bonus: float = 4.0
    rounds: tuple[int, int] = (12, 40)


class Split(NamedTuple):
    """A data set of this run: the training part, which is raced on, and the test part, which stays here.

    >>> import numpy as np
    >>> from autograder import Split
    >>> images, labels = np.zeros((6, 8, 8)), np.array([0, 1, 2, 0, 1, 2])
    >>> Split(images[:4], labels[:4], images[4:], labels[4:]).test_labels
    array([1, 2])
    """

    images: Array
    labels: Array
    test_images: Array
    test_labels: Array


@dataclass(frozen=True)
class Race:
    """Training against the clock: from weights that the grader draws to `accuracy >= target` on a test set that the
    submission never sees. `function(params, images, labels, commit, rng)` hands its weights over by `commit(params)`.

    `draw(rng)` gives a data set and `initial(rng)` the weights to start from; `accuracy(params, images, labels)` is the
    grader's own. Each of `draws` data sets is raced by the submission and by `baseline` (for PyTorch `torch_baseline`),
    files beside `speed.py`; a submission may use `budget` times the baseline's cost. Judged are the weights that
    `near(initial, params)` makes of those handed over, where it is given. Points run on a log scale from the baseline's
    cost to `target_ratio` times its speed; beyond `fastest` times a person looks first.

    >>> import numpy as np
    >>> from autograder import Race, Split
    >>> def draw(rng):
    ...     labels = rng.integers(0, 2, 40)
    ...     images = labels[:, None] + 0.1 * rng.standard_normal((40, 4))
    ...     return Split(images[:30], labels[:30], images[30:], labels[30:])
    >>> def accuracy(params, images, labels):
    ...     return float(np.mean((images @ params["w"] > 2.0) == labels))
    >>> race = Race(draw, lambda rng: {"w": rng.standard_normal(4)}, accuracy, baseline="baseline.py")
    >>> race.accuracy({"w": np.ones(4)}, *race.draw(np.random.default_rng(17))[2:])
    1.0
    """

    draw: Callable[[np.random.Generator], Split]
    initial: Callable[[np.random.Generator], dict[str, Array]]
    accuracy: Callable[[Params, Array, Array], float]
    baseline: str
    torch_baseline: str | None = None
    near: Callable[[Params, Params], Params] | None = None
    function: str = "train"
    target: float = 0.95
    draws: int = 3
    budget: float = 4.0
    target_ratio: float = 2.0
    fastest: float = 8.0
    points: float = 20.0
    bonus: float = 4.0
