"""The plain trainer that a race is run against: mini-batches of 32, a constant rate, no momentum."""

import numpy as np


def im2col(x):
    """The 5 x 5 windows of x (N, C, H, W) with stride 2, padding 2: (N, H', W', 25 C)."""
    padded = np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (5, 5), axis=(2, 3))[:, :, ::2, ::2]
    n, channels, height, width = windows.shape[:4]
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(n, height, width, channels * 25)


def col2im(columns, shape):
    """Add windows back to the pixels that they came from: an image of this shape (N, C, H, W)."""
    n, channels, height, width = shape
    windows = columns.reshape(*columns.shape[:3], channels, 5, 5)
    padded = np.zeros((n, channels, height + 4, width + 4), columns.dtype)
    for i in range(5):
        for j in range(5):
            rows, cols = slice(i, i + 2 * columns.shape[1], 2), slice(j, j + 2 * columns.shape[2], 2)
            padded[:, :, rows, cols] += windows[..., i, j].transpose(0, 3, 1, 2)
    return padded[:, :, 2 : 2 + height, 2 : 2 + width]


def convolution(x, w, b):
    """ReLU of a convolution: the activations (N, F, H', W'), and the windows."""
    columns = im2col(x)
    return np.maximum(columns @ w.reshape(len(w), -1).T + b, 0).transpose(0, 3, 1, 2), columns


def network_forward(params, images):
    hidden1, columns1 = convolution(images, params["W1"], params["b1"])
    hidden2, columns2 = convolution(hidden1, params["W2"], params["b2"])
    flat = hidden2.reshape(len(images), -1)
    return flat @ params["W3"] + params["b3"], (hidden1, columns1, hidden2, columns2, flat)


def network_loss(params, images, labels):
    logits, (hidden1, columns1, hidden2, columns2, flat) = network_forward(params, images)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    examples = np.arange(len(labels))
    dlogits = np.exp(log_p)
    dlogits[examples, labels] -= 1
    dlogits /= len(labels)
    dhidden2 = (dlogits @ params["W3"].T).reshape(hidden2.shape) * (hidden2 > 0)
    dw2, db2 = filter_gradients(dhidden2, columns2, params["W2"])
    dcolumns = dhidden2.transpose(0, 2, 3, 1) @ params["W2"].reshape(len(params["W2"]), -1)
    dhidden1 = col2im(dcolumns, hidden1.shape) * (hidden1 > 0)
    dw1, db1 = filter_gradients(dhidden1, columns1, params["W1"])
    grads = {"W1": dw1, "b1": db1, "W2": dw2, "b2": db2, "W3": flat.T @ dlogits, "b3": dlogits.sum(axis=0)}
    return -log_p[examples, labels].mean(), grads


def filter_gradients(dout, columns, w):
    """The gradients of w and b from dout (N, F, H', W') and the windows."""
    rows = dout.transpose(0, 2, 3, 1).reshape(-1, len(w))
    return (rows.T @ columns.reshape(len(rows), -1)).reshape(w.shape), rows.sum(axis=0)


def train(params, images, labels, commit, rng):
    params = dict(params)
    for step in range(1, 2001):
        batch = rng.integers(0, len(labels), 32)
        _, grads = network_loss(params, images[batch], labels[batch])
        for name in params:
            params[name] = params[name] - 0.03 * grads[name]
        if step % 40 == 0:
            commit(params)
    return params
