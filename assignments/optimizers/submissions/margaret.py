"""Optimizers. The walks below all go down, I have plotted them."""
import numpy as np


def sgd(w, dw, state, lr=1e-2):
    w -= lr * dw
    return w, state


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    config = state if state is not None else {"velocity": np.zeros_like(w)}
    v = config["velocity"]
    v = momentum * v - lr * dw
    next_w = w + v
    config["velocity"] = v
    return next_w, config


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    config = state if state is not None else {"cache": np.zeros_like(w)}
    config["cache"] = decay * config["cache"] + (1 - decay) * dw * dw
    next_w = w - lr * dw / (config["cache"] + eps)
    return next_w, config


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    config = state if state is not None else {"m": np.zeros_like(w), "v": np.zeros_like(w), "t": 0}
    config["m"] = beta1 * config["m"] + (1 - beta1) * dw
    config["v"] = beta2 * config["v"] + (1 - beta2) * dw * dw
    t = config["t"] + 1
    mb = config["m"] / (1 - beta1 ** t)
    vb = config["v"] / (1 - beta2 ** t)
    next_w = w - lr * mb / (np.sqrt(vb) + eps)
    return next_w, config


def exponential_decay(lr0, k, t):
    return lr0 * np.exp(-k * t)


def inverse_time_decay(lr0, k, t):
    return lr0 / 1 + k * t


def minibatches(n, batch_size, rng):
    indices = rng.permutation(n)
    num_batches = n // batch_size
    for i in range(num_batches):
        yield indices[i * batch_size:(i + 1) * batch_size]


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    states = {name: None for name in params}
    history = []
    for epoch in range(epochs):
        indices = rng.permutation(data_size)
        for i in range(0, data_size, batch_size):
            loss, grads = loss_and_grads(params, indices[i:i + batch_size])
            history.append(loss)
            for name in params:
                params[name], states[name] = optimizer(params[name], grads[name], states[name])
    return params, history
