"""What the blocks compute, forward only: their gradients follow by `vjp`. In NumPy throughout, PyTorch's part too.

Each takes complex input, as the complex step needs it: branches look at real parts, and nothing takes abs, max or var.
"""

import numpy as np

from autograder import real_where

EPS, MOMENTUM = 1e-5, 0.1  # nn.BatchNorm2d as it comes


def relu(x):
    """Any shape."""
    return real_where(x, x, 0.0)


def branch(x, params):
    """x (N, D), params W1 (D, H), b1 (H,), W2 (H, M), b2 (M,) → (N, M)."""
    return relu(x @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def residual(x, params):
    """The same with M = D → (N, D)."""
    return x + branch(x, params)


def projection(x, params):
    """The same with a shortcut Ws (D, M) → (N, M)."""
    return x @ params["Ws"] + branch(x, params)


# ── the block of convolutions ───────────────────────────────────────────────────────────────────────


def conv(x, w, stride):
    """Cross-correlation of x (N, C, H, W) with w (F, C, K, K), K odd, padded so that stride 1 keeps the size."""
    edge = w.shape[2] // 2
    padded = np.pad(x, ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows[:, :, ::stride, ::stride], w)


def batch_statistics(x):
    """Mean and biased variance of each channel of x (N, C, H, W)."""
    mean = x.mean(axis=(0, 2, 3))
    return mean, ((x - mean[:, None, None]) ** 2).mean(axis=(0, 2, 3))


def normalise(x, gamma, beta, mean, var):
    """x (N, C, H, W), everything else (C,)."""
    scale, shift, mean, var = (each[:, None, None] for each in (gamma, beta, mean, var))
    return scale * (x - mean) / np.sqrt(var + EPS) + shift


def batchnorm(x, layer, statistics=None):
    """x (N, C, H, W) by its own statistics, or by those given: `layer` is gamma and beta."""
    return normalise(x, *layer, *(statistics or batch_statistics(x)))


def block(x, conv1, gamma1, beta1, conv2, gamma2, beta2, *shortcut, stride=1, statistics=(None, None, None)):
    """conv – BN – ReLU – conv – BN, plus x or, with a `shortcut` (weights, gamma, beta), conv – BN of x.

    `statistics` are (mean, variance) of each normalisation in this order; None takes those of the batch."""
    hidden = relu(batchnorm(conv(x, conv1, stride), (gamma1, beta1), statistics[0]))
    out = batchnorm(conv(hidden, conv2, 1), (gamma2, beta2), statistics[1])
    if not shortcut:
        return x + out
    weights, *layer = shortcut
    return batchnorm(conv(x, weights, stride), layer, statistics[2]) + out


def running_statistics(x, conv1, gamma1, beta1, conv2, *_, stride=1):
    """What a training step moves the running mean and variance of the two normalisations of the branch towards: the
    batch's mean and unbiased variance."""
    first = conv(x, conv1, stride)
    second = conv(relu(batchnorm(first, (gamma1, beta1))), conv2, 1)
    return [unbiased(each) for each in (first, second)]


def unbiased(x):
    """Mean and unbiased variance of each channel of x (N, C, H, W)."""
    mean, var = batch_statistics(x)
    count = x.size // x.shape[1]
    return mean, var * count / (count - 1)


# ── the deep stack ──────────────────────────────────────────────────────────────────────────────────


def stack_norms(rng, depth, width, kind, gain, *, weights_first=False, columns=False):
    """‖∂ sum(h_depth) / ∂h_l‖ for l = 0 … depth. The handout leaves open whether a weight matrix multiplies rows or
    columns; drawing the weights before h_0 is against its words, and as good an experiment."""
    scale = gain * np.sqrt(2 / width) / (np.sqrt(depth) if kind == "residual" else 1.0)
    h = None if weights_first else rng.standard_normal(width)
    weights = scale * rng.standard_normal((depth, width, width))
    h = rng.standard_normal(width) if h is None else h
    weights = weights.transpose(0, 2, 1) if columns else weights
    jacobians = []
    for w in weights:
        jacobian = (h > 0)[:, None] * w + (np.eye(width) if kind == "residual" else 0.0)
        jacobians.append(jacobian)
        h = h @ jacobian
    gradient, norms = np.ones(width), [np.sqrt(width)]
    for jacobian in reversed(jacobians):
        gradient = jacobian @ gradient
        norms.append(np.linalg.norm(gradient))
    return np.array(norms[::-1])
