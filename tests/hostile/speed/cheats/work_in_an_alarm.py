"""cheat: returns at once, and a timer's signal does the work
seen: found here
stops it: the output is taken before the clock is read
"""

import signal

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


todo = []


def work(number, frame):
    while todo:
        a, b, out = todo.pop()
        out[...] = honest(a, b)


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    signal.signal(signal.SIGALRM, work)
    todo.append((a, b, np.zeros((len(a), b.shape[1]), a.dtype)))
    signal.setitimer(signal.ITIMER_REAL, 0.001)
    return todo[-1][2]
