"""attack: clone with namespaces, without CLONE_THREAD, and by vfork
row: 74
layer: S: clone makes threads alone
"""

import ctypes
import os
import platform

import numpy as np

loot = []

libc = ctypes.CDLL(None, use_errno=True)

if platform.machine() == "x86_64":
    for flags in (17, 0x10000000 | 17, 0x20000000 | 17, 0x7E020000 | 17, 0x4000 | 0x100 | 17):
        if (pid := libc.syscall(56, flags, 0, 0, 0, 0)) != -1:
            if pid == 0:
                os._exit(0)
            loot.append(flags)
    for number in (57, 58):
        if (pid := libc.syscall(number)) != -1:
            if pid == 0:
                os._exit(0)
            loot.append(number)


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
