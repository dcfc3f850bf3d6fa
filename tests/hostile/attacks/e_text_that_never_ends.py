"""attack: raise an exception whose text takes for ever
row: 67
layer: R: CPU time
"""

import numpy as np


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    raise Endless
