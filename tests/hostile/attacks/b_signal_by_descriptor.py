"""attack: have the kernel signal parent and grader: F_SETOWN, F_SETSIG and O_ASYNC on the socket
row: 24
layer: S: fcntl's commands are a closed list
"""

import fcntl
import os
import signal

import numpy as np

loot = []

F_SETSIG = 10
for pid in (os.getppid(), int("@GRADER@")):
    for number in (signal.SIGINT, signal.SIGKILL):
        for descriptor in range(3, 64):
            try:
                fcntl.fcntl(descriptor, F_SETSIG, number)
                fcntl.fcntl(descriptor, fcntl.F_SETOWN, pid)
                fcntl.fcntl(descriptor, fcntl.F_SETFL, os.O_ASYNC)
                loot.append((descriptor, pid, number))
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
