"""attack: reach the caller's frames through an exception's traceback and a generator
row: 2
layer: P
"""

import numpy as np

loot = []


def names():
    try:
        1 / 0
    except ZeroDivisionError as error:
        frame = error.__traceback__.tb_frame
        while frame:
            yield from frame.f_globals
            frame = frame.f_back


loot += [name for name in list(names()) if name in ("Examiner", "Grading", "Declared", "expect", "CheckFailed", "SECRET")]


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
