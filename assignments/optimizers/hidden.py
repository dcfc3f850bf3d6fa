"""The same checks on hidden cases."""

from autograder import Space, check

from .cases import LARGE
from .checks import ADAM, RMS, SCHEDULES, SGD, SGD_MOMENTUM, minibatches_indices, train_params

UNSEEN = "Also correct on hidden inputs."
FURTHER = {"shape": ((4,), (3, 5), (2, 2, 3)), "steps": (7, 9), "content": ("normal",)}
ROW = {"shape": (5, 2), "steps": 8, "content": "normal"}
FIXED = {name: (value,) for name, value in ROW.items()}

unseen = {"examples": 2, "sentence": UNSEEN}
PLAIN = Space(rows=[{**ROW, "scale": 1.0}], **FURTHER, scale=(1.0, 0.1))
ADAPTIVE = Space(rows=[{**ROW, "scale": 1e6}], **FURTHER, **LARGE)
OPTIONS = {
    SGD_MOMENTUM: {"scale": (1.0,), "lr": (0.25, 0.05), "momentum": (0.95, 0.6)},
    RMS: {"scale": (1e6,), "lr": (0.25, 0.05), "decay": (0.95, 0.6)},
    ADAM: {"scale": (1e6,), "lr": (0.25, 0.05), "beta1": (0.95, 0.7), "beta2": (0.98, 0.5)},
}
SCHEDULE = Space(rows=[{"lr0": 0.03, "k": 0.7, "t": 4}], lr0=(0.2, 5.0), k=(0.1, 1.5), t=(2, 6, 0.75))
BATCHES = Space(rows=[{"n": 17, "batch_size": 5}], n=(13, 16), batch_size=(4, 7, 20))
LOOP = Space(
    rows=[{"n": 8, "batch_size": 3, "epochs": 4, "names": ("u", "v")}],
    n=(5, 10),
    batch_size=(2, 4),
    epochs=(2, 5),
    names=(("theta",), ("W1", "b1", "W2", "b2")),
)

for rule, given, points in ((SGD, PLAIN, 0.5), (SGD_MOMENTUM, PLAIN, 0.5), (RMS, ADAPTIVE, 0.5), (ADAM, ADAPTIVE, 1)):
    check(rule.name, points=points, given=given, name="hidden_values", **unseen)(rule.values)
for rule, options in OPTIONS.items():
    needs = (f"{rule.name}.values",)
    check(rule.name, points=0.5, given=Space(**FIXED, **options), name="hidden_options", needs=needs, **unseen)(
        rule.values
    )
for schedule in SCHEDULES:
    check(schedule.name, points=0.5, given=SCHEDULE, name="hidden_values", **unseen)(schedule.values)
check("minibatches", points=1, given=BATCHES, name="hidden_indices", **unseen)(minibatches_indices)
check("train", points=1, given=LOOP, name="hidden_params", **unseen)(train_params)
