"""attack: take memory that is mapped, shared, a memfd, a file in /dev/shm or a pipe
row: 61
layer: R: RLIMIT_AS; S: no memfd; M: nothing is writable
"""

import mmap
import os

import numpy as np

loot = []


def memfd():
    handle = os.memfd_create("hoard")
    os.ftruncate(handle, 2**31)


def shared():
    with open("/dev/shm/@MARK@-hoard", "wb") as file:
        file.truncate(2**31)


def fat_pipe():
    import fcntl

    fcntl.fcntl(os.pipe()[1], 1031, 2**30)


for take in (lambda: mmap.mmap(-1, 2**31), memfd, shared, fat_pipe):
    try:
        take()
        loot.append(take.__name__)
    except (OSError, MemoryError):
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
