"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

from math import prod

import numpy as np

from autograder import CONTENTS, Space, vjp

from . import formulas

# In the first row of each all sizes differ; in the second some are 1, for shapes that lose an axis.

# ── affine ──────────────────────────────────────────────────────────────────────────────────────────

AFFINE = Space(
    rows=[
        {"n": 4, "features": (3,), "m": 5, "content": "normal"},
        {"n": 1, "features": (3,), "m": 1, "content": "normal"},
    ],
    n=(1, 2, 3, 4),
    features=((1,), (2,), (3,), (5,)),
    m=(1, 2, 4, 6),
    content=CONTENTS,
)
IMAGES = Space(rows=[{"n": 5, "features": (2, 3), "m": 4}], n=(1, 2), features=((2, 3), (2, 3, 2)), m=(1, 4))
SEVERAL = Space(rows=[{"n": 4, "features": (3,), "m": 5}], n=(2, 4), features=((2,), (3,)), m=(3, 5))


def affine_arguments(case):
    d = prod(case.features)
    x, w, b = case.array("x", case.n, *case.features), case.array("w", d, case.m), case.array("b", case.m)
    return {"x": x, "w": w, "b": b}


# ── activations ─────────────────────────────────────────────────────────────────────────────────────

# Contents keep away from 0, where the slope of a rectifier is a matter of taste.
SHAPES = {"shape": ((1,), (3,), (2, 3), (2, 3, 4)), "content": CONTENTS}
ROWS = [{"shape": (4, 3), "content": "normal"}, {"shape": (2, 1, 3), "content": "normal"}]
ELEMENTWISE = Space(rows=ROWS, **SHAPES)
# alpha is given, and is the default: neither another default nor one that is written into the formula shows here.
USUAL = Space(rows=[row | {"alpha": 0.01} for row in ROWS], **SHAPES, alpha=(0.01,))
LEAKY = Space(rows=[{"shape": (4, 3), "content": "normal", "alpha": 0.2}], **SHAPES, alpha=(0.1, 0.3, 0.01))
# Large enough to have both signs: a rectifier that sees positive numbers only is the identity.
MIXED = Space(rows=[{"shape": (5, 6)}], shape=((4, 6), (2, 3, 5)))


def elementwise(case):
    """x, and alpha where the layer takes one."""
    return {"x": case.array("x", *case.shape)} | ({"alpha": case.alpha} if "alpha" in case.params else {})


# ── losses ──────────────────────────────────────────────────────────────────────────────────────────

SCORES = Space(
    rows=[{"n": 4, "classes": 3, "content": "normal"}, {"n": 1, "classes": 3, "content": "normal"}],
    n=(1, 2, 3, 5),
    classes=(2, 3, 4, 6),
    content=CONTENTS,
)


def scores_and_labels(case):
    return case.array("x", case.n, case.classes), case.labels("y", case.n, case.classes)


def softmax_expected(case):
    x, y = scores_and_labels(case)
    (dx,) = case.once("dx", lambda: vjp(formulas.softmax_loss, (x, y), 1.0, wrt=(0,)))
    return case.once("loss", lambda: formulas.softmax_loss(x, y)), dx


def predictions_and_targets(case):
    return case.array("x", *case.shape), case.array("y", *case.shape)


# ── the network ─────────────────────────────────────────────────────────────────────────────────────

# Normal contents only: whole numbers put hidden units exactly on ReLU's kink.
NETWORK = Space(
    rows=[
        {"n": 5, "d": 3, "hidden": 6, "classes": 4, "reg": 0.5},
        {"n": 3, "d": 2, "hidden": 1, "classes": 3, "reg": 0.5},
    ],
    n=(1, 2, 3),
    d=(1, 2, 4),
    hidden=(1, 3, 5),
    classes=(2, 3),
    reg=(1.0, 0.1),
)


def network(case):
    """Parameters, inputs and labels."""
    params = {
        "W1": case.array("W1", case.d, case.hidden),
        "b1": case.array("b1", case.hidden),
        "W2": case.array("W2", case.hidden, case.classes),
        "b2": case.array("b2", case.classes),
    }
    return params, case.array("x", case.n, case.d), case.labels("y", case.n, case.classes)


def network_expected(case, reg):
    """The loss, and the gradients by name."""
    params, x, y = network(case)
    args = (*params.values(), x, y, reg)
    loss = case.once(("loss", reg), lambda: formulas.two_layer_loss(*args))
    gradients = case.once(("gradients", reg), lambda: vjp(formulas.two_layer_loss, args, 1.0, wrt=(0, 1, 2, 3)))
    return loss, dict(zip(params, gradients, strict=True))


# ── the gradient checker ────────────────────────────────────────────────────────────────────────────

STEPS = Space(rows=[{"shape": (2, 3), "h": 0.1}], shape=((2,), (3,), (2, 1, 2)), h=(0.5, 0.1, 0.01))


def mixed_terms(case):
    """The coefficients of a function that is linear in each element: differences to one side are exact too."""
    size = prod(case.shape)
    return case.array("mixed", size, size) * (1 - np.eye(size))
