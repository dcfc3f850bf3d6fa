"""Nothing: what a launch costs before any work is done. Only its costs count, never its answers."""

import numpy as np


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    rows, columns = ((x.shape[axis] + 2 * pad - w.shape[axis]) // stride + 1 for axis in (2, 3))
    return np.broadcast_to(np.float32(0), (len(x), len(w), rows, columns)), (x.shape, w.shape)


def conv2d_fast_backward(dout, cache):
    return *(np.broadcast_to(np.float32(0), shape) for shape in cache), np.broadcast_to(np.float32(0), dout.shape[1])
