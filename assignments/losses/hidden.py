"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .checks import (
    binary_cross_entropy_with_logits_gradient,
    binary_cross_entropy_with_logits_loss,
    cross_entropy_values,
    entropy_values,
    hinge_loss_gradient,
    hinge_loss_loss,
    kl_divergence_values,
    least_squares_gradient,
    least_squares_step_values,
    softmax_cross_entropy_gradient,
    softmax_cross_entropy_loss,
)

USUAL = {"content": ("normal",)}
ROWS = Space(rows=[{"n": 6, "k": 4, "content": "normal"}], n=(4, 7), k=(5, 8), **USUAL)
LOGITS = Space(
    rows=[{"n": 6, "k": 4, "content": "normal", "targets": "soft"}],
    n=(4, 7),
    k=(5, 8),
    **USUAL,
    targets=("soft", "one-hot"),
)
BINARY = Space(rows=[{"n": 8, "content": "normal", "targets": "soft"}], n=(4, 7, 9), **USUAL, targets=("soft", "hard"))
MARGIN = Space(
    rows=[{"n": 6, "classes": 5, "content": "wide", "margin": 1.0}],
    n=(4, 7),
    classes=(3, 8),
    content=("normal", "wide"),
    margin=(1.0,),
)
LINEAR = Space(
    rows=[{"n": 7, "d": 4, "content": "wide"}, {"n": 2, "d": 5, "content": "wide"}],
    n=(6, 8),
    d=(3, 5),
    content=("normal", "wide"),
)
STEPS = Space(
    rows=[{"n": 7, "d": 4, "content": "wide", "rate": 0.03}],
    n=(6, 8),
    d=(3, 5),
    content=("normal", "wide"),
    rate=(0.2, 0.03),
)
UNSEEN = {"sentence": "Right on further inputs, too.", "examples": 2}
VALUES = {"name": "hidden_values", **UNSEEN}
LOSS = {"name": "hidden_loss", **UNSEEN}
GRADIENT = {"name": "hidden_gradient", **UNSEEN}

for values, given in (
    (entropy_values, ROWS),
    (cross_entropy_values, ROWS),
    (kl_divergence_values, ROWS),
    (least_squares_step_values, STEPS),
):
    name = values.__name__.removesuffix("_values")
    check(name, points=1, given=given, **VALUES)(values)
for loss, gradient, given in (
    (softmax_cross_entropy_loss, softmax_cross_entropy_gradient, LOGITS),
    (binary_cross_entropy_with_logits_loss, binary_cross_entropy_with_logits_gradient, BINARY),
    (hinge_loss_loss, hinge_loss_gradient, MARGIN),
):
    name = loss.__name__.removesuffix("_loss")
    check(name, points=0.5, given=given, **LOSS)(loss)
    check(name, points=0.5, given=given, **GRADIENT)(gradient)
check("least_squares", points=1, given=LINEAR, **GRADIENT)(least_squares_gradient)
