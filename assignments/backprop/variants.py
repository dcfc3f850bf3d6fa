"""Other correct ways to write `backprop`; every one must earn full points.

Each is a style that students really hand in: another formula, another cache, another memory layout, another precision.
"""

import math
from functools import reduce
from itertools import product
from operator import mul

import numpy as np

from autograder import variant


@variant
def loops_in_layers():
    """Sums written out as loops over numbers are slow and right."""

    def affine_forward(x, w, b):
        rows, (D, M) = x.reshape(x.shape[0], -1).tolist(), w.shape
        weights = w.tolist()
        out = [[sum(row[d] * weights[d][m] for d in range(D)) + b[m] for m in range(M)] for row in rows]
        return np.array(out), (x, w)

    def affine_backward(dout, cache):
        x, w = cache
        N, (D, M) = x.shape[0], w.shape
        flat, weights, upstream = x.reshape(N, -1).tolist(), w.tolist(), dout.tolist()
        dx = [[sum(upstream[n][m] * weights[d][m] for m in range(M)) for d in range(D)] for n in range(N)]
        dw = [[sum(flat[n][d] * upstream[n][m] for n in range(N)) for m in range(M)] for d in range(D)]
        db = [sum(upstream[n][m] for n in range(N)) for m in range(M)]
        return np.array(dx).reshape(x.shape), np.array(dw), np.array(db)

    def relu_forward(x):
        out = np.empty(x.shape)
        for index, value in np.ndenumerate(x):
            out[index] = value if value > 0 else 0.0
        return out, x

    def relu_backward(dout, cache):
        dx = np.zeros(cache.shape)
        for index in np.ndindex(*cache.shape):
            if cache[index] > 0:
                dx[index] = dout[index]
        return dx

    return {
        "affine_forward": affine_forward,
        "affine_backward": affine_backward,
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
    }


@variant
def loops_in_losses():
    """One example after the other, one class after the other, with the math module."""

    def softmax_loss(x, y):
        N, C = x.shape
        loss, dx = 0.0, np.zeros((N, C))
        for n in range(N):
            top = max(x[n])
            total = sum(math.exp(score - top) for score in x[n])
            loss -= (x[n, y[n]] - top - math.log(total)) / N
            for c in range(C):
                dx[n, c] = (math.exp(x[n, c] - top) / total - (c == y[n])) / N
        return loss, dx

    def mse_loss(x, y):
        loss, dx = 0.0, np.zeros(x.shape)
        for index in product(*map(range, x.shape)):
            loss += (x[index] - y[index]) ** 2
            dx[index] = 2 * (x[index] - y[index]) / x.size
        return loss / x.size, dx

    return {"softmax_loss": softmax_loss, "mse_loss": mse_loss}


@variant
def einsum():
    """Index notation says the same sums."""

    def affine_forward(x, w, b):
        flat = x.reshape(x.shape[0], -1)
        return np.einsum("nd,dm->nm", flat, w) + b[None], (x, flat, w)

    def affine_backward(dout, cache):
        x, flat, w = cache
        dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
        return dx, np.einsum("nd,nm->dm", flat, dout), np.einsum("nm->m", dout)

    def mse_loss(x, y):
        diff = (x - y).ravel()
        return np.einsum("i,i->", diff, diff) / diff.size, (2.0 / x.size) * (x - y)

    return {"affine_forward": affine_forward, "affine_backward": affine_backward, "mse_loss": mse_loss}


@variant
def float32_throughout():
    """Single precision is what deep learning runs in; results come back as float32."""
    return _computed_in(np.float32, np.float32)


@variant
def float32_inside():
    """Computed in single precision and returned as float64: less exact, not wrong."""
    return _computed_in(np.float32, np.float64)


def _computed_in(inside, outside):
    """All entry points but numerical_gradient, whose h = 1e-5 asks for double precision."""
    functions = {**_layers_in(inside, outside), **_slopes_in(inside, outside), **_losses_in(inside, outside)}
    return {**functions, "two_layer_loss": _network_of(functions, inside, outside)}


def _layers_in(inside, outside):
    def affine_forward(x, w, b):
        x, w, b = (np.asarray(value, dtype=inside) for value in (x, w, b))
        return (x.reshape(len(x), -1) @ w + b).astype(outside), (x, w)

    def affine_backward(dout, cache):
        x, w = cache
        dout = dout.astype(inside)
        gradients = (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)
        return tuple(gradient.astype(outside) for gradient in gradients)

    def relu_forward(x):
        x = x.astype(inside)
        return np.maximum(x, 0).astype(outside), x

    def relu_backward(dout, x):
        return (dout.astype(inside) * (x > 0)).astype(outside)

    return {
        "affine_forward": affine_forward,
        "affine_backward": affine_backward,
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
    }


def _slopes_in(inside, outside):
    def leaky_relu_forward(x, alpha=0.01):
        x = x.astype(inside)
        slope = np.where(x > 0, inside(1), inside(alpha))
        return (slope * x).astype(outside), slope

    def tanh_forward(x):
        out = np.tanh(x.astype(inside))
        return out.astype(outside), 1 - out**2

    def sigmoid_forward(x):
        out = inside(0.5) * (1 + np.tanh(x.astype(inside) / 2))
        return out.astype(outside), out * (1 - out)

    def backward(dout, slope):
        return (dout.astype(inside) * slope).astype(outside)

    return {
        "leaky_relu_forward": leaky_relu_forward,
        "leaky_relu_backward": backward,
        "tanh_forward": tanh_forward,
        "tanh_backward": backward,
        "sigmoid_forward": sigmoid_forward,
        "sigmoid_backward": backward,
    }


def _losses_in(inside, outside):
    def softmax_loss(x, y):
        x = x.astype(inside)
        shifted = x - x.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        rows = np.arange(len(y))
        dx = np.exp(log_p)
        dx[rows, y] -= 1
        return outside(-log_p[rows, y].mean()), (dx / inside(len(y))).astype(outside)

    def mse_loss(x, y):
        diff = x.astype(inside) - y.astype(inside)
        return outside(np.mean(diff**2)), (2 * diff / inside(diff.size)).astype(outside)

    return {"softmax_loss": softmax_loss, "mse_loss": mse_loss}


def _network_of(layers, inside, outside):
    def two_layer_loss(params, x, y, reg=0.0):
        hidden, first = layers["affine_forward"](x, params["W1"], params["b1"])
        active, kink = layers["relu_forward"](hidden)
        scores, second = layers["affine_forward"](active, params["W2"], params["b2"])
        loss, dscores = layers["softmax_loss"](scores, y)
        dactive, dW2, db2 = layers["affine_backward"](dscores, second)
        _, dW1, db1 = layers["affine_backward"](layers["relu_backward"](dactive, kink), first)
        W1, W2 = params["W1"].astype(inside), params["W2"].astype(inside)
        loss = inside(loss) + inside(0.5 * reg) * (np.sum(W1**2) + np.sum(W2**2))
        grads = {"W1": dW1 + inside(reg) * W1, "b1": db1, "W2": dW2 + inside(reg) * W2, "b2": db2}
        return outside(loss), {name: grad.astype(inside).astype(outside) for name, grad in grads.items()}

    return two_layer_loss


@variant
def fortran_order():
    """Column-major arrays hold the same numbers."""

    def affine_forward(x, w, b):
        flat = np.asfortranarray(x.reshape(x.shape[0], -1))
        return np.asfortranarray(flat @ w + b), (x.shape, flat, w)

    def affine_backward(dout, cache):
        shape, flat, w = cache
        dx = np.asfortranarray((dout @ w.T).reshape(shape))
        return dx, np.asfortranarray(flat.T @ dout), dout.sum(axis=0)

    def tanh_forward(x):
        out = np.asfortranarray(np.tanh(x))
        return out, out

    def tanh_backward(dout, out):
        return np.asfortranarray((1 - out) * (1 + out) * dout)

    return {
        "affine_forward": affine_forward,
        "affine_backward": affine_backward,
        "tanh_forward": tanh_forward,
        "tanh_backward": tanh_backward,
    }


@variant
def strided_views():
    """Transposed and sliced views need no copy."""

    def affine_forward(x, w, b):
        columns = w.T @ x.reshape(x.shape[0], -1).T + b[:, np.newaxis]
        return columns.T, (x, w)

    def affine_backward(dout, cache):
        x, w = cache
        both = np.empty((2, *w.shape[::-1]))
        both[0] = dout.T @ x.reshape(x.shape[0], -1)
        return (w @ dout.T).T.reshape(x.shape), both[0].T, dout.T.sum(axis=1)

    def sigmoid_forward(x):
        pairs = np.zeros((*x.shape, 2))
        pairs[..., 0] = np.exp(-np.logaddexp(0, -x))
        return pairs[..., 0], pairs

    def sigmoid_backward(dout, pairs):
        out = pairs[..., 0]
        return (dout[..., None] * (out * (1 - out))[..., None])[..., 0]

    return {
        "affine_forward": affine_forward,
        "affine_backward": affine_backward,
        "sigmoid_forward": sigmoid_forward,
        "sigmoid_backward": sigmoid_backward,
    }


@variant
def slope_one_at_zero():
    """At exactly 0 any slope from 0 to 1 is a subgradient of ReLU; x >= 0 takes 1."""

    def relu_backward(dout, x):
        return np.where(x < 0, 0, dout)

    def leaky_relu_backward(dout, cache):
        x, alpha = cache
        return dout * np.where(x >= 0, 1, alpha)

    return {"relu_backward": relu_backward, "leaky_relu_backward": leaky_relu_backward}


@variant
def cached_masks():
    """A backward pass needs the mask or the slope, not the input: float masks and slopes in the cache."""

    def relu_forward(x):
        mask = (x > 0) * 1.0
        return x * mask, mask

    def relu_backward(dout, mask):
        return np.multiply(dout, mask)

    def leaky_relu_forward(x, alpha=0.01):
        slope = np.ones_like(x)
        slope[x < 0] = alpha
        return x * slope, slope

    def leaky_relu_backward(dout, slope):
        return slope * dout

    def tanh_forward(x):
        out = np.tanh(x)
        return out, 1 - np.square(out)

    def tanh_backward(dout, slope):
        return slope * dout

    return {
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
        "leaky_relu_forward": leaky_relu_forward,
        "leaky_relu_backward": leaky_relu_backward,
        "tanh_forward": tanh_forward,
        "tanh_backward": tanh_backward,
    }


@variant
def max_form_of_leaky_relu():
    """For alpha below 1, leaky ReLU is the larger of x and alpha * x; split at zero it holds for every alpha."""

    def leaky_relu_forward(x, alpha=0.01):
        return np.maximum(0, x) + alpha * np.minimum(0, x), {"x": x, "alpha": alpha}

    def leaky_relu_backward(dout, cache):
        dx = np.array(dout, copy=True)
        dx[cache["x"] <= 0] *= cache["alpha"]
        return dx

    def relu_forward(x):
        return (x + np.abs(x)) / 2, np.sign(x)

    def relu_backward(dout, sign):
        return dout * (sign == 1)

    return {
        "leaky_relu_forward": leaky_relu_forward,
        "leaky_relu_backward": leaky_relu_backward,
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
    }


@variant
def one_hot_loss():
    """Cross-entropy against one-hot targets; the product with zero drops the other classes."""

    def softmax_loss(x, y):
        targets = np.eye(x.shape[1])[y]
        shifted = x - np.max(x, axis=1).reshape(-1, 1)
        log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1)).reshape(-1, 1)
        return -np.sum(targets * log_p) / x.shape[0], (np.exp(log_p) - targets) / x.shape[0]

    return {"softmax_loss": softmax_loss}


@variant
def log_sum_exp():
    """The loss is logsumexp(x) - x[y], and its gradient the softmax minus the one-hot labels."""

    def softmax_loss(x, y):
        normaliser = np.logaddexp.reduce(x, axis=1)
        p = np.exp(x - normaliser[:, None])
        np.subtract.at(p, (np.arange(len(y)), y), 1)
        return np.mean(normaliser - np.take_along_axis(x, y[:, None], axis=1)[:, 0]), p / len(y)

    return {"softmax_loss": softmax_loss}


@variant
def jacobians():
    """Example by example through the Jacobian diag(p) - p pᵀ: long, and the chain rule to the letter."""

    def softmax_loss(x, y):
        N = len(x)
        loss, dx = 0.0, []
        for scores, label in zip(x, y, strict=True):
            scores = scores - scores.max()
            total = np.exp(scores).sum()
            p = np.exp(scores) / total
            loss += np.log(total) - scores[label]
            # rows of the Jacobian of log p: d log p_i / d x_j = [i = j] - p_j, finite even where p is 0
            jacobian = np.identity(p.size) - p
            upstream = np.zeros(p.size)
            upstream[label] = -1.0 / N
            dx.append(upstream @ jacobian)
        return loss / N, np.stack(dx)

    def tanh_backward(dout, out):
        jacobian = np.diag(1 - out.ravel() ** 2)
        return (jacobian @ dout.ravel()).reshape(out.shape)

    def tanh_forward(x):
        out = np.tanh(x)
        return out, out

    return {"softmax_loss": softmax_loss, "tanh_forward": tanh_forward, "tanh_backward": tanh_backward}


@variant
def lists_for_tuples():
    """`return [out, cache]` hands over the same two things."""

    def affine_forward(x, w, b):
        return [x.reshape(len(x), -1).dot(w) + b, [x, w, b]]

    def affine_backward(dout, cache):
        [x, w, _] = cache
        return [dout.dot(w.T).reshape(x.shape), x.reshape(len(x), -1).T.dot(dout), dout.sum(0)]

    def relu_forward(x):
        return [np.clip(x, 0, None), [x]]

    def relu_backward(dout, cache):
        return dout * (cache[0] > 0)

    def mse_loss(x, y):
        return [((x - y) ** 2).mean(), 2 * (x - y) / np.prod(x.shape)]

    return {
        "affine_forward": affine_forward,
        "affine_backward": affine_backward,
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
        "mse_loss": mse_loss,
    }


@variant
def dict_caches():
    """A dict says what it holds; results and intermediate values under names."""

    def affine_forward(x, w, b):
        cache = dict(x=x, w=w, b=b, out=x.reshape(len(x), -1) @ w + b)
        return cache["out"], cache

    def affine_backward(dout, cache):
        x, w, b = (cache[name] for name in "xwb")
        return (dout @ w.T).reshape(*x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(0).reshape(b.shape)

    def sigmoid_forward(x):
        e = np.exp(-np.abs(x))
        return np.where(x < 0, e, 1) / (1 + e), {"x": x, "e": e}

    def sigmoid_backward(dout, cache):
        return dout * cache["e"] / (1 + cache["e"]) ** 2

    return {
        "affine_forward": affine_forward,
        "affine_backward": affine_backward,
        "sigmoid_forward": sigmoid_forward,
        "sigmoid_backward": sigmoid_backward,
    }


class _Affine:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        return x.reshape(x.shape[0], -1) @ self.w + self.b

    def backward(self, dout):
        self.dw = self.x.reshape(self.x.shape[0], -1).T @ dout
        self.db = dout.sum(axis=0)
        return (dout @ self.w.T).reshape(self.x.shape)


class _Activation:
    def forward(self, x):
        self.x = x
        return self.f(x)

    def backward(self, dout):
        return dout * self.slope(self.x)


class _Relu(_Activation):
    def f(self, x):
        return x * (x > 0)

    def slope(self, x):
        return (x > 0).astype(x.dtype)


class _Sigmoid(_Activation):
    def f(self, x):
        return 0.5 * (np.tanh(0.5 * x) + 1)

    def slope(self, x):
        return self.f(x) * self.f(-x)


class _Tanh(_Activation):
    f = staticmethod(np.tanh)

    def slope(self, x):
        return 1 / np.cosh(np.clip(x, -350, 350)) ** 2


@variant
def layer_classes():
    """Layers as objects that remember what they need; the object itself is the cache."""

    def affine_forward(x, w, b):
        layer = _Affine(w, b)
        return layer.forward(x), layer

    def affine_backward(dout, layer):
        dx = layer.backward(dout)
        return dx, layer.dw, layer.db

    def forward_of(kind):
        def forward(x):
            layer = kind()
            return layer.forward(x), layer

        return forward

    def backward(dout, layer):
        return layer.backward(dout)

    functions = {"affine_forward": affine_forward, "affine_backward": affine_backward}
    for name, kind in (("relu", _Relu), ("sigmoid", _Sigmoid), ("tanh", _Tanh)):
        functions |= {f"{name}_forward": forward_of(kind), f"{name}_backward": backward}
    return functions


@variant
def closures_for_caches():
    """The cache can be the backward function itself, closed over what it needs."""

    def affine_forward(x, w, b):
        def back(dout):
            return np.dot(dout, w.T).reshape(x.shape), np.dot(x.reshape(len(x), -1).T, dout), dout.sum(0)

        return np.dot(x.reshape(len(x), -1), w) + b, back

    def tanh_forward(x):
        # tanh from exp of negative numbers only, so that nothing overflows
        e = np.exp(-2 * np.abs(x))
        out = np.sign(x) * (1 - e) / (1 + e)
        return out, lambda dout: dout * (1 - out * out)

    def pull(dout, back):
        return back(dout)

    return {
        "affine_forward": affine_forward,
        "affine_backward": pull,
        "tanh_forward": tanh_forward,
        "tanh_backward": pull,
    }


@variant
def python_two_habits():
    """Old habits: products by reduce, lists by map and lambda, indices by zip."""

    def affine_forward(x, w, b):
        D = reduce(mul, x.shape[1:])
        flat = np.reshape(x, (x.shape[0], D))
        return np.array(list(map(lambda row: np.dot(row, w) + b, flat))), (x, w, b)

    def affine_backward(dout, cache):
        x, w, _ = cache
        N = x.shape[0]
        dx = np.dot(dout, np.transpose(w)).reshape(x.shape)
        dw = reduce(lambda total, pair: total + np.outer(*pair), zip(x.reshape(N, -1), dout), np.zeros(w.shape))  # noqa: B905
        return dx, dw, reduce(np.add, dout)

    def mse_loss(x, y):
        pairs = list(zip(x.ravel().tolist(), y.ravel().tolist()))  # noqa: B905
        loss = reduce(lambda total, pair: total + (pair[0] - pair[1]) ** 2, pairs, 0.0) / float(len(pairs))
        return loss, np.reshape([2.0 * (a - b) / len(pairs) for a, b in pairs], x.shape)

    return {"affine_forward": affine_forward, "affine_backward": affine_backward, "mse_loss": mse_loss}


@variant
def sigmoid_by_branches():
    """One formula for each sign, picked by boolean indexing, keeps every exponent negative."""

    def sigmoid_forward(x):
        out = np.empty_like(x)
        positive = x >= 0
        out[positive] = 1 / (1 + np.exp(-x[positive]))
        grown = np.exp(x[~positive])
        out[~positive] = grown / (1 + grown)
        return out, out.copy()

    def sigmoid_backward(dout, out):
        return dout * (out - out**2)

    def tanh_forward(x):
        out = 2 * sigmoid_forward(2 * x)[0] - 1
        return out, out

    def tanh_backward(dout, out):
        return dout - dout * out**2

    return {
        "sigmoid_forward": sigmoid_forward,
        "sigmoid_backward": sigmoid_backward,
        "tanh_forward": tanh_forward,
        "tanh_backward": tanh_backward,
    }


@variant
def naive_sigmoid():
    """1 / (1 + exp(-x)) overflows to 1 / inf = 0 for very negative x, which is the right limit, with a warning."""

    def sigmoid_forward(x):
        with np.errstate(over="ignore"):
            out = 1 / (1 + np.exp(-x))
        return out, out

    def sigmoid_backward(dout, out):
        return dout * out * (1 - out)

    return {"sigmoid_forward": sigmoid_forward, "sigmoid_backward": sigmoid_backward}


@variant
def scalar_types():
    """A loss may be a NumPy scalar or an array without axes; both are numbers."""

    def softmax_loss(x, y):
        z = x - np.amax(x, axis=-1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
        picked = log_p[range(len(y)), y]
        dx = np.exp(log_p)
        dx[range(len(y)), y] -= 1
        return np.float64(-picked.mean()), np.divide(dx, len(y))

    def mse_loss(x, y):
        return np.asarray(np.square(y - x).mean()), -2 * (y - x) / x.size

    return {"softmax_loss": softmax_loss, "mse_loss": mse_loss}


@variant
def bias_as_a_weight():
    """A column of ones makes the bias one more row of w, and its gradient one more row of dw."""

    def affine_forward(x, w, b):
        ones = np.ones((x.shape[0], 1))
        flat = np.hstack([x.reshape(x.shape[0], -1), ones])
        weights = np.vstack([w, b])
        return flat @ weights, (flat, weights, x.shape)

    def affine_backward(dout, cache):
        flat, weights, shape = cache
        gradient = flat.T @ dout
        return (dout @ weights.T)[:, :-1].reshape(shape), gradient[:-1], gradient[-1]

    return {"affine_forward": affine_forward, "affine_backward": affine_backward}


@variant
def tensordot():
    """Contracting the axes of w, folded to the shape of an example, spares the flattening of x."""

    def affine_forward(x, w, b):
        folded = w.reshape(*x.shape[1:], w.shape[1])
        axes = (tuple(range(1, x.ndim)), tuple(range(x.ndim - 1)))
        return np.tensordot(x, folded, axes) + b, (x, w, folded)

    def affine_backward(dout, cache):
        x, w, folded = cache
        dx = np.tensordot(dout, folded, ((1,), (x.ndim - 1,)))
        return dx, np.tensordot(x, dout, ((0,), (0,))).reshape(w.shape), np.tensordot(np.ones(len(x)), dout, 1)

    return {"affine_forward": affine_forward, "affine_backward": affine_backward}


@variant
def matmul_into_buffers():
    """Results written into buffers of one's own."""

    def affine_forward(x, w, b):
        out = np.empty((x.shape[0], w.shape[1]))
        np.matmul(x.reshape(x.shape[0], -1), w, out=out)
        np.add(out, b, out=out)
        return out, (x, w)

    def affine_backward(dout, cache):
        x, w = cache
        dx, dw = np.empty((x.shape[0], w.shape[0])), np.empty(w.shape)
        np.matmul(dout, w.T, out=dx)
        np.matmul(x.reshape(x.shape[0], -1).T, dout, out=dw)
        return dx.reshape(x.shape), dw, np.add.reduce(dout, axis=0)

    return {"affine_forward": affine_forward, "affine_backward": affine_backward}


@variant
def in_place_on_copies():
    """Working in place is fine on arrays of one's own."""

    def relu_forward(x):
        out = x.copy()
        out[out < 0] = 0
        return out, x.copy()

    def relu_backward(dout, x):
        dx = dout.copy()
        dx[x <= 0] = 0
        return dx

    def softmax_loss(x, y):
        z = np.copy(x)
        z -= z.max(axis=1)[:, None]
        log_total = np.log(np.sum(np.exp(z), axis=1))
        loss = float(np.mean(log_total - z[np.arange(len(y)), y]))
        np.exp(z, out=z)
        z /= z.sum(axis=1)[:, None]
        z[np.arange(len(y)), y] -= 1
        z /= len(y)
        return loss, z

    def mse_loss(x, y):
        diff = x.copy()
        diff -= y
        loss = np.sum(diff**2) / diff.size
        diff *= 2 / diff.size
        return loss, diff

    return {
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
        "softmax_loss": softmax_loss,
        "mse_loss": mse_loss,
    }


@variant
def two_layers_written_out():
    """The whole network in one function, without the layers; regularisation through the norms."""

    def two_layer_loss(params, x, y, reg=0.0):
        W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
        N = x.shape[0]
        h = np.maximum(0, x.reshape(N, -1).dot(W1) + b1)
        scores = h.dot(W2) + b2
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
        data_loss = np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(N), y])
        dscores = p
        dscores[np.arange(N), y] -= 1
        dscores /= N
        dh = dscores.dot(W2.T)
        dh[h <= 0] = 0
        grads = {}
        grads["b2"], grads["b1"] = np.sum(dscores, axis=0), np.sum(dh, axis=0)
        grads["W2"] = h.T.dot(dscores) + reg * W2
        grads["W1"] = x.reshape(N, -1).T.dot(dh) + reg * W1
        return data_loss + reg / 2 * (np.linalg.norm(W1) ** 2 + np.linalg.norm(W2) ** 2), grads

    return {"two_layer_loss": two_layer_loss}


@variant
def numerical_gradient_with_nditer():
    """The lecture's loop: move one entry, ask twice, put the old value back."""

    def numerical_gradient(f, x, h=1e-5):
        grad = np.zeros_like(x)
        it = np.nditer(x, flags=["multi_index"], op_flags=[["readwrite"]])
        while not it.finished:
            ix = it.multi_index
            old = x[ix]
            x[ix] = old + h
            right = f(x)
            x[ix] = old - h
            left = f(x)
            x[ix] = old
            grad[ix] = (right - left) / (2 * h)
            it.iternext()
        return grad

    return {"numerical_gradient": numerical_gradient}


@variant
def numerical_gradient_flat():
    """Stepping along the unit vectors of the flattened input; x itself is never touched."""

    def numerical_gradient(f, x, h=1e-5):
        steps = h * np.identity(x.size)
        slopes = [(f(x + step.reshape(x.shape)) - f(x - step.reshape(x.shape))) / 2 / h for step in steps]
        return np.reshape(slopes, x.shape)

    return {"numerical_gradient": numerical_gradient}
