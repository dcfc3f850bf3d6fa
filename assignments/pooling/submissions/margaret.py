# some of this is after the PyTorch documentation
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def lp_pool2d_forward(x, p, pool=2, stride=2):
    pool = (pool, pool) if isinstance(pool, int) else pool
    windows = sliding_window_view(x, pool, axis=(2, 3))[:, :, ::stride, ::stride]
    # LPPool2d: the sum
    out = np.sum(np.abs(windows) ** p, axis=(4, 5)) ** (1 / p)
    return out, (x, p, pool, stride)

def lp_pool2d_backward(dout, cache):
    x, p, (ph, pw), stride = cache
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            w = x[:, :, i*stride:i*stride+ph, j*stride:j*stride+pw]
            o = np.mean(np.abs(w) ** p, axis=(2, 3), keepdims=True) ** (1 / p)
            o[o == 0] = 1
            dx[:, :, i*stride:i*stride+ph, j*stride:j*stride+pw] += (
                dout[:, :, i, j, None, None] * (np.abs(w) / o) ** (p - 1) / (ph * pw))
    return dx

def tile_pool2d_forward(x, span, kind):
    n, c, h, w = x.shape
    tiles = x[:, :, :h//span*span, :w//span*span].reshape(n, c, h//span, span, w//span, span)
    if kind == "max":
        out = np.maximum(tiles.max(axis=(3, 5)), 0)
    elif kind == "average":
        out = tiles.mean(axis=(3, 5))
    else:
        out = np.sqrt((tiles ** 2).mean(axis=(3, 5)))
    return out, (x, tiles, span, kind)

def tile_pool2d_backward(dout, cache):
    x, tiles, span, kind = cache
    d = dout[:, :, :, None, :, None]
    if kind == "max":
        g = d * (tiles == tiles.max(axis=(3, 5), keepdims=True))
    elif kind == "average":
        g = d * np.ones(tiles.shape)
    else:
        g = d * tiles / np.sqrt((tiles ** 2).mean(axis=(3, 5), keepdims=True)) / span ** 2
    dx = np.zeros_like(x)
    n, c, a, _, b, _ = tiles.shape
    dx[:, :, :a*span, :b*span] = g.reshape(n, c, a*span, b*span)
    return dx

def upsample_forward(x, factor):
    return np.repeat(np.repeat(x, factor, 2), factor, 3)[:, :, :1 - factor, :1 - factor], factor

def upsample_backward(dout, factor):
    return dout[:, :, ::factor, ::factor] / factor**2

def gaussian_pyramid(x, levels):
    k = np.array([1, 4, 6, 4, 1]) / 16
    pyramid = []
    for _ in range(levels):
        pyramid.append(x)
        p = np.pad(x, 2)
        x = sliding_window_view(p, (5, 5)) @ k @ k
        x = x[::2, ::2]
    return pyramid

def low_pass(x, kernel):
    above, left = kernel.shape[0] // 2, kernel.shape[1] // 2
    padded = np.pad(x, ((0, 0), (0, 0), (above, above), (left, left)))
    return np.einsum("nchwij,ij->nchw", sliding_window_view(padded, kernel.shape, axis=(2, 3)), kernel)

def subtractive_normalization(x, kernel):
    return x - low_pass(x, kernel), kernel

def subtractive_normalization_backward(dout, cache):
    return -low_pass(dout, cache[::-1, ::-1])

def divisive_normalization(x, kernel, eps):
    return x / np.maximum(eps, low_pass(x**2, kernel))

def shift(x, dy, dx):
    out = np.zeros_like(x)
    h, w = x.shape[2:]
    if abs(dy) >= h or abs(dx) >= w:
        return out
    out[:, :, max(-dy, 0):h - max(dy, 0), max(-dx, 0):w - max(dx, 0)] = x[:, :, max(dy, 0):h - max(-dy, 0), max(dx, 0):w - max(-dx, 0)]
    return out
