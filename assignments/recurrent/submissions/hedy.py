"""With a little help of SciPy."""

import numpy as np
from scipy.special import expit


def rnn_step_forward(x, h, Wx, Wh, b):
    h_next = np.tanh(np.dot(x, Wx) + np.dot(h, Wh) + b)
    cache = {"x": x, "h": h, "Wx": Wx, "Wh": Wh, "h_next": h_next}
    return h_next, cache


def rnn_step_backward(dh, cache):
    dtanh = dh * (1 - cache["h_next"] ** 2)
    dx = np.dot(dtanh, cache["Wx"].T)
    dh_prev = np.dot(dtanh, cache["Wh"].T)
    dWx = np.dot(cache["x"].T, dtanh)
    dWh = np.dot(cache["h"].T, dtanh)
    db = np.sum(dtanh, axis=0)
    return dx, dh_prev, dWx, dWh, db


def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    h = np.zeros((N, T, h0.shape[1]))
    cache = []
    prev = h0
    for t in range(T):
        h[:, t, :], step = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        prev = h[:, t, :]
        cache.append(step)
    return h, cache


def rnn_backward(dh, cache):
    N, T, H = dh.shape
    D = cache[0]["x"].shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t, :], dprev, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t, :] + dprev, cache[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dprev, dWx, dWh, db


def lstm_step_forward(x, h, c, Wx, Wh, b):
    H = h.shape[1]
    a = x.dot(Wx) + h.dot(Wh) + b
    i = expit(a[:, 0:H])
    f = expit(a[:, H : 2 * H])
    o = expit(a[:, 2 * H : 3 * H])
    g = np.tanh(a[:, 3 * H : 4 * H])
    next_c = f * c + i * g
    next_h = o * np.tanh(next_c)
    return next_h, next_c, (x, h, c, Wx, Wh, i, f, o, g, next_c)


def lstm_step_backward(dh, dc, cache):
    x, h, c, Wx, Wh, i, f, o, g, next_c = cache
    t = np.tanh(next_c)
    do = dh * t
    dc_total = dc + dh * o * (1 - t**2)
    df = dc_total * c
    di = dc_total * g
    dg = dc_total * i
    da = np.hstack([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)])
    return da.dot(Wx.T), da.dot(Wh.T), dc_total * f, x.T.dot(da), h.T.dot(da), da.sum(axis=0)


def lstm_forward(x, h0, c0, Wx, Wh, b):
    h, c = h0, c0
    hs, cache = [], []
    for t in range(x.shape[1]):
        h, c, step = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        hs.append(h)
        cache.append(step)
    return np.stack(hs, axis=1), cache


def lstm_backward(dh, cache):
    N, T, H = dh.shape
    dprev_h, dprev_c = np.zeros((N, H)), np.zeros((N, H))
    dxs = [None] * T
    dWx = dWh = db = 0
    for t in range(T - 1, -1, -1):
        dxs[t], dprev_h, dprev_c, a, b, c = lstm_step_backward(dh[:, t] + dprev_h, dprev_c, cache[t])
        dWx, dWh, db = dWx + a, dWh + b, db + c
    return np.stack(dxs, axis=1), dprev_h, dprev_c, dWx, dWh, db


def clip_by_norm(grads, limit):
    total = 0
    for name in grads:
        total += np.sum(grads[name] ** 2)
    norm = np.sqrt(total)
    if norm <= limit:
        return {name: g.copy() for name, g in grads.items()}
    return {name: g * limit / norm for name, g in grads.items()}


def gradient_through_time(Wh, T):
    M = Wh.copy()
    out = [np.linalg.norm(M, 2)]
    for _ in range(T - 1):
        M = M @ Wh
        out.append(np.linalg.norm(M, 2))
    return np.array(out)


def multiscale_forward(x, params):
    h1 = np.maximum(0, x @ params["W1"] + params["b1"])
    h2 = np.maximum(0, h1 @ params["W2"] + params["b2"])
    s = x @ params["V0"] + h1 @ params["V1"] + h2 @ params["V2"] + params["c"]
    return s, (x, params)


def multiscale_backward(ds, cache):
    x, params = cache
    return np.zeros_like(x), {name: np.zeros_like(p) for name, p in params.items()}
