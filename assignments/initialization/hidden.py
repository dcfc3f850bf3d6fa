"""The same checks on hidden cases."""

from autograder import Space, check

from .cases import GROUPS
from .checks import INITIALIZERS, activation_statistics_values, symmetry_report_groups

UNSEEN = "Also correct on hidden inputs."

FANS = Space(rows=[{"arguments": (90, 310)}], arguments=((510, 60), (57, 700)))
NORMAL = Space(rows=[{"arguments": ((310, 90), 0.06)}], arguments=(((30_000,), 2.2), ((50, 3, 200), 0.7)))
FILTERS = Space(rows=[{"arguments": ((70, 25, 2, 8),)}], arguments=(((64, 90, 5, 1),), ((31, 110, 3, 3),)))
STACKS = Space(rows=[{"depth": 6, "width": 4}], depth=(3, 7), width=(4, 9))
SYMMETRIES = Space(
    rows=[{"groups": "three groups", "d": 5, "classes": 4}], groups=tuple(GROUPS), d=(3, 6), classes=(3, 4)
)

unseen = {"examples": 1, "sentence": UNSEEN}
GIVEN = {"normal_init": NORMAL, "he_conv": FILTERS}
for one in INITIALIZERS:
    given = GIVEN.get(one.name, FANS)
    check(one.name, points=0.5, given=given, name="hidden_variance", **unseen)(one.variance)
    if one.name.startswith("xavier"):
        check(one.name, points=0.5, given=given, name="hidden_average", **unseen)(one.average)
check("activation_statistics", points=1, given=STACKS, name="hidden_values", **unseen)(activation_statistics_values)
check("symmetry_report", points=1, given=SYMMETRIES, name="hidden_groups", **unseen)(symmetry_report_groups)
