"""attack: read references, checks, hidden checks and templates where a course keeps them
row: 1
layer: M; L
"""

import glob

import numpy as np

loot = []


def read(path):
    try:
        with open(path) as file:
            return file.read(2000)
    except OSError:
        return ""


for pattern in ("reference/*.py", "assignments/*/*", "student_templates/*/*", "tests/*"):
    loot += [path for path in glob.glob("@COURSE@/" + pattern)]
for path in ("reference/target.py", "assignments/target/checks.py", "assignments/target/hidden.py"):
    if text := read("@COURSE@/" + path):
        loot.append(text)


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
