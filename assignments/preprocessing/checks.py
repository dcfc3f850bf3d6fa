"""What is asked of a preprocessing submission. A docstring (or `sentence`) is what the student reads.

Random images are judged by what they are first (a mirror image, a window), and then by laws, each of which fails a
right submission with a probability of 1e-9 at most, whichever way it draws."""

import numpy as np

from autograder import (
    CheckFailed,
    Normal,
    Rng,
    check,
    expect,
    expect_drawn_anew,
    expect_law,
    expect_rate,
    expect_seeded,
    expect_shape,
    expect_unmodified,
    expect_variance,
)

from . import formulas
from .cases import (
    BACKWARDS,
    CLOUDS,
    COLUMNS,
    CONSTANTS,
    CROPS,
    DELTAS,
    FACTORS,
    HEIGHT,
    IMAGES,
    MANY,
    MANY_TURNS,
    OTHERS,
    PAD,
    ROWS,
    SIZE,
    TABLES,
    TURNS,
    UNPADDED,
    WIDTH,
    cloud,
    columns,
    constant_table,
    covariance,
    directions,
    equal_images,
    expect_made_of,
    flags,
    flipped_ones,
    images_of,
    nearest,
    numbers,
    other_data,
    places,
    table,
)

# A deviation with 1e-8 added, against a division by zero, is the idea; a network does not notice it.
TINY = 1e-7

# ── centre and scale ───────────────────────────────────────────────────────────────────────────


@check("zero_center", points=3, given=TABLES, examples=4)
def zero_center_values(student, case):
    """centred is X minus the mean of each column."""
    X = table(case)
    centred, _ = student.zero_center(X)
    expect(student, centred=(centred, formulas.zero_center(X)[0]))


@check("zero_center", points=1, given=TABLES, examples=4)
def zero_center_mean(student, case):
    """mean is the mean of each column."""
    X = table(case)
    _, mean = student.zero_center(X)
    expect(student, mean=(mean, formulas.zero_center(X)[1]))


@check("zero_center", points=0.5, given=TABLES, examples=2, needs=("zero_center.values",))
def zero_center_shapes(student, case):
    """centred has exactly the shape of X, and mean the shape (D,)."""
    X = table(case)
    centred, mean = student.zero_center(X)
    expect_shape(centred=(centred, X.shape), mean=(mean, (case.d,)))


@check("zero_center", points=0.5, given=TABLES, examples=1, needs=("zero_center.values",))
def zero_center_pure(student, case):
    """X is left as it was."""
    expect_unmodified(student, "zero_center", X=table(case))


@check("standardize", points=4, given=TABLES, examples=4)
def standardize_values(student, case):
    """Each column has mean 0, and is divided by its standard deviation."""
    X = table(case)
    found = numbers("standardized", student.standardize(X)[0], X.shape)
    expect(student, standardized=(found, nearest(found, *scaled_by(X, formulas.deviations(X)))))


def scaled_by(X, deviations):
    """The ranges of what is right for X, standardised with one of these deviations."""
    mean = formulas.zero_center(X)[1]
    return [(formulas.scaled(X, mean, std), formulas.scaled(X, mean, std + TINY)) for std in deviations]


def about(deviations):
    """The ranges of what is right for one of these deviations."""
    return [(std, std + TINY) for std in deviations]


@check("standardize", points=2, given=TABLES, examples=4)
def standardize_statistics(student, case):
    """mean and std are the mean and the standard deviation of each column."""
    X = table(case)
    deviations = formulas.deviations(X)
    _, mean, found = student.standardize(X)
    expect(student, mean=(mean, formulas.zero_center(X)[1]))
    found = numbers("std", found, (case.d,))
    expect(student, std=(found, nearest(found, *about(deviations))))


@check("standardize", points=1, given=TABLES, examples=3, needs=("standardize.values", "standardize.statistics"))
def standardize_divisor(student, case):
    """The variance is divided by N, not by N - 1."""
    X = table(case)
    deviations = formulas.deviations(X)[:1]
    standardized, _, found = student.standardize(X)
    found = numbers("std", found, (case.d,))
    expect(student, std=(found, nearest(found, *about(deviations))))
    standardized = numbers("standardized", standardized, X.shape)
    expect(student, standardized=(standardized, nearest(standardized, *scaled_by(X, deviations))))


@check("standardize", points=1.5, given=CONSTANTS, examples=3, needs=("standardize.statistics",))
def standardize_constant(student, case):
    """A column whose entries are all equal becomes 0, and its std is 1."""
    X = constant_table(case)
    deviations = [np.where(std == 0, 1.0, std) for std in formulas.deviations(X)]
    standardized, _, std = student.standardize(X)
    standardized, std = numbers("standardized", standardized, X.shape), numbers("std", std, X.shape[1:])
    expect(student, standardized=(standardized, nearest(standardized, *scaled_by(X, deviations))))
    expect(student, std=(std, nearest(std, *about(deviations))))


@check("standardize", points=0.5, given=TABLES, examples=2, needs=("standardize.values",))
def standardize_shapes(student, case):
    """standardized has exactly the shape of X, mean and std the shape (D,)."""
    X = table(case)
    standardized, mean, std = student.standardize(X)
    expect_shape(standardized=(standardized, X.shape), mean=(mean, (case.d,)), std=(std, (case.d,)))


@check("standardize", points=0.5, given=TABLES, examples=1, needs=("standardize.values",))
def standardize_pure(student, case):
    """X is left as it was."""
    expect_unmodified(student, "standardize", X=table(case))


@check("apply_standardization", points=5, given=OTHERS, examples=4)
def apply_standardization_values(student, case):
    """The given mean is subtracted, and the given std divides: nothing is computed from this X."""
    X, mean, std = other_data(case)
    right = formulas.scaled(X, mean, std), formulas.scaled(X, mean, std + TINY)
    found = numbers("transformed", student.apply_standardization(X, mean, std), X.shape)
    expect(student, transformed=(found, nearest(found, right)))


@check("apply_standardization", points=0.5, given=OTHERS, examples=2, needs=("apply_standardization.values",))
def apply_standardization_shape(student, case):
    """transformed has exactly the shape of X."""
    X, mean, std = other_data(case)
    expect_shape(transformed=(student.apply_standardization(X, mean, std), X.shape))


@check("apply_standardization", points=0.5, given=OTHERS, examples=1, needs=("apply_standardization.values",))
def apply_standardization_pure(student, case):
    """X, mean and std are left as they were."""
    X, mean, std = other_data(case)
    expect_unmodified(student, "apply_standardization", X=X, mean=mean, std=std)


# ── turn and stretch ───────────────────────────────────────────────────────────────────────────
# The signs of eigenvectors are free, so what a result does is judged, and not its numbers: where N > D and all
# variances differ, nothing but signs is left open by the checks together.


@check("decorrelate", points=4.5, given=CLOUDS, examples=4)
def decorrelate_uncorrelated(student, case):
    """The columns are centred, uncorrelated, and made of those of X."""
    points = cloud(case)
    found = columns(student, "decorrelated", student.decorrelate(points.X), points.X.shape)
    spread = covariance(found)
    # of whatever variance, but that all of X is there
    expect(student, covariance=(spread, np.diag(np.maximum(np.diag(spread), 1e-3))))
    expect_made_of(student, "decorrelated", found, points)


@check("decorrelate", points=2, given=CLOUDS, examples=4, needs=("decorrelate.uncorrelated",))
def decorrelate_distances(student, case):
    """The cloud is turned, not stretched: squared distances between rows are those between the rows of X."""
    X = cloud(case).X
    right = formulas.squared_distances(X)
    found = numbers("decorrelated", student.decorrelate(X), X.shape)
    products = found @ found.T
    squares = np.diag(products)
    expect(student, squared_distances=(squares[:, None] + squares - 2 * products, right))


@check("decorrelate", points=1.5, given=CLOUDS, examples=4, needs=("decorrelate.uncorrelated",))
def decorrelate_order(student, case):
    """The variances of the columns fall from the first to the last."""
    points = cloud(case)
    expect_falling(
        "decorrelated", directions(numbers("decorrelated", student.decorrelate(points.X), points.X.shape), points)
    )


def expect_falling(name, measured):
    """What each column measures of the cloud becomes less from the first to the last."""
    lengths = np.linalg.norm(measured, axis=0)
    for column in range(1, len(lengths)):
        if not lengths[column] < lengths[column - 1]:
            raise CheckFailed(
                f"X varies more along column {column} of {name} than along column {column - 1}; the largest variance "
                "comes first.",
                tensor=name,
            )


@check("decorrelate", points=0.5, given=CLOUDS, examples=1, needs=("decorrelate.uncorrelated",))
def decorrelate_shape(student, case):
    """The result has exactly the shape of X."""
    X = cloud(case).X
    expect_shape(decorrelated=(student.decorrelate(X), X.shape))


@check("decorrelate", points=0.5, given=CLOUDS, examples=1, needs=("decorrelate.uncorrelated",))
def decorrelate_pure(student, case):
    """X is left as it was."""
    expect_unmodified(student, "decorrelate", X=cloud(case).X)


def expect_white(student, found, points, divisors):
    """The covariance of `found`, of centred columns made of X, must be the identity, up to what eps = 1e-5 takes off
    it, under the root or beside it, and to a divisor of the variances that is N less one of `divisors`."""
    spread, n = covariance(found), len(found)
    _, least = formulas.whitened_variances(points.variances, 1e-5)
    slack, one = 1 - least.min(), np.eye(len(spread))
    ranges = [((n - less) / n * (one - slack), (n - less) / n * (one + slack * (1 - one))) for less in divisors]
    expect(student, covariance=(spread, nearest(spread, *ranges)))


@check("whiten", points=4, given=CLOUDS, examples=4)
def whiten_white(student, case):
    """The columns are centred, uncorrelated, of variance 1, and made of those of X."""
    points = cloud(case)
    found = columns(student, "whitened", student.whiten(points.X, 1e-5), points.X.shape)
    expect_white(student, found, points, (0, 1))
    expect_made_of(student, "whitened", found, points)


@check("whiten", points=2, given=CLOUDS, examples=4, needs=("whiten.white",))
def whiten_axes(student, case):
    """Each column is X along one principal axis, as after decorrelate: PCA, not ZCA."""
    points = cloud(case)
    measured = directions(numbers("whitened", student.whiten(points.X, 1e-5), points.X.shape), points)
    overlap = measured.T @ measured
    mixed = np.abs(overlap - np.diag(np.diag(overlap)))
    if not mixed.max() <= student.tolerance("whitened").bound(overlap):
        first, second = np.unravel_index(int(mixed.argmax()), mixed.shape)
        raise CheckFailed(
            f"columns {first} and {second} of whitened mix principal axes of X: the directions in which they look are "
            "not at right angles.",
            tensor="whitened",
        )


@check("whiten", points=1, given=CLOUDS, examples=4, needs=("whiten.axes",))
def whiten_order(student, case):
    """The columns stand in the order of decorrelate: the largest variance of X comes first."""
    points = cloud(case)
    whitened = numbers("whitened", student.whiten(points.X, 1e-5), points.X.shape)
    expect_falling("whitened", directions(whitened, points))


@check("whiten", points=1, given=CLOUDS, examples=2, needs=("whiten.white",))
def whiten_divisor(student, case):
    """The variances are divided by N, not by N - 1."""
    points = cloud(case)
    found = numbers("whitened", student.whiten(points.X, 1e-5), points.X.shape)
    expect_white(student, found, points, (0,))


@check("whiten", points=1, given=CLOUDS, examples=2, needs=("whiten.axes",))
def whiten_eps(student, case):
    """eps is added to the variances, under the root: asked with eps = 4."""
    points, eps = cloud(case), 4.0  # above the smallest of three variances
    n, variances = len(points.X), points.variances
    found = numbers("whitened", student.whiten(points.X, eps), points.X.shape)
    spread = covariance(found)
    order = np.argsort(-np.diag(spread))
    spread = spread[np.ix_(order, order)]
    right, _ = formulas.whitened_variances(variances, eps)
    # whoever divides by N - 1 has larger variances to add eps to
    sample, _ = formulas.whitened_variances(variances * n / (n - 1), eps)
    right, sample = np.diag(right), np.diag(sample * (n - 1) / n)
    expect(student, covariance=(spread, nearest(spread, (right, right), (sample, sample))))


@check("whiten", points=0.5, given=CLOUDS, examples=1, needs=("whiten.white",))
def whiten_default(student, case):
    """eps is 1e-5 if it is not given."""
    X = cloud(case, unit=1e-3).X
    # variances, since signs may differ from call to call
    without, explicit = (numbers("whitened", found, X.shape) for found in (student.whiten(X), student.whiten(X, 1e-5)))
    expect(student, covariance=(covariance(without), covariance(explicit)))


@check("whiten", points=0.5, given=CLOUDS, examples=1, needs=("whiten.white",))
def whiten_shape(student, case):
    """The result has exactly the shape of X."""
    X = cloud(case).X
    expect_shape(whitened=(student.whiten(X, 1e-5), X.shape))


@check("whiten", points=0.5, given=CLOUDS, examples=1, needs=("whiten.white",))
def whiten_pure(student, case):
    """X is left as it was."""
    expect_unmodified(student, "whiten", X=cloud(case).X, eps=1e-5)


# ── means of images ────────────────────────────────────────────────────────────────────────────


@check("mean_image", points=3, given=IMAGES, examples=4)
def mean_image_values(student, case):
    """The mean image is the mean over the images, pixel by pixel."""
    images = images_of(case)
    expect(student, mean=(student.mean_image(images), formulas.mean_image(images)))


@check("mean_image", points=0.5, given=IMAGES, examples=2, needs=("mean_image.values",))
def mean_image_shape(student, case):
    """The mean image has exactly the shape (C, H, W)."""
    expect_shape(mean=(student.mean_image(images_of(case)), (case.c, case.h, case.w)))


@check("mean_image", points=0.5, given=IMAGES, examples=1, needs=("mean_image.values",))
def mean_image_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "mean_image", images=images_of(case))


@check("channel_mean", points=3, given=IMAGES, examples=4)
def channel_mean_values(student, case):
    """There is a mean for each channel, over all images and all pixels."""
    images = images_of(case)
    expect(student, mean=(student.channel_mean(images), formulas.channel_mean(images)))


@check("channel_mean", points=0.5, given=IMAGES, examples=2, needs=("channel_mean.values",))
def channel_mean_shape(student, case):
    """The means have exactly the shape (C,)."""
    expect_shape(mean=(student.channel_mean(images_of(case)), (case.c,)))


@check("channel_mean", points=0.5, given=IMAGES, examples=1, needs=("channel_mean.values",))
def channel_mean_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "channel_mean", images=images_of(case))


# ── flips ──────────────────────────────────────────────────────────────────────────────────────


@check("flip", points=4, given=IMAGES, examples=4)
def flip_values(student, case):
    """Left and right are exchanged in the images that flipped says, and in no other."""
    images, flipped = images_of(case), flags(case)
    expect(student, out=(student.flip(images, flipped), formulas.flip(images, flipped)))


@check("flip", points=1)
def flip_known_answer(student, case):
    """Of two images the first is flipped: its rows (1, 2, 3) and (4, 5, 6) become (3, 2, 1) and (6, 5, 4)."""
    images = case.given("images", np.arange(1.0, 25.0).reshape(2, 2, 2, 3))
    flipped = case.given("flipped", np.array([True, False]))
    right = [[[[3, 2, 1], [6, 5, 4]], [[9, 8, 7], [12, 11, 10]]], images[1]]
    expect(student, out=(student.flip(images, flipped), right))


@check("flip", points=0.5, given=IMAGES, examples=2, needs=("flip.values",))
def flip_shape(student, case):
    """The result has exactly the shape of the images."""
    images, flipped = images_of(case), flags(case)
    expect_shape(out=(student.flip(images, flipped), images.shape))


@check("flip", points=0.5, given=IMAGES, examples=1, needs=("flip.values",))
def flip_pure(student, case):
    """images and flipped are left as they were."""
    expect_unmodified(student, "flip", images=images_of(case), flipped=flags(case))


@check("random_flip", points=2, given=IMAGES, examples=3)
def random_flip_certain(student, case):
    """p = 1 flips every image from left to right, and p = 0 flips none."""
    images = images_of(case)
    right = formulas.flip(images, np.ones(case.n, bool))
    expect(student, out=(student.random_flip(images, 1.0, case.generator()), right))
    expect(student, out=(student.random_flip(images, 0.0, case.generator()), images))


FLIP_RATE = 0.3


@check("random_flip", points=3)
def random_flip_rate(student, case):
    """Each image comes out as itself or as its mirror image, which it does with probability p."""
    images = equal_images(2 * MANY, 2)
    turned = flipped_ones(student, student.random_flip(images, FLIP_RATE, case.generator()), images)
    expect_each(f"images are flipped with p = {FLIP_RATE}", turned)
    expect_rate(
        f"flipped images, with p = {FLIP_RATE}",
        int(turned.sum()),
        len(turned),
        FLIP_RATE,
        {"1 - p": 1 - FLIP_RATE, "1/2, whatever p": 0.5},
    )


def expect_each(what, came_true):
    """A large batch of draws, of which neither none nor all can come true by chance."""
    if came_true.all() or not came_true.any():
        raise CheckFailed(
            f"{'All' if came_true.all() else 'None'} of {len(came_true)} {what}; each is to be drawn by itself."
        )


@check("random_flip", points=1, needs=("random_flip.rate",))
def random_flip_independent(student, case):
    """Whether an image is flipped says nothing of the next one."""
    images = equal_images(2 * MANY, 1)
    turned = flipped_ones(student, student.random_flip(images, 0.5, case.generator()), images)
    expect_drawn_anew("the choice of images", np.where(turned, 1.0, -1.0))
    # of two images one is flipped half of the time: in none of 40 batches, or in all, with probability 2e-12
    pair = equal_images(2, 1)
    batches = student.each("random_flip", [(pair, 0.5, case.generator(f"batch {k}")) for k in range(40)])
    turned = np.array([flipped_ones(student, batch, pair) for batch in batches])
    # equal batches come of a seed of the student's own, which is another question
    if len(set(turned.sum(axis=1) == 1)) == 1 and (turned != turned[0]).any():
        raise CheckFailed(
            "Of two images, p = 0.5 flips the same number in each of 40 batches: draw for each by itself."
        )


@check("random_flip", points=1, needs=("random_flip.certain",))
def random_flip_seeded(student, case):
    """The same seed gives the same images, another seed gives others: all randomness comes from rng."""
    images = case.given("images", equal_images(64, 1, 1, 2))
    expect_seeded("images", *three_seeds(student, case, "random_flip", images, 0.5))


def three_seeds(student, case, name, *arguments):
    """What comes of a seed, of the same seed, and of another one; arrays of floats."""
    seed = int(case.rng("seed").integers(2**31))
    found = student.each(name, [(*arguments, Rng(seed + k)) for k in (0, 0, 1)])
    for one in found:
        expect_shape(out=(one, np.shape(one)))
    return found


@check("random_flip", points=0.5, given=IMAGES, examples=1, needs=("random_flip.certain",))
def random_flip_shape(student, case):
    """The result has exactly the shape of the images."""
    images = images_of(case)
    expect_shape(out=(student.random_flip(images, 0.5, case.generator()), images.shape))


@check("random_flip", points=0.5, given=IMAGES, examples=1, needs=("random_flip.certain",))
def random_flip_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "random_flip", images=images_of(case), p=1.0, rng=case.generator())


# ── crops ──────────────────────────────────────────────────────────────────────────────────────


@check("random_crop", points=3, given=CROPS, examples=4)
def random_crop_windows(student, case):
    """Each result is a window of size × size pixels of its own image with pad zeros around it."""
    images = images_of(case)
    found = student.random_crop(images, case.size, case.pad, case.generator())
    places(student, found, images, case.size, case.pad)


def many_places(student, case):
    """Where the windows of two batches of MANY images begin: rows (2, MANY), columns (2, MANY)."""
    images = equal_images(MANY, 1)
    batches = student.each("random_crop", [(images, SIZE, PAD, case.generator(name)) for name in ("first", "second")])
    found = [places(student, batch, images, SIZE, PAD) for batch in batches]
    return np.moveaxis(np.array(found), 1, 0)


ASKED = f"images of {HEIGHT} × {WIDTH} pixels with pad = {PAD} and size = {SIZE}"


@check("random_crop", points=3)
def random_crop_places(student, case):
    """The windows begin in all rows 0 … H + 2·pad - size and all columns 0 … W + 2·pad - size, drawn apart for each."""
    rows, across = many_places(student, case)
    # each of the 24 places stays empty with probability (23/24)^1500 < 1e-27
    where = rows * COLUMNS + across
    if (where == where[:, :1]).all():
        raise CheckFailed(f"The windows of {MANY} {ASKED} all begin in the same place; each has its own.")
    for axis, seen, count in (("row", rows, ROWS), ("column", across, COLUMNS)):
        for place in sorted(set(range(count)) - set(seen.ravel().tolist())):
            raise CheckFailed(
                f"No window of {2 * MANY} {ASKED} begins in {axis} {place} of the padded image; {axis}s 0 to "
                f"{count - 1} are possible."
            )
    for place in sorted(set(range(ROWS * COLUMNS)) - set(where.ravel().tolist())):
        raise CheckFailed(
            f"No window of {2 * MANY} {ASKED} begins in row {place // COLUMNS} and column {place % COLUMNS}: draw rows "
            "and columns apart."
        )


@check("random_crop", points=2, needs=("random_crop.places",))
def random_crop_law(student, case):
    """All rows are equally likely, and all columns; each image has its own."""
    images = equal_images(2 * MANY, 1)
    found = places(student, student.random_crop(images, SIZE, PAD, case.generator()), images, SIZE, PAD)
    for axis, seen, count in zip(("row", "column"), found, (ROWS, COLUMNS), strict=True):
        for place, hits in enumerate(np.bincount(seen, minlength=count)):
            expect_rate(f"windows that begin in {axis} {place} of {count}", int(hits), seen.size, 1 / count)
        expect_drawn_anew(f"the choice of {axis}s", seen - (count - 1) / 2)


@check("random_crop", points=1, given=UNPADDED, examples=2, needs=("random_crop.windows",))
def random_crop_unpadded(student, case):
    """pad = 0 cuts windows out of the image as it is, the whole of it where size allows no other."""
    images = images_of(case)
    found = student.random_crop(images, case.size, 0, case.generator())
    places(student, found, images, case.size, 0)


@check("random_crop", points=1, needs=("random_crop.places",))
def random_crop_seeded(student, case):
    """The same seed gives the same windows, another seed gives others: all randomness comes from rng."""
    images = case.given("images", equal_images(24, 1))
    expect_seeded("windows", *three_seeds(student, case, "random_crop", images, SIZE, PAD))


@check("random_crop", points=0.5, given=CROPS, examples=1, needs=("random_crop.windows",))
def random_crop_shape(student, case):
    """The result has exactly the shape (N, C, size, size)."""
    found = student.random_crop(images_of(case), case.size, case.pad, case.generator())
    expect_shape(out=(found, (case.n, case.c, case.size, case.size)))


@check("random_crop", points=0.5, given=CROPS, examples=1, needs=("random_crop.windows",))
def random_crop_pure(student, case):
    """images are left as they were."""
    arguments = {"images": images_of(case), "size": case.size, "pad": case.pad, "rng": case.generator()}
    expect_unmodified(student, "random_crop", **arguments)


# ── turns, contrast, brightness, noise ─────────────────────────────────────────────────────────


@check("rotate90", points=3, given=TURNS, examples=4)
def rotate90_values(student, case):
    """One, two and three quarter turns anticlockwise."""
    images = images_of(case)
    expect(student, out=(student.rotate90(images, case.turns), formulas.rotate90(images, case.turns)))


@check("rotate90", points=1)
def rotate90_known_answer(student, case):
    """A quarter turn makes the rows (2, 4) and (1, 3) of the rows (1, 2) and (3, 4)."""
    images = case.given("images", np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    expect(student, out=(student.rotate90(images, 1), [[[[2.0, 4.0], [1.0, 3.0]]]]))


@check("rotate90", points=1, given=BACKWARDS, examples=2, needs=("rotate90.values",))
def rotate90_negative(student, case):
    """A negative number of turns is clockwise."""
    images = images_of(case)
    expect(student, out=(student.rotate90(images, case.turns), formulas.rotate90(images, case.turns)))


@check("rotate90", points=0.5, given=MANY_TURNS, examples=2, needs=("rotate90.values",))
def rotate90_many(student, case):
    """Four turns leave an image as it is, and five are one."""
    images = images_of(case)
    expect(student, out=(student.rotate90(images, case.turns), formulas.rotate90(images, case.turns)))


@check("rotate90", points=0.5, given=TURNS, examples=1, needs=("rotate90.values",))
def rotate90_shape(student, case):
    """The result has exactly the shape (N, C, W, H) after an odd number of turns, else (N, C, H, W)."""
    images = images_of(case)
    expect_shape(out=(student.rotate90(images, case.turns), formulas.rotate90(images, case.turns).shape))


@check("rotate90", points=0.5, given=TURNS, examples=1, needs=("rotate90.values",))
def rotate90_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "rotate90", images=images_of(case), turns=case.turns)


@check("adjust_contrast", points=3.5, given=FACTORS, examples=4)
def adjust_contrast_values(student, case):
    """A pixel becomes mean + factor·(x - mean), with the mean of its own image's channel."""
    images = images_of(case)
    expect(student, out=(student.adjust_contrast(images, case.factor), formulas.contrast(images, case.factor)))


@check("adjust_contrast", points=1)
def adjust_contrast_known_answer(student, case):
    """With a factor of 3, the pixels 1, 2, 4 and 5 become -3, 0, 6 and 9."""
    images = case.given("images", np.array([[[[1.0, 2.0], [4.0, 5.0]]]]))
    expect(student, out=(student.adjust_contrast(images, 3.0), [[[[-3.0, 0.0], [6.0, 9.0]]]]))


@check("adjust_contrast", points=0.5, given=FACTORS, examples=1, needs=("adjust_contrast.values",))
def adjust_contrast_shape(student, case):
    """The result has exactly the shape of the images."""
    images = images_of(case)
    expect_shape(out=(student.adjust_contrast(images, case.factor), images.shape))


@check("adjust_contrast", points=0.5, given=FACTORS, examples=1, needs=("adjust_contrast.values",))
def adjust_contrast_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "adjust_contrast", images=images_of(case), factor=case.factor)


@check("adjust_brightness", points=2, given=DELTAS, examples=4)
def adjust_brightness_values(student, case):
    """delta is added to every pixel, and nothing is clipped."""
    images = images_of(case)
    expect(student, out=(student.adjust_brightness(images, case.delta), formulas.brightness(images, case.delta)))


@check("adjust_brightness", points=0.5, given=DELTAS, examples=1, needs=("adjust_brightness.values",))
def adjust_brightness_shape(student, case):
    """The result has exactly the shape of the images."""
    images = images_of(case)
    expect_shape(out=(student.adjust_brightness(images, case.delta), images.shape))


@check("adjust_brightness", points=0.5, given=DELTAS, examples=1, needs=("adjust_brightness.values",))
def adjust_brightness_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "adjust_brightness", images=images_of(case), delta=case.delta)


NOISE_SHAPE, NOISE_STD = (6, 3, 16, 19), 0.4


def noise_of(student, case, std):
    """What add_noise adds to images, as numbers."""
    images = case.array("images", *NOISE_SHAPE)
    return numbers("out", student.add_noise(images, std, case.generator()), NOISE_SHAPE) - images


@check("add_noise", points=3)
def add_noise_variance(student, case):
    """What is added has mean 0 and variance std²."""
    suspects = {
        "noise of deviation 1": 1.0,
        "std taken for the variance": NOISE_STD,
        "the variance taken for the deviation": NOISE_STD**4,
        "uniform numbers between -std and std": NOISE_STD**2 / 3,
    }
    expect_variance("the noise", noise_of(student, case, NOISE_STD), NOISE_STD**2, suspects)


@check("add_noise", points=1.5, needs=("add_noise.variance",))
def add_noise_law(student, case):
    """The noise is normal, and drawn anew for each pixel of each channel of each image."""
    expect_law("the noise", noise_of(student, case, NOISE_STD), Normal(NOISE_STD**2))


@check("add_noise", points=1, needs=("add_noise.variance",))
def add_noise_seeded(student, case):
    """The same seed gives the same noise, another seed gives another: all randomness comes from rng."""
    images = case.array("few", 2, 1, 2, 3)
    expect_seeded("noise", *three_seeds(student, case, "add_noise", images, 0.5))


@check("add_noise", points=0.5, given=IMAGES, examples=1, needs=("add_noise.variance",))
def add_noise_none(student, case):
    """std = 0 leaves the images as they are."""
    images = images_of(case)
    expect(student, out=(student.add_noise(images, 0.0, case.generator()), images))


@check("add_noise", points=0.5, given=IMAGES, examples=1, needs=("add_noise.variance",))
def add_noise_shape(student, case):
    """The result has exactly the shape of the images."""
    images = images_of(case)
    expect_shape(out=(student.add_noise(images, 0.5, case.generator()), images.shape))


@check("add_noise", points=0.5, given=IMAGES, examples=1, needs=("add_noise.variance",))
def add_noise_pure(student, case):
    """images are left as they were."""
    expect_unmodified(student, "add_noise", images=images_of(case), std=0.5, rng=case.generator())
