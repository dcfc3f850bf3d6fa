"""Everything in single precision."""

import numpy as np

f = np.float32


def zero_center(X):
    X = X.astype(f)
    mean = X.mean(0)
    return X - mean, mean


def standardize(X):
    X, mean = zero_center(X)
    std = np.sqrt((X * X).mean(0))
    std[std == 0] = f(1)
    return X / std, mean, std


def apply_standardization(X, mean, std):
    return (f(X) - f(mean)) / f(std)


def decorrelate(X):
    X, _ = zero_center(X)
    return X @ np.linalg.svd(X.T @ X / f(len(X)))[0]


def whiten(X, eps=1e-5):
    X, _ = zero_center(X)
    axes, variances, _ = np.linalg.svd(X.T @ X / f(len(X)))
    return X @ axes / np.sqrt(variances + f(eps))


def mean_image(images):
    return images.mean(axis=0, dtype=f)


def channel_mean(images):
    return images.mean(axis=(0, 2, 3), dtype=f)


def flip(images, flipped):
    return np.where(flipped.reshape(-1, 1, 1, 1), np.flip(images, -1), images).astype(f)


def random_flip(images, p, rng):
    return flip(images, rng.random(len(images), dtype=f) < p)


def random_crop(images, size, pad, rng):
    n, c, h, w = images.shape
    padded = np.zeros((n, c, h + 2 * pad, w + 2 * pad), dtype=f)
    padded[:, :, pad : pad + h, pad : pad + w] = images
    tops, lefts = rng.integers([[h], [w]] + np.array(2 * pad - size + 1), size=(2, n))
    return np.stack([padded[i, :, t : t + size, l : l + size] for i, (t, l) in enumerate(zip(tops, lefts))])


def rotate90(images, turns):
    return np.rot90(images.astype(f), turns % 4, (2, 3))


def adjust_contrast(images, factor):
    mean = images.mean((2, 3), keepdims=True, dtype=f)
    return mean + f(factor) * (f(images) - mean)


def adjust_brightness(images, delta):
    return f(images) + f(delta)


def add_noise(images, std, rng):
    return f(images) + f(std) * rng.standard_normal(images.shape, dtype=f)
