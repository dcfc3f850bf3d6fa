"""attack: set the system clock, and slow down the worker's own
row: 28
layer: S; times are taken outside
"""

import time

import numpy as np

loot = []

for clock in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC):
    try:
        time.clock_settime(clock, 0)
        loot.append(clock)
    except OSError:
        pass
time.monotonic = time.perf_counter = time.process_time = time.thread_time = lambda: 0.0


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
