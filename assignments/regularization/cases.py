"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import CONTENTS, CheckFailed, Rng, Space, expect, expect_shape, vjp

# In the first row of each all sizes differ, and no factor is 1, ½ or its own square.
USUAL = ("whole", "normal")


def sized(name, found, shape):
    """`found`, the student's answer, as an array of `shape`, where axes of length one are a question of their own.
    CheckFailed for anything but such an array of floats."""
    given = getattr(found, "shape", ())
    fits = [length for length in given if length != 1] == [length for length in shape if length != 1]
    expect_shape(**{name: (found, given if fits else shape)})
    return np.asarray(found).reshape(shape)


def seeds(case, count):
    """Different generators for `count` calls."""
    first = int(case.rng("seeds").integers(2**31))
    return [Rng(first + k) for k in range(count)]


# ── penalties ──────────────────────────────────────────────────────────────────────────────────

SHAPES = ((1,), (4,), (2, 3), (3, 1, 2))
PENALTIES = Space(
    rows=[{"shape": (3, 4), "lam": 0.3, "content": "normal"}, {"shape": (5,), "lam": 2.5, "content": "wide"}],
    shape=SHAPES,
    lam=(1.0, 0.1, 3.0),
    content=CONTENTS,
)
NETS = Space(
    rows=[
        {"shape": (3, 4), "lam": 0.3, "ratio": 0.7, "content": "normal"},
        {"shape": (5,), "lam": 2.5, "ratio": 0.2, "content": "wide"},
    ],
    shape=SHAPES,
    lam=(1.0, 0.1, 3.0),
    ratio=(0.5, 0.25, 0.9),
    content=CONTENTS,
)
SHRINKS = Space(
    rows=[{"shape": (3, 4), "t": 0.6, "content": "normal"}, {"shape": (7,), "t": 2.0, "content": "whole"}],
    shape=SHAPES,
    t=(1.0, 0.25, 3.0),
    content=CONTENTS,
)


def right(case, formula, arguments):
    """The value, and its gradient with respect to the first of `arguments`; the class shares the work."""
    value = case.once((formula, "value"), lambda: formula(*arguments))
    (gradient,) = case.once((formula, "gradient"), lambda: vjp(formula, arguments, 1.0, wrt=(0,)))
    return value, gradient


def with_zeros(case):
    """Weights of which three are exactly 0."""
    return case.given("w", np.array([[-0.5, 0.0, 2.0], [0.0, 0.25, 0.0]]))


def subgradient(found, w, gradient, slope):
    """What is right where a number of w is 0: `found`, the student's, as far as it lies between -slope and slope."""
    found = sized("gradient", found, w.shape)
    return np.where(w == 0, np.clip(np.nan_to_num(found.astype(np.float64)), -slope, slope), gradient)


# ── ridge ──────────────────────────────────────────────────────────────────────────────────────

# α² is 1e-4 of the largest eigenvalue of AᵀA or more, so that whoever inverts the matrix is right to eleven digits.
ALPHAS = (2.0, 0.5, 3.0)
TALL = Space(
    rows=[{"m": 6, "d": 3, "alpha": 0.7, "content": "normal"}], m=(3, 5, 8), d=(1, 2, 3), alpha=ALPHAS, content=USUAL
)
SIZES = Space(
    rows=[
        {"m": 6, "d": 3, "alpha": 0.7, "content": "normal"},
        {"m": 4, "d": 1, "alpha": 0.7, "content": "normal"},
    ],
    m=(3, 5),
    d=(1, 2),
    alpha=ALPHAS,
    content=USUAL,
)
DEFICIENT = Space(
    rows=[
        {"d": 5, "kind": "wide", "alpha": 0.7},
        {"d": 4, "kind": "multiple", "alpha": 1.5},
        {"d": 3, "kind": "zero", "alpha": 0.4},
    ],
    d=(2, 3, 6),
    kind=("wide", "multiple", "zero"),
    alpha=ALPHAS,
)


def tall(case):
    """A (M, D) with M ≥ D, b (M,)."""
    return case.array("A", case.m, case.d), case.array("b", case.m)


def deficient(case):
    """A (M, D) of rank D - 1, b (M,): a row too few, a column that is twice another one, or a column of zeros. A rank
    that is one less tells wrong formulas apart by their numbers, where two less would leave them to rounding."""
    rows = case.d - 1 if case.kind == "wide" else case.d + 2
    drawn = case.rng("A").standard_normal((rows, case.d))
    if case.kind == "multiple":
        drawn[:, -1] = 2 * drawn[:, 0]
    elif case.kind == "zero":
        drawn[:, 1] = 0.0
    return case.given("A", drawn), case.array("b", rows)


def real(found):
    """`found` as floats, where it is a list of numbers, or complex with imaginary parts that are rounding alone: what
    np.linalg.eigvals returns for a symmetric matrix may have such."""
    if isinstance(found, tuple | list) and all(isinstance(one, float | np.floating) for one in found):
        return np.array(found, dtype=np.float64)
    if isinstance(found, np.ndarray) and found.dtype.kind == "c" and found.size:
        imaginary = np.abs(found.imag).max()
        return found.real if imaginary <= 1e-9 * np.abs(found.real).max() else found
    return found


def sorted_numbers(found, count):
    """`found`, the student's eigenvalues, in ascending order: that they are is a question of its own."""
    return np.sort(sized("eigenvalues", real(found), (count,)))


# ── dropout ────────────────────────────────────────────────────────────────────────────────────

# That 100 numbers or more are all kept, or all dropped, has a chance of 0.8¹⁰⁰ = 2e-10 at most.
DROPOUT = Space(
    rows=[{"shape": (14, 10), "p": 0.3, "content": "normal"}],
    shape=((100,), (12, 11), (5, 6, 7)),
    p=(0.5, 0.2, 0.7),
    content=CONTENTS,
)
MANY = Space(rows=[{"shape": (160, 150), "p": 0.3}], shape=((24_000,), (50, 20, 24)), p=(0.1, 0.8))
FEW = Space(rows=[{"shape": (4, 3), "p": 0.6, "content": "normal"}], shape=SHAPES, p=(0.5, 0.2), content=USUAL)


def expect_both(name, found, p, kept, dropped):
    """Some of the numbers in the mask `found` are kept, and some are not."""
    for missing, what in ((found.all(), kept), (not found.any(), dropped)):
        if missing:
            raise CheckFailed(f"{name} {what}: at p = {p:g} some are dropped, and the others are kept.", tensor=name)


def dropped_out(student, case, **options):
    """out, in x's shape, and the cache of the student's dropout in training."""
    x = case.array("x", *case.shape)
    out, cache = student.dropout_forward(x, case.p, case.generator(), **options)
    return sized("out", out, x.shape), cache


def expect_kept(student, name, found, whole, p):
    """Each number of `found` is that of `whole`, which is divided by 1 - p, or 0, and both occur."""
    mask = found != 0
    expect_both(name, mask, p, "has no zeros", "is zero everywhere")
    expected = np.where(mask, whole, 0.0)
    ratios = found[mask] / whole[mask]
    for factor, how in ((1 - p, "left as it is"), ((1 - p) / p, "divided by p"), ((1 - p) ** 2, "multiplied by 1 - p")):
        if np.abs(factor - 1) > 1e-6 and (np.abs(ratios - factor) <= 1e-6 * factor).all():
            raise CheckFailed(
                f"What {name} keeps is {how}; it must be divided by 1 - p = {1 - p:g}.",
                tensor=name,
                actual=found,
                expected=expected,
            )
    expect(student, **{name: (found, expected)})


# ── DropConnect ────────────────────────────────────────────────────────────────────────────────

# More rows than a row has numbers, on either side of the layer: so out and dx show which weights were there. That 60
# weights are all kept, or all dropped, has a chance of 0.7⁶⁰ = 5e-10 at most.
CONNECT = Space(rows=[{"n": 16, "d": 6, "m": 11, "p": 0.4}], n=(15, 17), d=(6, 7), m=(10, 12), p=(0.5, 0.3, 0.6))
MANY_WEIGHTS = Space(rows=[{"n": 9, "d": 6, "m": 3000, "p": 0.3}], n=(8,), d=(5,), m=(3600,), p=(0.1, 0.8))
SMALL = Space(rows=[{"n": 4, "d": 3, "m": 2, "p": 0.6}], n=(1, 2), d=(2, 3), m=(1, 4), p=(0.5, 0.2))


def layer(case):
    """x (N, D), w (D, M), b (M,)."""
    return case.array("x", case.n, case.d), case.array("w", case.d, case.m), case.array("b", case.m)


def connected(student, case, **options):
    """out (N, M) and the cache of the student's DropConnect in training."""
    x, w, b = layer(case)
    out, cache = student.dropconnect_forward(x, w, b, case.p, case.generator(), **options)
    return sized("out", out, (case.n, case.m)), cache


NO_MASK = {
    "out": "one mask for the whole call is multiplied with w alone, and b is added whole",
    "dx": "dx goes back through the weights that one mask left, and through no others",
}


def shown_mask(name, found, rows, columns, p):
    """Which numbers of `columns` (D, M) are there, and by what they are multiplied, where `found` is `rows @ columns`
    with some of them left out. CheckFailed where no one mask explains it, or all are there, or none."""
    if not np.isfinite(found).all():
        raise CheckFailed(f"{name} holds NaN or infinity; it must hold numbers.", tensor=name)
    effective, *_ = np.linalg.lstsq(rows, found, rcond=None)
    if not (np.abs(rows @ effective - found) <= 1e-6 * np.abs(found).max()).all():
        raise CheckFailed(f"No mask of the weights explains {name}: {NO_MASK[name]}.", tensor=name)
    factors = effective / columns
    mask = np.abs(factors) > 0.01
    expect_both(name, mask, p, "shows no dropped weight", "shows no weight that is kept")
    return mask, factors


def expect_masked(name, found, rows, columns, p):
    """The mask (D, M) that `found` shows, each number of it either 0 or 1 / (1 - p)."""
    mask, factors = shown_mask(name, found, rows, columns, p)
    right = 1 / (1 - p)
    worst = factors[mask][np.argmax(np.abs(factors[mask] - right))]
    if not abs(worst - right) <= 1e-6 * right:
        raise CheckFailed(
            f"{name} shows a weight that is kept and multiplied by {worst:.4g}; at p = {p:g} it must be 1 / (1 - p) = "
            f"{right:.4g}.",
            tensor=name,
        )
    return mask


# ── epochs, models, polynomials ────────────────────────────────────────────────────────────────

CURVES = Space(
    rows=[{"records": 3, "patience": 3}, {"records": 2, "patience": 2}, {"records": 2, "patience": 1}],
    records=(1, 2, 3, 4),
    patience=(1, 2, 3, 5),
)
MODELS = Space(
    rows=[{"models": 5, "points": 3, "content": "normal"}],
    models=(2, 3, 4),
    points=(1, 2, 4),
    content=CONTENTS,
)
BELOW = Space(rows=[{"n": 8, "degree": 3}, {"n": 6, "degree": 0}], n=(6, 7), degree=(1, 2, 4))
AT = Space(rows=[{"n": 4}, {"n": 5}], n=(1, 2, 3))
ABOVE = Space(rows=[{"n": 4, "degree": 6}, {"n": 3, "degree": 12}], n=(2, 3, 5), degree=(5, 8, 11))


def curve(case):
    """Different losses, of which `records` are the lowest so far before patience runs out. In the very next epoch the
    loss falls again, unseen: whoever goes on to it does not stop there."""
    rng, patience = case.rng("losses"), case.patience
    losses = []
    for record in range(case.records):
        last = record == case.records - 1
        gap = patience if last else int(rng.integers(0, patience))
        losses += [10.0 - record / 8, *(10.0 + rng.permutation(gap) / 8)]
    losses += [2.0, 4.0, 3.0, *(12.0 + rng.permutation(3) / 8)][: rng.integers(3, 7)]
    return case.given("losses", np.array(losses) + np.arange(len(losses)) / 1024)


def points(case):
    """x in (-1, 1), a fair distance apart and in no order, and y, both (N,)."""
    rng = case.rng("points")
    grid = (2 * np.arange(case.n) + 1 + rng.uniform(-0.4, 0.4, case.n)) / case.n - 1
    return case.given("x", rng.permutation(grid)), case.array("y", case.n)


def lowest_first(found, expected):
    """`found`, the student's coefficients, turned round where that brings them closer to what is expected: that the
    constant stands first is a question of its own."""
    found = sized("c", found, expected.shape)
    here, turned = (np.abs(one - expected).max() for one in (found, found[::-1]))
    return found[::-1] if turned < here else found


# ── labels ─────────────────────────────────────────────────────────────────────────────────────

# Products that are exact: how they are rounded is a question of its own.
COUNTS = Space(rows=[{"n": 96, "fraction": 0.375}], n=(80, 160), fraction=(0.25, 0.75))
# 28.999…, 56.999…, 28.000…004: neither cutting off nor rounding up is rounding.
NEARLY_WHOLE = ((100, 0.29), (100, 0.57), (100, 0.28))
CROWD = Space(rows=[{"n": 3000, "fraction": 0.6, "classes": 5}], n=(4000,), fraction=(0.5, 0.7), classes=(3, 6))
OLD = 1  # the label of everybody in a crowd, neither the first nor the last


def whole_labels(found, count):
    """`found`, the student's labels, as integers (N,): an array or a list of integers, floats or bools will do."""
    try:
        labels = np.asarray(found)
    except ValueError:  # a ragged list
        labels = np.empty(0)
    if labels.dtype.kind not in "fiub" or labels.size != count or not np.isfinite(labels).all():
        raise CheckFailed(f"labels must be {count} labels, integers.", tensor="labels")
    labels = labels.reshape(count)
    if (labels != np.round(labels)).any():
        raise CheckFailed(
            f"labels holds {labels[labels != np.round(labels)][0]:g}; labels are integers.", tensor="labels"
        )
    return labels.astype(np.int64)


def crowd(student, case):
    """Whose label of a crowd is another one after the student's call, and the labels."""
    y = case.given("y", np.full(case.n, OLD))
    labels = whole_labels(student.randomize_labels(y, case.fraction, case.classes, case.generator()), case.n)
    if (labels == y).all():
        raise CheckFailed(f"All {case.n} examples had the label {OLD}, and all have it still.", tensor="labels")
    return labels != y, labels
