"""Other correct ways to write `perceptron`; every one must earn full points."""

import math
from fractions import Fraction

import numpy as np

from autograder import variant


@variant
def loops():
    """Sums written out, results in lists and plain numbers."""

    def perceptron_fit(X, y, epochs):
        n, d = X.shape
        w, b, history = [0.0] * d, 0, []
        for _ in range(epochs):
            errors = 0
            for i in range(n):
                score = b
                for j in range(d):
                    score += w[j] * X[i, j]
                if y[i] * score <= 0:
                    errors += 1
                    b += y[i]
                    for j in range(d):
                        w[j] += y[i] * X[i, j]
            history.append(errors)
            if not errors:
                break
        return w, b, history

    return {"perceptron_fit": perceptron_fit}


@variant
def loops_over_rows():
    """One input after the other; lists of ints."""

    def gate(name):
        if name == "and":
            return [1, 1], -1.5
        if name == "or":
            return [1, 1], -0.5
        if name == "nand":
            return [-1, -1], 1.5
        return [-1], 0.5

    def xor_network(x):
        out = []
        for a, b in x:
            either = a + b - 0.5 > 0
            not_both = 1.5 - a - b > 0
            out.append(1 if either and not_both else 0)
        return out

    return {"gate": gate, "xor_network": xor_network}


@variant
def loops_over_classes():
    """Means and products of deviations, one number after the other."""

    def gaussian_fit(X, y):
        n, d = X.shape
        means, counts = [np.zeros(d), np.zeros(d)], [0, 0]
        for row, label in zip(X, y, strict=True):
            means[label] += row
            counts[label] += 1
        for k in (0, 1):
            means[k] /= counts[k]
        sigma = np.zeros((d, d))
        for row, label in zip(X, y, strict=True):
            for i in range(d):
                for j in range(d):
                    sigma[i, j] += (row[i] - means[label][i]) * (row[j] - means[label][j]) / n
        return means[0], means[1], sigma

    return {"gaussian_fit": gaussian_fit}


@variant
def loops_over_features():
    """Quadratic forms as double sums, the sigmoid by its two stable forms."""

    def gaussian_classifier(mu0, mu1, sigma):
        inverse, d = np.linalg.inv(sigma), len(mu0)
        w = [sum(inverse[i, j] * (mu1[j] - mu0[j]) for j in range(d)) for i in range(d)]
        b = 0.0
        for i in range(d):
            for j in range(d):
                b += 0.5 * inverse[i, j] * (mu0[i] * mu0[j] - mu1[i] * mu1[j])
        return np.array(w), b

    def posterior(x, mu0, mu1, sigma):
        w, b = gaussian_classifier(mu0, mu1, sigma)
        p = []
        for row in x:
            score = sum(a * c for a, c in zip(w, row, strict=True)) + b
            p.append(1 / (1 + math.exp(-score)) if score > 0 else math.exp(score) / (1 + math.exp(score)))
        return p

    return {"gaussian_classifier": gaussian_classifier, "posterior": posterior}


@variant
def one_more_column():
    """The bias is the weight of a column of ones, and the prediction is compared with the label."""

    def perceptron_fit(X, y, epochs):
        rows = np.hstack([X, np.ones((len(X), 1))])
        v, mistakes = np.zeros(rows.shape[1]), []
        for epoch in range(epochs):
            mistakes += [0]
            for i in range(len(rows)):
                if np.sign(rows[i] @ v) != y[i]:
                    v += y[i] * rows[i]
                    mistakes[epoch] += 1
            if mistakes[epoch] == 0:
                break
        return v[:-1], v[-1], np.array(mistakes)

    def xor_network(x):
        x = np.column_stack([x, np.ones(len(x))])
        hidden = np.heaviside(x @ np.array([[2, -2], [2, -2], [-1, 3]]), 0)
        hidden = np.column_stack([hidden, np.ones(len(x))])
        return np.heaviside(hidden @ np.array([2, 2, -3]), 0)

    return {"perceptron_fit": perceptron_fit, "xor_network": xor_network}


@variant
def next_mistake_at_once():
    """All scores are computed at once, up to the next mistake: the same trajectory."""

    def perceptron_fit(X, y, epochs):
        w, b = np.zeros(X.shape[1]), 0.0
        mistakes = np.zeros(0, dtype=int)
        while len(mistakes) < epochs:
            start, count = 0, 0
            while True:
                wrong = np.flatnonzero(y[start:] * (X[start:] @ w + b) <= 0)
                if not wrong.size:
                    break
                i = start + wrong[0]
                w, b = w + y[i] * X[i], b + y[i]
                start, count = i + 1, count + 1
            mistakes = np.append(mistakes, count)
            if count == 0:
                break
        return w, b, mistakes

    def gate(name):
        w, b = {"and": (1, -1.2), "or": (1, -0.3), "nand": (-1, 1.9), "not": (-1, 0.9)}[name]
        return np.full(1 if name == "not" else 2, w), b

    return {"perceptron_fit": perceptron_fit, "gate": gate}


@variant
def counts_of_mistakes():
    """The dual form: how often each row was a mistake says all, w = Σ αᵢ yᵢ xᵢ."""

    def perceptron_fit(X, y, epochs):
        alpha, mistakes = np.zeros(len(X), dtype=int), []
        kernel = X @ X.T + 1
        for _ in range(epochs):
            before = alpha.sum()
            for i in range(len(X)):
                alpha[i] += y[i] * (alpha * y) @ kernel[:, i] <= 0
            mistakes.append(alpha.sum() - before)
            if mistakes[-1] == 0:
                break
        return (alpha * y) @ X, (alpha * y).sum(), mistakes

    def xor_network(x):
        first = x @ np.array([1.0, -1.0]) > 0.5  # x1 and not x2
        second = x @ np.array([-1.0, 1.0]) > 0.5
        return first | second

    return {"perceptron_fit": perceptron_fit, "xor_network": xor_network}


@variant
def whole_numbers():
    """Integers and fractions throughout, labels multiplied into the rows, a generator of epochs."""

    def perceptron_fit(X, y, epochs):
        signed = [[int(label) * int(value) for value in row] + [int(label)] for row, label in zip(X, y, strict=True)]
        weights = [0] * len(signed[0])

        def epoch():
            mistakes = 0
            for row in signed:
                if sum(a * b for a, b in zip(weights, row, strict=True)) <= 0:
                    weights[:] = [a + b for a, b in zip(weights, row, strict=True)]
                    mistakes += 1
            return mistakes

        history = []
        while len(history) < epochs:
            history.append(epoch())
            if history[-1] == 0:
                break
        return np.array(weights[:-1]), weights[-1], tuple(history)

    def gate(name):
        table = {"and": ((2, 2), -3), "or": ((2, 2), -1), "nand": ((-2, -2), 3), "not": ((-2,), 1)}
        return table[name]

    def gaussian_fit(X, y):
        rows = [[Fraction(float(value)) for value in row] for row in X]
        groups = [[row for row, label in zip(rows, y, strict=True) if label == k] for k in (0, 1)]
        means = [[sum(column) / len(group) for column in zip(*group, strict=True)] for group in groups]
        off = [[a - m for a, m in zip(row, means[k], strict=True)] for k, group in enumerate(groups) for row in group]
        d = len(means[0])
        sigma = [[float(sum(row[i] * row[j] for row in off) / len(rows)) for j in range(d)] for i in range(d)]
        mu0, mu1 = (np.array([float(value) for value in mean]) for mean in means)
        return mu0, mu1, np.array(sigma)

    return {"perceptron_fit": perceptron_fit, "gate": gate, "gaussian_fit": gaussian_fit}


class Unit:
    """A unit that learns from one row at a time."""

    def __init__(self, inputs):
        self.w, self.b = np.zeros((inputs, 1)), np.zeros(1)

    def score(self, x):
        return np.dot(x, self.w) + self.b

    def learn(self, x, label):
        wrong = (self.score(x) * label).item() <= 0
        if wrong:
            self.w += label * x[:, np.newaxis]
            self.b += label
        return wrong


@variant
def a_class_for_the_unit():
    """An object keeps the weights; gates are units that were trained by the perceptron rule."""

    def perceptron_fit(X, y, epochs):
        unit, history = Unit(X.shape[1]), []
        for _ in range(epochs):
            history.append(sum(unit.learn(row, label) for row, label in zip(X, y, strict=True)))
            if history[-1] == 0:
                break
        return unit.w.ravel(), unit.b[0], history

    def gate(name):
        corners = [(0, 0), (0, 1), (1, 0), (1, 1)]
        labels = {"and": [-1, -1, -1, 1], "or": [-1, 1, 1, 1], "nand": [1, 1, 1, -1], "not": [1, -1]}[name]
        X = np.array(corners if name != "not" else [(0,), (1,)], dtype=float)
        w, b, _ = perceptron_fit(X, labels, 100)
        return w, b

    def xor_network(x):
        def on(name, inputs):
            w, b = gate(name)
            return np.where(inputs @ w + b > 0, 1, 0)

        return on("and", np.stack((on("or", x), on("nand", x)), axis=-1))

    return {"perceptron_fit": perceptron_fit, "gate": gate, "xor_network": xor_network}


@variant
def single_precision():
    """Single precision is what deep learning runs in; results come back as float32."""
    f = np.float32

    def perceptron_fit(X, y, epochs):
        X, y = X.astype(f), y.astype(f)
        w, b, mistakes = np.zeros(X.shape[1], f), f(0), []
        for _ in range(epochs):
            count = 0
            for i in range(len(y)):
                if y[i] * (np.dot(w, X[i]) + b) <= 0:
                    w += y[i] * X[i]
                    b += y[i]
                    count += 1
            mistakes.append(count)
            if count == 0:
                break
        return w, b, np.array(mistakes, dtype=f)

    def gaussian_fit(X, y):
        X = X.astype(f)
        mu0, mu1 = X[y < 1].mean(0), X[y > 0].mean(0)
        d = X - np.where(y[:, None] > 0, mu1, mu0)
        return mu0, mu1, np.einsum("ni,nj->ij", d, d) / f(len(X))

    def gaussian_classifier(mu0, mu1, sigma):
        mu0, mu1 = f(mu0), f(mu1)
        w = np.linalg.solve(sigma.astype(f), mu1 - mu0)
        return w, f(-0.5) * w @ (mu1 + mu0)

    def posterior(x, mu0, mu1, sigma):
        w, b = gaussian_classifier(mu0, mu1, sigma)
        return f(0.5) * (1 + np.tanh((x.astype(f) @ w + b) / 2))

    return {
        "perceptron_fit": perceptron_fit,
        "gaussian_fit": gaussian_fit,
        "gaussian_classifier": gaussian_classifier,
        "posterior": posterior,
    }


@variant
def weighted_covariances():
    """np.cov of each class with ddof=0, weighted by how many rows it has; w and b by an inverse."""

    def gaussian_fit(X, y):
        parts = [X[y == k] for k in (0, 1)]
        sigma = sum(len(part) * np.atleast_2d(np.cov(part, rowvar=False, bias=True)) for part in parts) / len(X)
        return parts[0].mean(axis=0), parts[1].mean(axis=0), sigma

    def gaussian_classifier(mu0, mu1, sigma):
        inverse = np.linalg.inv(sigma)
        w = inverse.dot(mu1 - mu0)
        b = -0.5 * mu1.T @ inverse @ mu1 + 0.5 * mu0.T @ inverse @ mu0
        return w, b

    def posterior(x, mu0, mu1, sigma):
        d, inverse = len(mu0), np.linalg.inv(sigma)

        def log_density(mu):
            off = x - mu
            form = np.einsum("ni,ij,nj->n", off, inverse, off)
            return -0.5 * (form + d * np.log(2 * np.pi) + np.linalg.slogdet(sigma)[1])

        log0, log1 = log_density(mu0) + np.log(0.5), log_density(mu1) + np.log(0.5)
        top = np.maximum(log0, log1)
        total = top + np.log(np.exp(log0 - top) + np.exp(log1 - top))
        return np.exp(log1 - total)

    return {"gaussian_fit": gaussian_fit, "gaussian_classifier": gaussian_classifier, "posterior": posterior}


@variant
def moments():
    """The mean of x xᵀ minus the classes' μ μᵀ, weighted by their shares; w by the pseudo-inverse."""

    def gaussian_fit(X, y):
        share = y.mean()
        mu1 = (y @ X) / y.sum()
        mu0 = ((1 - y) @ X) / (1 - y).sum()
        sigma = X.T @ X / len(X) - (1 - share) * np.outer(mu0, mu0) - share * np.outer(mu1, mu1)
        return mu0, mu1, sigma

    def gaussian_classifier(mu0, mu1, sigma):
        w = np.linalg.pinv(sigma) @ (mu1 - mu0)
        return w, np.dot(w, mu0 - (mu0 + mu1) / 2) - np.dot(w, mu0)

    def posterior(x, mu0, mu1, sigma):
        w, b = gaussian_classifier(mu0, mu1, sigma)
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-(x @ w + b)))

    return {"gaussian_fit": gaussian_fit, "gaussian_classifier": gaussian_classifier, "posterior": posterior}


@variant
def columns():
    """Matrices of one column throughout, flattened at the end."""

    def gaussian_fit(X, y):
        one_hot = np.eye(2)[y]
        means = (one_hot.T @ X) / one_hot.sum(axis=0)[:, np.newaxis]
        off = X - one_hot @ means
        return means[0], means[1], off.T.dot(off) / X.shape[0]

    def gaussian_classifier(mu0, mu1, sigma):
        m0, m1 = mu0.reshape(-1, 1), mu1.reshape(-1, 1)
        w = np.linalg.solve(sigma, m1 - m0)
        b = (m0.T @ np.linalg.solve(sigma, m0) - m1.T @ np.linalg.solve(sigma, m1)) / 2
        return w.ravel(), b.item()

    def posterior(x, mu0, mu1, sigma):
        distances = []
        for mu in (mu0, mu1):
            off = (x - mu).T
            distances.append((off * np.linalg.solve(sigma, off)).sum(axis=0))
        log_densities = -0.5 * np.stack(distances, axis=1)
        log_densities -= log_densities.max(axis=1, keepdims=True)
        densities = np.exp(log_densities)
        return (densities / densities.sum(axis=1, keepdims=True))[:, 1]

    return {"gaussian_fit": gaussian_fit, "gaussian_classifier": gaussian_classifier, "posterior": posterior}


@variant
def whitened_space():
    """In the basis in which sigma is the identity, distances are ordinary ones."""

    def gaussian_classifier(mu0, mu1, sigma):
        factor = np.linalg.cholesky(sigma)
        a0, a1 = np.linalg.solve(factor, mu0), np.linalg.solve(factor, mu1)
        return np.linalg.solve(factor.T, a1 - a0), (a0 @ a0 - a1 @ a1) / 2

    def posterior(x, mu0, mu1, sigma):
        values, vectors = np.linalg.eigh(sigma)

        def squared_distance(mu):
            return ((((x - mu) @ vectors) ** 2) / values).sum(axis=-1)

        score = 0.5 * (squared_distance(mu0) - squared_distance(mu1))
        p = np.empty(len(x))
        positive = score >= 0
        p[positive] = 1 / (1 + np.exp(-score[positive]))
        e = np.exp(score[~positive])
        p[~positive] = e / (1 + e)
        return p

    return {"gaussian_classifier": gaussian_classifier, "posterior": posterior}


@variant
def gradient_free_recursion():
    """Epochs by recursion; the network with biases first, and units that are on from just below their threshold."""

    def perceptron_fit(X, y, epochs):
        def go(w, b, left):
            count = 0
            for x, t in zip(X, y, strict=True):
                wrong = not t * (b + (w * x).sum()) > 0
                w, b, count = w + wrong * t * x, b + wrong * t, count + wrong
            if count == 0 or left == 1:
                return w, b, [count]
            w, b, later = go(w, b, left - 1)
            return w, b, [count, *later]

        return go(np.zeros(X.shape[1]), 0, epochs)

    def gate(name):
        if name == "nand":
            w, b = gate("and")
            return -w, -b
        if name == "not":
            return np.array([-3.0]), np.float64(2.0)
        return np.array([0.6, 0.7]), np.float64({"and": -0.9, "or": -0.1}[name])

    def xor_network(x):
        total = np.asarray(x).sum(axis=1)
        at_least_one, at_least_two = (total >= 1).astype(int), (total >= 2).astype(int)
        return (at_least_one - at_least_two >= 1).astype(int)

    return {"perceptron_fit": perceptron_fit, "gate": gate, "xor_network": xor_network}
