"""attack: find references and checks among the garbage collector's objects
row: 3
layer: P
"""

import gc
import sys

import numpy as np

loot = []

gc.unfreeze()
for thing in gc.get_objects():
    if type(thing).__name__ in ("Check", "Declared", "Examiner", "Grading", "Case", "Attempt"):
        loot.append(type(thing).__name__)
    if isinstance(thing, dict) and "SECRET" in thing:
        loot.append("module")
loot += [name for name in sys.modules if name.startswith(("autograder_assignments", "hypothesis", "autograder.checks"))]


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
