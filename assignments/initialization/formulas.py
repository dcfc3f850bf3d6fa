"""The variances of the laws, those that a slip gives, and what a known network computes."""

from math import prod, sqrt

import numpy as np

from autograder import real_where


def square(_shape, std):
    """normal_init."""
    return std**2


def xavier(fan_in, _fan_out):
    """Xavier's rule as the lectures define it."""
    return 1 / fan_in


def glorot(fan_in, fan_out):
    """Xavier's rule with the mean of both fans."""
    return 2 / (fan_in + fan_out)


def he(fan_in, _fan_out):
    """He's rule."""
    return 2 / fan_in


def he_filters(shape):
    """He's rule for filters (F, C, HH, WW)."""
    return 2 / prod(shape[1:])


def slips(variance):
    """Variances that come out when a law of this variance is given the wrong parameter, by what went wrong."""
    return {
        "the variance taken for the standard deviation": variance**2,
        "the standard deviation taken for the variance": sqrt(variance),
        "bounds of ± the standard deviation": variance / 3,
        "numbers that are cut off at two standard deviations": 0.7737 * variance,
    }


def fan_slips(variance, fan_in, fan_out):
    """Variances of other rules for a matrix, by formula."""
    both = fan_in + fan_out
    rules = {
        "1 / fan_in": 1 / fan_in,
        "1 / fan_out": 1 / fan_out,
        "2 / fan_in": 2 / fan_in,
        "2 / fan_out": 2 / fan_out,
        "4 / fan_in": 4 / fan_in,
        "1 / (fan_in + fan_out)": 1 / both,
        "2 / (fan_in + fan_out)": 2 / both,
        "4 / (fan_in + fan_out)": 4 / both,
    }
    return {**slips(variance), **rules}


def filter_slips(variance, shape):
    """Variances of other rules for filters, by formula."""
    filters, channels, height, width = shape
    fans = {
        "C": channels,
        "F": filters,
        "(HH·WW)": height * width,
        "(F·HH·WW)": filters * height * width,
        "(C·HH·HH)": channels * height**2,
        "(C·WW·WW)": channels * width**2,
        "(F·C·HH)": filters * channels * height,
        "(F·C·HH·WW)": prod(shape),
    }
    rules = {f"2 / {name}": 2 / fan for name, fan in fans.items()}
    return {**slips(variance), "1 / (C·HH·WW)": variance / 2, **rules}


def sigmoid(z):
    """Any shape."""
    return 1 / (1 + np.exp(-z))


def certain_statistics(weights):
    """Mean and standard deviation of each layer of sigmoid units whose first weights are zero: 1/2 behind the first
    layer, whatever the input, and from there on the same for every example."""
    h, found = np.zeros(len(weights[0])), []
    for w in weights:
        h = sigmoid(h @ w)
        found.append((h.mean(), h.std()))
    means, stds = zip(*found, strict=True)
    return np.array(means), np.array(stds)


def network_loss(w1, b1, w2, b2, x, y):
    """w1 (D, H), b1 (H,), w2 (H, C), b2 (C,), x (N, D), y (N, C) → the squared error of affine – ReLU – affine."""
    z = x @ w1 + b1
    return ((real_where(z, z, 0.0) @ w2 + b2 - y) ** 2).mean()
