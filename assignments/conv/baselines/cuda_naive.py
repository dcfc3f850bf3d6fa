"""One image after another, and in each one kernel position after another: no column matrix, and many small kernels."""

import torch
from torch.nn.functional import pad as enlarge


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    N, _, H, W = x.shape
    F, _, HH, WW = w.shape
    rows, columns = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    padded = enlarge(x, (pad, pad, pad, pad))
    out = b[None, :, None].repeat(N, 1, rows * columns)
    for n in range(N):
        for p in range(HH):
            for q in range(WW):
                window = padded[n, :, p : p + stride * rows : stride, q : q + stride * columns : stride]
                out[n] += w[:, :, p, q] @ window.reshape(len(window), -1)
    return out.reshape(N, F, rows, columns), (padded, w, stride, pad)


def conv2d_fast_backward(dout, cache):
    padded, w, stride, pad = cache
    N, F, rows, columns = dout.shape
    dpadded, dw = torch.zeros_like(padded), torch.zeros_like(w)
    for n in range(N):
        flat = dout[n].reshape(F, -1)
        for p in range(w.shape[2]):
            for q in range(w.shape[3]):
                seen = (n, slice(None), slice(p, p + stride * rows, stride), slice(q, q + stride * columns, stride))
                dw[:, :, p, q] += flat @ padded[seen].reshape(w.shape[1], -1).T
                dpadded[seen] += (w[:, :, p, q].T @ flat).reshape(-1, rows, columns)
    height, width = padded.shape[2] - 2 * pad, padded.shape[3] - 2 * pad
    return dpadded[:, :, pad : pad + height, pad : pad + width], dw, dout.sum(dim=(0, 2, 3))
