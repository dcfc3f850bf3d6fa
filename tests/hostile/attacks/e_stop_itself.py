"""attack: stop one's own process
row: 60
layer: D: absolute deadline, SIGKILL
"""

import os
import signal

import numpy as np

os.kill(os.getpid(), signal.SIGSTOP)


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
