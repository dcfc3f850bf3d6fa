"""Initialisation, with one helper for everything."""
from __future__ import division

import math

import numpy as np

def _gauss(rng, n):
    # Box-Muller, because I wanted to see it work
    u, v = 1.0 - rng.random(n), rng.random(n)
    return np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * math.pi * v)


def _fan(fan_in, fan_out, mode):
    if mode == "avg":
        return (fan_in + fan_out) / 2
    return fan_in


def zeros_init(shape):
    return constant_init(shape, 0.0)


def constant_init(shape, value):
    return np.ones(shape) * value


def normal_init(shape, std, rng):
    n = 1
    for axis in shape:
        n *= axis
    return std * _gauss(rng, n).reshape(shape)


def xavier_normal(fan_in, fan_out, rng, mode="in"):
    return normal_init((fan_in, fan_out), 1 / math.sqrt(_fan(fan_in, fan_out, mode)), rng)


def xavier_uniform(fan_in, fan_out, rng, mode="in"):
    a = math.sqrt(3 / _fan(fan_in, fan_out, mode))
    return a * (2 * rng.random((fan_in, fan_out)) - 1)


def he_normal(fan_in, fan_out, rng):
    return math.sqrt(2) * xavier_normal(fan_in, fan_out, rng)


def he_uniform(fan_in, fan_out, rng):
    return math.sqrt(2) * xavier_uniform(fan_in, fan_out, rng)


def he_conv(shape, rng):
    return he_normal(int(np.prod(shape[1:])), shape[0], rng).T.reshape(shape)


def activation_statistics(depth, width, init, activation, rng):
    layers = [rng.standard_normal((512, width))]
    while len(layers) <= depth:
        layers.append(activation(layers[-1].dot(init(width, width, rng))))
    return np.array([h.mean() for h in layers[1:]]), np.array([h.std(ddof=1) for h in layers[1:]])


def symmetry_report(params, grads):
    buckets = {}
    for unit in range(params["W1"].shape[1]):
        key = []
        for tree in (params, grads):
            key += [*tree["W1"][:, unit], tree["b1"][unit], *tree["W2"][unit, :]]
        buckets.setdefault(tuple(round(float(k), 9) for k in key), []).append(unit)
    return [tuple(b) for b in buckets.values() if len(b) > 1]
