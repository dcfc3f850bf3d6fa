import numpy as np

def zeros_init(shape):
    return np.zeros(shape)


def constant_init(shape, value):
    return np.full(shape, value, dtype=float)

def normal_init(shape, std, rng):
    return std * rng.randn(*shape)


def xavier_normal(fan_in, fan_out, rng, mode="in"):
    if mode == "avg":
        return rng.randn(fan_in, fan_out) * np.sqrt(2 / (fan_in + fan_out))
    return rng.randn(fan_in, fan_out) / np.sqrt(fan_in)

def xavier_uniform(fan_in, fan_out, rng, mode="in"):
    var = 1 / fan_in if mode == "in" else 2 / (fan_in + fan_out)
    a = np.sqrt(3 * var)
    return rng.uniform(-a, a, (fan_in, fan_out))

def he_normal(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)


def he_uniform(fan_in, fan_out, rng):
    # half of the numbers would do, I mirror the rest
    half = rng.uniform(-1, 1, (fan_in // 2, fan_out))
    return np.vstack([half, -half, half])[:fan_in] * np.sqrt(6 / fan_in)


def he_conv(shape, rng):
    F, C, HH, WW = shape
    return he_normal(C * HH * WW, F, rng).T.reshape(F, C, HH, WW)


def activation_statistics(depth, width, init, activation, rng):
    h = rng.standard_normal((256, width))
    means, stds = [], []
    for layer in range(depth):
        w = init(width, rng)
        h = activation(h @ w)
        means.append(h.mean())
        stds.append(h.std())
    return means, stds

def symmetry_report(params, grads):
    groups = {}
    for j in range(len(params["b1"])):
        mine = [t[k][:, j] if k == "W1" else t[k][j] for t in (params, grads) for k in ("W1", "b1", "W2")]
        groups.setdefault(np.hstack(mine).tobytes(), []).append(j)
    return [g for g in groups.values() if len(g) > 1]
