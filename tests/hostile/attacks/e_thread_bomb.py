"""attack: start threads until the machine stands still
row: 63
layer: R: RLIMIT_AS, RLIMIT_CPU of all threads together
"""

import threading

import numpy as np


def spin():
    while True:
        pass


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    for _ in range(10_000):
        threading.Thread(target=spin, daemon=True).start()
    return np.sum(x)
