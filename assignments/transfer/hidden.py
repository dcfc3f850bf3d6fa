"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .cases import DROPPING, LONG, NESTED, PLAIN
from .checks import (
    extract_features_values,
    fine_tune_parameters,
    freeze_statistics,
    replace_head_values,
    trainable_values,
    truncate_values,
)

CUTS = Space(rows=[{"net": NESTED, "n": 3}, {"net": DROPPING, "n": 3}], net=(PLAIN, LONG), n=(1, 4, 5))
HEADS = Space(rows=[{"net": LONG, "classes": 6}], net=(PLAIN, NESTED), classes=(4, 8))
FREEZE = Space(
    rows=[{"net": NESTED, "names": ("1.0", "0.2")}, {"net": LONG, "names": ("1", "4")}],
    net=(NESTED,),
    names=(("0.0", "1"), ("1.1", "0")),
)
NETS = Space(rows=[{"net": LONG}, {"net": DROPPING}], net=(PLAIN, NESTED))
TUNE = Space(
    rows=[{"net": PLAIN, "count": 2, "steps": 3, "lr": 0.25}],
    net=(PLAIN, NESTED),
    count=(2, 3),
    steps=(2,),
    lr=(0.15, 0.4),
)
UNSEEN = {"sentence": "Right for further models, too."}

check("truncate", points=1.5, given=CUTS, name="hidden_values", examples=1, **UNSEEN)(truncate_values)
check("replace_head", points=1, given=HEADS, name="hidden_values", examples=1, **UNSEEN)(replace_head_values)
check("freeze", points=1.5, given=FREEZE, name="hidden_statistics", examples=1, **UNSEEN)(freeze_statistics)
check("trainable", points=1.5, given=NETS, name="hidden_values", examples=1, **UNSEEN)(trainable_values)
check("extract_features", points=1, given=NETS, name="hidden_values", examples=1, **UNSEEN)(extract_features_values)
check("fine_tune", points=1.5, given=TUNE, name="hidden_parameters", examples=1, **UNSEEN)(fine_tune_parameters)
