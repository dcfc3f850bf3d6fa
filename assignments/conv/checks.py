"""What is asked of a conv submission. A docstring (or `sentence`) is what the student reads.

No input of max pooling has two equal numbers in one window: where the gradient goes then is a matter of taste.
"""

import numpy as np

from autograder import check, expect, expect_consistent, expect_shape, vjp

from . import formulas
from .cases import (
    FEW_IMAGES,
    FEW_PLANES,
    IMAGES,
    PLANES_ANY,
    PLANES_APART,
    PLANES_OVERLAPPING,
    PLANES_UNEVEN,
    RECTANGLES,
    convolution_arguments,
    convolution_shape,
    distinct,
    pooling_arguments,
    pooling_expected,
)
from .layers import AVERAGE, CONV1D, CONV2D, FAST, GRADIENTS, MAX
from .relations import expect_adjoint, own

# ── convolution: what all pairs share ──────────────────────────────────────────────────────────

SLIDES = "out is the sum over channels and window, plus the bias, for strides 1 to 3 and padding 0 to 2."
UNEVEN = "Where the windows do not come out even, sizes are rounded down."
UNREACHED = "Rows and columns that no window reaches get the gradient 0, and dx keeps x's shape."
MEANINGS = {
    "dx": "dx holds for each element of x the sum over all windows that it lies in.",
    "dw": "dw holds for each weight the sum over all windows of all examples.",
    "db": "db holds for each filter the sum of dout over all examples and places.",
}

PLAIN_SUM = "Without stride and padding, out is the sum over channels and window, plus the bias."
PLAIN_GRADIENTS = "Without stride and padding, dx, dw and db are right."

plain = {"given": IMAGES, "examples": 2, "name": "plain"}
check("conv2d_forward", points=5, sentence=PLAIN_SUM, **plain)(CONV2D.values)
check("conv2d_backward", points=5, sentence=PLAIN_GRADIENTS, **plain)(CONV2D.gradients)


def declare_convolution(layer, values, forward_detail, gradients, backward_detail):
    """The checks that all pairs share, for so many points each."""
    forward, backward = layer.forward, layer.backward
    given, few, uneven = ({"given": s, "examples": n} for s, n in ((layer.given, 2), (layer.few, 0), (layer.uneven, 1)))
    right = (f"{forward}.values",)
    check(forward, points=values, sentence=SLIDES, **given)(layer.values)
    check(forward, points=forward_detail, name="leftover", sentence=UNEVEN, **uneven)(layer.values)
    check(forward, points=0.5, name="pure", needs=right, **few)(layer.forward_pure)
    for name, points in zip(GRADIENTS, gradients, strict=True):
        check(backward, points=points, name=name, sentence=MEANINGS[name], **given)(layer.gradient_of(name))
    right = tuple(f"{backward}.{name}" for name in GRADIENTS)
    check(backward, points=backward_detail, **few)(layer.consistent)
    check(backward, points=backward_detail, name="leftover", sentence=UNREACHED, **uneven)(layer.gradients)
    check(backward, points=0.5, name="pure", needs=right, **few)(layer.backward_pure)
    if layer is not FAST:
        check(backward, points=0.5, needs=right, **few)(layer.shapes)


declare_convolution(CONV2D, 6, 1, (5, 5, 1), 1)
declare_convolution(CONV1D, 4, 0.5, (2.5, 2, 0.5), 0.5)
declare_convolution(FAST, 3.5, 0.5, (2, 2, 0.5), 0.5)
check("conv2d_forward", points=0.5, needs=("conv2d_forward.values",), given=FEW_IMAGES, examples=0)(CONV2D.shape)


# ── known answers ──────────────────────────────────────────────────────────────────────────────


@check("conv2d_forward", points=1)
def conv2d_forward_known_answer(student, case):
    """An answer worked out by hand, with stride and pad left out."""
    known_answer(student.conv2d_forward, student, case)


@check("conv2d_fast_forward", points=0.5)
def conv2d_fast_forward_known_answer(student, case):
    """The same answer as conv2d_forward gives, with stride and pad left out."""
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
    """A 1 to the upper right of the centre brings in what is to the upper right: the kernel is not turned."""
    x = case.array("x", 2, 3, 5, 6)
    out, _ = student.conv2d_forward(x, _single_one(0, 2), np.zeros(3), 1, 1)
    expect(student, out=(out, np.pad(x, ((0, 0), (0, 0), (1, 0), (0, 1)))[:, :, :5, 1:]))


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
    """Three 3 × 3 layers in a row see 7 × 7 pixels: that far the gradient of one output reaches, and no farther."""
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


@check("conv2d_forward", points=1, given=FEW_IMAGES, examples=0)
def conv2d_forward_subsample(student, case):
    """A stride of s gives every s-th output of stride 1, in both directions."""
    (x, w, b), (n, f, *_) = convolution_arguments(case), convolution_shape(case)
    dense, _ = student.conv2d_forward(x, w, b, 1, case.pad)
    steps = x.shape[2] + 2 * case.pad - w.shape[2] + 1, x.shape[3] + 2 * case.pad - w.shape[3] + 1
    dense = own((n, f, *steps), out=dense)
    out, _ = student.conv2d_forward(x, w, b, case.stride, case.pad)
    expect(student, out=(out, dense[:, :, :: case.stride, :: case.stride]))


@check("conv2d_forward", points=1, given=FEW_IMAGES, examples=0)
def conv2d_forward_padding(student, case):
    """Padding is putting zeros around the image first."""
    x, w, b = convolution_arguments(case)
    around = (case.pad, case.pad)
    by_hand, _ = student.conv2d_forward(np.pad(x, ((0, 0), (0, 0), around, around)), w, b, case.stride, 0)
    by_hand = own(convolution_shape(case), out=by_hand)
    out, _ = student.conv2d_forward(x, w, b, case.stride, case.pad)
    expect(student, out=(out, by_hand))


@check("conv2d_forward", points=0.5)
def conv2d_forward_translation(student, case):
    """When the image moves by a row and two columns, so does the output."""
    x, w, b = case.array("x", 2, 3, 6, 7), case.array("w", 4, 3, 3, 2), case.array("b", 4)
    whole, _ = student.conv2d_forward(x, w, b)
    whole = own((2, 4, 4, 6), out=whole)
    moved, _ = student.conv2d_forward(x[:, :, 1:, 2:], w, b)
    expect(student, out=(moved, whole[:, :, 1:, 2:]))


@check("conv2d_backward", points=1, given=FEW_IMAGES, examples=0)
def conv2d_backward_adjoint(student, case):
    """Without a bias ⟨out, dout⟩ = ⟨x, dx⟩ = ⟨w, dw⟩, with the out of your own forward pass."""
    x, w, b = convolution_arguments(case)
    dout = case.once("without bias", lambda: formulas.convolve(x, w, 0 * b, case.stride, case.pad))
    out, cache = student.conv2d_forward(x, w, 0 * b, case.stride, case.pad)
    dx, dw, _ = student.conv2d_backward(dout, cache)
    expect_adjoint(student, out, dout, dx=(dx, x), dw=(dw, w))


# ── pooling: what both pairs share ─────────────────────────────────────────────────────────────

OVERLAP = "An element that lies in several windows gets the sum of what they send back."
RECTANGULAR = "Windows may be rectangles: pool = (height, width)."


def declare_pooling(layer, values, rectangles, gradients, overlap):
    """The checks that both pairs share, for so many points each; details are half a point."""
    forward, backward = layer.forward, layer.backward
    few = {"given": FEW_PLANES, "examples": 0, "points": 0.5, "name": "pure"}
    check(forward, points=values, given=PLANES_ANY, examples=2, sentence=layer.meaning)(layer.values)
    check(forward, points=0.5)(layer.known_answer)
    rectangular = {"given": RECTANGLES, "examples": 2, "name": "rectangles", "sentence": RECTANGULAR}
    check(forward, points=rectangles, **rectangular)(layer.values)
    uneven = {"given": PLANES_UNEVEN, "examples": 1, "points": 0.5, "name": "leftover"}
    check(forward, sentence=UNEVEN, **uneven)(layer.values)
    check(forward, needs=(f"{forward}.values",), **few)(layer.forward_pure)
    apart = {"given": PLANES_APART, "examples": 2, "name": "gradients"}
    check(backward, points=gradients, sentence=layer.backward_meaning, **apart)(layer.gradient)
    overlapping = {"given": PLANES_OVERLAPPING, "examples": 2, "name": "overlap"}
    check(backward, points=overlap, sentence=OVERLAP, **overlapping)(layer.gradient)
    check(backward, points=rectangles, **rectangular)(layer.gradient)
    check(backward, sentence=UNREACHED, **uneven)(layer.gradient)
    check(backward, needs=(f"{backward}.gradients",), **few)(layer.backward_pure)


declare_pooling(MAX, 3.5, 1, 4, 3)
declare_pooling(AVERAGE, 3, 0.5, 3, 2)


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
    """Taking 100 from all of x takes 100 from the result, so a window may well hold negative numbers only."""
    x, pool, stride = pooling_arguments(case)
    out, _ = student.max_pool2d_forward(x, pool, stride)
    out = own(pooling_expected(case, formulas.max_pool).shape, out=out)
    lower, _ = student.max_pool2d_forward(case.given("lower", x - 100.0), pool, stride)
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
    """The same number may be the largest of several windows: each sends its gradient to its own."""
    tile = distinct(case, "tile", 2, 3, 2, 2)
    x, dout = case.given("x", np.tile(tile, (1, 1, 2, 3))), case.array("dout", 2, 3, 2, 3)
    _, cache = student.max_pool2d_forward(x, 2, 2)
    (dx,) = case.once("dx", lambda: vjp(formulas.max_pool, (x, (2, 2), 2), dout, wrt=(0,)))
    expect(student, dx=(student.max_pool2d_backward(dout, cache), dx))


@check("max_pool2d_backward", points=0.5, given=FEW_PLANES, examples=0)
def max_pool2d_backward_consistent(student, case):
    """max_pool2d_backward is the gradient of your own max_pool2d_forward, right or wrong."""
    args = pooling_arguments(case)
    expect_consistent(student, "max_pool2d_forward", "max_pool2d_backward", args, ("dx",), case.seed)


# ── the average ────────────────────────────────────────────────────────────────────────────────


@check("avg_pool2d_forward", points=0.5)
def avg_pool2d_forward_constant(student, case):
    """An image of one colour stays what it is, whatever the window."""
    colours = case.array("colours", 2, 3)[:, :, None, None]
    settings = [(2, 2), (3, 1), (2, 3)]
    found = student.each("avg_pool2d_forward", [(colours + np.zeros((2, 3, 6, 5)), *one) for one in settings])
    sizes = ((3, 2), (4, 3), (2, 2))
    for (pool, stride), (out, _), size in zip(settings, found, sizes, strict=True):
        expect(student, **{f"out_for_pool_{pool}_stride_{stride}": (out, colours + np.zeros((2, 3, *size)))})


@check("avg_pool2d_backward", points=0.5, given=FEW_PLANES, examples=0)
def avg_pool2d_backward_adjoint(student, case):
    """⟨out, dout⟩ = ⟨x, dx⟩, with the out of your own forward pass."""
    x, pool, stride = pooling_arguments(case)
    dout = pooling_expected(case, formulas.avg_pool)
    out, cache = student.avg_pool2d_forward(x, pool, stride)
    expect_adjoint(student, out, dout, dx=(student.avg_pool2d_backward(dout, cache), x))
