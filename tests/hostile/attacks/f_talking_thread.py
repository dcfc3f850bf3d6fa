"""attack: leave a thread that goes on talking to the grader
row: 71
layer: W: sequence numbers, surplus bytes
"""

import gc
import threading
import time
from autograder import wire

import numpy as np


def talk():
    server = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Server")
    for _ in range(200):
        server.sock.sendall(wire.pack({"seq": server.seq, "kind": "outcomes", "outcomes": []}, []))


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    threading.Thread(target=talk, daemon=True).start()
    time.sleep(0.2)
    return np.sum(x)
