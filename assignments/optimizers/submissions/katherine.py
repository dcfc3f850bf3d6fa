"""Optimizers in float32, which is what a GPU would do anyway."""
import numpy as np

F = np.float32


def _f(*arrays):
    return [np.asarray(a, dtype=F) for a in arrays]


def sgd(w, dw, state, lr=1e-2):
    w, dw = _f(w, dw)
    return w - F(lr) * dw, state


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    w, dw = _f(w, dw)
    v = np.zeros_like(w) if state is None else state
    v = F(momentum) * v + dw
    return w - F(lr) * v, v


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    w, dw = _f(w, dw)
    s = np.zeros_like(w) if state is None else state
    s = F(decay) * s + F(1 - decay) * np.square(dw)
    return w - F(lr) * dw / (np.sqrt(s) + F(eps)), s


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, dw = _f(w, dw)
    if state is None:
        state = np.zeros((2,) + w.shape, dtype=F), 0
    mv, t = state
    t += 1
    m = F(beta1) * mv[0] + F(1 - beta1) * dw
    v = F(beta2) * mv[1] + F(1 - beta2) * np.square(dw)
    update = (m / F(1 - beta1**t)) / (np.sqrt(v / F(1 - beta2**t)) + F(eps))
    return w - F(lr) * update, (np.stack([m, v]), t)


def exponential_decay(lr0, k, t):
    return np.float32(lr0) * np.exp(np.asarray(-k * t, dtype=F))


def inverse_time_decay(lr0, k, t):
    return np.float32(lr0) / (F(1) + np.asarray(k * t, dtype=F))


def minibatches(n, batch_size, rng):
    perm = rng.permutation(n).astype(np.int32)
    return (perm[i : i + batch_size] for i in range(0, n, batch_size))


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    params = {k: v.copy() for k, v in params.items()}
    state = {}
    losses = []
    for _ in range(epochs):
        for idx in minibatches(data_size, batch_size, rng):
            loss, grads = loss_and_grads(params, idx)
            losses.append(loss)
            for k in params:
                params[k], state[k] = optimizer(params[k], grads[k], state.get(k))
    return params, np.array(losses)
