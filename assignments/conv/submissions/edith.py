import numpy as np


# shapes first, values tomorrow


def conv2d_forward(x, w, b, stride=1, pad=0):
    sizes = [(n + 2 * pad - k) // stride + 1 for n, k in zip(x.shape[2:], w.shape[2:])]
    return np.zeros((len(x), len(w), *sizes)), (x, w, b)


def conv2d_backward(dout, cache):
    return tuple(np.zeros_like(a) for a in cache)


conv1d_forward = conv2d_fast_forward = conv2d_forward
conv1d_backward = conv2d_fast_backward = conv2d_backward


def max_pool2d_forward(x, pool=2, stride=2):
    shape = (pool, pool) if isinstance(pool, int) else pool
    sizes = [(n - k) // stride + 1 for n, k in zip(x.shape[2:], shape)]
    return np.zeros((*x.shape[:2], *sizes)), x


def max_pool2d_backward(dout, cache):
    return np.zeros_like(cache)


avg_pool2d_forward, avg_pool2d_backward = max_pool2d_forward, max_pool2d_backward
