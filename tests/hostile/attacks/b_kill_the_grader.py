"""attack: kill, stop and interrupt parent, grader and everybody
row: 24
layer: N + S
"""

import os
import signal

import numpy as np

loot = []

for pid in (os.getppid(), int("@GRADER@"), 1, 0, -1):
    for number in (signal.SIGSTOP, signal.SIGINT, signal.SIGKILL):
        try:
            os.kill(pid, number)
            loot.append(pid)
        except OSError:
            pass
for pid in (os.getppid(), int("@GRADER@")):
    try:
        signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
        loot.append(pid)
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
