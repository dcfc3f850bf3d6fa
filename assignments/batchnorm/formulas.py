"""What the layers compute, forward only: their gradients follow by `vjp`.

One formula serves all three: `axes` are those that the mean and the variance are taken over. Each takes complex input,
as the complex step needs it, so nothing calls var or abs.
"""

import numpy as np

from .arrays import along, variance


def batchnorm(x, gamma, beta, state=None, training=True, momentum=0.9, eps=1e-5):
    """x (N, D), gamma and beta (D,) → out (N, D); with training=False by the statistics in state."""
    if not training:
        return evaluation(x, gamma, beta, state, eps)
    return normalisation(x, gamma, beta, eps, axes=(0,))


def spatial_batchnorm(x, gamma, beta, state=None, training=True, momentum=0.9, eps=1e-5):
    """The same for x (N, C, H, W), gamma and beta (C,)."""
    if not training:
        return evaluation(x, gamma, beta, state, eps)
    return normalisation(x, gamma, beta, eps, axes=(0, 2, 3))


def layernorm(x, gamma, beta, eps=1e-5):
    """x (N, D), gamma and beta (D,) → out (N, D)."""
    return normalisation(x, gamma, beta, eps, axes=(1,))


def normalisation(x, gamma, beta, eps, axes):
    """x (N, D) or (N, C, H, W), gamma and beta (D,) or (C,) → in x's shape."""
    centred = x - x.mean(axis=axes, keepdims=True)
    var = (centred**2).mean(axis=axes, keepdims=True)
    return along(x, gamma) * centred / np.sqrt(var + eps) + along(x, beta)


def evaluation(x, gamma, beta, state, eps):
    """The same with given statistics: state {running_mean, running_var}, each in gamma's shape."""
    std = np.sqrt(along(x, state["running_var"]) + eps)
    return along(x, gamma) * (x - along(x, state["running_mean"])) / std + along(x, beta)


def running(x, state, momentum, axes):
    """The state after one step of training."""
    batch = {"running_mean": x.mean(axis=axes), "running_var": variance(x, axes)}
    return {name: momentum * state[name] + (1 - momentum) * batch[name] for name in state}
