"""attack: meet a colluding process at an abstract Unix socket
row: 76
layer: N + S
"""

import socket

import numpy as np

loot = []

with socket.socket(socket.AF_UNIX) as meeting:
    meeting.connect("\0@MARK@")
    loot.append("met")


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
