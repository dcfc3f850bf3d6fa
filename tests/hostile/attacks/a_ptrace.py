"""attack: attach to parent and grader as a debugger
row: 5
layer: N + S
"""

import ctypes
import os
import platform

import numpy as np

loot = []

libc = ctypes.CDLL(None, use_errno=True)

for pid in (os.getppid(), int("@GRADER@")):
    for request in (16, 0x4206):  # PTRACE_ATTACH, PTRACE_SEIZE
        if libc.ptrace(request, pid, 0, 0) != -1:
            loot.append(pid)
if libc.ptrace(0, 0, 0, 0) != -1:
    loot.append("traceme")


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
