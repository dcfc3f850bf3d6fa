"""attack: raise an exception whose text, type and traceback raise, or are no texts
row: 67
layer: worker: nothing is believed
"""

import numpy as np


class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit


class Worse(Exception, metaclass=Meta):
    pass


class Bad(Exception):
    def __str__(self):
        raise KeyboardInterrupt

    __repr__ = __str__


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    raise Bad if x.size % 2 else Worse
