"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import Space, all_pairs

from .problems import Bowl, Classifier

# ── update rules ───────────────────────────────────────────────────────────────────────────────

# Values are asked with every option at its default; other options are asked apart (OTHER), so that an option that is
# not read costs no more than that. Gradients are so large that eps is lost beside them: where it stands is asked apart.
SHAPES = {"shape": ((1,), (3,), (2, 3), (2, 1, 3)), "steps": (3, 5, 6), "content": ("normal", "whole")}
SMALL, LARGE = {"scale": (1.0, 0.01)}, {"scale": (1e6, 1e8)}
FIRST = {"shape": (2, 3), "steps": 6, "content": "normal"}


def _space(first, **choices):
    few = {**choices, "shape": ((3,), (2, 3)), "steps": (5, 6), "content": ("normal",)}
    return Space(rows=[first, *all_pairs(**few)[:4]], **choices)


PLAIN = _space({**FIRST, "scale": 1.0}, **SHAPES, **SMALL)
ADAPTIVE = _space({**FIRST, "scale": 1e6}, **SHAPES, **LARGE)

OPTIONS = ("lr", "momentum", "decay", "beta1", "beta2", "eps")  # in the order of every signature


def _others(first, scale, **choices):
    """Cases with options that are not the defaults."""
    shape = {"shape": (2, 3), "steps": 4, "content": "normal"}
    fixed = {name: (value,) for name, value in shape.items()}
    return Space(rows=[{**shape, **first, **scale}], **fixed, **choices, scale=(scale["scale"],))


OTHER = {
    "sgd": _others({"lr": 0.3}, {"scale": 1.0}, lr=(0.1, 0.5, 0.02)),
    "sgd_momentum": _others({"lr": 0.3, "momentum": 0.6}, {"scale": 1.0}, lr=(0.1, 0.02), momentum=(0.5, 0.75)),
    "rmsprop": _others({"lr": 0.3, "decay": 0.8}, {"scale": 1e6}, lr=(0.1, 0.02), decay=(0.5, 0.9)),
    "adam": _others(
        {"lr": 0.3, "beta1": 0.7, "beta2": 0.95}, {"scale": 1e6}, lr=(0.1, 0.02), beta1=(0.5, 0.8), beta2=(0.75, 0.9)
    ),
}
# Gradients no larger than eps, so that its place is seen.
EPS = Space(rows=[{"shape": (2, 3), "steps": 4, "eps": 0.1}], shape=((3,), (2, 3)), steps=(3, 4), eps=(0.1, 1.0))


def options(case):
    """The options that the case names; the others have their defaults."""
    return {name: case.params[name] for name in OPTIONS if name in case.params}


def weights(case, name="w"):
    """Small, so that a step of a thousandth is not lost beside them in float32."""
    return case.array(name, *case.shape) / 64


def gradients(case, name="g"):
    """One gradient for each step, (steps, …)."""
    return case.array(name, case.steps, *case.shape) * case.params.get("scale", 1.0)


def constant(case):
    """The same gradient at every step, of another order of magnitude in each element."""
    magnitudes = 10.0 ** case.rng("magnitudes").integers(0, 3, case.shape)
    return np.stack([case.array("g0", *case.shape) * case.scale * magnitudes] * case.steps)


def over_steps(values, like):
    """One number for each step, shaped to multiply `like` (steps, …)."""
    return np.reshape(values, (-1, *[1] * (like.ndim - 1)))


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

# No batch larger than the data: a loop that drops a last batch which is not full still takes some steps.
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
# Full batches only: what minibatches makes of a rest is asked there, and costs nothing here.
EPOCHS = Space(
    rows=[
        {"n": 6, "batch_size": 3, "epochs": 3, "names": ("w",)},
        {"n": 4, "batch_size": 2, "epochs": 2, "names": ("w",)},
    ],
    n=(8,),
    batch_size=(1, 2, 4),
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
