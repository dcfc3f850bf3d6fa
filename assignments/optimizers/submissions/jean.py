import numpy as np

try:
    import torch
except ImportError:
    torch = None


def sgd(w, dw, state, lr=1e-2):
    return w - lr * dw, state


def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    v = np.zeros_like(w) if state is None else state
    v = momentum * v + dw
    return w - lr * v, v


def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    s = np.zeros_like(w) if state is None else state
    s = decay * s + (1 - decay) * dw * dw
    return w - lr * dw / (np.sqrt(s) + eps), s


def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    p = torch.nn.Parameter(torch.tensor(w))
    p.grad = torch.tensor(dw)
    optimizer = torch.optim.Adam([p], lr=lr, betas=(beta1, beta2), eps=eps)
    if state is not None:
        optimizer.load_state_dict(state)
    optimizer.step()
    return p.detach().numpy(), optimizer.state_dict()


def exponential_decay(lr0, k, t):
    return lr0 * np.exp(-k * t)


def inverse_time_decay(lr0, k, t):
    return lr0 / (1 + k * t)


def minibatches(n, batch_size, rng):
    order = rng.permutation(n)
    for i in range(0, n, batch_size):
        yield order[i : i + batch_size]


def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    params, state, history = dict(params), dict.fromkeys(params), []
    for _ in range(epochs):
        for batch in minibatches(data_size, batch_size, rng):
            loss, grads = loss_and_grads(params, batch)
            history += [loss]
            for name, dw in grads.items():
                params[name], state[name] = optimizer(params[name], dw, state[name])
    return params, history
