"""attack: read a secret file outside the sandbox by its absolute path
row: 1
layer: M; Landlock in the fallback
"""

import numpy as np

loot = []

loot.append(open("@CANARY@").read())


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
