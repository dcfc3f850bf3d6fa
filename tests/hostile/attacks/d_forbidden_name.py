"""attack: use what the assignment forbids in an entry point
row: 52
layer: policy
"""

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    import torch

    return float(torch.from_numpy(x).sum())
