"""attack: read what an earlier submission left, and other students' files
row: 11
layer: M + N: nothing is shared, nothing is writable
"""

import glob
import os

import numpy as np

loot = []

for folder in ("/dev/shm", "/tmp", "/var/tmp", "/dev", "/run", "/dev/mqueue"):
    loot += [path for path in glob.glob(f"{folder}/*@MARK@*") + glob.glob(f"{folder}/*.py")]
    try:
        with open(f"{folder}/@MARK@-for-the-next", "x") as file:
            file.write("answers")
        loot.append(folder)
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
