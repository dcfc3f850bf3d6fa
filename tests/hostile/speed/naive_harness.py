"""The usual harness, in one process: warm up, read a clock around calls on the same inputs, compare one answer.

`python naive_harness.py CHEAT.py` prints how much faster than the honest code it finds the cheat, and whether it finds
it right, as JSON. It is what the speed tier is compared with, and grades nothing.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

ASSIGNMENTS = Path(__file__).parent / "course" / "assignments"
WARM_UP, CALLS = 3, 20
SHAPE = (368, 2048, 368)
MEMORY_BYTES = 8 * 2**30  # some cheats ask for all there is


class Found(NamedTuple):
    """What the harness thinks."""

    seconds: float
    right: bool


def load(name: str, path: Path) -> ModuleType:
    """The file `path` as a module, run in this process."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def timed(function: Callable[..., Any], a: Any, b: Any) -> tuple[float, Any]:
    """Seconds of the median call, and the first answer."""
    first, *_ = [function(a, b) for _ in range(WARM_UP)]
    seconds = []
    for _ in range(CALLS):
        started = time.perf_counter()
        function(a, b)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), first


def time_products(cheat: Path) -> tuple[Found, Found]:
    """The honest product, and the cheat's."""
    rng, (m, k, n) = np.random.default_rng(0), SHAPE
    a, b = rng.standard_normal((m, k), dtype=np.float32), rng.standard_normal((k, n), dtype=np.float32)
    before, known = timed(load("honest", ASSIGNMENTS / "speed_product" / "baselines" / "honest.py").product, a, b)
    seconds, given = timed(load("cheat", cheat).product, a, b)
    return Found(before, known is not None), Found(seconds, bool(np.allclose(given, a @ b, rtol=1e-2, atol=1e-2)))


def raced(train: Callable[..., Any], task: ModuleType) -> Found:
    """Seconds to the first weights that reach the target, as they are when the training is over."""
    split = task.draw(np.random.default_rng(0))
    params = task.initial(np.random.default_rng(1))
    commits = []
    started = time.perf_counter()

    def commit(weights: Any) -> None:
        commits.append((time.perf_counter() - started, weights))

    train(params, split.images, split.labels, commit, np.random.default_rng(2))
    for seconds, weights in commits:
        if task.accuracy(weights, split.test_images, split.test_labels) >= task.RACE.target:
            return Found(seconds, True)
    return Found(time.perf_counter() - started, False)


def time_races(cheat: Path) -> tuple[Found, Found]:
    """The honest trainer, and the cheat."""
    task = load("task", ASSIGNMENTS / "speed_race" / "speed.py")
    honest = raced(load("honest", ASSIGNMENTS / "speed_race" / "baselines" / "sgd.py").train, task)
    return honest, raced(load("cheat", cheat).train, task)


def main(cheat: Path) -> None:
    """Print what the harness thinks of `cheat`."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    honest, found = (time_races if cheat.stem.startswith("race_") else time_products)(cheat)
    print(json.dumps({"right": found.right, "faster": honest.seconds / max(found.seconds, 1e-9)}))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
