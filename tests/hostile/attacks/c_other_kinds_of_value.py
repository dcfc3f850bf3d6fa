"""attack: return text, None, dicts, handles and functions where arrays are asked for
row: 31
layer: T: type before arithmetic
"""

from autograder import wire

import numpy as np

calls = []
VALUES = ["1.0", None, {"out": 1.0}, wire.Handle(10**30, "x" * 10**6), len, ..., b"1", {1, 2}, True, wire.Opaque("y")]


def affine_forward(x, w, b):
    calls.append(1)
    return VALUES[len(calls) % len(VALUES)], (x, w)


def affine_backward(dout, cache):
    calls.append(1)
    return VALUES[len(calls) % 10], VALUES[len(calls) % 7], dout.sum(0)


def total(x):
    return lambda *args: x.sum()
