import numpy as np


def sgd(w, dw, state, lr=0.001):
    return w - lr * dw, state


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    if state is None:
        state = np.zeros_like(w)
    v = momentum * state + (1 - momentum) * dw
    return w - lr * v, v


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    if state is None:
        state = np.zeros_like(w)
    state = decay_rate * state + (1 - decay_rate) * dw ** 2
    return w - lr * dw / (np.sqrt(state) + eps), state


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if state is None:
        state = {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 1}
    state["t"] += 1
    state["m"] = beta1 * state["m"] + (1 - beta1) * dw
    state["v"] = beta2 * state["v"] + (1 - beta2) * dw ** 2
    m = state["m"] / (1 - beta1 ** state["t"])
    v = state["v"] / (1 - beta2 ** state["t"])
    return w - lr * m / (np.sqrt(v) + eps), state


def exponential_decay(lr0, k, t):
    return lr0 * np.exp(k * t)


def inverse_time_decay(lr0, k, t):
    return lr0 / (1 + k * t)


def minibatches(n, batch_size, rng):
    return np.array_split(rng.permutation(n), int(np.ceil(n / batch_size)))


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    new = {name: p.copy() for name, p in params.items()}
    history = []
    for _ in range(epochs):
        order = rng.permutation(data_size)
        for i in range(0, data_size, batch_size):
            loss, grads = loss_and_grads(new, order[i : i + batch_size])
            history.append(loss)
            for name in new:
                new[name], state = optimizer(new[name], grads[name], None)
    return new, history
