"""attack: take back privileges that were given up
row: 74
layer: S + no new privileges
"""

import os

import numpy as np

loot = []

for climb in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.seteuid(0), lambda: os.chroot("/"), lambda: os.nice(-20)):
    try:
        climb()
        loot.append("climbed")
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
