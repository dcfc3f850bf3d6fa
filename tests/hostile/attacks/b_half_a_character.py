"""attack: put half a surrogate pair into messages, so that the report cannot be written
row: 29
layer: W: texts are made encodable
"""

import numpy as np


class Half(type):
    @property
    def __name__(cls):
        return "\ud800"


class Value(metaclass=Half):
    pass


raise ValueError("\udc80 \ud800")


def affine_forward(x, w, b):
    return Value(), {"\ud800": x}


def affine_backward(dout, cache):
    return {"\ud800": 1.0}, "\udfff", Value()


def total(x):
    raise KeyError("\ud800")
