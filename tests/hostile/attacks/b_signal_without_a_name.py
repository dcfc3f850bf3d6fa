"""attack: die of a real-time signal, which has no name to be printed
row: 16
layer: W
"""

import os

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    os.kill(os.getpid(), 40)
