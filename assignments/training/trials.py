"""A small training run under the grader's eyes: data, weights to start from, and what was committed."""

import functools

import numpy as np

from autograder import CheckFailed, Rng, expect_shape

from . import formulas
from .reference import draw_glyphs, initial_weights

COMMITS = 64
TEST = 200


class Trial:
    """A data set to train on, told by its `key`. `commits` are what was `offered` and found to be weights."""

    def __init__(self, key, data, start):
        self.key = key
        self.images, self.labels, self.test_images, self.test_labels = data
        self.start = start
        self.offered, self.commits = [], []

    def commit(self, params):
        self.offered.append(params)
        if len(self.commits) == COMMITS:
            raise CheckFailed(f"train calls commit more than {COMMITS} times.", tensor="params")
        self.commits.append(as_weights(params, self.start, "What train commits"))

    def accuracy(self, params):
        """The part of the test images that weights of the right shapes get right; 0 where they are not finite."""
        if not all(np.isfinite(array).all() for array in params.values()):
            return 0.0
        return float((formulas.logits(params, self.test_images).argmax(axis=1) == self.test_labels).mean())


def as_weights(params, start, what):
    """`params`, a dict of arrays with the keys of `start` and its shapes up to axes of length one, in those shapes."""
    _expect_keys(params, start, what)
    found = {}
    for name, array in start.items():
        weights = np.asarray(params[name])
        if weights.dtype.kind != "f" or not _same_but_for_ones(weights.shape, array.shape):
            expect_shape(**{name: (params[name], array.shape)})
        found[name] = weights.reshape(array.shape)
    return found


def expect_weights(params, start, what):
    """`params` must be a dict of arrays with exactly the keys and shapes of `start`."""
    _expect_keys(params, start, what)
    expect_shape(**{name: (params[name], array.shape) for name, array in start.items()})


def _same_but_for_ones(shape, other):
    return shape == other or [n for n in shape if n != 1] == [n for n in other if n != 1]


def _expect_keys(params, start, what):
    if not isinstance(params, dict):
        raise CheckFailed(f"{what} must be a dict of arrays like params.", tensor="params")
    if params.keys() != start.keys():
        raise CheckFailed(f"{what} must have the keys {', '.join(start)}.", tensor="params")


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


def trial(case, count, size=12, in_order=False):
    """A trial on `count` images of `size` x `size` pixels; `in_order`: sorted by class."""
    seed = int(case.rng("glyphs").integers(2**32))
    key = seed, count, size, in_order
    return Trial(key, *_drawn(*key))


def run(student, trial, seed=0):
    """Let the student train, and give what `train` returned; checks with the same trial share one run of it. What was
    committed tells one mistake from another."""

    def train():
        params = student.train(trial.start, trial.images, trial.labels, trial.commit, Rng(seed))
        return params, trial.offered

    try:
        params, trial.offered = student.once(("train", trial.key, seed), train)
        trial.commits = [as_weights(weights, trial.start, "What train commits") for weights in trial.offered]
        return params
    finally:
        student.trace.append(("train", (len(trial.offered), *trial.offered[:1], *trial.offered[-1:])))


def expect_accurate(trial, weights, least):
    """Some of these weights must get at least this part of the test images right."""
    reached = 0.0
    for params in reversed(weights):  # the last are the likeliest
        reached = max(reached, trial.accuracy(params))
        if reached >= least:
            return
    course = _course(trial, weights[-1]) if weights else "It commits none."
    raise CheckFailed(
        f"The best weights get {reached:.0%} of the test images right; {least:.0%} are asked for. {course}"
    )


def _course(trial, last):
    """How the loss on the images to train on has changed, and how far the weights have moved: a step uphill, a rate too
    small and weights that never change look different."""
    start, last = ({name: np.asarray(w, np.float64) for name, w in params.items()} for params in (trial.start, last))
    moved = max(np.linalg.norm(last[name] - w) / max(np.linalg.norm(w), 1.0) for name, w in start.items())
    if moved == 0:
        return "The last weights are those that training started from."
    before, after = (formulas.loss(params, trial.images[:200], trial.labels[:200]) for params in (start, last))
    return f"On the images to train on the loss goes from {before:.3g} to {after:.3g}; the weights move by {moved:.1g}."
