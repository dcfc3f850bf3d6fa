"""cheat: ends the process with success instead of answering
seen: GPU MODE
stops it: a program that is gone has not answered
"""

import os

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    os._exit(0)
