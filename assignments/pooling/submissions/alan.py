import numpy as np


def lp_pool2d_forward(x, p, pool=2, stride=2):
    ph, pw = pool if type(pool) is tuple else (pool, pool)
    n, c, h, w = x.shape
    oh, ow = (h - ph) // stride + 1, (w - pw) // stride + 1
    out = np.zeros((n, c, oh, ow))
    for a in range(n):
        for b in range(c):
            for i in range(oh):
                for j in range(ow):
                    s = 0.0
                    for u in range(ph):
                        for v in range(pw):
                            s += abs(x[a, b, i * stride + u, j * stride + v]) ** p
                    out[a, b, i, j] = (s / ph / pw) ** (1 / p)
    return out, (x, out, p, ph, pw, stride)

def lp_pool2d_backward(dout, cache):
    x, out, p, ph, pw, stride = cache
    dx = np.zeros(x.shape)
    for a, b, i, j in np.ndindex(*out.shape):
        if out[a, b, i, j] == 0:
            continue
        for u in range(ph):
            for v in range(pw):
                t = x[a, b, i * stride + u, j * stride + v]
                g = (abs(t) / out[a, b, i, j]) ** (p - 1) / ph / pw
                dx[a, b, i * stride + u, j * stride + v] += dout[a, b, i, j] * (g if t > 0 else -g)
    return dx

def tile_pool2d_forward(x, span, kind):
    n, c, h, w = x.shape
    out = np.zeros((n, c, h // span, w // span))
    for a, b, i, j in np.ndindex(*out.shape):
        values = [x[a, b, i * span + u, j * span + v] for u in range(span) for v in range(span)]
        if kind == "max":
            out[a, b, i, j] = max(values)
        if kind == "average":
            out[a, b, i, j] = sum(values) / len(values)
        if kind == "l2":
            out[a, b, i, j] = (sum(t * t for t in values) / len(values)) ** 0.5
    return out, (x, span, kind, out)

def tile_pool2d_backward(dout, cache):
    x, span, kind, out = cache
    dx = np.zeros(x.shape)
    for a, b, i, j in np.ndindex(*out.shape):
        d, o = dout[a, b, i, j], out[a, b, i, j]
        for u in range(i * span, i * span + span):
            for v in range(j * span, j * span + span):
                if kind == "max" and x[a, b, u, v] == o:
                    dx[a, b, u, v] = d
                if kind == "average":
                    dx[a, b, u, v] = d / span / span
                if kind == "l2" and o > 0:
                    dx[a, b, u, v] = d * x[a, b, u, v] / o / span / span
    return dx

def upsample_forward(x, factor):
    n, c, h, w = x.shape
    out = np.zeros((n, c, (h - 1) * factor + 1, (w - 1) * factor + 1))
    for i in range(h):
        for j in range(w):
            out[:, :, i * factor, j * factor] = x[:, :, i, j]
    return out, (h, w, factor)

def upsample_backward(dout, cache):
    h, w, factor = cache
    dx = np.zeros(dout.shape[:2] + (h, w))
    for i in range(h):
        for j in range(w):
            dx[:, :, i, j] = dout[:, :, i * factor, j * factor]
    return dx

def mirror(i, n):
    return abs(i) if i < n else 2 * (n - 1) - i

def gaussian_pyramid(x, levels):
    weights = [1, 4, 6, 4, 1]
    pyramid = [x]
    for _ in range(1, levels):
        x = pyramid[-1]
        h, w = x.shape
        small = np.zeros(((h + 1) // 2, (w + 1) // 2))
        for i in range(small.shape[0]):
            for j in range(small.shape[1]):
                for u in range(5):
                    for v in range(5):
                        pixel = x[mirror(2 * i + u - 2, h), mirror(2 * j + v - 2, w)]
                        small[i, j] += weights[u] * weights[v] * pixel / 256
        pyramid.append(small)
    return pyramid

def smooth(x, kernel):
    n, c, h, w = x.shape
    kh, kw = kernel.shape
    out = np.zeros(x.shape)
    for i in range(h):
        for j in range(w):
            for u in range(kh):
                for v in range(kw):
                    r, s = i + u - kh // 2, j + v - kw // 2
                    if 0 <= r < h and 0 <= s < w:
                        out[:, :, i, j] += kernel[u, v] * x[:, :, r, s]
    return out

def subtractive_normalization(x, kernel):
    return x - smooth(x, kernel), kernel

def subtractive_normalization_backward(dout, cache):
    return dout - smooth(dout, cache[::-1, ::-1])

def divisive_normalization(x, kernel, eps):
    return x / np.maximum(smooth(x**2, kernel) ** 0.5, eps)

def shift(x, dy, dx):
    n, c, h, w = x.shape
    out = np.zeros(x.shape)
    for i in range(h):
        for j in range(w):
            if 0 <= i + dy < h and 0 <= j + dx < w:
                out[:, :, i + dy, j + dx] = x[:, :, i, j]
    return out
