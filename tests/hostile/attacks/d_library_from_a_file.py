"""attack: write a shared library and load it
row: 53
layer: M: nothing is writable
"""

import ctypes

import numpy as np

loot = []

for folder in ("/tmp", "/dev/shm", "/var/tmp", "@FOLDER@", "."):
    try:
        with open(f"{folder}/@MARK@.so", "wb") as file:
            file.write(b"\x7fELF")
            file.flush()
        ctypes.CDLL(f"{folder}/@MARK@.so")
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
