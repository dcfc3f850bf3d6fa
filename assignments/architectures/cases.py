"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import CheckFailed, Space, expect_shape, vjp

from . import formulas
from .networks import with_linear_layers

# ── sizes and counts ───────────────────────────────────────────────────────────────────────────

# In the first row the stride does not divide, and all numbers differ.
SIZES = Space(
    rows=[
        {"size": 12, "kernel": 5, "stride": 3, "pad": 1},
        {"size": 224, "kernel": 11, "stride": 4, "pad": 2},
        {"size": 9, "kernel": 2, "stride": 2, "pad": 0},
    ],
    size=(5, 8, 13, 28, 55),
    kernel=(1, 2, 3, 5),
    stride=(1, 2, 3),
    pad=(0, 1, 2),
)
DILATED = Space(
    rows=[{"size": 13, "kernel": 3, "stride": 2, "pad": 1, "dilation": 2}],
    size=(12, 13, 28),
    kernel=(2, 3),
    stride=(1, 2),
    pad=(0, 1),
    dilation=(2, 3),
)
STACKS = Space(
    rows=[{"layers": ((3, 1), (5, 2), (2, 3))}, {"layers": ((7, 2), (3, 2), (3, 1), (1, 2), (3, 1))}],
    layers=(
        ((3, 1),),
        ((3, 2),),
        ((2, 2), (2, 2)),
        ((5, 1), (3, 2)),
        ((3, 2), (5, 1)),
        ((1, 1), (3, 3), (2, 1)),
        ((3, 1), (3, 1), (2, 2), (3, 1)),
        ((11, 4), (3, 2), (5, 1), (3, 2)),
    ),
)
# With strides that are larger than the kernel, a unit sees pixels with gaps between them.
GAPS = Space(rows=[{"layers": ((2, 3), (3, 1))}], layers=(((1, 2), (3, 1)), ((2, 4), (2, 2), (2, 1)), ((3, 2), (2, 2))))

# Each with the shape of its input. In the first one the stride of a convolution and a pooling leave a remainder.
WHOLE = (
    (
        (
            ("conv", 3, 4, 3, 2, 1, 1, True),
            ("pool", 3, 2),
            ("conv", 4, 6, 2, 1, 0, 1, True),
            ("flatten",),
            ("linear", 150, 5, True),
            ("linear", 5, 7, True),
        ),
        (3, 26, 26),
    ),
    ((("flatten",), ("linear", 3, 2, True)), (3, 1, 1)),
    ((("conv", 1, 2, 3, 1, 0, 1, True),), (1, 5, 5)),
    ((("conv", 2, 3, 3, 1, 1, 1, True), ("pool", 2, 2), ("conv", 3, 5, 3, 1, 0, 1, True)), (2, 9, 9)),
    ((("conv", 2, 5, 5, 3, 2, 1, True), ("flatten",), ("linear", 80, 3, True)), (2, 11, 11)),
    ((("pool", 2, 2), ("flatten",), ("linear", 18, 4, True)), (2, 7, 7)),
)
NETS = Space(rows=[{"net": WHOLE[0]}, {"net": WHOLE[4]}], net=WHOLE)
BIASES = Space(
    rows=[{"layers": (("conv", 3, 4, 3, 1, 1, 1, False), ("flatten",), ("linear", 100, 6, False))}],
    layers=(
        (("linear", 3, 2, False),),
        (("conv", 2, 3, 3, 1, 0, 1, False),),
        (("conv", 2, 3, 3, 1, 0, 1, True), ("flatten",), ("linear", 27, 4, False)),
    ),
)
GROUPS = (
    ((("conv", 6, 9, 3, 2, 1, 3, True),), (6, 8, 8)),
    ((("conv", 4, 4, 3, 1, 1, 4, True),), (4, 5, 5)),
    ((("conv", 3, 6, 3, 1, 0, 3, True), ("conv", 6, 2, 1, 1, 0, 1, True)), (3, 6, 6)),
)
GROUPED = Space(rows=[{"net": GROUPS[0]}], net=GROUPS)
SIDES = (
    ((("conv", 2, 3, 3, 2, 1, 1, True), ("pool", 2, 2), ("conv", 3, 4, 2, 1, 0, 1, True)), (2, 13, 22)),
    ((("conv", 2, 3, 3, 1, 0, 1, True),), (2, 4, 7)),
    ((("pool", 2, 2), ("conv", 2, 3, 2, 1, 0, 1, True)), (2, 9, 4)),
)
OBLONG = Space(rows=[{"net": SIDES[0]}], net=SIDES)


def lenet(n):
    """The layers of LeNet-5."""
    convolutions = [("conv", 1, 6, 5, 1, 0, 1, True), ("pool", 2, 2), ("conv", 6, 16, 5, 1, 0, 1, True), ("pool", 2, 2)]
    return [*convolutions, ("flatten",), *(("linear", *sides, True) for sides in ((400, 120), (120, 84), (84, n)))]


def expect_count(name, found, right, **shown):
    """`found`, the student's answer, must be the number `right`; `shown` is what the counterexample shows besides."""
    expect_shape(**{name: (found, ())})
    number = float(np.asarray(found))
    if number != right:
        yours = f"{number:,.0f}" if number.is_integer() else f"{number:,.3f}"
        raise CheckFailed(
            f"{name} is wrong: yours is {yours}, it must be {right:,}.",
            tensor=name,
            counterexample={**shown, "expected": right, "actual": number if np.isfinite(number) else str(number)},
        )


def expect_field(found, right, only=None):
    """`found`, the student's (size, jump), must be `right`, or `only` one of the two."""
    found = found.tolist() if isinstance(found, np.ndarray) and found.shape == (2,) else found
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise CheckFailed("receptive_field must return two numbers, (size, jump).", tensor="field")
    for part, mine, wanted in zip(("size", "jump"), found, right, strict=True):
        if only in (None, part):
            expect_count(part, mine, wanted)


# ── the networks ───────────────────────────────────────────────────────────────────────────────

DEPTHS = Space(rows=[{"depth": depth} for depth in (11, 13, 16, 19)], depth=(11, 13, 16, 19))
SHALLOW = Space(rows=[{"depth": 11}], depth=(11,))
# n for the known counts
CLASSES = {"LeNet5": 10}
SHORTCUTS = {"ResNet152": 50, "MobileNetV2": 10}


def arguments_of(name, case, n=None):
    """What the network called `name` is made of; n is that of the known counts where none is given."""
    n = n or CLASSES.get(name, 1000)
    return [case.depth, n] if name == "VGG" else [n]


def run_network(student, name, arguments, count=2):
    """The network on the meta device, called with `count` images; one answer for all checks that ask about it."""
    image = (1, 32, 32) if name == "LeNet5" else (3, 224, 224)

    def ask():
        return with_linear_layers(student.run_meta(name, arguments, (count, *image)))

    return student.once(("meta", name, *arguments, count), ask)


# ── the blocks ─────────────────────────────────────────────────────────────────────────────────

IMAGES = {"n": (2,), "height": (4, 5), "width": (3, 6)}
SAME = Space(
    rows=[{"n": 2, "channels": (3, 3), "stride": 1, "expand": 2, "height": 4, "width": 5}],
    **IMAGES,
    channels=((2, 2), (4, 4)),
    stride=(1,),
    expand=(2, 3),
)
FREE = {"channels": ((2, 3), (3, 2)), "expand": (2, 3)}
CHANGED = Space(
    rows=[
        {"n": 2, "channels": (3, 4), "stride": 2, "expand": 2, "height": 5, "width": 6},
        {"n": 2, "channels": (2, 3), "stride": 1, "expand": 3, "height": 3, "width": 4},
        {"n": 2, "channels": (3, 3), "stride": 2, "expand": 3, "height": 4, "width": 3},
    ],
    **IMAGES,
    **FREE,
    stride=(1, 2),
)
UNEXPANDED = Space(
    rows=[
        {"n": 2, "channels": (3, 2), "stride": 1, "expand": 1, "height": 4, "width": 5},
        {"n": 2, "channels": (3, 3), "stride": 1, "expand": 1, "height": 4, "width": 3},
    ],
    **IMAGES,
    channels=((2, 3), (2, 2)),
    stride=(1, 2),
    expand=(1,),
)
SMALL = Space(
    rows=[
        {"n": 2, "channels": (2, 2), "stride": 1, "expand": 2, "height": 2, "width": 3},
        {"n": 2, "channels": (2, 3), "stride": 2, "expand": 2, "height": 3, "width": 3},
    ],
    n=(2,),
    height=(2, 3),
    width=(2, 3),
    channels=((2, 2), (2, 3)),
    stride=(1, 2),
    expand=(2,),
)
LEAVES = ("weight", "bias", "running_mean", "running_var")


def images(case):
    channels = case.channels[0] if "channels" in case.params else case.inp
    return case.array("x", case.n, channels, case.height, case.width)


def inverted_state(case):
    """Weights and buffers in the order in which the layers run."""
    inp, out = case.channels
    inside = inp * case.expand
    shapes = [("expansion", (inside, inp, 1, 1)), ("depthwise", (inside, 1, 3, 3)), ("projection", (out, inside, 1, 1))]
    state = {}
    for name, shape in shapes[case.expand == 1 :]:
        state[f"{name}.weight"] = case.array(f"{name}.weight", *shape)
        norm, channels = f"{name}_norm", shape[0]
        # so large that ReLU6 meets its upper bound
        state[f"{norm}.weight"] = case.given(f"{norm}.weight", 5 * case.array(f"{norm}.drawn", channels))
        state |= {f"{norm}.{leaf}": case.array(f"{norm}.{leaf}", channels) for leaf in ("bias", "running_mean")}
        spread = np.abs(case.array(f"{norm}.spread", channels)) + 0.5
        state[f"{norm}.running_var"] = case.given(f"{norm}.running_var", spread)
    return state


def inverted_formula(case, training=True):
    """The block as a function of x and its parameters, and these."""
    state = inverted_state(case)
    arguments = (images(case), *(array for name, array in state.items() if "running" not in name))
    norms = dict.fromkeys(name.rpartition(".")[0] for name in state if "running" in name)
    statistics = None if training else [(state[f"{n}.running_mean"], state[f"{n}.running_var"]) for n in norms]
    options = {"stride": case.stride, "adds": case.stride == 1 and case.channels[0] == case.channels[1]}
    return lambda *args: formulas.inverted_residual(*args, **options, statistics=statistics), arguments


def inverted_right(case, training=True):
    formula, arguments = inverted_formula(case, training)
    return case.once(("inverted", training), lambda: formula(*arguments))


def inverted_gradients(case):
    """A random dout, and for it the gradients of x and the parameters by name."""
    formula, arguments = inverted_formula(case)
    dout = case.array("dout", *inverted_right(case).shape)
    names = ["x", *(name for name in inverted_state(case) if "running" not in name)]
    found = case.once("gradients", lambda: vjp(formula, arguments, dout, wrt=range(len(arguments))))
    return dout, dict(zip(names, found, strict=True))


SIDE_BY_SIDE = {
    "inp": (1, 2, 3),
    "filters": ((1, 1, 1), (2, 1, 3), (3, 2, 1)),
    "n": (1, 2),
    "height": (1, 4),
    "width": (3, 6),
}
SCALES = Space(
    rows=[
        {"inp": 3, "filters": (2, 3, 4), "n": 2, "height": 5, "width": 6},
        {"inp": 2, "filters": (4, 1, 2), "n": 1, "height": 3, "width": 2},
    ],
    **SIDE_BY_SIDE,
)


def scales_state(case):
    shapes = zip((1, 3, 5), case.filters, strict=True)
    return {f"conv{k}.weight": case.array(f"conv{k}.weight", count, case.inp, k, k) for k, count in shapes}


def scales_right(case):
    return case.once("out", lambda: formulas.multi_scale(images(case), *scales_state(case).values()))


def scales_gradients(case):
    """A random dout, and for it the gradients of x and the weights by name."""
    arguments = (images(case), *scales_state(case).values())
    dout = case.array("dout", *scales_right(case).shape)
    found = case.once("gradients", lambda: vjp(formulas.multi_scale, arguments, dout, wrt=range(4)))
    return dout, dict(zip(("x", *scales_state(case)), found, strict=True))


FEW_SCALES = Space(
    rows=[{"inp": 2, "filters": (1, 2, 1), "n": 2, "height": 3, "width": 2}],
    **SIDE_BY_SIDE | {"height": (1, 2), "width": (2, 3)},
)
LINEAR = Space(
    rows=[{"m": 5, "c": 3, "h": 2, "w": 4}, {"m": 2, "c": 4, "h": 3, "w": 2}],
    m=(2, 3, 4),
    c=(2, 3),
    h=(2, 3, 4),
    w=(2, 3, 5),
)


def linear(case):
    """weight (M, C·H·W), bias (M,)."""
    return case.array("weight", case.m, case.c * case.h * case.w), case.array("bias", case.m)
