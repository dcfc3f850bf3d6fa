"""attack: look among the arrays of one's own process for questions that are still to come
row: 48
layer: T: what is asked ahead holds questions of public checks or of hidden ones, never of both
"""

import gc

import numpy as np

HIDDEN = 271828.1875


def look(given):
    """Whether an array of a hidden case is here while another question is asked."""
    lists = [thing for thing in gc.get_objects() if type(thing) is list and len(thing) < 2000]
    arrays = [one for some in lists for one in some if isinstance(one, np.ndarray) and one.dtype == np.float64]
    assert np.any(given == HIDDEN) or not any(np.any(one == HIDDEN) for one in arrays), "BREACHED"


def affine_forward(x, w, b):
    look(x)
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    look(x)
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    look(x)
    return np.sum(x)
