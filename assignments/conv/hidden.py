"""The same questions on cases that nobody has seen: larger, of other sizes, and below zero."""

from autograder import Space, check

from .cases import EVEN, LENGTHS, PLANE, STRIDED
from .layers import AVERAGE, CONV1D, CONV2D, FAST, MAX

UNSEEN = {"examples": 2, "sentence": "Right on further inputs, too."}

LARGER = {"n": (1, 4), "c": (2, 5), "f": (3, 5), "content": ("normal", "wide")}
FIRST = {"n": 3, "c": 2, "f": 5, "stride": 3, "pad": 2, "leftover": 0, "content": "wide"}
IMAGES = Space(
    rows=[FIRST | {"kernel": (2, 4), "size": (6, 5)}],
    **STRIDED | LARGER | {"kernel": ((2, 4), (4, 1)), "size": ((4, 7), (6, 5))},
)
SEQUENCES = Space(
    rows=[FIRST | {"kernel": (5,), "size": (9,)}],
    **STRIDED | LENGTHS | LARGER | {"kernel": ((3,), (5,)), "size": ((6,),)},
)
PLANES = Space(
    rows=[PLANE | {"size": (6, 9), "pool": (2, 3), "stride": 2, "least": -30.0}],
    n=(1, 3),
    c=(2, 4),
    size=((5, 8), (7, 6)),
    leftover=EVEN,
    least=(-30.0, -150.0),
    pool=(2, 4, (3, 2)),
    stride=(1, 3),
)

for layer, given in ((CONV2D, IMAGES), (CONV1D, SEQUENCES), (FAST, IMAGES)):
    points = 1 if layer is CONV2D else 0.5
    check(layer.forward, points=points, given=given, name="hidden_values", **UNSEEN)(layer.values)
    check(layer.backward, points=points, given=given, name="hidden_gradients", **UNSEEN)(layer.gradients)
for layer in (MAX, AVERAGE):
    check(layer.forward, points=0.5, given=PLANES, name="hidden_values", **UNSEEN)(layer.values)
    check(layer.backward, points=0.5, given=PLANES, name="hidden_gradients", **UNSEEN)(layer.gradient)
