# Homework 1 - backprop
# alan
# (ported from my python 2.7 version from last year)
from __future__ import print_function
import numpy as np
from math import exp, log
try:
    from functools import reduce
except ImportError:
    pass


def affine_forward(x, w, b):
    N = x.shape[0]
    D = reduce(lambda a, c: a * c, x.shape[1:], 1)
    M = w.shape[1]
    xr = x.reshape(N, D)
    out = np.zeros((N, M), dtype=np.float)
    for i in xrange(N):
        for j in xrange(M):
            s = b[j]
            for k in xrange(D):
                s = s + xr[i, k] * w[k, j]
            out[i, j] = s
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    N, M = dout.shape
    D = w.shape[0]
    xr = x.reshape(N, D)
    dx = np.zeros((N, D))
    dw = np.zeros((D, M))
    db = np.zeros(M)
    for i in xrange(N):
        for j in xrange(M):
            db[j] += dout[i, j]
            for k in xrange(D):
                dx[i, k] += dout[i, j] * w[k, j]
                dw[k, j] += dout[i, j] * xr[i, k]
    return dx.reshape(x.shape), dw, db


def relu_forward(x):
    mask = (x > 0).astype(np.int)
    return x * mask, mask


def relu_backward(dout, cache):
    return dout * cache


def leaky_relu_forward(x, alpha=0.01):
    mask = (x > 0).astype(np.int)
    slope = mask + alpha * (1 - mask)
    return x * slope, slope


def leaky_relu_backward(dout, cache):
    return dout * cache


def _sigmoid(v):
    if v >= 0:
        return 1.0 / (1.0 + exp(-v))
    e = exp(v)
    return e / (1.0 + e)


def sigmoid_forward(x):
    out = np.array([_sigmoid(v) for v in x.ravel()]).reshape(x.shape)
    return out, out


def sigmoid_backward(dout, cache):
    return dout * cache * (1 - cache)


def tanh_forward(x):
    # tanh(x) = 2 sigmoid(2x) - 1
    out = 2 * sigmoid_forward(2 * x)[0] - 1
    return out, out


def tanh_backward(dout, cache):
    return dout * (1 + cache) * (1 - cache)


def softmax_loss(x, y):
    N, C = x.shape
    loss = 0.0
    dx = np.zeros(x.shape)
    for i in xrange(N):
        m = max(x[i])
        den = sum(map(lambda v: exp(v - m), x[i]))
        loss += log(den) - (x[i, y[i]] - m)
        for c in xrange(C):
            dx[i, c] = exp(x[i, c] - m) / den
        dx[i, y[i]] -= 1
    return loss / N, dx / N


def mse_loss(x, y):
    n = float(np.product(x.shape))
    d = x - y
    return reduce(lambda a, c: a + c * c, d.ravel(), 0.0) / n, 2 * d / n


def two_layer_loss(params, x, y, reg=0.0):
    h, c1 = affine_forward(x, params['W1'], params['b1'])
    r, cr = relu_forward(h)
    s, c2 = affine_forward(r, params['W2'], params['b2'])
    loss, ds = softmax_loss(s, y)
    dr, dW2, db2 = affine_backward(ds, c2)
    _, dW1, db1 = affine_backward(relu_backward(dr, cr), c1)
    for k in ('W1', 'W2'):
        loss += 0.5 * reg * (params[k] ** 2).sum()
    return loss, dict(W1=dW1 + reg * params['W1'], b1=db1, W2=dW2 + reg * params['W2'], b2=db2)


def numerical_gradient(f, x, h=1e-5):
    flat = x.flatten()
    g = np.zeros(flat.size)
    for i in xrange(flat.size):
        plus, minus = flat.copy(), flat.copy()
        plus[i] += h
        minus[i] -= h
        g[i] = (f(plus.reshape(x.shape)) - f(minus.reshape(x.shape))) / (2 * h)
    return g.reshape(x.shape)


if __name__ == '__main__':
    x = np.random.randn(2, 3)
    print('gradient error:', np.abs(numerical_gradient(lambda z: (z ** 2).sum(), x) - 2 * x).max())
