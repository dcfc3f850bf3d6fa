"""attack: turn off the timer of statements and loop in C, where no handler runs
row: 59
layer: R: hard RLIMIT_CPU; D: SIGKILL
"""

import signal

import numpy as np

signal.signal(signal.SIGPROF, signal.SIG_IGN), sum(range(10**15))


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
