# Alan, homework 3. I do everything element by element, then I am sure that nothing is broadcast.
import numpy as np
import math


def sgd(w, dw, state, lr=1e-2):
    new = np.zeros(w.shape, dtype=np.float)
    for i in np.ndindex(w.shape):
        new[i] = w[i] - lr * dw[i]
    return new, None


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    if state is None:
        state = [0.0 for _ in xrange(w.size)]
    g = dw.flatten()
    flat = w.flatten()
    for i in xrange(len(state)):
        state[i] = momentum * state[i] - lr * g[i]
        flat[i] += state[i]
    return flat.reshape(w.shape), state


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    if state is None:
        state = [0.0] * w.size
    out = []
    for i, (x, g) in enumerate(zip(w.flatten(), dw.flatten())):
        state[i] = decay * state[i] + (1 - decay) * g * g
        out.append(x - lr * g / math.sqrt(state[i] + eps))
    return np.array(out).reshape(w.shape), state


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if state is None:
        state = ([0.0] * w.size, [0.0] * w.size, [0])
    m, v, t = state
    t[0] += 1
    out = []
    for i, (x, g) in enumerate(zip(w.flatten(), dw.flatten())):
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g ** 2
        mhat = m[i] / (1 - math.pow(beta1, t[0]))
        vhat = v[i] / (1 - math.pow(beta2, t[0]))
        out.append(x - lr * mhat / (math.sqrt(vhat) + eps))
    return np.array(out).reshape(w.shape), state


def exponential_decay(lr0, k, t):
    return lr0 * np.exp(-k * t)


def inverse_time_decay(lr0, k, t):
    return lr0 / (1.0 + k * t)


def minibatches(n, batch_size, rng):
    todo = list(range(n))
    rng.shuffle(todo)
    result = []
    while len(todo) > 0:
        result.append(todo[:batch_size])
        del todo[:batch_size]
    return result


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    current = {}
    states = {}
    for k in params.keys():
        current[k] = params[k].copy()
        states[k] = None
    history = []
    for epoch in xrange(epochs):
        for batch in minibatches(data_size, batch_size, rng):
            loss, grads = loss_and_grads(current, batch)
            history.append(loss)
            for k in current.keys():
                current[k], states[k] = optimizer(current[k], grads[k], states[k])
        print("epoch %d: %.4f" % (epoch, history[-1]))
    return current, history
