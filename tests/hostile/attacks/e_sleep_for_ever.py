"""attack: sleep at the top level, which costs no CPU time
row: 60
layer: D: a statement may wait for a while
"""

import time

import numpy as np

time.sleep(10**6)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
