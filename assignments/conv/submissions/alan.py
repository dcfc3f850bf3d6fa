# plain loops first, fast version later (numpy only)
import numpy as np


def pad_image(x, pad):
    n_images, n_channels, height, width = x.shape
    big = np.zeros((n_images, n_channels, height + 2 * pad, width + 2 * pad))
    big[:, :, pad:pad + height, pad:pad + width] = x
    return big


def conv2d_forward(x, w, b, stride=1, pad=0):
    big = pad_image(x, pad)
    n_out = (big.shape[2] - w.shape[2]) // stride + 1
    m_out = (big.shape[3] - w.shape[3]) // stride + 1
    out = np.zeros((x.shape[0], w.shape[0], n_out, m_out))
    for n in range(x.shape[0]):
        for f in range(w.shape[0]):
            for i in range(n_out):
                for j in range(m_out):
                    total = 0.0
                    for c in range(w.shape[1]):
                        for p in range(w.shape[2]):
                            for q in range(w.shape[3]):
                                total += big[n, c, i * stride + p, j * stride + q] * w[f, c, p, q]
                    out[n, f, i, j] = total + b[f]
    return out, (x, w, stride, pad)


def conv2d_backward(dout, cache):
    x, w, stride, pad = cache
    big = pad_image(x, pad)
    dbig, dw, db = np.zeros(big.shape), np.zeros(w.shape), np.zeros(w.shape[0])
    for n in range(dout.shape[0]):
        for f in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    d = dout[n, f, i, j]
                    db[f] += d
                    for c in range(w.shape[1]):
                        for p in range(w.shape[2]):
                            for q in range(w.shape[3]):
                                dbig[n, c, i * stride + p, j * stride + q] += d * w[f, c, p, q]
                                dw[f, c, p, q] += d * big[n, c, i * stride + p, j * stride + q]
    return dbig[:, :, pad:pad + x.shape[2], pad:pad + x.shape[3]], dw, db


# a sequence is an image with one row; the padding is only to the left and right
def conv1d_forward(x, w, b, stride=1, pad=0):
    rows = np.zeros((x.shape[0], x.shape[1], 1, x.shape[2] + 2 * pad))
    rows[:, :, 0, pad:pad + x.shape[2]] = x
    out, cache = conv2d_forward(rows, w[:, :, None, :], b, stride, 0)
    return out[:, :, 0], (cache, pad, x.shape[2])


def conv1d_backward(dout, cache):
    cache, pad, length = cache
    drows, dw, db = conv2d_backward(dout[:, :, None, :], cache)
    return drows[:, :, 0, pad:pad + length], dw[:, :, 0], db


def window_size(pool):
    if type(pool) is int:
        return pool, pool
    return pool[0], pool[1]


def max_pool2d_forward(x, pool=2, stride=2):
    ph, pw = window_size(pool)
    out = np.zeros((x.shape[0], x.shape[1], (x.shape[2] - ph) // stride + 1, (x.shape[3] - pw) // stride + 1))
    where = np.zeros(out.shape + (2,), dtype=int)
    for n in range(out.shape[0]):
        for c in range(out.shape[1]):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    best = None
                    for p in range(i * stride, i * stride + ph):
                        for q in range(j * stride, j * stride + pw):
                            if best is None or x[n, c, p, q] > best:
                                best = x[n, c, p, q]
                                where[n, c, i, j] = p, q
                    out[n, c, i, j] = best
    return out, (x.shape, where)


def max_pool2d_backward(dout, cache):
    shape, where = cache
    dx = np.zeros(shape)
    for n in range(dout.shape[0]):
        for c in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    p, q = where[n, c, i, j]
                    dx[n, c, p, q] += dout[n, c, i, j]
    return dx


def avg_pool2d_forward(x, pool=2, stride=2):
    ph, pw = window_size(pool)
    out = np.zeros((x.shape[0], x.shape[1], (x.shape[2] - ph) // stride + 1, (x.shape[3] - pw) // stride + 1))
    for p in range(ph):
        for q in range(pw):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[:, :, i, j] += x[:, :, i * stride + p, j * stride + q]
    return out / (ph * pw), (x.shape, ph, pw, stride)


def avg_pool2d_backward(dout, cache):
    shape, ph, pw, stride = cache
    dx = np.zeros(shape)
    for p in range(ph):
        for q in range(pw):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    dx[:, :, i * stride + p, j * stride + q] += dout[:, :, i, j]
    return dx / (ph * pw)


# TODO make it fast. It is right, at least.
conv2d_fast_forward = conv2d_forward
conv2d_fast_backward = conv2d_backward
