"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .cases import LARGE
from .checks import ADAPTIVE, RMS, SCHEDULES, SGD, SGD_MOMENTUM, minibatches_indices, train_params

UNSEEN = "Right on further inputs, too."
FURTHER = {"shape": ((4,), (3, 5), (2, 2, 3)), "steps": (7, 9), "content": ("normal",), "lr": (0.3, 0.05)}
ROW = {"shape": (5, 2), "steps": 8, "content": "normal", "lr": 0.25}

unseen = {"examples": 2, "name": "hidden_values", "sentence": UNSEEN}
PLAIN = Space(rows=[{**ROW, "scale": 1.0}], **FURTHER, scale=(1.0, 0.1))
MOMENTUM = Space(rows=[{**ROW, "scale": 1.0, "momentum": 0.95}], **FURTHER, scale=(1.0, 0.1), momentum=(0.6, 0.99))
RMSPROP = Space(rows=[{**ROW, "scale": 1e6, "decay": 0.95}], **FURTHER, **LARGE, decay=(0.6, 0.8))
ADAM = Space(
    rows=[{**ROW, "scale": 1e6, "beta1": 0.95, "beta2": 0.99}], **FURTHER, **LARGE, beta1=(0.7, 0.6), beta2=(0.98, 0.5)
)
SCHEDULE = Space(rows=[{"lr0": 0.03, "k": 0.7, "t": 4}], lr0=(0.2, 5.0), k=(0.1, 1.5), t=(2, 6, 0.75))
BATCHES = Space(rows=[{"n": 17, "batch_size": 5}], n=(13, 16), batch_size=(4, 7, 20))
LOOP = Space(
    rows=[{"n": 8, "batch_size": 3, "epochs": 4, "names": ("u", "v")}],
    n=(5, 10),
    batch_size=(2, 4),
    epochs=(2, 5),
    names=(("theta",), ("W1", "b1", "W2", "b2")),
)

check("sgd", points=0.5, given=PLAIN, **unseen)(SGD.values)
check("sgd_momentum", points=1, given=MOMENTUM, **unseen)(SGD_MOMENTUM.values)
check("rmsprop", points=1, given=RMSPROP, **unseen)(RMS.values)
check("adam", points=1.5, given=ADAM, **unseen)(ADAPTIVE.values)
for schedule in SCHEDULES:
    check(schedule.name, points=0.5, given=SCHEDULE, **unseen)(schedule.values)
check("minibatches", points=1, given=BATCHES, **{**unseen, "name": "hidden_indices"})(minibatches_indices)
check("train", points=1, given=LOOP, **{**unseen, "name": "hidden_params"})(train_params)
