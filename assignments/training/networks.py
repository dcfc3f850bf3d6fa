"""Small networks of the given kind: their weights, images for them, and what is right for both."""

import numpy as np

from autograder import Space, vjp

from . import formulas

# Height and width differ, and so do all counts in the first row. Sizes that can be halved twice: how a half is rounded
# is asked apart, on ODD.
COUNTS = {"n": (1, 2, 3), "filters": ((1, 1), (2, 1), (1, 3)), "classes": (2, 3, 5)}
SMALL = Space(
    rows=[
        {"n": 2, "height": 8, "width": 4, "filters": (3, 2), "classes": 5},
        {"n": 3, "height": 4, "width": 8, "filters": (2, 3), "classes": 2},
        {"n": 1, "height": 4, "width": 4, "filters": (1, 2), "classes": 3},
    ],
    **COUNTS,
    height=(4, 8),
    width=(4, 8, 12),
)
ODD = Space(
    rows=[
        {"n": 2, "height": 6, "width": 5, "filters": (3, 2), "classes": 4},
        {"n": 1, "height": 7, "width": 3, "filters": (1, 2), "classes": 3},
    ],
    **COUNTS,
    height=(2, 5, 6),
    width=(4, 3, 7),
)
RACE = Space(
    rows=[{"n": 8, "height": 24, "width": 24, "filters": (8, 16), "classes": 10}],
    n=(8,),
    height=(24,),
    width=(24,),
    filters=((8, 16),),
    classes=(10,),
)
# With normal weights the logits would be so far apart that the loss hardly depends on most of them.
SCALE = 0.3
NAMES = ("W1", "b1", "W2", "b2", "W3", "b3")


def network(case):
    """Params of the case's network, in float64."""
    first, second = case.filters
    inputs = second * -(-case.height // 4) * -(-case.width // 4)  # halved twice and rounded up is a quarter rounded up
    shapes = {
        "W1": (first, 1, 5, 5),
        "b1": (first,),
        "W2": (second, first, 5, 5),
        "b2": (second,),
        "W3": (inputs, case.classes),
        "b3": (case.classes,),
    }
    return {name: SCALE * case.array(name, *shape) for name, shape in shapes.items()}


def batch(case):
    """Images and labels."""
    return case.array("images", case.n, 1, case.height, case.width), case.labels("labels", case.n, case.classes)


def right_logits(case):
    images, _ = batch(case)
    return case.once("logits", lambda: formulas.logits(network(case), images))


def right_loss(case):
    images, labels = batch(case)
    return case.once("loss", lambda: float(formulas.loss(network(case), images, labels)))


def right_gradient(case, name):
    """The gradient of the loss with respect to one of the params."""
    params, (images, labels) = network(case), batch(case)

    def loss(array):
        return formulas.loss({**params, name: array}, images, labels)

    return case.once(name, lambda: vjp(loss, [params[name]], 1.0, wrt=(0,))[0])


def in_float32(arrays):
    return {name: array.astype(np.float32) for name, array in arrays.items()}
