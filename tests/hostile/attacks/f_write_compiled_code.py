"""attack: write compiled modules and change the ones in place
row: 72
layer: M: read-only
"""

import glob
import importlib.util
import os
import py_compile

import numpy as np

loot = []

for module in ("json", "numpy", "autograder.wire", "string"):
    for path in (importlib.util.cache_from_source(importlib.util.find_spec(module).origin), importlib.util.find_spec(module).origin):
        try:
            open(path, "r+b").close()
            loot.append(path)
        except OSError:
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
