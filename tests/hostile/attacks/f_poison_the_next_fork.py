"""attack: change builtins, NumPy and modules for the process that comes after
row: 72
layer: fork: memory is copied, never shared
"""

import builtins
import sys

import numpy as np

loot = []

if hasattr(builtins, "poisoned") or "poisoned" in sys.modules or hasattr(np, "poisoned"):
    loot.append("poisoned")
builtins.poisoned = sys.modules["poisoned"] = np.poisoned = True


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
