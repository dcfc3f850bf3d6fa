"""The solution, which a submission must never see."""

import numpy as np

SECRET = "secret-of-the-reference-90d3b61e"


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
