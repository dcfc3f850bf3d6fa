"""attack: use files and sockets that the grader forgot to close
row: 7
layer: worker: closerange
"""

import os
import stat

import numpy as np

loot = []

for descriptor in range(256):
    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        continue
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISFIFO(mode):
        loot.append(descriptor)
    if stat.S_ISSOCK(mode):
        sockets = globals().get("sockets", 0) + 1
if sockets != 1:
    loot.append(f"{sockets} sockets")


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
