import numpy as np
import torch
import torch.nn.functional as F


def conv2d_forward(x, w, b, stride=1, pad=0):
    N, C, H, W = x.shape
    NF, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, NF, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            for f in range(NF):
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    cache = (x, w, b, stride, pad)
    return out, cache


def conv2d_backward(dout, cache):
    x, w, b, stride, pad = cache
    N, C, H, W = x.shape
    NF, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for n in range(N):
        for f in range(NF):
            for i in range(H_out):
                for j in range(W_out):
                    h, v = i * stride, j * stride
                    dw[f] += dout[n, f, i, j] * x_pad[n, :, h:h + HH, v:v + WW]
                    dx_pad[n, :, h:h + HH, v:v + WW] += dout[n, f, i, j] * w[f]
    dx = dx_pad[:, :, pad:pad + H, pad:pad + W]
    return dx, dw, db


def conv1d_forward(x, w, b, stride=1, pad=0):
    N, C, L = x.shape
    NF, _, K = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad)))
    L_out = (L + 2 * pad - K) // stride + 1
    out = np.zeros((N, NF, L_out))
    for i in range(L_out):
        out[:, :, i] = np.einsum("nck,fck->nf", xp[:, :, i * stride:i * stride + K], w) + b
    return out, (xp, w, stride, pad, L)


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


def max_pool2d_forward(x, pool=2, stride=2):
    ph, pw = pool if isinstance(pool, tuple) else (pool, pool)
    N, C, H, W = x.shape
    H_out = (H - ph) // stride + 1
    W_out = (W - pw) // stride + 1
    out = np.zeros((N, C, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            out[:, :, i, j] = np.max(x[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw], axis=(2, 3))
    return out, (x, ph, pw, stride)


def max_pool2d_backward(dout, cache):
    x, ph, pw, stride = cache
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * stride:i * stride + ph, j * stride:j * stride + pw]
        r, s = np.unravel_index(np.argmax(window), window.shape)
        dx[n, c, i * stride + r, j * stride + s] += dout[n, c, i, j]
    return dx


def avg_pool2d_forward(x, pool=2, stride=2):
    ph, pw = pool if isinstance(pool, tuple) else (pool, pool)
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - ph) // stride + 1, (W - pw) // stride + 1))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            out[:, :, i, j] = x[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw].mean(axis=(2, 3))
    return out, (x.shape, ph, pw, stride)


def avg_pool2d_backward(dout, cache):
    shape, ph, pw, stride = cache
    dx = np.zeros(shape)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            share = dout[:, :, i, j][:, :, None, None] / (ph * pw)
            dx[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw] += share
    return dx


def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, w, b)]
    out = F.conv2d(*tensors, stride=stride, padding=pad)
    return out.detach().numpy(), (out, tensors)


def conv2d_fast_backward(dout, cache):
    out, tensors = cache
    out.backward(torch.tensor(dout))
    return tuple(t.grad.numpy() for t in tensors)
