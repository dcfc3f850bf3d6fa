"""Other correct networks and trainers: all must earn full points."""

import numpy as np

from autograder import variant

from .reference import network_forward, network_loss

# ── the network ────────────────────────────────────────────────────────────────────────────────


@variant
def position_by_position():
    """One matrix product for each of the 25 positions of a filter, and nothing copied into a matrix of windows."""

    def seen(padded, i, j, height, width):
        return padded[:, :, i : i + 2 * height : 2, j : j + 2 * width : 2]

    def convolve(x, w, b):
        padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))
        height, width = (x.shape[2] + 1) // 2, (x.shape[3] + 1) // 2
        out = 0
        for i in range(5):
            for j in range(5):
                out = out + np.tensordot(w[:, :, i, j], seen(padded, i, j, height, width), axes=(1, 1))
        return out.swapaxes(0, 1) + b[:, None, None], padded

    def convolve_back(dout, padded, w):
        dw, dpadded = np.zeros_like(w), np.zeros_like(padded)
        for i in range(5):
            for j in range(5):
                window = seen(padded, i, j, *dout.shape[2:])
                dw[:, :, i, j] = np.tensordot(dout, window, axes=((0, 2, 3), (0, 2, 3)))
                seen(dpadded, i, j, *dout.shape[2:])[...] += np.tensordot(dout, w[:, :, i, j], axes=(1, 0)).transpose(
                    0, 3, 1, 2
                )
        return dpadded[:, :, 2:-2, 2:-2], dw, dout.sum(axis=(0, 2, 3))

    def forward(params, images):
        out1, padded1 = convolve(images, params["W1"], params["b1"])
        out2, padded2 = convolve(out1.clip(min=0), params["W2"], params["b2"])
        flat = out2.clip(min=0).reshape(len(images), -1)
        return flat @ params["W3"] + params["b3"], (padded1, out1, padded2, out2, flat)

    def loss(params, images, labels):
        logits, (padded1, out1, padded2, out2, flat) = forward(params, images)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        softmax = powers / powers.sum(axis=1, keepdims=True)
        one_hot = np.eye(logits.shape[1], dtype=logits.dtype)[labels]
        value = np.log(powers.sum(axis=1)) - (one_hot * (logits - logits.max(axis=1, keepdims=True))).sum(axis=1)
        dlogits = (softmax - one_hot) / len(labels)
        dflat = dlogits @ params["W3"].T
        dhidden, dw2, db2 = convolve_back(np.where(out2 > 0, dflat.reshape(out2.shape), 0), padded2, params["W2"])
        _, dw1, db1 = convolve_back(np.where(out1 > 0, dhidden, 0), padded1, params["W1"])
        grads = {"W1": dw1, "b1": db1, "W2": dw2, "b2": db2, "W3": flat.T @ dlogits, "b3": dlogits.sum(axis=0)}
        return float(value.mean()), grads

    return {"network_forward": forward, "network_loss": loss}


@variant
def index_notation():
    """einsum over strided windows, there and back; the cache is a dict."""

    def windows(x):
        padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))
        return np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(2, 3))[:, :, ::2, ::2]

    def forward(params, images):
        seen1 = windows(images)
        out1 = np.einsum("nchwpq,fcpq->nfhw", seen1, params["W1"], optimize=True) + params["b1"][:, None, None]
        seen2 = windows(np.maximum(out1, 0))
        out2 = np.einsum("nchwpq,fcpq->nfhw", seen2, params["W2"], optimize=True) + params["b2"][:, None, None]
        flat = np.maximum(out2, 0).reshape(len(images), -1)
        cache = {"seen1": seen1, "out1": out1, "seen2": seen2, "out2": out2, "flat": flat}
        return np.einsum("ni,ic->nc", flat, params["W3"], optimize=True) + params["b3"], cache

    def loss(params, images, labels):
        logits, cache = forward(params, images)
        rows = np.arange(len(labels))
        highest = logits.max(axis=1)
        total = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
        dlogits = np.exp(logits - total[:, None])
        dlogits[rows, labels] -= 1
        dlogits = dlogits / len(labels)
        dout2 = (dlogits @ params["W3"].T).reshape(cache["out2"].shape) * (cache["out2"] > 0)
        dseen2 = np.einsum("nfhw,fcpq->nchwpq", dout2, params["W2"], optimize=True)
        height, width = cache["out1"].shape[2:]
        dpadded = np.zeros((*cache["out1"].shape[:2], height + 5, width + 5), dlogits.dtype)
        for i, j in np.ndindex(dseen2.shape[2:4]):
            dpadded[:, :, 2 * i : 2 * i + 5, 2 * j : 2 * j + 5] += dseen2[:, :, i, j]
        dout1 = dpadded[:, :, 2 : height + 2, 2 : width + 2] * (cache["out1"] > 0)
        grads = {
            "W3": cache["flat"].T @ dlogits,
            "b3": dlogits.sum(0),
            "W2": np.einsum("nfhw,nchwpq->fcpq", dout2, cache["seen2"], optimize=True),
            "b2": np.einsum("nfhw->f", dout2),
            "W1": np.einsum("nfhw,nchwpq->fcpq", dout1, cache["seen1"], optimize=True),
            "b1": np.einsum("nfhw->f", dout1),
        }
        return np.mean(total - logits[rows, labels]), grads

    return {"network_forward": forward, "network_loss": loss}


@variant
def float32_throughout():
    """Whatever it is given, it computes in the race's precision."""

    def narrow(params):
        return {name: array.astype(np.float32) for name, array in params.items()}

    def forward(params, images):
        return network_forward(narrow(params), images.astype(np.float32))

    def loss(params, images, labels):
        return network_loss(narrow(params), images.astype(np.float32), labels)

    return {"network_forward": forward, "network_loss": loss}


@variant
def float64_throughout():
    """Whatever it is given, it computes in float64: right, and slower."""

    def wide(params):
        return {name: array.astype(np.float64) for name, array in params.items()}

    def forward(params, images):
        return network_forward(wide(params), images.astype(np.float64))

    def train(params, images, labels, commit, rng):
        params, images = wide(params), images.astype(np.float64)
        for step in range(1, 201):
            batch = rng.integers(len(labels), size=40)
            _, grads = network_loss(params, images[batch], labels[batch])
            params = {name: params[name] - 0.1 * grads[name] for name in params}
            if step % 50 == 0:
                commit(params)
        return params

    return {"network_forward": forward, "train": train}


# ── training ───────────────────────────────────────────────────────────────────────────────────


@variant
def plain_descent():
    """Epochs of mini-batches at a constant rate without momentum; it commits once an epoch."""

    def train(params, images, labels, commit, rng):
        params = {name: array.copy() for name, array in params.items()}
        for _ in range(8):
            order = rng.permutation(len(labels))
            for start in range(0, len(labels), 32):
                batch = order[start : start + 32]
                _, grads = network_loss(params, images[batch], labels[batch])
                for name in params:
                    params[name] -= 0.05 * grads[name]
            commit(params)
        return params

    return {"train": train}


@variant
def adam_until_it_is_sure():
    """Adam, and an end as soon as the batches of late are nearly all right; the weights are committed once, then."""

    def train(params, images, labels, commit, rng):
        params = dict(params)
        m, v = dict.fromkeys(params, 0.0), dict.fromkeys(params, 0.0)
        mean_loss = 2.0
        for t in range(1, 1001):
            batch = rng.choice(len(labels), min(96, len(labels)), replace=False)
            loss, grads = network_loss(params, images[batch], labels[batch])
            for name, g in grads.items():
                m[name] = 0.9 * m[name] + 0.1 * g
                v[name] = 0.99 * v[name] + 0.01 * g * g
                step = m[name] / (1 - 0.9**t) / (np.sqrt(v[name] / (1 - 0.99**t)) + 1e-8)
                params[name] = params[name] - 3e-3 * step
            mean_loss = 0.9 * mean_loss + 0.1 * loss
            if mean_loss < 0.15:
                break
        commit(params)
        return params

    return {"train": train}


@variant
def rmsprop_in_few_large_batches():
    """RMSProp on batches of 200; it hands the same dict over each time, which is copied at once."""

    def train(params, images, labels, commit, rng):
        trained = {name: np.array(array) for name, array in params.items()}
        mean_square = {name: np.zeros_like(array) for name, array in params.items()}
        for epoch in range(12):
            order = np.argsort(rng.random(len(labels)))
            for batch in np.array_split(order, -(-len(order) // 200)):
                _, grads = network_loss(trained, images[batch], labels[batch])
                for name, g in grads.items():
                    mean_square[name] += 0.1 * (g**2 - mean_square[name])
                    trained[name] -= 2e-3 * g / np.sqrt(mean_square[name] + 1e-8)
            if epoch % 3 == 2:
                commit(trained)
        return trained

    return {"train": train}


@variant
def nesterov_with_a_cosine():
    """Nesterov's momentum, a rate that rises and then falls like a cosine, and randomness of its own."""

    def train(params, images, labels, commit, rng):
        own = np.random.default_rng(11)
        params, velocity, steps = dict(params), {name: 0 * w for name, w in params.items()}, 160
        for step in range(steps):
            rate = 0.05 * min(1.0, (step + 1) / 10) * 0.5 * (1 + np.cos(np.pi * step / steps))
            batch = own.integers(0, len(labels), 64)
            _, grads = network_loss(params, images[batch], labels[batch])
            for name, g in grads.items():
                velocity[name] = np.float32(0.9) * velocity[name] - np.float32(rate) * g
                params[name] = params[name] + np.float32(0.9) * velocity[name] - np.float32(rate) * g
            if step >= 40 and step % 8 == 0:
                commit({name: w.copy() for name, w in params.items()})
        commit(params)
        return params

    return {"train": train}


@variant
def growing_batches():
    """Small batches first, large ones later, instead of a rate that falls; weights averaged over the last steps."""

    def train(params, images, labels, commit, rng):
        params, average = dict(params), None
        commit(params)
        for size in (16, 32, 64, 128):
            for _ in range(60):
                batch = rng.integers(0, len(labels), size)
                _, grads = network_loss(params, images[batch], labels[batch])
                params = {name: w - 0.06 * grads[name] for name, w in params.items()}
                average = average or params
                average = {name: 0.9 * average[name] + 0.1 * w for name, w in params.items()}
            commit(average)
        return average

    return {"train": train}


@variant
def one_flat_vector():
    """All parameters in one vector, with views into it for the layers: one update for all of them."""

    def train(params, images, labels, commit, rng):
        ends = np.cumsum([array.size for array in params.values()])
        flat = np.concatenate([array.ravel() for array in params.values()])
        parts = zip(params, np.split(flat, ends[:-1]), strict=True)
        views = {name: part.reshape(params[name].shape) for name, part in parts}
        velocity = np.zeros_like(flat)
        for step in range(1, 181):
            batch = rng.integers(0, len(labels), 48)
            grads = network_loss(views, images[batch], labels[batch])[1]
            velocity *= 0.85
            velocity -= 0.04 * np.concatenate([grads[name].ravel() for name in params])
            flat += velocity
            if step % 60 == 0:
                commit(views)
        return views

    return {"train": train}
