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
    floating-point operations that it takes (a multiply-add counts two)."""

    inputs: dict[str, Array]
    options: dict[str, int]
    outputs: dict[str, tuple[int, ...]]
    flops: float


class Step(NamedTuple):
    """One call of a launch: `function(*[names of takes], **options) -> gives`, names that later steps may take."""

    function: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    options: bool = False


@dataclass(frozen=True)
class Task:
    """What is timed as one: the calls of a launch, a fresh problem for each, and what it should have given in float64.

    `draw(rng, small)` gives a problem of the family, or a small one of it for code that is slow; `expected(problem)` is
    computed by the grader, after the submission's process is dead. `cuda_draw` is the same for a GPU, which
    needs larger problems: there `rng` draws tensors on the device."""

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
    forbidden names. The library in float64 is also the judge there."""

    tasks: tuple[Task, ...]
    baselines: dict[str, str]
    cuda_baselines: dict[str, str] = field(default_factory=dict)
    cuda_forbid: tuple[str, ...] = ()
    target: float = 0.6
    points: float = 20.0
    bonus: float = 4.0
    rounds: tuple[int, int] = (12, 40)


class Split(NamedTuple):
    """A data set of this run: the training part, which is raced on, and the test part, which stays here."""

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
    files beside `speed.py`; a submission may use `budget` times the baseline's cost. Points run on a log scale from the
    baseline's cost to `target_ratio` times its speed; beyond `fastest` times a person looks first."""

    draw: Callable[[np.random.Generator], Split]
    initial: Callable[[np.random.Generator], dict[str, Array]]
    accuracy: Callable[[Params, Array, Array], float]
    baseline: str
    torch_baseline: str | None = None
    function: str = "train"
    target: float = 0.95
    draws: int = 3
    budget: float = 4.0
    target_ratio: float = 2.0
    fastest: float = 8.0
    points: float = 20.0
    bonus: float = 4.0
