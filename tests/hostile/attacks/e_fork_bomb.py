"""attack: fork until the machine stands still
row: 62
layer: S: no fork
"""

import multiprocessing
import os

import numpy as np

loot = []

for fork in (os.fork, lambda: os.forkpty()[0], lambda: multiprocessing.Process(target=print).start()):
    try:
        if fork() == 0:
            os._exit(0)
        loot.append("forked")
    except (OSError, ImportError, AssertionError):
        pass


def affine_forward(x, w, b):
    assert not loot, f"BREACHED {loot}"
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    assert not loot, f"BREACHED {loot}"
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    assert not loot, f"BREACHED {loot}"
    return np.sum(x)
