"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .cases import AXES
from .checks import (
    classify_values,
    condition_number_values,
    contraction_values,
    gradient_descent_end,
    hessian_central,
    loss_slice_weights,
    momentum_descent_end,
    newton_step_values,
    taylor_values,
)

POLYNOMIALS = Space(rows=[{"d": 4, "h": 0.5}], d=(3, 4), h=(0.25, 0.125))
EXPANSIONS = Space(rows=[{"d": 5, "content": "normal"}], d=(3, 4), content=("normal",))
MATRICES = Space(rows=[{"d": 4, "axes": "turned"}], d=(3, 4), axes=AXES)
PLACES = Space(rows=[{"d": 3, "axes": "turned"}], d=(3, 4), axes=AXES)
RATES = Space(
    rows=[{"d": 4, "axes": "turned", "rate": 0.85}, {"d": 3, "axes": "turned", "rate": 0.2}],
    d=(3, 5),
    axes=AXES,
    rate=(0.2, 0.85),
)
WALKS = Space(
    rows=[{"d": 4, "axes": "turned", "rate": 0.6, "steps": 6}], d=(2, 4), axes=AXES, rate=(0.6,), steps=(3, 6)
)
ROLLS = Space(
    rows=[{"d": 4, "axes": "turned", "rate": 0.6, "steps": 6, "momentum": 0.8}],
    d=(2, 4),
    axes=AXES,
    rate=(0.6,),
    steps=(3, 6),
    momentum=(0.6, 0.8),
)
WEIGHTS = Space(rows=[{"shape": (3, 2), "len_a": 4, "len_b": 2}], shape=((3,), (3, 2)), len_a=(2, 4), len_b=(2, 3))
UNSEEN = {"name": "hidden_values", "sentence": "Right on further inputs, too."}

for values, given in (
    (hessian_central, POLYNOMIALS),
    (taylor_values, EXPANSIONS),
    (condition_number_values, MATRICES),
    (classify_values, PLACES),
    (gradient_descent_end, WALKS),
    (momentum_descent_end, ROLLS),
    (contraction_values, RATES),
    (newton_step_values, MATRICES),
    (loss_slice_weights, WEIGHTS),
):
    entry_point = values.__name__.rpartition("_")[0]
    check(entry_point, points=1, given=given, examples=1, **UNSEEN)(values)
