"""Other correct ways to write `losses`; every one must earn full points."""

import math

import numpy as np

from autograder import variant


@variant
def loops():
    """Sums written out with the functions of `math`."""

    def entropy(p):
        return np.array([sum(-a * math.log(a) for a in row if a != 0) for row in p], dtype=float)

    def cross_entropy(p, q):
        h = np.zeros(len(p))
        for n in range(len(p)):
            for k in range(p.shape[1]):
                if p[n, k] == 0:
                    continue
                if q[n, k] == 0:
                    h[n] = math.inf
                    break
                h[n] -= p[n, k] * math.log(q[n, k])
        return h

    def kl_divergence(p, q):
        def term(a, b):
            return 0.0 if a == 0 else math.inf if b == 0 else a * math.log(a / b)

        return np.array([sum(term(a, b) for a, b in zip(*rows, strict=True)) for rows in zip(p, q, strict=True)])

    return {"entropy": entropy, "cross_entropy": cross_entropy, "kl_divergence": kl_divergence}


@variant
def loops_over_logits():
    """One example after the other, and one class after the other."""

    def softmax_cross_entropy(x, t):
        N, K = x.shape
        loss, dx = 0.0, np.zeros((N, K))
        for n in range(N):
            top = max(x[n])
            total = sum(math.exp(logit - top) for logit in x[n])
            for k in range(K):
                loss += t[n, k] * (top + math.log(total) - x[n, k]) / N
                dx[n, k] = (math.exp(x[n, k] - top) / total - t[n, k]) / N
        return loss, dx

    def binary_cross_entropy_with_logits(z, y):
        N = len(z)
        loss, dz = 0.0, np.zeros(N)
        for n in range(N):
            small = math.exp(-abs(z[n]))
            loss += max(z[n], 0) - z[n] * y[n] + math.log1p(small)
            dz[n] = ((1 if z[n] >= 0 else small) / (1 + small) - y[n]) / N
        return loss / N, dz

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    }


@variant
def loops_over_classes():
    """Each class that is too close is counted when it is met."""

    def hinge_loss(scores, y, margin=1.0):
        N, C = scores.shape
        loss, dscores = 0.0, np.zeros((N, C))
        for n in range(N):
            for c in range(C):
                if c == y[n]:
                    continue
                term = scores[n, c] - scores[n, y[n]] + margin
                if term > 0:
                    loss += term
                    dscores[n, c] += 1
                    dscores[n, y[n]] -= 1
        return loss / N, dscores / N

    return {"hinge_loss": hinge_loss}


@variant
def loops_over_examples():
    """Residual by residual."""

    def least_squares(w, X, y):
        value, gradient = 0.5 * sum(a * a for a in w), w.copy()
        for x, target in zip(X, y, strict=True):
            residual = sum(a * b for a, b in zip(x, w, strict=True)) - target
            value += residual**2
            gradient += 2 * residual * x
        return value, gradient

    def least_squares_step(w, X, y, rate):
        new = []
        for j in range(len(w)):
            slope = w[j] + sum(2 * (X[i] @ w - y[i]) * X[i, j] for i in range(len(X)))
            new.append(w[j] - rate * slope)
        return np.array(new)

    return {"least_squares": least_squares, "least_squares_step": least_squares_step}


@variant
def einsum():
    """Index notation says the same sums."""

    def entropy(p):
        return -np.einsum("nk,nk->n", p, np.log(p + (p == 0)))

    def cross_entropy(p, q):
        with np.errstate(divide="ignore"):
            surprise = -np.log(q + (p == 0))
        return np.einsum("nk,nk->n", p, surprise)

    def least_squares(w, X, y):
        r = np.einsum("nd,d->n", X, w) - y
        return np.einsum("d,d->", w, w) / 2 + np.einsum("n,n->", r, r), w + np.einsum("n,nd->d", 2 * r, X)

    def least_squares_step(w, X, y, rate):
        return w - rate * (w + 2 * np.einsum("nd,ne,e->d", X, X, w) - 2 * np.einsum("nd,n->d", X, y))

    return {
        "entropy": entropy,
        "cross_entropy": cross_entropy,
        "least_squares": least_squares,
        "least_squares_step": least_squares_step,
    }


@variant
def masked_logarithms():
    """`where=` and `out=` leave out the terms that count 0; nan_to_num would do as well for 0 · ln 0."""

    def entropy(p):
        return -(p * np.log(p, out=np.zeros_like(p), where=p > 0)).sum(axis=-1)

    def cross_entropy(p, q):
        terms = np.zeros_like(p)
        counts = p > 0
        with np.errstate(divide="ignore"):
            terms[counts] = -p[counts] * np.log(q[counts])
        return terms.sum(1)

    def kl_divergence(p, q):
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = p * np.log(p / q)
        terms[p == 0] = 0
        return terms.sum(1)

    return {"entropy": entropy, "cross_entropy": cross_entropy, "kl_divergence": kl_divergence}


@variant
def tiny_constant_in_the_entropy():
    """A constant of 1e-15 inside the logarithm is lost in rounding, and makes 0 · ln(1e-15) of a term with p = 0."""

    def entropy(p):
        return -np.sum(p * np.log(p + 1e-15), axis=1)

    def kl_divergence(p, q):
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(p == 0, 0.0, p * (np.log(p) - np.log(q)))
        return np.add.reduce(terms, axis=1)

    return {"entropy": entropy, "kl_divergence": kl_divergence}


@variant
def clamped_divergence():
    """A divergence is never below 0, and whoever cuts −7e-16 off is right."""

    def kl_divergence(p, q):
        result = []
        with np.errstate(divide="ignore"):
            for a, b in zip(p, q, strict=True):
                support = np.flatnonzero(a)
                result.append(max(0, a[support] @ (np.log(a[support]) - np.log(b[support]))))
        return np.array(result)  # of integers, where all of them are 0

    def cross_entropy(p, q):
        def entropy(p):
            return -sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).T)

        return kl_divergence(p, q) + entropy(p)

    return {"kl_divergence": kl_divergence, "cross_entropy": cross_entropy}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""
    f = np.float32

    def entropy(p):
        p = p.astype(f)
        return -(p * np.log(np.where(p > 0, p, f(1)))).sum(axis=1)

    def cross_entropy(p, q):
        p, q = p.astype(f), q.astype(f)
        with np.errstate(divide="ignore"):
            return -(p * np.log(np.where(p > 0, q, f(1)))).sum(axis=1)

    def kl_divergence(p, q):
        return cross_entropy(p, q) - entropy(p)

    def softmax_cross_entropy(x, t):
        x, t = x.astype(f), t.astype(f)
        z = x - x.max(axis=1, keepdims=True)
        log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        return f(-(t * log_q).sum() / f(len(x))), (np.exp(log_q) - t) / f(len(x))

    def binary_cross_entropy_with_logits(z, y):
        z, y = z.astype(f), y.astype(f)
        small = np.exp(-np.abs(z))
        sigmoid = np.where(z >= 0, f(1), small) / (1 + small)
        return f((np.maximum(z, 0) - z * y + np.log1p(small)).mean()), ((sigmoid - y) / f(len(z))).astype(f)

    def hinge_loss(scores, y, margin=1.0):
        scores = scores.astype(f)
        n = np.arange(len(y))
        terms = np.maximum(0, scores - scores[n, y][:, None] + f(margin))
        terms[n, y] = 0
        d = (terms > 0).astype(f)
        d[n, y] -= d.sum(axis=1)
        return f(terms.sum() / f(len(y))), d / f(len(y))

    def least_squares(w, X, y):
        w, X, y = w.astype(f), X.astype(f), y.astype(f)
        r = X @ w - y
        return f(f(0.5) * (w @ w) + r @ r), w + f(2) * (X.T @ r)

    def least_squares_step(w, X, y, rate):
        return w.astype(f) - f(rate) * least_squares(w, X, y)[1]

    return {
        "entropy": entropy,
        "cross_entropy": cross_entropy,
        "kl_divergence": kl_divergence,
        "softmax_cross_entropy": softmax_cross_entropy,
        "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
        "hinge_loss": hinge_loss,
        "least_squares": least_squares,
        "least_squares_step": least_squares_step,
    }


@variant
def log_sum_exp():
    """np.logaddexp.reduce is the logarithm of a sum of exponentials, and softmax needs nothing else."""

    def softmax_cross_entropy(x, t):
        total = np.logaddexp.reduce(x, axis=1, keepdims=True)
        return np.mean(np.sum(t * (total - x), axis=1)), (np.exp(x - total) - t) / x.shape[0]

    def binary_cross_entropy_with_logits(z, y):
        losses = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
        return losses.mean(), (0.5 * (1 + np.tanh(z / 2)) - y) / z.size

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    }


@variant
def two_classes():
    """Yes or no is softmax over the logits (0, z) with the targets (1 - y, y)."""

    def softmax_cross_entropy(x, t):
        shifted = x - np.amax(x, 1)[:, np.newaxis]
        e = np.exp(shifted)
        q = e / e.sum(1)[:, np.newaxis]
        loss = (t * (np.log(e.sum(1))[:, np.newaxis] - shifted)).sum(1)
        return loss.mean(), np.divide(q - t, len(t))

    def binary_cross_entropy_with_logits(z, y):
        x = np.stack([np.zeros_like(z), z], axis=1)
        loss, dx = softmax_cross_entropy(x, np.stack([1 - y, y], axis=1))
        return loss, dx[:, 1]

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    }


@variant
def branches_by_sign():
    """One formula for each sign keeps every exponent negative; the Jacobian of softmax, row by row."""

    def softmax_cross_entropy(x, t):
        loss, dx = 0.0, []
        for logits, target in zip(x, t, strict=True):
            e = np.exp(logits - logits.max())
            loss += target @ (np.log(e.sum()) - (logits - logits.max()))
            # d ln q_i / d x_j = [i = j] - q_j, finite even where q is 0
            dx.append(-target @ (np.eye(len(e)) - e / e.sum()))
        return loss / len(x), np.array(dx) / len(x)

    def binary_cross_entropy_with_logits(z, y):
        up = z >= 0
        sigmoid, loss = np.empty_like(z), np.empty_like(z)
        sigmoid[up] = 1 / (1 + np.exp(-z[up]))
        sigmoid[~up] = np.exp(z[~up]) / (1 + np.exp(z[~up]))
        loss[up] = (1 - y[up]) * z[up] + np.log(1 + np.exp(-z[up]))
        loss[~up] = -y[~up] * z[~up] + np.log(1 + np.exp(z[~up]))
        return float(np.mean(loss)), (sigmoid - y) / len(y)

    return {
        "softmax_cross_entropy": softmax_cross_entropy,
        "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    }


@variant
def closed_kink():
    """At a kink of the hinge the slope is 1, and the right class is left out by a one-hot mask."""

    def hinge_loss(scores, y, margin=1.0):
        onehot = np.eye(scores.shape[1])[y]
        correct = (scores * onehot).sum(axis=1, keepdims=True)
        gaps = scores - correct + margin
        active = (gaps >= 0) * (1 - onehot)
        return np.sum(gaps * active) / len(y), (active - onehot * active.sum(axis=1, keepdims=True)) / len(y)

    return {"hinge_loss": hinge_loss}


@variant
def kink_shared():
    """Half a slope at a kink lies between the two sides; the margin is taken off the loss afterwards."""

    def hinge_loss(scores, y, margin=1.0):
        rows = range(len(scores))
        gaps = scores - np.take_along_axis(scores, y[:, None], axis=1) + margin
        loss = np.clip(gaps, 0, None).sum(axis=1).mean() - margin
        slopes = np.heaviside(gaps, 0.5)
        slopes[rows, y] = 0
        slopes[rows, y] -= slopes.sum(axis=1)
        return loss, slopes * (1.0 / len(scores))

    return {"hinge_loss": hinge_loss}


@variant
def others_deleted():
    """np.delete takes the right class out of each row; lists for tuples."""

    def hinge_loss(scores, y, margin=1.0):
        losses, dscores = [], np.zeros(scores.shape, order="F")
        for i, (row, label) in enumerate(zip(scores, y.tolist(), strict=True)):
            others = np.delete(np.arange(len(row)), label)
            terms = row[others] - row[label] + margin
            losses.append(terms[terms > 0].sum())
            dscores[i, others[terms > 0]] = 1 / len(y)
            dscores[i, label] = -np.count_nonzero(terms > 0) / len(y)
        return [np.mean(losses), dscores]

    def least_squares(w, X, y):
        return [0.5 * w.dot(w) + np.square(X.dot(w) - y).sum(), w + 2 * (X.dot(w) - y).dot(X)]

    return {"hinge_loss": hinge_loss, "least_squares": least_squares}


@variant
def normal_equations():
    """The penalty as more rows: least squares of (X, y) below the identity's rows over √2."""

    def least_squares(w, X, y):
        A = np.vstack([X, np.eye(len(w)) / np.sqrt(2)])
        r = A @ w - np.concatenate([y, np.zeros(len(w))])
        return np.linalg.norm(r) ** 2, 2 * A.T @ r

    def least_squares_step(w, X, y, rate):
        hessian = np.eye(len(w)) + 2 * X.T @ X
        return (np.eye(len(w)) - rate * hessian) @ w + 2 * rate * X.T @ y

    return {"least_squares": least_squares, "least_squares_step": least_squares_step}


@variant
def copy_and_update():
    """A copy may be changed in place; each example takes its part of the step from the old w."""

    def least_squares_step(w, X, y, rate):
        new = np.copy(w)
        new -= rate * w
        for x, target in zip(X, y, strict=True):
            new -= 2 * rate * (np.inner(x, w) - target) * x
        return new

    return {"least_squares_step": least_squares_step}
