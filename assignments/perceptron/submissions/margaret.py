# after the slides and a blog post
import numpy as np


def predict(x, w, b):
    return np.where(x @ w + b >= 0, 1, -1)

def perceptron_fit(X, y, epochs):
    w, b = np.zeros(X.shape[1]), 0.0
    mistakes = []
    for _ in range(epochs):
        m = 0
        for xi, yi in zip(X, y):
            if predict(xi, w, b) != yi:
                w = w + yi * xi
                b = b + yi
                m += 1
        mistakes.append(m)
        if m == 0:
            break
    return w, b, mistakes

def gate(name):
    # thresholds: on when w x > t
    return {
        "and": (np.array([1.0, 1.0]), 1.5),
        "or": (np.array([1.0, 1.0]), 0.5),
        "nand": (np.array([-1.0, -1.0]), -1.5),
        "not": (np.array([-1.0]), -0.5),
    }[name]

def xor_network(x):
    h = x @ np.array([[1, -1], [1, -1]]) > np.array([0.5, -1.5])
    return (h[:, 0] + h[:, 1] > 1.5).astype(int)

def gaussian_fit(X, y):
    mu0, mu1 = X[y == 0].mean(axis=0), X[y == 1].mean(axis=0)
    d = X - X.mean(axis=0)
    return mu0, mu1, d.T @ d / len(X)

def gaussian_classifier(mu0, mu1, sigma):
    w = np.linalg.solve(sigma, mu1 - mu0)
    b = w @ (mu0 + mu1) / 2
    return w, b

def posterior(x, mu0, mu1, sigma):
    inverse = np.linalg.inv(sigma)
    q0 = np.einsum("ni,ij,nj->n", x - mu0, inverse, x - mu0)
    q1 = np.einsum("ni,ij,nj->n", x - mu1, inverse, x - mu1)
    return 1 / (1 + np.exp(q1 - q0))
