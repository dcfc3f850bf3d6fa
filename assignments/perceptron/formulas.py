"""What is right: the perceptron's trajectory, and what follows from two normal classes."""

import numpy as np


def perceptron(X, y, epochs, at_zero=0):
    """X (N, D) of whole numbers, y (N,) of -1 and 1 → w (D,), b, mistakes of each epoch (E,), exactly.

    `at_zero` is the class that a score of 0 stands for: 0 for neither, so that it is a mistake; 1 and -1 are how code
    that predicts a class and compares it with y may read a score of 0."""
    rows = [[*map(int, x), 1] for x in X]
    weights = [0] * len(rows[0])
    mistakes = []
    while len(mistakes) < epochs and (not mistakes or mistakes[-1]):
        wrong = 0
        for row, label in zip(rows, y, strict=True):
            score = sum(a * b for a, b in zip(weights, row, strict=True))
            if (np.sign(score) or at_zero) != label:
                weights = [a + int(label) * b for a, b in zip(weights, row, strict=True)]
                wrong += 1
        mistakes.append(wrong)
    *w, b = map(float, weights)
    return np.array(w), b, np.array(mistakes, dtype=np.float64)


def gaussian_fit(X, y):
    """X (N, D), y (N,) of 0 and 1 → mu0, mu1 (D,), sigma (D, D)."""
    means = [sum(x for x, k in zip(X, y, strict=True) if k == label) / np.sum(y == label) for label in (0, 1)]
    return (*means, sum(np.outer(x - means[k], x - means[k]) for x, k in zip(X, y, strict=True)) / len(y))


def gaussian_classifier(mu0, mu1, sigma):
    """mu0, mu1 (D,), sigma (D, D) → w (D,), b."""
    precision = np.linalg.inv(sigma)
    return precision @ (mu1 - mu0), (mu0 @ precision @ mu0 - mu1 @ precision @ mu1) / 2


def posterior(x, mu0, mu1, sigma):
    """x (N, D) → (N,). The exponent is that of the quotient of the two densities, so nothing underflows."""
    w, _ = gaussian_classifier(mu0, mu1, sigma)
    odds = (x - (mu0 + mu1) / 2) @ w
    small = np.exp(-np.abs(odds))
    return np.where(odds > 0, 1.0, small) / (1 + small)


def beside(x, w, sigma, distance):
    """x (N, D), w (D,) → x moved by a vector of Mahalanobis length `distance` on which w·x does not depend."""
    factor = np.linalg.cholesky(sigma)
    _, _, directions = np.linalg.svd((factor.T @ w)[None])
    return x + distance * factor @ directions[-1]


def whitened(z, mu0, mu1, sigma):
    """z (N, D) → points around the midpoint of the two means, spread as the classes are."""
    return (mu0 + mu1) / 2 + z @ np.linalg.cholesky(sigma).T
