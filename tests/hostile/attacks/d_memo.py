"""attack: keep earlier inputs and answers, to answer the checks that come later
row: 55
layer: T: a fresh fork for each entry point
"""

import numpy as np

loot = []

memo = getattr(np, "memo", None)
if memo is not None:
    loot.append(memo)
np.memo = []


def affine_forward(x, w, b):
    assert not loot, f"BREACHED {loot}"
    np.memo.append((x, w, b))
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    assert not loot, f"BREACHED {loot}"
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    assert not loot, f"BREACHED {loot}"
    return np.sum(x)
