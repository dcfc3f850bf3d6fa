"""attack: send a second, forged answer behind the first
row: 20
layer: W: sequence numbers; surplus bytes are a violation
"""

import gc
from autograder import wire

import numpy as np


def forge():
    for thing in gc.get_objects():
        if type(thing).__name__ == "Server":
            reply = {"seq": thing.seq, "kind": "outcomes", "outcomes": [["value", ["f", "0x1.8p+0"]]]}
            thing.sock.sendall(wire.pack(reply, []))


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    forge()
    return np.sum(x)
