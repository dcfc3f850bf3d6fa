"""attack: lift one's own limits and those of the parent
row: 74
layer: S: prlimit reads only
"""

import os
import resource

import numpy as np

loot = []

for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE, resource.RLIMIT_CORE):
    for pid in (0, os.getppid()):
        for limit in ((resource.RLIM_INFINITY,) * 2, (10, 10**6), (0, 0)):
            try:
                resource.prlimit(pid, which, limit)
                loot.append(which)
            except (OSError, ValueError):
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
