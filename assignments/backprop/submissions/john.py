"""Losses. My partner has the layers (see her file)."""
import numpy


def softmax_loss(x, y):
    rows = numpy.arange(x.shape[0])
    shifted = x - x.max(axis=1, keepdims=True)
    log_p = shifted - numpy.log(numpy.exp(shifted).sum(axis=1, keepdims=True))
    gradient = numpy.exp(log_p)
    gradient[rows, y] -= 1
    return -log_p[rows, y].mean(), gradient / x.shape[0]


def mse_loss(x, y):
    error = x - y
    return (error ** 2).mean(), 2 * error / error.size
