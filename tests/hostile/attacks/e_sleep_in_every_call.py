"""attack: sleep in one function, to hold a slot for as long as there are checks that call it
row: 60
layer: D: no entry point is asked again after two time-outs; a submission has a total
"""

import time

import numpy as np


def affine_forward(x, w, b):
    while True:
        time.sleep(10**6)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
