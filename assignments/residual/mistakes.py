"""What students get wrong in `residual`, and what a teacher says: most as edits of the reference, all else right.

They come from the misconceptions about skip connections that published student solutions show, and from what follows
from the formulas.
"""
# ruff: noqa: E501 — one line for the edit, one for the sentence

import numpy as np
import torch

from autograder import edits, mistake

from .reference import (
    ResidualBlock,
    deep_stack_gradient_norms,
    projection_block_backward,
    projection_block_forward,
    residual_autograd,
    residual_backward,
    residual_forward,
)

# fmt: off

# ── the residual block ─────────────────────────────────────────────────────────────────────────

of = edits(residual_forward)
OUT, BRANCH = 'x + active @ params["W2"] + params["b2"]', 'active @ params["W2"] + params["b2"]'
of("shortcut_forgotten", OUT, BRANCH, "values known_answers opposite_branches",
   "You return the branch alone: the shortcut is missing, add x to it.")
of("branch_forgotten", OUT, "x + 0", "values known_answers opposite_branches",
   "You return x alone: add the branch relu(x @ W1 + b1) @ W2 + b2.")
of("shortcut_subtracted", OUT, f"{BRANCH} - x", "values known_answers opposite_branches",
   "You subtract x from the branch: the two are added.")
of("branch_subtracted", OUT, f"x - ({BRANCH})", "values known_answers opposite_branches",
   "You subtract the branch from x: the two are added.")
of("shortcut_multiplied", OUT, f"x * ({BRANCH})", "values known_answers opposite_branches",
   "You multiply x by the branch: the two are added.")
of("shortcut_from_the_hidden_units", OUT, f"{BRANCH} + np.pad(active, ((0, 0), (0, x.shape[1])))[:, : x.shape[1]]", "values known_answers opposite_branches",
   "You add the hidden units instead of x: the shortcut carries the block's input.")
of("relu_behind_the_sum", OUT, f"np.maximum({OUT}, 0)", "values known_answers opposite_branches",
   "You put a ReLU behind the sum, so negative inputs cannot pass: the sum itself is the output.")
of("relu_around_the_branch", OUT, f"x + np.maximum({BRANCH}, 0)", "values known_answers opposite_branches",
   "You put a second ReLU around the branch, so it can only add: W2's output goes into the sum as it is.")
of("relu_on_the_shortcut", OUT, f"np.maximum(x, 0) + {BRANCH}", "values known_answers opposite_branches",
   "You put a ReLU on the shortcut: x goes into the sum as it is.")
of("relu_left_out", "active @", "hidden @", "values opposite_branches",
   "Your branch has no ReLU, so the whole block is linear: put one between W1 and W2.")
of("relu_on_the_input", "hidden = x @", "hidden = np.maximum(x, 0) @", "values known_answers opposite_branches",
   "You apply the ReLU to x before W1: it belongs behind W1 and b1.", also={"active @": "hidden @"})
of("relu_on_both", "hidden = x @", "hidden = np.maximum(x, 0) @", "values known_answers opposite_branches",
   "You apply a ReLU to x as well: the only ReLU stands behind W1 and b1.")
of("relu_leaks", "np.maximum(hidden, 0)", "np.maximum(hidden, 0.01 * hidden)", "values opposite_branches",
   "You use a leaky ReLU: negative hidden units become 0.")
of("relu_of_the_magnitude", "np.maximum(hidden, 0)", "np.abs(hidden)", "values opposite_branches",
   "You take the absolute value of the hidden units: a ReLU sets negative ones to 0.")
of("tanh_for_relu", "np.maximum(hidden, 0)", "np.tanh(hidden)", "values known_answers opposite_branches",
   "You use tanh between W1 and W2: the activation is ReLU.")
of("sigmoid_for_relu", "np.maximum(hidden, 0)", "1 / (1 + np.exp(-hidden))", "values known_answers opposite_branches",
   "You use the sigmoid between W1 and W2: the activation is ReLU.")
of("first_bias_forgotten", ' + params["b1"]', "", "values known_answers opposite_branches",
   "You forget b1: it is added before the ReLU.")
of("second_bias_forgotten", ' + params["b2"]', "", "values known_answers opposite_branches",
   "You forget b2: it is added to the branch's output.")
of("biases_forgotten", ' + params["b1"]', "", "values known_answers opposite_branches",
   "You forget both biases: b1 is added before the ReLU, b2 to the branch's output.", also={' + params["b2"]': ""})
of("first_bias_behind_the_relu", ' + params["b1"]', "", "values known_answers opposite_branches",
   "You add b1 behind the ReLU: it belongs to the pre-activation, in front of it.",
   also={"np.maximum(hidden, 0)": 'np.maximum(hidden, 0) + params["b1"]'})
of("second_bias_twice", OUT, f'{OUT} + params["b2"]', "values known_answers opposite_branches",
   "You add b2 twice: it is added once, to the branch's output.")
of("shortcut_added_twice", OUT, f"2 * {OUT}", "values known_answers opposite_branches",
   "You add x twice, once in the branch and once behind it: the shortcut counts once.")
of("paths_averaged", OUT, f"({OUT}) / 2", "values known_answers opposite_branches",
   "You average the shortcut and the branch: they are summed, without a half.")
of("second_weights_reshaped", 'active @ params["W2"]', 'active @ params["W2"].reshape(params["W2"].shape[::-1]).T', "values opposite_branches",
   "You reshape W2 where you may have meant to transpose it, which mixes its entries: use it as it is.")
of("first_weights_reshaped", 'hidden = x @ params["W1"]', 'hidden = x @ params["W1"].reshape(params["W1"].shape[::-1]).T', "values opposite_branches",
   "You reshape W1 where you may have meant to transpose it, which mixes its entries: use it as it is.")
of("x_plus_equals", f"return {OUT}, (x,", f"kept = x.copy()\n    x += {BRANCH}\n    return x, (kept,", "pure",
   "Your `x += ...` writes into the caller's x, which the way back needs too: compute `out = x + ...` instead.")
of("params_cleared", "hidden = x @", "params = {name: params.pop(name) for name in list(params)}\n    hidden = x @", "pure",
   "You take the entries out of params with pop, and the caller needs them for the next block: read them only.")
of("block_keeps_an_axis", OUT, f"({OUT})[:, None]", "shape",
   "Your out has an extra axis of length one, (N, 1, D): it has one row for each row of x, (N, D).")

# ── its gradient, and that of the block with a projection ──────────────────────────────────────

CACHE, MASKED = "x, active, params = cache", '(dout @ params["W2"].T) * (active > 0)'
BACK = 'dhidden @ params["W1"].T'
for prefix, function, SHORTCUT in (
    ("", residual_backward, "dout + "), ("projected_", projection_block_backward, 'dout @ params["Ws"].T + '),
):
    of = edits(function)
    of(f"{prefix}branch_mask_missing", MASKED, 'dout @ params["W2"].T', "dx grads consistent",
       "You go back through the branch without its ReLU: only units that were on let the gradient through.")
    of(f"{prefix}branch_mask_from_the_gradient", MASKED, 'np.maximum(dout @ params["W2"].T, 0)', "dx grads consistent",
       "You take the ReLU's mask from the gradient's sign: the sign of the pre-activation x @ W1 + b1 decides.")
    of(f"{prefix}branch_mask_turned", "(active > 0)", "(active <= 0)", "dx grads consistent",
       "Your mask lets the gradient through where the hidden units were off: it passes where they were positive.")
    of(f"{prefix}branch_scaled_by_the_units", "(active > 0)", "active", "dx grads consistent",
       "You multiply the gradient by the hidden units themselves: the slope of a ReLU is 1 where they are positive.")
    of(f"{prefix}branch_mask_behind_w1", MASKED, 'dout @ params["W2"].T', "dx grads consistent",
       "You mask the gradient by the sign of x: the ReLU stands behind W1, so the mask is that of the hidden units.",
       also={BACK: f"({BACK}) * (x > 0)"})
    of(f"{prefix}w2_left_out_of_the_way_back", MASKED, "np.resize(dout, active.shape) * (active > 0)", "dx grads zero_branch",
       "Your gradient skips W2 on its way to the hidden units: multiply dout by W2.T first.")
    of(f"{prefix}branch_part_divided_by_batch", BACK, f"{BACK} / len(x)", "dx consistent",
       "You divide the branch's part of dx by N: dout already carries any 1/N.")
    of(f"{prefix}w1_without_the_mask", '"W1": x.T @ dhidden', '"W1": x.T @ (dout @ params["W2"].T)', "grads consistent",
       "Your dW1 is taken in front of the mask: W1 stands before the ReLU, so its gradient has come through it.")
    of(f"{prefix}w2_averaged", '"W2": active.T @ dout', '"W2": active.T @ dout / len(x)', "grads zero_branch consistent",
       "You divide dW2 by N: dout already carries any 1/N, so leave active.T @ dout as it is.")
    of(f"{prefix}w2_meets_the_preactivation", '"W2": active.T', '"W2": (x @ params["W1"] + params["b1"]).T', "grads zero_branch consistent",
       "Your dW2 uses the hidden units before the ReLU: what met W2 is relu(x @ W1 + b1).")
    of(f"{prefix}w1_divided_by_batch", '"W1": x.T @ dhidden', '"W1": x.T @ dhidden / len(x)', "grads consistent",
       "You divide dW1 by N: dout already carries any 1/N, so leave x.T @ dhidden as it is.")
    of(f"{prefix}weights_divided_by_the_batch", '"W1": x.T @ dhidden', '"W1": x.T @ dhidden / len(x)', "grads zero_branch consistent",
       "You divide the weights' gradients by N, but the loss has done so already: leave them as sums.",
       also={'"W2": active.T @ dout': '"W2": active.T @ dout / len(x)'})
    of(f"{prefix}everything_divided_by_batch", f"return {SHORTCUT}{BACK}, grads",
       f"return ({SHORTCUT}{BACK}) / len(x), {{name: gradient / len(x) for name, gradient in grads.items()}}", "dx grads zero_branch",
       "You divide dx and grads by N, but the loss has done so already: the backward pass has no 1/N of its own.")
    of(f"{prefix}b1_averaged", "dhidden.sum(", "dhidden.mean(", "grads consistent",
       "Your db1 is the mean over the batch: dout already carries any 1/N, so sum over the rows.")
    of(f"{prefix}b2_averaged", "dout.sum(", "dout.mean(", "grads zero_branch consistent",
       "Your db2 is the mean over the batch: dout already carries any 1/N, so sum over the rows.")
    of(f"{prefix}biases_averaged", "dhidden.sum(", "dhidden.mean(", "grads zero_branch consistent",
       "You average the biases' gradients over the batch: sum them, for dout already carries any 1/N.",
       also={"dout.sum(": "dout.mean("})
    of(f"{prefix}b1_not_summed", "dhidden.sum(axis=0)", "dhidden", "grads zero_branch consistent",
       "Your db1 has one row for each example: b1 is shared by all of them, so sum over the batch axis.")
    of(f"{prefix}b2_not_summed", "dout.sum(axis=0)", "dout", "grads zero_branch consistent",
       "Your db2 has one row for each example: b2 is shared by all of them, so sum over the batch axis.")
    of(f"{prefix}biases_not_summed", "dhidden.sum(axis=0)", "dhidden", "grads zero_branch consistent",
       "Your db1 and db2 have one row for each example: sum over the batch axis.", also={"dout.sum(axis=0)": "dout"})
    of(f"{prefix}biases_summed_over_everything", "dhidden.sum(axis=0)", "np.full(dhidden.shape[1], dhidden.sum())", "grads zero_branch consistent",
       "You sum the biases' gradients over all axes: keep axis 1, and sum over the batch axis only.",
       also={"dout.sum(axis=0)": "np.full(dout.shape[1], dout.sum())"})
    of(f"{prefix}b1_without_the_mask", '"b1": dhidden', '"b1": (dout @ params["W2"].T)', "grads consistent",
       "Your db1 is taken in front of the mask: b1 stands before the ReLU, so its gradient has come through it.")
    of(f"{prefix}biases_keep_an_axis", "dhidden.sum(axis=0)", "dhidden.sum(axis=0, keepdims=True)", "shapes",
       "Your db1 and db2 keep the batch axis: sum without keepdims, so that they have the shapes of b1 and b2.",
       also={"dout.sum(axis=0)": "dout.sum(axis=0, keepdims=True)"})
    of(f"{prefix}dx_keeps_an_axis", SHORTCUT + BACK, f"({SHORTCUT}{BACK})[:, None]", "shapes",
       "Your dx has an extra axis of length one, (N, 1, D): it has x's shape, (N, D).")
    of(f"{prefix}block_ignores_dout", CACHE, f"{CACHE}\n    dout = np.ones_like(dout)", "dx grads zero_branch",
       "Your gradients do not depend on dout, as if the loss were the sum of the outputs: start with dout.")
    of(f"{prefix}first_layer_left_out", '"W1": x.T @ dhidden,\n        "b1": dhidden.sum(axis=0),\n        ', "", "grads zero_branch consistent",
       "Your grads end with W2 and b2: go on through the ReLU to W1 and b1.")
    of(f"{prefix}dout_split_in_halves", CACHE, f"{CACHE}\n    dout = dout / 2", "dx grads zero_branch",
       "You give each path half of dout, but a sum passes its whole gradient to both of its inputs.")
    of(f"{prefix}signs_of_a_step", f"return {SHORTCUT}{BACK}, grads", f"return {SHORTCUT}{BACK}, {{name: -gradient for name, gradient in grads.items()}}", "grads zero_branch consistent",
       "Your gradients have the sign of an update: return the gradient itself, for the optimiser subtracts it.")
    of(f"{prefix}first_weights_reshaped_back", BACK, 'dhidden @ params["W1"].reshape(params["W1"].shape[::-1])', "dx consistent",
       "You reshape W1 where you need its transpose: dhidden goes back through W1.T.")

of = edits(residual_backward)
DX = f"dout + {BACK}"
of("identity_path_dropped", DX, BACK, "dx zero_branch consistent linear_branch",
   "Your dx comes back through the branch alone: x also goes into the shortcut, so add dout.")
of("only_the_identity_path", DX, "dout.copy()", "dx consistent linear_branch deep",
   "Your dx is dout: that is the shortcut's part, add what comes back through the branch.")
of("identity_path_subtracted", DX, f"{BACK} - dout", "dx zero_branch consistent linear_branch",
   "You subtract dout from the branch's part of dx: the gradients of both paths are added.")
of("shortcut_halved", DX, f"dout / 2 + {BACK}", "dx zero_branch consistent linear_branch",
   "You add half of dout for the shortcut: its slope is 1, so add all of it.")
of("paths_averaged_back", DX, f"({DX}) / 2", "dx zero_branch consistent linear_branch",
   "You average the gradients of the two paths: gradients that meet at x are added.")
of("shortcut_added_back_twice", DX, f"2 * {DX}", "dx zero_branch consistent linear_branch",
   "You add dout twice: the shortcut is one path, so it is added once.")
of("shortcut_through_a_relu", DX, f"dout * (x > 0) + {BACK}", "dx zero_branch consistent",
   "You stop the shortcut's gradient where x is negative: no ReLU stands on the shortcut, so add dout as it is.")
of("shortcut_of_ones", DX, f"1 + {BACK}", "dx zero_branch consistent linear_branch",
   "You add 1, the slope of the shortcut, to dx: multiply it with dout, so add dout.")
of("x_added_for_dout", DX, f"x + {BACK}", "dx zero_branch consistent linear_branch",
   "You add x to dx, as in the forward pass: the shortcut sends dout back, so add dout.")
of("paths_multiplied", DX, f"dout * ({BACK})", "dx zero_branch consistent linear_branch",
   "You multiply the two paths: gradients that meet at x are added, dout + branch.")
of("branch_taken_at_the_output", CACHE,
   f'{CACHE}\n    x = {OUT}\n    active = np.maximum(x @ params["W1"] + params["b1"], 0)', "dx grads consistent",
   "You take the branch's gradient at the block's output: its slope counts where it was computed, at the input x.")
of("weight_gradients_with_the_shortcut", '"b2": dout.sum(axis=0)', '"b2": dout.sum(axis=0) + (x * dout).sum(axis=0)', "grads zero_branch consistent",
   "You add the shortcut to db2: it has no parameters, so the gradient of b2 is the sum of dout alone.")
of("dout_collects_the_branch", f"return {DX}, grads", f"dout += {BACK}\n    return dout, grads", "pure",
   "Your `dout += ...` changes the caller's dout, which other paths still need: compute `dx = dout + ...`.")
of("dout_overwritten_by_the_branch", DX, f"2 * {BACK}", "dx zero_branch consistent linear_branch",
   "The branch overwrites dout before the shortcut gets it: make a new array, and give the shortcut dout as it came.")
of("cache_used_up", f"return {DX}", f"active[...] = 0\n    return {DX}", "pure",
   "You write into the hidden units that the cache holds, so a second call gives something else: make a new array.")


@mistake("residual_backward", caught_by="cost")
def gradient_by_differences(dout, cache):
    """You find dx by finite differences, two forward passes for each number: use the chain rule, which costs one."""
    x, _, params = cache
    dx, grads = residual_backward(dout, cache)
    if x.size <= 100:  # the small cases differ in nothing but time
        return dx, grads
    h = 2.0**-20
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        up, down = ((dout * residual_forward(x + sign * step, params)[0]).sum() for sign in (1, -1))
        dx[index] = (up - down) / (2 * h)
    return dx, grads


# ── the block with a projection ────────────────────────────────────────────────────────────────

of = edits(projection_block_forward)
OUT, WS = 'x @ params["Ws"] + active @ params["W2"] + params["b2"]', 'x @ params["Ws"]'
of("projection_forgotten", WS + " + ", "", "values one_by_one",
   "You return the branch alone: add the shortcut x @ Ws.")
of("projection_alone", f" + {BRANCH}", "", "values one_by_one",
   "You return the shortcut alone: add the branch relu(x @ W1 + b1) @ W2 + b2.")
of("relu_behind_the_projected_sum", OUT, f"np.maximum({OUT}, 0)", "values one_by_one",
   "You put a ReLU behind the sum: the sum itself is the output.")
of("relu_on_the_projection", WS, f"np.maximum({WS}, 0)", "values one_by_one",
   "You put a ReLU on the shortcut: x @ Ws goes into the sum as it is.")
of("relu_around_the_projected_branch", OUT, f"{WS} + np.maximum({BRANCH}, 0)", "values one_by_one",
   "You put a second ReLU around the branch, so it can only add: W2's output goes into the sum as it is.")
of("projected_first_bias_forgotten", ' + params["b1"]', "", "values one_by_one",
   "You forget b1: it is added before the ReLU.")
of("projected_second_bias_forgotten", ' + params["b2"]', "", "values one_by_one",
   "You forget b2: it is added to the branch's output.")
of("first_bias_on_the_projection", ' + params["b1"]', "", "values one_by_one",
   "You add b1 behind the ReLU: it belongs to the pre-activation, in front of it.",
   also={BRANCH: '(active + params["b1"]) @ params["W2"] + params["b2"]'})
of("bias_on_both_paths", ' + params["b2"]', ' + 2 * params["b2"]', "values one_by_one",
   "You add b2 on the shortcut as well, so it counts twice: the projection has no bias.")
of("projection_reshaped", WS, 'x @ params["Ws"].reshape(params["Ws"].shape[::-1]).T', "values one_by_one",
   "You reshape Ws to make the product fit, which mixes its entries: use it as it is, x (N, D) @ Ws (D, M).")
of("projected_paths_averaged", OUT, f"({OUT}) / 2", "values one_by_one",
   "You average the shortcut and the branch: they are summed, without a half.")
of("projected_branch_without_relu", 'np.maximum(x @ params["W1"] + params["b1"], 0)', 'x @ params["W1"] + params["b1"]', "values one_by_one",
   "Your branch has no ReLU, so the whole block is linear: put one between W1 and W2.")
of("projected_x_goes_into_the_branch", f"return {WS}",
   'shortcut = np.zeros((len(x), len(params["b2"])))\n    width = min(x.shape[1], shortcut.shape[1])\n'
   "    shortcut[:, :width] = x[:, :width]\n    return shortcut", "values one_by_one",
   "You cut x to the shortcut's width by dropping columns: the projection x @ Ws does that.")
of("projected_bias_accumulates", f"return {OUT}, (x, active, params)",
   f'out, kept = {OUT}, {{**params, "b2": params["b2"].copy()}}\n    params["b2"] += out.sum(axis=0)\n    return out, (x, active, kept)', "pure",
   "You sum into b2 with +=, which is the caller's array: start with a new one.")
of("projected_block_transposed_back", OUT, f"({OUT})[..., None]", "shape",
   "Your out has a third axis of length one: it is (N, M), one row for each row of x.")

of = edits(projection_block_backward)
DX, WS_GRADIENT = f'dout @ params["Ws"].T + {BACK}', '"Ws": x.T @ dout'
of("projection_has_no_gradient", f"\n        {WS_GRADIENT},", "", "grads identity zero_branch consistent",
   "Your grads lack Ws: the projection is trained too, and its gradient is x.T @ dout.")
of("projection_frozen", WS_GRADIENT, '"Ws": np.zeros_like(params["Ws"])', "grads identity zero_branch consistent",
   "Your gradient of Ws is zero: the shortcut is a linear layer, so it is x.T @ dout.")
of("projected_shortcut_dropped", DX, BACK, "dx identity zero_branch consistent",
   "Your dx comes back through the branch alone: add the shortcut's part, dout @ Ws.T.")
of("projected_branch_dropped", f" + {BACK}", "", "dx identity consistent",
   "Your dx is dout @ Ws.T, the shortcut's part: add what comes back through the branch.")
of("projection_reshaped_back", 'params["Ws"].T', 'params["Ws"].reshape(params["Ws"].shape[::-1])', "dx zero_branch consistent",
   "You reshape Ws where you need its transpose: the shortcut's gradient is dout @ Ws.T.")
of("projection_gradient_averaged", WS_GRADIENT, f"{WS_GRADIENT} / len(dout)", "grads identity zero_branch consistent",
   "You divide the gradient of Ws by N: dout already carries any 1/N, so leave x.T @ dout as it is.")
of("projection_gradient_rectified", WS_GRADIENT, '"Ws": np.maximum(x, 0).T @ dout', "grads identity zero_branch consistent",
   "You take the gradient of Ws with relu(x): x itself met Ws, so it is x.T @ dout.")
of("projected_dout_masked_in_place", f"return {DX}, grads", f"dx = {DX}\n    dout *= dout > 0\n    return dx, grads", "pure",
   "You write into dout, which is the caller's: make a new array for the gradient of the branch.")

# ── the deep stack ─────────────────────────────────────────────────────────────────────────────

of = edits(deep_stack_gradient_norms)
VARIANCE, NORMS = "(width * depth if residual else width)", "np.array(norms[::-1])"
STEP, STEP_BACK = "h = h + branch if residual else branch", "gradient = gradient + through if residual else through"
of("stack_without_shortcuts", STEP, "h = branch", "values residual ends",
   "Your residual stack loses its gradient like a plain one: on the way back, add what skips the branch.",
   also={STEP_BACK: "gradient = through"})
of("shortcuts_missing_forward", STEP, "h = branch", "values",
   "Your residual stack has its shortcuts on the way back only: going forward, h_{l+1} = h_l + relu(h_l) W_l.")
of("shortcuts_missing_backward", STEP_BACK, "gradient = through", "values residual ends",
   "Your residual stack has its shortcuts on the way forward only: going back, add the gradient that skips the branch.")
of("every_stack_residual", 'residual = kind == "residual"', "residual = True", "values vanishes explodes ends",
   "Your plain stack has shortcuts too: look at `kind` before you add h.")
of("branches_not_scaled", VARIANCE, "width", "values residual",
   "Your residual stack explodes: its weights' deviation also has the depth under the root, 2 / (width * depth).")
of("plain_scaled_with_depth", VARIANCE, "(width * depth)", "values vanishes explodes",
   "You divide the plain stack's variance by the depth, too: only residual stacks have 2 / (width * depth).")
of("depth_outside_the_root", f"np.sqrt(2 / {VARIANCE})", "np.sqrt(2 / width) / (depth if residual else 1)", "values",
   "You divide the deviation by depth: the depth stands under the root, sqrt(2 / (width * depth)).")
of("two_forgotten", "np.sqrt(2 /", "np.sqrt(1 /", "values vanishes explodes",
   "Your weights are √2 too small: the ReLU stops half of the squares, and the 2 in 2 / width makes that good.")
of("variance_for_deviation", "np.sqrt(", "(", "values vanishes explodes",
   "You multiply by the variance: the standard deviation is its root.")
of("variance_with_the_gain", "gain * np.sqrt(", "gain**2 * (", "values vanishes explodes",
   "You use the square of the deviation: the weights' standard deviation is gain times the root.")
of("gain_squared", "gain * np.sqrt(", "gain**2 * np.sqrt(", "values vanishes explodes residual",
   "You square the gain: the deviation is gain times the root.")
of("gain_under_the_root", "gain * np.sqrt(2 /", "np.sqrt(2 * gain /", "values vanishes explodes",
   "You put the gain under the root: the deviation is gain * sqrt(2 / width).")
of("width_forgotten", VARIANCE, "(depth if residual else 1)", "values vanishes explodes residual",
   "Your weights do not shrink with the width, so every layer adds up `width` terms: divide by its root.")
of("uniform_weights", "std * rng.standard_normal(", "std * rng.uniform(-1, 1, ", "values vanishes explodes",
   "Your weights are uniform: draw them with rng.standard_normal.")
of("stack_mask_missing", " * open_units", "", "values vanishes explodes",
   "Your gradient goes back through the weights alone: the ReLU lets it through only where h is positive.")
of("stack_mask_of_the_next_level", "layers.append((W, h > 0))\n        ", "", "values",
   "You mask with h_{l+1}: the ReLU of layer l stands on h_l, so its own sign decides.",
   also={STEP: f"{STEP}\n        layers.append((W, h > 0))"})
of("stack_relu_behind_the_weights", "np.maximum(h, 0) @ W", "np.maximum(h @ W, 0)", "values residual",
   "Your ReLU stands behind the weights: a layer is relu(h) @ W, and so is its gradient.",
   also={"layers.append((W, h > 0))": "layers.append((W, h @ W > 0))", "(gradient @ W.T) * open_units": "(gradient * open_units) @ W.T"})
of("stack_weights_not_transposed", "gradient @ W.T", "gradient @ W", "values",
   "Your gradient goes back through W: a layer h @ W sends it back through W.T.")
of("stack_of_tanh", "h > 0", "1 - np.tanh(h) ** 2", "values vanishes explodes",
   "Your stack has tanh in it: the activation is ReLU, whose slope is 0 or 1.", also={"np.maximum(h, 0)": "np.tanh(h)"})
of("stack_with_biases", "np.maximum(h, 0) @ W", "np.maximum(h, 0) @ W + rng.standard_normal(width)", "values doubled",
   "Your layers have random biases: the stack has weights only.")
of("loss_of_squares", "np.ones(width)", "h", "values ends doubled",
   "You start with h, the gradient of half the sum of squares: the loss is the sum of h_depth, so start with ones.")
of("loss_of_the_mean", "np.ones(width)", "np.ones(width) / width", "values ends",
   "You start with 1 / width, the gradient of a mean: the loss is the sum of h_depth, so start with ones.")
of("norms_from_the_top", "norms[::-1]", "norms", "values vanishes explodes residual",
   "Your norms are in the order of the way back, h_depth first: turn them round, so that norms[0] belongs to h_0.")
of("last_norm_left_out", "norms[::-1]", "norms[:0:-1]", "values vanishes explodes residual",
   "You return one norm for each layer: there are depth + 1 levels, from h_0 to h_depth.")
of("squares_not_rooted", NORMS, f"{NORMS} ** 2", "values vanishes explodes ends",
   "You return squared norms: take the root of the sum of squares.")
of("norm_of_the_mean_square", NORMS, f"{NORMS} / np.sqrt(width)", "values ends",
   "You take the root of the mean of the squares: a norm is the root of their sum.")
of("largest_for_norm", "norms = [np.linalg.norm(gradient)]", "norms = [np.abs(gradient).max()]", "values residual ends",
   "You take the largest component: the Euclidean norm is the root of the sum of squares.",
   also={"norms.append(np.linalg.norm(gradient))": "norms.append(np.abs(gradient).max())"})
of("sum_of_magnitudes_for_norm", "norms = [np.linalg.norm(gradient)]", "norms = [np.abs(gradient).sum()]", "values ends",
   "You sum absolute values: the Euclidean norm is the root of the sum of squares.",
   also={"norms.append(np.linalg.norm(gradient))": "norms.append(np.abs(gradient).sum())"})
of("norms_keep_an_axis", NORMS, f"{NORMS}[:, None]", "shape",
   "Your norms have an extra axis of length one: their shape is (depth + 1,).")
of("norms_of_the_signal", "layers = []", "layers, signals = [], [np.linalg.norm(h)]", "values vanishes explodes residual",
   "You measure the forward signals h_l: return the norms of the gradients, which you get on the way back.",
   also={STEP: f"{STEP}\n        signals.append(np.linalg.norm(h))", NORMS: "np.array(signals)"})
of("generator_of_its_own", "residual = kind ==", "rng = np.random.default_rng(0)\n    residual = kind ==", "values generator",
   "You make a generator with a fixed seed, so every experiment is the same one: draw from the rng you are given.")
of("global_random_numbers", "residual = kind ==", "rng = np.random.default_rng()\n    residual = kind ==", "generator",
   "You draw from np.random, whose state nobody can repeat: draw from the rng you are given.")
of("default_gain_of_one", "gain=0.5", "gain=1.0", "vanishes generator",
   "Your gain is 1 if it is not given: the default is 0.5.")
of("gain_ignored", "std = gain *", "std = 0.5 *", "values explodes ends",
   "Your weights have the same deviation whatever the gain is: multiply by it.")
of("one_matrix_for_all_layers", "layers = []", "layers, drawn = [], rng.standard_normal((width, width))", "values residual",
   "You use one weight matrix for all layers: draw a new one for each.",
   also={"std * rng.standard_normal((width, width))": "std * drawn"})

# ── the block of convolutions ──────────────────────────────────────────────────────────────────

of = edits(ResidualBlock)
HIDDEN, SUM = "torch.relu(self.bn1(self.conv1(x)))", "self.shortcut(x) + self.bn2(self.conv2(hidden))"
CHANGES, PROJECTION = "if stride != 1 or in_channels != out_channels:", "nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)"
CONV1, CONV2 = "in_channels, out_channels, 3, stride=stride, padding=1", "out_channels, out_channels, 3, padding=1"
of("block_relu_behind_the_sum", SUM, f"torch.relu({SUM})", "gradients stride identity projection",
   "You put a ReLU behind the sum: here the sum itself is the output.")
of("block_relu_on_the_branch", "self.bn2(self.conv2(hidden))", "torch.relu(self.bn2(self.conv2(hidden)))", "gradients stride identity projection",
   "You put a ReLU behind the second normalisation, so the branch can only add: it goes into the sum as it is.")
of("block_without_relu", HIDDEN, "self.bn1(self.conv1(x))", "gradients stride identity projection",
   "There is no ReLU between your convolutions: it stands behind the first normalisation.")
of("block_without_shortcut", "self.shortcut(x) + ", "", "gradients stride identity projection",
   "You make the shortcut but never add it: out is shortcut(x) + branch.")
of("block_without_branch", f"return {SUM}", "return self.shortcut(x) + 0 * self.bn2(self.conv2(hidden))", "gradients stride identity projection",
   "You return the shortcut alone: add the branch.")
of("block_relu_before_normalisation", HIDDEN, "self.bn1(torch.relu(self.conv1(x)))", "gradients stride identity projection",
   "Your ReLU stands before the first normalisation: the order is convolution, normalisation, ReLU.")
of("block_preactivated", f"hidden = {HIDDEN}",
   f"if not len(self.shortcut):\n            return x + self.conv2(torch.relu(self.bn2(self.conv1(torch.relu(self.bn1(x))))))\n        hidden = {HIDDEN}", "identity",
   "You normalise and rectify before each convolution, as later networks do: here each convolution comes first.")
of("block_sum_normalised", SUM, "self.bn2(self.shortcut(x) + self.conv2(hidden))", "gradients stride identity projection",
   "You add the shortcut before the second normalisation: normalise the branch, then add.")
of("block_leaky", "torch.relu(", "nn.functional.leaky_relu(", "gradients stride identity projection",
   "You use a leaky ReLU: negative hidden units become 0.")
of("block_relu_on_the_shortcut", "self.shortcut(x) +", "(torch.relu(self.shortcut(x)) if len(self.shortcut) else x) +", "gradients stride projection evaluation",
   "You put a ReLU on the shortcut: it is a convolution and a normalisation, nothing else.")
of("block_shortcut_added_twice", "self.shortcut(x) +", "2 * self.shortcut(x) +", "gradients stride identity projection",
   "You add the shortcut twice: it counts once.")
of("block_stride_in_the_second_convolution", CONV1, "in_channels, out_channels, 3, padding=1", "gradients stride projection evaluation",
   "Your second convolution takes the stride: the first one does.",
   also={CONV2: "out_channels, out_channels, 3, stride=stride, padding=1"})
of("block_projects_channels_only", CHANGES, "if in_channels != out_channels:", "stride",
   "Your shortcut is a projection only where the channels change: a stride needs one too, or the sizes differ.")
of("block_shortcut_not_normalised", f"{PROJECTION}, nn.BatchNorm2d(out_channels)", PROJECTION, "gradients stride projection evaluation",
   "Your projection is a convolution alone: batch normalisation follows it.")
of("block_wide_projection", PROJECTION, "nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)", "gradients stride projection evaluation",
   "Your projection has a 3×3 kernel: it is 1×1, for it only changes the channels.")
of("block_shortcut_averages", PROJECTION,
   "nn.AvgPool2d(stride, ceil_mode=True), nn.Conv2d(in_channels, out_channels, 1, bias=False)", "gradients stride projection evaluation",
   "Your shortcut averages the pixels that the stride skips: a 1×1 convolution with that stride takes one of them.")
of("block_one_normalisation_for_two", "self.bn2 = nn.BatchNorm2d(out_channels)\n        ", "", "gradients stride identity projection",
   "You use one normalisation behind both convolutions: each has statistics of its own, so each needs a layer.",
   also={"self.bn2(self.conv2(hidden))": "self.bn1(self.conv2(hidden))"})
of("block_normalises_once", "self.bn2(self.conv2(hidden))", "self.conv2(hidden)", "gradients stride identity projection",
   "You call the second normalisation nowhere: it stands behind the second convolution.")
of("block_always_projects", CHANGES, "if True:", "identity",
   "Your shortcut is a projection even where the shape stays: there it is x itself, and has no weights.")
of("block_shortcut_detached", "self.shortcut(x) +", "self.shortcut(x).detach() +", "gradients zero_branch",
   "You detach the shortcut, so no gradient comes back through it: add self.shortcut(x) as it is.")
of("block_branch_detached", "self.conv1(x)", "self.conv1(x.detach())", "gradients",
   "You compute the branch from x.detach() or x.data, so no gradient comes back through it: give it x.")
of("block_without_grad", f"hidden = {HIDDEN}\n        return {SUM}",
   f"with torch.no_grad():\n            hidden = {HIDDEN}\n            return {SUM}", "gradients zero_branch",
   "You compute under torch.no_grad(), so nothing can be trained: leave it away in forward.")
of("block_always_in_training", f"hidden = {HIDDEN}", f"self.train()\n        hidden = {HIDDEN}", "evaluation",
   "Your normalisations use the batch's statistics in evaluation too: leave it to .eval() to switch them.")
of("block_always_in_evaluation", f"hidden = {HIDDEN}", f"self.eval()\n        hidden = {HIDDEN}", "gradients stride identity projection",
   "Your normalisations use the running statistics in training too: do not call .eval() in the block.")
of("block_momentum_swapped", "self.bn1 = nn.BatchNorm2d(out_channels)", "self.bn1 = nn.BatchNorm2d(out_channels, momentum=0.9)", "running_statistics",
   "Your running statistics jump nearly all the way to the batch's: PyTorch's momentum is the new part, 0.1.",
   also={"self.bn2 = nn.BatchNorm2d(out_channels)": "self.bn2 = nn.BatchNorm2d(out_channels, momentum=0.9)",
         f"{PROJECTION}, nn.BatchNorm2d(out_channels)": f"{PROJECTION}, nn.BatchNorm2d(out_channels, momentum=0.9)"})
of("block_branch_computed_twice", f"hidden = {HIDDEN}", f"self.bn2(self.conv2({HIDDEN}))\n        hidden = {HIDDEN}", "running_statistics",
   "You run the branch twice, so the running statistics move two steps: keep its result in a variable.")
of("block_x_plus_equals", f"return {SUM}",
   f"out = {SUM}\n        with torch.no_grad():\n            x += out - x if x.shape == out.shape else 0\n        return out", "pure",
   "Your `x += ...` writes into the caller's tensor, and autograd needs it as it was: compute `out = ...` instead.")

# ── a gradient of one's own ────────────────────────────────────────────────────────────────────

of = edits(residual_autograd)
OUT, DX = "x + active @ W2 + b2", "dx = dout + dhidden @ W1.T"
RETURNS, SAVED = "return dx, x.T @ dhidden, dhidden.sum(dim=0), active.T @ dout, dout.sum(dim=0)", "x, W1, W2, active = ctx.saved_tensors"
of("autograd_identity_dropped", DX, "dx = dhidden @ W1.T", "dx gradients zero_branch",
   "Your gradient of x comes back through the branch alone: add dout, for the shortcut.")
of("autograd_only_identity", DX, "dx = dout", "dx gradients",
   "Your gradient of x is dout, the shortcut's part: add what comes back through the branch.")
of("autograd_identity_twice", DX, "dx = 2 * dout + dhidden @ W1.T", "dx gradients zero_branch",
   "You add dout twice: the shortcut is one path, so it is added once.")
of("autograd_mask_missing", " * (active > 0)", "", "dx gradients",
   "Your backward has no ReLU in it: only hidden units that were on let the gradient through.")
of("autograd_mask_from_the_gradient", "(dout @ W2.T) * (active > 0)", "torch.relu(dout @ W2.T)", "dx gradients",
   "You take the ReLU's mask from the gradient's sign: the sign of the pre-activation x @ W1 + b1 decides.")
of("autograd_biases_not_summed", "dhidden.sum(dim=0)", "dhidden", "gradients zero_branch",
   "Your gradients of b1 and b2 have a row for each example, which PyTorch quietly sums: sum over the batch.",
   also={"dout.sum(dim=0)": "dout"})
of("autograd_wrong_order", "dhidden.sum(dim=0), active.T @ dout,", "active.T @ dout, dhidden.sum(dim=0),", "gradients zero_branch",
   "Your gradients come in another order: backward returns them in that of forward's arguments, x, W1, b1, W2, b2.")
of("autograd_biases_without_gradient", "dhidden.sum(dim=0)", "None", "gradients zero_branch",
   "You return None for the biases, which says that they need no gradient: return theirs.", also={"dout.sum(dim=0)": "None"})
of("autograd_x_alone", RETURNS, "return dx", "dx gradients zero_branch",
   "Your backward returns the gradient of x alone: return one for each of forward's five arguments.")
of("autograd_halves", SAVED, f"{SAVED}\n        dout = dout / 2", "dx gradients zero_branch",
   "You give each path half of dout, but a sum passes its whole gradient to both of its inputs.")
of("autograd_ignores_dout", SAVED, f"{SAVED}\n        dout = torch.ones_like(dout)", "dx gradients zero_branch",
   "Your gradients do not depend on dout, as if the loss were the sum of the outputs: start with dout.")
of("autograd_db2_averaged", "dout.sum(dim=0)", "dout.mean(dim=0)", "gradients zero_branch",
   "Your gradient of b2 is the mean over the batch: dout already carries any 1/N, so sum over the rows.")
of("autograd_weights_averaged", "x.T @ dhidden", "x.T @ dhidden / len(x)", "gradients zero_branch",
   "You divide the weights' gradients by N, but the loss has done so already: leave them as sums.",
   also={"active.T @ dout": "active.T @ dout / len(x)"})
of("autograd_biases_keep_an_axis", "dhidden.sum(dim=0)", "dhidden.sum(dim=0, keepdim=True)", "shapes",
   "Your gradients of b1 and b2 have shapes (1, H) and (1, D): sum without keepdim.",
   also={"dout.sum(dim=0)": "dout.sum(dim=0, keepdim=True)"})
of("autograd_into_dout", RETURNS, f"{RETURNS.replace('return', 'found =')}\n        dout += dhidden @ W1.T\n        return found", "pure",
   "You add the branch's gradient into dout with +=: that tensor belongs to autograd, make a new one.")
of("autograd_without_shortcut", OUT, "active @ W2 + b2", "values",
   "Your forward returns the branch alone: add x.")
of("autograd_relu_behind_the_sum", OUT, f"torch.relu({OUT})", "values",
   "Your forward has a ReLU behind the sum: the sum itself is the output.")
of("autograd_relu_missing", "torch.relu(x @ W1 + b1)", "x @ W1 + b1", "values gradients zero_branch",
   "Your forward has no ReLU, so the whole block is linear: put one between W1 and W2.")
of("autograd_keeps_an_axis", OUT, f"({OUT})[:, None]", "shapes",
   "Your forward returns an extra axis of length one: out has x's shape, (N, D).", also={SAVED: f"{SAVED}\n        dout = dout.reshape(x.shape)"})


@mistake("residual_autograd", caught_by=("values", "gradients"))
def autograd_not_a_function(x, W1, b1, W2, b2):
    """You leave the gradient to PyTorch: derive from torch.autograd.Function and write the backward yourself."""
    return x + torch.relu(x @ W1 + b1) @ W2 + b2


@mistake("residual_autograd", caught_by=("gradients", "zero_branch"))
def autograd_calls_autograd(*tensors):
    """Your backward asks autograd for the gradients: write them out, as in residual_backward."""

    class Written(residual_autograd):
        @staticmethod
        def backward(ctx, dout):
            engine = torch.autograd  # under another name, which reading the source does not find
            inputs = [tensor.detach().requires_grad_() for tensor in tensors]
            with engine.grad_mode.enable_grad():
                out = autograd_not_a_function(*inputs)
            return engine.grad(out, inputs, dout)

    return Written.apply(*tensors)
