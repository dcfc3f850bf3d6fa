"""Recurrent networks. No step functions inside the loops: arrays that are filled as time goes by."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rnn_step_forward(x, h, Wx, Wh, b):
    h_out, cache = rnn_forward(x[:, None], h, Wx, Wh, b)
    return h_out[:, 0], cache


def rnn_step_backward(dh, cache):
    dx, dh, dWx, dWh, db = rnn_backward(dh[:, None], cache)
    return dx[:, 0], dh, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    n, steps, _ = x.shape
    h = np.zeros((n, steps + 1, len(b)))
    h[:, 0] = h0
    for t in range(steps):
        h[:, t + 1] = np.tanh(x[:, t] @ Wx + h[:, t] @ Wh + b)
    return h[:, 1:], (x, h, Wx, Wh)


def rnn_backward(dh, cache):
    x, h, Wx, Wh = cache
    da = np.zeros_like(dh)
    later = np.zeros_like(dh[:, 0])
    for t in range(dh.shape[1])[::-1]:
        da[:, t] = (dh[:, t] + later) * (1 - h[:, t + 1] ** 2)
        later = da[:, t] @ Wh.T
    dWx = np.einsum("ntd,nth->dh", x, da)
    dWh = np.einsum("ntk,nth->kh", h[:, :-1], da)
    return da @ Wx.T, later, dWx, dWh, da.sum(axis=(0, 1))


def lstm_step_forward(x, h, c, Wx, Wh, b):
    i, f, o, g = np.hsplit(x @ Wx + h @ Wh + b, 4)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    c_new = f * c + i * g
    return o * np.tanh(c_new), c_new, (x, h, c, Wx, Wh, i, f, o, g, c_new)


def lstm_step_backward(dh, dc, cache):
    x, h, c, Wx, Wh, i, f, o, g, c_new = cache
    dc = dc + dh * o / np.cosh(c_new) ** 2
    da = np.hstack(
        [
            dc * g * i * (1 - i),
            dc * c * f * (1 - f),
            dh * np.tanh(c_new) * o * (1 - o),
            dc * i * (1 - g) * (1 + g),
        ]
    )
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h.T @ da, da.sum(0)


def lstm_forward(x, h0, c0, Wx, Wh, b):
    out, caches, h, c = np.zeros((len(x), x.shape[1], h0.shape[1])), [], h0, c0
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        out[:, t] = h
        caches += [cache]
    return out, caches


def lstm_backward(dh, cache):
    n, steps, hidden = dh.shape
    h_later = c_later = np.zeros((n, hidden))
    dx, weights = [], None
    for t in range(steps)[::-1]:
        dx_t, h_later, c_later, *more = lstm_step_backward(dh[:, t] + h_later, c_later, cache[t])
        dx = [dx_t, *dx]
        weights = more if weights is None else [a + b for a, b in zip(weights, more)]
    return (np.stack(dx, axis=1), h_later, c_later, *weights)


def clip_by_norm(grads, limit):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    return {k: g * min(1, limit / (norm + 1e-6)) for k, g in grads.items()}


def gradient_through_time(Wh, T):
    return [np.linalg.svd(np.linalg.matrix_power(Wh, t), compute_uv=False)[0] for t in range(1, T + 1)]


def multiscale_forward(x, params):
    h1 = np.maximum(x @ params["W1"] + params["b1"], 0)
    h2 = np.maximum(h1 @ params["W2"] + params["b2"], 0)
    return x @ params["V0"] + h1 @ params["V1"] + h2 @ params["V2"] + params["c"], (x, h1, h2, params)


def multiscale_backward(ds, cache):
    x, h1, h2, p = cache
    g2 = (h2 > 0) * (ds @ p["V2"].T)
    g1 = (h1 > 0) * (ds @ p["V1"].T + g2 @ p["W2"].T)
    grads = {"V0": x.T @ ds, "V1": h1.T @ ds, "V2": h2.T @ ds, "c": ds.sum(0)}
    grads.update(W1=x.T @ g1, b1=g1.sum(0), W2=h1.T @ g2, b2=g2.sum(0))
    return ds @ p["V0"].T + g1 @ p["W1"].T, grads
