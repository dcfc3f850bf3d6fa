"""attack: work between the kernel's samples of CPU time, by sleeping a little all the time
row: 59
layer: D: absolute deadline
"""

import time

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    end = time.monotonic() + 3600
    while time.monotonic() < end:
        time.sleep(0.0005)
