import numpy as np
from scipy.stats import multivariate_normal

def perceptron_fit(X, y, epochs):
    w, b, mistakes = np.zeros(X.shape[1]), 0, []
    while True:
        m = 0
        for i in range(len(X)):
            if y[i] * (w @ X[i] + b) <= 0:
                w += y[i] * X[i]
                b += y[i]
                m += 1
        mistakes.append(m)
        if m == 0:
            return w, b, mistakes

def xor_network(x):
    w, b = np.array([1.0, 1.0]), -0.5
    return (x @ w + b > 0) * 1

def gaussian_fit(X, y):
    return X[y == 0].mean(), X[y == 1].mean(), np.cov(X.T)

def gaussian_classifier(mu0, mu1, sigma):
    return sigma @ (mu1 - mu0)

def posterior(x, mu0, mu1, sigma):
    p0 = multivariate_normal(mu0, sigma).pdf(x)
    p1 = multivariate_normal(mu1, sigma).pdf(x)
    return p1 / (p0 + p1)
