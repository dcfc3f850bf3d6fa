"""What students get wrong in `backprop`: each function is a known-wrong entry point, its docstring what a teacher says.

Most are the reference's result with the mistake put in, so that nothing but the mistake is wrong. Where they come from:
the misconceptions that 1,240 published student solutions of five courses show, and what follows from the formulas.
"""

import numpy as np

from autograder import mistake

from .reference import (
    affine_backward,
    affine_forward,
    leaky_relu_forward,
    mse_loss,
    numerical_gradient,
    relu_backward,
    relu_forward,
    sigmoid_forward,
    softmax_loss,
    two_layer_loss,
)

# ── affine ─────────────────────────────────────────────────────────────────────────────────────


@mistake("affine_forward", caught_by="values")
def bias_forgotten(x, w, b):
    """You multiply by w but never add the bias: add b to every row of the product."""
    return x.reshape(len(x), -1) @ w, (x, w, b)


@mistake("affine_forward", caught_by="values")
def bias_once_per_feature(x, w, b):
    """You add b inside the loop over the features, so it counts D times: add it once, after the sum."""
    return x.reshape(len(x), -1) @ w + w.shape[0] * b, (x, w, b)


@mistake("affine_forward", caught_by="values")
def weights_reshaped(x, w, b):
    """You reshape w to make the product fit, which mixes its entries: use w as it is, x (N, D) @ w (D, M)."""
    return x.reshape(len(x), -1) @ w.reshape(w.shape[::-1]).T + b, (x, w, b)


@mistake("affine_forward", caught_by="images")
def images_flattened_columns_first(x, w, b):
    """You flatten each image in column order, so pixels meet the wrong weights: use x.reshape(N, -1)."""
    return x.reshape(len(x), -1, order="F") @ w + b, (x, w, b)


@mistake("affine_forward", caught_by="values")
def bias_accumulates(x, w, b):
    """You start each row with `row = b`, which is no copy, so += changes b itself: start with b.copy()."""
    rows = []
    for example in x.reshape(len(x), -1):
        row = b
        row += example @ w
        rows.append(row.copy())
    return np.array(rows), (x, w, b)


@mistake("affine_forward", caught_by="pure")
def x_cleared(x, w, b):
    """You clear x once a copy is in the cache, and the caller still needs it: leave your arguments as they are."""
    out, _ = affine_forward(x, w, b)
    cache = (x.copy(), w, b)
    x[...] = 0
    return out, cache


@mistake("affine_forward", caught_by="shape")
def affine_extra_axis(x, w, b):
    """Your out has an extra axis of length one, (N, 1, M): flatten x to (N, D), so that out is (N, M)."""
    return x.reshape(len(x), 1, -1) @ w + b, (x, w, b)


@mistake("affine_backward", caught_by=("gradients", "consistent"))
def db_not_summed(dout, cache):
    """Your db has one row per example: the bias is shared by all of them, so sum dout over the batch axis."""
    dx, dw, _ = affine_backward(dout, cache)
    return dx, dw, dout.copy()


@mistake("affine_backward", caught_by="shapes")
def db_keeps_axis(dout, cache):
    """Your db has shape (1, M) where b has (M,): sum over the batch axis without keepdims."""
    dx, dw, _ = affine_backward(dout, cache)
    return dx, dw, dout.sum(axis=0, keepdims=True)


@mistake("affine_backward", caught_by=("gradients", "consistent"))
def db_averaged(dout, cache):
    """Your db is the mean over the batch, N times too small: dout already carries any 1/N, so use the sum."""
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw, db / len(dout)


@mistake("affine_backward", caught_by=("gradients", "consistent"))
def db_summed_over_everything(dout, cache):
    """You sum dout over all axes, so every bias gets the same gradient: sum over the batch axis only."""
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw, np.full_like(db, dout.sum())


@mistake("affine_backward", caught_by=("gradients", "consistent"))
def weight_gradients_divided_by_batch(dout, cache):
    """You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own."""
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw / len(dout), db / len(dout)


@mistake("affine_backward", caught_by="images")
def dx_left_flat(dout, cache):
    """Your dx is still flat, (N, D): give it the shape of the x that came in, with reshape(x.shape)."""
    dx, dw, db = affine_backward(dout, cache)
    return dx.reshape(len(dx), -1), dw, db


@mistake("affine_backward", caught_by=("gradients", "consistent", "deep_linear"))
def affine_ignores_dout(dout, cache):
    """You take dout to be all ones, which is right only for a plain sum: use the dout that you are given."""
    return affine_backward(np.ones_like(dout), cache)


@mistake("affine_backward", caught_by=("gradients", "consistent", "deep_linear"))
def dw_transposed(dout, cache):
    """Your dw is transposed: it must have w's shape (D, M), so compute x.T @ dout."""
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw.T, db


@mistake("affine_backward", caught_by=("gradients", "consistent", "deep_linear"))
def dw_reshaped(dout, cache):
    """You compute dout.T @ x and reshape it to fit, which mixes its entries: compute x.T @ dout."""
    dx, dw, db = affine_backward(dout, cache)
    return dx, dw.T.reshape(dw.shape), db


@mistake("affine_backward", caught_by=("gradients", "consistent", "deep_linear"))
def dx_weights_reshaped(dout, cache):
    """You reshape w to make dx fit, which mixes its entries: transpose it, dout @ w.T."""
    x, w, _ = cache
    _, dw, db = affine_backward(dout, cache)
    return (dout @ w.reshape(w.shape[::-1])).reshape(x.shape), dw, db


@mistake("affine_backward", caught_by=("gradients", "consistent", "deep_linear"))
def dout_divided_in_place(dout, cache):
    """You divide dout by N in place, which changes your caller's array and every gradient: leave dout alone."""
    dout /= len(dout) + 1.0  # + 1: so that it shows for a batch of one, too
    return affine_backward(dout, cache)


@mistake("affine_backward", caught_by="pure")
def cached_weights_overwritten(dout, cache):
    """You write dw into the cached w, so a second backward uses the wrong weights: put dw into a new array."""
    _, w, _ = cache
    dx, dw, db = affine_backward(dout, cache)
    w[...] = dw
    return dx, w, db


@mistake("affine_backward", caught_by="cost")
def affine_by_finite_differences(dout, cache):
    """You differentiate numerically, with two forward passes for every weight: use the formula of each gradient."""
    if sum(arg.size for arg in cache) > 5_000:
        raise TimeoutError("what a limit does to two forward passes for each of so many weights")
    gradients = []
    for position, arg in enumerate(cache):

        def loss(value, position=position):
            args = [*cache[:position], value, *cache[position + 1 :]]
            return np.sum(dout * affine_forward(*args)[0])

        gradients.append(_differences(loss, arg, lambda ahead, behind: (ahead - behind) / 2e-2, 1e-2))
    return tuple(gradients)


# ── relu ───────────────────────────────────────────────────────────────────────────────────────


@mistake("relu_forward", caught_by="values")
def relu_absolute_value(x):
    """You turn negative inputs positive; ReLU makes them zero: use np.maximum(x, 0)."""
    return np.maximum(x, -x), x


@mistake("relu_forward", caught_by="values")
def relu_keeps_negatives(x):
    """You let negative inputs through and stop positive ones: ReLU is the larger of x and 0, not the smaller."""
    return np.minimum(x, 0), x


@mistake("relu_forward", caught_by="values")
def relu_returns_mask(x):
    """You return where x is positive, ones and zeros: multiply that mask by x."""
    return (x > 0).astype(float), x


@mistake("relu_forward", caught_by="pure")
def relu_in_place(x):
    """You set the negative entries of x itself to zero, and the caller still needs x: work on a copy."""
    x[x < 0] = 0
    return x, x


@mistake("relu_forward", caught_by="shape")
def relu_squeezed(x):
    """Your out has lost the axes of length one: an activation works element by element and keeps x's shape."""
    return np.squeeze(np.maximum(x, 0)), x


@mistake("relu_backward", caught_by=("gradients", "consistent"))
def relu_mask_from_dout(dout, cache):
    """You keep dout where dout is positive: what counts is where the input x was positive, so mask with x > 0."""
    return dout * (dout > 0)


@mistake("relu_backward", caught_by=("gradients", "consistent"))
def relu_mask_from_output(dout, cache):
    """You mask with out >= 0, which is true everywhere, so all of dout gets through: mask with x > 0."""
    return dout * (np.maximum(cache, 0) >= 0)


@mistake("relu_backward", caught_by=("gradients", "consistent"))
def relu_mask_inverted(dout, cache):
    """Your mask is the wrong way round: dout passes where x was positive and stops where it was negative."""
    return dout * (cache < 0)


@mistake("relu_backward", caught_by=("gradients", "consistent"))
def relu_ignores_dout(dout, cache):
    """You return the slope of ReLU alone: by the chain rule it has to be multiplied by dout."""
    return (cache > 0).astype(float)


@mistake("relu_backward", caught_by=("gradients", "consistent"))
def relu_multiplies_by_output(dout, cache):
    """You multiply dout by ReLU's output: multiply it by ReLU's slope, which is 1 where x > 0 and 0 elsewhere."""
    return dout * np.maximum(cache, 0)


@mistake("relu_backward", caught_by="pure")
def relu_masks_dout_in_place(dout, cache):
    """You zero entries of dout itself, and another branch may still need it: multiply by the mask instead."""
    dout[cache <= 0] = 0
    return dout


@mistake("relu_backward", caught_by="at_zero")
def relu_half_slope_at_zero(dout, cache):
    """Your slope at exactly 0 is a half: by convention it is 0, so mask with x > 0."""
    return dout * (1 + np.sign(cache)) / 2


@mistake("relu_backward", caught_by="at_zero")
def relu_divides_by_x(dout, cache):
    """You divide by x, which gives NaN where x is 0: mask with x > 0 and do not divide."""
    return dout * np.maximum(cache, 0) / cache


# ── leaky relu ─────────────────────────────────────────────────────────────────────────────────


@mistake("leaky_relu_forward", caught_by="values")
def leaky_without_leak(x, alpha=0.01):
    """You set negative inputs to zero, which is plain ReLU: the leaky one multiplies them by alpha."""
    return np.maximum(x, 0), (x, alpha)


@mistake("leaky_relu_forward", caught_by="values")
def leaky_wrong_sign(x, alpha=0.01):
    """Your negative side comes out positive: for x < 0 the output is alpha * x, which stays negative."""
    return np.where(x > 0, x, -alpha * x), (x, alpha)


@mistake("leaky_relu_forward", caught_by="values")
def leaky_alpha_fixed(x, alpha=0.01):
    """You write 0.01 into the formula, so another alpha has no effect: use the argument alpha."""
    return np.where(x > 0, x, 0.01 * x), (x, alpha)


@mistake("leaky_relu_forward", caught_by="default_alpha")
def leaky_default_alpha(x, alpha=0.1):
    """Your alpha is not 0.01 when none is given: write alpha=0.01 in the signature."""
    return leaky_relu_forward(x, alpha)


@mistake("leaky_relu_forward", caught_by="values")
def leaky_sides_swapped(x, alpha=0.01):
    """You scale the positive inputs by alpha and leave the negative ones: it is the other way round."""
    return np.where(x > 0, alpha * x, x), (x, alpha)


@mistake("leaky_relu_forward", caught_by="pure")
def leaky_in_place(x, alpha=0.01):
    """You scale the negative entries of x itself, and the caller still needs x: work on a copy."""
    x[x < 0] *= alpha
    return x, (x, alpha)


@mistake("leaky_relu_forward", caught_by="shape")
def leaky_squeezed(x, alpha=0.01):
    """Your out has lost the axes of length one: an activation works element by element and keeps x's shape."""
    out, cache = leaky_relu_forward(x, alpha)
    return out.squeeze(), cache


@mistake("leaky_relu_backward", caught_by=("gradients", "consistent"))
def leaky_alpha_forgotten(dout, cache):
    """Your gradient is zero for negative inputs, as in plain ReLU: there the slope is alpha."""
    return dout * (cache[0] > 0)


@mistake("leaky_relu_backward", caught_by=("gradients", "consistent"))
def leaky_slope_negative(dout, cache):
    """Your slope for negative inputs is -alpha: f(x) = alpha * x rises there too, so it is +alpha."""
    x, alpha = cache
    return dout * np.where(x > 0, 1, -alpha)


@mistake("leaky_relu_backward", caught_by="gradients")
def leaky_slope_fixed(dout, cache):
    """You write 0.01 into the slope, so another alpha has no effect: keep alpha in the cache and use it."""
    return dout * np.where(cache[0] > 0, 1, 0.01)


@mistake("leaky_relu_backward", caught_by=("gradients", "consistent"))
def leaky_mask_from_dout(dout, cache):
    """You choose the slope by the sign of dout: choose it by the sign of the input x."""
    return dout * np.where(dout > 0, 1, cache[1])


@mistake("leaky_relu_backward", caught_by="pure")
def leaky_scales_dout_in_place(dout, cache):
    """You scale entries of dout itself, and another branch may still need it: make a new array."""
    x, alpha = cache
    dout[x < 0] *= alpha
    return dout


# ── sigmoid ────────────────────────────────────────────────────────────────────────────────────


@mistake("sigmoid_forward", caught_by="values")
def sigmoid_sign(x):
    """Your sigmoid falls where it should rise: the exponent is -x, as in 1 / (1 + exp(-x))."""
    out = sigmoid_forward(-x)[0]
    return out, out


@mistake("sigmoid_forward", caught_by="values")
def sigmoid_base_two(x):
    """You raise 2 to the power of -x; the sigmoid has e for its base: use np.exp."""
    out = 1 / (1 + 2.0**-x)
    return out, out


@mistake("sigmoid_forward", caught_by="stable")
def sigmoid_overflows(x):
    """Your exp(x) / (1 + exp(x)) is inf / inf = NaN for large x: use exp only of negative numbers."""
    out = np.exp(x) / (1 + np.exp(x))
    return out, out


@mistake("sigmoid_forward", caught_by="pure")
def sigmoid_in_place(x):
    """You write the result into x, and the caller still needs x: let NumPy make a new array."""
    x[...] = sigmoid_forward(x)[0]
    return x, x


@mistake("sigmoid_forward", caught_by="shape")
def sigmoid_squeezed(x):
    """Your out has lost the axes of length one: an activation works element by element and keeps x's shape."""
    out = sigmoid_forward(x)[0]
    return out.squeeze(), out


@mistake("sigmoid_backward", caught_by=("gradients", "consistent", "known_answers"))
def sigmoid_slope_is_output(dout, cache):
    """You multiply dout by the output s alone: the slope of the sigmoid is s * (1 - s)."""
    return dout * cache


@mistake("sigmoid_backward", caught_by=("gradients", "consistent", "known_answers"))
def sigmoid_of_output(dout, cache):
    """You apply the sigmoid to its own output again: the cache holds s already, so the slope is s * (1 - s)."""
    out = sigmoid_forward(cache)[0]
    return dout * out * (1 - out)


@mistake("sigmoid_backward", caught_by=("gradients", "consistent", "known_answers"))
def sigmoid_slope_negative(dout, cache):
    """Your gradient has the wrong sign: the sigmoid rises everywhere, with slope s * (1 - s)."""
    return dout * cache * (cache - 1)


@mistake("sigmoid_backward", caught_by=("gradients", "consistent", "known_answers"))
def sigmoid_slope_of_tanh(dout, cache):
    """You use 1 - s**2, which is the slope of tanh: the slope of the sigmoid is s * (1 - s)."""
    return dout * (1 - cache**2)


@mistake("sigmoid_backward", caught_by=("gradients", "consistent"))
def sigmoid_ignores_dout(dout, cache):
    """You return the slope s * (1 - s) alone: by the chain rule it has to be multiplied by dout."""
    return cache * (1 - cache)


@mistake("sigmoid_backward", caught_by="pure")
def sigmoid_scales_dout_in_place(dout, cache):
    """You multiply dout in place, and another branch may still need it: write dout * s * (1 - s)."""
    dout *= cache * (1 - cache)
    return dout


# ── tanh ───────────────────────────────────────────────────────────────────────────────────────


@mistake("tanh_forward", caught_by="values")
def tanh_of_half(x):
    """You compute 2 * sigmoid(x) - 1, which is tanh(x / 2): it takes sigmoid(2 * x)."""
    out = np.tanh(x / 2)
    return out, out


@mistake("tanh_forward", caught_by="values")
def tanh_without_denominator(x):
    """You divide exp(x) - exp(-x) by 2, which is sinh: divide it by exp(x) + exp(-x)."""
    out = np.sinh(x)
    return out, out


@mistake("tanh_forward", caught_by="stable")
def tanh_overflows(x):
    """Your quotient of exponentials is inf / inf = NaN for large x: use np.tanh, or exp only of negative numbers."""
    out = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
    return out, out


@mistake("tanh_forward", caught_by="pure")
def tanh_in_place(x):
    """You write the result into x, and the caller still needs x: let NumPy make a new array."""
    np.tanh(x, out=x)
    return x, x


@mistake("tanh_forward", caught_by="shape")
def tanh_squeezed(x):
    """Your out has lost the axes of length one: an activation works element by element and keeps x's shape."""
    out = np.tanh(x)
    return out.squeeze(), out


@mistake("tanh_backward", caught_by=("gradients", "consistent"))
def tanh_square_missing(dout, cache):
    """You multiply by 1 - out: the slope of tanh is 1 - out**2, so the output has to be squared."""
    return dout * (1 - cache)


@mistake("tanh_backward", caught_by=("gradients", "consistent"))
def tanh_of_output(dout, cache):
    """You apply tanh to its own output again: the cache holds tanh(x) already, so the slope is 1 - out**2."""
    return dout * (1 - np.tanh(cache) ** 2)


@mistake("tanh_backward", caught_by=("gradients", "consistent"))
def tanh_slope_of_sigmoid(dout, cache):
    """You use out * (1 - out), which is the slope of the sigmoid: the slope of tanh is 1 - out**2."""
    return dout * cache * (1 - cache)


@mistake("tanh_backward", caught_by=("gradients", "consistent"))
def tanh_ignores_dout(dout, cache):
    """You return the slope 1 - out**2 alone: by the chain rule it has to be multiplied by dout."""
    return 1 - cache**2


@mistake("tanh_backward", caught_by="pure")
def tanh_scales_dout_in_place(dout, cache):
    """You multiply dout in place, and another branch may still need it: write dout * (1 - out**2)."""
    dout *= 1 - cache**2
    return dout


# ── softmax and cross-entropy ──────────────────────────────────────────────────────────────────


def _softmax(x, axis=1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _one_hot(x, y):
    return np.eye(x.shape[1])[y]


def _cross_entropy(p, x, y):
    return float(-np.mean(np.log(p[np.arange(len(y)), y]))), (p - _one_hot(x, y)) / len(y)


@mistake("softmax_loss", caught_by=("loss", "gradient"))
def softmax_over_batch(x, y):
    """You normalise over the batch, so the columns sum to one: softmax is over the classes, axis=1."""
    return _cross_entropy(_softmax(x, axis=0), x, y)


@mistake("softmax_loss", caught_by="stable")
def softmax_not_shifted(x, y):
    """Your exp overflows for large logits and gives NaN: subtract each row's maximum before exp."""
    return _cross_entropy(np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), x, y)


@mistake("softmax_loss", caught_by="stable")
def softmax_log_of_zero(x, y):
    """A probability too small for a float becomes 0 and its log infinite: use x - max - log(sum(exp(x - max)))."""
    return _cross_entropy(_softmax(x), x, y)


@mistake("softmax_loss", caught_by=("stable", "invariance"))
def softmax_denominator_epsilon(x, y):
    """The constant you add to the sum of exponentials outweighs it for low scores: shift by the maximum instead."""
    e = np.exp(x)
    return _cross_entropy(e / (e.sum(axis=1, keepdims=True) + 1e-10), x, y)


@mistake("softmax_loss", caught_by=("loss", "gradient"))
def softmax_without_exp(x, y):
    """You divide the scores by their sum without exp: softmax is exp(x) divided by the row's sum of exp(x)."""
    return _cross_entropy(x / x.sum(axis=1, keepdims=True), x, y)


@mistake("softmax_loss", caught_by=("loss", "gradient"))
def softmax_twice(x, y):
    """You apply softmax to probabilities: x are logits, so apply it once, inside the loss."""
    return softmax_loss(_softmax(x), y)


@mistake("softmax_loss", caught_by=("loss", "uniform"))
def softmax_log_base_two(x, y):
    """You take the logarithm to base 2, so the loss is in bits: use the natural logarithm, np.log."""
    loss, dx = softmax_loss(x, y)
    return loss / np.log(2), dx


@mistake("softmax_loss", caught_by=("loss", "uniform"))
def softmax_log_base_ten(x, y):
    """You take the logarithm to base 10: use the natural logarithm, np.log."""
    loss, dx = softmax_loss(x, y)
    return loss / np.log(10), dx


@mistake("softmax_loss", caught_by="loss")
def softmax_log_epsilon(x, y):
    """The constant you add inside the log changes the loss: compute the log of softmax directly, without it."""
    p = _softmax(x)
    return float(-np.mean(np.log(p[np.arange(len(y)), y] + 1e-5))), softmax_loss(x, y)[1]


@mistake("softmax_loss", caught_by="loss")
def softmax_loss_negative(x, y):
    """Your loss is negative: the log of a probability is below zero, so the loss is minus its mean."""
    loss, dx = softmax_loss(x, y)
    return -loss, dx


@mistake("softmax_loss", caught_by="loss")
def softmax_loss_summed(x, y):
    """Your loss is the sum over the batch: divide it by N."""
    loss, dx = softmax_loss(x, y)
    return loss * len(y), dx


@mistake("softmax_loss", caught_by="gradient")
def softmax_gradient_summed(x, y):
    """Your loss is a mean, but your dx is not divided by N: divide it, too."""
    loss, dx = softmax_loss(x, y)
    return loss, dx * len(y)


@mistake("softmax_loss", caught_by="gradient")
def softmax_gradient_averaged_twice(x, y):
    """You divide dx by N twice: once is enough."""
    loss, dx = softmax_loss(x, y)
    return loss, dx / len(y)


@mistake("softmax_loss", caught_by="gradient")
def softmax_one_hot_missing(x, y):
    """Your dx is the probabilities alone: subtract 1 at each example's own label before dividing by N."""
    return softmax_loss(x, y)[0], _softmax(x) / len(y)


@mistake("softmax_loss", caught_by="gradient")
def softmax_whole_columns(x, y):
    """dx[:, y] -= 1 changes whole columns: pick one entry per row with dx[np.arange(N), y] -= 1."""
    dx = _softmax(x)
    dx[:, y] -= 1
    return softmax_loss(x, y)[0], dx / len(y)


@mistake("softmax_loss", caught_by="gradient")
def softmax_gradient_sign(x, y):
    """Your dx points uphill: it is (probabilities - one-hot) / N, not the other way round."""
    loss, dx = softmax_loss(x, y)
    return loss, -dx


@mistake("softmax_loss", caught_by="gradient")
def softmax_gradient_of_probabilities(x, y):
    """Your dx is the gradient with respect to the probabilities: go on through the softmax to the logits."""
    return softmax_loss(x, y)[0], -_one_hot(x, y) / _softmax(x) / len(y)


@mistake("softmax_loss", caught_by="pure")
def softmax_shifts_in_place(x, y):
    """You subtract the maximum from x itself, and the caller still needs x: write x = x - max, not x -= max."""
    x -= x.max(axis=1, keepdims=True)
    return softmax_loss(x, y)


# ── mean squared error ─────────────────────────────────────────────────────────────────────────


@mistake("mse_loss", caught_by="loss")
def mse_summed(x, y):
    """Your loss is the sum of the squared errors: divide it by the number of elements, x.size."""
    loss, dx = mse_loss(x, y)
    return loss * x.size, dx


@mistake("mse_loss", caught_by=("loss", "gradient"))
def mse_mean_over_batch(x, y):
    """You divide by the number of examples: the mean is over all elements, so divide by x.size."""
    loss, dx = mse_loss(x, y)
    return loss * x.size / len(x), dx * x.size / len(x)


@mistake("mse_loss", caught_by=("loss", "gradient"))
def mse_halved(x, y):
    """Your loss has a factor of a half that is not asked for: it is the plain mean of (x - y)**2."""
    loss, dx = mse_loss(x, y)
    return loss / 2, dx / 2


@mistake("mse_loss", caught_by="loss")
def mse_root(x, y):
    """You take the square root of the mean: the loss is the mean of the squares itself."""
    loss, dx = mse_loss(x, y)
    return float(np.sqrt(loss)), dx


@mistake("mse_loss", caught_by=("loss", "gradient"))
def mse_absolute(x, y):
    """You average the absolute errors: the loss is the mean of their squares."""
    return float(np.mean(np.abs(x - y))), np.sign(x - y) / x.size


@mistake("mse_loss", caught_by="gradient")
def mse_two_missing(x, y):
    """The derivative of a square brings down a factor of 2: dx is 2 * (x - y) / x.size."""
    loss, dx = mse_loss(x, y)
    return loss, dx / 2


@mistake("mse_loss", caught_by="gradient")
def mse_gradient_summed(x, y):
    """Your loss is a mean, but your dx is not divided by the number of elements: divide it, too."""
    loss, dx = mse_loss(x, y)
    return loss, dx * x.size


@mistake("mse_loss", caught_by="gradient")
def mse_gradient_sign(x, y):
    """Your dx points the wrong way: it is 2 * (x - y) / x.size, with x first."""
    loss, dx = mse_loss(x, y)
    return loss, -dx


@mistake("mse_loss", caught_by="pure")
def mse_subtracts_in_place(x, y):
    """You subtract y from x itself, and the caller still needs x: write diff = x - y, not x -= y."""
    loss, dx = mse_loss(x, y)
    x -= y
    return loss, dx


# ── two-layer network ──────────────────────────────────────────────────────────────────────────


def _weights_squared(params):
    return float(np.sum(params["W1"] ** 2) + np.sum(params["W2"] ** 2))


def _regularized(params, loss, grads, reg):
    decay = {name: reg * params[name] for name in ("W1", "W2")}
    return loss + 0.5 * reg * _weights_squared(params), {**grads, **{k: grads[k] + v for k, v in decay.items()}}


def _through_network(params, x, y, reg, relu=relu_forward, relu_back=relu_backward, after=lambda scores: scores):
    hidden, first = affine_forward(x, params["W1"], params["b1"])
    active, kink = relu(hidden)
    scores, second = affine_forward(active, params["W2"], params["b2"])
    loss, dscores = softmax_loss(after(scores), y)
    dactive, dW2, db2 = affine_backward(dscores, second)
    _, dW1, db1 = affine_backward(relu_back(dactive, kink), first)
    return _regularized(params, loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}, reg)


@mistake("two_layer_loss", caught_by="regularization")
def reg_missing_in_loss(params, x, y, reg=0.0):
    """Your loss ignores reg: add 0.5 * reg * (sum of W1**2 + sum of W2**2)."""
    loss, grads = two_layer_loss(params, x, y, reg)
    return loss - 0.5 * reg * _weights_squared(params), grads


@mistake("two_layer_loss", caught_by="regularization")
def reg_missing_in_gradients(params, x, y, reg=0.0):
    """Your loss is regularised but your gradients are not: add reg * W1 and reg * W2 to them."""
    return two_layer_loss(params, x, y, reg)[0], two_layer_loss(params, x, y, 0.0)[1]


@mistake("two_layer_loss", caught_by="regularization")
def reg_half_missing(params, x, y, reg=0.0):
    """Your regularisation has lost its factor of a half: the loss gets 0.5 * reg * W**2, the gradient reg * W."""
    return two_layer_loss(params, x, y, 2 * reg)


@mistake("two_layer_loss", caught_by="regularization")
def reg_gradient_doubled(params, x, y, reg=0.0):
    """Your gradient gets 2 * reg * W, but the half in the loss cancels the 2: add reg * W."""
    return two_layer_loss(params, x, y, reg)[0], two_layer_loss(params, x, y, 2 * reg)[1]


@mistake("two_layer_loss", caught_by="regularization")
def reg_gradient_halved(params, x, y, reg=0.0):
    """Your gradient gets 0.5 * reg * W: the derivative of 0.5 * reg * W**2 is reg * W."""
    return two_layer_loss(params, x, y, reg)[0], two_layer_loss(params, x, y, reg / 2)[1]


@mistake("two_layer_loss", caught_by="regularization")
def reg_on_biases(params, x, y, reg=0.0):
    """You regularise the biases, too: only W1 and W2 are."""
    loss, grads = two_layer_loss(params, x, y, reg)
    biases = {name: params[name] for name in ("b1", "b2")}
    penalty = 0.5 * reg * sum(float(np.sum(b**2)) for b in biases.values())
    return loss + penalty, {**grads, **{name: grads[name] + reg * b for name, b in biases.items()}}


@mistake("two_layer_loss", caught_by="regularization")
def reg_first_layer_only(params, x, y, reg=0.0):
    """You regularise W1 alone: W2 belongs to the penalty, too, in the loss and in its gradient."""
    loss, grads = two_layer_loss(params, x, y, reg)
    unpenalised = two_layer_loss(params, x, y, 0.0)[1]["W2"]
    return loss - 0.5 * reg * float(np.sum(params["W2"] ** 2)), {**grads, "W2": unpenalised}


@mistake("two_layer_loss", caught_by="gradients")
def relu_skipped_in_backward(params, x, y, reg=0.0):
    """Your backward pass goes past the ReLU: stop the gradient where the hidden units were not positive."""
    return _through_network(params, x, y, reg, relu_back=lambda dout, _: dout)


@mistake("two_layer_loss", caught_by=("loss", "gradients"))
def relu_missing(params, x, y, reg=0.0):
    """There is no ReLU between your layers, so two of them are no more than one: put it behind the first."""
    return _through_network(params, x, y, reg, relu=lambda x: (x, x), relu_back=lambda dout, _: dout)


@mistake("two_layer_loss", caught_by="loss")
def relu_on_scores(params, x, y, reg=0.0):
    """You put a ReLU behind the last layer, too, which cuts off negative scores: softmax takes them as they are."""
    return _through_network(params, x, y, reg, after=lambda scores: np.maximum(scores, 0))


@mistake("two_layer_loss", caught_by="gradients")
def second_gradient_before_relu(params, x, y, reg=0.0):
    """Your dW2 uses the hidden layer before the ReLU: the second layer's input is what comes out of the ReLU."""
    loss, grads = two_layer_loss(params, x, y, reg)
    hidden, _ = affine_forward(x, params["W1"], params["b1"])
    scores, _ = affine_forward(np.maximum(hidden, 0), params["W2"], params["b2"])
    return loss, {**grads, "W2": hidden.T @ softmax_loss(scores, y)[1] + reg * params["W2"]}


@mistake("two_layer_loss", caught_by="gradients")
def second_weights_reshaped(params, x, y, reg=0.0):
    """You reshape W2 to go back through the second layer, which mixes its entries: transpose it, dscores @ W2.T."""
    loss, grads = two_layer_loss(params, x, y, reg)
    hidden, first = affine_forward(x, params["W1"], params["b1"])
    scores, _ = affine_forward(np.maximum(hidden, 0), params["W2"], params["b2"])
    dhidden = softmax_loss(scores, y)[1] @ params["W2"].reshape(params["W2"].shape[::-1]) * (hidden > 0)
    _, dW1, db1 = affine_backward(dhidden, first)
    return loss, {**grads, "W1": dW1 + reg * params["W1"], "b1": db1}


@mistake("two_layer_loss", caught_by="pure")
def params_regularized_in_place(params, x, y, reg=0.0):
    """`dW = params["W1"]` is no copy, so dW *= reg changes the weights themselves: write reg * params["W1"]."""
    loss, grads = two_layer_loss(params, x, y, reg)
    for name in ("W1", "W2"):
        params[name] *= reg
    return loss, grads


# ── numerical gradient ─────────────────────────────────────────────────────────────────────────


def _differences(f, x, quotient, h):
    """The gradient whose entries are `quotient(f(x + h·e), f(x − h·e))`."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        gradient[index] = quotient(f(x + step), f(x - step))
    return gradient


@mistake("numerical_gradient", caught_by="central")
def forward_differences(f, x, h=1e-5):
    """You step to one side only, so your error grows with h: use (f(x + h) - f(x - h)) / (2 * h)."""
    here = f(x)
    return _differences(f, x, lambda ahead, _: (ahead - here) / h, h)


@mistake("numerical_gradient", caught_by=("values", "central"))
def divided_by_h(f, x, h=1e-5):
    """Your gradient is twice too large: the two points are 2 * h apart, so divide by 2 * h."""
    return 2 * numerical_gradient(f, x, h)


@mistake("numerical_gradient", caught_by=("values", "central"))
def two_h_without_brackets(f, x, h=1e-5):
    """`/ 2 * h` divides by 2 and then multiplies by h: put brackets around it, / (2 * h)."""
    return _differences(f, x, lambda ahead, behind: (ahead - behind) / 2 * h, h)


@mistake("numerical_gradient", caught_by=("values", "central"))
def difference_reversed(f, x, h=1e-5):
    """Your gradient has the wrong sign: subtract f(x - h) from f(x + h)."""
    return -numerical_gradient(f, x, h)


@mistake("numerical_gradient", caught_by="values")
def all_entries_stepped(f, x, h=1e-5):
    """You move all entries of x at once, so every slope is the sum of all: move one entry at a time."""
    return np.full_like(x, (f(x + h) - f(x - h)) / (2 * h))


@mistake("numerical_gradient", caught_by="default_step")
def default_step_too_large(f, x, h=1e-2):
    """Your step is not 1e-5 when none is given: write h=1e-5 in the signature."""
    return numerical_gradient(f, x, h)


@mistake("numerical_gradient", caught_by="pure")
def last_entry_not_restored(f, x, h=1e-5):
    """You put an entry of x back only when you come to the next, so the last stays moved: restore it at once."""
    gradient = np.zeros_like(x)
    previous = None
    for index in np.ndindex(x.shape):
        if previous is not None:
            x[previous] += h
        x[index] += h
        ahead = f(x)
        x[index] -= 2 * h
        gradient[index] = (ahead - f(x)) / (2 * h)
        previous = index
    return gradient


@mistake("numerical_gradient", caught_by="values")
def x_not_restored(f, x, h=1e-5):
    """You move an entry of x and never put it back, so all later slopes are taken elsewhere: restore it."""
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        ahead = f(x)
        x[index] -= 2 * h
        gradient[index] = (ahead - f(x)) / (2 * h)
    return gradient
