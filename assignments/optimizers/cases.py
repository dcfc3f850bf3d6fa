"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import Space, all_pairs

from .problems import Bowl, Classifier

# ── update rules ───────────────────────────────────────────────────────────────────────────────

# Whole or normal numbers: a wide w would hide a small update of a solution in float32.
SHAPES = {"shape": ((1,), (3,), (2, 3), (2, 1, 3)), "steps": (2, 5, 6), "content": ("normal", "whole")}
RATES = {"lr": (0.1, 0.5, 0.02)}
# Gradients so large that eps is lost beside them: where it stands, and what it is, is asked apart.
LARGE = {"scale": (1e6, 1e8)}


def _space(first, **choices):
    few = {**choices, "shape": ((3,), (2, 3)), "steps": (5, 6), "content": ("normal",)}
    return Space(rows=[first, *all_pairs(**few)[:4]], **choices)


FIRST = {"shape": (2, 3), "steps": 6, "content": "normal", "lr": 0.1}
PLAIN = _space({**FIRST, "scale": 1.0}, **SHAPES, **RATES, scale=(1.0, 0.01))
MOMENTUM = _space(
    {**FIRST, "scale": 1.0, "momentum": 0.9}, **SHAPES, **RATES, scale=(1.0, 0.01), momentum=(0.5, 0.9, 0.75)
)
RMSPROP = _space({**FIRST, "scale": 1e6, "decay": 0.9}, **SHAPES, **RATES, **LARGE, decay=(0.5, 0.9, 0.99))
ADAM = _space(
    {**FIRST, "scale": 1e6, "beta1": 0.9, "beta2": 0.999},
    **SHAPES,
    **RATES,
    **LARGE,
    beta1=(0.5, 0.9, 0.8),
    beta2=(0.75, 0.999, 0.9),
)
# Gradients no larger than eps, so that its place is seen.
SMALL = {"shape": ((3,), (2, 3)), "steps": (3, 4), "eps": (0.1, 1.0), "lr": (0.1, 0.5)}
RMSPROP_EPS = Space(
    rows=[{"shape": (2, 3), "steps": 4, "eps": 0.1, "lr": 0.1, "decay": 0.9}], **SMALL, decay=(0.5, 0.9)
)
ADAM_EPS = Space(
    rows=[{"shape": (2, 3), "steps": 4, "eps": 0.1, "lr": 0.1, "beta1": 0.9, "beta2": 0.999}],
    **SMALL,
    beta1=(0.5, 0.9),
    beta2=(0.75, 0.999),
)

OPTIONS = ("lr", "momentum", "decay", "beta1", "beta2", "eps")  # in the order of every signature


def options(case):
    """The options that the case names; eps has its default where it does not matter."""
    return {name: case.params[name] for name in OPTIONS if name in case.params}


def weights(case, name="w"):
    return case.array(name, *case.shape)


def gradients(case, name="g"):
    """One gradient for each step, (steps, …)."""
    return case.array(name, case.steps, *case.shape) * case.params.get("scale", 1.0)


def constant(case):
    """The same gradient at every step, of another order of magnitude in each element."""
    magnitudes = 10.0 ** case.rng("magnitudes").integers(0, 3, case.shape)
    return np.stack([case.array("g0", *case.shape) * case.scale * magnitudes] * case.steps)


# ── schedules ──────────────────────────────────────────────────────────────────────────────────

SCHEDULE = Space(
    rows=[{"lr0": 0.1, "k": 0.3, "t": 7}, {"lr0": 0.5, "k": 0.02, "t": 2.5}],
    lr0=(0.1, 1.0, 0.003),
    k=(0.5, 0.05, 2.0),
    t=(1, 3, 10, 0.25),
)
TIMES = Space(rows=[{"lr0": 0.1, "k": 0.3, "shape": (3, 2)}], lr0=(0.1, 2.0), k=(0.5, 0.05), shape=((1,), (4,), (2, 3)))


def times(case):
    """Times that are not whole, none of them negative."""
    return case.given("t", case.rng("t").uniform(0, 10, case.shape))


# ── mini-batches ───────────────────────────────────────────────────────────────────────────────

BATCHES = Space(
    rows=[
        {"n": 12, "batch_size": 4},
        {"n": 10, "batch_size": 4},
        {"n": 3, "batch_size": 5},
        {"n": 5, "batch_size": 1},
        {"n": 9, "batch_size": 8},
    ],
    n=(1, 2, 6, 7, 11),
    batch_size=(1, 2, 3, 6),
)


# ── training ───────────────────────────────────────────────────────────────────────────────────

# No batch larger than the data: who drops a last batch that is not full takes some steps, and is judged by them.
LOOP = Space(
    rows=[
        {"n": 7, "batch_size": 3, "epochs": 3, "names": ("W", "b")},
        {"n": 6, "batch_size": 3, "epochs": 2, "names": ("w",)},
    ],
    n=(2, 4, 9),
    batch_size=(1, 2),
    epochs=(1, 2, 3),
    names=(("w",), ("W", "b"), ("b2", "W1", "W2")),
)
EPOCHS = Space(
    rows=[
        {"n": 7, "batch_size": 3, "epochs": 3, "names": ("w",)},
        {"n": 3, "batch_size": 5, "epochs": 2, "names": ("w",)},
    ],
    n=(2, 4, 9),
    batch_size=(1, 2, 4, 10),
    epochs=(1, 2, 3),
    names=(("w",), ("W", "b")),
)


def loop_problem(case):
    """A bowl with a centre for each example, all parameters of one shape; and where training starts."""
    centres = {name: case.array(f"centre_{name}", case.n, 3) for name in case.names}
    curvature = {name: case.rng(f"curvature {name}").uniform(0.5, 2, 3) for name in case.names}
    return Bowl(centres, curvature), {name: case.array(name, 3) for name in case.names}


def narrow(case, curvature):
    """A bowl of the given curvatures whose examples nearly agree; and a start at distance 1 from its bottom."""
    centres = 3 + 0.01 * case.array("centres", 20, 2)
    return Bowl({"w": centres}, {"w": np.array(curvature)}), {"w": centres.mean(axis=0) + np.array([1.0, -1.0])}


def three_clouds(case):
    """Thirty points in three clouds at distance 2 from the origin, sorted by class; and weights of 0."""
    middles = 2 * np.array([[1.0, 0.0], [-0.5, 0.75**0.5], [-0.5, -(0.75**0.5)]])
    y = np.repeat(np.arange(3), 10)
    spread = case.rng("points").uniform(-1, 1, (30, 2))
    return Classifier(middles[y] + spread, y, 3), {"W": np.zeros((2, 3)), "b": np.zeros(3)}
