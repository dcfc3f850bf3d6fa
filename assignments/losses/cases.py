"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import CONTENTS, CheckFailed, Space, vjp

# In the first row of each all sizes differ; in the second some are 1, for shapes that lose an axis.
# Probabilities and logits of ordinary size: code that takes the logarithm of a probability is as right as any other
# there, and meets its limits in questions of their own.
USUAL = ("whole", "normal")

# ── distributions ──────────────────────────────────────────────────────────────────────────────

ROWS = Space(
    rows=[{"n": 4, "k": 3, "content": "normal"}, {"n": 1, "k": 5, "content": "normal"}],
    n=(1, 2, 3, 5),
    k=(2, 3, 4, 6),
    content=USUAL,
)


def distribution(case, name, n, k):
    """(n, k): rows of numbers above 0 whose sum is 1; small fractions where the content is whole."""
    rng = case.rng(name)
    weights = rng.integers(1, 9, (n, k)) if case.content == "whole" else rng.uniform(0.1, 1.0, (n, k))
    return case.given(name, weights / weights.sum(axis=1, keepdims=True))


def pair(case):
    """What is true, and what is believed."""
    return distribution(case, "p", case.n, case.k), distribution(case, "q", case.n, case.k)


def floats(found):
    """`found`, the student's answer, where an array of whole numbers counts as one of floats: max(0, x) is the integer
    0 where x is not above 0, and an array of such has a type of integers."""
    whole = isinstance(found, np.ndarray) and found.dtype.kind in "iu"
    return found.astype(np.float64) if whole else found


def expect_numbers(name, found, count):
    """`found`, the student's answer, as `count` floats, which need not be finite. CheckFailed for anything else."""
    found = floats(found)
    if not isinstance(found, np.ndarray | float) or np.asarray(found).dtype.kind != "f" or np.size(found) != count:
        raise CheckFailed(f"{name} must be {count} numbers, floats.", tensor=name)
    return np.asarray(found, dtype=np.float64).reshape(count)


def expect_infinite(name, found, count):
    """Each of the `count` numbers of `found` must be inf."""
    numbers = expect_numbers(name, found, count)
    for row, number in enumerate(numbers):
        if not number == np.inf:
            raise CheckFailed(f"{name} is wrong at [{row}]: yours is {number:g}, it must be inf.", tensor=name)


# ── logits ─────────────────────────────────────────────────────────────────────────────────────

LOGITS = Space(
    rows=[
        {"n": 4, "k": 3, "content": "normal", "targets": "soft"},
        {"n": 1, "k": 5, "content": "normal", "targets": "soft"},
    ],
    n=(1, 2, 3, 5),
    k=(2, 3, 4, 6),
    content=USUAL,
    targets=("soft",),
)
ONE_HOT = Space(
    rows=[{"n": 4, "k": 3, "content": "normal", "targets": "one-hot"}],
    n=(1, 2, 5),
    k=(2, 3, 6),
    content=USUAL,
    targets=("one-hot",),
)
BINARY = Space(
    rows=[{"n": 5, "content": "normal", "targets": "soft"}, {"n": 1, "content": "normal", "targets": "soft"}],
    n=(1, 2, 3, 6),
    content=USUAL,
    targets=("soft",),
)
HARD = Space(rows=[{"n": 5, "content": "normal", "targets": "hard"}], n=(2, 3, 6), content=USUAL, targets=("hard",))


def logits_and_targets(case):
    """x and t (N, K)."""
    x = case.array("x", case.n, case.k)
    if case.targets == "soft":
        return x, distribution(case, "t", case.n, case.k)
    return x, case.given("t", np.eye(case.k)[case.rng("t").integers(0, case.k, case.n)])


def logits_and_answers(case):
    """z and y (N,)."""
    z, rng = case.array("z", case.n), case.rng("y")
    if case.targets == "soft":
        return z, case.given("y", rng.uniform(0.05, 0.95, case.n))
    # of each kind at least one
    return z, case.given("y", (np.arange(case.n) + rng.integers(0, 2)) % 2.0)


def right(case, formula, arguments):
    """The loss, and its gradient with respect to the first of `arguments`; the class shares the work."""
    loss = case.once((formula, "loss"), lambda: formula(*arguments))
    (gradient,) = case.once((formula, "gradient"), lambda: vjp(formula, arguments, 1.0, wrt=(0,)))
    return loss, gradient


# ── scores and margins ─────────────────────────────────────────────────────────────────────────

SHAPES = {"n": (1, 2, 3, 5), "classes": (2, 3, 4, 6), "content": CONTENTS}
# margin is given, and is the default: neither another default nor one that is written into the formula shows here.
MARGIN = Space(
    rows=[
        {"n": 5, "classes": 4, "content": "normal", "margin": 1.0},
        {"n": 1, "classes": 3, "content": "normal", "margin": 1.0},
    ],
    **SHAPES,
    margin=(1.0,),
)
OTHER_MARGIN = Space(
    rows=[{"n": 5, "classes": 4, "content": "normal", "margin": 2.5}], **SHAPES, margin=(2.5, 0.5, 4.0)
)


def scores_and_labels(case):
    """scores (N, C), y (N,). No term of the loss is nearer to its kink than 0.05."""
    scores, y = case.array("drawn", case.n, case.classes), case.labels("y", case.n, case.classes)
    terms = scores - scores[np.arange(case.n), y][:, None] + case.margin
    # the right score's own term is the margin itself, so it stays
    moved = scores + np.where(np.abs(terms) < 0.05, np.where(terms < 0, -0.1, 0.1), 0.0)
    return case.given("scores", moved), y


# ── least squares ──────────────────────────────────────────────────────────────────────────────

LINEAR = Space(
    rows=[{"n": 5, "d": 3, "content": "normal"}, {"n": 1, "d": 1, "content": "normal"}],
    n=(1, 2, 3, 4),
    d=(1, 2, 4),
    content=CONTENTS,
)
STEPS = Space(
    rows=[
        {"n": 5, "d": 3, "content": "normal", "rate": 0.1},
        {"n": 1, "d": 1, "content": "normal", "rate": 0.1},
    ],
    n=(1, 2, 3, 4),
    d=(1, 2, 4),
    content=CONTENTS,
    rate=(0.5, 0.1, 0.01),
)


def problem(case):
    """w (D,), X (N, D), y (N,)."""
    return case.array("w", case.d), case.array("X", case.n, case.d), case.array("y", case.n)
