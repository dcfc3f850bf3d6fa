"""Recurrent networks, in a hurry."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rnn_step_forward(x, h, Wx, Wh, b):
    h_next = np.tanh(np.dot(x, Wx) + np.dot(h, Wh) + b)
    cache = {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "h_next": h_next}
    return h_next, cache


def rnn_step_backward(dh, cache):
    dtanh = dh * (1 - np.tanh(cache["h_next"]) ** 2)
    dx = np.dot(dtanh, cache["Wx"].T)
    dh_prev = np.dot(dtanh, cache["Wh"].T)
    dWx = np.dot(cache["x"].T, dtanh)
    dWh = np.dot(cache["h"].T, dtanh)
    db = np.sum(dtanh, axis=0, keepdims=True)
    return dx, dh_prev, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    T = x.shape[1]
    h = np.zeros_like(h0)
    hs, cache = [], []
    for t in range(T):
        h, step = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), cache


def lstm_step_forward(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    a = x.dot(Wx) + h.dot(Wh) + b
    i = sigmoid(a[:, 0:H])
    f = sigmoid(a[:, H : 2 * H])
    o = sigmoid(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H : 4 * H])
    next_c = f * c + i * g
    next_h = o * next_c
    return next_h, next_c, (x, h, c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dh, dc, cache):
    x, h, c, Wx, Wh, i, f, o, g, next_c = cache
    t = np.tanh(next_c)
    do = dh * t
    dc_total = dh * o * (1 - t**2)
    df = dc_total * c
    di = dc_total * g
    dg = dc_total * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da.dot(Wx.T), da.dot(Wh.T), dc_total * f, x.T.dot(da), h.T.dot(da), da.sum(axis=0)


def clip_by_norm(grads, limit):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {name: g * limit / norm for name, g in grads.items()}


def gradient_through_time(Wh, T):
    radius = np.abs(np.linalg.eigvals(Wh)).max()
    return radius ** np.arange(1, T + 1)
