import functools

import numpy as np

# everything in single precision, like on the GPU


def single(f):
    @functools.wraps(f)
    def g(*args):
        return f(*[a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in args])
    return g


@single
def conv2d_forward(x, w, b, stride=1, pad=0):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out), dtype=np.float32)
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    cache = (x, w, b, stride, pad)
    return out, cache


@single
def conv2d_backward(dout, cache):
    x, w, b, stride, pad = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    dw[f] += dout[n, f, i, j] * x_pad[n, :, h:h + HH, v:v + WW]
                    dx_pad[n, :, h:h + HH, v:v + WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db


@single
def conv1d_forward(x, w, b, stride=1, pad=0):
    N, C, L = x.shape
    F, _, K = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    L_out = (L + 2 * pad - K) // stride + 1
    out = np.zeros((N, F, L_out), np.float32)
    for i in range(L_out):
        out[:, :, i] = np.einsum("nck,fck->nf", xp[:, :, i * stride:i * stride + K], w) + b
    return out, (xp, w, stride, pad, L)


@single
def conv1d_backward(dout, cache):
    xp, w, stride, pad, L = cache
    K = w.shape[2]
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for i in range(dout.shape[2]):
        s = slice(i * stride, i * stride + K)
        dxp[:, :, s] += np.einsum("nf,fck->nck", dout[:, :, i], w)
        dw += np.einsum("nf,nck->fck", dout[:, :, i], xp[:, :, s])
    return dxp[:, :, pad:pad + L], dw, dout.sum(axis=(0, 2))


@single
def max_pool2d_forward(x, pool=2, stride=2):
    ph, pw = pool if isinstance(pool, tuple) else (pool, pool)
    N, C, H, W = x.shape
    H_out = (H - ph) // stride + 1
    W_out = (W - pw) // stride + 1
    out = np.zeros((N, C, H_out, W_out), np.float32)
    for i in range(H_out):
        for j in range(W_out):
            out[:, :, i, j] = np.max(x[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw], axis=(2, 3))
    return out, (x, ph, pw, stride)


@single
def max_pool2d_backward(dout, cache):
    x, ph, pw, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride:i * stride + ph, j * stride:j * stride + pw]
        r, s = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + r, j * stride + s] += dout[n, c, i, j]
    return dx


@single
def avg_pool2d_forward(x, pool=2, stride=2):
    ph, pw = pool if isinstance(pool, tuple) else (pool, pool)
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - ph) // stride + 1, (W - pw) // stride + 1), np.float32)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw].mean(axis=(2, 3))
    return out, (x.shape, ph, pw, stride)


@single
def avg_pool2d_backward(dout, cache):
    shape, ph, pw, stride = cache
    dx = np.zeros(shape, np.float32)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            share = dout[:, :, i, j][:, :, None, None] / (ph * pw)
            dx[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw] += share
    return dx


def im2col_indices(x_shape, HH, WW, stride, pad):
    N, C, H, W = x_shape
    H_out = (H + 2 * pad - HH) // stride + 1
    W_out = (W + 2 * pad - WW) // stride + 1
    i0 = np.tile(np.repeat(np.arange(HH), WW), C)
    i1 = stride * np.repeat(np.arange(H_out), W_out)
    j0 = np.tile(np.arange(WW), HH * C)
    j1 = stride * np.tile(np.arange(W_out), H_out)
    k = np.repeat(np.arange(C), HH * WW).reshape(-1, 1)
    return k, i0.reshape(-1, 1) + i1, j0.reshape(-1, 1) + j1, H_out, W_out


@single
def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    F, C, HH, WW = w.shape
    k, i, j, H_out, W_out = im2col_indices(x.shape, HH, WW, stride, pad)
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = x_pad[:, k, i, j]                      # (N, C*HH*WW, H_out*W_out)
    out = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    return out.reshape(-1, F, H_out, W_out), (x.shape, cols, w, stride, pad)


@single
def conv2d_fast_backward(dout, cache):
    x_shape, cols, w, stride, pad = cache
    N, C, H, W = x_shape
    F, _, HH, WW = w.shape
    k, i, j, _, _ = im2col_indices(x_shape, HH, WW, stride, pad)
    d = dout.reshape(N, F, -1)
    dw = np.einsum("nfp,nkp->fk", d, cols).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ d
    dx = np.zeros((N, C, H + 2 * pad, W + 2 * pad), np.float32)
    np.add.at(dx, (slice(None), k, i, j), dcols)
    return dx[:, :, pad:pad + H, pad:pad + W], dw, dout.sum(axis=(0, 2, 3))
