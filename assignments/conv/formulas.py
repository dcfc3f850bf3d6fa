"""What the layers compute, forward only.

Gradients follow from the forward formulas: a convolution is linear in x, in w and in b, so its response to images (or
kernels) with a single 1 gives its gradients; pooling's follow by `vjp`, for which it takes complex input.
"""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def convolve(x, w, b, stride=1, pad=0):
    """x (N, C, *size), w (F, C, *kernel), b (F,) → (N, F, *size'), for any number of axes."""
    spatial = range(2, x.ndim)
    padded = np.pad(x, [(0, 0), (0, 0), *((pad, pad) for _ in spatial)])
    windows = _windows(padded, w.shape[2:], stride)
    kernel = [axis + x.ndim - 2 for axis in spatial]
    summed = np.tensordot(windows, w, axes=((1, *kernel), (1, *spatial)))
    return np.moveaxis(summed, -1, 1) + b.reshape(-1, *(1 for _ in spatial))


def convolve_gradients(dout, x, w, b, stride=1, pad=0):
    """Gradients of sum(dout * convolve(x, w, b, stride, pad)) with respect to x, w and b."""
    pixels = np.eye(prod(x.shape[1:])).reshape(-1, *x.shape[1:])  # images with a single 1
    taps = np.eye(prod(w.shape[1:])).reshape(-1, *w.shape[1:])  # kernels with a single 1
    of_pixels = convolve(pixels, w, np.zeros(len(w)), stride, pad)  # (C·H·W, F, H', W')
    of_taps = convolve(x, taps, np.zeros(len(taps)), stride, pad)  # (N, C·HH·WW, H', W')
    output = list(range(1, x.ndim))
    batch = [0, *output[1:]]
    dx = np.tensordot(dout, of_pixels, axes=(output, output)).reshape(x.shape)
    dw = np.tensordot(dout, of_taps, axes=(batch, batch)).reshape(w.shape)
    return dx, dw, dout.sum(axis=tuple(batch))


def max_pool(x, pool=2, stride=2):
    """x (N, C, H, W) without ties, pool a number or (ph, pw) → (N, C, H', W')."""
    windows = _windows(x, np.broadcast_to(pool, 2), stride)
    flat = windows.reshape(*windows.shape[:4], -1)
    largest = np.real(flat).argmax(axis=-1, keepdims=True)
    return np.take_along_axis(flat, largest, axis=-1)[..., 0]


def avg_pool(x, pool=2, stride=2):
    """x (N, C, H, W), pool a number or (ph, pw) → (N, C, H', W')."""
    return _windows(x, np.broadcast_to(pool, 2), stride).mean(axis=(-2, -1))


def _windows(x, shape, stride):
    """x (N, C, *size) → (N, C, *size', *shape): windows at every stride-th place."""
    spatial = tuple(range(2, x.ndim))
    every = sliding_window_view(x, tuple(shape), axis=spatial)
    return every[(..., *(slice(None, None, stride) for _ in spatial), *(slice(None) for _ in spatial))]
