"""What students get wrong in `residual`: each function is a known-wrong entry point, its docstring what a teacher says.

Most are the reference's result with the mistake put in, so that nothing but the mistake is wrong. They come from the
misconceptions about skip connections that published student solutions show, and from what follows from the formulas.
"""

import numpy as np
import torch
from torch import nn

from autograder import mistake

from .reference import (
    ResidualBlock,
    deep_stack_gradient_norms,
    projection_block_backward,
    projection_block_forward,
    residual_autograd,
    residual_backward,
    residual_forward,
)


def hidden_of(x, params):
    return x @ params["W1"] + params["b1"]


def branch_of(x, params):
    return np.maximum(hidden_of(x, params), 0) @ params["W2"] + params["b2"]


def cached(x, params):
    """The reference's cache, for a forward pass that is wrong in its output alone."""
    return x, np.maximum(hidden_of(x, params), 0), params


# ── the residual block ─────────────────────────────────────────────────────────────────────────


@mistake("residual_forward", caught_by=("values", "known_answers", "opposite_branches"))
def shortcut_forgotten(x, params):
    """You return the branch alone: the shortcut is missing, add x to it."""
    active = np.maximum(x @ params["W1"] + params["b1"], 0)
    return active @ params["W2"] + params["b2"], (x, active, params)


@mistake("residual_forward", caught_by=("values", "known_answers", "opposite_branches"))
def relu_behind_the_sum(x, params):
    """You put a ReLU behind the sum, so negative inputs cannot pass: the sum itself is the output."""
    active = np.maximum(x @ params["W1"] + params["b1"], 0)
    return np.maximum(x + active @ params["W2"] + params["b2"], 0), (x, active, params)


@mistake("residual_forward", caught_by=("values", "known_answers"))
def relu_around_the_branch(x, params):
    """You put a second ReLU around the branch, so it can only add: W2's output goes into the sum as it is."""
    return x + np.maximum(branch_of(x, params), 0), cached(x, params)


@mistake("residual_forward", caught_by=("values", "opposite_branches"))
def relu_left_out(x, params):
    """Your branch has no ReLU, so the whole block is linear: put one between W1 and W2."""
    hidden = x @ params["W1"] + params["b1"]
    return x + hidden @ params["W2"] + params["b2"], (x, np.maximum(hidden, 0), params)


@mistake("residual_forward", caught_by=("values", "opposite_branches"))
def relu_on_the_input(x, params):
    """You apply the ReLU to x before W1: it belongs behind W1 and b1."""
    out = x + (np.maximum(x, 0) @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    return out, cached(x, params)


@mistake("residual_forward", caught_by=("values", "opposite_branches"))
def first_bias_forgotten(x, params):
    """You forget b1: it is added before the ReLU."""
    return residual_forward(x, {**params, "b1": np.zeros_like(params["b1"])})


@mistake("residual_forward", caught_by=("values", "known_answers"))
def second_bias_forgotten(x, params):
    """You forget b2: it is added to the branch's output."""
    return residual_forward(x, {**params, "b2": np.zeros_like(params["b2"])})


@mistake("residual_forward", caught_by=("values", "opposite_branches"))
def first_bias_behind_the_relu(x, params):
    """You add b1 behind the ReLU: it belongs to the pre-activation, in front of it."""
    out = x + (np.maximum(x @ params["W1"], 0) + params["b1"]) @ params["W2"] + params["b2"]
    return out, cached(x, params)


@mistake("residual_forward", caught_by=("values", "known_answers"))
def shortcut_added_twice(x, params):
    """You add x twice, once in the branch and once behind it: the shortcut counts once."""
    return 2 * x + branch_of(x, params), cached(x, params)


@mistake("residual_forward", caught_by=("values", "known_answers"))
def paths_averaged(x, params):
    """You average the shortcut and the branch: they are summed, without a half."""
    return (x + branch_of(x, params)) / 2, cached(x, params)


@mistake("residual_forward", caught_by=("values", "opposite_branches"))
def second_weights_reshaped(x, params):
    """You reshape W2 where you may have meant to transpose it, which mixes its entries: use it as it is."""
    W2 = params["W2"]
    return residual_forward(x, {**params, "W2": W2.reshape(W2.shape[::-1]).T})


@mistake("residual_forward", caught_by="pure")
def x_plus_equals(x, params):
    """Your `x += ...` writes into the caller's x, which the way back needs too: compute `out = x + ...` instead."""
    cache = (x.copy(), *cached(x, params)[1:])
    x += branch_of(x, params)
    return x, cache


@mistake("residual_forward", caught_by="pure")
def params_cleared(x, params):
    """You take the entries out of params with pop, and the caller needs them for the next block: read them only."""
    mine = {name: params.pop(name) for name in list(params)}
    return residual_forward(x, mine)


@mistake("residual_forward", caught_by="shape")
def block_keeps_an_axis(x, params):
    """Your out has an extra axis of length one, (N, 1, D): it has one row for each row of x, (N, D)."""
    out, cache = residual_forward(x, params)
    return out[:, None], cache


# ── its gradient ───────────────────────────────────────────────────────────────────────────────


def backward_parts(dout, cache):
    """x, active, params, and the gradient at the hidden units."""
    x, active, params = cache
    return x, active, params, (dout @ params["W2"].T) * (active > 0)


@mistake("residual_backward", caught_by=("gradients", "zero_branch", "linear_branch", "deep", "consistent"))
def identity_path_dropped(dout, cache):
    """Your dx comes back through the branch alone: x also goes into the shortcut, so add dout."""
    dx, grads = residual_backward(dout, cache)
    return dx - dout, grads


@mistake("residual_backward", caught_by=("gradients", "linear_branch", "deep", "consistent"))
def only_the_identity_path(dout, cache):
    """Your dx is dout: that is the shortcut's part, add what comes back through the branch."""
    return dout.copy(), residual_backward(dout, cache)[1]


@mistake("residual_backward", caught_by=("gradients", "zero_branch", "deep", "consistent"))
def dout_split_in_halves(dout, cache):
    """You give each path half of dout, but a sum passes its whole gradient to both of its inputs."""
    return residual_backward(dout / 2, cache)


@mistake("residual_backward", caught_by=("gradients", "zero_branch", "deep"))
def shortcut_halved(dout, cache):
    """You add half of dout for the shortcut: its slope is 1, so add all of it."""
    dx, grads = residual_backward(dout, cache)
    return dx - dout / 2, grads


@mistake("residual_backward", caught_by=("gradients", "zero_branch"))
def shortcut_added_back_twice(dout, cache):
    """You add dout twice: the shortcut is one path, so it is added once."""
    dx, grads = residual_backward(dout, cache)
    return dx + dout, grads


@mistake("residual_backward", caught_by=("gradients", "zero_branch"))
def shortcut_through_a_relu(dout, cache):
    """You stop the shortcut's gradient where x is negative: no ReLU stands on the shortcut, so add dout as it is."""
    dx, grads = residual_backward(dout, cache)
    return dx - dout * (cache[0] <= 0), grads


@mistake("residual_backward", caught_by=("gradients", "linear_branch"))
def paths_multiplied(dout, cache):
    """You multiply the two paths: gradients that meet at x are added, dout + branch."""
    dx, grads = residual_backward(dout, cache)
    return dout * (dx - dout), grads


@mistake("residual_backward", caught_by=("gradients", "consistent"))
def branch_mask_missing(dout, cache):
    """You go back through the branch without its ReLU: only units that were on let the gradient through."""
    x, active, params = cache
    dhidden = dout @ params["W2"].T
    grads = {"W1": x.T @ dhidden, "b1": dhidden.sum(axis=0), "W2": active.T @ dout, "b2": dout.sum(axis=0)}
    return dout + dhidden @ params["W1"].T, grads


@mistake("residual_backward", caught_by=("gradients", "consistent"))
def branch_mask_from_the_gradient(dout, cache):
    """You take the ReLU's mask from the gradient's sign: the sign of the pre-activation x @ W1 + b1 decides."""
    x, active, params = cache
    dhidden = np.maximum(dout @ params["W2"].T, 0)
    grads = {"W1": x.T @ dhidden, "b1": dhidden.sum(axis=0), "W2": active.T @ dout, "b2": dout.sum(axis=0)}
    return dout + dhidden @ params["W1"].T, grads


@mistake("residual_backward", caught_by=("gradients", "consistent"))
def branch_taken_at_the_output(dout, cache):
    """You take the branch's gradient at the block's output: its slope counts where it was computed, at the input x."""
    x, _, params = cache
    y = x + branch_of(x, params)
    return residual_backward(dout, cached(y, params))


@mistake("residual_backward", caught_by=("gradients", "zero_branch", "consistent"))
def w2_meets_the_preactivation(dout, cache):
    """Your dW2 uses the hidden units before the ReLU: what met W2 is relu(x @ W1 + b1)."""
    dx, grads = residual_backward(dout, cache)
    x, _, params = cache
    return dx, {**grads, "W2": hidden_of(x, params).T @ dout}


@mistake("residual_backward", caught_by=("gradients", "zero_branch", "consistent"))
def b2_averaged(dout, cache):
    """Your db2 is the mean over the batch: dout already carries any 1/N, so sum over the rows."""
    dx, grads = residual_backward(dout, cache)
    return dx, {**grads, "b2": dout.mean(axis=0)}


@mistake("residual_backward", caught_by=("gradients", "zero_branch"))
def weights_divided_by_the_batch(dout, cache):
    """You divide the weights' gradients by N, but the loss has done so already: leave them as sums."""
    dx, grads = residual_backward(dout, cache)
    return dx, {**grads, "W1": grads["W1"] / len(dout), "W2": grads["W2"] / len(dout)}


@mistake("residual_backward", caught_by=("gradients", "consistent"))
def b1_not_summed(dout, cache):
    """Your db1 has one row for each example: b1 is shared by all of them, so sum over the batch axis."""
    dx, grads = residual_backward(dout, cache)
    return dx, {**grads, "b1": backward_parts(dout, cache)[3]}


@mistake("residual_backward", caught_by=("gradients", "consistent"))
def b1_without_the_mask(dout, cache):
    """Your db1 is taken in front of the mask: b1 stands before the ReLU, so its gradient has come through it."""
    dx, grads = residual_backward(dout, cache)
    return dx, {**grads, "b1": (dout @ cache[2]["W2"].T).sum(axis=0)}


@mistake("residual_backward", caught_by="shapes")
def biases_keep_an_axis(dout, cache):
    """Your db1 and db2 have shapes (1, H) and (1, D): sum without keepdims, so that they look like b1 and b2."""
    dx, grads = residual_backward(dout, cache)
    return dx, {**grads, "b1": grads["b1"][None], "b2": grads["b2"][None]}


@mistake("residual_backward", caught_by=("gradients", "zero_branch"))
def weight_gradients_with_the_shortcut(dout, cache):
    """You add the shortcut to db2: it has no parameters, so the gradient of b2 is the sum of dout alone."""
    dx, grads = residual_backward(dout, cache)
    return dx, {**grads, "b2": grads["b2"] + (cache[0] * dout).sum(axis=0)}


@mistake("residual_backward", caught_by=("gradients", "linear_branch", "consistent"))
def first_weights_reshaped_back(dout, cache):
    """You reshape W1 where you need its transpose: dhidden goes back through W1.T."""
    _, grads = residual_backward(dout, cache)
    *_, params, dhidden = backward_parts(dout, cache)
    return dout + dhidden @ params["W1"].reshape(params["W1"].shape[::-1]), grads


@mistake("residual_backward", caught_by=("gradients", "zero_branch"))
def block_ignores_dout(dout, cache):
    """Your gradients do not depend on dout, as if the loss were the sum of the outputs: start with dout."""
    return residual_backward(np.ones_like(dout), cache)


@mistake("residual_backward", caught_by=("gradients", "consistent"))
def first_layer_left_out(dout, cache):
    """Your grads end with W2 and b2: go on through the ReLU to W1 and b1."""
    dx, grads = residual_backward(dout, cache)
    return dx, {"W2": grads["W2"], "b2": grads["b2"]}


@mistake("residual_backward", caught_by=("gradients", "zero_branch"))
def signs_of_a_step(dout, cache):
    """Your gradients have the sign of an update: return the gradient itself, for the optimiser subtracts it."""
    dx, grads = residual_backward(dout, cache)
    return dx, {name: -gradient for name, gradient in grads.items()}


@mistake("residual_backward", caught_by="pure")
def dout_collects_the_branch(dout, cache):
    """Your `dout += ...` changes the caller's dout, which other paths still need: compute `dx = dout + ...`."""
    dx, grads = residual_backward(dout, cache)
    dout += dx - dout
    return dx, grads


@mistake("residual_backward", caught_by=("gradients", "zero_branch", "linear_branch", "deep", "consistent"))
def dout_overwritten_by_the_branch(dout, cache):
    """The branch writes its mask into dout before the shortcut gets it: the shortcut must receive dout untouched."""
    dx, grads = residual_backward(dout, cache)
    branch = dx - dout
    return 2 * branch, grads


@mistake("residual_backward", caught_by="pure")
def cache_used_up(dout, cache):
    """You write into the hidden units that the cache holds, so a second call gives something else: make a new array."""
    found = residual_backward(dout, cache)
    cache[1][...] = 0
    return found


@mistake("residual_backward", caught_by="cost")
def gradient_by_differences(dout, cache):
    """You find dx by finite differences, two forward passes for each number: use the chain rule, which costs one."""
    x, _, params = cache
    grads = residual_backward(dout, cache)[1]
    dx, h = np.empty_like(x), 2.0**-20
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        if x.size > 100:  # the small cases are told apart by nothing else than time
            up, down = ((dout * residual_forward(x + sign * step, params)[0]).sum() for sign in (1, -1))
            dx[index] = (up - down) / (2 * h)
        else:
            dx[index] = residual_backward(dout, cache)[0][index]
    return dx, grads


# ── the block with a projection ────────────────────────────────────────────────────────────────


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def projection_forgotten(x, params):
    """You return the branch alone: add the shortcut x @ Ws."""
    return branch_of(x, params), cached(x, params)


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def projection_alone(x, params):
    """You return the shortcut alone: add the branch relu(x @ W1 + b1) @ W2 + b2."""
    return x @ params["Ws"], cached(x, params)


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def relu_behind_the_projected_sum(x, params):
    """You put a ReLU behind the sum: the sum itself is the output."""
    return np.maximum(projection_block_forward(x, params)[0], 0), cached(x, params)


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def relu_on_the_projection(x, params):
    """You put a ReLU on the shortcut: x @ Ws goes into the sum as it is."""
    return np.maximum(x @ params["Ws"], 0) + branch_of(x, params), cached(x, params)


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def bias_on_both_paths(x, params):
    """You add b2 on the shortcut as well, so it counts twice: the projection has no bias."""
    return projection_block_forward(x, params)[0] + params["b2"], cached(x, params)


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def projection_reshaped(x, params):
    """You reshape Ws to make the product fit, which mixes its entries: use it as it is, x (N, D) @ Ws (D, M)."""
    Ws = params["Ws"]
    return projection_block_forward(x, {**params, "Ws": Ws.reshape(Ws.shape[::-1]).T})


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def projected_branch_without_relu(x, params):
    """Your branch has no ReLU, so the whole block is linear: put one between W1 and W2."""
    return x @ params["Ws"] + hidden_of(x, params) @ params["W2"] + params["b2"], cached(x, params)


@mistake("projection_block_forward", caught_by=("values", "one_by_one"))
def projected_x_goes_into_the_branch(x, params):
    """You cut x to the shortcut's width by dropping columns: the projection x @ Ws does that."""
    out = branch_of(x, params)
    width = min(x.shape[1], out.shape[1])
    out[:, :width] += x[:, :width]
    return out, cached(x, params)


@mistake("projection_block_forward", caught_by="pure")
def projected_bias_accumulates(x, params):
    """You sum into b2 with +=, which is the caller's array: start with a new one."""
    x0, active, _ = cached(x, params)
    out = projection_block_forward(x, params)[0]
    kept = dict(params, b2=params["b2"].copy())
    params["b2"] += out.sum(axis=0)
    return out, (x0, active, kept)


@mistake("projection_block_forward", caught_by="shape")
def projected_block_transposed_back(x, params):
    """Your out has a third axis of length one: it is (N, M), one row for each row of x."""
    out, cache = projection_block_forward(x, params)
    return out[..., None], cache


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch", "identity", "consistent"))
def projection_has_no_gradient(dout, cache):
    """Your grads lack Ws: the projection is trained too, and its gradient is x.T @ dout."""
    dx, grads = projection_block_backward(dout, cache)
    del grads["Ws"]
    return dx, grads


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch", "identity", "consistent"))
def projection_frozen(dout, cache):
    """Your gradient of Ws is zero: the shortcut is a linear layer, so it is x.T @ dout."""
    dx, grads = projection_block_backward(dout, cache)
    return dx, {**grads, "Ws": np.zeros_like(grads["Ws"])}


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch", "identity", "consistent"))
def projected_shortcut_dropped(dout, cache):
    """Your dx comes back through the branch alone: add the shortcut's part, dout @ Ws.T."""
    dx, grads = projection_block_backward(dout, cache)
    return dx - dout @ cache[2]["Ws"].T, grads


@mistake("projection_block_backward", caught_by=("gradients", "identity"))
def projected_branch_dropped(dout, cache):
    """Your dx is dout @ Ws.T, the shortcut's part: add what comes back through the branch."""
    return dout @ cache[2]["Ws"].T, projection_block_backward(dout, cache)[1]


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch", "consistent"))
def projection_reshaped_back(dout, cache):
    """You reshape Ws where you need its transpose: the shortcut's gradient is dout @ Ws.T."""
    dx, grads = projection_block_backward(dout, cache)
    Ws = cache[2]["Ws"]
    return dx - dout @ Ws.T + dout @ Ws.reshape(Ws.shape[::-1]), grads


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch"))
def projection_gradient_averaged(dout, cache):
    """You divide the gradient of Ws by N: dout already carries any 1/N, so leave x.T @ dout as it is."""
    dx, grads = projection_block_backward(dout, cache)
    return dx, {**grads, "Ws": grads["Ws"] / len(dout)}


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch"))
def projection_gradient_rectified(dout, cache):
    """You take the gradient of Ws with relu(x): x itself met Ws, so it is x.T @ dout."""
    dx, grads = projection_block_backward(dout, cache)
    return dx, {**grads, "Ws": np.maximum(cache[0], 0).T @ dout}


@mistake("projection_block_backward", caught_by=("gradients", "consistent"))
def projected_mask_missing(dout, cache):
    """You go back through the branch without its ReLU: only units that were on let the gradient through."""
    x, _, params = cache
    grads = projection_block_backward(dout, cache)[1]
    dhidden = dout @ params["W2"].T
    grads = {**grads, "W1": x.T @ dhidden, "b1": dhidden.sum(axis=0)}
    return dout @ params["Ws"].T + dhidden @ params["W1"].T, grads


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch"))
def projected_dout_halved(dout, cache):
    """You give each path half of dout, but a sum passes its whole gradient to both of its inputs."""
    return projection_block_backward(dout / 2, cache)


@mistake("projection_block_backward", caught_by=("gradients", "zero_branch"))
def projected_biases_averaged(dout, cache):
    """You average the biases' gradients over the batch: sum them, for dout already carries any 1/N."""
    dx, grads = projection_block_backward(dout, cache)
    return dx, {**grads, "b1": grads["b1"] / len(dout), "b2": grads["b2"] / len(dout)}


@mistake("projection_block_backward", caught_by="shapes")
def projected_biases_keep_an_axis(dout, cache):
    """Your db1 and db2 keep the batch axis, (1, H) and (1, M): sum without keepdims."""
    dx, grads = projection_block_backward(dout, cache)
    return dx, {**grads, "b1": grads["b1"][None], "b2": grads["b2"][None]}


@mistake("projection_block_backward", caught_by="pure")
def projected_dout_masked_in_place(dout, cache):
    """You write into dout, which is the caller's: make a new array for the gradient of the branch."""
    found = projection_block_backward(dout, cache)
    dout *= dout > 0
    return found


# ── the deep stack ─────────────────────────────────────────────────────────────────────────────


def measured(depth, width, kind, rng, gain, *, std=None, activation=None, start=None, slope=None, bias=False):
    """The reference's experiment with one of its parts replaced."""
    residual = kind == "residual"
    std = gain * np.sqrt(2 / (width * depth if residual else width)) if std is None else std(residual)
    activation, slope = activation or (lambda h: np.maximum(h, 0)), slope or (lambda h: h > 0)
    h = rng.standard_normal(width)
    layers = []
    for _ in range(depth):
        W = std * rng.standard_normal((width, width))
        layers.append((W, slope(h)))
        branch = activation(h) @ W + (rng.standard_normal(width) if bias else 0.0)
        h = h + branch if residual else branch
    gradient = np.ones(width) if start is None else start(h)
    norms = [np.linalg.norm(gradient)]
    for W, slopes in reversed(layers):
        through = (gradient @ W.T) * slopes
        gradient = gradient + through if residual else through
        norms.append(np.linalg.norm(gradient))
    return np.array(norms[::-1])


@mistake("deep_stack_gradient_norms", caught_by=("residual", "ends", "values"))
def stack_without_shortcuts(depth, width, kind, rng, gain=0.5):
    """Your residual stack loses its gradient like a plain one: on the way back, add what skips the branch."""
    std = np.sqrt(depth) if kind == "residual" else 1.0
    return deep_stack_gradient_norms(depth, width, "plain", rng, gain / std)


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "explodes", "ends", "values"))
def every_stack_residual(depth, width, kind, rng, gain=0.5):
    """Your plain stack has shortcuts too: look at `kind` before you add h."""
    return deep_stack_gradient_norms(depth, width, "residual", rng, gain)


@mistake("deep_stack_gradient_norms", caught_by=("residual", "values"))
def branches_not_scaled(depth, width, kind, rng, gain=0.5):
    """Your residual stack explodes: its weights' deviation also has the depth under the root, 2 / (width * depth)."""
    return measured(depth, width, kind, rng, gain, std=lambda _: gain * np.sqrt(2 / width))


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "explodes", "values"))
def two_forgotten(depth, width, kind, rng, gain=0.5):
    """Your weights are √2 too small: the ReLU stops half of the squares, and the 2 in 2 / width makes that good."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain / np.sqrt(2))


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "explodes", "values"))
def variance_for_deviation(depth, width, kind, rng, gain=0.5):
    """You multiply by the variance: the standard deviation is its root."""
    return measured(
        depth, width, kind, rng, gain, std=lambda residual: gain * 2 / (width * depth if residual else width)
    )


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "explodes"))
def width_forgotten(depth, width, kind, rng, gain=0.5):
    """Your weights do not shrink with the width, so every layer adds up `width` terms: divide by its root."""
    return measured(depth, width, kind, rng, gain, std=lambda residual: gain * np.sqrt(2 / (depth if residual else 1)))


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "explodes", "values"))
def stack_mask_missing(depth, width, kind, rng, gain=0.5):
    """Your gradient goes back through the weights alone: the ReLU lets it through only where h is positive."""
    return measured(depth, width, kind, rng, gain, slope=np.ones_like)


@mistake("deep_stack_gradient_norms", caught_by=("doubled", "values"))
def stack_of_tanh(depth, width, kind, rng, gain=0.5):
    """Your stack has tanh in it: the activation is ReLU, whose slope is 0 or 1."""
    return measured(depth, width, kind, rng, gain, activation=np.tanh, slope=lambda h: 1 - np.tanh(h) ** 2)


@mistake("deep_stack_gradient_norms", caught_by=("doubled", "values"))
def stack_with_biases(depth, width, kind, rng, gain=0.5):
    """Your layers have random biases: the stack has weights only."""
    return measured(depth, width, kind, rng, gain, bias=True)


@mistake("deep_stack_gradient_norms", caught_by=("ends", "values"))
def loss_of_squares(depth, width, kind, rng, gain=0.5):
    """You start with h, the gradient of half the sum of squares: the loss is the sum of h_depth, so start with ones."""
    return measured(depth, width, kind, rng, gain, start=lambda h: h)


@mistake("deep_stack_gradient_norms", caught_by=("ends", "values"))
def loss_of_the_mean(depth, width, kind, rng, gain=0.5):
    """You start with 1 / width, the gradient of a mean: the loss is the sum of h_depth, so start with ones."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain) / width


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "explodes", "values"))
def norms_from_the_top(depth, width, kind, rng, gain=0.5):
    """Your norms are in the order of the way back, h_depth first: turn them round, so that norms[0] belongs to h_0."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain)[::-1]


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "values"))
def last_norm_left_out(depth, width, kind, rng, gain=0.5):
    """You return one norm for each layer: there are depth + 1 levels, from h_0 to h_depth."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain)[:-1]


@mistake("deep_stack_gradient_norms", caught_by=("vanishes", "values"))
def squares_not_rooted(depth, width, kind, rng, gain=0.5):
    """You return squared norms: take the root of the sum of squares."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain) ** 2


@mistake("deep_stack_gradient_norms", caught_by=("ends", "values"))
def norm_of_the_mean_square(depth, width, kind, rng, gain=0.5):
    """You take the root of the mean of the squares: a norm is the root of their sum."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain) / np.sqrt(width)


@mistake("deep_stack_gradient_norms", caught_by=("residual", "ends", "values"))
def norms_of_the_signal(depth, width, kind, rng, gain=0.5):
    """You measure the forward signals h_l: it is the gradients, on the way back, that are asked for."""
    residual = kind == "residual"
    h = rng.standard_normal(width)
    norms = [np.linalg.norm(h)]
    for _ in range(depth):
        std = gain * np.sqrt(2 / (width * depth if residual else width))
        branch = np.maximum(h, 0) @ (std * rng.standard_normal((width, width)))
        h = h + branch if residual else branch
        norms.append(np.linalg.norm(h))
    return np.array(norms)


@mistake("deep_stack_gradient_norms", caught_by=("generator", "values"))
def generator_of_its_own(depth, width, kind, rng, gain=0.5):
    """You make a generator with a fixed seed, so every experiment is the same one: draw from the rng you are given."""
    return deep_stack_gradient_norms(depth, width, kind, np.random.default_rng(0), gain)


@mistake("deep_stack_gradient_norms", caught_by="generator")
def global_random_numbers(depth, width, kind, rng, gain=0.5):
    """You draw from np.random, whose state nobody can repeat: draw from the rng you are given."""
    return deep_stack_gradient_norms(depth, width, kind, np.random.default_rng(), gain)


@mistake("deep_stack_gradient_norms", caught_by="vanishes")
def default_gain_of_one(depth, width, kind, rng, gain=1.0):
    """Your gain is 1 if it is not given: the default is 0.5."""
    return deep_stack_gradient_norms(depth, width, kind, rng, gain)


@mistake("deep_stack_gradient_norms", caught_by=("explodes", "ends", "values"))
def gain_ignored(depth, width, kind, rng, gain=0.5):
    """Your weights have the same deviation whatever the gain is: multiply by it."""
    return deep_stack_gradient_norms(depth, width, kind, rng, 0.5)


@mistake("deep_stack_gradient_norms", caught_by=("values",))
def one_matrix_for_all_layers(depth, width, kind, rng, gain=0.5):
    """You use one weight matrix for all layers: draw a new one for each."""
    h, W = rng.standard_normal(width), rng.standard_normal((width, width))

    class Same:
        def standard_normal(self, shape):
            return h if shape == width else W

    return deep_stack_gradient_norms(depth, width, kind, Same(), gain)


# ── the block of convolutions ──────────────────────────────────────────────────────────────────


class Altered(ResidualBlock):
    """The reference's layers, for a forward pass of one's own."""

    def branch(self, x):
        return self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))


def conv(into, out, size, stride=1):
    return nn.Conv2d(into, out, size, stride=stride, padding=size // 2, bias=False)


@mistake("ResidualBlock", caught_by=("identity", "projection", "zero_branch"))
def block_relu_behind_the_sum(in_channels, out_channels, stride=1):
    """You put a ReLU behind the sum: here the sum itself is the output."""

    class Block(Altered):
        def forward(self, x):
            return torch.relu(self.shortcut(x) + self.branch(x))

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by=("identity", "projection"))
def block_relu_on_the_branch(in_channels, out_channels, stride=1):
    """You put a ReLU behind the second normalisation, so the branch can only add: it goes into the sum as it is."""

    class Block(Altered):
        def forward(self, x):
            return self.shortcut(x) + torch.relu(self.branch(x))

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by=("identity", "projection"))
def block_without_relu(in_channels, out_channels, stride=1):
    """There is no ReLU between your convolutions: it stands behind the first normalisation."""

    class Block(Altered):
        def forward(self, x):
            return self.shortcut(x) + self.bn2(self.conv2(self.bn1(self.conv1(x))))

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by=("identity", "projection"))
def block_without_shortcut(in_channels, out_channels, stride=1):
    """You make the shortcut but never add it: out is shortcut(x) + branch."""

    class Block(Altered):
        def forward(self, x):
            return self.branch(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by=("identity", "projection"))
def block_relu_before_normalisation(in_channels, out_channels, stride=1):
    """Your ReLU stands before the first normalisation: the order is convolution, normalisation, ReLU."""

    class Block(Altered):
        def forward(self, x):
            return self.shortcut(x) + self.bn2(self.conv2(self.bn1(torch.relu(self.conv1(x)))))

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="identity")
def block_preactivated(in_channels, out_channels, stride=1):
    """You normalise and rectify before each convolution, as later networks do: here each convolution comes first."""

    class Block(Altered):
        def forward(self, x):
            if stride != 1 or in_channels != out_channels:
                return self.shortcut(x) + self.branch(x)
            return x + self.conv2(torch.relu(self.bn2(self.conv1(torch.relu(self.bn1(x))))))

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="projection")
def block_relu_on_the_shortcut(in_channels, out_channels, stride=1):
    """You put a ReLU on the shortcut: it is a convolution and a normalisation, nothing else."""

    class Block(Altered):
        def forward(self, x):
            shortcut = torch.relu(self.shortcut(x)) if len(self.shortcut) else x
            return shortcut + self.branch(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="projection")
def block_stride_in_the_second_convolution(in_channels, out_channels, stride=1):
    """Your second convolution takes the stride: the first one does."""

    class Block(Altered):
        def __init__(self):
            super().__init__(in_channels, out_channels, stride)
            self.conv1, self.conv2 = conv(in_channels, out_channels, 3), conv(out_channels, out_channels, 3, stride)

    return Block()


@mistake("ResidualBlock", caught_by="projection")
def block_projects_channels_only(in_channels, out_channels, stride=1):
    """Your shortcut is a projection only where the channels change: a stride needs one too, or the sizes differ."""

    class Block(Altered):
        def __init__(self):
            super().__init__(in_channels, out_channels, stride)
            if in_channels == out_channels:
                self.shortcut = nn.Sequential()

    return Block()


@mistake("ResidualBlock", caught_by="projection")
def block_shortcut_not_normalised(in_channels, out_channels, stride=1):
    """Your projection is a convolution alone: batch normalisation follows it."""

    class Block(Altered):
        def __init__(self):
            super().__init__(in_channels, out_channels, stride)
            self.shortcut = self.shortcut[:1]

    return Block()


@mistake("ResidualBlock", caught_by="projection")
def block_wide_projection(in_channels, out_channels, stride=1):
    """Your projection has a 3×3 kernel: it is 1×1, for it only changes the channels."""

    class Block(Altered):
        def __init__(self):
            super().__init__(in_channels, out_channels, stride)
            if len(self.shortcut):
                self.shortcut[0] = conv(in_channels, out_channels, 3, stride)

    return Block()


@mistake("ResidualBlock", caught_by="projection")
def block_shortcut_averages(in_channels, out_channels, stride=1):
    """Your shortcut averages the pixels that the stride skips: a 1×1 convolution with that stride takes one of them."""

    class Block(Altered):
        def forward(self, x):
            if stride == 1:
                return self.shortcut(x) + self.branch(x)
            pooled = nn.functional.avg_pool2d(x, stride, ceil_mode=True)
            weights, norm = self.shortcut
            return norm(nn.functional.conv2d(pooled, weights.weight)) + self.branch(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by=("identity", "projection"))
def block_one_normalisation_for_two(in_channels, out_channels, stride=1):
    """You use one normalisation behind both convolutions: each has statistics of its own, so each needs a layer."""

    class Block(Altered):
        def __init__(self):
            super().__init__(in_channels, out_channels, stride)
            del self.bn2

        def forward(self, x):
            return self.shortcut(x) + self.bn1(self.conv2(torch.relu(self.bn1(self.conv1(x)))))

    return Block()


@mistake("ResidualBlock", caught_by=("identity", "projection"))
def block_normalises_once(in_channels, out_channels, stride=1):
    """You call the second normalisation nowhere: it stands behind the second convolution."""

    class Block(Altered):
        def forward(self, x):
            return self.shortcut(x) + self.conv2(torch.relu(self.bn1(self.conv1(x))))

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="identity")
def block_always_projects(in_channels, out_channels, stride=1):
    """Your shortcut is a projection even where the shape stays: there it is x itself, and has no weights."""

    class Block(Altered):
        def __init__(self):
            super().__init__(in_channels, out_channels, stride)
            self.shortcut = nn.Sequential(conv(in_channels, out_channels, 1, stride), nn.BatchNorm2d(out_channels))

    return Block()


@mistake("ResidualBlock", caught_by=("gradients", "zero_branch"))
def block_shortcut_detached(in_channels, out_channels, stride=1):
    """You detach the shortcut, so no gradient comes back through it: add self.shortcut(x) as it is."""

    class Block(Altered):
        def forward(self, x):
            return self.shortcut(x).detach() + self.branch(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="gradients")
def block_branch_detached(in_channels, out_channels, stride=1):
    """You compute the branch from x.detach() or x.data, so no gradient comes back through it: give it x."""

    class Block(Altered):
        def forward(self, x):
            return self.shortcut(x) + self.branch(x.detach())

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="gradients")
def block_without_grad(in_channels, out_channels, stride=1):
    """You compute under torch.no_grad(), so nothing can be trained: leave it away in forward."""

    class Block(Altered):
        def forward(self, x):
            with torch.no_grad():
                return self.shortcut(x) + self.branch(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="evaluation")
def block_always_in_training(in_channels, out_channels, stride=1):
    """Your normalisations use the batch's statistics in evaluation too: leave it to .eval() to switch them."""

    class Block(Altered):
        def forward(self, x):
            self.train()
            return super().forward(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by=("identity", "running_statistics"))
def block_always_in_evaluation(in_channels, out_channels, stride=1):
    """Your normalisations use the running statistics in training too: do not call .eval() in the block."""

    class Block(Altered):
        def forward(self, x):
            self.eval()
            return super().forward(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="running_statistics")
def block_momentum_swapped(in_channels, out_channels, stride=1):
    """Your running statistics jump nearly all the way to the batch's: PyTorch's momentum is the new part, 0.1."""
    block = ResidualBlock(in_channels, out_channels, stride)
    for layer in block.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 0.9
    return block


@mistake("ResidualBlock", caught_by="running_statistics")
def block_branch_computed_twice(in_channels, out_channels, stride=1):
    """You run the branch twice, so the running statistics move two steps: keep its result in a variable."""

    class Block(Altered):
        def forward(self, x):
            self.branch(x)
            return self.shortcut(x) + self.branch(x)

    return Block(in_channels, out_channels, stride)


@mistake("ResidualBlock", caught_by="pure")
def block_x_plus_equals(in_channels, out_channels, stride=1):
    """Your `x += ...` writes into the caller's tensor, and autograd needs it as it was: compute `out = ...` instead."""

    class Block(Altered):
        def forward(self, x):
            out = self.shortcut(x) + self.branch(x)
            with torch.no_grad():
                x += out - x if x.shape == out.shape else 0
            return out

    return Block(in_channels, out_channels, stride)


# ── a gradient of one's own ────────────────────────────────────────────────────────────────────


HandWritten = residual_autograd


def applied(tensors, backward):
    """The reference's forward pass with another way back: `backward(dout, gradients, dhidden)`, the last two right."""

    class Written(HandWritten):
        @staticmethod
        def backward(ctx, dout):
            x, W1, W2, active = ctx.saved_tensors
            dhidden = (dout @ W2.T) * (active > 0)
            right = dout + dhidden @ W1.T, x.T @ dhidden, dhidden.sum(0), active.T @ dout, dout.sum(0)
            return backward(dout, right, dhidden)

    return Written.apply(*tensors)


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_identity_dropped(*tensors):
    """Your gradient of x comes back through the branch alone: add dout, for the shortcut."""
    return applied(tensors, lambda dout, right, _: (right[0] - dout, *right[1:]))


@mistake("residual_autograd", caught_by="gradients")
def autograd_only_identity(*tensors):
    """Your gradient of x is dout, the shortcut's part: add what comes back through the branch."""
    return applied(tensors, lambda dout, right, _: (dout, *right[1:]))


@mistake("residual_autograd", caught_by="gradients")
def autograd_mask_missing(*tensors):
    """Your backward has no ReLU in it: only hidden units that were on let the gradient through."""
    x, W1, _, W2, _ = tensors

    def backward(dout, right, _):
        dhidden = dout @ W2.T
        return dout + dhidden @ W1.T, x.T @ dhidden, dhidden.sum(0), *right[3:]

    return applied(tensors, backward)


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_biases_not_summed(*tensors):
    """Your gradients of b1 and b2 have a row for each example, which PyTorch quietly sums: sum over the batch."""
    return applied(tensors, lambda dout, right, dhidden: (*right[:2], dhidden, right[3], dout))


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_wrong_order(*tensors):
    """Your gradients come in another order: backward returns them in that of forward's arguments, x, W1, b1, W2, b2."""
    return applied(tensors, lambda dout, right, _: tuple(right[i] for i in (0, 1, 3, 2, 4)))


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_biases_without_gradient(*tensors):
    """You return None for the biases, which says that they need no gradient: return theirs."""
    return applied(tensors, lambda dout, right, _: (*right[:2], None, right[3], None))


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_x_alone(*tensors):
    """Your backward returns the gradient of x alone: return one for each of forward's five arguments."""
    return applied(tensors, lambda dout, right, _: right[0])


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_halves(*tensors):
    """You give each path half of dout, but a sum passes its whole gradient to both of its inputs."""
    return applied(tensors, lambda dout, right, _: tuple(gradient / 2 for gradient in right))


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_db2_averaged(*tensors):
    """Your gradient of b2 is the mean over the batch: dout already carries any 1/N, so sum over the rows."""
    return applied(tensors, lambda dout, right, _: (*right[:4], dout.mean(0)))


@mistake("residual_autograd", caught_by="shapes")
def autograd_biases_keep_an_axis(*tensors):
    """Your gradients of b1 and b2 have shapes (1, H) and (1, D): sum without keepdim."""
    return applied(tensors, lambda dout, right, _: (*right[:2], right[2][None], right[3], right[4][None]))


@mistake("residual_autograd", caught_by="pure")
def autograd_into_dout(*tensors):
    """You add the branch's gradient into dout with +=: that tensor belongs to autograd, make a new one."""

    def backward(dout, right, _):
        dout += right[0] - dout
        return right

    return applied(tensors, backward)


@mistake("residual_autograd", caught_by=("values", "gradients"))
def autograd_not_a_function(x, W1, b1, W2, b2):
    """You leave the gradient to PyTorch: derive from torch.autograd.Function and write the backward yourself."""
    return x + torch.relu(x @ W1 + b1) @ W2 + b2


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_calls_autograd(*tensors):
    """Your backward asks autograd for the gradients: write them out, as in residual_backward."""

    def backward(dout, *_):
        engine = torch.autograd  # under another name, which reading the source does not find
        inputs = [tensor.detach().requires_grad_() for tensor in tensors]
        with engine.grad_mode.enable_grad():
            out = autograd_not_a_function(*inputs)
        return engine.grad(out, inputs, dout)

    return applied(tensors, backward)


def with_output(tensors, change):
    """The reference's Function with `change(out, x)` as its output."""

    class Written(HandWritten):
        @staticmethod
        def forward(ctx, x, *params):
            return change(HandWritten.forward(ctx, x, *params), x)

    return Written.apply(*tensors)


@mistake("residual_autograd", caught_by="values")
def autograd_without_shortcut(*tensors):
    """Your forward returns the branch alone: add x."""
    return with_output(tensors, lambda out, x: out - x)


@mistake("residual_autograd", caught_by="values")
def autograd_relu_behind_the_sum(*tensors):
    """Your forward has a ReLU behind the sum: the sum itself is the output."""
    return with_output(tensors, lambda out, _: torch.relu(out))
