"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .cases import WHOLE
from .checks import inverted_values, linear_as_conv_windows, multiply_adds_values, scales_values

UNSEEN = {"sentence": "Right on further inputs, too.", "examples": 2, "name": "hidden_values"}
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

check("multiply_adds", points=1, given=NETS, **UNSEEN)(multiply_adds_values)
check("InvertedResidual", points=1, given=BLOCKS, **UNSEEN)(inverted_values)
check("MultiScaleBlock", points=1, given=SCALES, **UNSEEN)(scales_values)
check("linear_as_conv", points=1, given=LINEAR, **UNSEEN)(linear_as_conv_windows)
