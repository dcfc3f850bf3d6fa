"""attack: look for secrets in environment variables, arguments and the working directory
row: 6
layer: launch: empty environment
"""

import os
import sys

import numpy as np

loot = []

said = repr((dict(os.environ), sys.argv, sys.orig_argv))
loot += [word for word in ("@ENV_SECRET@", "@COURSE@", "@FOLDER@", "TOKEN", "PASSWORD") if word in said]
try:
    loot += [name for name in os.listdir(".") if name.startswith(("assign", "refer", "pyproject"))]
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
