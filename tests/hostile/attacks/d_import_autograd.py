"""attack: import a library that differentiates
row: 51
layer: M: not in the worker
"""

import importlib

import numpy as np

loot = []

for name in ("torch", "scipy", "jax", "autograd", "tensorflow", "sympy", "numba", "cupy"):
    try:
        importlib.import_module(name)
        loot.append(name)
    except ImportError:
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
