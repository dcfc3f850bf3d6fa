"""attack: call the kernel by the x32 table, which a filter may have forgotten
row: 74
layer: S: killed
"""

import ctypes
import os
import platform

import numpy as np

libc = ctypes.CDLL(None, use_errno=True)

libc.syscall(0x40000000 + 39) if platform.machine() == "x86_64" else os.abort()


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
