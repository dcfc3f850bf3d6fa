"""attack: end with the status that means the grader is at fault, to go unmarked
row: 16
layer: W: the worker says that it stands before student code runs
"""

import os

import numpy as np

os._exit(70)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
