"""attack: import the grader, the course, and their libraries
row: 9
layer: M: the worker's packages alone
"""

import importlib
import sys

import numpy as np

loot = []
sys.meta_path[:] = sys.meta_path[1:]  # past what only says no

for name in ("autograder.errors", "autograder.assignment", "autograder.checks", "autograder.pipeline", "autograder.model", "hypothesis",
             "msgspec", "target", "reference", "reference.target", "checks", "tests", "conftest", "pytest", "nbgrader"):
    try:
        importlib.import_module(name)
        loot.append(name)
        break
    except Exception:
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
