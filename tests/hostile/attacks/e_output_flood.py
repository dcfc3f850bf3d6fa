"""attack: print hundreds of megabytes
row: 65
layer: worker: /dev/null
"""

import os
import sys

import numpy as np

for _ in range(100):
    sys.stdout.write("x" * 10**6)
    os.write(2, b"x" * 10**6)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
