from math import sqrt

import numpy as np


def zero_center(X):
    n, d = X.shape
    mean = np.array([sum(X[:, j]) / n for j in range(d)])
    return np.array([[X[i, j] - mean[j] for j in range(d)] for i in range(n)]), mean

def standardize(X):
    centred, mean = zero_center(X)
    n, d = X.shape
    std = np.ones(d)
    for j in range(d):
        var = sum(c * c for c in centred[:, j]) / n
        if var > 0:
            std[j] = sqrt(var)
    return apply_standardization(X, mean, std), mean, std

def apply_standardization(X, mean, std):
    out = np.zeros(X.shape)
    for i in range(X.shape[0]):
        for j in range(X.shape[1]):
            out[i, j] = (X[i, j] - mean[j]) / std[j]
    return out

def decorrelate(X):
    centred, _ = zero_center(X)
    d = X.shape[1]
    cov = np.zeros((d, d))
    for row in centred:
        cov += np.outer(row, row) / len(X)
    vals, vecs = np.linalg.eig(cov)
    order = sorted(range(d), key=lambda j: vals[j], reverse=True)
    return np.array([[row @ vecs[:, j] for j in order] for row in centred])

def whiten(X, eps=1e-5):
    Y = decorrelate(X)
    for j in range(Y.shape[1]):
        Y[:, j] /= sqrt(sum(Y[:, j] ** 2) / len(Y) + eps)
    return Y

def mean_image(images):
    total = 0.0 * images[0]
    for image in images:
        total = total + image
    return total / len(images)

def channel_mean(images):
    m = mean_image(images)
    return np.array([m[c].mean() for c in range(len(m))])

def flip(images, flipped):
    n, c, h, w = images.shape
    out = np.zeros((n, c, h, w))
    for i in range(n):
        for x in range(w):
            out[i, :, :, x] = images[i, :, :, w - 1 - x if flipped[i] else x]
    return out

def random_flip(images, p, rng):
    flipped = []
    for _ in images:
        flipped.append(rng.random() < p)
    return flip(images, flipped)

def random_crop(images, size, pad, rng):
    n, c, h, w = images.shape
    out = np.zeros((n, c, size, size))
    for i in range(n):
        top, left = rng.integers(h + 2 * pad - size + 1), rng.integers(w + 2 * pad - size + 1)
        for y in range(size):
            for x in range(size):
                r, s = top + y - pad, left + x - pad
                if r >= 0 and r < h and s >= 0 and s < w:
                    out[i, :, y, x] = images[i, :, r, s]
    return out

def rotate90(images, turns):
    for k in range(turns % 4):
        n, c, h, w = images.shape
        new = np.zeros((n, c, w, h))
        for y in range(h):
            for x in range(w):
                new[:, :, w - 1 - x, y] = images[:, :, y, x]
        images = new
    return images

def adjust_contrast(images, factor):
    out = images.copy()
    for image in out:
        for channel in image:
            m = channel.mean()
            channel -= m
            channel *= factor
            channel += m
    return out

def adjust_brightness(images, delta):
    out = images.copy()
    out += delta
    return out

def add_noise(images, std, rng):
    out = images.copy()
    for i in np.ndindex(images.shape):
        out[i] += rng.normal(0, std)
    return out
