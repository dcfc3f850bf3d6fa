"""What the network computes, for real and for complex numbers."""

import numpy as np

from autograder import real_where


def convolution(x, w, b):
    """Cross-correlation of x (N, C, H, W) with w (F, C, 5, 5), stride 2, two lines of zeros around; plus b (F,)."""
    padded = np.zeros((*x.shape[:2], x.shape[2] + 4, x.shape[3] + 4), x.dtype)
    padded[:, :, 2:-2, 2:-2] = x
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(2, 3))[:, :, ::2, ::2]
    return np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + b[:, None, None]


def relu(x):
    return real_where(x, x, 0)


def logits(params, images):
    """The logits (N, C) of images (N, 1, H, W)."""
    hidden = relu(convolution(images, params["W1"], params["b1"]))
    hidden = relu(convolution(hidden, params["W2"], params["b2"]))
    return hidden.reshape(len(images), -1) @ params["W3"] + params["b3"]


def loss(params, images, labels):
    """The mean cross-entropy of the softmax."""
    scores = logits(params, images)
    shifted = scores - np.real(scores).max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(labels)), labels].mean()
