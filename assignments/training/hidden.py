"""The same checks on hidden cases."""

from autograder import Space, check

from .checks import expect_gradients, network_forward_values
from .networks import NAMES

UNSEEN = Space(
    rows=[{"n": 4, "height": 9, "width": 6, "filters": (2, 4), "classes": 3}],
    n=(2, 5),
    height=(3, 8),
    width=(5, 10),
    filters=((3, 1), (1, 2)),
    classes=(4, 6),
)

check(
    "network_forward",
    points=2,
    given=UNSEEN,
    examples=2,
    name="hidden_values",
    sentence="Also correct for hidden sizes.",
)(network_forward_values)


@check("network_loss", points=2, given=UNSEEN, examples=1)
def network_loss_hidden_gradients(student, case):
    """Also correct for hidden sizes."""
    expect_gradients(student, case, *NAMES)
