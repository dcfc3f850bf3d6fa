from math import exp

import numpy as np


def perceptron_fit(X, y, epochs):
    n, d = len(X), len(X[0])
    w, b = [0] * d, 0
    mistakes = []
    for epoch in range(epochs):
        m = 0
        for i in range(n):
            s = sum(w[j] * X[i][j] for j in range(d)) + b
            if s * y[i] > 0:
                continue
            for j in range(d):
                w[j] = w[j] + y[i] * X[i][j]
            b = b + y[i]
            m = m + 1
        mistakes.append(m)
        if m == 0:
            return w, b, mistakes
    return w, b, mistakes

def gate(name):
    if name == "not":
        return [-2], 1
    return {"and": ([2, 2], -3), "or": ([2, 2], -1), "nand": ([-2, -2], 3)}[name]

def fires(name, *inputs):
    w, b = gate(name)
    return sum(wi * xi for wi, xi in zip(w, inputs)) + b > 0

def xor_network(x):
    return [fires("and", fires("or", a, c), fires("nand", a, c)) for a, c in x]

def gaussian_fit(X, y):
    n, d = X.shape
    sums, counts = np.zeros((2, d)), [0, 0]
    for i in range(n):
        sums[y[i]] += X[i]
        counts[y[i]] += 1
    mu = [sums[0] / counts[0], sums[1] / counts[1]]
    sigma = np.zeros((d, d))
    for i in range(n):
        off = X[i] - mu[y[i]]
        sigma += np.outer(off, off)
    return mu[0], mu[1], sigma / n

def gaussian_classifier(mu0, mu1, sigma):
    inverse = np.linalg.inv(sigma)
    return inverse @ (mu1 - mu0), (mu0 @ inverse @ mu0 - mu1 @ inverse @ mu1) / 2

def posterior(x, mu0, mu1, sigma):
    w, b = gaussian_classifier(mu0, mu1, sigma)
    p = []
    for row in x:
        s = w @ row + b
        p.append(1 / (1 + exp(-s)) if s > 0 else exp(s) / (1 + exp(s)))
    return p
