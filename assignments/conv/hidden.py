"""Hidden checks: the same questions on larger cases, of other sizes, and with negative numbers."""

from autograder import Space

from .cases import ANY, EVEN, LENGTHS, PLANE
from .checks import AVERAGE, CONV1D, CONV2D, FAST, MAX

UNSEEN = {"examples": 2, "sentence": "Also correct on hidden inputs."}

LARGER = {"n": (1, 4), "c": (2, 5), "f": (3, 5), "content": ("normal", "wide")}
FIRST = {"n": 3, "c": 2, "f": 5, "stride": 3, "pad": 2, "leftover": 0, "content": "wide"}
IMAGES = Space(
    rows=[FIRST | {"kernel": (2, 4), "size": (6, 5)}],
    **ANY | LARGER | {"kernel": ((2, 4), (4, 1)), "size": ((4, 7), (6, 5))},
)
SEQUENCES = Space(
    rows=[FIRST | {"kernel": (5,), "size": (9,)}],
    **ANY | LENGTHS | LARGER | {"kernel": ((3,), (5,)), "size": ((6,),)},
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

for pair, given in ((CONV2D, IMAGES), (CONV1D, SEQUENCES), (FAST, IMAGES)):
    points = 1 if pair is CONV2D else 0.5
    pair.values(points, given=given, name="hidden_values", **UNSEEN)
    pair.gradients(points, given=given, name="hidden_gradients", **UNSEEN)
for pair in (MAX, AVERAGE):
    pair.values(0.5, given=PLANES, name="hidden_values", **UNSEEN)
    pair.gradients(0.5, given=PLANES, name="hidden_gradients", **UNSEEN)
