"""A small training run under the grader's eyes: data, weights to start from, and what was committed."""

import functools

import numpy as np

from autograder import CheckFailed, Rng, expect_shape

from . import formulas
from .reference import draw_glyphs, initial_weights

COMMITS = 64
TEST = 200


class Trial:
    """One data set to train on. `commits` are what was `offered` and found to be weights."""

    def __init__(self, data, start):
        self.images, self.labels, self.test_images, self.test_labels = data
        self.start = start
        self.offered, self.commits = [], []

    def commit(self, params):
        self.offered.append(params)
        if len(self.commits) == COMMITS:
            raise CheckFailed(f"train calls commit more than {COMMITS} times.", tensor="params")
        expect_weights(params, self.start, "What train commits")
        self.commits.append(params)

    def accuracy(self, params):
        """The part of the test images that weights of the right shapes get right; 0 where they are not finite."""
        if not all(np.isfinite(array).all() for array in params.values()):
            return 0.0
        return float((formulas.logits(params, self.test_images).argmax(axis=1) == self.test_labels).mean())


def expect_weights(params, start, what):
    """`params` must be a dict of arrays with the keys and shapes of `start`."""
    if not isinstance(params, dict):
        raise CheckFailed(f"{what} must be a dict of arrays like params.", tensor="params")
    if params.keys() != start.keys():
        raise CheckFailed(f"{what} must have the keys {', '.join(start)}.", tensor="params")
    expect_shape(**{name: (params[name], array.shape) for name, array in start.items()})


@functools.lru_cache(maxsize=16)
def _drawn(seed, count, size, in_order):
    """Half as jittery as in the race, so that a few dozen steps of any sound trainer show."""
    rng = np.random.default_rng(seed)
    images, labels = draw_glyphs(rng, count + TEST, size, jitter=0.5)
    order = np.argsort(labels[:count], kind="stable") if in_order else np.arange(count)
    data = images[order], labels[order], images[count:], labels[count:]
    start = initial_weights(rng, size)
    for array in (*data, *start.values()):
        array.flags.writeable = False
    return data, start


def trial(case, count, size=10, in_order=False):
    """A trial on `count` images of `size` x `size` pixels; `in_order`: sorted by class."""
    seed = int(case.rng("glyphs").integers(2**32))
    return Trial(*_drawn(seed, count, size, in_order))


def run(student, trial, seed=0):
    """Let the student train, and give what `train` returned. What was committed tells one mistake from another."""
    try:
        return student.train(trial.start, trial.images, trial.labels, trial.commit, Rng(seed))
    finally:
        student.trace.append(("train", (len(trial.offered), *trial.offered[:1], *trial.offered[-1:])))


def expect_accurate(trial, weights, least):
    """Some of these weights must get at least this part of the test images right."""
    reached = 0.0
    for params in reversed(weights):  # the last are the likeliest
        reached = max(reached, trial.accuracy(params))
        if reached >= least:
            return
    raise CheckFailed(f"The best weights get {reached:.0%} of the test images right; {least:.0%} are asked for.")
