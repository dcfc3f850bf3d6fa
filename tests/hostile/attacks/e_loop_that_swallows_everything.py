"""attack: ignore every signal and catch every exception, for ever
row: 59
layer: R: hard RLIMIT_CPU; D: SIGKILL
"""

import signal

import numpy as np

for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
signal.setitimer(signal.ITIMER_PROF, 0)
while True:
    try:
        while True:
            pass
    except BaseException:
        pass


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return np.sum(x)
