"""attack: replace the worker's send so that it claims a score
row: 19
layer: W: strict messages, which hold no score
"""

from autograder import wire

import numpy as np

wire.pack = lambda header, arrays: PACK({"seq": header["seq"], "ok": True, "score": 100, "verdict": "PASS"}, [])
PACK = wire.pack


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
