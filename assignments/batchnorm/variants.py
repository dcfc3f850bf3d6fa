"""Other correct ways to write `batchnorm`; every one must earn full points.

Each is a style that students really hand in: another formula, another cache, another memory layout, another precision.
"""

import numpy as np

from autograder import variant


def spatial_from(forward, backward):
    """Spatial functions that bring the channels to the end and call these."""

    def rows_of(x):
        return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])

    def image_of(rows, shape):
        n, c, h, w = shape
        return np.moveaxis(rows.reshape(n, h, w, c), -1, 1)

    def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        out, cache, state = forward(rows_of(x), gamma, beta, state, training=training, momentum=momentum, eps=eps)
        return image_of(out, x.shape), cache, state

    def spatial_batchnorm_backward(dout, cache):
        dx, dgamma, dbeta = backward(rows_of(dout), cache)
        return image_of(dx, dout.shape), dgamma, dbeta

    return {
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
    }


def step(state, momentum, mean, var):
    return {
        "running_mean": momentum * state["running_mean"] + (1 - momentum) * mean,
        "running_var": momentum * state["running_var"] + (1 - momentum) * var,
    }


@variant
def nine_stages():
    """The computational graph with one operation a line, forwards and backwards, and all of it in the cache."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        N = x.shape[0]
        if not training:
            scale = gamma / np.sqrt(state["running_var"] + eps)
            return scale * x + (beta - scale * state["running_mean"]), None, state
        mu = 1.0 / N * np.sum(x, axis=0)
        xmu = x - mu
        sq = xmu**2
        var = 1.0 / N * np.sum(sq, axis=0)
        sqrtvar = np.sqrt(var + eps)
        ivar = 1.0 / sqrtvar
        xhat = xmu * ivar
        gammax = gamma * xhat
        out = gammax + beta
        return out, (xhat, gamma, xmu, ivar, sqrtvar, var, eps), step(state, momentum, mu, var)

    def batchnorm_backward(dout, cache):
        xhat, gamma, xmu, ivar, sqrtvar, var, eps = cache
        N, D = dout.shape
        dbeta = np.sum(dout, axis=0)
        dgammax = dout
        dgamma = np.sum(dgammax * xhat, axis=0)
        dxhat = dgammax * gamma
        divar = np.sum(dxhat * xmu, axis=0)
        dxmu1 = dxhat * ivar
        dsqrtvar = -1.0 / (sqrtvar**2) * divar
        dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
        dsq = 1.0 / N * np.ones((N, D)) * dvar
        dxmu2 = 2 * xmu * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
        dx2 = 1.0 / N * np.ones((N, D)) * dmu
        return dx1 + dx2, dgamma, dbeta

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
        **spatial_from(batchnorm_forward, batchnorm_backward),
    }


@variant
def as_in_the_paper():
    """The six equations of Ioffe & Szegedy (2015), with the second term of the mean's gradient, which is zero."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        mean = np.mean(x, axis=0) if training else state["running_mean"]
        var = np.mean((x - mean) ** 2, axis=0) if training else state["running_var"]
        out = gamma * ((x - mean) * (var + eps) ** -0.5) + beta
        cache = {"x": x, "mean": mean, "var": var, "gamma": gamma, "eps": eps}
        return out, cache, step(state, momentum, mean, var) if training else state

    def batchnorm_backward(dout, cache):
        x, mean, var, gamma, eps = (cache[name] for name in ("x", "mean", "var", "gamma", "eps"))
        m = x.shape[0]
        dxhat = dout * gamma
        dvar = np.sum(dxhat * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
        dmean = np.sum(dxhat * -1 / np.sqrt(var + eps), axis=0) + dvar * np.sum(-2 * (x - mean), axis=0) / m
        dx = dxhat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
        return dx, np.sum(dout * (x - mean) / np.sqrt(var + eps), axis=0), np.sum(dout, axis=0)

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        unused = {"running_mean": 0.0, "running_var": 0.0}
        out, cache, _ = batchnorm_forward(x.T, gamma[:, None], beta[:, None], unused, eps=eps)
        return out.T, cache

    def layernorm_backward(dout, cache):
        dx, _, _ = batchnorm_backward(dout.T, cache)
        xhat = ((cache["x"] - cache["mean"]) / np.sqrt(cache["var"] + cache["eps"])).T
        return dx.T, (dout * xhat).sum(0), dout.sum(0)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
        "layernorm_forward": layernorm_forward,
        "layernorm_backward": layernorm_backward,
    }


@variant
def closed_form_everywhere():
    """One array less: N dxhat - sum(dxhat) - xhat sum(dxhat xhat), divided by N std at the end."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        if training:
            mu, sigma = x.mean(0), np.sqrt(x.var(0) + eps)
            state = step(state, momentum, mu, x.var(0))
        else:
            mu, sigma = state["running_mean"], np.sqrt(state["running_var"] + eps)
        xhat = (x - mu) / sigma
        return xhat * gamma + beta, (xhat, gamma, sigma), state

    def batchnorm_backward(dout, cache):
        xhat, gamma, sigma = cache
        N = dout.shape[0]
        dgamma, dbeta = np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)
        # gamma is constant along the batch, so the sums of dxhat are gamma times those of dout
        return gamma / (N * sigma) * (N * dout - dbeta - xhat * dgamma), dgamma, dbeta

    def layernorm_backward(dout, cache):
        xhat, gamma, sigma = cache
        D = dout.shape[1]
        dxhat = dout * gamma
        dx = D * dxhat - dxhat.sum(1, keepdims=True) - xhat * (dxhat * xhat).sum(1, keepdims=True)
        return dx / (D * sigma), (dout * xhat).sum(0), dout.sum(0)

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        sigma = np.sqrt(np.var(x, axis=-1, keepdims=True) + eps)
        xhat = (x - np.mean(x, axis=-1, keepdims=True)) / sigma
        return xhat * gamma + beta, (xhat, gamma, sigma)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
        "layernorm_forward": layernorm_forward,
        "layernorm_backward": layernorm_backward,
        **spatial_from(batchnorm_forward, batchnorm_backward),
    }


@variant
def mean_of_squares():
    """The variance as E[x²] - E[x]², which loses digits only where the mean is far larger than the spread."""

    def moments(x, axis):
        mean = x.mean(axis=axis, keepdims=True)
        return mean, np.maximum((x * x).mean(axis=axis, keepdims=True) - mean * mean, 0)

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        if training:
            mean, var = moments(x, 0)
            state = step(state, momentum, mean[0], var[0])
        else:
            mean, var = state["running_mean"], state["running_var"]
        istd = 1 / np.sqrt(var + eps)
        return (x - mean) * istd * gamma + beta, ((x - mean) * istd, istd, gamma), state

    def batchnorm_backward_alt(dout, cache):
        xhat, istd, gamma = cache
        g = dout * gamma
        return istd * (g - g.mean(0) - xhat * (g * xhat).mean(0)), (dout * xhat).sum(0), dout.sum(0)

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        mean, var = moments(x, 1)
        istd = 1 / np.sqrt(var + eps)
        return (x - mean) * istd * gamma + beta, ((x - mean) * istd, istd, gamma)

    def layernorm_backward(dout, cache):
        xhat, istd, gamma = cache
        g = dout * gamma
        dx = istd * (g - g.mean(1)[:, None] - xhat * (g * xhat).mean(1)[:, None])
        return dx, (dout * xhat).sum(0), dout.sum(0)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward_alt,
        "batchnorm_backward_alt": batchnorm_backward_alt,
        "layernorm_forward": layernorm_forward,
        "layernorm_backward": layernorm_backward,
        **spatial_from(batchnorm_forward, batchnorm_backward_alt),
    }


@variant
def squared_deviation():
    """np.std squared is the variance."""

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        sigma = np.std(x, axis=1, keepdims=True)
        xhat = (x - np.average(x, axis=1)[:, np.newaxis]) / (sigma**2 + eps) ** 0.5
        return np.multiply(gamma, xhat) + beta, (xhat, 1 / (sigma**2 + eps) ** 0.5, gamma)

    def layernorm_backward(dout, cache):
        xhat, inverse, gamma = cache
        # the Jacobian of each row: (I - 1/D - xhat xhatᵀ/D) / std
        D = dout.shape[1]
        rows = [
            (np.eye(D) - 1 / D - np.outer(row, row) / D) @ (gamma * up) * i
            for row, up, i in zip(xhat, dout, inverse, strict=True)
        ]
        return np.stack(rows), np.einsum("nd,nd->d", dout, xhat), np.einsum("nd->d", dout)

    def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        if training:
            mean, sigma = np.mean(x, axis=(0, 2, 3)), np.std(x, axis=(0, 2, 3))
            state = step(state, momentum, mean, sigma**2)
        else:
            mean, sigma = state["running_mean"], np.sqrt(state["running_var"])
        inverse = (1 / np.sqrt(sigma**2 + eps))[None, :, None, None]
        xhat = (x - mean[None, :, None, None]) * inverse
        return gamma[:, None, None] * xhat + beta[:, None, None], (xhat, inverse, gamma), state

    def spatial_batchnorm_backward(dout, cache):
        xhat, inverse, gamma = cache
        axes, m = (0, 2, 3), dout.size // dout.shape[1]
        dbeta, dgamma = dout.sum(axes), (dout * xhat).sum(axes)
        one, two = dbeta.reshape(1, -1, 1, 1), dgamma.reshape(1, -1, 1, 1)
        return gamma.reshape(1, -1, 1, 1) * inverse * (dout - one / m - xhat * two / m), dgamma, dbeta

    return {
        "layernorm_forward": layernorm_forward,
        "layernorm_backward": layernorm_backward,
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
    }


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""
    return _computed_in(np.float32, np.float32)


@variant
def float32_inside():
    """Computed in single precision and returned as float64: less exact, not wrong."""
    return _computed_in(np.float32, np.float64)


def _computed_in(inside, outside):
    def forward(x, gamma, beta, mean, var, eps):
        x, gamma, beta, mean, var = (np.asarray(value, dtype=inside) for value in (x, gamma, beta, mean, var))
        std = np.sqrt(var + inside(eps))
        xhat = (x - mean) / std
        return (gamma * xhat + beta).astype(outside), (xhat, std, gamma)

    def backward(dout, cache, axis):
        xhat, std, gamma = cache
        dout = dout.astype(inside)
        g = dout * gamma
        along = (g * xhat).mean(axis=axis, keepdims=True)
        dx = (g - g.mean(axis=axis, keepdims=True) - xhat * along) / std
        return dx.astype(outside), (dout * xhat).sum(axis=0).astype(outside), dout.sum(axis=0).astype(outside)

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        if training:
            mean, var = x.astype(inside).mean(axis=0), x.astype(inside).var(axis=0)
            moved = step({name: value.astype(inside) for name, value in state.items()}, inside(momentum), mean, var)
            state = {name: value.astype(outside) for name, value in moved.items()}
        else:
            mean, var = state["running_mean"], state["running_var"]
        out, cache = forward(x, gamma, beta, mean, var, eps)
        return out, cache, state

    def batchnorm_backward(dout, cache):
        return backward(dout, cache, 0)

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        x = x.astype(inside)
        return forward(x, gamma, beta, x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True), eps)

    def layernorm_backward(dout, cache):
        return backward(dout, cache, 1)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
        "layernorm_forward": layernorm_forward,
        "layernorm_backward": layernorm_backward,
        **spatial_from(batchnorm_forward, batchnorm_backward),
    }


@variant
def fortran_order():
    """Column-major arrays hold the same numbers."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        x = np.asfortranarray(x)
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            state = step(state, momentum, mean, var)
        else:
            mean, var = state["running_mean"], state["running_var"]
        xhat = np.asfortranarray((x - mean) / np.sqrt(var + eps))
        return np.asfortranarray(gamma * xhat + beta), (xhat, np.sqrt(var + eps), gamma), state

    def batchnorm_backward(dout, cache):
        xhat, std, gamma = cache
        upstream = np.asfortranarray(dout * gamma)
        # the projection as matrices: orthogonal to ones and, but for eps, to xhat
        centred = upstream - np.full((len(dout), len(dout)), 1 / len(dout)) @ upstream
        dx = (centred - xhat * (upstream * xhat).mean(axis=0)) / std
        return np.asfortranarray(dx), np.diag(dout.T @ xhat).copy(order="F"), dout.sum(axis=0)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
        **spatial_from(batchnorm_forward, batchnorm_backward),
    }


@variant
def spatial_by_swapaxes():
    """Channels first: swap batch and channel, and lay each channel out as one long row."""

    def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        rows = x.swapaxes(0, 1).reshape(x.shape[1], -1)
        if training:
            mean, var = rows.mean(1), rows.var(1)
            state = step(state, momentum, mean, var)
        else:
            mean, var = state["running_mean"], state["running_var"]
        std = np.sqrt(var + eps)[:, None]
        xhat = (rows - mean[:, None]) / std
        out = gamma[:, None] * xhat + beta[:, None]
        n, c, h, w = x.shape
        return out.reshape(c, n, h, w).swapaxes(0, 1), (xhat, std, gamma), state

    def spatial_batchnorm_backward(dout, cache):
        xhat, std, gamma = cache
        n, c, h, w = dout.shape
        up = dout.swapaxes(0, 1).reshape(c, -1)
        g = up * gamma[:, None]
        dx = (g - g.mean(1, keepdims=True) - xhat * (g * xhat).mean(1, keepdims=True)) / std
        return dx.reshape(c, n, h, w).swapaxes(0, 1), (up * xhat).sum(1), up.sum(1)

    return {
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
    }


@variant
def einsum():
    """Index notation says the same sums."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        if training:
            mean = np.einsum("nd->d", x) / len(x)
            var = np.einsum("nd,nd->d", x - mean, x - mean) / len(x)
            state = step(state, momentum, mean, var)
        else:
            mean, var = state["running_mean"], state["running_var"]
        inverse = 1 / np.sqrt(var + eps)
        xhat = np.einsum("nd,d->nd", x - mean, inverse)
        return np.einsum("nd,d->nd", xhat, gamma) + beta, [xhat, inverse, gamma], state

    def batchnorm_backward_alt(dout, cache):
        xhat, inverse, gamma = cache
        dgamma, dbeta = np.einsum("nd,nd->d", dout, xhat), np.einsum("nd->d", dout)
        inner = dout - (dbeta + np.einsum("nd,d->nd", xhat, dgamma)) / len(dout)
        return np.einsum("nd,d,d->nd", inner, gamma, inverse), dgamma, dbeta

    def spatial_batchnorm_backward(dout, cache):
        dx, dgamma, dbeta = batchnorm_backward_alt(np.einsum("nchw->nhwc", dout).reshape(-1, dout.shape[1]), cache)
        n, c, h, w = dout.shape
        return np.einsum("nhwc->nchw", dx.reshape(n, h, w, c)), dgamma, dbeta

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward_alt,
        "batchnorm_backward_alt": batchnorm_backward_alt,
        "spatial_batchnorm_forward": spatial_from(batchnorm_forward, None)["spatial_batchnorm_forward"],
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
    }


@variant
def loops():
    """Sums written out as loops over numbers are slow and right."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        N, D = x.shape
        out, xhat, stds = np.zeros((N, D)), np.zeros((N, D)), np.zeros(D)
        running_mean, running_var = state["running_mean"].copy(), state["running_var"].copy()
        for d in range(D):
            mean, var = running_mean[d], running_var[d]
            if training:
                mean = sum(x[n, d] for n in range(N)) / N
                var = sum((x[n, d] - mean) ** 2 for n in range(N)) / N
                running_mean[d] = momentum * running_mean[d] + (1 - momentum) * mean
                running_var[d] = momentum * running_var[d] + (1 - momentum) * var
            stds[d] = (var + eps) ** 0.5
            for n in range(N):
                xhat[n, d] = (x[n, d] - mean) / stds[d]
                out[n, d] = gamma[d] * xhat[n, d] + beta[d]
        return out, (xhat, stds, gamma), {"running_var": running_var, "running_mean": running_mean}

    def batchnorm_backward(dout, cache):
        xhat, stds, gamma = cache
        N, D = dout.shape
        dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
        for d in range(D):
            for n in range(N):
                dgamma[d] += dout[n, d] * xhat[n, d]
                dbeta[d] += dout[n, d]
                for m in range(N):
                    slope = (n == m) - 1 / N - xhat[n, d] * xhat[m, d] / N
                    dx[n, d] += dout[m, d] * gamma[d] * slope / stds[d]
        return dx, dgamma, dbeta

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
        **spatial_from(batchnorm_forward, batchnorm_backward),
    }


@variant
def one_channel_at_a_time():
    """A loop over the channels, each normalised as one long array; and over the examples in layer normalisation."""

    def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        out, caches = np.empty_like(x), []
        new = {name: value.copy() for name, value in state.items()}
        for c in range(x.shape[1]):
            mean, var = state["running_mean"][c], state["running_var"][c]
            if training:
                mean, var = x[:, c].mean(), x[:, c].var()
                new["running_mean"][c] = momentum * new["running_mean"][c] + (1 - momentum) * mean
                new["running_var"][c] = momentum * new["running_var"][c] + (1 - momentum) * var
            xhat = (x[:, c] - mean) / np.sqrt(var + eps)
            out[:, c] = gamma[c] * xhat + beta[c]
            caches.append((xhat, np.sqrt(var + eps), gamma[c]))
        return out, caches, new

    def spatial_batchnorm_backward(dout, caches):
        dx, dgamma, dbeta = np.empty_like(dout), [], []
        for c, (xhat, std, scale) in enumerate(caches):
            up = dout[:, c]
            dx[:, c] = scale / std * (up - up.mean() - xhat * (up * xhat).mean())
            dgamma.append(np.sum(up * xhat))
            dbeta.append(np.sum(up))
        return dx, np.array(dgamma), np.array(dbeta)

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        xhats = [(row - row.mean()) / np.sqrt(row.var() + eps) for row in x]
        return np.array([gamma * row + beta for row in xhats]), (xhats, [np.sqrt(row.var() + eps) for row in x], gamma)

    def layernorm_backward(dout, cache):
        xhats, stds, gamma = cache
        dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
        for i, (row, std) in enumerate(zip(xhats, stds, strict=True)):
            g = gamma * dout[i]
            dx[i] = (g - np.mean(g) - row * np.mean(g * row)) / std
            dgamma += dout[i] * row
            dbeta += dout[i]
        return dx, dgamma, dbeta

    return {
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
        "layernorm_forward": layernorm_forward,
        "layernorm_backward": layernorm_backward,
    }


@variant
def in_place_on_own_copies():
    """Writing into arrays that one made oneself harms nobody."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        xhat, new = x.copy(), {name: value.copy() for name, value in state.items()}
        if training:
            for statistic, value in zip(("running_mean", "running_var"), (x.mean(0), x.var(0)), strict=True):
                new[statistic] *= momentum
                new[statistic] += (1 - momentum) * value
        xhat -= x.mean(0) if training else state["running_mean"]
        std = np.sqrt((x.var(0) if training else state["running_var"]) + eps)
        xhat /= std
        out = xhat.copy()
        out *= gamma
        out += beta
        return out, {"xhat": xhat, "std": std, "gamma": gamma}, new

    def batchnorm_backward(dout, cache):
        xhat = cache["xhat"]
        dx = dout.copy()
        dx -= dout.mean(0)
        dx -= xhat * (dout * xhat).mean(0)
        dx *= cache["gamma"]
        dx /= cache["std"]
        return dx, (dout * xhat).sum(0), dout.sum(0)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
    }


class _Normalisation:
    """Normalises over any axes; remembers what the way back needs."""

    def __init__(self, gamma, beta, axes, eps):
        self.gamma, self.beta, self.axes, self.eps = gamma, beta, axes, eps

    def forward(self, x, mean=None, var=None):
        self.mean = x.mean(axis=self.axes, keepdims=True) if mean is None else mean
        self.var = x.var(axis=self.axes, keepdims=True) if var is None else var
        self.inverse = 1.0 / np.sqrt(self.var + self.eps)
        self.xhat = (x - self.mean) * self.inverse
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        g = dout * self.gamma
        mean = g.mean(axis=self.axes, keepdims=True)
        along = (g * self.xhat).mean(axis=self.axes, keepdims=True)
        shared = tuple(axis for axis in range(dout.ndim) if axis != 1)
        return self.inverse * (g - mean - along * self.xhat), (dout * self.xhat).sum(shared), dout.sum(shared)


@variant
def one_class_for_all():
    """A class that is told its axes serves all three layers; the object itself is the cache."""

    def with_state(axes):
        def forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
            per = (1, -1) + (1,) * (x.ndim - 2)
            layer = _Normalisation(gamma.reshape(per), beta.reshape(per), axes, eps)
            if not training:
                known = (state[name].reshape(per) for name in ("running_mean", "running_var"))
                return layer.forward(x, *known), layer, dict(state)
            out = layer.forward(x)
            return out, layer, step(state, momentum, layer.mean.ravel(), layer.var.ravel())

        return forward

    def layernorm_forward(x, gamma, beta, eps=1e-5):
        layer = _Normalisation(gamma, beta, -1, eps)
        return layer.forward(x), layer

    def backward(dout, layer):
        return layer.backward(dout)

    return {
        "batchnorm_forward": with_state(0),
        "spatial_batchnorm_forward": with_state((0, 2, 3)),
        "layernorm_forward": layernorm_forward,
        "batchnorm_backward": backward,
        "batchnorm_backward_alt": backward,
        "spatial_batchnorm_backward": backward,
        "layernorm_backward": backward,
    }


@variant
def closures_and_copied_states():
    """The cache may be the backward function itself; a state with more in it is still a state."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        new = dict(state, steps=state.get("steps", 0) + 1)
        mean, var = (x.mean(0), x.var(0)) if training else (state["running_mean"], state["running_var"])
        if training:
            # momentum * old + (1 - momentum) * batch, written as a step towards the batch
            new["running_mean"] = state["running_mean"] + (1 - momentum) * (mean - state["running_mean"])
            new["running_var"] = state["running_var"] - (1 - momentum) * (state["running_var"] - var)
        scale = 1 / np.sqrt(var + eps)
        xhat = scale * x - scale * mean

        def back(dout):
            covariance = np.mean((dout - dout.mean(0)) * xhat, axis=0)
            return gamma * scale * (dout - dout.mean(0) - covariance * xhat), (dout * xhat).sum(0), dout.sum(0)

        return beta + gamma * xhat, back, new if training else state

    def pull(dout, back):
        return back(dout)

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": pull,
        "batchnorm_backward_alt": pull,
        **spatial_from(batchnorm_forward, pull),
    }


@variant
def details_of_shape_aside():
    """Lists for tuples, and every statistic by np functions with keepdims, squeezed at the end."""

    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        mean, var = np.mean(x, 0, keepdims=True), np.var(x, 0, keepdims=True)
        if training:
            state = step(state, momentum, np.squeeze(mean, 0), np.squeeze(var, 0))
        else:
            mean, var = np.expand_dims(state["running_mean"], 0), np.expand_dims(state["running_var"], 0)
        xhat = np.divide(np.subtract(x, mean), np.sqrt(np.add(var, eps)))
        return [np.add(np.multiply(gamma, xhat), beta), [x, mean, var, gamma, eps], state]

    def batchnorm_backward(dout, cache):
        [x, mean, var, gamma, eps] = cache
        centred, std = x - mean, np.sqrt(var + eps)
        dxhat = np.multiply(dout, gamma)
        dvar = np.sum(dxhat * centred, 0, keepdims=True) * -0.5 / std**3
        dmean = -np.sum(dxhat, 0, keepdims=True) / std
        dx = dxhat / std + (2 * dvar * centred + dmean) / x.shape[0]
        return [dx, np.sum(dout * centred / std, 0), np.sum(dout, 0)]

    return {
        "batchnorm_forward": batchnorm_forward,
        "batchnorm_backward": batchnorm_backward,
        "batchnorm_backward_alt": batchnorm_backward,
    }
