"""The same questions on cases that nobody has seen."""

from autograder import Space, check

from .checks import (
    gaussian_classifier_bias,
    gaussian_classifier_weights,
    gaussian_fit_covariance,
    perceptron_fit_mistakes,
    perceptron_fit_weights,
    posterior_underflow,
    posterior_values,
    xor_network_batches,
)

SEPARABLE = Space(rows=[{"n": 10, "d": 3}], n=(8, 11, 13), d=(2, 4, 5))
BATCH = Space(rows=[{"n": 9}], n=(8, 12))
LABELLED = Space(rows=[{"n": 11, "d": 4, "content": "wide"}], n=(10, 13), d=(3, 5), content=("normal", "wide"))
CLASSES = Space(rows=[{"d": 5, "content": "normal"}], d=(2, 4, 5), content=("normal",))
POINTS = Space(rows=[{"n": 8, "d": 4, "content": "normal"}], n=(4, 7), d=(3, 5), content=("normal",))
FAR = Space(rows=[{"n": 6, "d": 2, "content": "normal"}], n=(4, 7), d=(3, 5), content=("normal",))
UNSEEN = {"sentence": "Right on further inputs, too.", "examples": 2}

for ask, entry_point, points, given in (
    (perceptron_fit_weights, "perceptron_fit", 1, SEPARABLE),
    (perceptron_fit_mistakes, "perceptron_fit", 1, SEPARABLE),
    (xor_network_batches, "xor_network", 0.5, BATCH),
    (gaussian_fit_covariance, "gaussian_fit", 1, LABELLED),
    (gaussian_classifier_weights, "gaussian_classifier", 0.5, CLASSES),
    (gaussian_classifier_bias, "gaussian_classifier", 0.5, CLASSES),
    (posterior_values, "posterior", 1, POINTS),
    (posterior_underflow, "posterior", 1, FAR),
):
    part = ask.__name__.removeprefix(f"{entry_point}_")
    check(entry_point, points=points, given=given, name=f"hidden_{part}", **UNSEEN)(ask)
