"""What students get wrong in `optimizers`, and what a teacher would say: wrong entry points, most of them edits of the
reference.

Where they come from: the misconceptions that 1,240 published student solutions of five courses show (Adam without its
correction leads them), and what follows from the formulas.
"""

# An edit reads best in two or three lines.
# fmt: off
import numpy as np

from autograder import edits, mistake

from .reference import adam, exponential_decay, inverse_time_decay, minibatches, rmsprop, sgd, sgd_momentum, train

# ── gradient descent ───────────────────────────────────────────────────────────────────────────

of = edits(sgd)
of("sgd_ascends", "w - lr", "w + lr", "values bowl",
   "You add the gradient, which climbs: the loss falls against it, w - lr * dw.")
of("sgd_without_lr", "lr * dw", "dw", "values bowl",
   "You subtract the whole gradient: multiply it by the learning rate first.")
of("sgd_lr_twice", "lr * dw", "lr * (lr * dw)", "values bowl",
   "You multiply by the learning rate twice: once is enough, w - lr * dw.")
of("sgd_squares", "lr * dw", "lr * dw**2", "values bowl",
   "You square the gradient, which loses its sign: use dw itself.")
of("sgd_lr_ignored", "lr * dw", "1e-2 * dw", "other_options",
   "You write the learning rate 0.01 into the formula: use the argument lr.")
of("sgd_returns_the_update", "w - lr * dw", "-lr * dw", "values bowl",
   "You return the update -lr * dw alone: return the new w, w - lr * dw.")
of("sgd_normalises", "lr * dw", "lr * dw / np.linalg.norm(dw)", "values bowl",
   "You divide the gradient by its length, so steps never get shorter near a minimum: use it as it is.")
of("sgd_averages_over_rows", "lr * dw", "lr * dw / len(dw)", "values",
   "You divide dw by its number of rows: the mean over the batch is in the gradient already, so use it as it is.")
of("sgd_averages_over_elements", "lr * dw", "lr * dw / dw.size", "values",
   "You divide dw by its number of elements: each element of w moves by its own gradient, so use it as it is.")
of("sgd_never_clears", "return w - lr * dw, state", "total = dw if state is None else state + dw\n"
   "    return w - lr * total, total", "values bowl",
   "You add each gradient to those of the steps before: plain gradient descent uses the newest gradient alone.")
of("sgd_lr_falls", "return w - lr * dw, state", "t = (state or 0) + 1\n    return w - lr / t * dw, t", "values bowl",
   "You divide the learning rate by the number of the step: a schedule is the caller's task, use lr as it is given.")
of("sgd_in_place", "return w - lr * dw, state", "w -= lr * dw\n    return w, state", "pure",
   "You write `w -= ...`, which changes the caller's array: compute a new one, w - lr * dw.")
of("sgd_extra_axis", "w - lr * dw", "(w - lr * dw)[None]", "shape",
   "Your new w has an extra axis of length one: return it in w's own shape.")
of("sgd_default_lr", "lr=1e-2", "lr=1e-3", "default_options",
   "Your lr is 1e-3 if it is not given: the signature asks for 1e-2.")

# ── momentum ───────────────────────────────────────────────────────────────────────────────────

of = edits(sgd_momentum)
of("velocity_not_stored", "w + velocity, velocity", "w + velocity, state", "values constant impulse ravine separate",
   "You compute the velocity but do not return it, so every step starts at rest: return it as the state.")
of("position_stored", "return w + velocity, velocity", "return w + velocity, w + velocity", "values impulse",
   "You return the new w as the state: return the velocity, which the next step needs.")
of("velocity_dampened", "- lr * dw", "- (1 - momentum) * lr * dw", "values constant impulse",
   "You weight the gradient with 1 - momentum, as in an average, so steps are too short: subtract lr * dw.")
of("weights_of_average_exchanged", "momentum * velocity - lr * dw",
   "(1 - momentum) * velocity - momentum * lr * dw", "values constant impulse",
   "You keep 1 - momentum of the velocity and weight the gradient with momentum: compute momentum * v - lr * dw.")
of("nesterov", "w + velocity,", "w + momentum * velocity - lr * dw,", "values constant impulse",
   "This is Nesterov's rule, which looks a step ahead: plain momentum adds v itself, w + v.")
of("velocity_subtracted", "w + velocity,", "w - velocity,", "values constant impulse ravine",
   "You move w uphill, against a velocity that holds -lr * dw: add v if it holds -lr * dw, subtract it if +lr * dw.")
of("velocity_turned", "momentum * velocity", "-momentum * velocity", "values constant impulse",
   "The old velocity and the new step pull against each other in your sum: both must point downhill.")
of("velocity_times_lr_again", "w + velocity,", "w + lr * velocity,", "values constant impulse ravine",
   "You multiply by the learning rate twice, in v and again in the step: once is enough.")
of("gradient_without_lr", "- lr * dw", "- dw", "values constant impulse ravine",
   "You never multiply by the learning rate: v is momentum * v - lr * dw.")
of("momentum_lr_ignored", "- lr * dw", "- 1e-2 * dw", "other_options",
   "You write the learning rate 0.01 into the formula: use the argument lr.")
of("momentum_complemented", "momentum * velocity", "(1 - momentum) * velocity", "values constant impulse",
   "You keep 1 - momentum of the velocity: momentum is the part that is kept, momentum * v.")
of("momentum_ignored", "momentum * velocity", "0.9 * velocity", "other_options",
   "You write 0.9 into the formula, whatever the argument momentum is: use momentum * v.")
of("old_velocity_used", "return w + velocity, velocity", "return w + old, velocity", "values constant impulse",
   "You move w by the velocity of the step before, so the first gradient does nothing: update v first.",
   also={"velocity = momentum * velocity": "old = velocity\n    velocity = momentum * velocity"})
of("gradient_slowed_too", "momentum * velocity - lr * dw", "momentum * (velocity - lr * dw)", "values constant impulse",
   "You multiply the new gradient by momentum as well: only the old velocity is, momentum * v - lr * dw.")
of("velocity_starts_with_gradient", "np.zeros_like(w)", "-lr * dw", "values constant impulse",
   "You start the velocity at -lr * dw and then add the same gradient again: start it at 0.")
of("velocity_never_slows", "momentum * velocity", "velocity", "values constant impulse",
   "Your velocity keeps everything and never slows: multiply it by momentum before the gradient is added.")
of("momentum_of_zero_ignored", "momentum * velocity", "(momentum or 0.9) * velocity", "without",
   "You write `momentum or 0.9`, and 0 counts as false: momentum = 0 must be plain gradient descent.")
of("momentum_in_place", "return w + velocity, velocity", "w += velocity\n    return w, velocity", "pure",
   "You write `w += v`, which changes the caller's array: compute a new one, w + v.")
of("gradient_scaled_in_place", "- lr * dw", "- dw", "pure",
   "You write `dw *= lr`, which changes the caller's gradient: compute lr * dw.",
   also={"velocity = np": "dw *= lr\n    velocity = np"})
of("momentum_extra_axis", "w + velocity, velocity", "(w + velocity)[..., None], velocity", "shape",
   "Your new w has an extra axis of length one: return it in w's own shape.")
of("momentum_default", "momentum=0.9", "momentum=0.99", "default_options",
   "Your momentum is 0.99 if it is not given: the signature asks for 0.9.")


_velocity = {}


@mistake("sgd_momentum", caught_by="separate")
def velocity_shared(w, dw, state, lr=1e-2, momentum=0.9):
    """You keep the velocity in a global variable, which all arrays share: keep it in the state that you return."""
    v = np.zeros_like(w) if state is None else _velocity["v"]
    _velocity["v"] = momentum * v - lr * dw
    return w + _velocity["v"], True


# ── RMSProp ────────────────────────────────────────────────────────────────────────────────────

ROOT, START = "(np.sqrt(mean_square) + eps)", "np.zeros_like(w)"

of = edits(rmsprop)
of("rmsprop_without_root", ROOT, "(mean_square + eps)", "values constant scale",
   "You divide by the mean square itself: take its root, or large gradients give the smallest steps.")
of("rmsprop_without_square", "dw**2", "np.abs(dw)", "values constant scale",
   "You average |dw| and then take a root: average the squares, dw**2.")
of("mean_size_for_root_mean_square", "dw**2", "np.abs(dw)", "values",
   "You average |dw| and divide by that: average the squares, dw**2, and divide by the root of their mean.",
   also={ROOT: "(mean_square + eps)"})
of("rmsprop_signed_gradients", "dw**2", "dw", "values constant",
   "You average the gradients themselves, whose signs cancel: average their squares, dw**2.",
   also={"np.sqrt(mean_square)": "np.sqrt(np.abs(mean_square))"})
of("mean_square_not_stored", "+ eps), mean_square", "+ eps), state", "values constant separate",
   "You compute the mean square but do not return it, so it starts at 0 in every step: return it as the state.")
of("old_mean_square_used", ROOT, "(np.sqrt(old) + eps)", "values constant scale",
   "You divide by the mean square of the step before, which is 0 in the first: update it first, then divide by it.",
   also={"mean_square = decay": "old = mean_square\n    mean_square = decay"})
of("old_mean_square_used_and_kept", "mean_square = decay * mean_square + (1 - decay) * dw**2", "pass",
   "values constant scale",
   "You divide by the mean square of the step before and return it as it was: store the new one, and divide by it.")
of("decay_complemented", "decay * mean_square + (1 - decay)", "(1 - decay) * mean_square + decay", "values constant",
   "You exchange decay and 1 - decay: decay is the part of the old mean square that is kept.")
of("adagrad", "decay * mean_square + (1 - decay) * dw**2", "mean_square + dw**2", "values constant",
   "You add the squares up without forgetting any, which is AdaGrad: weight them with decay and 1 - decay.")
of("new_square_unweighted", "(1 - decay) * dw**2", "dw**2", "values constant",
   "You add the whole of dw**2 to the decayed mean square: weight it with 1 - decay.")
of("old_square_unweighted", "decay * mean_square", "mean_square", "values constant",
   "Your mean square keeps all that it was: multiply the old one by decay before the new square is added.")
of("decay_ignored", "decay * mean_square + (1 - decay)", "0.99 * mean_square + (1 - 0.99)", "other_options",
   "You write 0.99 into the formula, whatever the argument decay is: use decay and 1 - decay.")
of("decay_of_nine_tenths", "decay * mean_square + (1 - decay)", "0.9 * mean_square + (1 - 0.9)", "values constant",
   "You write 0.9 into the formula, whatever the argument decay is: use decay and 1 - decay.")
of("mean_square_starts_with_gradient", START, "dw**2", "values constant",
   "You start the mean square at dw**2: start it at 0.")
of("mean_square_starts_at_one", START, "np.ones_like(w)", "values",
   "You start the mean square at 1, which small gradients take long to forget: start it at 0.")
of("one_rate_for_the_array", "dw**2", "np.mean(dw**2)", "values constant",
   "You average the squares over the whole array, so all elements share one rate: keep one for each element.")
of("gradient_lost", "lr * dw /", "lr * np.sign(dw) /", "values constant scale",
   "You leave the gradient's size out of the step: divide dw by the root, not its sign alone.")
of("eps_multiplied", ROOT, "(np.sqrt(mean_square) * eps)", "values constant",
   "You multiply the root by eps, which makes steps a hundred million times too long: add eps to it.")
of("eps_multiplied_under_root", ROOT, "np.sqrt(mean_square * eps)", "values constant",
   "You multiply the mean square by eps, which makes steps ten thousand times too long: add eps to it.")
of("lr_under_the_root", "dw**2", "(lr * dw)**2", "values constant",
   "Your learning rate has no effect: multiply the step by lr, and square the gradient without it.")
of("rmsprop_lr_ignored", "lr * dw", "1e-2 * dw", "other_options",
   "You write the learning rate 0.01 into the formula: use the argument lr.")
of("rmsprop_ascends", "w - lr", "w + lr", "values constant",
   "You add the step, which climbs: subtract it from w.")
of("rmsprop_eps_missing", ROOT, "np.sqrt(mean_square)", "zero_gradient",
   "You leave eps out, so an element without a gradient becomes 0 / 0: add eps to the root.")
of("eps_squared", ROOT, "np.sqrt(mean_square + eps**2)", "eps",
   "You add eps**2 under the root: add eps itself, outside the root or under it.")
of("rmsprop_in_place", "return w - lr * dw / " + ROOT, "w -= lr * dw / " + ROOT + "\n    return w", "pure",
   "You write `w -= ...`, which changes the caller's array: compute a new one.")
of("rmsprop_extra_axis", "w - lr * dw / " + ROOT, "(w - lr * dw / " + ROOT + ")[None]", "shape",
   "Your new w has an extra axis of length one: return it in w's own shape.")
of("decay_default", "decay=0.99", "decay=0.9", "default_options",
   "Your decay is 0.9 if it is not given: the signature asks for 0.99.")
of("rmsprop_eps_default", "eps=1e-8", "eps=1e-6", "default_eps",
   "Your eps is 1e-6 if it is not given: the signature asks for 1e-8.")
of("rmsprop_corrected", ROOT, "(np.sqrt(mean_square / (1 - decay**t)) + eps)", "values constant",
   "You correct the mean square for its start at 0, as Adam does: RMSProp takes it as it is.",
   also={"mean_square = np.zeros_like(w) if": "mean_square, t = (np.zeros_like(w), 0) if",
         "mean_square = decay": "t += 1\n    mean_square = decay", "+ eps), mean_square": "+ eps), (mean_square, t)"})

_squares = {}


@mistake("rmsprop", caught_by="separate")
def mean_square_shared(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You keep the mean square in a global variable, which all arrays share: keep it in the state that you return."""
    new_w, _squares["s"] = rmsprop(w, dw, None if state is None else _squares["s"], lr, decay, eps)
    return new_w, True


# ── Adam ───────────────────────────────────────────────────────────────────────────────────────

M, V = "corrected_m = m / (1 - beta1**t)", "corrected_v = v / (1 - beta2**t)"
NEW_M, NEW_V = "m = beta1 * m + (1 - beta1) * dw", "v = beta2 * v + (1 - beta2) * dw**2"
STEP, STATE = "lr * corrected_m / (np.sqrt(corrected_v) + eps)", "+ eps), (m, v, t)"
COUNT = "t = t + 1"
ALWAYS = "values first_step constant second_step"

of = edits(adam)
of("adam_uncorrected", M, "corrected_m = m", ALWAYS,
   "You leave the bias correction out, so the first steps are wrong: divide m by 1 - beta1**t, v alike.",
   also={V: "corrected_v = v"})
of("t_not_counted", COUNT, "t = 1", "values constant second_step",
   "Your t stays at 1, so the correction is right for the first step alone: store t + 1 in the state.")
of("t_starts_at_two", "np.zeros_like(w), 0)", "np.zeros_like(w), 1)", ALWAYS,
   "Your t is 2 on the first call: start at 0 and count up first, or at 1 and count up last.")
of("t_starts_at_zero", "np.zeros_like(w), 0)", "np.zeros_like(w), np.float64(-1))", ALWAYS,
   "Your t is 0 on the first call, so you divide by 1 - beta**0 = 0: count up before you correct.")
of("corrected_averages_stored", STATE, "+ eps), (corrected_m, corrected_v, t)", "values constant second_step",
   "You store the corrected averages, so the next step corrects them again: store m and v as they were before.")
of("betas_exchanged", COUNT, "t, beta1, beta2 = t + 1, beta2, beta1", "values second_step",
   "You exchange the betas: beta1 belongs to the mean of the gradient, beta2 to that of its square.")
of("beta1_for_both", COUNT, "t, beta2 = t + 1, beta1", "values",
   "You use beta1 for both averages: the mean square of the gradient is made and corrected with beta2.")
of("beta2_for_both", COUNT, "t, beta1 = t + 1, beta2", "values",
   "You use beta2 for both averages: the mean of the gradient is made and corrected with beta1.")
of("power_of_the_complement", M, "corrected_m = m / (1 - beta1)**t", "values constant second_step",
   "You raise 1 - beta to the power t: the correction is 1 - beta**t.", also={V: "corrected_v = v / (1 - beta2)**t"})
of("power_of_one_minus_beta", M, "corrected_m = m / (1 - (1 - beta1)**t)", ALWAYS,
   "You correct with 1 - (1 - beta)**t: the power is of beta itself, 1 - beta**t.",
   also={V: "corrected_v = v / (1 - (1 - beta2)**t)"})
of("corrected_by_square_always", M, "corrected_m = m / (1 - beta1**2)", ALWAYS,
   "You correct by 1 - beta**2 in every step: the exponent is the number of the step, 1 - beta**t.",
   also={V: "corrected_v = v / (1 - beta2**2)"})
of("beta_times_t", M, "corrected_m = m / (1 - beta1 * t)", "values constant second_step",
   "You correct with 1 - beta * t, which soon turns negative: beta is raised to the power t, 1 - beta**t.",
   also={V: "corrected_v = v / (1 - beta2 * t)"})
of("corrected_by_beta", M, "corrected_m = m / beta1**t", ALWAYS,
   "You divide by beta**t: the correction is 1 - beta**t.", also={V: "corrected_v = v / beta2**t"})
of("correction_multiplied", M, "corrected_m = m * (1 - beta1**t)", ALWAYS,
   "You multiply by 1 - beta**t, which makes small averages smaller still: divide by it.",
   also={V: "corrected_v = v * (1 - beta2**t)"})
of("only_m_corrected", V, "corrected_v = v", ALWAYS,
   "You correct m and forget v: divide v by 1 - beta2**t as well.")
of("only_v_corrected", M, "corrected_m = m", ALWAYS,
   "You correct v and forget m: divide m by 1 - beta1**t as well.")
of("v_corrected_by_beta1", V, "corrected_v = v / (1 - beta1**t)", ALWAYS,
   "You correct v with beta1: its average is made with beta2, so divide it by 1 - beta2**t.")
of("m_corrected_by_beta2", M, "corrected_m = m / (1 - beta2**t)", ALWAYS,
   "You correct m with beta2: its average is made with beta1, so divide it by 1 - beta1**t.")
of("root_of_correction_missing", STEP, "lr * (1 - beta2**t) * corrected_m / (np.sqrt(v) + eps)", ALWAYS,
   "Your correction of v stands outside the root: it belongs inside, np.sqrt(v / (1 - beta2**t)), or its root in lr.")
of("gradient_for_its_mean", "lr * corrected_m", "lr * dw", "values second_step",
   "You step along dw itself and leave its mean m unused: the step is along the corrected m.")
of("adam_without_square", "dw**2", "np.abs(dw)", "values first_step constant scale",
   "You average |dw| for v: average the squares, dw**2, whose root is taken later.")
of("adam_without_root", "np.sqrt(corrected_v)", "corrected_v", "values first_step constant scale",
   "You divide by the mean square itself: take its root, or large gradients give the smallest steps.")
of("square_of_the_mean", "dw**2", "m**2", "values first_step",
   "You average the square of m for v: average the square of the gradient, dw**2.")
of("new_gradient_unweighted", "(1 - beta1) * dw", "dw", "values first_step",
   "You add the whole of dw to beta1 * m, as momentum does: Adam's m is a mean, so weight dw with 1 - beta1.")
of("new_square_of_adam_unweighted", "(1 - beta2) * dw**2", "dw**2", "values first_step",
   "You add the whole of dw**2 to beta2 * v: Adam's v is a mean, so weight dw**2 with 1 - beta2.")
of("weights_of_m_exchanged", NEW_M, "m = (1 - beta1) * m + beta1 * dw", "values first_step",
   "You exchange beta1 and 1 - beta1 in m: beta1 is the part of the old mean that is kept.")
of("weights_of_v_exchanged", NEW_V, "v = (1 - beta2) * v + beta2 * dw**2", "values first_step",
   "You exchange beta2 and 1 - beta2 in v: beta2 is the part of the old mean square that is kept.")
of("weights_exchanged", NEW_M, "m = (1 - beta1) * m + beta1 * dw", "values first_step",
   "You exchange beta and 1 - beta in both averages: beta is the part of the old one that is kept.",
   also={NEW_V: "v = (1 - beta2) * v + beta2 * dw**2"})
of("beta_added", NEW_M, "m = beta1 + (1 - beta1) * dw", "values second_step",
   "You add beta where the old average belongs: it is beta * m + (1 - beta) * dw, and the same for v.",
   also={NEW_V: "v = beta2 + (1 - beta2) * dw**2"})
of("betas_ignored", COUNT, "t, beta1, beta2 = t + 1, 0.9, 0.999", "other_options",
   "You write 0.9 and 0.999 into the formulas, whatever the arguments are: use beta1 and beta2.")
of("adam_lr_ignored", "lr * corrected_m", "1e-3 * corrected_m", "other_options",
   "You write the learning rate 0.001 into the formula: use the argument lr.")
of("adam_without_lr", "lr * corrected_m", "corrected_m", "values constant",
   "You never multiply the step by the learning rate: it is lr * m over the root of v.")
of("adam_ascends", "w - lr", "w + lr", "values constant",
   "You add the step, which climbs: subtract it from w.")
of("adamax", NEW_V, "v = np.maximum(beta2 * v, np.abs(dw))", "values second_step",
   "You keep the largest gradient, decayed, which is AdaMax: Adam keeps the mean of the squares.",
   also={"np.sqrt(corrected_v)": "v"})
of("nadam", "lr * corrected_m", "lr * (beta1 * corrected_m + (1 - beta1) * dw / (1 - beta1**t))", "values second_step",
   "You mix the newest gradient into the step once more, which is Nadam: Adam steps along the corrected m.")
of("amsgrad", "np.sqrt(corrected_v)", "np.sqrt(most)", "values",
   "You divide by the largest mean square so far, which is AMSGrad: Adam divides by the newest.",
   also={"m, v, t = (": "m, v, t, most = (", "np.zeros_like(w), 0)": "np.zeros_like(w), 0, 0.0)",
         V: V + "\n    most = np.maximum(most, corrected_v)", STATE: "+ eps), (m, v, t, most)"})
of("averages_not_stored", STATE, "+ eps), (0 * m, 0 * v, t)", "values constant second_step separate",
   "You count t but start m and v at 0 in every step: return them in the state.")
of("m_not_stored", STATE, "+ eps), (0 * m, v, t)", "values constant second_step",
   "You do not keep m from step to step: return the new m in the state, beside v and t.")
of("v_not_stored", STATE, "+ eps), (m, 0 * v, t)", "values constant second_step",
   "You do not keep v from step to step: return the new v in the state, beside m and t.")
of("adam_state_not_returned", STATE, "+ eps), state", "values second_step",
   "You return the state that you were given, so every call is the first: return the new m, v and t.")
of("adam_eps_inside", "(np.sqrt(corrected_v) + eps)", "np.sqrt(corrected_v + eps)", "eps",
   "You add eps under the root: in Adam it stands outside, np.sqrt(v) + eps.")
of("eps_beside_uncorrected", "(np.sqrt(corrected_v) + eps)", "(np.sqrt(v) + eps) * np.sqrt(1 - beta2**t)", "eps",
   "You fold the correction into lr and add eps to the uncorrected root: scale eps by sqrt(1 - beta2**t) as well.")
of("adam_eps_missing", "(np.sqrt(corrected_v) + eps)", "np.sqrt(corrected_v)", "zero_gradient",
   "You leave eps out, so an element that never had a gradient becomes 0 / 0: add eps to the root.")
of("adam_in_place", "return w - " + STEP, "w -= " + STEP + "\n    return w", "pure",
   "You write `w -= ...`, which changes the caller's array: compute a new one.")
of("gradient_squared_in_place", "dw**2", "dw", "pure",
   "You square dw in place, which changes the caller's gradient: compute dw**2.",
   also={"v = beta2": "dw *= dw\n    v = beta2"})
of("adam_extra_axis", "w - " + STEP, "(w - " + STEP + ")[None]", "shape",
   "Your new w has an extra axis of length one: return it in w's own shape.")
of("beta2_default", "beta2=0.999", "beta2=0.99", "default_options",
   "Your beta2 is 0.99 if it is not given: the signature asks for 0.999.")
of("adam_eps_default", "eps=1e-8", "eps=1e-7", "default_eps",
   "Your eps is 1e-7 if it is not given: the signature asks for 1e-8.")

_clock = {"t": 0}


@mistake("adam", caught_by="separate")
def t_shared(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You count t in a global variable, so it runs ahead with several arrays: keep t in each array's state."""
    _clock["t"] = 0 if state is None else _clock["t"] + 1
    new_w, (m, v, _) = adam(w, dw, state and (*state[:2], _clock["t"]), lr, beta1, beta2, eps)
    return new_w, (m, v, 0)


# ── schedules ──────────────────────────────────────────────────────────────────────────────────

of = edits(exponential_decay)
of("rate_grows", "-k * t", "k * t", "values arrays known_answers",
   "Your learning rate grows: the exponent is -k * t.")
of("k_for_the_base", "np.exp(-k * t)", "k**t", "values arrays known_answers",
   "You raise k to the power t: k is a rate in the exponent, exp(-k * t).")
of("one_minus_k_for_the_base", "np.exp(-k * t)", "(1 - k) ** t", "values arrays known_answers",
   "You take away the part k in each step, (1 - k)**t: an exponential decay is exp(-k * t).")
of("powers_of_two", "np.exp(-k * t)", "2.0 ** (-k * t)", "values arrays known_answers",
   "You take powers of 2: the base is e, np.exp(-k * t).")
of("powers_of_ten", "np.exp(-k * t)", "10.0 ** (-k * t)", "values arrays known_answers",
   "You take powers of 10: the base is e, np.exp(-k * t).")
of("exponent_divided", "-k * t", "-t / k", "values arrays known_answers",
   "You divide the time by k: the rate k multiplies it, exp(-k * t).")
of("time_forgotten", "-k * t", "-k", "values arrays known_answers",
   "You leave the time out of the exponent: it is -k * t.")
of("exponential_lr0_forgotten", "lr0 * np", "np", "values arrays known_answers",
   "You leave lr0 out: the learning rate starts there, lr0 * exp(-k * t).")
of("decay_by_steps", "-k * t", "-k * np.floor(t)", "values arrays",
   "You round t down, which makes a staircase: t need not be a whole number.")
of("times_flattened", "return lr0 * np.exp(-k * t)",
   "return np.array([lr0 * np.exp(-k * one) for one in np.ravel(t)])[() if np.ndim(t) else 0]", "arrays",
   "Your result is flat whatever the shape of t: return one learning rate for each t, in t's shape.")
of("exponential_as_row", "lr0 * np.exp(-k * t)", "np.array([lr0 * np.exp(-k * t)])", "shape",
   "Your result has an extra axis of length one: return a number for a number t, an array in t's shape for an array.")
of("times_negated_in_place", "return lr0", "rate = -k * t\n    t *= -k if np.ndim(t) else 1\n    return lr0", "pure",
   "You write `t *= -k`, which changes the caller's array: compute -k * t.", also={"-k * t": "rate"})

of = edits(inverse_time_decay)
of("precedence", "lr0 / (1 + k * t)", "lr0 / 1 + k * t", "values arrays known_answers",
   "You compute lr0 / 1 + k * t, where the division comes first: put 1 + k * t in parentheses.")
of("multiplied_for_divided", "lr0 /", "lr0 *", "values arrays known_answers",
   "You multiply by 1 + k * t, so the learning rate grows: divide by it.")
of("inverse_square", "(1 + k * t)", "(1 + k * t) ** 2", "values arrays known_answers",
   "You square the divisor: it is 1 + k * t.")
of("inverse_root", "(1 + k * t)", "np.sqrt(1 + k * t)", "values arrays known_answers",
   "You take the root of the divisor: it is 1 + k * t.")
of("one_for_k", "(1 + k * t)", "(k + t)", "values arrays known_answers",
   "You divide by k + t: the rate k multiplies the time, 1 + k * t.")
of("one_forgotten", "(1 + k * t)", "np.float64(k * t)", "values arrays",
   "You divide by k * t, which is 0 at the start: the divisor is 1 + k * t.")
of("minus_for_plus", "(1 + k * t)", "np.float64(1 - k * t)", "values arrays",
   "You subtract k * t from 1, so your rate grows and then turns negative: the divisor is 1 + k * t.")
of("time_divided_by_k", "k * t", "t / k", "values arrays",
   "You divide the time by k: the rate k multiplies it, 1 + k * t.")
of("k_times_the_sum", "(1 + k * t)", "(k * (1 + t))", "values arrays known_answers",
   "You multiply the whole divisor by k: only the time is multiplied, 1 + k * t.")
of("inverse_lr0_forgotten", "lr0 /", "1 /", "values arrays known_answers",
   "You leave lr0 out: the learning rate starts there, lr0 / (1 + k * t).")
of("inverse_times_flattened", "return lr0 / (1 + k * t)",
   "return np.array([lr0 / (1 + k * one) for one in np.ravel(t)])[() if np.ndim(t) else 0]", "arrays",
   "Your result is flat whatever the shape of t: return one learning rate for each t, in t's shape.")
of("inverse_as_row", "lr0 / (1 + k * t)", "np.array([lr0 / (1 + k * t)])", "shape",
   "Your result has an extra axis of length one: return a number for a number t, an array in t's shape for an array.")
of("times_scaled_in_place", "return lr0", "scaled = k * t\n    t *= k if np.ndim(t) else 1\n    return lr0", "pure",
   "You write `t *= k`, which changes the caller's array: compute k * t.", also={"(1 + k * t)": "(1 + scaled)"})

# ── mini-batches ───────────────────────────────────────────────────────────────────────────────

ORDER, BATCH = "order = rng.permutation(n)", "order[start : start + batch_size]"
LOOP = "for start in range(0, n, batch_size):\n        yield " + BATCH

of = edits(minibatches)
of("drawn_with_replacement", ORDER, "order = rng.integers(0, n, n)", "indices",
   "You draw each index anew, so some come twice and others never: take a permutation and cut it up.")
of("each_batch_drawn_anew", BATCH, "rng.choice(n, min(batch_size, n), replace=False)", "indices",
   "You draw each batch from all examples, so some come twice and others never: take a permutation and cut it up.")
of("not_shuffled", ORDER, "order = np.arange(n)", "shuffled rng",
   "You cut the examples up in the order they are in: permute the indices first.")
of("shuffled_inside", BATCH, "rng.permutation(" + BATCH + ")", "shuffled",
   "You shuffle inside each batch only, so the same examples always meet: permute all indices, then cut.",
   also={ORDER: "order = np.arange(n)"})
of("last_batch_dropped", "range(0, n, batch_size)", "range(0, n - batch_size + 1, batch_size)", "indices sizes",
   "You leave the last batch out when it is not full, and its examples with it: yield it, short as it is.")
of("last_of_each_batch_left_out", "start + batch_size]", "start + batch_size - 1]", "indices sizes",
   "You leave the last index of each batch out: a slice ends before its end, so cut from start to start + batch_size.")
of("batches_overlap", "start + batch_size]", "start + batch_size + 1]", "indices sizes",
   "Your batches share an index with the next: a slice ends before its end, so cut from start to start + batch_size.")
of("last_batch_filled_up", ORDER, "order = np.resize(rng.permutation(n), -(-n // batch_size) * batch_size)",
   "indices sizes", "You fill the last batch up with examples that have come already: yield it short.")
of("batches_of_even_size", LOOP, "yield from np.array_split(order, -(-n // batch_size))", "sizes",
   "You spread the examples evenly over the batches: every batch but the last must hold batch_size of them.")
of("batches_of_even_size_and_fewer", LOOP, "yield from np.array_split(order, max(1, n // batch_size))", "sizes",
   "You cut into n // batch_size parts of even size: every batch must hold batch_size examples, and the last the rest.")
of("rest_in_the_last_batch", BATCH, "order[start : start + batch_size if start + 2 * batch_size <= n else n]", "sizes",
   "You put the examples that are left over into the last full batch: give them a batch of their own.",
   also={"range(0, n, batch_size)": "range(0, max(n - batch_size, 0) + 1, batch_size)"})
of("size_for_number", LOOP, "yield from [batch for batch in np.array_split(order, batch_size) if len(batch)]", "sizes",
   "You make batch_size batches: batch_size is the number of examples in each.")
of("counted_from_one", "rng.permutation(n)", "rng.permutation(n) + 1", "indices",
   "You count the examples from 1 to n: indices run from 0 to n - 1.")
of("last_example_left_out", ORDER, "n = n - 1\n    order = rng.permutation(n)", "indices",
   "You permute n - 1 indices, so the last example never comes: rng.permutation(n) holds 0 to n - 1.")
of("seeded_inside", "rng.permutation", "np.random.default_rng(0).permutation", "rng",
   "You make a generator with a fixed seed of your own, so all epochs are alike: draw from the rng you are given.")
of("batches_as_columns", BATCH, BATCH + "[:, None]", "shape",
   "Your batches are columns: each must be a one-dimensional array of indices.")


@mistake("minibatches", caught_by="shuffled")
def batches_shuffled(n, batch_size, rng):
    """You shuffle whole batches, so the same examples always meet: permute the indices, then cut."""
    full = [start for start in range(0, n, batch_size) if start + batch_size <= n]
    rest = [np.arange(len(full) * batch_size, n)] if n % batch_size else []
    return [np.arange(start, start + batch_size) for start in rng.permutation(full).astype(int)] + rest


# ── training ───────────────────────────────────────────────────────────────────────────────────

BATCHES = "minibatches(data_size, batch_size, rng)"
ASK, APPEND = "loss, grads = loss_and_grads(params, indices)", "history.append(loss)"
UPDATE, COPY = "= optimizer(params[name], grads[name], states[name])", "params = dict(params)"

of = edits(train)
of("one_order_for_all_epochs", BATCHES, "batches", "order",
   "You draw the order once, before the first epoch: draw a new one for each.",
   also={"history = []": "history, batches = [], list(minibatches(data_size, batch_size, rng))"})
of("trained_in_order", BATCHES, "np.split(np.arange(data_size), range(batch_size, data_size, batch_size))", "order",
   "You train on the examples in the order they are in: permute the indices in each epoch.")
of("batches_drawn_at_random", BATCHES,
   "[rng.integers(0, data_size, min(batch_size, data_size)) for _ in range(-(-data_size // batch_size))]", "epochs",
   "You draw each mini-batch anew, so an epoch misses some examples: go through a permutation of them.")
of("all_examples_at_once", BATCHES, "[rng.permutation(data_size)]", "epochs",
   "You take all examples in every step: take batch_size of them.")
of("one_step_for_each_epoch", BATCHES, "list(minibatches(data_size, batch_size, rng))[:1]", "epochs",
   "You train on one mini-batch of each epoch: go through all of them.")
of("one_epoch_only", "range(epochs)", "range(1)", "epochs bowl classifier ravine",
   "You go through the examples once: repeat it epochs times.")
of("one_epoch_short", "range(epochs)", "range(max(epochs - 1, 1))", "epochs",
   "You stop one epoch early: range(1, epochs) has epochs - 1 numbers, use range(epochs).")
of("state_forgotten", "states[name])", "None)", "state ravine",
   "You hand None to the optimizer in every step, so it remembers nothing: hand on the state that it returned.")
of("one_state_for_all", "states[name] = optimizer", "state = optimizer", "state",
   "All arrays share one optimizer state: keep a state for each, in a dict with the keys of params.",
   also={"states[name])": "state)", "states = dict.fromkeys(params)": "state = None"})
of("state_lost_between_epochs", "for indices in", "states = dict.fromkeys(params)\n        for indices in",
   "state ravine", "You start each epoch with fresh optimizer states: make them once, before the first epoch.")
of("one_array_trained", "for name in params", "for name in list(params)[:1]", "params",
   "You update the first array alone: update every array of params in each step.")
of("gradients_at_the_start", ASK, "loss, grads = loss_and_grads(start, indices)", "params history",
   "You ask for the gradients at the params that training started from: ask at the newest ones.",
   also={COPY: "start, params = params, dict(params)"})
of("start_returned", "return params", "return start", "params bowl classifier",
   "You return the params that you were given: return the trained ones.",
   also={COPY: "start, params = params, dict(params)"})
of("divided_by_batch_again", "grads[name],", "grads[name] / batch_size,", "params",
   "You divide the gradients by the batch size, but the loss is a mean and has done so: use them as they are.")
of("gradients_pile_up", "grads[name],", "total[name],", "params",
   "You add each gradient to those of the steps before: every step takes the newest alone.",
   also={"history = []": "history, total = [], {}",
         APPEND: APPEND + "\n            total = {name: total.get(name, 0.0) + dw for name, dw in grads.items()}"})
of("trained_uphill", "grads[name],", "-grads[name],", "params bowl classifier",
   "You hand -dw to the optimizer, which goes downhill by itself: hand it dw.")
of("history_of_epochs", "return params, history",
   "each = -(-data_size // batch_size)\n"
   "    return params, [float(np.mean(history[i : i + each])) for i in range(0, len(history), each)]", "history",
   "Your history holds one mean for each epoch: note the loss of every step.")
of("last_loss_of_each_epoch", "return params, history",
   "each = -(-data_size // batch_size)\n    return params, history[each - 1 :: each]", "history",
   "Your history holds the last loss of each epoch: note the loss of every step.")
of("loss_after_the_step", APPEND, "pass", "history",
   "You ask for the loss again after the update: history holds the loss that came with the gradients.",
   also={UPDATE: UPDATE + "\n            history.append(loss_and_grads(params, indices)[0])"})
of("history_averaged", "return params, history",
   "return params, (np.cumsum(history) / np.arange(1, len(history) + 1)).tolist()", "history",
   "Your history holds the mean of all losses so far: note the loss of each step as it is.")
of("history_summed", "return params, history", "return params, np.cumsum(history).tolist()", "history",
   "Your history holds the sum of all losses so far: note the loss of each step as it is.")
of("last_loss_only", "return params, history", "return params, history[-1]", "history",
   "You return the last loss alone: collect the losses of all steps in a list.")
of("history_as_column", "return params, history", "return params, np.array(history)[:, None]", "shapes",
   "Your history is a column: return one list, or one-dimensional array, of losses.")
of("params_in_place", COPY, "pass", "pure",
   "You write the new arrays into the dict that you were given: start with a copy, dict(params).")
