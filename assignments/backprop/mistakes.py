"""What students get wrong in `backprop`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: the misconceptions that 1,240 published student solutions of five courses show, and what follows
from the formulas. An edit is a name, a text of the reference, what stands there instead, the checks that must catch it,
and what a teacher would say. Two lines each, so the formatter is kept away. What is another algorithm is a function.
"""

import numpy as np

from autograder import edits, mistake

from .reference import (
    affine_backward,
    affine_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    mse_loss,
    numerical_gradient,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    softmax_loss,
    tanh_backward,
    tanh_forward,
    two_layer_loss,
)

# fmt: off
WRONG = "gradients consistent"
SQUEEZED = "Your out has lost the axes of length one: an activation works element by element and keeps x's shape."
DX_SQUEEZED = "Your dx has lost the axes of length one: a gradient has the shape of what it belongs to, here x's."

# ── affine ─────────────────────────────────────────────────────────────────────────────────────

of = edits(affine_forward)

of("bias_forgotten", "rows @ w + b", "rows @ w", "values",
   "You multiply by w but never add the bias: add b to every row of the product.")
of("bias_once_per_feature", "rows @ w + b", "rows @ w + len(w) * b", "values",
   "You add b inside the loop over the features, so it counts D times: add it once, after the sum.")
of("weights_reshaped", "rows @ w", "rows @ w.reshape(w.shape[::-1]).T", "values",
   "You reshape w to make the product fit, which mixes its entries: use w as it is, x (N, D) @ w (D, M).")
of("images_flattened_columns_first", "reshape(len(x), -1)", 'reshape(len(x), -1, order="F")', "images",
   "You flatten each image in column order, so pixels meet the wrong weights: use x.reshape(N, -1).")
of("bias_accumulates", "return rows @ w + b",
   "out = []\n    for row in rows:\n        b += row @ w\n        out.append(b.copy())\n    return np.array(out)",
   "values",
   "You start each row with `row = b`, which is not a copy, so += changes b itself: start with b.copy().")
of("x_cleared", "return rows @ w + b, (x, w, b)",
   "out, kept = rows @ w + b, x.copy()\n    x[...] = 0\n    return out, (kept, w, b)", "pure",
   "You clear x once a copy is in the cache, and the caller still needs it: leave your arguments as they are.")
of("affine_extra_axis", "reshape(len(x), -1)", "reshape(len(x), 1, -1)", "shape",
   "Your out has an extra axis of length one, (N, 1, M): flatten x to (N, D), so that out is (N, M).")

of = edits(affine_backward)

of("db_not_summed", "dout.sum(axis=0)", "dout.copy()", WRONG,
   "Your db has one row per example: the bias is shared by all of them, so sum dout over the batch axis.")
of("db_keeps_axis", "dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)", "shapes",
   "Your db has shape (1, M) where b has (M,): sum over the batch axis without keepdims.")
of("db_averaged", "dout.sum(axis=0)", "dout.mean(axis=0)", WRONG,
   "Your db is the mean over the batch, N times too small: dout already carries any 1/N, so use the sum.")
of("db_summed_over_everything", "dout.sum(axis=0)", "np.full(w.shape[1], dout.sum())", WRONG,
   "You sum dout over all axes, so every bias gets the same gradient: sum over the batch axis only.")
of("db_summed_over_outputs", "dout.sum(axis=0)", "dout.sum(axis=1)", WRONG,
   "You sum dout over its columns, one number for each example: sum over the batch, axis 0, one for each bias.")
of("weight_gradients_divided_by_batch", "dx, dw, db", "dx, dw / len(dout), db / len(dout)", WRONG,
   "You divide dw and db by N, but the loss has done so already: the backward pass has no 1/N of its own.")
of("all_gradients_divided_by_batch", "dx, dw, db", "dx / len(dout), dw / len(dout), db / len(dout)", WRONG,
   "You divide all three gradients by N, but the loss has done so already: the backward pass has no 1/N of its own.")
of("dx_left_flat", ".reshape(x.shape)", "", "images",
   "Your dx is still flat, (N, D): give it the shape of the x that came in, with reshape(x.shape).")
of("affine_ignores_dout", "x, w, _ = cache", "x, w, _ = cache\n    dout = np.ones_like(dout)", f"{WRONG} deep_linear",
   "You take dout to be all ones, which is right only for a plain sum: use the dout that you are given.")
of("dw_transposed", "rows.T @ dout", "dout.T @ rows", f"{WRONG} deep_linear",
   "Your dw is transposed: it must have w's shape (D, M), so compute x.T @ dout.")
of("dw_reshaped", "rows.T @ dout", "(dout.T @ rows).reshape(w.shape)", f"{WRONG} deep_linear",
   "You compute dout.T @ x and reshape it to fit, which mixes its entries: compute x.T @ dout.")
of("dx_weights_reshaped", "dout @ w.T", "dout @ w.reshape(w.shape[::-1])", f"{WRONG} deep_linear",
   "You reshape w to make dx fit, which mixes its entries: transpose it, dout @ w.T.")
# + 1: so that it shows for a batch of one, too
of("dout_divided_in_place", "x, w, _ = cache", "x, w, _ = cache\n    dout /= len(dout) + 1.0", f"{WRONG} deep_linear",
   "You divide dout by N in place, which changes your caller's array and every gradient: leave dout alone.")
of("cached_weights_overwritten", "return dx, dw, db", "w[...] = dw\n    return dx, w, db", "pure",
   "You write dw into the cached w, so a second backward uses the wrong weights: put dw into a new array.")


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

        gradients.append(numerical_gradient(loss, arg, 1e-2))
    return tuple(gradients)


# ── relu ───────────────────────────────────────────────────────────────────────────────────────

of = edits(relu_forward)

of("relu_absolute_value", "np.maximum(x, 0)", "np.maximum(x, -x)", "values",
   "You turn negative inputs positive; ReLU makes them zero: use np.maximum(x, 0).")
of("relu_keeps_negatives", "np.maximum", "np.minimum", "values",
   "You let negative inputs through and stop positive ones: ReLU is the larger of x and 0, not the smaller.")
of("relu_returns_mask", "np.maximum(x, 0)", "(x > 0).astype(float)", "values",
   "You return where x is positive, ones and zeros: multiply that mask by x.")
of("relu_in_place", "return np.maximum(x, 0)", "x[x < 0] = 0\n    return x", "pure",
   "You set the negative entries of x itself to zero, and the caller still needs x: work on a copy.")
of("relu_squeezed", "np.maximum(x, 0)", "np.maximum(x, 0).squeeze()", "shape", SQUEEZED)

of = edits(relu_backward)

of("relu_mask_from_dout", "(x > 0)", "(dout > 0)", WRONG,
   "You keep dout where dout is positive: what counts is where the input x was positive, so mask with x > 0.")
of("relu_mask_from_output", "(x > 0)", "(np.maximum(x, 0) >= 0)", WRONG,
   "You mask with out >= 0, which is true everywhere, so all of dout gets through: mask with x > 0.")
of("relu_mask_inverted", "(x > 0)", "(x < 0)", WRONG,
   "Your mask is the wrong way round: dout passes where x was positive and stops where it was negative.")
of("relu_ignores_dout", "dout * (x > 0)", "(x > 0).astype(float)", WRONG,
   "You return the slope of ReLU alone: by the chain rule it has to be multiplied by dout.")
of("relu_multiplies_by_output", "(x > 0)", "np.maximum(x, 0)", WRONG,
   "You multiply dout by ReLU's output: multiply it by ReLU's slope, which is 1 where x > 0 and 0 elsewhere.")
of("relu_masks_dout_in_place", "return dout * (x > 0)", "dout[x <= 0] = 0\n    return dout", "pure",
   "You zero entries of dout itself, and another branch may still need it: multiply by the mask instead.")
of("relu_half_slope_at_zero", "(x > 0)", "(1 + np.sign(x)) / 2", "at_zero",
   "Your slope at exactly 0 is a half: by convention it is 0, so mask with x > 0.")
of("relu_divides_by_x", "(x > 0)", "np.maximum(x, 0) / x", "at_zero",
   "You divide by x, which gives NaN where x is 0: mask with x > 0 and do not divide.")
of("relu_gradient_squeezed", "dout * (x > 0)", "(dout * (x > 0)).squeeze()", "shapes", DX_SQUEEZED)

# ── leaky relu ─────────────────────────────────────────────────────────────────────────────────

of = edits(leaky_relu_forward)
LEAKY = "np.maximum(alpha * x, x)"

of("leaky_without_leak", LEAKY, "np.maximum(x, 0)", "values",
   "You set negative inputs to zero, which is plain ReLU: the leaky one multiplies them by alpha.")
of("leaky_wrong_sign", LEAKY, "np.where(x > 0, x, -alpha * x)", "values",
   "Your negative side comes out positive: for x < 0 the output is alpha * x, which stays negative.")
of("leaky_alpha_fixed", "alpha * x", "0.01 * x", "alpha",
   "You write 0.01 into the formula, so another alpha has no effect: use the argument alpha.")
of("leaky_default_alpha", "alpha=0.01", "alpha=0.1", "default_alpha",
   "Your alpha is not 0.01 when none is given: write alpha=0.01 in the signature.")
of("leaky_sides_swapped", LEAKY, "np.where(x > 0, alpha * x, x)", "values",
   "You scale the positive inputs by alpha and leave the negative ones: it is the other way round.")
of("leaky_in_place", f"return {LEAKY}", "x[x < 0] *= alpha\n    return x", "pure",
   "You scale the negative entries of x itself, and the caller still needs x: work on a copy.")
of("leaky_squeezed", LEAKY, f"{LEAKY}.squeeze()", "shape", SQUEEZED)

of = edits(leaky_relu_backward)
SLOPE = "np.where(x > 0, 1, alpha)"

of("leaky_alpha_forgotten", SLOPE, "(x > 0)", WRONG,
   "Your gradient is zero for negative inputs, as in plain ReLU: there the slope is alpha.")
of("leaky_slope_negative", "1, alpha)", "1, -alpha)", WRONG,
   "Your slope for negative inputs is -alpha: f(x) = alpha * x rises there too, so it is +alpha.")
of("leaky_slope_fixed", "1, alpha)", "1, 0.01)", "alpha",
   "You write 0.01 into the slope, so another alpha has no effect: keep alpha in the cache and use it.")
of("leaky_mask_from_dout", "x > 0", "dout > 0", WRONG,
   "You choose the slope by the sign of dout: choose it by the sign of the input x.")
of("leaky_ignores_dout", f"dout * {SLOPE}", f"{SLOPE} * np.ones_like(x)", WRONG,
   "You return the slope alone: by the chain rule it has to be multiplied by dout.")
of("leaky_scales_dout_in_place", f"return dout * {SLOPE}", "dout[x < 0] *= alpha\n    return dout", "pure",
   "You scale entries of dout itself, and another branch may still need it: make a new array.")
of("leaky_gradient_squeezed", f"dout * {SLOPE}", f"(dout * {SLOPE}).squeeze()", "shapes", DX_SQUEEZED)

# ── sigmoid ────────────────────────────────────────────────────────────────────────────────────

of = edits(sigmoid_forward)

of("sigmoid_sign", "x > 0", "x < 0", "values",
   "Your sigmoid falls where it should rise: the exponent is -x, as in 1 / (1 + exp(-x)).")
of("sigmoid_base_two", "np.exp(-np.abs(x))", "2.0 ** -np.abs(x)", "values",
   "You raise 2 to the power of -x; the sigmoid has e for its base: use np.exp.")
of("sigmoid_overflows", "np.where(x > 0, 1, z) / (1 + z)", "np.exp(x) / (1 + np.exp(x))", "stable",
   "Your exp(x) / (1 + exp(x)) is inf / inf = NaN for large x: use exp only of negative numbers.")
of("sigmoid_in_place", "return out, out", "x[...] = out\n    return x, x", "pure",
   "You write the result into x, and the caller still needs x: let NumPy make a new array.")
of("sigmoid_squeezed", "return out", "return out.squeeze()", "shape", SQUEEZED)

of = edits(sigmoid_backward)

of("sigmoid_slope_is_output", " * (1 - out)", "", f"{WRONG} known_answers",
   "You multiply dout by the output s alone: the slope of the sigmoid is s * (1 - s).")
of("sigmoid_of_output", "out = cache", "out = 1 / (1 + np.exp(-cache))", f"{WRONG} known_answers",
   "You apply the sigmoid to its own output again: the cache holds s already, so the slope is s * (1 - s).")
of("sigmoid_slope_negative", "(1 - out)", "(out - 1)", f"{WRONG} known_answers",
   "Your gradient has the wrong sign: the sigmoid rises everywhere, with slope s * (1 - s).")
of("sigmoid_slope_of_tanh", "out * (1 - out)", "(1 - out**2)", f"{WRONG} known_answers",
   "You use 1 - s**2, which is the slope of tanh: the slope of the sigmoid is s * (1 - s).")
of("sigmoid_slope_without_output", "out * (1 - out)", "(1 - out)", f"{WRONG} known_answers",
   "You multiply by 1 - s alone: the slope of the sigmoid is s * (1 - s).")
of("sigmoid_ignores_dout", "dout * out", "out", WRONG,
   "You return the slope s * (1 - s) alone: by the chain rule it has to be multiplied by dout.")
of("sigmoid_scales_dout_in_place", "return dout * out * (1 - out)", "dout *= out * (1 - out)\n    return dout", "pure",
   "You multiply dout in place, and another branch may still need it: write dout * s * (1 - s).")
of("sigmoid_gradient_squeezed", "return dout * out * (1 - out)", "return (dout * out * (1 - out)).squeeze()", "shapes",
   DX_SQUEEZED)

# ── tanh ───────────────────────────────────────────────────────────────────────────────────────

of = edits(tanh_forward)

of("tanh_of_half", "np.tanh(x)", "np.tanh(x / 2)", "values",
   "You compute 2 * sigmoid(x) - 1, which is tanh(x / 2): it takes sigmoid(2 * x).")
of("tanh_without_denominator", "np.tanh(x)", "np.sinh(x)", "values",
   "You divide exp(x) - exp(-x) by 2, which is sinh: divide it by exp(x) + exp(-x).")
of("tanh_overflows", "np.tanh(x)", "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))", "stable",
   "Your quotient of exponentials is inf / inf = NaN for large x: use np.tanh, or exp only of negative numbers.")
of("tanh_in_place", "np.tanh(x)", "np.tanh(x, out=x)", "pure",
   "You write the result into x, and the caller still needs x: let NumPy make a new array.")
of("tanh_squeezed", "return out", "return out.squeeze()", "shape", SQUEEZED)

of = edits(tanh_backward)

of("tanh_square_missing", "out**2", "out", WRONG,
   "You multiply by 1 - out: the slope of tanh is 1 - out**2, so the output has to be squared.")
of("tanh_of_output", "out = cache", "out = np.tanh(cache)", WRONG,
   "You apply tanh to its own output again: the cache holds tanh(x) already, so the slope is 1 - out**2.")
of("tanh_slope_of_sigmoid", "(1 - out**2)", "out * (1 - out)", WRONG,
   "You use out * (1 - out), which is the slope of the sigmoid: the slope of tanh is 1 - out**2.")
of("tanh_slope_plus", "(1 - out**2)", "(1 + out**2)", WRONG,
   "You add the square of the output: the slope of tanh is 1 - out**2.")
of("tanh_ignores_dout", "dout * (1 - out**2)", "1 - out**2", WRONG,
   "You return the slope 1 - out**2 alone: by the chain rule it has to be multiplied by dout.")
of("tanh_scales_dout_in_place", "return dout * (1 - out**2)", "dout *= 1 - out**2\n    return dout", "pure",
   "You multiply dout in place, and another branch may still need it: write dout * (1 - out**2).")
of("tanh_gradient_extra_axis", "dout * (1 - out**2)", "(dout * (1 - out**2))[None]", "shapes",
   "Your dx has an axis of length one in front: a gradient has the shape of what it is the gradient of, here x's.")

# ── softmax and cross-entropy ──────────────────────────────────────────────────────────────────

of = edits(softmax_loss)
SHIFTED = "shifted = x - x.max(axis=1, keepdims=True)"
LOG_P, ROW_SUM = "shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))", ".sum(axis=1, keepdims=True)"

of("softmax_over_batch", "x.max(axis=1, keepdims=True)", "x.max(axis=0, keepdims=True)", "loss gradient",
   "You normalise over the batch, so the columns sum to one: softmax is over the classes, axis=1.",
   also={ROW_SUM: ".sum(axis=0, keepdims=True)"})
of("softmax_over_everything", ROW_SUM, ".sum()", "loss gradient",
   "You divide by the sum over all examples: each row of scores is normalised by its own sum, axis=1.",
   also={"x.max(axis=1, keepdims=True)": "x.max()"})
of("softmax_not_shifted", LOG_P, f"np.log(np.exp(x) / np.exp(x){ROW_SUM})", "stable",
   "Your exp overflows for large logits and gives NaN: subtract each row's maximum before exp.")
of("softmax_shifted_by_global_maximum", "x.max(axis=1, keepdims=True)", "x.max()", "stable",
   "You subtract the maximum of all scores: rows far below it underflow, so subtract each row's own maximum.")
of("softmax_log_of_zero", LOG_P, f"np.log(np.exp(shifted) / np.exp(shifted){ROW_SUM})", "stable",
   "A probability too small for a float becomes 0 and its log infinite: use x - max - log(sum(exp(x - max))).")
of("softmax_denominator_epsilon", LOG_P, f"np.log(np.exp(x) / (np.exp(x){ROW_SUM} + 1e-10))", "stable invariance",
   "The constant you add to the sum of exponentials outweighs it for low scores: shift by the maximum instead.")
of("softmax_without_exp", LOG_P, f"np.log(x / x{ROW_SUM})", "loss gradient",
   "You divide the scores by their sum without exp: softmax is exp(x) divided by the row's sum of exp(x).",
   also={"np.exp(log_p)": f"x / x{ROW_SUM}"})
of("softmax_twice", "n = len(x)", f"n, x = len(x), np.exp(x - x.max(axis=1, keepdims=True))\n    x /= x{ROW_SUM}",
   "loss gradient", "You apply softmax to probabilities: x are logits, so apply it once, inside the loss.")
of("softmax_log_base_two", "return loss", "return loss / np.log(2)", "loss uniform",
   "You take the logarithm to base 2, so the loss is in bits: use the natural logarithm, np.log.")
of("softmax_log_base_ten", "return loss", "return loss / np.log(10)", "loss uniform",
   "You take the logarithm to base 10: use the natural logarithm, np.log.")
of("softmax_log_epsilon", "-log_p[correct]", "-np.log(np.exp(log_p[correct]) + 1e-5)", "loss",
   "The constant you add inside the log changes the loss: compute the log of softmax directly, without it.")
of("softmax_loss_negative", "-log_p", "log_p", "loss",
   "Your loss is negative: the log of a probability is below zero, so the loss is minus its mean.")
of("softmax_loss_summed", ".mean()", ".sum()", "loss",
   "Your loss is the sum over the batch: divide it by N.")
of("softmax_gradient_summed", "dx / n", "dx", "gradient",
   "Your dx is that of a sum over the batch, and the loss is a mean: divide dx by N.")
of("softmax_gradient_averaged_twice", "dx / n", "dx / n**2", "gradient",
   "You divide dx by N twice: once is enough.")
of("softmax_one_hot_missing", "    dx[correct] -= 1\n", "", "gradient",
   "Your dx is the probabilities alone: subtract 1 at each example's own label before dividing by N.")
of("softmax_whole_columns", "dx[correct]", "dx[:, y]", "gradient",
   "dx[:, y] -= 1 changes whole columns: pick one entry per row with dx[np.arange(N), y] -= 1.")
of("softmax_one_hot_added", "dx[correct] -= 1", "dx[correct] += 1", "gradient",
   "You add 1 at each example's own label: subtract it, dx is (probabilities - one-hot) / N.")
of("softmax_gradient_sign", "dx / n", "-dx / n", "gradient",
   "Your dx points uphill: it is (probabilities - one-hot) / N, not the other way round.")
of("softmax_gradient_of_probabilities", "dx = np.exp(log_p)\n    dx[correct] -= 1",
   "dx = np.zeros_like(x)\n    dx[correct] = -1 / np.exp(log_p[correct])", "gradient",
   "Your dx is the gradient with respect to the probabilities: go on through the softmax to the logits.")
of("softmax_shifts_in_place", SHIFTED, "x -= x.max(axis=1, keepdims=True)\n    shifted = x", "pure",
   "You subtract the maximum from x itself, and the caller still needs x: write x = x - max, not x -= max.")
of("softmax_gradient_extra_axis", "dx / n", "(dx / n)[None]", "shapes",
   "Your dx has an axis of length one in front: it has the shape of the scores, (N, C).")

# ── mean squared error ─────────────────────────────────────────────────────────────────────────

of = edits(mse_loss)

of("mse_summed", "np.mean", "np.sum", "loss",
   "Your loss is the sum of the squared errors: divide it by the number of elements, x.size.")
of("mse_mean_over_batch", "np.mean(difference**2)", "np.sum(difference**2) / len(x)", "loss gradient",
   "You divide by the number of examples: the mean is over all elements, so divide by x.size.",
   also={"x.size": "len(x)"})
of("mse_halved", "np.mean", "0.5 * np.mean", "loss gradient",
   "Your loss has a factor of a half that is not asked for: it is the plain mean of (x - y)**2.",
   also={"2 * difference": "difference"})
of("mse_root", "np.mean(difference**2)", "np.sqrt(np.mean(difference**2))", "loss",
   "You take the square root of the mean: the loss is the mean of the squares itself.")
of("mse_absolute", "np.mean(difference**2), 2 * difference", "np.mean(np.abs(difference)), np.sign(difference)",
   "loss gradient", "You average the absolute errors: the loss is the mean of their squares.")
of("mse_two_missing", "2 * difference", "difference", "gradient",
   "The derivative of a square brings down a factor of 2: dx is 2 * (x - y) / x.size.")
of("mse_gradient_summed", " / x.size", "", "gradient",
   "Your dx is that of a sum over all elements, and the loss is their mean: divide dx by x.size.")
of("mse_gradient_sign", "2 * difference", "-2 * difference", "gradient",
   "Your dx points the wrong way: it is 2 * (x - y) / x.size, with x first.")
of("mse_subtracts_in_place", "difference = x - y", "x -= y\n    difference = x", "pure",
   "You subtract y from x itself, and the caller still needs x: write diff = x - y, not x -= y.")
of("mse_gradient_squeezed", "2 * difference / x.size", "(2 * difference / x.size).squeeze()", "shapes", DX_SQUEEZED)

# ── two-layer network ──────────────────────────────────────────────────────────────────────────

of = edits(two_layer_loss)

of("reg_missing_in_loss", "    loss += 0.5 * reg * (np.sum(W1**2) + np.sum(W2**2))\n", "", "regularization",
   "Your loss ignores reg: add 0.5 * reg * (sum of W1**2 + sum of W2**2).")
of("reg_missing_in_gradients", "dW1 + reg * W1", "dW1", "regularization",
   "Your loss is regularised but your gradients are not: add reg * W1 and reg * W2 to them.", also={" + reg * W2": ""})
of("reg_half_missing", "0.5 * reg", "reg", "regularization",
   "Your regularisation has lost its factor of a half: the loss gets 0.5 * reg * W**2, the gradient reg * W.",
   also={"reg * W1": "2 * reg * W1", "reg * W2": "2 * reg * W2"})
of("reg_gradient_doubled", "reg * W1", "2 * reg * W1", "regularization",
   "Your gradient gets 2 * reg * W, but the half in the loss cancels the 2: add reg * W.",
   also={"reg * W2": "2 * reg * W2"})
of("reg_gradient_halved", "reg * W1", "0.5 * reg * W1", "regularization",
   "Your gradient gets 0.5 * reg * W: the derivative of 0.5 * reg * W**2 is reg * W.",
   also={"reg * W2": "0.5 * reg * W2"})
of("reg_on_biases", "np.sum(W2**2)", 'np.sum(W2**2) + np.sum(params["b1"] ** 2) + np.sum(params["b2"] ** 2)',
   "regularization", "You regularise the biases, too: only W1 and W2 are.",
   also={'"b1": db1': '"b1": db1 + reg * params["b1"]', '"b2": db2': '"b2": db2 + reg * params["b2"]'})
of("reg_first_layer_only", " + np.sum(W2**2)", "", "regularization",
   "You regularise W1 alone: W2 belongs to the penalty, too, in the loss and in its gradient.",
   also={" + reg * W2": ""})
of("relu_skipped_in_backward", "relu_backward(dactive, active_cache)", "dactive", "gradients",
   "Your backward pass goes past the ReLU: stop the gradient where the hidden units were not positive.")
of("relu_missing", "active, active_cache = relu_forward(hidden)", "active = hidden", "loss gradients",
   "There is no ReLU between your layers, so two of them are no more than one: put it behind the first.",
   also={"relu_backward(dactive, active_cache)": "dactive"})
of("relu_on_scores", "softmax_loss(scores, y)", "softmax_loss(np.maximum(scores, 0), y)", "loss",
   "You put a ReLU behind the last layer, too, which cuts off negative scores: softmax takes them as they are.")
of("second_gradient_before_relu", "dW2 + reg * W2", "hidden.T @ dscores + reg * W2", "gradients",
   "Your dW2 uses the hidden layer before the ReLU: the second layer's input is what comes out of the ReLU.")
of("second_weights_reshaped", "relu_backward(dactive, active_cache)",
   "dscores @ W2.reshape(W2.shape[::-1]) * (hidden > 0)", "gradients",
   "You reshape W2 to go back through the second layer, which mixes its entries: transpose it, dscores @ W2.T.")
of("network_gradients_averaged_again", "dscores = softmax_loss(scores, y)", "dscores = softmax_loss(scores, y)\n"
   "    dscores = dscores / len(x)", "gradients",
   "You divide by N on the way back, but softmax_loss has done so already: hand its dx on as it is.")
of("params_regularized_in_place", "return loss", "W1 *= reg\n    W2 *= reg\n    return loss", "pure",
   '`dW = params["W1"]` is not a copy, so dW *= reg changes the weights themselves: write reg * params["W1"].',
   also={"reg * W1": "W1", "reg * W2": "W2"})
of("bias_gradients_keep_axis", '"b1": db1', '"b1": db1[None]', "shapes",
   'Your gradients of the biases have an axis too many: each has the shape of its parameter, (H,) and (C,).',
   also={'"b2": db2': '"b2": db2[None]'})

# ── numerical gradient ─────────────────────────────────────────────────────────────────────────

of = edits(numerical_gradient)
STEP = ("step = np.zeros_like(x)\n"
        "        step[index] = h\n"
        "        gradient[index] = (f(x + step) - f(x - step)) / (2 * h)")
MOVED = ("x[index] += h\n"
         "        ahead = f(x)\n"
         "        x[index] -= 2 * h\n"
         "        gradient[index] = (ahead - f(x)) / (2 * h)")

of("forward_differences", "f(x - step)) / (2 * h)", "f(x)) / h", "central",
   "You step to one side only, so your error grows with h: use (f(x + h) - f(x - h)) / (2 * h).")
of("divided_by_h", "(2 * h)", "h", "values central",
   "Your gradient is twice too large: the two points are 2 * h apart, so divide by 2 * h.")
of("two_h_without_brackets", "(2 * h)", "2 * h", "values central",
   "`/ 2 * h` divides by 2 and then multiplies by h: put brackets around it, / (2 * h).")
of("difference_reversed", "f(x + step) - f(x - step)", "f(x - step) - f(x + step)", "values central",
   "Your gradient has the wrong sign: subtract f(x - h) from f(x + h).")
of("all_entries_stepped", "step[index]", "step[...]", "values",
   "You move all entries of x at once, so every slope is the sum of all: move one entry at a time.")
of("default_step_too_large", "h=1e-5", "h=1e-2", "default_step",
   "Your step is not 1e-5 when none is given: write h=1e-5 in the signature.")
of("last_entry_not_restored", STEP,
   f"if previous is not None:\n            x[previous] += h\n        {MOVED}\n        previous = index", "pure",
   "You put an entry of x back only when you come to the next, so the last stays moved: restore it at once.",
   also={"gradient = np.empty_like(x)": "gradient, previous = np.empty_like(x), None"})
of("x_not_restored", STEP, MOVED, "values",
   "You move an entry of x and never put it back, so all later slopes are taken elsewhere: restore it.")
of("gradient_with_extra_axis", "return gradient", "return gradient[None]", "shape",
   "Your gradient has an axis of length one in front: it has x's shape.")
