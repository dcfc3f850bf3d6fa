"""Columns by arrays of indices, and one matrix product: what most courses teach first."""

import numpy as np


def indices(C, HH, WW, rows, columns, stride):
    channel = np.repeat(np.arange(C), HH * WW)[:, None]
    p = np.tile(np.repeat(np.arange(HH), WW), C)[:, None]
    q = np.tile(np.arange(WW), HH * C)[:, None]
    i = stride * np.repeat(np.arange(rows), columns)[None]
    j = stride * np.tile(np.arange(columns), rows)[None]
    return channel, p + i, q + j


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    rows, columns = (H + 2 * pad - HH) // stride + 1, (W + 2 * pad - WW) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    places = indices(C, HH, WW, rows, columns, stride)
    cols = padded[:, places[0], places[1], places[2]].transpose(1, 2, 0).reshape(C * HH * WW, -1)
    out = w.reshape(F, -1) @ cols + b[:, None]
    out = out.reshape(F, rows, columns, N).transpose(3, 0, 1, 2)
    return out, (x.shape, w, cols, places, pad)


def conv2d_fast_backward(dout, cache):
    (N, C, H, W), w, cols, places, pad = cache
    F = len(w)
    flat = dout.transpose(1, 2, 3, 0).reshape(F, -1)
    dw = (flat @ cols.T).reshape(w.shape)
    dcols = (w.reshape(F, -1).T @ flat).reshape(len(cols), -1, N).transpose(2, 0, 1)
    dpadded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=dout.dtype)
    np.add.at(dpadded, (slice(None), *places), dcols)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))
