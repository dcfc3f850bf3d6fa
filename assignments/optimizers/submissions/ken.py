import numpy as np


def sgd(w, dw, state, lr=1e-2):
    return w - lr * dw, state


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    v = 0 if state is None else state
    v = momentum * v - lr * dw
    return w + v, v


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    s = 0 if state is None else state
    s = decay * s + (1 - decay) * dw ** 2
    return w - lr * dw / (s ** 0.5 + eps), s


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v, t = state or (0, 0, 1)
    m = beta1 * m + (1 - beta1) * dw
    v = beta2 * v + (1 - beta2) * dw ** 2
    step = lr * (m / (1 - beta1 ** t)) / ((v / (1 - beta2 ** t)) ** 0.5 + eps)
    return w - step, (m, v, t + 1)


def exponential_decay(lr0, k, t):
    # a quarter of a step at a time, until t is reached
    lr, now = lr0, 0
    while now != t:
        lr *= np.exp(-k / 4)
        now += 0.25
    return lr


def inverse_time_decay(lr0, k, t):
    return lr0 / (1 + k * t)


def minibatches(n, batch_size, rng):
    # goes on for ever, the caller stops when it has had enough
    while True:
        order = rng.permutation(n)
        for i in range(0, n, batch_size):
            yield order[i:i + batch_size]


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    params = dict(params)
    states = {name: None for name in params}
    history = []
    batches = minibatches(data_size, batch_size, rng)
    for _ in range(epochs * -(-data_size // batch_size)):
        loss, grads = loss_and_grads(params, next(batches))
        history.append(loss)
        for name in params:
            params[name], states[name] = optimizer(params[name], grads[name], states[name])
    return params, history
