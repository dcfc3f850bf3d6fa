"""attack: walk the file system for solutions, checks and anything that holds a secret
row: 1
layer: M; L
"""

import os

import numpy as np

loot = []

seen = 0
for top in ("@COURSE@", "@FOLDER@", "/work", "/home", "/root", "/srv", "/mnt", "/tmp", "/var", "/opt"):
    for folder, _, names in os.walk(top):
        for name in names:
            seen += 1
            if name in ("checks.py", "hidden.py", "target.py", "canary", "assignment.toml") and seen < 20000:
                loot.append(os.path.join(folder, name))
        if seen > 20000 or "site-packages" in folder:
            break


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
