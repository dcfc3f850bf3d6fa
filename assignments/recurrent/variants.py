"""Other correct ways to write `recurrent`; every one must earn full points."""

import math

import numpy as np

from autograder import variant


@variant
def loops():
    """Example by example and unit by unit."""

    def rnn_step_forward(x, h, Wx, Wh, b):
        new = np.zeros(h.shape)
        for n in range(len(x)):
            for j in range(h.shape[1]):
                total = b[j]
                total += sum(x[n, d] * Wx[d, j] for d in range(x.shape[1]))
                total += sum(h[n, k] * Wh[k, j] for k in range(h.shape[1]))
                new[n, j] = math.tanh(total)
        return new, (x, h, Wx, Wh, new)

    def rnn_step_backward(dh, cache):
        x, h, Wx, Wh, new = cache
        dx, dold = np.zeros(x.shape), np.zeros(h.shape)
        dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(Wh.shape[1])
        for n in range(len(x)):
            for j in range(h.shape[1]):
                slope = dh[n, j] * (1 - new[n, j]) * (1 + new[n, j])
                db[j] += slope
                dx[n] += slope * Wx[:, j]
                dWx[:, j] += slope * x[n]
                dold[n] += slope * Wh[:, j]
                dWh[:, j] += slope * h[n]
        return dx, dold, dWx, dWh, db

    def gradient_through_time(Wh, T):
        norms = []
        for t in range(1, T + 1):
            norms.append(float(np.linalg.svd(np.linalg.matrix_power(Wh, t))[1][0]))
        return norms

    return {
        "rnn_step_forward": rnn_step_forward,
        "rnn_step_backward": rnn_step_backward,
        "gradient_through_time": gradient_through_time,
    }


@variant
def everything_in_one_loop():
    """No step functions: the states lie in arrays that are filled in place, and so do the gradients."""

    def rnn_forward(x, h0, Wx, Wh, b):
        N, T, _ = x.shape
        h = np.empty((N, T + 1, h0.shape[1]))
        h[:, 0] = h0
        for t in range(T):
            h[:, t + 1] = np.tanh(x[:, t] @ Wx + h[:, t] @ Wh + b)
        return h[:, 1:], {"x": x, "h": h, "Wx": Wx, "Wh": Wh}

    def rnn_backward(dh, cache):
        x, h, Wx, Wh = cache["x"], cache["h"], cache["Wx"], cache["Wh"]
        dx, dWx, dWh, db = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wh.shape[1])
        back = np.zeros(h[:, 0].shape)
        for t in range(dh.shape[1] - 1, -1, -1):
            back = back + dh[:, t]
            da = (1 - h[:, t + 1] ** 2) * back
            dx[:, t] = da.dot(Wx.T)
            dWx += x[:, t].T.dot(da)
            dWh += h[:, t].T.dot(da)
            db += da.sum(0)
            back = da.dot(Wh.T)
        return [dx, back, dWx, dWh, db]

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def lstm_forward(x, h0, c0, Wx, Wh, b):
        N, T, _ = x.shape
        H = h0.shape[1]
        h, c, gates = np.zeros((T + 1, N, H)), np.zeros((T + 1, N, H)), np.zeros((T, N, 4 * H))
        h[0], c[0] = h0, c0
        for t in range(T):
            a = x[:, t].dot(Wx) + h[t].dot(Wh) + b
            gates[t, :, : 3 * H] = sigmoid(a[:, : 3 * H])
            gates[t, :, 3 * H :] = np.tanh(a[:, 3 * H :])
            i, f, o, g = (gates[t, :, k * H : (k + 1) * H] for k in range(4))
            c[t + 1] = f * c[t] + i * g
            h[t + 1] = o * np.tanh(c[t + 1])
        return h[1:].transpose(1, 0, 2), (x, h, c, gates, Wx, Wh)

    def lstm_backward(dh, cache):
        x, h, c, gates, Wx, Wh = cache
        N, T, H = dh.shape
        dx, dWx, dWh, db = np.zeros(x.shape), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(4 * H)
        dhnext, dcnext, da = np.zeros((N, H)), np.zeros((N, H)), np.zeros((N, 4 * H))
        for t in range(T)[::-1]:
            i, f, o, g = (gates[t][:, k * H : (k + 1) * H] for k in range(4))
            total, tc = dh[:, t] + dhnext, np.tanh(c[t + 1])
            dcell = dcnext + total * o * (1 - tc * tc)
            da[:, :H] = dcell * g * i * (1 - i)
            da[:, H : 2 * H] = dcell * c[t] * f * (1 - f)
            da[:, 2 * H : 3 * H] = total * tc * o * (1 - o)
            da[:, 3 * H :] = dcell * i * (1 - g * g)
            dcnext = dcell * f
            dx[:, t], dhnext = da @ Wx.T, da @ Wh.T
            dWx += x[:, t].T @ da
            dWh += h[t].T @ da
            db += np.sum(da, axis=0)
        return dx, dhnext, dcnext, dWx, dWh, db

    return {
        "rnn_forward": rnn_forward,
        "rnn_backward": rnn_backward,
        "lstm_forward": lstm_forward,
        "lstm_backward": lstm_backward,
    }


@variant
def inputs_first():
    """All products with x at once, before the loop; those of the way back at once, after it."""

    def rnn_forward(x, h0, Wx, Wh, b):
        a = x @ Wx + b
        h = np.zeros_like(a)
        for t in range(a.shape[1]):
            h[:, t] = np.tanh(a[:, t] + (h[:, t - 1] if t else h0) @ Wh)
        return h, (x, h0, h.copy(), Wx, Wh)

    def rnn_backward(dh, cache):
        x, h0, h, Wx, Wh = cache
        da = np.zeros_like(h)
        back = 0.0
        for t in range(h.shape[1] - 1, -1, -1):
            da[:, t] = (dh[:, t] + back) * (1 - h[:, t] ** 2)
            back = da[:, t] @ Wh.T
        before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
        return (
            da @ Wx.T,
            back,
            np.einsum("ntd,nth->dh", x, da),
            np.einsum("ntk,nth->kh", before, da),
            np.einsum("nth->h", da),
        )

    return {"rnn_forward": rnn_forward, "rnn_backward": rnn_backward}


@variant
def one_matrix():
    """x, h and a column of ones side by side meet one matrix of all weights."""

    def stacked(x, h, Wx, Wh, b):
        return np.hstack([x, h, np.ones((len(x), 1))]), np.vstack([Wx, Wh, b])

    def rnn_step_forward(x, h, Wx, Wh, b):
        z, W = stacked(x, h, Wx, Wh, b)
        a = z @ W
        return np.tanh(a), (z, W, a, x.shape[1])

    def rnn_step_backward(dh, cache):
        z, W, a, D = cache
        da = dh / np.cosh(np.clip(a, -300, 300)) ** 2
        dz, dW = da @ W.T, z.T @ da
        return dz[:, :D], dz[:, D:-1], dW[:D], dW[D:-1], dW[-1]

    def sigmoid(z):
        return np.where(z >= 0, 1, np.exp(-abs(z))) / (1 + np.exp(-abs(z)))

    def lstm_step_forward(x, h, c, Wx, Wh, b):
        z, W = stacked(x, h, Wx, Wh, b)
        a, H = z @ W, h.shape[1]
        i, f, o, g = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), sigmoid(a[:, 2 * H : 3 * H]), np.tanh(a[:, -H:])
        new = np.add(f * c, i * g)
        return o * np.tanh(new), new, [z, W, i, f, o, g, c, new, x.shape[1]]

    def lstm_step_backward(dh, dc, cache):
        z, W, i, f, o, g, c, new, D = cache
        dnew = dc + dh * o * (1 - np.tanh(new) ** 2)
        da = np.hstack(
            [dnew * g * (i - i**2), dnew * c * (f - f**2), dh * np.tanh(new) * (o - o**2), dnew * i * (1 - g**2)]
        )
        dz, dW = da @ W.T, z.T @ da
        return dz[:, :D], dz[:, D:-1], dnew * f, dW[:D], dW[D:-1], dW[-1]

    return {
        "rnn_step_forward": rnn_step_forward,
        "rnn_step_backward": rnn_step_backward,
        "lstm_step_forward": lstm_step_forward,
        "lstm_step_backward": lstm_step_backward,
    }


@variant
def recursion():
    """A sequence is its first step, and the sequence that is left."""

    def rnn_forward(x, h0, Wx, Wh, b):
        if x.shape[1] == 0:
            return np.zeros((len(x), 0, h0.shape[1])), None
        h = np.tanh(x[:, 0].dot(Wx) + h0.dot(Wh) + b)
        rest, cache = rnn_forward(x[:, 1:], h, Wx, Wh, b)
        return np.concatenate([h[:, None], rest], axis=1), (x[:, 0], h0, Wx, Wh, h, cache)

    def rnn_backward(dh, cache):
        x, h0, Wx, Wh, h, rest = cache
        if rest is None:
            dx, back, dWx, dWh, db = np.zeros((len(x), 0, x.shape[1])), 0, 0, 0, 0
        else:
            dx, back, dWx, dWh, db = rnn_backward(dh[:, 1:], rest)
        da = (dh[:, 0] + back) * (1 - h * h)
        first = np.inner(da, Wx)[:, None]
        return np.concatenate([first, dx], 1), np.inner(da, Wh), dWx + x.T @ da, dWh + h0.T @ da, db + da.sum(0)

    return {"rnn_forward": rnn_forward, "rnn_backward": rnn_backward}


@variant
def gates_as_an_axis():
    """The 4H columns as (4, H): one product for each gate, by index notation."""

    def gates(x, h, Wx, Wh, b):
        H = h.shape[1]
        Wx, Wh = Wx.reshape(-1, 4, H), Wh.reshape(-1, 4, H)
        a = np.einsum("nd,dgh->gnh", x, Wx) + np.einsum("nk,kgh->gnh", h, Wh) + b.reshape(4, 1, H)
        return np.concatenate([1 / (1 + np.exp(-a[:3])), np.tanh(a[3:])])

    def lstm_step_forward(x, h, c, Wx, Wh, b):
        i, f, o, g = s = gates(x, h, Wx, Wh, b)
        new = f * c + i * g
        return o * np.tanh(new), new, (x, h, c, Wx, Wh, s, new)

    def lstm_step_backward(dh, dc, cache):
        x, h, c, Wx, Wh, s, new = cache
        i, f, o, g = s
        dnew = dc + dh * o * (1 - np.tanh(new) ** 2)
        slopes = np.concatenate([s[:3] * (1 - s[:3]), 1 - s[3:] ** 2])
        da = np.stack([dnew * g, dnew * c, dh * np.tanh(new), dnew * i]) * slopes
        flat = da.transpose(1, 0, 2).reshape(len(x), -1)
        return (
            np.einsum("gnh,dgh->nd", da, Wx.reshape(-1, 4, h.shape[1])),
            np.einsum("gnh,kgh->nk", da, Wh.reshape(-1, 4, h.shape[1])),
            f * dnew,
            np.einsum("nd,nk->dk", x, flat),
            np.einsum("nd,nk->dk", h, flat),
            flat.sum(0),
        )

    return {"lstm_step_forward": lstm_step_forward, "lstm_step_backward": lstm_step_backward}


@variant
def objects():
    """A class that remembers its steps; the cache is the object."""

    class Layer:
        def __init__(self, Wx, Wh, b):
            self.Wx, self.Wh, self.b = Wx, Wh, b
            self.steps = []

        def step(self, x, h, c):
            a = x @ self.Wx + h @ self.Wh + self.b
            i, f, o, g = np.hsplit(a, 4)
            i, f, o, g = 0.5 * np.tanh(i / 2) + 0.5, 0.5 * np.tanh(f / 2) + 0.5, 0.5 * np.tanh(o / 2) + 0.5, np.tanh(g)
            new = f * c + i * g
            self.steps.append((x, h, c, i, f, o, g, new))
            return o * np.tanh(new), new

        def back(self, dh, dc, step):
            x, h, c, i, f, o, g, new = step
            tanh = np.tanh(new)
            do, dnew = dh * tanh, dc + dh * o - dh * o * tanh**2
            da = np.c_[dnew * g * i * (1 - i), dnew * c * f * (1 - f), do * o * (1 - o), dnew * i * (1 - g**2)]
            return da @ self.Wx.T, da @ self.Wh.T, dnew * f, x.T @ da, h.T @ da, da.sum(axis=0)

    def lstm_forward(x, h0, c0, Wx, Wh, b):
        layer, h, c = Layer(Wx, Wh, b), h0, c0
        states = []
        for x_t in x.swapaxes(0, 1):
            h, c = layer.step(x_t, h, c)
            states.append(h)
        return np.array(states).swapaxes(0, 1), layer

    def lstm_backward(dh, cache):
        dx = np.zeros((dh.shape[0], dh.shape[1], cache.Wx.shape[0]), order="F")
        h = c = np.zeros(dh[:, 0].shape)
        weights = [0, 0, 0]
        for t, step in reversed(list(enumerate(cache.steps))):
            dx[:, t], h, c, *more = cache.back(dh[:, t] + h, c, step)
            weights = [a + b for a, b in zip(weights, more, strict=True)]
        return (dx, h, c, *weights)

    return {"lstm_forward": lstm_forward, "lstm_backward": lstm_backward}


@variant
def clipping_as_pytorch():
    """PyTorch's clip_grad_norm_: 1e-6 in the denominator, and a factor of at most 1; singular values for norms."""

    def clip_by_norm(grads, limit):
        total = np.linalg.norm([np.linalg.norm(g) for g in grads.values()])
        coefficient = min(limit / (total + 1e-6), 1.0)
        return {k: g * coefficient for k, g in grads.items()}

    def gradient_through_time(Wh, T):
        powers = [Wh]
        while len(powers) < T:
            powers.append(Wh @ powers[-1])
        return np.linalg.norm(powers, 2, axis=(1, 2))

    return {"clip_by_norm": clip_by_norm, "gradient_through_time": gradient_through_time}


@variant
def clipping_flat():
    """One vector of all gradients; the same arrays where nothing is to be clipped."""

    def clip_by_norm(grads, limit):
        norm = np.linalg.norm(np.concatenate([np.ravel(grad) for grad in grads.values()]))
        if norm < limit:
            return dict(grads)
        new = {}
        for key in grads:
            new[key] = grads[key].copy()
            new[key] /= norm
            new[key] *= limit
        return new

    def gradient_through_time(Wh, T):
        norms, A = np.zeros(T), np.identity(Wh.shape[0])
        for t in range(T):
            A = A.dot(Wh)
            norms[t] = np.sqrt(np.linalg.eigvalsh(A.T @ A)[-1])
        return norms

    return {"clip_by_norm": clip_by_norm, "gradient_through_time": gradient_through_time}


@variant
def clipping_with_a_tiny_constant():
    """Another constant against 0 / 0, where the scale is the smaller of two."""

    def clip_by_norm(grads, limit):
        total = 0.0
        for g in grads.values():
            total += float((g * g).sum())
        scale = limit / max(math.sqrt(total), limit, 1e-12)
        return {name: np.multiply(grads[name], scale) for name in grads}

    return {"clip_by_norm": clip_by_norm}


@variant
def forks_accumulated():
    """Gradients begin at zero, and each way back adds to them; slopes of 1 at zero."""

    def multiscale_forward(x, params):
        W1, b1, W2, b2, V0, V1, V2, c = (params[k] for k in ("W1", "b1", "W2", "b2", "V0", "V1", "V2", "c"))
        a1 = x.dot(W1) + b1
        h1 = a1 * (a1 > 0)
        a2 = h1.dot(W2) + b2
        h2 = np.where(a2 > 0, a2, 0)
        return np.hstack([x, h1, h2]) @ np.vstack([V0, V1, V2]) + c, (x, a1, h1, a2, h2, dict(params))

    def multiscale_backward(ds, cache):
        x, a1, h1, a2, h2, p = cache
        grads = {k: np.zeros_like(v) for k, v in p.items()}
        dx, dh1, dh2 = np.zeros_like(x), np.zeros_like(h1), np.zeros_like(h2)
        for name, layer, dlayer in (("V0", x, dx), ("V1", h1, dh1), ("V2", h2, dh2)):
            grads[name] += layer.T @ ds
            dlayer += ds @ p[name].T
        grads["c"] += ds.sum(0)
        dh2[a2 < 0] = 0
        grads["W2"] += h1.T @ dh2
        grads["b2"] += dh2.sum(0)
        dh1 += dh2 @ p["W2"].T
        dh1[a1 < 0] = 0
        grads["W1"] += x.T @ dh1
        grads["b1"] += dh1.sum(0)
        dx += dh1 @ p["W1"].T
        return dx, grads

    return {"multiscale_forward": multiscale_forward, "multiscale_backward": multiscale_backward}


@variant
def forks_by_example():
    """One example after the other, with masks as diagonal matrices."""

    def multiscale_forward(x, params):
        s, kept = [], []
        for row in x:
            h1 = np.clip(row @ params["W1"] + params["b1"], 0, None)
            h2 = np.clip(h1 @ params["W2"] + params["b2"], 0, None)
            s.append(row @ params["V0"] + h1 @ params["V1"] + h2 @ params["V2"] + params["c"])
            kept.append((row, h1, h2))
        return np.array(s), (kept, params)

    def multiscale_backward(ds, cache):
        kept, p = cache
        grads, dx = {key: np.zeros(value.shape) for key, value in p.items()}, []
        for d, (row, h1, h2) in zip(ds, kept, strict=True):
            J2 = p["W2"] @ np.diag((h2 > 0) * 1.0)
            J1 = p["W1"] @ np.diag((h1 > 0) * 1.0)
            d1 = (p["V1"] + J2 @ p["V2"]) @ d
            dx.append(p["V0"] @ d + J1 @ d1)
            d2 = np.where(h2 > 0, p["V2"] @ d, 0)
            d1 = np.where(h1 > 0, d1, 0)
            for key, left, right in (
                ("W1", row, d1),
                ("W2", h1, d2),
                ("V0", row, d),
                ("V1", h1, d),
                ("V2", h2, d),
            ):
                grads[key] += np.outer(left, right)
            for key, part in (("b1", d1), ("b2", d2), ("c", d)):
                grads[key] += part
        return np.array(dx), grads

    return {"multiscale_forward": multiscale_forward, "multiscale_backward": multiscale_backward}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""
    f32 = np.float32

    def rnn_step_forward(x, h, Wx, Wh, b):
        x, h, Wx, Wh, b = (a.astype(f32) for a in (x, h, Wx, Wh, b))
        new = np.tanh(x @ Wx + h @ Wh + b)
        return new, (x, h, Wx, Wh, new)

    def rnn_step_backward(dh, cache):
        x, h, Wx, Wh, new = cache
        da = dh.astype(f32) * (1 - new**2)
        return da @ Wx.T, da @ Wh.T, x.T @ da, h.T @ da, da.sum(axis=0)

    def rnn_forward(x, h0, Wx, Wh, b):
        h, states, caches = h0, [], []
        for t in range(x.shape[1]):
            h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)
            states.append(h)
            caches.append(cache)
        return np.stack(states, 1), caches

    def rnn_backward(dh, cache):
        back = np.zeros_like(dh[:, 0], dtype=f32)
        dx, total = [], [0, 0, 0]
        for t in range(len(cache))[::-1]:
            first, back, *more = rnn_step_backward(dh[:, t] + back, cache[t])
            dx.insert(0, first)
            total = [a + b for a, b in zip(total, more, strict=True)]
        return np.stack(dx, 1), back, *total

    def clip_by_norm(grads, limit):
        norm = np.sqrt(sum((g.astype(f32) ** 2).sum() for g in grads.values()))
        return {k: g.astype(f32) * f32(min(1, limit / (norm + 1e-6))) for k, g in grads.items()}

    def gradient_through_time(Wh, T):
        Wh = Wh.astype(f32)
        return np.array([np.linalg.norm(np.linalg.matrix_power(Wh, t), 2) for t in range(1, T + 1)], dtype=f32)

    return {
        "rnn_step_forward": rnn_step_forward,
        "rnn_step_backward": rnn_step_backward,
        "rnn_forward": rnn_forward,
        "rnn_backward": rnn_backward,
        "clip_by_norm": clip_by_norm,
        "gradient_through_time": gradient_through_time,
    }
