"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .cases import FIRST, tiling
from .checks import divisive_normalization_values, gaussian_pyramid_values, lp, shift_values, subtractive, tile, up

USUAL = {"n": (1, 3), "c": (2, 4), "content": ("normal",)}
LP = Space(
    rows=[FIRST | {"size": (6, 7), "p": 2.5, "pool": 3, "stride": 2}],
    **USUAL,
    size=((5, 8), (7, 6)),
    p=(1.25, 3.5, 6.0),
    pool=(2, 3),
    stride=(1, 2, 3),
)
UP = Space(rows=[FIRST | {"size": (4, 5), "factor": 3}], **USUAL, size=((3, 5), (5, 2)), factor=(2, 5))
PYRAMIDS = Space(
    rows=[{"size": (11, 6), "levels": 3, "content": "wide"}], size=((10, 9), (12, 7)), levels=(2, 3), content=("wide",)
)
NORMAL = Space(
    rows=[FIRST | {"size": (5, 7), "kernel": (5, 3), "symmetric": False}],
    **USUAL,
    size=((6, 5), (5, 8)),
    kernel=((3, 5), (5, 5)),
    symmetric=(False,),
)
DIVIDED = Space(
    rows=[FIRST | {"size": (5, 7), "kernel": (5, 3), "symmetric": False, "eps": 0.9}],
    **USUAL,
    size=((6, 5), (5, 8)),
    kernel=((3, 5), (5, 5)),
    symmetric=(False,),
    eps=(0.5, 1e-6),
)
SHIFTS = Space(
    rows=[FIRST | {"size": (5, 7), "dy": -3, "dx": 2}], **USUAL, size=((6, 5), (5, 8)), dy=(3, -4, 5), dx=(-3, 4)
)
UNSEEN = "Right on further inputs, too."
VALUES = {"sentence": UNSEEN, "name": "hidden_values", "examples": 1}
GRADIENTS = {"sentence": UNSEEN, "name": "hidden_gradients", "examples": 1}

lp.values(1, given=LP, **VALUES)
lp.gradients(1, given=LP, **GRADIENTS)
for kind in ("max", "l2"):
    given = tiling(kind, ("normal",), ((0, 1), (1, 1)))
    tile.values(0.5, given=given, **VALUES | {"name": f"hidden_{kind}"})
    tile.gradients(0.5, given=given, **GRADIENTS | {"name": f"hidden_{kind}"})
up.values(0.5, given=UP, **VALUES)
up.gradients(0.5, given=UP, **GRADIENTS)
check("gaussian_pyramid", points=1, given=PYRAMIDS, **VALUES)(gaussian_pyramid_values)
subtractive.values(0.5, given=NORMAL, **VALUES)
subtractive.gradients(0.5, given=NORMAL, **GRADIENTS)
check("divisive_normalization", points=0.5, given=DIVIDED, **VALUES)(divisive_normalization_values)
check("shift", points=0.5, given=SHIFTS, **VALUES)(shift_values)
