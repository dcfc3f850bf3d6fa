"""Other correct ways to write `regularization`; every one must earn full points.

There are many ways to drop a number with probability p, and as many to draw a few out of N. None of these shares the
reference's order of draws.
"""

import math
from itertools import pairwise

import numpy as np

from autograder import variant


@variant
def loops():
    """Sums written out, one number after the other."""

    def l2_penalty(w, lam):
        total, gradient = 0.0, np.zeros_like(w)
        for index, number in np.ndenumerate(w):
            total += number * number
            gradient[index] = 2 * lam * number
        return lam * total, gradient

    def l1_penalty(w, lam):
        total, gradient = 0, np.zeros(w.shape)
        for index in np.ndindex(*w.shape):
            if w[index] > 0:
                total += w[index]
                gradient[index] = lam
            else:
                total -= w[index]
                gradient[index] = -lam
        return total * lam, gradient

    def soft_threshold(w, t):
        v = np.empty(w.shape)
        for index, number in np.ndenumerate(w):
            v[index] = max(abs(number) - t, 0) * (1 if number > 0 else -1)
        return v

    return {"l2_penalty": l2_penalty, "l1_penalty": l1_penalty, "soft_threshold": soft_threshold}


@variant
def loops_over_points():
    """Point by point, and model by model."""

    def bias_variance(predictions, truth):
        R, N = predictions.shape
        bias = variance = 0.0
        for n in range(N):
            mean = sum(predictions[r, n] for r in range(R)) / R
            bias += (mean - truth[n]) ** 2 / N
            for r in range(R):
                variance += (predictions[r, n] - mean) ** 2 / (R * N)
        return bias, variance

    return {"bias_variance": bias_variance}


@variant
def one_draw_for_each_number():
    """A draw for each number, in loops; the cache is a tuple of booleans and p."""

    def dropout_forward(x, p, rng, training=True):
        kept = np.ones(x.shape, dtype=bool)
        if not training:
            return x, (kept, 0.0)
        out = np.zeros_like(x)
        for index in np.ndindex(*x.shape):
            if rng.random() < p:
                kept[index] = False
            else:
                out[index] = x[index] / (1 - p)
        return out, (kept, p)

    def dropout_backward(dout, cache):
        kept, p = cache
        dx = np.zeros(dout.shape)
        for index in np.ndindex(*dout.shape):
            if kept[index]:
                dx[index] = dout[index] / (1 - p)
        return dx

    return {"dropout_forward": dropout_forward, "dropout_backward": dropout_backward}


@variant
def one_draw_for_each_weight():
    """Lists of lists for the mask, filled column by column."""

    def dropconnect_forward(x, w, b, p, rng, training=True):
        rows, columns = w.shape
        left = [[0.0] * columns for _ in range(rows)]
        for j in range(columns):
            for i in range(rows):
                if not training:
                    left[i][j] = 1.0
                elif rng.uniform() > p:
                    left[i][j] = 1 / (1 - p)
        left = np.array(left)
        return np.array([row @ (w * left) + b for row in x]), (x, w * left, left)

    def dropconnect_backward(dout, cache):
        x, thinned, left = cache
        dx, dw, db = np.zeros(x.shape), np.zeros(thinned.shape), np.zeros(thinned.shape[1])
        for row in range(len(x)):
            dx[row] = thinned @ dout[row]
            dw += left * np.outer(x[row], dout[row])
            db += dout[row]
        return dx, dw, db

    return {"dropconnect_forward": dropconnect_forward, "dropconnect_backward": dropconnect_backward}


@variant
def positions_drawn_until_enough():
    """A position that was drawn already is drawn again."""

    def randomize_labels(y, fraction, classes, rng):
        labels = np.array(y)
        drawn = set()
        while len(drawn) < round(fraction * len(y)):
            position = int(rng.integers(len(y)))
            if position not in drawn:
                drawn.add(position)
                labels[position] = rng.integers(0, classes)
        return labels

    return {"randomize_labels": randomize_labels}


@variant
def where_and_binomial():
    """np.where puts the zeros in; a binomial law of one try says what is kept."""

    def dropout_forward(x, p, rng, training=True):
        keep = 1 - p
        mask = rng.binomial(1, keep, size=x.shape) if training else np.ones(x.shape, dtype=int)
        return np.where(mask == 1, x / (keep if training else 1), 0.0), {"mask": mask, "keep": keep if training else 1}

    def dropout_backward(dout, cache):
        return np.where(cache["mask"] == 1, dout / cache["keep"], 0)

    def dropconnect_forward(x, w, b, p, rng, training=True):
        if training:
            drop = rng.uniform(0, 1, size=w.shape) < p
            mask = np.where(drop, 0, 1 / (1 - p))
        else:
            mask = np.ones_like(w)
        out = np.einsum("nd,dm,dm->nm", x, w, mask) + b
        return out, {"x": x, "w": w, "mask": mask}

    def dropconnect_backward(dout, cache):
        x, w, mask = cache["x"], cache["w"], cache["mask"]
        dx = np.einsum("nm,dm,dm->nd", dout, w, mask)
        dw = np.einsum("nd,nm->dm", x, dout) * mask
        return dx, dw, np.einsum("nm->m", dout)

    def soft_threshold(w, t):
        return np.where(w > t, w - t, np.where(w < -t, w + t, 0))

    return {
        "dropout_forward": dropout_forward,
        "dropout_backward": dropout_backward,
        "dropconnect_forward": dropconnect_forward,
        "dropconnect_backward": dropconnect_backward,
        "soft_threshold": soft_threshold,
    }


@variant
def choice_of_zero_and_one():
    """rng.choice with the two chances, or of the numbers below the dropped part."""

    def dropout_forward(x, p, rng, training=True):
        if training and p > 0:
            mask = rng.choice([0.0, 1.0 / (1.0 - p)], size=x.shape, p=[p, 1.0 - p])
            return mask * x, mask
        return np.copy(x), None

    def dropout_backward(dout, cache):
        return dout if cache is None else cache * dout

    def dropconnect_forward(x, w, b, p, rng, training=True):
        if not training:
            return x.dot(w) + b, (x, w, None)
        mask = rng.choice(np.array([False, True]), w.size, p=(p, 1 - p)).reshape(w.shape)
        return x.dot(np.where(mask, w, 0)) / (1 - p) + b, (x, w, mask / (1 - p))

    def dropconnect_backward(dout, cache):
        x, w, mask = cache
        if mask is None:
            return dout.dot(w.T), x.T.dot(dout), dout.sum(0)
        return dout.dot((mask * w).T), mask * x.T.dot(dout), dout.sum(0)

    def randomize_labels(y, fraction, classes, rng):
        result = list(y)
        for position in rng.choice(np.arange(len(y)), size=int(np.round(len(y) * fraction)), replace=False):
            result[position] = rng.choice(classes)
        return result

    return {
        "dropout_forward": dropout_forward,
        "dropout_backward": dropout_backward,
        "dropconnect_forward": dropconnect_forward,
        "dropconnect_backward": dropconnect_backward,
        "randomize_labels": randomize_labels,
    }


@variant
def zeros_written_into_a_copy():
    """A copy may be changed in place; the backward pass goes by places."""

    def dropout_forward(x, p, rng, training=True):
        out = x.copy()
        dropped = np.zeros(x.shape, dtype=bool)
        scale = 1.0
        if training:
            dropped = rng.standard_exponential(x.shape) < -math.log(1 - p)
            scale = 1 / (1 - p)
        out[dropped] = 0
        out *= scale
        return out, [np.nonzero(dropped), scale]

    def dropout_backward(dout, cache):
        places, scale = cache
        dx = dout * scale
        dx[places] = 0
        return dx

    def dropconnect_forward(x, w, b, p, rng, training=True):
        thinned, kept = w.copy(), np.ones(w.shape)
        if training:
            kept[rng.integers(0, 2**52, w.shape) < p * 2**52] = 0
            kept /= 1 - p
            thinned *= kept
        out = x @ thinned
        out += b
        return out, (x.copy(), thinned, kept)

    def dropconnect_backward(dout, cache):
        x, thinned, kept = cache
        dw = x.T @ dout
        dw *= kept
        return dout @ thinned.T, dw, np.ones(len(dout)) @ dout

    def randomize_labels(y, fraction, classes, rng):
        order = np.arange(y.size)
        rng.shuffle(order)
        labels = y.astype(float)
        some = order[: round(fraction * y.size)]
        labels[some] = np.floor(classes * rng.random(len(some)))
        return labels

    def soft_threshold(w, t):
        v = np.abs(w) - t
        v[v < 0] = 0
        return np.copysign(v, w)

    return {
        "dropout_forward": dropout_forward,
        "dropout_backward": dropout_backward,
        "dropconnect_forward": dropconnect_forward,
        "dropconnect_backward": dropconnect_backward,
        "randomize_labels": randomize_labels,
        "soft_threshold": soft_threshold,
    }


@variant
def bias_as_a_weight():
    """A row of b under w and a column of ones beside x: one matrix product, and one for each gradient."""

    def dropconnect_forward(x, w, b, p, rng, training=True):
        keep = (p < rng.random((w.shape[1], w.shape[0])).T) / (1 - p) if training else w**0
        factors = np.vstack([keep, np.ones(len(b))])
        wide, weights = np.hstack([x, np.ones((len(x), 1))]), np.vstack([w, b]) * factors
        return wide @ weights, (wide, weights, factors)

    def dropconnect_backward(dout, cache):
        wide, weights, factors = cache
        gradient = wide.T @ dout * factors
        return (dout @ weights.T)[:, :-1], gradient[:-1], gradient[-1]

    def randomize_labels(y, fraction, classes, rng):
        chosen = np.zeros(len(y), dtype=bool)
        chosen[rng.permutation(len(y))[: int(fraction * len(y) + 0.5)]] = True
        return np.where(chosen, rng.integers(0, classes, len(y)), y)

    return {
        "dropconnect_forward": dropconnect_forward,
        "dropconnect_backward": dropconnect_backward,
        "randomize_labels": randomize_labels,
    }


@variant
def each_row_by_itself():
    """The mask is drawn first, then each row of x goes its way; sorted draws tell who is chosen."""

    def dropconnect_forward(x, w, b, p, rng, training=True):
        mask = (1 - rng.random(w.shape) > p) * 1.0
        mask = mask / (1 - p) if training else np.ones(w.shape)
        out = np.empty((x.shape[0], w.shape[1]), order="F")
        for n, row in enumerate(x):
            out[n] = (row[:, None] * w * mask).sum(axis=0) + b
        return out, (mask, x, w)

    def dropconnect_backward(dout, cache):
        mask, x, w = cache
        dw = (x[:, :, None] * dout[:, None, :]).sum(axis=0) * mask
        dx = (dout[:, None, :] * (w * mask)[None]).sum(axis=2)
        return [dx, dw, np.add.reduce(dout)]

    def randomize_labels(y, fraction, classes, rng):
        labels = y.tolist()
        for position in np.argsort(rng.random(len(labels)))[: round(fraction * len(labels))].tolist():
            labels[position] = int(rng.random() * classes)
        return tuple(labels)

    return {
        "dropconnect_forward": dropconnect_forward,
        "dropconnect_backward": dropconnect_backward,
        "randomize_labels": randomize_labels,
    }


@variant
def norms():
    """NumPy's norms, dot products and clip; at 0 the slope is 1."""

    def l2_penalty(w, lam):
        return lam * np.linalg.norm(w) ** 2, w * lam + lam * w

    def l1_penalty(w, lam):
        return lam * np.linalg.norm(w.ravel(), ord=1), np.where(w >= 0, lam, -lam)

    def elastic_net(w, lam, ratio):
        lasso, slope = l1_penalty(w, lam * ratio)
        square, gradient = l2_penalty(w, lam * (1 - ratio) / 2)
        return lasso + square, slope + gradient

    def soft_threshold(w, t):
        return w - np.clip(w, -t, t)

    return {
        "l2_penalty": l2_penalty,
        "l1_penalty": l1_penalty,
        "elastic_net": elastic_net,
        "soft_threshold": soft_threshold,
    }


@variant
def flat_weights():
    """Weights in one long row; at 0 the slope is minus one half, or 0 by dividing with care."""

    def l2_penalty(w, lam):
        return np.array(lam * np.dot(w.ravel(), w.ravel())), (2 * lam * w.flatten()).reshape(w.shape)

    def l1_penalty(w, lam):
        slope = -0.5 * np.ones(w.shape)
        slope[w > 0] = 1
        slope[w < 0] = -1
        return lam * sum(abs(number) for number in w.flat), lam * slope

    def elastic_net(w, lam, ratio):
        size = np.abs(w)
        slope = np.divide(w, size, out=np.zeros_like(w), where=size > 0)
        value = np.sum(ratio * size + (1 - ratio) / 2 * np.square(w))
        return lam * value, lam * ratio * slope + lam * (1 - ratio) * w

    def soft_threshold(w, t):
        return 0.5 * (w - t + np.abs(w - t)) - 0.5 * (-w - t + np.abs(-w - t))

    return {
        "l2_penalty": l2_penalty,
        "l1_penalty": l1_penalty,
        "elastic_net": elastic_net,
        "soft_threshold": soft_threshold,
    }


@variant
def inverse_written_out():
    """The formula as it stands: inverses, and eigenvalues of the inverse; complex ones if NumPy likes."""

    def ridge(A, b, alpha):
        return np.linalg.inv(A.T @ A + alpha**2 * np.identity(A.shape[1])) @ A.T @ b

    def tikhonov_eigenvalues(A, alpha):
        _, d = A.shape
        return np.sort(np.linalg.eigvals(np.linalg.inv(A.T @ A + np.diag([alpha * alpha] * d))))

    def minimum_norm_fit(x, y, degree):
        return np.linalg.pinv(np.vander(x, degree + 1)[:, ::-1]) @ y

    return {"ridge": ridge, "tikhonov_eigenvalues": tikhonov_eigenvalues, "minimum_norm_fit": minimum_norm_fit}


@variant
def more_rows():
    """Ridge is least squares with α times the identity below A; no product AᵀA at all."""

    def ridge(A, b, alpha):
        d = A.shape[1]
        return np.linalg.lstsq(np.vstack([A, alpha * np.eye(d)]), np.concatenate([b, np.zeros(d)]), rcond=None)[0]

    def tikhonov_eigenvalues(A, alpha):
        values = np.linalg.svd(np.vstack([A, alpha * np.eye(A.shape[1])]), compute_uv=False)
        return values**-2.0

    def minimum_norm_fit(x, y, degree):
        V = np.array([[float(node) ** power for power in range(degree + 1)] for node in x])
        coefficients, *_ = np.linalg.lstsq(V, y, rcond=None)
        return coefficients

    return {"ridge": ridge, "tikhonov_eigenvalues": tikhonov_eigenvalues, "minimum_norm_fit": minimum_norm_fit}


@variant
def singular_values():
    """The singular values of A say everything; those that are missing are 0."""

    def ridge(A, b, alpha):
        U, s, Vt = np.linalg.svd(A, full_matrices=False)
        return (s / (s * s + alpha * alpha) * (b @ U)) @ Vt

    def tikhonov_eigenvalues(A, alpha):
        s = np.linalg.svd(A)[1]
        missing = [1 / alpha**2] * (A.shape[1] - len(s))
        return sorted([float(1 / (one**2 + alpha**2)) for one in s] + missing)

    def minimum_norm_fit(x, y, degree):
        V = x[:, None] ** np.arange(degree + 1)
        U, s, Vt = np.linalg.svd(V, full_matrices=False)
        return Vt.T @ np.diag(1 / s) @ U.T @ y

    return {"ridge": ridge, "tikhonov_eigenvalues": tikhonov_eigenvalues, "minimum_norm_fit": minimum_norm_fit}


@variant
def fewer_unknowns():
    """Where A has fewer rows than columns, the small matrix is the other one; Cholesky's factor solves it."""

    def ridge(A, b, alpha):
        m, d = A.shape
        if m < d:
            return A.T @ np.linalg.solve(A @ A.T + alpha**2 * np.eye(m), b)
        factor = np.linalg.cholesky(A.T @ A + alpha**2 * np.eye(d))
        return np.linalg.solve(factor.T, np.linalg.solve(factor, A.T @ b))

    def tikhonov_eigenvalues(A, alpha):
        gram = A.T.dot(A)
        gram[np.diag_indices_from(gram)] += alpha**2
        return np.sort(1.0 / np.linalg.eigh(gram)[0])

    def minimum_norm_fit(x, y, degree):
        V = np.stack([x**k for k in range(degree + 1)], axis=-1)
        if degree + 1 <= len(x):
            return np.linalg.solve(V.T @ V, V.T @ y)
        return V.T @ np.linalg.solve(V @ V.T, y)

    return {"ridge": ridge, "tikhonov_eigenvalues": tikhonov_eigenvalues, "minimum_norm_fit": minimum_norm_fit}


@variant
def waiting():
    """A counter of epochs without progress, as training loops have it; integers of NumPy."""

    def early_stopping(losses, patience):
        lowest, best, waited = np.inf, -1, 0
        for epoch in range(len(losses)):
            if losses[epoch] < lowest:
                lowest, best, waited = losses[epoch], np.int64(epoch), 0
            else:
                waited += 1
                if waited >= patience:
                    return np.int64(epoch), best
        return np.int64(len(losses) - 1), best

    def bias_variance(predictions, truth):
        error = np.mean((predictions - truth) ** 2)
        bias = np.mean((np.mean(predictions, axis=0) - truth) ** 2)
        return bias, error - bias

    return {"early_stopping": early_stopping, "bias_variance": bias_variance}


@variant
def whole_arrays():
    """Running minima, and the first epoch that is too late; floats for numbers of epochs."""

    def early_stopping(losses, patience):
        running = np.minimum.accumulate(losses)
        best = np.array([np.flatnonzero(losses[: e + 1] == running[e])[0] for e in range(len(losses))])
        late = np.flatnonzero(np.arange(len(losses)) - best >= patience)
        stop = late[0] if late.size else len(losses) - 1
        return [float(stop), float(best[stop])]

    def bias_variance(predictions, truth):
        mean = predictions.sum(0) / len(predictions)
        return np.square(truth - mean).mean(), ((predictions**2).mean(0) - mean**2).mean()

    return {"early_stopping": early_stopping, "bias_variance": bias_variance}


@variant
def lists():
    """Lists and their methods."""

    def early_stopping(losses, patience):
        losses = list(losses)
        epoch = 0
        while True:
            seen = losses[: epoch + 1]
            best = seen.index(min(seen))
            if epoch - best == patience or epoch == len(losses) - 1:
                return epoch, best
            epoch += 1

    def bias_variance(predictions, truth):
        deviations = predictions - predictions.mean(axis=0, keepdims=True)
        bias = np.average((predictions.mean(axis=0) - truth) ** 2)
        return float(bias), float(np.linalg.norm(deviations) ** 2 / deviations.size)

    def l1_penalty(w, lam):
        return lam * math.fsum(np.abs(w).ravel().tolist()), lam * np.nan_to_num(np.sign(w))

    return {"early_stopping": early_stopping, "bias_variance": bias_variance, "l1_penalty": l1_penalty}


@variant
def pairs_of_epochs():
    """Records first: the epochs that are better than all before; training stops after the first long gap."""

    def early_stopping(losses, patience):
        records = [e for e in range(len(losses)) if all(losses[e] < before for before in losses[:e])]
        for record, following in pairwise([*records, len(losses) + patience]):
            if following - record > patience:
                return min(record + patience, len(losses) - 1), record
        raise AssertionError

    def bias_variance(predictions, truth):
        return ((predictions.mean(0) - truth) ** 2).mean(), (predictions.std(0) ** 2).mean()

    return {"early_stopping": early_stopping, "bias_variance": bias_variance}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""
    f = np.float32

    def l2_penalty(w, lam):
        w = w.astype(f)
        return f(lam) * (w**2).sum(), f(2 * lam) * w

    def l1_penalty(w, lam):
        w = w.astype(f)
        return f(lam) * np.abs(w).sum(), f(lam) * np.sign(w)

    def elastic_net(w, lam, ratio):
        w = w.astype(f)
        value = f(lam) * (f(ratio) * np.abs(w).sum() + f(0.5 * (1 - ratio)) * (w * w).sum())
        return value, f(lam) * (f(ratio) * np.sign(w) + f(1 - ratio) * w)

    def soft_threshold(w, t):
        w = w.astype(f)
        return np.sign(w) * np.maximum(np.abs(w) - f(t), f(0))

    def ridge(A, b, alpha):
        A, b = A.astype(f), b.astype(f)
        return np.linalg.solve(A.T @ A + f(alpha**2) * np.eye(A.shape[1], dtype=f), A.T @ b)

    def tikhonov_eigenvalues(A, alpha):
        A = A.astype(f)
        return 1 / (np.linalg.eigvalsh(A.T @ A)[::-1] + f(alpha**2))

    def bias_variance(predictions, truth):
        predictions, truth = predictions.astype(f), truth.astype(f)
        return ((predictions.mean(axis=0) - truth) ** 2).mean(), predictions.var(axis=0).mean()

    def minimum_norm_fit(x, y, degree):
        return np.linalg.lstsq(np.vander(x.astype(f), degree + 1, increasing=True), y.astype(f), rcond=None)[0]

    return {
        "l2_penalty": l2_penalty,
        "l1_penalty": l1_penalty,
        "elastic_net": elastic_net,
        "soft_threshold": soft_threshold,
        "ridge": ridge,
        "tikhonov_eigenvalues": tikhonov_eigenvalues,
        "bias_variance": bias_variance,
        "minimum_norm_fit": minimum_norm_fit,
    }


@variant
def float32_masks():
    """Dropout in single precision, masks included."""
    f = np.float32

    def dropout_forward(x, p, rng, training=True):
        x = x.astype(f)
        if not training:
            return x, np.ones_like(x)
        mask = (rng.random(x.shape, dtype=np.float64).astype(f) >= f(p)).astype(f) / f(1 - p)
        return x * mask, mask

    def dropout_backward(dout, cache):
        return dout.astype(f) * cache

    def dropconnect_forward(x, w, b, p, rng, training=True):
        x, w, b = x.astype(f), w.astype(f), b.astype(f)
        mask = (rng.random(w.shape) >= p).astype(f) / f(1 - p) if training else np.ones_like(w)
        return x @ (w * mask) + b, (x, w, mask)

    def dropconnect_backward(dout, cache):
        dout, (x, w, mask) = dout.astype(f), cache
        return dout @ (w * mask).T, x.T @ dout * mask, dout.sum(axis=0)

    return {
        "dropout_forward": dropout_forward,
        "dropout_backward": dropout_backward,
        "dropconnect_forward": dropconnect_forward,
        "dropconnect_backward": dropconnect_backward,
    }
