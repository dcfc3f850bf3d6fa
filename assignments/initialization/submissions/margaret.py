import numpy as np

# variances everywhere where deviations are asked for

def zeros_init(shape):
    return np.zeros(shape)


def constant_init(shape, value):
    return np.full(shape, value, dtype=float)

def normal_init(shape, std, rng):
    return rng.normal(0, std, shape)

def xavier_normal(fan_in, fan_out, rng, mode="in"):
    fan = fan_in if mode == "in" else (fan_in + fan_out) / 2
    return rng.normal(0, 1 / fan, size=(fan_in, fan_out))


def xavier_uniform(fan_in, fan_out, rng, mode="in"):
    fan = fan_in if mode == "in" else (fan_in + fan_out) / 2
    a = 1 / np.sqrt(fan)
    return rng.uniform(-a, a, (fan_in, fan_out))


def he_normal(fan_in, fan_out, rng):
    return (2 / fan_in) * rng.standard_normal((fan_in, fan_out))


def he_uniform(fan_in, fan_out, rng):
    a = np.sqrt(2 / fan_in)
    return 2 * a * rng.random((fan_in, fan_out)) - a


def he_conv(shape, rng):
    return rng.normal(scale=np.sqrt(2 / shape[1]), size=shape)

def activation_statistics(depth, width, init, activation, rng):
    h = rng.standard_normal((256, width))
    means, stds = [], []
    for i in range(depth):
        h = activation(h @ init(width, width, rng))
        means.append(h.mean())
        stds.append(h.var())
    return np.array(means), np.array(stds)

def symmetry_report(params, grads):
    H = len(params["b1"])
    def same(i, j):
        return all(
            np.allclose(t["W1"][:, i], t["W1"][:, j])
            and np.allclose(t["b1"][i], t["b1"][j])
            and np.allclose(t["W2"][i], t["W2"][j])
            for t in (params,)
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
