"""What students get wrong in `batchnorm`, each as an edit of the reference: so nothing but the mistake is wrong.

Where they come from: the misconceptions that 1,240 published student solutions of five courses show, and what follows
from the formulas. An edit is a name, a text of the reference, what stands there instead, the checks that must catch it,
and what a teacher would say. Two lines each, so the formatter is kept away.
"""

from autograder import edits

from .reference import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)

# fmt: off
# ── batch normalisation, forward ───────────────────────────────────────────────────────────────

of = edits(batchnorm_forward)
seen = edits(batchnorm_forward, seen_in=(spatial_batchnorm_forward,))
AFTER_TRAINING, OUT = "}\n    else:", "gamma * xhat + beta"
BATCH, KNOWN = "x.mean(axis=0), x.var(axis=0)", 'mean, var = state["running_mean"], state["running_var"]'

of("variance_over_n_minus_one", "x.var(axis=0)", "x.var(axis=0, ddof=1)", "values statistics running",
   "You divide the variance by N - 1; batch normalisation takes the mean of the squares, so divide by N.")
seen("variance_over_n_minus_one_in_out", AFTER_TRAINING, "}\n        var = x.var(axis=0, ddof=1)\n    else:",
     "values statistics",
     "You divide the variance by N - 1 in out, and by N for the running one: both are means of squares, over N.")
seen("mean_not_subtracted", "centred = x - mean", "centred = x", "values statistics invariance",
     "You divide by the spread but never subtract the mean: xhat is (x - mean) / std.")
seen("divided_by_variance", "np.sqrt(var + eps)", "(var + eps)", "values statistics evaluation",
     "You divide by the variance: divide by its square root, the standard deviation.")
of("eps_outside_root", "np.sqrt(var + eps)", "np.sqrt(var) + eps", "statistics evaluation_eps known_answers defaults",
   "You add eps to the standard deviation: it belongs to the variance, inside the root, sqrt(var + eps).")
seen("eps_forgotten", "np.sqrt(var + eps)", "np.sqrt(var)", "statistics evaluation_eps defaults",
     "You leave eps out, so a constant feature gives 0/0: divide by sqrt(var + eps).")
seen("eps_forgotten_in_evaluation", "var + eps", "var + (eps if training else 0)", "evaluation_eps",
     "You leave eps out with training=False: the running variance gets eps as the batch's does.")
of("eps_written_into_the_formula", "var + eps", "var + 1e-5", "statistics evaluation_eps",
   "You write 1e-5 into the formula, so another eps has no effect: use the argument eps.")
seen("eps_squared", "var + eps", "var + eps**2", "statistics evaluation_eps defaults",
     "You add the square of eps to the variance: add eps itself.")
of("statistics_of_each_example", AFTER_TRAINING,
   "}\n        mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)\n    else:", "values invariance",
   "You take mean and variance over the features of each example, which is layer normalisation: use axis 0.")
of("statistics_of_everything", BATCH, "x.mean(), x.var()", "values invariance",
   "You take one mean and one variance of the whole array: every feature has its own, so give axis=0.")
seen("mean_absolute_deviation", "x.var(axis=0)", "np.abs(x - x.mean(axis=0)).mean(axis=0) ** 2", "values statistics",
     "You divide by the mean of |x - mean|: the variance is the mean of the squares, and the divisor is its root.")
seen("variance_not_averaged", "x.var(axis=0)", "len(x) * x.var(axis=0)", "values statistics",
     "You sum the squared deviations and do not divide by N: the variance is their mean.")
seen("variance_around_zero", "x.var(axis=0)", "(x**2).mean(axis=0)", "values statistics",
     "You take the mean of x² for the variance: subtract the mean first, or subtract mean² afterwards.")
of("gamma_forgotten", OUT, "xhat + beta", "values evaluation",
   "You never multiply by gamma: out is gamma * xhat + beta.")
of("beta_forgotten", OUT, "gamma * xhat", "values statistics constant",
   "You never add beta: out is gamma * xhat + beta.")
seen("beta_before_gamma", OUT, "gamma * (xhat + beta)", "values evaluation",
     "You add beta before you multiply by gamma, which scales beta too: out is gamma * xhat + beta.")
seen("gamma_and_beta_exchanged", OUT, "beta * xhat + gamma", "values evaluation",
     "You scale by beta and shift by gamma: gamma is the scale, beta the shift.")
seen("training_with_running_statistics", "state = {", "given, state = state, {", "values statistics",
     "You normalise with the running statistics in training, too: there the batch's own mean and variance are used.",
     also={AFTER_TRAINING: '}\n        mean, var = given["running_mean"], given["running_var"]\n    else:'})
seen("training_with_updated_running_statistics", f"    else:\n        {KNOWN}", f"    {KNOWN}", "values statistics",
     "You update the running statistics and normalise with those: in training normalise with the batch's own.")
of("batchnorm_squeezed", f"return {OUT}", f"return ({OUT}).squeeze()", "shape",
   "Your out has lost an axis of length one: a layer keeps the shape (N, D), for D = 1, too.")
of("batchnorm_in_place", "centred = x - mean", "x -= mean\n    centred = x", "pure",
   "You subtract the mean from x itself, and the caller still needs x: write x - mean into a new array.")
of("default_momentum_of_torch", "momentum=0.9", "momentum=0.1", "defaults",
   "Your momentum is not 0.9 when none is given: write momentum=0.9 in the signature.")
of("default_eps", "eps=1e-5", "eps=1e-8", "defaults",
   "Your eps is not 1e-5 when none is given: write eps=1e-5 in the signature.")
of("default_mode", "training=True", "training=False", "defaults",
   "You take training to be False when it is not given: write training=True in the signature.")

# ── running statistics and evaluation ──────────────────────────────────────────────────────────

of("momentum_swapped", "state = {", "momentum = 1 - momentum\n        state = {", "running momentum",
   "Your momentum is the wrong way round: it is the part of the old statistics that is kept.")
of("momentum_written_into_the_formula", "state = {", "momentum = 0.9\n        state = {", "momentum",
   "You write 0.9 into the formula, so another momentum has no effect: use the argument momentum.")
of("running_variance_unbiased", "(1 - momentum) * var", "(1 - momentum) * x.var(axis=0, ddof=1)",
   "running known_answers",
   "Your running_var averages the variance over N - 1, as PyTorch does: here it is the variance over N.")
seen("running_deviation", "(1 - momentum) * var", "(1 - momentum) * np.sqrt(var)", "running known_answers",
     "You average the standard deviation into running_var: average the variance.")
seen("running_variance_with_eps", "(1 - momentum) * var", "(1 - momentum) * (var + eps)", "running",
     "Your running_var has eps in it, which is then added a second time in evaluation: average the variance alone.")
of("state_not_updated", "state = {", "_ = {", "running known_answers",
   "You return the state as it came in: in training it takes in the batch's mean and variance.")
seen("state_replaced", 'momentum * state["running_mean"] + (1 - momentum) * mean', "mean", "running known_answers",
     "You replace the running statistics by the batch's: keep momentum times the old ones.",
     also={'momentum * state["running_var"] + (1 - momentum) * var': "var"})
seen("batch_not_weighted", "(1 - momentum) * mean", "mean", "running known_answers",
     "You add the batch's statistics whole, so the running ones grow and grow: weight them with 1 - momentum.",
     also={"(1 - momentum) * var": "var"})
seen("running_mean_in_both", "(1 - momentum) * var", "(1 - momentum) * mean", "running known_answers",
     "You average the batch's mean into running_var as well: running_var takes in the variance.")
seen("only_the_mean_is_kept", 'momentum * state["running_var"] + (1 - momentum) * var', 'state["running_var"]',
     "running known_answers", "You update running_mean and leave running_var as it was: both take in the batch.")
of("state_keeps_axis", BATCH, "x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)", "state_shape",
   "Your running statistics are (1, D) where (D,) is asked for: take mean and variance without keepdims.")
of("state_updated_in_place", "state = {", "state |= {", "pure",
   "You write the new statistics into the dict that you were given: return a new one, and leave the old one alone.")
of("training_ignored", "if training:", "if True:", "evaluation evaluation_eps evaluation_alone",
   "You do the same whatever training says: when it is False, read the running statistics and leave them alone.")
seen("evaluation_with_batch_statistics", KNOWN, f"mean, var = {BATCH}", "evaluation evaluation_eps",
     "You normalise with the batch's statistics when training is False, too: use the running ones there.")
seen("evaluation_without_root", "np.sqrt(var + eps)", "np.sqrt(var + eps) if training else var + eps", "evaluation",
     "You divide by running_var when training is False: it is a variance, so divide by sqrt(running_var + eps).")
seen("evaluation_without_gamma_and_beta", f"return {OUT}", f"return {OUT} if training else xhat", "evaluation",
     "You return xhat alone when training is False: gamma and beta belong to the layer in both modes.")
seen("evaluation_with_half_the_statistics", 'mean, var = state["running_mean"]', "mean, var = x.mean(axis=0)",
     "evaluation", "You subtract the batch's mean when training is False: subtract running_mean.")
seen("evaluation_with_updated_statistics", KNOWN,
     'mean = momentum * state["running_mean"] + (1 - momentum) * x.mean(axis=0)\n'
     '        var = momentum * state["running_var"] + (1 - momentum) * x.var(axis=0)', "evaluation",
     "You update the running statistics before you use them when training is False: use them as they came in.")
seen("evaluation_passes_x_on", f"return {OUT}", f"return {OUT} if training else x.copy()", "evaluation",
     "You return x as it is when training is False: normalise it with the running statistics.")
of("evaluation_updates_state", KNOWN,
   f"{KNOWN}\n        state = batchnorm_forward(x, gamma, beta, state, True, momentum, eps)[2]", "evaluation_unchanged",
   "You update the running statistics when training is False, too: test data must not change the layer.")
seen("evaluation_returns_no_state", "gamma), state", "gamma), state if training else None", "evaluation_unchanged",
     "You return no state when training is False: return the one that you were given.")
seen("evaluation_divides_state_in_place", KNOWN,
     "given, state = state, {name: value.copy() for name, value in state.items()}\n"
     f'        {KNOWN}\n        given["running_var"] **= 0.5', "evaluation_unchanged",
     "You turn running_var into its root in place when training is False: make a new array for the root.")

# ── batch normalisation, backward through the graph ────────────────────────────────────────────

of = edits(batchnorm_backward)
WRONG = "gradients consistent orthogonal"

of("statistics_taken_as_constants", "dcentred + dmean / n", "dxhat / std", WRONG,
   "You treat the batch's mean and variance as constants: both depend on x, so two more paths lead back to dx.")
of("path_through_variance_missing", "dxhat / std + dvar * 2 * centred / n", "dxhat / std", WRONG,
   "Your dx lacks the path through the variance: x changes var, and var changes every xhat of its column.")
of("path_through_mean_missing", "dcentred + dmean / n", "dcentred", WRONG,
   "Your dx lacks the path through the mean: x changes the mean, which is subtracted from the whole column.")
of("direct_path_missing", "dxhat / std + dvar", "dvar", WRONG,
   "Your dx lacks the direct path: centred is used in xhat as well as in var, so add dxhat / std.")
of("variance_path_not_averaged", "2 * centred / n", "2 * centred", WRONG,
   "You forget the 1/N on the path through the variance: var is a mean, so each square counts 1/N.")
of("mean_path_not_averaged", "dmean / n", "dmean", WRONG,
   "You forget the 1/N on the path through the mean: each x counts 1/N in it.")
of("dx_averaged", "return dx", "return dx / n", "gradients consistent",
   "Your dx is N times too small: dout already carries any 1/N of the loss.")
of("square_without_its_two", "dvar * 2 * centred", "dvar * centred", WRONG,
   "You forget the 2 of the derivative of centred**2: it is 2 * centred.")
of("root_without_its_half", "dstd / (2 * std)", "dstd / std", WRONG,
   "You forget the ½ of the derivative of the root: dvar = dstd / (2 * std).")
of("variance_path_of_wrong_sign", "-(dxhat * xhat)", "(dxhat * xhat)", WRONG,
   "Your path through the variance has the wrong sign: std is a divisor, so its derivative is negative.")
of("mean_path_of_wrong_sign", "-dcentred.sum(axis=0)", "dcentred.sum(axis=0)", WRONG,
   "Your path through the mean has the wrong sign: the mean is subtracted, so dmean is minus the sum of dcentred.")
of("gamma_missing_in_dx", "dxhat = dout * gamma", "dxhat = dout", "gradients consistent",
   "Your dx lacks gamma: the gradient passes out = gamma * xhat + beta first, so dxhat = dout * gamma.")
of("dx_divided_by_variance", "return dx", "return dx / std", "gradients consistent",
   "You divide dx by the variance: xhat = centred / std, so divide by std once.")
of("sums_over_everything", "-(dxhat * xhat).sum(axis=0)", "-(dxhat * xhat).sum()", "gradients consistent",
   "You sum over all axes: every feature has its own mean and variance, so sum over the batch, axis 0.",
   also={"-dcentred.sum(axis=0)": "-dcentred.sum()"})
of("divisor_forgotten_in_dstd", "sum(axis=0) / std", "sum(axis=0)", WRONG,
   "Your dstd is not divided by std: the derivative of centred / std is -centred / std**2, which is -xhat / std.")
of("power_of_std_for_power_of_variance", "dstd / (2 * std)", "dstd / (2 * np.sqrt(std))", WRONG,
   "You take the power of std where that of the variance is meant: var**-0.5 is 1 / std, not std**-0.5.")
of("dvar_not_summed", "-(dxhat * xhat).sum(axis=0)", "-(dxhat * xhat)", WRONG,
   "You do not sum over the batch on the path through the variance: one std serves the whole column.")
of("constants_and_gamma_missing", "dcentred + dmean / n", "dout / std", WRONG,
   "Your dx is dout / std alone: multiply by gamma first, and add the paths through the mean and the variance.")
of("both_paths_not_averaged", "2 * centred / n", "2 * centred", WRONG,
   "You forget 1/N on both paths: mean and variance are means, so each x counts 1/N in them.",
   also={"dmean / n": "dmean"})
of("divided_by_features", "n = len(dout)", "n = dout.shape[1]", WRONG,
   "You divide by the number of features: the means are over the batch, so divide by N, dout.shape[0].")
of("multiplied_by_std", "dxhat / std + dvar", "dxhat * std + dvar", WRONG,
   "You multiply dxhat by std on the direct path: xhat = centred / std, so divide.")
of("eps_missing_on_the_way_back", "n = len(dout)", "n, std = len(dout), np.sqrt((centred**2).mean(axis=0))",
   "eps constant known_answers",
   "You divide by sqrt(var) on the way back: the forward pass divides by sqrt(var + eps), so cache that.")
of("dgamma_with_centred", "(dout * xhat)", "(dout * centred)", "gradients consistent known_answers",
   "Your dgamma uses x - mean: gamma multiplies xhat, so dgamma is the sum of dout * xhat.")
of("dgamma_with_out", "(dout * xhat)", "(dout * gamma * xhat)", "gradients consistent",
   "Your dgamma uses gamma * xhat: differentiate with respect to gamma, which leaves xhat.")
of("dgamma_not_summed", "(dout * xhat).sum(axis=0)", "dout * xhat", "gradients consistent",
   "Your dgamma has one row for each example: gamma is shared by all of them, so sum over the batch.")
of("dgamma_averaged", "(dout * xhat).sum(axis=0)", "(dout * xhat).mean(axis=0)", "gradients consistent",
   "Your dgamma is the mean over the batch, N times too small: use the sum.")
of("dbeta_not_summed", "dout.sum(axis=0)", "dout.copy()", "gradients consistent",
   "Your dbeta has one row for each example: beta is shared by all of them, so sum dout over the batch.")
of("dbeta_averaged", "dout.sum(axis=0)", "dout.mean(axis=0)", "gradients consistent",
   "Your dbeta is the mean over the batch, N times too small: use the sum.")
of("dgamma_and_dbeta_exchanged", "dx, dgamma, dbeta", "dx, dbeta, dgamma", "gradients consistent known_answers",
   "You return dbeta before dgamma: the order is dx, dgamma, dbeta.")
of("batchnorm_ignores_dout", "n = len(dout)", "n, dout = len(dout), np.ones_like(dout)", "gradients consistent",
   "You take dout to be all ones, for which dx is zero: use the dout that you are given.")
of("gradients_keep_axis", "dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)", "shapes",
   "Your dgamma and dbeta are (1, D) where gamma and beta are (D,): sum over the batch without keepdims.",
   also={"(dout * xhat).sum(axis=0)": "(dout * xhat).sum(axis=0, keepdims=True)"})
of("dout_scaled_in_place", "dxhat = dout * gamma", "dout *= gamma\n    dxhat = dout", "pure",
   "You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat.")
of("cache_overwritten", "return dx", "xhat[...] = 0\n    return dx", "pure",
   "You write into the cached xhat, so a second backward uses wrong numbers: make a new array.")

# ── batch normalisation, closed form ───────────────────────────────────────────────────────────

of = edits(batchnorm_backward_alt)
seen = edits(batchnorm_backward_alt, seen_in=(spatial_batchnorm_backward,))
MEAN, ALONG = "dxhat.mean(axis=0)", "(dxhat * xhat).mean(axis=0)"
PROJECTED, SUMS = f"(dxhat - {MEAN} - xhat * {ALONG})", "(dout * xhat).sum(axis=0), dout.sum(axis=0)"

of("closed_form_without_projection", PROJECTED, "dxhat", WRONG,
   "You only multiply by gamma / std: the closed form also subtracts the mean and the part along xhat.")
of("closed_form_without_xhat", f" - xhat * {ALONG}", "", WRONG,
   "Your closed form lacks the term with xhat: subtract xhat * mean(dxhat * xhat), the part along xhat.")
seen("closed_form_without_mean", f" - {MEAN}", "", WRONG,
     "Your closed form lacks the mean of dxhat: subtract it, so that each column of dx sums to 0.")
seen("closed_form_not_divided", "return dx", "return len(dout) * dx", "gradients consistent",
     "Your dx is N times too large: N * dxhat - sum(dxhat) - xhat * sum(dxhat * xhat) has still to be divided by N.")
seen("closed_form_with_sums", MEAN, "dxhat.sum(axis=0)", WRONG,
     "You subtract sums where the closed form has means: divide both by N, or multiply dxhat by N first.",
     also={ALONG: "(dxhat * xhat).sum(axis=0)"})
seen("closed_form_sums_averaged_with_dxhat", PROJECTED,
     "(dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / len(dout)", WRONG,
     "You divide everything by N, dxhat too: it is N * dxhat that is divided with the sums, so multiply it first.")
seen("closed_form_mean_as_sum", MEAN, "dxhat.sum(axis=0)", WRONG,
     "You subtract the sum of dxhat: subtract its mean, the sum divided by N.")
seen("closed_form_along_as_sum", ALONG, "(dxhat * xhat).sum(axis=0)", WRONG,
     "You subtract xhat times the sum of dxhat * xhat: it is their mean, so divide by N.")
seen("closed_form_plus", "- xhat *", "+ xhat *", WRONG,
     "You add the term with xhat: the part along xhat is taken out, so subtract it.")
seen("closed_form_adds_the_mean", "(dxhat - dxhat", "(dxhat + dxhat", WRONG,
     "You add the mean of dxhat: subtract it, so that each column of dx sums to 0.")
seen("closed_form_along_centred", "xhat, _,", "xhat, centred,", WRONG,
     "You mix xhat and x - mean in the last term: it is xhat * mean(dxhat * xhat).",
     also={"(dxhat * xhat)": "(dxhat * centred)"})
seen("closed_form_of_centred", "xhat, _,", "xhat, centred,", WRONG,
     "You use x - mean twice in the last term and do not divide by the variance: it is xhat * mean(dxhat * xhat).",
     also={f"xhat * {ALONG}": "centred * (dxhat * centred).mean(axis=0)"})
seen("closed_form_with_dgamma", ALONG, "(dout * xhat).mean(axis=0)", WRONG,
     "You use dgamma, the sum of dout * xhat, in the last term: there it is dxhat * xhat, with gamma in it.")
of("closed_form_without_gamma", "dxhat = dout * gamma", "dxhat = dout", "gradients consistent",
   "Your closed form lacks gamma: it starts from dxhat = dout * gamma.")
seen("closed_form_gamma_in_one_term", f"- {MEAN}", "- dout.mean(axis=0)", WRONG,
     "You multiply only the first term by gamma: all three come from dxhat = dout * gamma.",
     also={"(dxhat * xhat)": "(dout * xhat)"})
seen("closed_form_multiplied_by_std", ") / std", ") * std", "gradients consistent",
     "You multiply by std at the end: divide by it.")
seen("closed_form_not_divided_by_std", ") / std", ")", "gradients consistent",
     "You do not divide by std at the end: xhat is x - mean divided by it, and so is dx.")
seen("closed_form_divided_by_variance", ") / std", ") / std**2", "gradients consistent",
     "You divide by the variance at the end: divide by its root, std.")
of("closed_form_of_each_example", MEAN, "dxhat.mean(axis=1, keepdims=True)", WRONG,
   "You take the means over the features: in batch normalisation they are over the batch, axis 0.",
   also={ALONG: "(dxhat * xhat).mean(axis=1, keepdims=True)"})
seen("closed_form_means_of_everything", MEAN, "dxhat.mean()", WRONG,
     "You take the means over the whole array: each feature has its own, so give axis=0.",
     also={ALONG: "(dxhat * xhat).mean()"})
of("closed_form_divided_by_features", ") / std", ") * len(dout) / dout.shape[1] / std", "gradients consistent",
   "You divide the closed form by the number of features: the sums are over the batch, so divide by N.")
seen("xhat_taken_as_a_unit_vector", ALONG, f"({ALONG} / (xhat**2).mean(axis=0))", "eps",
     "You divide by the length of xhat, as for a projection: with eps its mean square is below 1; leave it as it is.")
of("closed_form_eps_missing", "xhat, _, std, gamma = cache",
   "xhat, centred, _, gamma = cache\n    std = np.sqrt((centred**2).mean(axis=0))", "eps constant",
   "You divide by sqrt(var) at the end: the forward pass divides by sqrt(var + eps), so keep that in the cache.")
seen("closed_form_dgamma_with_centred", "xhat, _,", "xhat, centred,", "gradients consistent",
     "Your dgamma uses x - mean: gamma multiplies xhat, so dgamma is the sum of dout * xhat.",
     also={"(dout * xhat)": "(dout * centred)"})
seen("closed_form_dgamma_averaged", "(dout * xhat).sum(axis=0)", "(dout * xhat).mean(axis=0)", "gradients consistent",
     "Your dgamma is the mean over the batch, N times too small: the means are dx's alone, dgamma is a sum.")
seen("closed_form_of_dx_alone", SUMS, "None, None", "gradients",
     "You return dx and no dgamma or dbeta: all three are asked for, here as in batchnorm_backward.")
of("closed_form_keeps_axis", SUMS,
   "(dout * xhat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)", "shapes",
   "Your dgamma and dbeta are (1, D) where gamma and beta are (D,): sum over the batch without keepdims.")
of("closed_form_scales_dout_in_place", f"return dx, {SUMS}",
   f"dgamma, dbeta = {SUMS}\n    dout *= gamma\n    return dx, dgamma, dbeta", "pure",
   "You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat.")

# ── spatial batch normalisation ────────────────────────────────────────────────────────────────

of, within = edits(spatial_batchnorm_forward), edits(spatial_batchnorm_forward, inside=batchnorm_forward)
ROWS, IMAGES = ".transpose(0, 2, 3, 1).reshape(-1, c)", "reshape(n, h, w, c).transpose(0, 3, 1, 2)"
OWN = "gamma[:, None, None] * (x - x.mean({0})) / np.sqrt(x.var({0}) + eps) + beta[:, None, None]"

of("reshaped_without_transpose", f"x{ROWS}", "x.reshape(-1, c)", "values statistics invariance",
   "You reshape x to (-1, C) as it is, which mixes the channels: move the channel axis to the end first.",
   also={f"out.{IMAGES}": "out.reshape(x.shape)"})
of("reshaped_back_without_transpose", f"out.{IMAGES}", "out.reshape(x.shape)", "values evaluation",
   "You reshape the rows back to (N, C, H, W) directly: they are (N, H, W, C) first, and then transposed.")
of("statistics_of_each_pixel", "return out", f"return {OWN.format('axis=0')} if training else out", "values statistics",
   "You take a mean for each pixel over the batch: a channel has one mean, over the batch and all its pixels.")
of("statistics_of_each_image", "return out", f"return {OWN.format('axis=(2, 3), keepdims=True')} if training else out",
   "values statistics",
   "You take a mean for each image, which is instance normalisation: take it over the batch, too, axes 0, 2 and 3.")
within("statistics_of_all_channels", BATCH, "x.mean(), x.var()", "values invariance",
       "You take one mean of all channels together: every channel has its own, over axes 0, 2 and 3.")
of("variance_within_images", "return out",
   "if training:\n"
   "        var = x.var(axis=(2, 3)).mean(axis=0)\n"
   '        state["running_var"] = state["running_var"] + (1 - momentum) * (var - rows.var(axis=0))\n'
   "        out = gamma * (rows - rows.mean(axis=0)) / np.sqrt(var + eps) + beta\n"
   "    return out", "values statistics",
   "You average the variances of the single images: deviations are from the mean of the whole batch.")
within("spatial_variance_over_n_minus_one", "x.var(axis=0)", "x.var(axis=0, ddof=1)", "values statistics",
       "You divide the variance by N·H·W - 1: take the mean of the squares, over N·H·W.")
within("spatial_eps_outside_root", "np.sqrt(var + eps)", "np.sqrt(var) + eps", "statistics evaluation_eps",
       "You add eps to the standard deviation: it belongs to the variance, inside the root, sqrt(var + eps).")
within("spatial_gamma_forgotten", OUT, "xhat + beta", "values evaluation",
       "You never multiply by gamma: out is gamma * xhat + beta, with one gamma for each channel.")
within("spatial_beta_forgotten", OUT, "gamma * xhat", "values statistics",
       "You never add beta: out is gamma * xhat + beta, with one beta for each channel.")
of("gamma_along_the_width", "gamma, beta, state, training,", "np.ones(c), np.zeros(c), state, training,", "values",
   "You broadcast gamma over the last axis, the width: a channel's gamma needs the shape (1, C, 1, 1).",
   also={f"out.{IMAGES}": f"np.resize(gamma, w) * out.{IMAGES} + np.resize(beta, w)"})
of("training_not_passed_on", "state, training,", "state, True,", "evaluation evaluation_eps",
   "You do not pass training on, so the batch's statistics are used when it is False: hand on all options.")
of("spatial_momentum_swapped", "training, momentum,", "training, 1 - momentum,", "running",
   "Your momentum is the wrong way round: it is the part of the old value that is kept.")
of("momentum_not_passed_on", "training, momentum,", "training, 0.9,", "momentum",
   "You do not pass momentum on, so another than 0.9 has no effect: hand on all options.")
of("spatial_state_not_updated", "out, cache, state =", "out, cache, _ =", "running",
   "You return the state as it came in: return the new one that batch normalisation gives.")
within("spatial_running_variance_unbiased", "(1 - momentum) * var", "(1 - momentum) * x.var(axis=0, ddof=1)", "running",
       "Your running_var averages the variance over N·H·W - 1, as PyTorch does: here it is the variance over N·H·W.")
of("spatial_evaluation_updates_state", "return out",
   "if not training:\n"
   "        state = batchnorm_forward(rows, gamma, beta, state, True, momentum, eps)[2]\n"
   "    return out", "evaluation_unchanged",
   "You update the running statistics when training is False, too: test data must not change the layer.")
of("eps_not_passed_on", "momentum, eps)", "momentum)", "statistics evaluation_eps",
   "You do not pass eps on, so another than 1e-5 has no effect: hand on all options.")
of("spatial_default_eps", "eps=1e-5", "eps=1e-8", "defaults",
   "Your eps is not 1e-5 when none is given: write eps=1e-5 in the signature.")
of("spatial_squeezed", f"out.{IMAGES}", f"out.{IMAGES}.squeeze()", "shape",
   "Your out has lost the axes of length one: a layer keeps the shape (N, C, H, W).")
of("spatial_state_keeps_axes", "return out",
   "if training:\n        state = {name: value[None, :, None, None] for name, value in state.items()}\n    return out",
   "state_shape",
   "Your running statistics are (1, C, 1, 1) where (C,) is asked for: take mean and variance without keepdims.")
of("spatial_in_place", "return out", "x -= x.mean(axis=(0, 2, 3), keepdims=True)\n    return out", "pure",
   "You subtract the mean from x itself, and the caller still needs x: write x - mean into a new array.")
within("spatial_state_updated_in_place", "state = {", "state |= {", "pure",
       "You write the new statistics into the dict that you were given: return a new one, and leave the old one alone.")

of, within = edits(spatial_batchnorm_backward), edits(spatial_batchnorm_backward, inside=batchnorm_backward_alt)

of("dout_reshaped_without_transpose", f"dout{ROWS}", "dout.reshape(-1, c)", "gradients consistent",
   "You reshape dout to (-1, C) as it is, which mixes the channels: move the channel axis to the end first.")
of("dx_reshaped_without_transpose", f"dx.{IMAGES}", "dx.reshape(dout.shape)", WRONG,
   "You reshape dx back to (N, C, H, W) directly: its rows are (N, H, W, C) first, and then transposed.")
within("spatial_statistics_as_constants", PROJECTED, "dxhat", WRONG,
       "You treat each channel's mean and variance as constants: both depend on x, so two more paths lead back to dx.")
of("divided_by_batch_size_alone", "return dx",
   "xhat, _, std, gamma = cache\n"
   "    dxhat = rows * gamma\n"
   "    dx = (dxhat - dxhat.sum(axis=0) / n - xhat * (dxhat * xhat).sum(axis=0) / n) / std\n"
   "    return dx", WRONG, "You divide by N: each mean is over N·H·W numbers, so that is what the sums are divided by.")
of("means_of_each_pixel", "return dx",
   "xhat, _, std, gamma = cache\n"
   "    dxhat, xhat = (a.reshape(n, h, w, c) for a in (rows * gamma, xhat))\n"
   "    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std\n"
   "    return dx", WRONG,
   "You average over the batch for each pixel: the mean was over all pixels, so average over them, too.")
within("spatial_path_through_variance_missing", f" - xhat * {ALONG}", "", WRONG,
       "Your dx lacks the path through the variance: x changes var, and var changes every xhat of its channel.")
within("spatial_gamma_missing_in_dx", "dxhat = dout * gamma", "dxhat = dout", "gradients consistent",
       "Your dx lacks gamma: start from dxhat = dout * gamma, with one gamma for each channel.")
within("spatial_eps_missing", "xhat, _, std, gamma = cache",
       "xhat, centred, _, gamma = cache\n    std = np.sqrt((centred**2).mean(axis=0))", "eps",
       "You divide by sqrt(var) on the way back: the forward pass divides by sqrt(var + eps), so cache that.")
of("parameters_summed_over_batch_alone", "2), dgamma, dbeta",
   f"2), (dout * cache[0].{IMAGES}).sum(axis=0), dout.sum(axis=0)", "gradients consistent",
   "Your dgamma and dbeta are (C, H, W): a channel's gamma serves all pixels, so sum over those, too.")
of("parameters_averaged", "2), dgamma, dbeta", "2), dgamma / len(rows), dbeta / len(rows)", "gradients consistent",
   "Your dgamma and dbeta are means over batch and pixels: gradients of what is shared are sums.")
of("spatial_gradients_keep_axes", "2), dgamma, dbeta", "2), dgamma[None, :, None, None], dbeta[None, :, None, None]",
   "shapes", "Your dgamma and dbeta are (1, C, 1, 1) where gamma and beta are (C,): sum without keepdims.")
of("spatial_dout_scaled_in_place", "return dx", "dout *= cache[-1][:, None, None]\n    return dx", "pure",
   "You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat.")

# ── layer normalisation ────────────────────────────────────────────────────────────────────────

of = edits(layernorm_forward)
MEAN, VAR = "x.mean(axis=1, keepdims=True)", "x.var(axis=1, keepdims=True)"

of("layernorm_over_the_batch", VAR, "x.var(axis=0)", "values alone statistics",
   "You take mean and variance over the batch, which is batch normalisation: use axis 1, the features.",
   also={MEAN: "x.mean(axis=0)"})
of("layernorm_over_everything", VAR, "x.var()", "values invariance",
   "You take one mean and one variance of the whole array: every example has its own, so give axis=1.",
   also={MEAN: "x.mean()"})
of("layernorm_variance_over_d_minus_one", VAR, "x.var(axis=1, ddof=1, keepdims=True)", "values statistics",
   "You divide the variance by D - 1: take the mean of the squares, over D.")
of("layernorm_eps_outside_root", f"np.sqrt({VAR} + eps)", f"np.sqrt({VAR}) + eps", "statistics",
   "You add eps to the standard deviation: it belongs to the variance, inside the root, sqrt(var + eps).")
of("layernorm_eps_forgotten", f"{VAR} + eps", VAR, "statistics constant",
   "You leave eps out, so a constant example gives 0/0: divide by sqrt(var + eps).")
of("layernorm_divided_by_variance", f"np.sqrt({VAR} + eps)", f"{VAR} + eps", "values statistics",
   "You divide by the variance: divide by its square root, the standard deviation.")
of("layernorm_mean_not_subtracted", f"(x - {MEAN})", "x", "values statistics invariance",
   "You divide by the spread but never subtract the mean: xhat is (x - mean) / std.")
of("layernorm_gamma_forgotten", OUT, "xhat + beta", "values",
   "You never multiply by gamma: out is gamma * xhat + beta, with one gamma for each feature.")
of("layernorm_beta_forgotten", OUT, "gamma * xhat", "values statistics",
   "You never add beta: out is gamma * xhat + beta, with one beta for each feature.")
of("layernorm_gamma_for_each_example", f"return {OUT}",
   "scale, shift = (np.resize(value, len(x))[:, None] for value in (gamma, beta))\n    return scale * xhat + shift",
   "values",
   "You spread gamma and beta over the examples: they belong to the features, (D,), and are the same in each row.")
of("layernorm_eps_fixed", f"{VAR} + eps", f"{VAR} + 1e-5", "statistics",
   "You write 1e-5 into the formula, so another eps has no effect: use the argument eps.")
of("layernorm_default_eps", "eps=1e-5", "eps=1e-8", "defaults",
   "Your eps is not 1e-5 when none is given: write eps=1e-5 in the signature.")
of("layernorm_squeezed", f"return {OUT}", f"return ({OUT}).squeeze()", "shape",
   "Your out has lost the axis of the batch: a batch of one is (1, D), and so is its out.")
of("layernorm_in_place", f"return {OUT}", f"x -= {MEAN}\n    return {OUT}", "pure",
   "You subtract the mean from x itself, and the caller still needs x: write x - mean into a new array.")

of = edits(layernorm_backward)
MEAN, ALONG = "dxhat.mean(axis=1, keepdims=True)", "(dxhat * xhat).mean(axis=1, keepdims=True)"

of("gamma_outside_the_means", "dxhat = dout * gamma", "dxhat = dout", WRONG,
   "You multiply by gamma at the end, as batch normalisation may: here it varies along the means; multiply first.",
   also={"return dx": "return gamma * dx"})
of("layernorm_means_over_the_batch", MEAN, "dxhat.mean(axis=0)", WRONG,
   "Your means are over the batch, as in batch normalisation: the statistics were over the features, axis 1.",
   also={ALONG: "(dxhat * xhat).mean(axis=0)"})
of("layernorm_statistics_as_constants", "(dxhat - along_one - xhat * along_xhat)", "dxhat", WRONG,
   "You treat each example's mean and variance as constants: both depend on x, so two more paths lead back to dx.")
of("layernorm_path_through_variance_missing", " - xhat * along_xhat", "", WRONG,
   "Your dx lacks the path through the variance: subtract xhat * mean(dxhat * xhat), too.")
of("layernorm_path_through_mean_missing", " - along_one", "", WRONG,
   "Your dx lacks the path through the mean: subtract the mean of dxhat, so that each row of dx sums to 0.")
of("layernorm_variance_path_of_wrong_sign", "- xhat * along_xhat", "+ xhat * along_xhat", WRONG,
   "You add the term with xhat: the part along xhat is taken out, so subtract it.")
of("layernorm_gamma_missing_in_dx", "dxhat = dout * gamma", "dxhat = dout", "gradients consistent",
   "Your dx lacks gamma: start from dxhat = dout * gamma.")
of("layernorm_sums_for_means", MEAN, "dxhat.sum(axis=1, keepdims=True)", WRONG,
   "You subtract sums where means are asked for: divide both by D, or multiply dxhat by D first.",
   also={ALONG: "(dxhat * xhat).sum(axis=1, keepdims=True)"})
of("layernorm_divided_by_n", MEAN, "dxhat.sum(axis=1, keepdims=True) / len(dout)", WRONG,
   "You divide the sums by N, the batch: each mean is over the D features, so divide by D.",
   also={ALONG: "(dxhat * xhat).sum(axis=1, keepdims=True) / len(dout)"})
of("layernorm_eps_missing", "dxhat = dout * gamma",
   "dxhat, std = dout * gamma, np.sqrt(((xhat * std) ** 2).mean(axis=1, keepdims=True))", "eps constant",
   "You divide by sqrt(var) on the way back: the forward pass divides by sqrt(var + eps), so cache that.")
of("layernorm_parameters_over_features", SUMS, "(dout * xhat).sum(axis=1), dout.sum(axis=1)", "gradients consistent",
   "You sum dgamma and dbeta over the features: gamma belongs to the features, so sum over the batch, axis 0.")
of("layernorm_parameters_not_summed", SUMS, "dout * xhat, dout.copy()", "gradients consistent",
   "Your dgamma and dbeta have a row for each example: gamma and beta are shared, so sum over the batch.")
of("layernorm_parameters_averaged", SUMS, "(dout * xhat).mean(axis=0), dout.mean(axis=0)", "gradients consistent",
   "Your dgamma and dbeta are means over the batch, N times too small: use sums.")
of("layernorm_gradients_keep_axis", SUMS,
   "(dout * xhat).sum(axis=0, keepdims=True), dout.sum(axis=0, keepdims=True)", "shapes",
   "Your dgamma and dbeta are (1, D) where gamma and beta are (D,): sum over the batch without keepdims.")
of("layernorm_dout_scaled_in_place", f"return dx, {SUMS}",
   f"dgamma, dbeta = {SUMS}\n    dout *= gamma\n    return dx, dgamma, dbeta", "pure",
   "You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat.")
