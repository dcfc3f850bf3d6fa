"""The checks of conv. The student reads the docstring of a check, or its `sentence`.

No window of an input of max pooling holds two equal numbers, since every convention for ties passes.
"""

import numpy as np

from autograder import Pair, check, expect, expect_shape

from . import formulas
from .cases import (
    ANY_IMAGES,
    ANY_SEQUENCES,
    FEW_IMAGES,
    FEW_PADDED,
    FEW_PLANES,
    FEW_SEQUENCES,
    FEW_STRIDED,
    IMAGES,
    OBLONG_IMAGES,
    PADDED_IMAGES,
    PLANES_ANY,
    PLANES_APART,
    PLANES_OVERLAPPING,
    PLANES_PLAIN,
    PLANES_UNEVEN,
    RECTANGLES,
    SEQUENCES,
    SINGLE_IMAGES,
    SINGLE_PLANES,
    SINGLE_SEQUENCES,
    STRIDED_IMAGES,
    UNEVEN_IMAGES,
    UNEVEN_SEQUENCES,
    convolution,
    distinct,
    pooling,
)
from .relations import expect_adjoint, own

# ── convolution: what all pairs share ──────────────────────────────────────────────────────────

PLAIN = "Without stride and padding, out is the sum over channels and window, plus the bias."
SLIDES = "out is the sum over channels and window, plus the bias, for strides 1 to 3 and padding 0 to 2."
STRIDE = "A stride of s moves the window by s rows or s columns from one output to the next."
PAD = "pad lines of zeros are put around the image first, on all four sides."
OBLONG = "Kernels and images may have any height and width: neither HH and WW nor H and W need be equal."
SHAPE = "out has exactly the shape that the formula for its size gives."
MEANINGS = {
    "dx": "dx holds for each element of x the sum over all windows that it lies in",
    "dw": "dw holds for each weight the sum over all windows of all examples",
    "db": "db holds for each filter the sum of dout over all examples and places",
}


def convolving(name):
    """The pair of entry points whose names begin with `name`."""
    gradients = {"gradients": ("dx", "dw", "db"), "pullback": formulas.convolve_gradients}
    return Pair(f"{name}_forward", f"{name}_backward", formulas.convolve, convolution, **gradients)


CONV2D, CONV1D, FAST = (convolving(name) for name in ("conv2d", "conv1d", "conv2d_fast"))


def declare_convolution(pair, spaces, forward, plain, gradients, consistent):
    """The checks that all pairs share. `forward` are the points for out without options and with them, `plain` and
    `gradients` those of the gradients, `consistent` those of consistency; details are half a point."""
    without, options, few, single = spaces
    few, single = ({"given": space, "examples": 0, "points": 0.5} for space in (few, single))
    pair.values(forward[0], PLAIN, name="plain", given=without, examples=2)
    pair.values(forward[1], SLIDES, given=options, examples=2)
    right = {"needs": (f"{pair.forward}.plain",)}
    pair.shape(sentence=SHAPE, **right, **single)
    pair.pure(sentence="x, w and b are left as they were.", **right, **few)
    for name, points in plain.items():
        asked = {"only": (name,), "name": f"plain_{name}", "given": without, "examples": 2}
        pair.gradients(points, f"{MEANINGS[name]}, without stride and padding.", **asked)
    for name, points in gradients.items():
        asked = {"only": (name,), "name": name, "given": options, "examples": 2}
        pair.gradients(points, f"{MEANINGS[name]}, for strides 1 to 3 and padding 0 to 2.", **asked)
    right = {"needs": (*(f"{pair.backward}.plain_{name}" for name in plain), f"{pair.backward}.db")}
    pair.shapes(
        sentence="dx, dw and db have exactly the shapes of x, w and b: db is (F,), not (1, F).", **right, **single
    )
    pair.repeatable(**right, **few)
    pair.consistent(**few | {"points": consistent})


OF_IMAGES = IMAGES, ANY_IMAGES, FEW_IMAGES, SINGLE_IMAGES
OF_SEQUENCES = SEQUENCES, ANY_SEQUENCES, FEW_SEQUENCES, SINGLE_SEQUENCES
declare_convolution(CONV2D, OF_IMAGES, (5.5, 1), {"dx": 4, "dw": 4, "db": 1}, {"dx": 2.5, "dw": 2.5, "db": 0.5}, 1)
declare_convolution(CONV1D, OF_SEQUENCES, (2, 1.5), {"dx": 1.5, "dw": 1}, {"dx": 1, "dw": 1, "db": 0.5}, 0.5)
declare_convolution(FAST, OF_IMAGES, (1.5, 1.5), {"dx": 1, "dw": 1}, {"dx": 1, "dw": 0.5, "db": 0.5}, 0.5)

CONV2D.values(1.5, STRIDE, name="stride", given=STRIDED_IMAGES, examples=2)
CONV2D.values(1.5, PAD, name="pad", given=PADDED_IMAGES, examples=2)
CONV2D.values(1.5, OBLONG, name="rectangles", given=OBLONG_IMAGES, examples=2)
CONV2D.gradients(1.5, OBLONG, name="rectangles", given=OBLONG_IMAGES, examples=2)


# ── known answers ──────────────────────────────────────────────────────────────────────────────


@check("conv2d_forward", points=1)
def conv2d_forward_known_answer(student, case):
    """A small example computed by hand, with the default stride and pad."""
    known_answer(student.conv2d_forward, student, case)


@check("conv2d_fast_forward", points=0.5)
def conv2d_fast_forward_known_answer(student, case):
    """The small example of conv2d_forward, with the default stride and pad."""
    known_answer(student.conv2d_fast_forward, student, case)


def known_answer(forward, student, case):
    x = case.given("x", np.array([[[[1.0, 2, 2, -2], [1, 0, 2, 4], [2, -1, -1, 3], [0, 0, -3, -2]]]]))
    w = case.given("w", np.array([[[[1.0, 0, 3], [2, -1, -1], [0, 1, -3]]]]))
    out, _ = forward(x, w, np.zeros(1))
    expect(student, out=(out, [[[[9, -20], [22, 11]]]]))


@check("conv1d_forward", points=0.5)
def conv1d_forward_known_answer(student, case):
    """The kernel (-1, 1) takes differences: 1, 4, 9, 16 gives 3, 5, 7."""
    x, w = case.given("x", np.array([[[1.0, 4, 9, 16]]])), case.given("w", np.array([[[-1.0, 1]]]))
    out, _ = student.conv1d_forward(x, w, np.zeros(1))
    expect(student, out=(out, [[[3, 5, 7]]]))


@check("conv2d_forward", points=0.5)
def conv2d_forward_identity(student, case):
    """A kernel with a 1 in its centre, padded to the same size, returns its input; with a 2, twice its input."""
    x = case.array("x", 2, 3, 5, 6)
    for factor in (1, 2):
        out, _ = student.conv2d_forward(x, factor * _single_one(1, 1), np.zeros(3), 1, 1)
        expect(student, out=(out, factor * x))


@check("conv2d_forward", points=0.5)
def conv2d_forward_shift(student, case):
    """A kernel with a 1 to the upper right of its centre returns the pixel to the upper right: it is not turned."""
    x = case.array("x", 2, 3, 5, 6)
    out, _ = student.conv2d_forward(x, _single_one(0, 2), np.zeros(3))
    expect(student, out=(out, x[:, :, :3, 2:]))


def _single_one(row, column):
    """Three 3 x 3 kernels for three channels: the f-th has a 1 in channel f, in the given place."""
    w = np.zeros((3, 3, 3, 3))
    w[range(3), range(3), row, column] = 1
    return w


@check("conv2d_forward", points=0.5)
def conv2d_forward_pointwise(student, case):
    """A 1 × 1 kernel is a matrix product over the channels, in each pixel."""
    x, w, b = case.array("x", 2, 3, 4, 5), case.array("w", 4, 3, 1, 1), case.array("b", 4)
    out, _ = student.conv2d_forward(x, w, b)
    expect(student, out=(out, (w[:, :, 0, 0] @ x.reshape(2, 3, 20) + b[:, None]).reshape(2, 4, 4, 5)))


@check("conv2d_forward", points=1)
def conv2d_forward_lenet(student, case):
    """LeNet-5: a 32 × 32 image gives (6, 28, 28), (6, 14, 14) gives (16, 10, 10), (16, 5, 5) gives 120, 84 and 10."""
    lenet = ((1, 32, 6, 5, 28), (6, 14, 16, 5, 10), (16, 5, 120, 5, 1), (120, 1, 84, 1, 1), (84, 1, 10, 1, 1))
    for channels, size, filters, kernel, after in lenet:
        name = f"{channels}x{size}x{size}"
        x, b = case.array(f"x {name}", 1, channels, size, size), case.array(f"b {name}", filters)
        w = case.array(f"w {name}", filters, channels, kernel, kernel)
        expected = case.once(name, lambda args=(x, w, b): formulas.convolve(*args))
        out, _ = student.conv2d_forward(x, w, b)
        expect_shape(out=(out, (1, filters, after, after)))
        expect(student, out=(out, expected))


@check("conv2d_backward", points=1)
def conv2d_backward_receptive_field(student, case):
    """Three 3 × 3 layers in a row see 7 × 7 pixels, so the gradient of one output reaches 7 × 7 pixels of x."""
    down, across = case.given("down", np.array([1.0, 3, -2])), case.given("across", np.array([2.0, -1, 4]))
    w, x, caches = np.outer(down, across)[None, None], case.array("x", 1, 1, 9, 10), []
    for size in ((7, 8), (5, 6), (3, 4)):
        _, cache = student.conv2d_forward(x, w, np.zeros(1))
        caches.append(cache)
        x = case.array(f"x{size[0]}", 1, 1, *size)  # dx does not depend on it
    dx = np.zeros((1, 1, 3, 4))
    dx[0, 0, 1, 2] = 1
    for cache, size in zip(reversed(caches), ((5, 6), (7, 8), (9, 10)), strict=True):
        dx, _, _ = student.conv2d_backward(dx, cache)
        expect_shape(dx=(dx, (1, 1, *size)))
    reached = np.zeros((1, 1, 9, 10))
    reached[0, 0, 1:8, 2:9] = np.outer(_thrice(down), _thrice(across))
    expect(student, dx=(dx, reached))


def _thrice(kernel):
    """What three passes of a kernel make of a single 1."""
    return np.convolve(np.convolve(kernel, kernel), kernel)


# ── relations between a student's own answers ──────────────────────────────────────────────────


@check("conv2d_forward", points=1, given=FEW_STRIDED, examples=0)
def conv2d_forward_subsample(student, case):
    """A stride of s gives every s-th output of stride 1, in both directions."""
    x, w, b, stride, _ = convolution(case).values()
    dense, _ = student.conv2d_forward(x, w, b)
    sizes = (size - kernel + 1 for size, kernel in zip(x.shape[2:], w.shape[2:], strict=True))
    dense = own((len(x), len(w), *sizes), out=dense)
    out, _ = student.conv2d_forward(x, w, b, stride)
    expect(student, out=(out, dense[:, :, ::stride, ::stride]))


@check("conv2d_forward", points=1, given=FEW_PADDED, examples=0)
def conv2d_forward_padding(student, case):
    """Padding is putting zeros around the image first."""
    x, w, b, _, pad = convolution(case).values()
    by_hand, _ = student.conv2d_forward(np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad))), w, b)
    by_hand = own(CONV2D.out(case).shape, out=by_hand)
    out, _ = student.conv2d_forward(x, w, b, 1, pad)
    expect(student, out=(out, by_hand))


@check("conv2d_forward", points=0.5)
def conv2d_forward_translation(student, case):
    """When the image moves by a row and two columns, so does the output."""
    x, w, b = case.array("x", 2, 3, 6, 7), case.array("w", 4, 3, 3, 3), case.array("b", 4)
    whole, _ = student.conv2d_forward(x, w, b)
    whole = own((2, 4, 4, 5), out=whole)
    moved, _ = student.conv2d_forward(x[:, :, 1:, 2:], w, b)
    expect(student, out=(moved, whole[:, :, 1:, 2:]))


@check("conv2d_backward", points=1, given=FEW_IMAGES, examples=0)
def conv2d_backward_adjoint(student, case):
    """Without a bias ⟨out, dout⟩ = ⟨x, dx⟩ = ⟨w, dw⟩, with the out of your own forward pass."""
    x, w, b = convolution(case).values()
    dout = case.once("without bias", lambda: formulas.convolve(x, w, 0 * b))
    out, cache = student.conv2d_forward(x, w, 0 * b)
    dx, dw, _ = student.conv2d_backward(dout, cache)
    expect_adjoint(student, out, dout, dx=(dx, x), dw=(dw, w))


# ── pooling: what both pairs share ─────────────────────────────────────────────────────────────

WINDOWS = "Windows may have any size and stride, images any height and width."
APART = "dx is right for windows side by side or with gaps, on images of any height and width."
OVERLAP = "An element that lies in several windows gets the sum of what they send back."
RECTANGULAR = "Windows may be rectangles: pool = (height, width)."
IMAGE = np.array([[[[5.0, 2, -3, 0], [2, -1, 4, -1], [-4, -4, -3, 0], [3, 5, 0, -1]]]])

MAX = Pair("max_pool2d_forward", "max_pool2d_backward", formulas.max_pool, pooling, ("dx",))
AVERAGE = Pair("avg_pool2d_forward", "avg_pool2d_backward", formulas.avg_pool, pooling, ("dx",))


def declare_pooling(pair, meanings, known, forward, backward):
    """The checks that both pairs share. `forward` are the points for out with pool = stride = 2 and with any other;
    `backward` those of dx, likewise, and where windows overlap; details are half a point. `known` is IMAGE, pooled."""
    usual, several = {"given": PLANES_PLAIN, "examples": 2, "name": "plain"}, {"examples": 2}
    few, single = ({"given": space, "examples": 0, "points": 0.5} for space in (FEW_PLANES, SINGLE_PLANES))
    rectangular = {"given": RECTANGLES, "examples": 2, "points": 0.5, "name": "rectangles", "sentence": RECTANGULAR}
    right = {"needs": (f"{pair.forward}.plain",)}
    pair.values(forward[0], meanings[0], **usual)
    pair.values(forward[1], WINDOWS, given=PLANES_ANY, **several)
    pair.values(**rectangular)
    pair.shape(sentence=SHAPE, **right, **single)
    pair.pure(sentence="x is left as it was.", **right, **few)
    right = {"needs": (f"{pair.backward}.plain",)}
    pair.gradients(backward[0], meanings[1], **usual)
    pair.gradients(backward[1], APART, given=PLANES_APART, **several)
    pair.gradients(backward[2], OVERLAP, given=PLANES_OVERLAPPING, name="overlap", **several)
    pair.gradients(**rectangular)
    pair.shapes(sentence="dx has exactly x's shape.", **right, **single)
    pair.repeatable(**right, **few)

    @check(pair.forward, points=0.5, name="known_answer")
    def known_answer(student, case):
        """A small example computed by hand, with the default pool and stride."""
        out, _ = getattr(student, pair.forward)(case.given("x", IMAGE))
        expect(student, out=(out, [[known]]))


LARGEST = (
    "out holds the largest number of each window, channel by channel.",
    "dx holds dout where the largest number of its window stands, and 0 elsewhere.",
)
MEAN = (
    "out holds the average of each window, channel by channel.",
    "dx holds an equal share of dout for each element of a window.",
)
declare_pooling(MAX, LARGEST, [[5, 4], [5, 0]], (2.5, 1), (3, 1.5, 2.5))
declare_pooling(AVERAGE, MEAN, [[2, 0], [0, -1]], (2, 0.5), (2, 1, 1.5))


# ── the maximum ────────────────────────────────────────────────────────────────────────────────


@check("max_pool2d_forward", points=0.5)
def max_pool2d_forward_spike(student, case):
    """A single spike shows in every window that contains it, and in no other."""
    x = np.full((1, 2, 6, 5), 2.0)
    x[0, 1, 3, 2] = 7.0
    out, _ = student.max_pool2d_forward(case.given("x", x), 3, 1)
    shows = np.full((1, 2, 4, 3), 2.0)
    shows[0, 1, 1:4, 0:3] = 7.0
    expect(student, out=(out, shows))


@check("max_pool2d_forward", points=1, given=FEW_PLANES, examples=0)
def max_pool2d_forward_negative(student, case):
    """Subtracting 100 from x subtracts 100 from out: a window may hold negative numbers only."""
    x = pooling(case)["x"]
    out, _ = student.max_pool2d_forward(x)
    out = own(MAX.out(case).shape, out=out)
    lower, _ = student.max_pool2d_forward(case.given("lower", x - 100.0))
    expect(student, out=(lower, out - 100.0))


@check("max_pool2d_forward", points=0.5)
def max_pool2d_forward_lenet(student, case):
    """In LeNet-5 (6, 28, 28) becomes (6, 14, 14), and (16, 10, 10) becomes (16, 5, 5)."""
    for channels, size in ((6, 28), (16, 10)):
        x = distinct(case, f"x{size}", 1, channels, size, size)
        out, _ = student.max_pool2d_forward(x)
        expect(student, out=(out, x.reshape(1, channels, size // 2, 2, size // 2, 2).max(axis=(3, 5))))


@check("max_pool2d_backward", points=0.5)
def max_pool2d_backward_repeats(student, case):
    """Several windows may have the same maximum: each sends its gradient to its own pixel."""
    tile = distinct(case, "tile", 2, 3, 2, 2)
    x, dout = case.given("x", np.tile(tile, (1, 1, 2, 3))), case.array("dout", 2, 3, 2, 3)
    _, cache = student.max_pool2d_forward(x, 2, 2)
    largest = x == case.once("largest", lambda: np.kron(formulas.max_pool(x), np.ones((2, 2))))
    expect(student, dx=(student.max_pool2d_backward(dout, cache), largest * np.kron(dout, np.ones((2, 2)))))


MAX.consistent(
    0.5,
    "max_pool2d_backward is the gradient of your own max_pool2d_forward, right or wrong.",
    given=FEW_PLANES,
    examples=0,
)


# ── the average ────────────────────────────────────────────────────────────────────────────────


@check("avg_pool2d_forward", points=0.5)
def avg_pool2d_forward_constant(student, case):
    """The average of a constant image is that constant, for windows of any size."""
    colours = case.array("colours", 2, 3)[:, :, None, None]
    settings = [(2, 2), (3, 1), (2, 3)]
    found = student.each("avg_pool2d_forward", [(colours + np.zeros((2, 3, 6, 5)), *one) for one in settings])
    sizes = ((3, 2), (4, 3), (2, 2))
    for (pool, stride), (out, _), size in zip(settings, found, sizes, strict=True):
        expect(student, **{f"out_for_pool_{pool}_stride_{stride}": (out, colours + np.zeros((2, 3, *size)))})


@check("avg_pool2d_backward", points=0.5, given=FEW_PLANES, examples=0)
def avg_pool2d_backward_adjoint(student, case):
    """⟨out, dout⟩ = ⟨x, dx⟩, with the out of your own forward pass."""
    x = pooling(case)["x"]
    dout = AVERAGE.out(case)
    out, cache = student.avg_pool2d_forward(x)
    expect_adjoint(student, out, dout, dx=(student.avg_pool2d_backward(dout, cache), x))


# ── what is left over ──────────────────────────────────────────────────────────────────────────

# These come last: a loop that never ends there would keep its function from being asked anything else.
UNEVEN = "Where the stride does not divide evenly, the size of out is rounded down."
UNREACHED = "Rows and columns that no window reaches get the gradient 0, and dx keeps x's shape."

for pair, given, points in (
    (CONV2D, UNEVEN_IMAGES, 1),
    (CONV1D, UNEVEN_SEQUENCES, 0.5),
    (FAST, UNEVEN_IMAGES, 0.5),
    (MAX, PLANES_UNEVEN, 0.5),
    (AVERAGE, PLANES_UNEVEN, 0.5),
):
    pair.values(points, UNEVEN, name="leftover", given=given, examples=1)
    pair.gradients(points, UNREACHED, name="leftover", given=given, examples=1)
