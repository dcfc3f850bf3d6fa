"""attack: write sitecustomize, usercustomize, .pth files and the worker's own modules for the next start
row: 21
layer: M read-only + RLIMIT_FSIZE; -I -S
"""

import os
import sys

import numpy as np

loot = []

folders = [*sys.path, os.path.dirname(os.__file__), os.path.dirname(np.__file__), "/opt/autograder", ".", os.path.expanduser("~"), "@FOLDER@"]
for folder in folders:
    for name in ("sitecustomize.py", "usercustomize.py", "@MARK@.pth", "conftest.py", "numpy.py", "wire.py", "__init__.py"):
        try:
            with open(os.path.join(folder, name), "a") as file:
                file.write("# @MARK@\n")
                file.flush()
            loot.append(os.path.join(folder, name))
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
