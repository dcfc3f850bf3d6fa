"""attack: read and write the memory of parent and grader
row: 5
layer: N + S
"""

import ctypes
import os
import platform

import numpy as np

loot = []

libc = ctypes.CDLL(None, use_errno=True)

class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(64)
span = Span(ctypes.addressof(buffer), 64)
for pid in (os.getppid(), int("@GRADER@")):
    for call in (libc.process_vm_readv, libc.process_vm_writev):
        if call(pid, ctypes.byref(span), 1, ctypes.byref(span), 1, 0) != -1:
            loot.append(pid)


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
