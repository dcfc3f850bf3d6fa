"""What is asked of a pooling submission. A docstring (or `sentence`) is what the student reads."""

import numpy as np

from autograder import Pair, check, expect, expect_shape, expect_unmodified

from . import formulas
from .cases import (
    BEYOND,
    DIVIDED,
    DIVIDED_ANY,
    FLAT,
    KINDS,
    LP,
    LP_APART,
    LP_FEW,
    LP_OVERLAPPING,
    LP_RECTANGLES,
    NORMAL,
    NORMAL_ANY,
    PYRAMIDS,
    REMAINDERS,
    SHIFTS,
    UP,
    expect_images,
    image,
    kernel_of,
    lp_pooling,
    normalizing,
    one_spot_a_tile,
    plane,
    tiled,
    upsampling,
)

# What a constant of 1e-8 in a denominator changes, 2e-8 / 0.01 at most where p is 3 and out 0.01 or more.
GUARD = 1e-5

# ── Lp pooling ─────────────────────────────────────────────────────────────────────────────────

lp = Pair("lp_pool2d_forward", "lp_pool2d_backward", formulas.lp_pool, lp_pooling, ("dx",), given=LP)
lp.values(4, "out is the p-th root of the mean of abs(x)^p over each window.", examples=4)
lp.gradients(6, "dx is the gradient for any dout, not for one of ones only, and for any p from 1 on.", examples=4)
WINDOWS = {
    "overlapping": (
        LP_OVERLAPPING,
        "Right where windows overlap",
        ": each pixel adds up what it gets from all of them.",
    ),
    "apart": (LP_APART, "Right for a stride that is larger than the window", ": pixels between windows get 0."),
    "rectangles": (LP_RECTANGLES, "Right for a pool of (height, width)", "."),
}
for name, (given, sentence, gets) in WINDOWS.items():
    lp.values(1, f"{sentence}.", name=name, given=given, examples=1)
    lp.gradients(1, sentence + gets, name=name, given=given, examples=1)
lp.shape(0.5, "out has exactly the shape (N, C, H', W').", given=LP_FEW)
lp.pure(0.5, "x is left as it was.", given=LP_FEW)
lp.shapes(0.5, "dx has exactly x's shape.", given=LP_FEW)
lp.repeatable(0.5, given=LP_FEW)
lp.consistent(0.5, given=LP_FEW)


@check("lp_pool2d_forward", points=1)
def lp_pool2d_forward_known_answer(student, case):
    """The window of 3, -4, 0 and 0 gives 7/4 for p = 1 and 5/2 for p = 2: a mean, and of absolute values."""
    x = case.given("x", np.array([[[[3.0, -4.0], [0.0, 0.0]]]]))
    found = student.each("lp_pool2d_forward", [(x, 1.0), (x, 2.0)])
    expect(
        student,
        **{f"out_{p}": (out, [[[[wanted]]]]) for p, (out, _), wanted in zip((1, 2), found, (1.75, 2.5), strict=True)},
    )


@check("lp_pool2d_backward", points=1, needs=("lp_pool2d_backward.gradients",))
def lp_pool2d_backward_zeros(student, case):
    """A window of zeros gets the gradient 0, and not NaN; one of small numbers gets its own."""
    x = np.zeros((1, 2, 4, 4))
    x[:, :, :2, :2] = case.array("corner", 1, 2, 2, 2) / 4
    x, dout = case.given("x", x), case.array("dout", 1, 2, 2, 2)
    for p in (1.0, 2.0, 3.0):
        _, cache = student.lp_pool2d_forward(x, p)
        dx = np.zeros((1, 2, 4, 4))
        dx[:, :, :2, :2] = _corner_gradient(case, x, dout, p)
        expect(student, GUARD, dx=(student.lp_pool2d_backward(dout, cache), dx))


def _corner_gradient(case, x, dout, p):
    """The gradient of the upper left window alone."""
    return case.once(("corner", p), lambda: formulas.lp_corner(x[:, :, :2, :2], dout[:, :, :1, :1], p))


# ── tiles ──────────────────────────────────────────────────────────────────────────────────────

tile = Pair("tile_pool2d_forward", "tile_pool2d_backward", formulas.tile_pool, tiled, ("dx",))
RESULTS = {
    "max": ("the largest number", "dout goes to the pixel that is the maximum of its tile"),
    "average": ("the average", "dout is shared equally by the pixels of its tile"),
    "l2": ("the root of the mean of squares", "each pixel gets dout · x / (span² · out)"),
}
for kind, (result, gets) in RESULTS.items():
    tile.values(2, f'With "{kind}", out is {result} of each tile.', name=kind, given=KINDS[kind], examples=3)
    tile.gradients(2.5, f'With "{kind}", {gets}.', name=kind, given=KINDS[kind], examples=3)
DETAIL = {"given": REMAINDERS, "needs": ("tile_pool2d_forward.average",)}
tile.values(1, "Rows and columns that fill no tile are dropped.", name="remainder", given=REMAINDERS, examples=2)
tile.shape(
    0.5, "out has exactly the shape (N, C, H // span, W // span).", given=KINDS["average"], needs=DETAIL["needs"]
)
tile.pure(0.5, "x is left as it was.", given=KINDS["average"], needs=DETAIL["needs"])
BACK = {"needs": ("tile_pool2d_backward.average",)}
tile.gradients(0.5, "Pixels that were dropped have the gradient 0.", name="remainder", given=REMAINDERS, examples=2)
tile.shapes(0.5, "dx has exactly x's shape.", given=KINDS["average"], **BACK)
tile.repeatable(0.5, given=KINDS["average"], **BACK)


@check("tile_pool2d_backward", points=0.5, needs=("tile_pool2d_backward.l2",))
def tile_pool2d_backward_zeros(student, case):
    """With "l2", a tile of zeros gets the gradient 0, and not NaN; one of small numbers gets its own."""
    x = np.zeros((1, 2, 2, 4))
    x[..., :2] = case.array("corner", 1, 2, 2, 2) / 4
    x, dout, dx = case.given("x", x), case.array("dout", 1, 2, 1, 2), np.zeros((1, 2, 2, 4))
    _, cache = student.tile_pool2d_forward(x, 2, "l2")
    dx[..., :2] = case.once("corner", lambda: formulas.lp_corner(x[..., :2], dout[..., :1], 2.0))
    expect(student, GUARD, dx=(student.tile_pool2d_backward(dout, cache), dx))


@check("tile_pool2d_forward", points=1)
def tile_pool2d_forward_known_answer(student, case):
    """The example of the lecture: maxima [[5, 4], [5, 0]], averages [[2, 0], [0, -1]]."""
    x = case.given("x", np.array([[[[5.0, 2, -3, 0], [2, -1, 4, -1], [-4, -4, -3, 0], [3, 5, 0, -1]]]]))
    right = {"max": [[[[5, 4], [5, 0]]]], "average": [[[[2, 0], [0, -1]]]]}
    found = student.each("tile_pool2d_forward", [(x, 2, kind) for kind in right])
    expect(student, **{kind: (out, right[kind]) for kind, (out, _) in zip(right, found, strict=True)})


@check("tile_pool2d_forward", points=1, given=KINDS["max"], examples=1)
def tile_pool2d_forward_invariant(student, case):
    """A maximum that moves inside its tile leaves the pooled image as it was."""
    x = one_spot_a_tile(case)
    moves = [(0, 0), (case.span - 1, 0), (0, case.span - 1), (case.span - 1, case.span - 1)]
    found = student.each("tile_pool2d_forward", [(np.roll(x, move, axis=(2, 3)), case.span, "max") for move in moves])
    spots = x[:, :, :: case.span, :: case.span]
    expect(student, **{f"out_{dy}_{dx}": (out, spots) for (dy, dx), (out, _) in zip(moves, found, strict=True)})


# ── between resolutions ────────────────────────────────────────────────────────────────────────

up = Pair(
    "upsample_forward", "upsample_backward", formulas.upsample, upsampling, ("dx",),
    pullback=formulas.upsample_gradient, given=UP,
)  # fmt: skip
up.values(4, "The pixels of x stand at every factor-th place, and zeros everywhere else.", examples=3)
up.gradients(4, "dx is dout at the places where the pixels of x went.", examples=3)
up.shape(0.5, "out has exactly the shape (N, C, (H - 1) · factor + 1, (W - 1) · factor + 1).")
up.pure(0.5, "x is left as it was.")
up.shapes(0.5, "dx has exactly x's shape.")
up.repeatable(0.5)


@check("upsample_forward", points=1)
def upsample_forward_known_answer(student, case):
    """[[1, 2], [3, 4]] with a factor of 2 gives [[1, 0, 2], [0, 0, 0], [3, 0, 4]]: no zeros behind the last pixel."""
    out, _ = student.upsample_forward(case.given("x", np.array([[[[1.0, 2], [3, 4]]]])), 2)
    expect(student, out=(out, [[[[1, 0, 2], [0, 0, 0], [3, 0, 4]]]]))


@check("upsample_backward", points=1, given=UP, examples=1, needs=("upsample_backward.gradients",))
def upsample_backward_adjoint(student, case):
    """Up- and subsampling are adjoint: the sum of out · dout is that of x · dx, by your own forward pass."""
    x, dout = upsampling(case)["x"], up.dout(case)
    out, cache = up.call(student, case)
    dx = student.upsample_backward(dout, cache)
    expect_shape(out=(out, dout.shape), dx=(dx, x.shape))
    expect(student, **{"sum(out * dout)": ((out * dout).sum(), (x * dx).sum())})


@check("gaussian_pyramid", points=6, given=PYRAMIDS, examples=3)
def gaussian_pyramid_values(student, case):
    """Each image is the one before, blurred with ⅟₁₆ (1, 4, 6, 4, 1) along both axes, at every second pixel."""
    x = image(case)
    expect_images(student, student.gaussian_pyramid(x, case.levels), formulas.pyramid(x, case.levels))


@check("gaussian_pyramid", points=1)
def gaussian_pyramid_known_answer(student, case):
    """A single 256 in the middle of 5 × 5 pixels gives [[4, 12, 4], [12, 36, 12], [4, 12, 4]]: mirrors see it, too."""
    x = np.zeros((5, 5))
    x[2, 2] = 256.0
    x = case.given("x", x)
    expect_images(student, student.gaussian_pyramid(x, 2), [x, np.array([[4, 12, 4], [12, 36, 12], [4, 12, 4]])])


@check("gaussian_pyramid", points=1)
def gaussian_pyramid_flat(student, case):
    """The weights sum to 1 at every edge: a flat image stays flat."""
    x = case.given("x", np.full((7, 10), 3.5))
    expect_images(student, student.gaussian_pyramid(x, 3), [x, np.full((4, 5), 3.5), np.full((2, 3), 3.5)])


@check("gaussian_pyramid", points=0.5, given=PYRAMIDS, examples=1, needs=("gaussian_pyramid.values",))
def gaussian_pyramid_one_level(student, case):
    """A pyramid of one level is the image itself, in a list."""
    expect_images(student, student.gaussian_pyramid(image(case), 1), [image(case)])


@check("gaussian_pyramid", points=0.5, given=PYRAMIDS, examples=1, needs=("gaussian_pyramid.values",))
def gaussian_pyramid_pure(student, case):
    """x is left as it was."""
    expect_unmodified(student, "gaussian_pyramid", x=image(case), levels=case.levels)


# ── normalisation ──────────────────────────────────────────────────────────────────────────────

subtractive = Pair(
    "subtractive_normalization", "subtractive_normalization_backward", formulas.subtractive, normalizing, ("dx",),
    pullback=formulas.subtractive_gradient, given=NORMAL,
)  # fmt: skip
subtractive.values(4, "out is x minus the mean of its neighbourhood, weighted by the kernel.", examples=3)
subtractive.gradients(4, "dx is dout minus what the kernel passes back of it.", examples=3)
TURNED = "Right for kernels that are neither square nor symmetric"
subtractive.values(1.5, f"{TURNED}: it is a cross-correlation.", name="asymmetric", given=NORMAL_ANY, examples=2)
subtractive.gradients(2, f"{TURNED}: backwards, the kernel is turned.", name="asymmetric", given=NORMAL_ANY, examples=2)
subtractive.shape(0.5, "out has exactly x's shape.")
subtractive.pure(0.5, "x and the kernel are left as they were.")
subtractive.shapes(0.5, "dx has exactly x's shape.")
subtractive.repeatable(0.5)


@check("subtractive_normalization", points=1)
def subtractive_normalization_flat(student, case):
    """A flat image becomes 0, but for its edge, where the neighbourhood is darker."""
    kernel = case.given("kernel", np.full((3, 3), 1 / 9))
    out, _ = student.subtractive_normalization(case.given("x", np.full((1, 1, 4, 5), 9.0)), kernel)
    edge = [[5, 3, 3, 3, 5], [3, 0, 0, 0, 3], [3, 0, 0, 0, 3], [5, 3, 3, 3, 5]]
    expect(student, out=(out, [[edge]]))


@check("divisive_normalization", points=4, given=DIVIDED, examples=3)
def divisive_normalization_values(student, case):
    """out is x over the root of the low-pass version of x²."""
    x, kernel = plane(case), kernel_of(case)
    out = student.divisive_normalization(x, kernel, case.eps)
    expect(student, out=(out, formulas.divisive(x, kernel, case.eps)))


@check("divisive_normalization", points=1, given=DIVIDED_ANY, examples=2)
def divisive_normalization_asymmetric(student, case):
    """Right for kernels that are neither square nor symmetric."""
    x, kernel = plane(case), kernel_of(case)
    out = student.divisive_normalization(x, kernel, case.eps)
    expect(student, out=(out, formulas.divisive(x, kernel, case.eps)))


@check("divisive_normalization", points=2, given=FLAT, examples=2)
def divisive_normalization_eps(student, case):
    """Where the root is below eps, out is x / eps."""
    x, kernel = plane(case), kernel_of(case)
    out = student.divisive_normalization(x, kernel, case.eps)
    expect(student, out=(out, formulas.divisive(x, kernel, case.eps)))


@check("divisive_normalization", points=0.5, given=DIVIDED, examples=1, needs=("divisive_normalization.values",))
def divisive_normalization_zeros(student, case):
    """Where all is 0, out is 0, and not NaN."""
    x = case.given("zeros", np.zeros((case.n, case.c, *case.size)))
    expect(student, out=(student.divisive_normalization(x, kernel_of(case), case.eps), x))


@check("divisive_normalization", points=0.5, given=DIVIDED, examples=1, needs=("divisive_normalization.values",))
def divisive_normalization_shape(student, case):
    """out has exactly x's shape."""
    out = student.divisive_normalization(plane(case), kernel_of(case), case.eps)
    expect_shape(out=(out, plane(case).shape))


@check("divisive_normalization", points=0.5, given=DIVIDED, examples=1, needs=("divisive_normalization.values",))
def divisive_normalization_pure(student, case):
    """x and the kernel are left as they were."""
    expect_unmodified(student, "divisive_normalization", x=plane(case), kernel=kernel_of(case), eps=case.eps)


# ── shifts ─────────────────────────────────────────────────────────────────────────────────────


@check("shift", points=4.5, given=SHIFTS, examples=4)
def shift_values(student, case):
    """dy > 0 moves down and dx > 0 to the right; zeros come in on the other side."""
    out = student.shift(plane(case), case.dy, case.dx)
    expect(student, out=(out, formulas.shifted(plane(case), case.dy, case.dx)))


@check("shift", points=1.5, given=BEYOND, examples=2, needs=("shift.values",))
def shift_beyond(student, case):
    """A shift by the whole image or more leaves zeros alone."""
    out = student.shift(plane(case), case.dy, case.dx)
    expect(student, out=(out, formulas.shifted(plane(case), case.dy, case.dx)))


@check("shift", points=1)
def shift_known_answer(student, case):
    """[[1, 2], [3, 4]] moved down by one row and to the left by one column is [[0, 0], [2, 0]]."""
    out = student.shift(case.given("x", np.array([[[[1.0, 2], [3, 4]]]])), 1, -1)
    expect(student, out=(out, [[[[0, 0], [2, 0]]]]))


@check("shift", points=0.5, given=SHIFTS, examples=1, needs=("shift.values",))
def shift_shape(student, case):
    """out has exactly x's shape."""
    expect_shape(out=(student.shift(plane(case), case.dy, case.dx), plane(case).shape))


@check("shift", points=0.5, given=SHIFTS, examples=1, needs=("shift.values",))
def shift_pure(student, case):
    """x is left as it was."""
    expect_unmodified(student, "shift", x=plane(case), dy=case.dy, dx=case.dx)
