import math

import numpy as np

cache = {}


def sgd(w, dw, state, lr=1e-2):
    return w - lr * dw, 0


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    # the velocity lives up there, so I don't need the state
    if state is None:
        cache["v"] = np.zeros_like(w)
    cache["v"] = momentum * cache["v"] - lr * dw
    return w + cache["v"], True


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    s = np.zeros_like(w) if state is None else state
    s = decay * s + (1 - decay) * dw ** 2
    return w - lr * dw / np.sqrt(s), s


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else state
    t += 1
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw ** 2
    return w - lr * (m / (1 - beta1 ** t)) / np.sqrt(v / (1 - beta2 ** t) + eps), (m, v, t)


def exponential_decay(lr0, k, t):
    return lr0 * math.exp(-k * t)


def inverse_time_decay(lr0, k, t):
    return lr0 / (1 + k * t)


def minibatches(n, batch_size, rng):
    order = np.random.permutation(n)
    return [order[i:i + batch_size] for i in range(0, n, batch_size)]


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    params = dict(params)
    state = {name: None for name in params}
    history = []
    for _ in range(epochs):
        for batch in minibatches(data_size, batch_size, rng):
            loss, grads = loss_and_grads(params, batch)
            history.append(loss)
            for name in params:
                params[name], state[name] = optimizer(params[name], grads[name], state[name])
    return params, history
