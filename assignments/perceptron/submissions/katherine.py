"""Everything in single precision."""

import numpy as np

f = np.float32


def perceptron_fit(X, y, epochs):
    Z = f(np.c_[X, np.ones(len(X))] * y[:, None])  # a row is right where v @ z > 0
    v, mistakes = np.zeros(Z.shape[1], dtype=f), []
    for _ in range(epochs):
        mistakes.append(0)
        for z in Z:
            if not v @ z > 0:
                v += z
                mistakes[-1] += 1
        if mistakes[-1] == 0:
            break
    return v[:-1], v[-1], f(mistakes)


def gate(name):
    w = {"and": (1, 1, -1.5), "or": (1, 1, -0.5), "nand": (-1, -1, 1.5), "not": (-1, 0.5)}[name]
    return f(w[:-1]), f(w[-1])


def xor_network(x):
    x = f(x)
    h = f(x @ f([[1, 1], [1, 1]]) > f([0.5, 1.5]))
    return f(h @ f([1, -1]) > 0.5)  # at least one, and not two


def gaussian_fit(X, y):
    X, y = f(X), f(y)[:, None]
    mu1, mu0 = (y * X).sum(0) / y.sum(), ((1 - y) * X).sum(0) / (1 - y).sum()
    D = X - y * mu1 - (1 - y) * mu0
    return mu0, mu1, D.T @ D / f(len(X))


def gaussian_classifier(mu0, mu1, sigma):
    mu0, mu1 = f(mu0), f(mu1)
    w = np.linalg.solve(f(sigma), mu1 - mu0)
    return w, -(w @ (mu0 + mu1)) / f(2)


def posterior(x, mu0, mu1, sigma):
    w, b = gaussian_classifier(mu0, mu1, sigma)
    return f(0.5) + f(0.5) * np.tanh((f(x) @ w + b) / f(2))
