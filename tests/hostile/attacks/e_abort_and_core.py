"""attack: abort with a core dump
row: 66
layer: RLIMIT_CORE 0; S
"""

import os
import resource

import numpy as np

loot = []

try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY,) * 2)
    loot.append("cores")
except (OSError, ValueError):
    pass


def affine_forward(x, w, b):
    assert not loot, f"BREACHED {loot}"
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    assert not loot, f"BREACHED {loot}"
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    os.abort()
