"""The training race: which data, which weights to start from, and who must be beaten."""

import numpy as np

from autograder import Race, Split

from . import formulas
from .reference import draw_glyphs, initial_weights

TRAIN, TEST = 4000, 1500
REACH = 0.75  # of a layer's filters, in units of the norm of those given: docs/speed.md says what it costs, and whom


def draw(rng):
    """Ten classes that nobody has seen, 4000 images to train on and 1500 to be judged by."""
    images, labels = draw_glyphs(rng, TRAIN + TEST)
    return Split(images[:TRAIN], labels[:TRAIN], images[TRAIN:], labels[TRAIN:])


def accuracy(params, images, labels):
    """The part of the images that the network gets right, from 0 to 1, computed in float64."""
    params = {name: np.asarray(array, dtype=np.float64) for name, array in params.items()}
    return float((formulas.logits(params, images).argmax(axis=1) == labels).mean())


def near(given, params):
    """`params` with the filters of each layer brought back, along a straight line, to within REACH of those given."""
    held = dict(params)
    for name in ("W1", "W2"):
        start = np.asarray(given[name], dtype=np.float64)
        moved = np.asarray(params[name], dtype=np.float64) - start
        allowed, far = REACH * np.linalg.norm(start), np.linalg.norm(moved)
        if far > allowed:
            held[name] = start + allowed / far * moved
    return held


RACE = Race(
    draw=draw,
    initial=initial_weights,
    accuracy=accuracy,
    near=near,
    baseline="baselines/sgd.py",
    torch_baseline="baselines/sgd_torch.py",
    target=0.95,
    draws=3,
    budget=4.0,
    target_ratio=2.0,
    fastest=5.0,  # from 4 on there are no more points
    points=40,
    bonus=8,
)
