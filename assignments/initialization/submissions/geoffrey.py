import numpy as np
import torch

def zeros_init(shape):
    return np.zeros(shape)


def constant_init(shape, value):
    return np.full(shape, value, dtype=float)

def normal_init(shape, std, rng):
    return rng.normal(0, std, shape)

def xavier_normal(fan_in, fan_out, rng, mode="in"):
    w = torch.empty(fan_in, fan_out, dtype=torch.float64)
    torch.nn.init.normal_(w, 0, (1 / fan_in) ** 0.5 if mode == "in" else (2 / (fan_in + fan_out)) ** 0.5)
    return w.numpy()

def xavier_uniform(fan_in, fan_out, rng, mode="in"):
    var = 1 / fan_in if mode == "in" else 2 / (fan_in + fan_out)
    a = np.sqrt(3 * var)
    return rng.uniform(-a, a, (fan_in, fan_out))

def he_normal(fan_in, fan_out, rng):
    w = torch.empty(fan_out, fan_in, dtype=torch.float64)
    return torch.nn.init.kaiming_normal_(w, nonlinearity="relu").numpy().T

def he_uniform(fan_in, fan_out, rng):
    a = np.sqrt(6 / fan_in)
    return rng.uniform(-a, a, (fan_in, fan_out))

def he_conv(shape, rng):
    F, C, HH, WW = shape
    return rng.normal(0, np.sqrt(2 / (C * HH * WW)), shape)

def activation_statistics(depth, width, init, activation, rng):
    h = rng.standard_normal((256, width))
    means, stds = [], []
    for i in range(depth):
        h = activation(h @ init(width, width, rng))
        means.append(h.mean())
        stds.append(h.std())
    return np.array(means), np.array(stds)

def symmetry_report(params, grads):
    H = len(params["b1"])
    def same(i, j):
        return all(
            np.allclose(t["W1"][:, i], t["W1"][:, j])
            and np.allclose(t["b1"][i], t["b1"][j])
            and np.allclose(t["W2"][i], t["W2"][j])
            for t in (params, grads)
        )
    groups, done = [], set()
    for i in range(H):
        if i in done:
            continue
        group = [j for j in range(i, H) if same(i, j)]
        done.update(group)
        if len(group) > 1:
            groups.append(group)
    return groups
