"""Walking with a student's update rule: call after call, each with the state that the last one returned."""

import numpy as np

from autograder import Earlier, expect


class Walker:
    """One array `w` under one rule, from a fresh state."""

    def __init__(self, student, rule, w, **options):
        self.student, self.rule, self.w, self.options = student, rule, w, options
        self.state = None

    def step(self, dw):
        """What the rule adds to w, which moves on."""
        new_w, self.state = getattr(self.student, self.rule)(self.w, dw, self.state, **self.options)
        update = _difference(self.student, new_w, self.w)
        self.w = self.w + update
        return update


def updates_along(student, rule, path, gradients, **options):
    """What `rule` adds to w at each point of `path`, (steps, …), where it is given each of `gradients` and the state
    that its last call returned: all in one message, since w does not wait for its answer."""
    steps = [("it", w, dw) for w, dw in zip(path, gradients, strict=True)]
    return np.stack(updates_in_turn(student, rule, steps, **options))


def updates_in_turn(student, rule, steps, **options):
    """What `rule` adds to w at each of `steps`, which are those of several walks: (walk, w, dw). Each is given the
    state that the last step of its walk returned."""
    given, last = [], {}
    for number, (walk, w, dw) in enumerate(steps):
        given.append((w, dw, Earlier(last[walk], 1) if walk in last else None))
        last[walk] = number
    found = student.each(rule, given, **options)
    return [_difference(student, new_w, w) for (new_w, _), (_, w, _) in zip(found, steps, strict=True)]


def path_of(w, updates):
    """Where w stands before each of `updates`, (steps, …), and not after the last."""
    return w + np.concatenate([np.zeros_like(updates[:1]), np.cumsum(updates[:-1], axis=0)])


def _difference(student, new_w, w):
    """new_w - w, once new_w is known to be an array of floats in w's shape, up to axes of length one."""
    found = np.asarray(new_w) if isinstance(new_w, float | np.generic) else new_w
    fits = isinstance(found, np.ndarray) and found.dtype in (np.float64, np.float32)
    if not (fits and _long_axes(found) == _long_axes(w)):
        expect(student, w=(new_w, w))  # says what is wrong with its type or its shape
    return np.asarray(new_w, dtype=np.float64).reshape(w.shape) - w


def expect_updates(student, found, *expected):
    """`found` must be the updates `expected`; of several right forms, the one that it comes closest to."""
    closest = min(expected, key=lambda form: np.max(np.abs(found - form)))
    expect(student, axes=("step",), update=(found, closest))


def _long_axes(array):
    return [length for length in array.shape if length != 1]
