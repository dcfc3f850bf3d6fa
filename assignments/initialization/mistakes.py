"""What students get wrong in `initialization`, and what a teacher would say: wrong entry points, most of them edits of
the reference.

Where they come from: published student solutions (a variance used as a standard deviation, transposed weights), and
what follows from the formulas. A wrong scale is recognised by its numbers where the student draws in the plain order;
where not, the check still says which wrong rule would fit.
"""

# An edit reads best in two or three lines.
# fmt: off
import numpy as np

from autograder import edits, mistake

from .reference import (
    activation_statistics,
    constant_init,
    he_conv,
    he_normal,
    he_uniform,
    normal_init,
    symmetry_report,
    xavier_normal,
    xavier_uniform,
    zeros_init,
)

# ── constants ──────────────────────────────────────────────────────────────────────────────────

of = edits(zeros_init)
of("zeros_are_ones", "np.zeros(shape)", "np.ones(shape)", "values",
   "You return ones: zeros_init fills the array with 0.")
of("zeros_are_small_numbers", "np.zeros(shape)", "np.full(shape, 1e-3)", "values",
   "You return small numbers so that training can begin: zeros_init is exactly 0, as biases are.")
of("zeros_without_axes_of_one", "np.zeros(shape)", "np.zeros(shape).squeeze()", "shape",
   "You drop axes of length one: return exactly the shape that is asked for.")

of = edits(constant_init)
of("constant_ignores_value", "np.full(shape, float(value))", "np.zeros(shape)", "values zeros_init.values",
   "You never use value: fill the array with it, np.full(shape, value).")
of("constant_of_ones", "float(value)", "1.0", "values zeros_init.values",
   "You return ones, whatever value is: fill the array with it, np.full(shape, value).")
of("constant_shares_value", "float(value)", "value / np.prod(shape)", "values zeros_init.values",
   "You divide value by the number of elements: every element is value itself.")
of("constant_keeps_ints", "float(value)", "value", "floats",
   "You make an array of ints when value is an int, which rounds every later update away: ask for dtype float.")
of("constant_without_axes_of_one", "np.full(shape, float(value))", "np.full(shape, float(value)).squeeze()", "shape",
   "You drop axes of length one: return exactly the shape that is asked for.")

# ── normal ─────────────────────────────────────────────────────────────────────────────────────

NORMAL, HIDDEN = "std * rng.standard_normal(shape)", "variance hidden_variance"

of = edits(normal_init)
of("std_squared", NORMAL, "std**2 * rng.standard_normal(shape)", HIDDEN,
   "You scale by std**2: rng.normal takes the standard deviation itself, and so does a factor in front.")
of("std_rooted", NORMAL, "np.sqrt(std) * rng.standard_normal(shape)", HIDDEN,
   "You scale by the root of std, as if it were a variance: it is the standard deviation, so multiply by it.")
of("std_forgotten", NORMAL, "rng.standard_normal(shape)", HIDDEN,
   "You return standard normal numbers and never use std: multiply by it.")
of("uniform_between_zero_and_one", NORMAL, "std * rng.random(shape)", "variance known_norms",
   "You draw with rng.random, numbers from 0 to 1 with mean 0.5: use rng.standard_normal, which has mean 0.")
of("uniform_within_std", NORMAL, "rng.uniform(-std, std, shape)", "variance known_norms",
   "You draw uniform numbers between -std and std, whose deviation is std / √3: use rng.standard_normal.")
of("uniform_of_the_same_variance", NORMAL, "rng.uniform(-np.sqrt(3 * std**2), np.sqrt(3 * std**2), shape)", "law",
   "You draw uniform numbers of the right variance: normal ones are asked for, rng.standard_normal.")
of("std_added", NORMAL, "rng.standard_normal(shape) + std", "variance",
   "You add std to standard normal numbers, which moves their mean: multiply by std.")
of("only_positive_weights", NORMAL, "np.abs(std * rng.standard_normal(shape))", "variance",
   "You take absolute values, so all weights are positive and their mean is not 0: keep the signs.")
of("clipped_at_two_deviations", NORMAL, "std * np.clip(rng.standard_normal(shape), -2, 2)", "variance",
   "You clip at two standard deviations, which takes variance away: keep the whole normal law.")
of("one_half_repeated", NORMAL, "np.resize(std * rng.standard_normal(-(-int(np.prod(shape)) // 2)), shape)", "law",
   "You draw half of the numbers and use them twice, so weights come in equal pairs: draw every number anew.")
of("seeds_its_own_generator", "rng.standard_normal", "np.random.default_rng(0).standard_normal", "seeded",
   "You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given.")
of("global_generator_seeded", "rng.standard_normal", "np.random.RandomState(42).standard_normal", "seeded",
   "You seed NumPy's global generator, so every layer gets the same weights: draw from the rng that you are given.")
of("weights_left_flat", NORMAL, "(std * rng.standard_normal(shape)).ravel()", "shape",
   "You return the numbers in one long row: give them the shape that is asked for.")

# ── Xavier ─────────────────────────────────────────────────────────────────────────────────────

FAN, DRAW = "fan = fan_in if", "rng.standard_normal((fan_in, fan_out))"
OWN = "You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given."
TRANSPOSED = "Your weights are (fan_out, fan_in): for x @ w they must be (fan_in, fan_out)."
DRAWN_TRANSPOSED = "You draw the weights as (fan_out, fan_in): for x @ w draw them as (fan_in, fan_out)."
AVERAGE = "(fan_in + fan_out) / 2"

of = edits(xavier_normal)
of("xavier_variance_as_std", "np.sqrt(fan)", "fan",
   "variance average hidden_variance explicit_mode hidden_average",
   "You use the variance 1 / fan_in as the standard deviation: take its root.")
of("xavier_scale_upside_down", "/ np.sqrt(fan)", "* np.sqrt(fan)", "variance average",
   "You multiply by the root of the fan, which makes the weights larger the more inputs there are: divide by it.")
of("xavier_fan_out", FAN, "fan = fan_out if", HIDDEN,
   "You divide by fan_out: a unit sums over its inputs, so the variance is 1 / fan_in.")
of("xavier_with_relu_gain", "return rng", "return np.sqrt(2) * rng", "variance average",
   "You double the variance, which is He's rule for ReLU: Xavier's is 1 / fan_in.")
of("xavier_unscaled", " / np.sqrt(fan)", "", HIDDEN,
   "You return standard normal numbers: divide them by the root of the fan.")
of("xavier_always_average", FAN, "fan = fan_in if False and", "variance",
   'You use both fans whatever the mode: the default is variance 1 / fan_in, the mean is for mode="avg".')
of("xavier_mode_in_unknown", 'if mode == "in"', "if mode is None", "explicit_mode",
   'You use fan_in only if no mode is given: mode="in", its name, must do the same.',
   also={'mode="in"': "mode=None"})
of("xavier_never_average", AVERAGE, "fan_in", "average hidden_average",
   'You never look at mode: with mode="avg" the variance is 2 / (fan_in + fan_out).')
of("xavier_sum_for_mean", AVERAGE, "(fan_in + fan_out)", "average hidden_average",
   'You divide by the sum of the fans in mode="avg": by their mean, so the variance is 2 / (fan_in + fan_out).')
of("xavier_geometric_mean", AVERAGE, "np.sqrt(fan_in * fan_out)", "average",
   'You take the geometric mean of the fans in mode="avg": Glorot and Bengio take (fan_in + fan_out) / 2.')
of("xavier_normal_is_uniform", DRAW + " / np.sqrt(fan)",
   "rng.uniform(-np.sqrt(3 / fan), np.sqrt(3 / fan), (fan_in, fan_out))", "law",
   "You draw uniform numbers of the right variance in xavier_normal: draw normal ones there.")
of("xavier_truncated", "return " + DRAW + " /",
   f"w = {DRAW}\n    while (far := np.abs(w) > 2).any():\n        w[far] = rng.standard_normal(far.sum())\n"
   "    return w /", "variance",
   "You redraw numbers beyond two deviations, which leaves 77 % of the variance: keep the whole normal law.")
of("xavier_transposed", DRAW, DRAW + ".T", "shape", TRANSPOSED)
of("xavier_drawn_transposed", "(fan_in, fan_out)) /", "(fan_out, fan_in)) /", "shape", DRAWN_TRANSPOSED)
of("xavier_units_in_pairs", "return " + DRAW + " / np.sqrt(fan)",
   f"w = {DRAW} / np.sqrt(fan)\n    return np.concatenate([w[:, : -(-fan_out // 2)]] * 2, axis=1)[:, :fan_out]", "law",
   "You draw half of the columns and use them twice, so units move in pairs: draw the whole matrix.")
of("xavier_seeds_its_own_generator", "rng.standard_normal", "np.random.default_rng(0).standard_normal", "seeded", OWN)

DRAW = "rng.uniform(-bound, bound, (fan_in, fan_out))"

of = edits(xavier_uniform)
of("bound_is_std", "np.sqrt(3 / fan)", "np.sqrt(1 / fan)",
   "variance average hidden_variance hidden_average explicit_mode",
   "You draw between ± the standard deviation, a third of the variance: the bound is √3 times as large.")
of("bound_without_root", "np.sqrt(3 / fan)", "3 / fan", "variance average",
   "You draw between ±3 / fan_in, the square of the bound: take the root, ±sqrt(3 / fan_in).")
of("bound_of_he", "np.sqrt(3 / fan)", "np.sqrt(6 / fan)", "variance average",
   "You draw between ±sqrt(6 / fan_in), which is He's rule: variance 1 / fan_in needs ±sqrt(3 / fan_in).")
of("bound_of_glorot", FAN, "fan = fan_in if False and", "variance",
   "You draw between ±sqrt(6 / (fan_in + fan_out)) whatever the mode: the default is variance 1 / fan_in.")
of("bound_of_the_sum", AVERAGE, "(fan_in + fan_out)", "average hidden_average",
   'You draw between ±sqrt(3 / (fan_in + fan_out)) in mode="avg": the mean of the fans makes it ±sqrt(6 / …).')
of("bound_never_average", AVERAGE, "fan_in", "average hidden_average",
   'You never look at mode: with mode="avg" the variance is 2 / (fan_in + fan_out).')
of("bound_from_fan_out", FAN, "fan = fan_out if", "variance",
   "You take fan_out for fan_in: a unit sums over its inputs, so the variance is 1 / fan_in.")
of("bound_on_one_side", DRAW, f"np.abs({DRAW})", "variance average",
   "You draw between 0 and the bound, so all weights are positive: draw between -bound and bound.")
of("bound_from_zero", "-bound, bound", "0, bound", "variance average",
   "You draw from 0 to the bound, so all weights are positive: draw between -bound and bound.")
of("xavier_uniform_is_normal", DRAW, "rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan)", "law",
   "You draw normal numbers of the right variance in xavier_uniform: draw uniform ones there.")
of("signs_of_one_size", DRAW, f"np.sign({DRAW}) / np.sqrt(fan)", "law",
   "You draw signs alone, so all weights have the same size: draw uniform numbers between -bound and bound.")
of("bound_mode_in_unknown", 'if mode == "in"', "if mode is None", "explicit_mode",
   'You use fan_in only if no mode is given: mode="in", its name, must do the same.',
   also={'mode="in"': "mode=None"})
of("bound_transposed", DRAW, DRAW + ".T", "shape", TRANSPOSED)
of("bound_drawn_transposed", "(fan_in, fan_out))", "(fan_out, fan_in))", "shape", DRAWN_TRANSPOSED)
of("bound_seeds_its_own_generator", "rng.uniform", "np.random.default_rng(0).uniform", "seeded", OWN)

# ── He ─────────────────────────────────────────────────────────────────────────────────────────

GAIN = "np.sqrt(2 / fan_in)"

of = edits(he_normal)
of("he_without_gain", GAIN, "np.sqrt(1 / fan_in)", HIDDEN,
   "You use variance 1 / fan_in, which is Xavier's: ReLU halves the signal, so He's is 2 / fan_in.")
of("he_variance_as_std", GAIN, "(2 / fan_in)", HIDDEN,
   "You use the variance 2 / fan_in as the standard deviation: take its root.")
of("he_root_of_two_missing", GAIN, "2 / np.sqrt(fan_in)", HIDDEN,
   "You multiply by 2 / sqrt(fan_in): the 2 belongs under the root as well, sqrt(2 / fan_in).")
of("he_root_of_two_alone", GAIN, "np.sqrt(2) / fan_in", "variance",
   "You multiply by sqrt(2) / fan_in: fan_in belongs under the root as well, sqrt(2 / fan_in).")
of("he_fan_out", GAIN, "np.sqrt(2 / fan_out)", "variance",
   "You divide by fan_out: a unit sums over its inputs, so the variance is 2 / fan_in.")
of("he_glorot", GAIN, "np.sqrt(2 / (fan_in + fan_out))", "variance",
   "You use 2 / (fan_in + fan_out), which is Glorot's rule: He's is 2 / fan_in.")
of("he_unscaled", " * " + GAIN, "", HIDDEN,
   "You return standard normal numbers: multiply them by sqrt(2 / fan_in).")
of("he_normal_is_uniform", "rng.standard_normal((fan_in, fan_out)) * " + GAIN,
   "rng.uniform(-np.sqrt(6 / fan_in), np.sqrt(6 / fan_in), (fan_in, fan_out))", "law",
   "You draw uniform numbers of the right variance in he_normal: draw normal ones there.")
of("he_transposed", "return rng.standard_normal((fan_in, fan_out))", "return rng.standard_normal((fan_in, fan_out)).T",
   "shape", TRANSPOSED)
of("he_drawn_transposed", "(fan_in, fan_out)) *", "(fan_out, fan_in)) *", "shape", DRAWN_TRANSPOSED)
of("he_seeds_its_own_generator", "rng.standard_normal", "np.random.default_rng(0).standard_normal", "seeded", OWN)

BOUND = "np.sqrt(6 / fan_in)"

of = edits(he_uniform)
of("he_bound_is_std", BOUND, "np.sqrt(2 / fan_in)", HIDDEN,
   "You draw between ±sqrt(2 / fan_in), the standard deviation: the bound is √3 times as large, sqrt(6 / fan_in).")
of("he_bound_of_xavier", BOUND, "np.sqrt(3 / fan_in)", "variance",
   "You draw between ±sqrt(3 / fan_in), which is Xavier's rule: He's variance 2 / fan_in needs ±sqrt(6 / fan_in).")
of("he_bound_of_glorot", BOUND, "np.sqrt(6 / (fan_in + fan_out))", "variance",
   "You draw between ±sqrt(6 / (fan_in + fan_out)), which is Glorot's rule: He's takes fan_in alone.")
of("he_bound_without_root", BOUND, "6 / fan_in", "variance",
   "You draw between ±6 / fan_in, the square of the bound: take the root, ±sqrt(6 / fan_in).")
of("he_bound_on_one_side", DRAW, f"np.abs({DRAW})", "variance",
   "You draw between 0 and the bound, so all weights are positive: draw between -bound and bound.")
of("he_bound_from_zero", "-bound, bound", "0, bound", "variance",
   "You draw from 0 to the bound, so all weights are positive: draw between -bound and bound.")
of("he_bound_from_fan_out", BOUND, "np.sqrt(6 / fan_out)", "variance",
   "You take fan_out for fan_in: a unit sums over its inputs, so the variance is 2 / fan_in.")
of("he_uniform_is_normal", DRAW, "rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)", "law",
   "You draw normal numbers of the right variance in he_uniform: draw uniform ones there.")
of("he_bound_transposed", DRAW, DRAW + ".T", "shape", TRANSPOSED)
of("he_bound_drawn_transposed", "(fan_in, fan_out))", "(fan_out, fan_in))", "shape", DRAWN_TRANSPOSED)
of("he_bound_seeds_its_own_generator", "rng.uniform", "np.random.default_rng(0).uniform", "seeded", OWN)

FAN_IN, DRAW = "np.prod(shape[1:])", "rng.standard_normal(shape) * np.sqrt(2 / fan_in)"

of = edits(he_conv)
of("window_left_out", FAN_IN, "shape[1]", HIDDEN,
   "You take the channels alone as fan-in: each output sums over the window too, so it is C·HH·WW.")
of("channels_left_out", FAN_IN, "(shape[2] * shape[3])", HIDDEN,
   "You take the window alone as fan-in: each output sums over all channels too, so it is C·HH·WW.")
of("filters_for_channels", FAN_IN, "(shape[0] * shape[2] * shape[3])", HIDDEN,
   "You take F·HH·WW, the fan-out: shape is (F, C, HH, WW), so the fan-in is shape[1] * shape[2] * shape[3].")
of("filters_as_fan_in", FAN_IN, "shape[0]", "variance",
   "You take shape[0] as fan-in, as for a matrix: that is the number of filters, and the fan-in is C·HH·WW.")
of("last_axis_taken_for_filters", FAN_IN, "np.prod(shape[:-1])", "variance",
   "You take F·C·HH as fan-in, as if the filters came last: shape is (F, C, HH, WW), so leave out the first.")
of("all_axes_in_fan_in", FAN_IN, "np.prod(shape)", "variance",
   "You divide by the number of all weights: one output sees one filter, so the fan-in is C·HH·WW without F.")
of("window_taken_for_square", FAN_IN, "(shape[1] * shape[2] ** 2)", "variance",
   "You take HH·HH for the window: a window may be wider than it is high, so the fan-in is C·HH·WW.")
of("axes_of_window_added", FAN_IN, "np.sum(shape[1:])", "variance",
   "You add the lengths of the axes: the fan-in is their product, C·HH·WW.")
of("filters_without_gain", "2 / fan_in", "1 / fan_in", "variance",
   "You use variance 1 / (C·HH·WW): ReLU halves the signal, so He's is 2 / (C·HH·WW).")
of("filters_variance_as_std", "np.sqrt(2 / fan_in)", "(2 / fan_in)", "variance",
   "You use the variance 2 / (C·HH·WW) as the standard deviation: take its root.")
of("filters_in_pairs", "return " + DRAW,
   f"filters = {DRAW}\n    return np.concatenate([filters[: -(-shape[0] // 2)]] * 2)[: shape[0]]", "law",
   "You draw half of the filters and use them twice, so maps come in pairs: draw the whole bank.")
of("filters_uniform", DRAW, "rng.uniform(-np.sqrt(6 / fan_in), np.sqrt(6 / fan_in), shape)", "law",
   "You draw uniform numbers of the right variance in he_conv: draw normal ones there.")
of("filters_channels_last", DRAW, f"({DRAW}).transpose(2, 3, 1, 0)", "shape",
   "Your filters are (HH, WW, C, F): return the shape that is asked for, (F, C, HH, WW).")
of("filters_seed_their_own_generator", "rng.standard_normal", "np.random.default_rng(0).standard_normal", "seeded",
   "You seed a generator of your own, so every layer gets the same filters: draw from the rng that you are given.")

# ── deep stacks ────────────────────────────────────────────────────────────────────────────────

LAYER, VALUES = "h = activation(h @ init(width, width, rng))", "values hidden_values"
INPUT, MEASURE = "h = rng.standard_normal((256, width))", "statistics.append((h.mean(), h.std()))"

of = edits(activation_statistics)
of("measured_before_activation", LAYER, "z = h @ init(width, width, rng)\n        h = activation(z)", VALUES,
   "You measure the sums before the activation: measure what comes out of it.",
   also={"(h.mean(), h.std())": "(z.mean(), z.std())"})
of("input_taken_for_a_layer", LAYER + "\n        " + MEASURE, MEASURE + "\n        " + LAYER, VALUES,
   "You measure the input and leave out the last layer: begin behind the first activation.")
of("input_measured_too", "statistics = []", "statistics = [(0.0, 1.0)]", VALUES,
   "You measure the input as well, one number too many: there is one for each of the depth layers.")
of("variances_for_deviations", "h.std()", "h.var()", VALUES,
   "You return variances: a standard deviation is their root.")
of("deviations_of_units_averaged", "h.std()", "h.std(axis=0).mean()", VALUES,
   "You take each unit's deviation over the batch, and their mean: take the deviation of all numbers of a layer.")
of("deviations_of_examples_averaged", "h.std()", "h.std(axis=1).mean()", "saturation",
   "You take each example's deviation over the units, and their mean: take the deviation of all numbers of a layer.")
of("root_mean_square_for_deviation", "h.std()", "np.sqrt((h**2).mean())", VALUES,
   "You leave the mean in: the standard deviation is the root of the mean square about the mean.")
of("sizes_for_means", "h.mean()", "np.log1p(np.abs(h)).mean()", VALUES,
   "You average absolute values: the mean counts signs, and is near 0 for tanh.")
of("results_exchanged", "return means, stds", "return stds, means", VALUES,
   "You return the deviations first: the order is means, stds.")
of("weights_drawn_once", "init(width, width, rng)", "w", VALUES,
   "You draw one matrix and use it in every layer: call init anew for each layer.",
   also={"statistics = []": "statistics, w = [], init(width, width, rng)"})
of("signal_not_handed_on", LAYER, "h = activation(x @ init(width, width, rng))", VALUES,
   "You send the input through each layer alone: the output of a layer is the input of the next.",
   also={INPUT: INPUT.replace("h =", "x =")})
of("weights_transposed", "init(width, width, rng)", "init(width, width, rng).T", VALUES,
   "You multiply by the transposed weights, which a square matrix allows: compute h @ w.")
of("activation_forgotten", LAYER, "h = h @ init(width, width, rng)", VALUES,
   "You never call activation, so your network is linear: h = activation(h @ w).")
of("activation_twice", LAYER, "h = activation(activation(h @ init(width, width, rng)))", VALUES,
   "You apply the activation twice in each layer: once, to h @ w.")
of("last_layer_alone", "np.transpose(statistics)", "np.transpose(statistics[-1:] * depth)", VALUES,
   "You return the last layer's numbers for every layer: measure each layer, first layer first.")
of("layers_back_to_front", "np.transpose(statistics)", "np.transpose(statistics[::-1])", VALUES,
   "Your layers are in the reverse order: the first number is the first layer's.")
of("input_between_zero_and_one", "rng.standard_normal", "rng.random", "input collapse level",
   "You draw the input with rng.random, numbers from 0 to 1: draw standard normal numbers, rng.standard_normal.")
of("a_few_examples", "256", "10", "input",
   "You send ten examples, too few to measure by: take a batch of at least 256.")
of("one_example_repeated", INPUT, "h = np.tile(rng.standard_normal(width), (256, 1))", "input",
   "You draw one example and repeat it, so the batch says no more than that one: draw each example anew.")
of("sums_clipped", LAYER, "h = activation(np.clip(h @ init(width, width, rng), -1, 1))", "saturation",
   "You clip the sums before the activation, which hides how far large weights push them: leave h @ w as it is.")
of("signal_normalised", LAYER, LAYER + "\n        h = h / h.std() if h.std() > 0 else h", "collapse level",
   "You bring each layer's output back to variance 1, which hides what the weights do: hand it on as it is.")
of("statistics_as_column", "return means, stds", "return means[:, None], stds[:, None]", "shape",
   "You return columns of shape (depth, 1): return arrays of shape (depth,).")
of("statistics_seed_their_own_generator", "h = rng", "rng = np.random.default_rng(0)\n    h = rng", "seeded",
   "You seed a generator of your own, so every batch is the same: draw it from the rng that you are given.")
of("fans_exchanged_for_batch", "init(width, width, rng)", "init(width, 1, rng)", "values level",
   "You call init with other numbers than (width, width): each unit has width inputs, and there are width units.")

# ── symmetry ───────────────────────────────────────────────────────────────────────────────────

PARTS, TREES = '(each["W1"].T, each["b1"][:, None], each["W2"])', "for each in (params, grads)"
RESULT, BOTH = "return [group for group in groups if len(group) > 1]", "groups hidden_groups"
FOUND = RESULT.replace("return", "groups =")

of = edits(symmetry_report)
of("gradients_ignored", TREES, "for each in (params,)", "near_misses",
   "You compare parameters alone: units whose gradients differ part at the next step, so compare those as well.")
of("parameters_ignored", TREES, "for each in (grads,)", "near_misses",
   "You compare gradients alone: units that stand elsewhere are not the same unit, so compare parameters as well.")
of("incoming_weights_alone", PARTS, '(each["W1"].T,)', "near_misses",
   "You compare columns of W1 alone: a unit also owns its bias and its outgoing weights.")
of("incoming_weights_of_params_alone", PARTS, '(each["W1"].T,)', "near_misses",
   "You compare columns of W1 alone: a unit also owns its bias and outgoing weights, and the gradients of all three.",
   also={TREES: "for each in (params,)"})
of("outgoing_weights_ignored", PARTS, '(each["W1"].T, each["b1"][:, None])', "near_misses",
   "You leave W2 out: units whose outgoing weights differ get different gradients, so compare rows of W2 as well.")
of("hidden_bias_ignored", PARTS, '(each["W1"].T, each["W2"])', "near_misses",
   "You leave b1 out: two units with different biases are two units.")
of("sums_compared", PARTS, '(each["W1"].sum(0)[:, None], each["b1"][:, None], each["W2"].sum(1)[:, None])',
   "near_misses",
   "You compare the sums of weights: the same numbers in another order have the same sum, so compare each number.")
of("sizes_compared", "np.concatenate(owned, axis=1)", "np.abs(np.concatenate(owned, axis=1))", "near_misses",
   "You compare absolute values: two units that differ in a sign are two units.")
of("pairs_for_groups", RESULT,
   "return [[a, b] for group in groups for i, a in enumerate(group) for b in group[i + 1 :]]", BOTH,
   "You list pairs, so three units that agree appear three times: put each unit into one group.")
of("lonely_units_listed", " if len(group) > 1", "", BOTH,
   "You list units that move alone as groups of one: a group has two members or more.")
of("first_group_alone", RESULT, RESULT + "[:1]", BOTH,
   "You return as soon as you have found one group: look for all of them.")
of("one_group_of_all", RESULT, FOUND + "\n    return [sorted(unit for group in groups for unit in group)]", BOTH,
   "You put all units that have a twin into one group: each group holds units that agree with each other.")
of("units_counted_from_one", RESULT, RESULT.replace("[group for", "[[unit + 1 for unit in group] for"), BOTH,
   "You count units from 1: the first one is unit 0.")
of("never_symmetric", RESULT, "return []", "groups near_misses starts",
   "You always report that no units agree: compare their weights, biases and gradients.")
of("twins_without_the_first", RESULT, RESULT.replace("[group for", "[group[1:] for"), "groups",
   "You list the copies without the unit that they copy: a group holds all units that agree.")
of("first_of_each_group", RESULT, RESULT.replace("[group for", "[group[0] for"), "groups",
   "You list one unit of each group: list all units that agree, a list for each group.")
of("exact_equality", "np.allclose(row, units[group[0]])", "np.array_equal(row, units[group[0]])", "rounding",
   "You ask for equality to the last digit, and rounding breaks it: compare with np.allclose.")
of("parameters_rounded_in_place", "groups = []",
   "for each in (params, grads):\n        for array in each.values():\n            array[...] = np.round(array, 1)\n"
   "    groups = []", "pure", "You round the arrays in place, which changes the caller's network: round copies.")
of("gradients_put_into_params", RESULT,
   'params.update({f"d{name}": grad for name, grad in grads.items()})\n    ' + RESULT, "pure",
   "You store the gradients in params, which is the caller's dict: make one of your own.")


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def neighbours_alone(params, grads):
    """You compare each unit with the next one only: units that agree may stand far apart."""
    owned = [array for each in (params, grads) for array in (each["W1"].T, each["b1"][:, None], each["W2"])]
    units, groups = np.concatenate(owned, axis=1), []
    for unit in range(1, len(units)):
        if np.allclose(units[unit], units[unit - 1]):
            if groups and groups[-1][-1] == unit - 1:
                groups[-1].append(unit)
            else:
                groups.append([unit - 1, unit])
    return groups
