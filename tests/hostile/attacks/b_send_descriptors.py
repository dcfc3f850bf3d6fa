"""attack: pass the grader file descriptors, ancillary data and out-of-band bytes
row: 26
layer: S: no sendmsg, no flags on sendto
"""

import gc
import socket

import numpy as np

loot = []

for thing in gc.get_objects():
    if type(thing).__name__ == "Server":
        for send in (
            lambda: socket.send_fds(thing.sock, [b"x"], [0]),
            lambda: thing.sock.sendmsg([b"x"]),
            lambda: thing.sock.send(b"x", socket.MSG_OOB),
            lambda: thing.sock.recvmsg(1),
            lambda: thing.sock.recv(1, socket.MSG_DONTWAIT),
        ):
            try:
                send()
                loot.append("sent")
            except OSError:
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
