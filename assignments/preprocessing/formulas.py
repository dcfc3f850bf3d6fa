"""What the functions of this assignment compute."""

import numpy as np


def zero_center(X):
    """X (N, D) → centred (N, D), mean (D,)."""
    mean = X.sum(axis=0) / X.shape[0]
    return X - mean, mean


def deviations(X):
    """X (N, D) → standard deviations (D,), which divide by N, and those which divide by N - 1."""
    squares = (zero_center(X)[0] ** 2).sum(axis=0)
    return np.sqrt(squares / X.shape[0]), np.sqrt(squares / (X.shape[0] - 1))


def scaled(X, mean, std):
    """X (N, D), mean (D,), std (D,) → (N, D)."""
    return np.divide(np.subtract(X, mean), std)


def squared_distances(X):
    """X (N, D) → between each two rows, (N, N)."""
    return ((X[:, None] - X[None]) ** 2).sum(axis=2)


def whitened_variances(variances, eps):
    """Of columns with these variances, after whitening with eps under the root, and with eps beside it."""
    return variances / (variances + eps), variances / (np.sqrt(variances) + eps) ** 2


def mean_image(images):
    """images (N, C, H, W) → (C, H, W)."""
    return np.add.reduce(images, axis=0) / images.shape[0]


def channel_mean(images):
    """images (N, C, H, W) → (C,)."""
    return np.array([images[:, channel].mean() for channel in range(images.shape[1])])


def flip(images, flipped):
    """images (N, C, H, W), flipped (N,) → (N, C, H, W)."""
    return np.array([image[:, :, ::-1] if turned else image for image, turned in zip(images, flipped, strict=True)])


def windows(images, size, pad):
    """images (N, C, H, W) → every window (N, rows, columns, C, size, size) of the images with zeros around them."""
    n, c, h, w = images.shape
    padded = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    padded[:, :, pad : pad + h, pad : pad + w] = images
    every = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))
    return np.moveaxis(every, 1, 3).copy()


def rotate90(images, turns):
    """images (N, C, H, W) → (N, C, H, W) or (N, C, W, H)."""
    return np.rot90(images, turns, axes=(2, 3)).copy()


def contrast(images, factor):
    """images (N, C, H, W) → (N, C, H, W)."""
    means = images.sum(axis=(2, 3)) / (images.shape[2] * images.shape[3])
    return factor * images + (1 - factor) * means[:, :, None, None]


def brightness(images, delta):
    """images (N, C, H, W) → (N, C, H, W)."""
    return np.add(images, delta)
