"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .cases import WHOLE, arguments_of
from .checks import (
    conv_output_size_values,
    expect_classes,
    inverted_values,
    linear_as_conv_windows,
    multiply_adds_values,
    parameter_count_values,
    receptive_field_pixels,
    scales_values,
)

UNSEEN = {"sentence": "Right on further inputs, too.", "examples": 2, "name": "hidden_values"}
SIZES = Space(
    rows=[{"size": 29, "kernel": 6, "stride": 4, "pad": 1}], size=(17, 31, 40), kernel=(4, 6), stride=(2, 4), pad=(0, 3)
)
STACKS = Space(
    rows=[{"layers": ((4, 2), (3, 3), (2, 1), (5, 2), (3, 1))}],
    layers=(((6, 3), (2, 2), (3, 1)), ((3, 2),) * 5, ((5, 2), (1, 1), (3, 2), (3, 1))),
)
MORE = (
    (
        (
            ("conv", 5, 3, 4, 3, 2, 1, True),
            ("conv", 3, 8, 3, 1, 0, 1, True),
            ("pool", 2, 3),
            ("flatten",),
            ("linear", 72, 9, True),
        ),
        (5, 31, 31),
    ),
    *WHOLE[3:],
)
NETS = Space(rows=[{"net": MORE[0]}], net=MORE)
BLOCKS = Space(
    rows=[
        {"n": 2, "channels": (4, 4), "stride": 1, "expand": 3, "height": 5, "width": 4},
        {"n": 2, "channels": (4, 3), "stride": 2, "expand": 2, "height": 5, "width": 4},
    ],
    n=(2, 3),
    channels=((5, 3), (2, 4)),
    stride=(1, 2),
    expand=(2, 4),
    height=(4, 6),
    width=(3, 5),
)
SCALES = Space(
    rows=[{"inp": 4, "filters": (3, 5, 2), "n": 2, "height": 4, "width": 7}],
    inp=(3, 5),
    filters=((2, 4, 3), (1, 3, 5)),
    n=(2, 3),
    height=(2, 6),
    width=(5, 8),
)
LINEAR = Space(rows=[{"m": 4, "c": 2, "h": 5, "w": 3}], m=(3, 6), c=(4, 5), h=(2, 3), w=(4, 6))

check("conv_output_size", points=1, given=SIZES, **UNSEEN)(conv_output_size_values)
check("receptive_field", points=1, given=STACKS, **UNSEEN)(receptive_field_pixels)
check("parameter_count", points=1, given=NETS, **UNSEEN)(parameter_count_values)
check("multiply_adds", points=1, given=NETS, **UNSEEN)(multiply_adds_values)
check("InvertedResidual", points=1, given=BLOCKS, **UNSEEN)(inverted_values)
check("MultiScaleBlock", points=1, given=SCALES, **UNSEEN)(scales_values)
check("linear_as_conv", points=1, given=LINEAR, **UNSEEN)(linear_as_conv_windows)


def ask_once_more(name, points, **given):
    """The network for another number of classes, and a single image."""

    @check(name, points=points, name="hidden_classes", sentence="Right for other numbers of classes, too.", **given)
    def classes(student, case):
        expect_classes(student, name, arguments_of(name, case, 13), 1)


for network in ("LeNet5", "AlexNet"):
    ask_once_more(network, 0.5)
ask_once_more("VGG", 0.5, given=Space(rows=[{"depth": 11}, {"depth": 13}], depth=(11, 13)), examples=0)
