"""The cases that are asked about: tables, clouds of points with known axes, images; and how answers are read."""

from dataclasses import dataclass

import numpy as np

from autograder import CheckFailed, Space, expect_shape

from . import formulas

USUAL = ("whole", "normal")

# ── tables ─────────────────────────────────────────────────────────────────────────────────────

TABLES = Space(
    rows=[{"n": 5, "d": 3, "content": "normal"}, {"n": 3, "d": 1, "content": "normal"}],
    n=(3, 4, 6),
    d=(1, 2, 4),
    content=USUAL,
)
# One row of data is a set as well, which has no spread of its own.
OTHERS = Space(
    rows=[{"n": 4, "d": 3, "content": "normal"}, {"n": 1, "d": 2, "content": "normal"}],
    n=(1, 2, 5),
    d=(1, 2, 4),
    content=USUAL,
)
CONSTANTS = Space(rows=[{"n": 5, "constant": (1, 3)}], n=(3, 4), constant=((0,), (1,), (0, 2), (0, 1, 2, 3)))


def table(case):
    """X (N, D): columns in units of their own; none is constant."""
    rng = case.rng("units")
    # whole numbers never make up for the quarters of the slope, so two rows of a column always differ
    slope = 0.25 * np.arange(case.n)[:, None]
    units, centres = 2.0 ** rng.integers(-2, 4, case.d), rng.integers(-9, 10, case.d)
    shape = case.n, case.d
    drawn = rng.integers(-4, 5, shape) if case.content == "whole" else rng.standard_normal(shape)
    return case.given("X", (drawn + slope) * units + centres)


def constant_table(case):
    """X (N, 4) of whole numbers. All entries of the columns `case.constant` are equal, and whole: so is their mean, to
    the bit."""
    rng = case.rng("X")
    X = rng.integers(-9, 10, (case.n, 4)) + 20.0 * np.arange(case.n)[:, None]
    X[:, list(case.constant)] = rng.integers(1, 9, len(case.constant))
    return case.given("X", X)


def other_data(case):
    """X (N, D), and mean and std (D,) of some other set."""
    rng = case.rng("statistics")
    mean, std = rng.integers(-9, 10, case.d) / 2, rng.integers(2, 17, case.d) / 4
    return table(case), case.given("mean", mean), case.given("std", std)


# ── clouds ─────────────────────────────────────────────────────────────────────────────────────

CLOUDS = Space(rows=[{"n": 7, "d": 3}, {"n": 12, "d": 4}], n=(6, 8, 11), d=(2, 3, 4))
# Deviations along the axes. No two are near each other, nor is one near 1.
SPREADS = np.array([5.0, 3.0, 1.75, 0.75])
FITS = 1e-3  # enough to tell ranges apart; `expect` knows how close is right


@dataclass(frozen=True)
class Cloud:
    """X (N, D) with known principal axes: the variances (D,) along them, falling; `basis` (N, D) are orthonormal
    columns that span the centred X."""

    X: np.ndarray
    variances: np.ndarray
    basis: np.ndarray


def cloud(case, unit=1.0):
    """N points in D dimensions, N > D; the cloud is `unit` times as large as usual."""
    n, d, rng = case.n, case.d, case.rng("cloud")
    points = rng.standard_normal((n, d))
    basis, _ = np.linalg.qr(points - points.mean(axis=0))
    axes, _ = np.linalg.qr(rng.standard_normal((d, d)))
    spreads = unit * SPREADS[:d] * rng.uniform(0.9, 1.1, d)
    X = np.sqrt(n) * (basis * spreads) @ axes.T + unit * rng.integers(-9, 10, d)
    return Cloud(case.given("X" if unit == 1.0 else f"X of size {unit:g}", X), spreads**2, basis)


def columns(student, name, found, shape):
    """`found`, the student's answer, as numbers of this shape (N, D), each of whose columns has mean 0."""
    found = numbers(name, found, shape)
    means = found.mean(axis=0)
    worst = int(np.argmax(np.abs(means)))
    if not abs(means[worst]) <= student.tolerance(name).bound(found):
        raise CheckFailed(f"column {worst} of {name} has mean {means[worst]:.4g}; it must be 0.", tensor=name)
    return found


def covariance(centred):
    """Of centred columns (N, D) → (D, D)."""
    return centred.T @ centred / len(centred)


def expect_made_of(student, name, found, points):
    """Each column of `found` must be a sum of multiples of the columns of the centred X."""
    rest = found - points.basis @ (points.basis.T @ found)
    if not (np.abs(rest) <= student.tolerance(name).bound(found)).all():
        raise CheckFailed(
            f"{name} is not what a matrix makes of the centred X: its columns are not sums of multiples of X's.",
            tensor=name,
        )


def directions(found, points):
    """What each column of `found` measures of the cloud: the covariance of its columns, in the basis of the cloud, with
    those of `found`, (D, D)."""
    centred = points.basis @ (points.basis.T @ points.X)
    return centred.T @ found / len(found)


def nearest(found, usual, *others):
    """What is right for `found`, where any numbers of a range are, from (an array) to (another): those of the `usual`
    range, unless `found` lies in one of the others."""
    right = [np.fmin(np.fmax(found, np.minimum(*ends)), np.maximum(*ends)) for ends in (usual, *others)]
    fitting = (one for one in right if (np.abs(found - one) <= FITS * np.abs(one).max()).all())
    return next(fitting, right[0])


# ── images ─────────────────────────────────────────────────────────────────────────────────────

IMAGES = Space(
    rows=[
        {"n": 4, "c": 2, "h": 3, "w": 5, "content": "normal"},
        {"n": 1, "c": 3, "h": 4, "w": 2, "content": "normal"},
    ],
    n=(1, 2, 3),
    c=(1, 2, 3),
    h=(1, 2, 4),
    w=(2, 3, 5),
    content=USUAL,
)
TURNS = Space(
    rows=[
        {"n": 2, "c": 3, "h": 2, "w": 4, "turns": 1},
        {"n": 2, "c": 2, "h": 2, "w": 3, "turns": 2},
        {"n": 3, "c": 1, "h": 4, "w": 3, "turns": 3},
    ],
    n=(1, 2),
    c=(1, 2),
    h=(1, 2, 3),
    w=(2, 3, 4),
    turns=(1, 2, 3),
)
MANY_TURNS = Space(
    rows=[{"n": 2, "c": 2, "h": 2, "w": 3, "turns": 5}, {"n": 2, "c": 2, "h": 2, "w": 3, "turns": 4}],
    n=(1, 2),
    c=(1,),
    h=(1, 2),
    w=(2, 3),
    turns=(4, 6, 7),
)
BACKWARDS = Space(
    rows=[{"n": 2, "c": 2, "h": 2, "w": 3, "turns": -1}, {"n": 2, "c": 2, "h": 2, "w": 3, "turns": -3}],
    n=(1, 2),
    c=(1,),
    h=(1, 2),
    w=(2, 3),
    turns=(-1, -2, -5),
)
FACTORS = Space(
    rows=[{"n": 3, "c": 2, "h": 3, "w": 5, "content": "normal", "factor": 1.75}],
    n=(1, 2, 3),
    c=(1, 2, 3),
    h=(1, 2, 4),
    w=(2, 3, 5),
    content=USUAL,
    factor=(2.0, 0.5, 1.25, 0.0),
)
DELTAS = Space(
    rows=[{"n": 3, "c": 2, "h": 3, "w": 5, "content": "normal", "delta": 0.75}],
    n=(1, 2),
    c=(1, 2),
    h=(1, 2),
    w=(1, 2),
    content=USUAL,
    delta=(0.5, -0.25, 1.5),
)
# size > pad: no window lies in the zeros alone. In the first row, each of the five numbers is another one.
CROPS = Space(
    rows=[
        {"n": 8, "c": 2, "h": 4, "w": 6, "size": 3, "pad": 1},
        {"n": 6, "c": 1, "h": 3, "w": 5, "size": 5, "pad": 2},
    ],
    n=(2, 4),
    c=(1, 2),
    h=(3, 4),
    w=(3, 5),
    size=(3, 4),
    pad=(1, 2),
)
UNPADDED = Space(
    rows=[{"n": 8, "c": 2, "h": 3, "w": 5, "size": 3, "pad": 0}, {"n": 8, "c": 1, "h": 4, "w": 4, "size": 4, "pad": 0}],
    n=(4, 6),
    c=(1, 2),
    h=(3, 4),
    w=(4, 5),
    size=(3, 2),
    pad=(0,),
)


def images_of(case):
    """images (N, C, H, W)."""
    return case.array("images", case.n, case.c, case.h, case.w)


def flags(case):
    """flipped (N,): which images to flip; of several, the second is flipped, and the first is not."""
    flipped = case.rng("flipped").random(case.n) < 0.5
    flipped[0], flipped[1:2] = case.n == 1, True
    return case.given("flipped", flipped)


def numbers(name, found, shape):
    """`found`, the student's answer, as finite numbers of this shape; axes of length one are a question of their own.
    CheckFailed for anything else."""
    given = np.shape(found) if isinstance(found, np.ndarray) else None
    if given is None or [length for length in given if length != 1] != [length for length in shape if length != 1]:
        expect_shape(**{name: (found, shape)})
    expect_shape(**{name: (found, np.shape(found))})  # an array of floats
    found = found.astype(np.float64).reshape(shape)
    if not np.isfinite(found).all():
        worst = np.argwhere(~np.isfinite(found))[0]
        raise CheckFailed(f"{name} holds {found[tuple(worst)]:g} at {worst.tolist()}.", tensor=name)
    return found


# ── many images ────────────────────────────────────────────────────────────────────────────────

MANY = 750
# Rows, columns, and what comes of taking one for the other, or of adding 1 or not, are all different.
HEIGHT, WIDTH, SIZE, PAD = 3, 5, 2, 1
ROWS, COLUMNS = HEIGHT + 2 * PAD - SIZE + 1, WIDTH + 2 * PAD - SIZE + 1


def equal_images(count, channels, height=HEIGHT, width=WIDTH):
    """Images that are all equal, of pixels that are all different."""
    one = np.arange(1.0, channels * height * width + 1).reshape(1, channels, height, width)
    return np.tile(one, (count, 1, 1, 1))


def close(student, found, right):
    """Where the student's numbers are right ones, axes of windows or images being the last three."""
    return (np.abs(found - right) <= student.tolerance("out").bound(right)).all(axis=(-3, -2, -1))


def places(student, found, images, size, pad):
    """Where the windows `found` begin in the padded images: rows (N,), columns (N,). CheckFailed for one that begins
    nowhere."""
    every, inside = formulas.windows(images, size, pad), formulas.windows(np.ones_like(images[:1]), size, pad)[0]
    n, rows, across, c = every.shape[:4]
    found = numbers("out", found, (n, c, size, size))
    fits = close(student, found[:, None, None], every).reshape(n, rows * across)
    for which in np.flatnonzero(~fits.any(axis=1)):
        shows = close(student, found[which] * inside, every[which]).any()
        raise CheckFailed(
            f"out[{which}] is a part of image {which}, but what lies around the image must be zeros."
            if shows
            else f"out[{which}] is not a {size} × {size} window of image {which} with {pad} rows and columns of zeros "
            "around it.",
            tensor="out",
        )
    return np.divmod(fits.argmax(axis=1), across)


def flipped_ones(student, found, images):
    """Which of the images are flipped in `found`, (N,). CheckFailed for one that is neither itself nor its mirror
    image."""
    mirrored = formulas.flip(images, np.ones(len(images), bool))
    found = numbers("out", found, images.shape)
    same, turned = close(student, found, images), close(student, found, mirrored)
    for which in np.flatnonzero(~(same | turned)):
        raise CheckFailed(f"out[{which}] is neither image {which} nor its mirror image.", tensor="out")
    return turned
