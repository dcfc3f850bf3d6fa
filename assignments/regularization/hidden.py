"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .checks import (
    dropconnect_backward_dx,
    dropconnect_forward_values,
    dropout_backward_gradients,
    dropout_forward_values,
    early_stopping_values,
    elastic_net_gradient,
    elastic_net_value,
    minimum_norm_fit_least_norm,
)

USUAL = {"content": ("whole", "normal")}
NETS = Space(
    rows=[{"shape": (4, 5), "lam": 0.7, "ratio": 0.35, "content": "wide"}],
    shape=((6,), (2, 3, 4)),
    lam=(0.4, 1.3),
    ratio=(0.15, 0.8),
    content=("normal", "wide"),
)
DROPOUT = Space(
    rows=[{"shape": (7, 4, 5), "p": 0.35, "content": "wide"}], shape=((120,), (11, 13)), p=(0.25, 0.65), **USUAL
)
CONNECT = Space(rows=[{"n": 15, "d": 7, "m": 9, "p": 0.45}], n=(16,), d=(8,), m=(10, 13), p=(0.35, 0.55))
CURVES = Space(rows=[{"records": 4, "patience": 4}, {"records": 3, "patience": 2}], records=(3, 5), patience=(2, 3))
ABOVE = Space(rows=[{"n": 5, "degree": 7}], n=(3, 4), degree=(6, 9))

UNSEEN = {"sentence": "Right on further inputs, too.", "examples": 1}

for asked, points, given in (
    (elastic_net_value, 0.5, NETS),
    (elastic_net_gradient, 0.5, NETS),
    (dropout_forward_values, 0.5, DROPOUT),
    (dropout_backward_gradients, 0.5, DROPOUT),
    (dropconnect_forward_values, 0.5, CONNECT),
    (dropconnect_backward_dx, 0.5, CONNECT),
    (early_stopping_values, 0.5, CURVES),
    (minimum_norm_fit_least_norm, 0.5, ABOVE),
):
    name, _, part = asked.__name__.rpartition("_")
    if asked is minimum_norm_fit_least_norm:
        name, part = "minimum_norm_fit", "least_norm"
    check(name, points=points, given=given, name=f"hidden_{part}", **UNSEEN)(asked)
