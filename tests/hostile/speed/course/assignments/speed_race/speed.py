"""The race: eight blobs in sixteen dimensions, whose centres nobody has seen, and a linear model."""

import numpy as np

from autograder import Race, Split

CLASSES, DIMENSIONS, TRAIN, TEST = 8, 16, 2000, 1000
SPREAD = 1.2  # of the centres, in units of the noise: the best that anybody can do is about 99 %


def draw(rng):
    """Blobs around centres of their own."""
    centres = SPREAD * rng.standard_normal((CLASSES, DIMENSIONS))
    labels = rng.integers(CLASSES, size=TRAIN + TEST)
    images = (centres[labels] + rng.standard_normal((len(labels), DIMENSIONS))).astype(np.float32)
    return Split(images[:TRAIN], labels[:TRAIN], images[TRAIN:], labels[TRAIN:])


def initial(rng):
    """Small random weights."""
    w = 0.01 * rng.standard_normal((DIMENSIONS, CLASSES))
    return {"w": w.astype(np.float32), "b": np.zeros(CLASSES, np.float32)}


def accuracy(params, images, labels):
    """The part of `images` that the linear model puts into the right blob."""
    return float(np.mean(np.argmax(images @ params["w"] + params["b"], axis=1) == labels))


RACE = Race(draw, initial, accuracy, baseline="baselines/sgd.py", target=0.9, draws=2, budget=2.0)
