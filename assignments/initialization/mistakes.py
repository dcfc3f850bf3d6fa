"""What students get wrong in `initialization`: each function is a known-wrong entry point, its docstring what a teacher
says.

Where they come from: published student solutions (a variance used as a standard deviation, transposed weights), and
what follows from the formulas. A wrong scale is recognised by its numbers where the student draws in the plain order;
where not, the check still says which wrong rule would fit.
"""

import numpy as np

from autograder import mistake

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
)


def _normal(shape, variance, rng):
    return np.sqrt(variance) * rng.standard_normal(shape)


def _uniform(shape, variance, rng):
    bound = np.sqrt(3 * variance)
    return rng.uniform(-bound, bound, shape)


# ── constants ──────────────────────────────────────────────────────────────────────────────────


@mistake("zeros_init", caught_by="values")
def zeros_are_ones(shape):
    """You return ones: zeros_init fills the array with 0."""
    return np.ones(shape)


@mistake("zeros_init", caught_by="values")
def zeros_are_small_numbers(shape):
    """You return small numbers so that training can begin: zeros_init is exactly 0, as biases are."""
    return np.full(shape, 1e-3)


@mistake("zeros_init", caught_by="shape")
def zeros_without_axes_of_one(shape):
    """You drop axes of length one: return exactly the shape that is asked for."""
    return np.zeros(shape).squeeze()


@mistake("constant_init", caught_by=("values", "zeros_init.values"))
def constant_ignores_value(shape, value):
    """You never use value: fill the array with it, np.full(shape, value)."""
    return np.zeros(shape)


@mistake("constant_init", caught_by=("values", "zeros_init.values"))
def constant_shares_value(shape, value):
    """You divide value by the number of elements: every element is value itself."""
    return np.full(shape, value / np.prod(shape))


@mistake("constant_init", caught_by="floats")
def constant_keeps_ints(shape, value):
    """You make an array of ints when value is an int, which rounds every later update away: ask for dtype float."""
    return np.full(shape, value)


@mistake("constant_init", caught_by="shape")
def constant_without_axes_of_one(shape, value):
    """You drop axes of length one: return exactly the shape that is asked for."""
    return constant_init(shape, value).squeeze()


# ── normal ─────────────────────────────────────────────────────────────────────────────────────


@mistake("normal_init", caught_by=("variance", "hidden_variance"))
def std_squared(shape, std, rng):
    """You scale by std**2: rng.normal takes the standard deviation itself, and so does a factor in front."""
    return std**2 * rng.standard_normal(shape)


@mistake("normal_init", caught_by=("variance", "hidden_variance"))
def std_rooted(shape, std, rng):
    """You scale by the root of std, as if it were a variance: it is the standard deviation, so multiply by it."""
    return np.sqrt(std) * rng.standard_normal(shape)


@mistake("normal_init", caught_by=("variance", "hidden_variance"))
def std_forgotten(shape, std, rng):
    """You return standard normal numbers and never use std: multiply by it."""
    return rng.standard_normal(shape)


@mistake("normal_init", caught_by=("variance", "known_norms"))
def uniform_between_zero_and_one(shape, std, rng):
    """You draw with rng.random, numbers from 0 to 1 with mean 0.5: use rng.standard_normal, which has mean 0."""
    return std * rng.random(shape)


@mistake("normal_init", caught_by=("variance", "known_norms"))
def uniform_within_std(shape, std, rng):
    """You draw uniform numbers between -std and std, whose deviation is std / √3: use rng.standard_normal."""
    return rng.uniform(-std, std, shape)


@mistake("normal_init", caught_by="law")
def uniform_of_the_same_variance(shape, std, rng):
    """You draw uniform numbers of the right variance: normal ones are asked for, rng.standard_normal."""
    return _uniform(shape, std**2, rng)


@mistake("normal_init", caught_by="variance")
def std_added(shape, std, rng):
    """You add std to standard normal numbers, which moves their mean: multiply by std."""
    return rng.standard_normal(shape) + std


@mistake("normal_init", caught_by="variance")
def only_positive_weights(shape, std, rng):
    """You take absolute values, so all weights are positive and their mean is not 0: keep the signs."""
    return np.abs(std * rng.standard_normal(shape))


@mistake("normal_init", caught_by="variance")
def clipped_at_two_deviations(shape, std, rng):
    """You clip at two standard deviations, which takes variance away: keep the whole normal law."""
    return std * np.clip(rng.standard_normal(shape), -2, 2)


@mistake("normal_init", caught_by="law")
def one_half_repeated(shape, std, rng):
    """You draw half of the numbers and use them twice, so weights come in equal pairs: draw every number anew."""
    count = int(np.prod(shape))
    half = std * rng.standard_normal(-(-count // 2))
    return np.concatenate([half, half])[:count].reshape(shape)


@mistake("normal_init", caught_by="seeded")
def seeds_its_own_generator(shape, std, rng):
    """You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given."""
    return std * np.random.default_rng(0).standard_normal(shape)


@mistake("normal_init", caught_by="seeded")
def global_generator_seeded(shape, std, rng):
    """You seed NumPy's global generator, so every layer gets the same weights: draw from the rng that you are given."""
    return std * np.random.RandomState(42).standard_normal(shape)


@mistake("normal_init", caught_by="shape")
def weights_left_flat(shape, std, rng):
    """You return the numbers in one long row: give them the shape that is asked for."""
    return normal_init(shape, std, rng).ravel()


# ── Xavier ─────────────────────────────────────────────────────────────────────────────────────


@mistake("xavier_normal", caught_by=("variance", "average", "hidden_variance", "explicit_mode", "hidden_average"))
def xavier_variance_as_std(fan_in, fan_out, rng, mode="in"):
    """You use the variance 1 / fan_in as the standard deviation: take its root."""
    fan = fan_in if mode == "in" else (fan_in + fan_out) / 2
    return rng.standard_normal((fan_in, fan_out)) / fan


@mistake("xavier_normal", caught_by=("variance", "average"))
def xavier_scale_upside_down(fan_in, fan_out, rng, mode="in"):
    """You multiply by the root of the fan, which makes the weights larger the more inputs there are: divide by it."""
    fan = fan_in if mode == "in" else (fan_in + fan_out) / 2
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(fan)


@mistake("xavier_normal", caught_by=("variance", "hidden_variance"))
def xavier_fan_out(fan_in, fan_out, rng, mode="in"):
    """You divide by fan_out: a unit sums over its inputs, so the variance is 1 / fan_in."""
    if mode != "in":
        return xavier_normal(fan_in, fan_out, rng, mode)
    return _normal((fan_in, fan_out), 1 / fan_out, rng)


@mistake("xavier_normal", caught_by=("variance", "average"))
def xavier_with_relu_gain(fan_in, fan_out, rng, mode="in"):
    """You double the variance, which is He's rule for ReLU: Xavier's is 1 / fan_in."""
    return np.sqrt(2) * xavier_normal(fan_in, fan_out, rng, mode)


@mistake("xavier_normal", caught_by="variance")
def xavier_always_average(fan_in, fan_out, rng, mode="in"):
    """You use both fans whatever the mode: the default is variance 1 / fan_in, the mean is for mode="avg"."""
    return xavier_normal(fan_in, fan_out, rng, "avg")


@mistake("xavier_normal", caught_by="explicit_mode")
def xavier_mode_in_unknown(fan_in, fan_out, rng, mode=None):
    """You use fan_in only if no mode is given: mode="in", its name, must do the same."""
    return xavier_normal(fan_in, fan_out, rng, "in" if mode is None else "avg")


@mistake("xavier_normal", caught_by=("average", "hidden_average"))
def xavier_never_average(fan_in, fan_out, rng, mode="in"):
    """You never look at mode: with mode="avg" the variance is 2 / (fan_in + fan_out)."""
    return xavier_normal(fan_in, fan_out, rng)


@mistake("xavier_normal", caught_by=("average", "hidden_average"))
def xavier_sum_for_mean(fan_in, fan_out, rng, mode="in"):
    """You divide by the sum of the fans in mode="avg": by their mean, so the variance is 2 / (fan_in + fan_out)."""
    return xavier_normal(fan_in, fan_out, rng, mode) * (1 if mode == "in" else np.sqrt(0.5))


@mistake("xavier_normal", caught_by="average")
def xavier_geometric_mean(fan_in, fan_out, rng, mode="in"):
    """You take the geometric mean of the fans in mode="avg": Glorot and Bengio take (fan_in + fan_out) / 2."""
    fan = fan_in if mode == "in" else np.sqrt(fan_in * fan_out)
    return _normal((fan_in, fan_out), 1 / fan, rng)


@mistake("xavier_normal", caught_by="law")
def xavier_normal_is_uniform(fan_in, fan_out, rng, mode="in"):
    """You draw uniform numbers of the right variance in xavier_normal: draw normal ones there."""
    return xavier_uniform(fan_in, fan_out, rng, mode)


@mistake("xavier_normal", caught_by="variance")
def xavier_truncated(fan_in, fan_out, rng, mode="in"):
    """You redraw numbers beyond two deviations, which leaves 77 % of the variance: keep the whole normal law."""
    w = rng.standard_normal((fan_in, fan_out))
    while (far := np.abs(w) > 2).any():
        w[far] = rng.standard_normal(far.sum())
    return w / np.sqrt(fan_in if mode == "in" else (fan_in + fan_out) / 2)


@mistake("xavier_normal", caught_by="shape")
def xavier_transposed(fan_in, fan_out, rng, mode="in"):
    """Your weights are (fan_out, fan_in): for x @ w they must be (fan_in, fan_out)."""
    return xavier_normal(fan_in, fan_out, rng, mode).T


@mistake("xavier_normal", caught_by="law")
def xavier_units_in_pairs(fan_in, fan_out, rng, mode="in"):
    """You draw half of the columns and use them twice, so units move in pairs: draw the whole matrix."""
    w = xavier_normal(fan_in, fan_out, rng, mode)
    return np.concatenate([w[:, : -(-fan_out // 2)]] * 2, axis=1)[:, :fan_out]


@mistake("xavier_normal", caught_by="seeded")
def xavier_seeds_its_own_generator(fan_in, fan_out, rng, mode="in"):
    """You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given."""
    return xavier_normal(fan_in, fan_out, np.random.default_rng(0), mode)


@mistake("xavier_uniform", caught_by=("variance", "average", "hidden_variance", "hidden_average", "explicit_mode"))
def bound_is_std(fan_in, fan_out, rng, mode="in"):
    """You draw between ± the standard deviation, a third of the variance: the bound is √3 times as large."""
    return xavier_uniform(fan_in, fan_out, rng, mode) / np.sqrt(3)


@mistake("xavier_uniform", caught_by=("variance", "average"))
def bound_without_root(fan_in, fan_out, rng, mode="in"):
    """You draw between ±3 / fan_in, the square of the bound: take the root, ±sqrt(3 / fan_in)."""
    bound = 3 / (fan_in if mode == "in" else (fan_in + fan_out) / 2)
    return rng.uniform(-bound, bound, (fan_in, fan_out))


@mistake("xavier_uniform", caught_by=("variance", "average"))
def bound_of_he(fan_in, fan_out, rng, mode="in"):
    """You draw between ±sqrt(6 / fan_in), which is He's rule: variance 1 / fan_in needs ±sqrt(3 / fan_in)."""
    return xavier_uniform(fan_in, fan_out, rng, mode) * np.sqrt(2)


@mistake("xavier_uniform", caught_by="variance")
def bound_of_glorot(fan_in, fan_out, rng, mode="in"):
    """You draw between ±sqrt(6 / (fan_in + fan_out)) whatever the mode: the default is variance 1 / fan_in."""
    return xavier_uniform(fan_in, fan_out, rng, "avg")


@mistake("xavier_uniform", caught_by=("average", "hidden_average"))
def bound_of_the_sum(fan_in, fan_out, rng, mode="in"):
    """You draw between ±sqrt(3 / (fan_in + fan_out)) in mode="avg": the mean of the fans makes it ±sqrt(6 / …)."""
    return xavier_uniform(fan_in, fan_out, rng, mode) * (1 if mode == "in" else np.sqrt(0.5))


@mistake("xavier_uniform", caught_by=("average", "hidden_average"))
def bound_never_average(fan_in, fan_out, rng, mode="in"):
    """You never look at mode: with mode="avg" the variance is 2 / (fan_in + fan_out)."""
    return xavier_uniform(fan_in, fan_out, rng)


@mistake("xavier_uniform", caught_by="variance")
def bound_from_fan_out(fan_in, fan_out, rng, mode="in"):
    """You take fan_out for fan_in: a unit sums over its inputs, so the variance is 1 / fan_in."""
    fan = fan_out if mode == "in" else (fan_in + fan_out) / 2
    return _uniform((fan_in, fan_out), 1 / fan, rng)


@mistake("xavier_uniform", caught_by=("variance", "average"))
def bound_on_one_side(fan_in, fan_out, rng, mode="in"):
    """You draw between 0 and the bound, so all weights are positive: draw between -bound and bound."""
    return np.abs(xavier_uniform(fan_in, fan_out, rng, mode))


@mistake("xavier_uniform", caught_by="law")
def xavier_uniform_is_normal(fan_in, fan_out, rng, mode="in"):
    """You draw normal numbers of the right variance in xavier_uniform: draw uniform ones there."""
    return xavier_normal(fan_in, fan_out, rng, mode)


@mistake("xavier_uniform", caught_by="law")
def signs_of_one_size(fan_in, fan_out, rng, mode="in"):
    """You draw signs alone, so all weights have the same size: draw uniform numbers between -bound and bound."""
    w = xavier_uniform(fan_in, fan_out, rng, mode)
    return np.sign(w) / np.sqrt(fan_in if mode == "in" else (fan_in + fan_out) / 2)


@mistake("xavier_uniform", caught_by="explicit_mode")
def bound_mode_in_unknown(fan_in, fan_out, rng, mode=None):
    """You use fan_in only if no mode is given: mode="in", its name, must do the same."""
    return xavier_uniform(fan_in, fan_out, rng, "in" if mode is None else "avg")


@mistake("xavier_uniform", caught_by="shape")
def bound_transposed(fan_in, fan_out, rng, mode="in"):
    """Your weights are (fan_out, fan_in): for x @ w they must be (fan_in, fan_out)."""
    return xavier_uniform(fan_in, fan_out, rng, mode).T


@mistake("xavier_uniform", caught_by="seeded")
def bound_seeds_its_own_generator(fan_in, fan_out, rng, mode="in"):
    """You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given."""
    return xavier_uniform(fan_in, fan_out, np.random.default_rng(0), mode)


# ── He ─────────────────────────────────────────────────────────────────────────────────────────


@mistake("he_normal", caught_by=("variance", "hidden_variance"))
def he_without_gain(fan_in, fan_out, rng):
    """You use variance 1 / fan_in, which is Xavier's: ReLU halves the signal, so He's is 2 / fan_in."""
    return _normal((fan_in, fan_out), 1 / fan_in, rng)


@mistake("he_normal", caught_by=("variance", "hidden_variance"))
def he_variance_as_std(fan_in, fan_out, rng):
    """You use the variance 2 / fan_in as the standard deviation: take its root."""
    return rng.normal(0, 2 / fan_in, (fan_in, fan_out))


@mistake("he_normal", caught_by=("variance", "hidden_variance"))
def he_root_of_two_missing(fan_in, fan_out, rng):
    """You multiply by 2 / sqrt(fan_in): the 2 belongs under the root as well, sqrt(2 / fan_in)."""
    return rng.standard_normal((fan_in, fan_out)) * 2 / np.sqrt(fan_in)


@mistake("he_normal", caught_by="variance")
def he_root_of_two_alone(fan_in, fan_out, rng):
    """You multiply by sqrt(2) / fan_in: fan_in belongs under the root as well, sqrt(2 / fan_in)."""
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2) / fan_in


@mistake("he_normal", caught_by="variance")
def he_fan_out(fan_in, fan_out, rng):
    """You divide by fan_out: a unit sums over its inputs, so the variance is 2 / fan_in."""
    return _normal((fan_in, fan_out), 2 / fan_out, rng)


@mistake("he_normal", caught_by="variance")
def he_glorot(fan_in, fan_out, rng):
    """You use 2 / (fan_in + fan_out), which is Glorot's rule: He's is 2 / fan_in."""
    return _normal((fan_in, fan_out), 2 / (fan_in + fan_out), rng)


@mistake("he_normal", caught_by="law")
def he_normal_is_uniform(fan_in, fan_out, rng):
    """You draw uniform numbers of the right variance in he_normal: draw normal ones there."""
    return he_uniform(fan_in, fan_out, rng)


@mistake("he_normal", caught_by="shape")
def he_transposed(fan_in, fan_out, rng):
    """Your weights are (fan_out, fan_in): for x @ w they must be (fan_in, fan_out)."""
    return he_normal(fan_in, fan_out, rng).T


@mistake("he_normal", caught_by="seeded")
def he_seeds_its_own_generator(fan_in, fan_out, rng):
    """You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given."""
    return he_normal(fan_in, fan_out, np.random.default_rng(0))


@mistake("he_uniform", caught_by=("variance", "hidden_variance"))
def he_bound_is_std(fan_in, fan_out, rng):
    """You draw between ±sqrt(2 / fan_in), the standard deviation: the bound is √3 times as large, sqrt(6 / fan_in)."""
    return _uniform((fan_in, fan_out), 2 / fan_in / 3, rng)


@mistake("he_uniform", caught_by="variance")
def he_bound_of_xavier(fan_in, fan_out, rng):
    """You draw between ±sqrt(3 / fan_in), which is Xavier's rule: He's variance 2 / fan_in needs ±sqrt(6 / fan_in)."""
    return _uniform((fan_in, fan_out), 1 / fan_in, rng)


@mistake("he_uniform", caught_by="variance")
def he_bound_of_glorot(fan_in, fan_out, rng):
    """You draw between ±sqrt(6 / (fan_in + fan_out)), which is Glorot's rule: He's takes fan_in alone."""
    return _uniform((fan_in, fan_out), 2 / (fan_in + fan_out), rng)


@mistake("he_uniform", caught_by="variance")
def he_bound_on_one_side(fan_in, fan_out, rng):
    """You draw between 0 and the bound, so all weights are positive: draw between -bound and bound."""
    return np.abs(he_uniform(fan_in, fan_out, rng))


@mistake("he_uniform", caught_by="variance")
def he_bound_from_fan_out(fan_in, fan_out, rng):
    """You take fan_out for fan_in: a unit sums over its inputs, so the variance is 2 / fan_in."""
    return _uniform((fan_in, fan_out), 2 / fan_out, rng)


@mistake("he_uniform", caught_by="law")
def he_uniform_is_normal(fan_in, fan_out, rng):
    """You draw normal numbers of the right variance in he_uniform: draw uniform ones there."""
    return he_normal(fan_in, fan_out, rng)


@mistake("he_uniform", caught_by="shape")
def he_bound_transposed(fan_in, fan_out, rng):
    """Your weights are (fan_out, fan_in): for x @ w they must be (fan_in, fan_out)."""
    return he_uniform(fan_in, fan_out, rng).T


@mistake("he_uniform", caught_by="seeded")
def he_bound_seeds_its_own_generator(fan_in, fan_out, rng):
    """You seed a generator of your own, so every layer gets the same weights: draw from the rng that you are given."""
    return he_uniform(fan_in, fan_out, np.random.default_rng(0))


@mistake("he_conv", caught_by=("variance", "hidden_variance"))
def window_left_out(shape, rng):
    """You take the channels alone as fan-in: each output sums over the window too, so it is C·HH·WW."""
    return _normal(shape, 2 / shape[1], rng)


@mistake("he_conv", caught_by=("variance", "hidden_variance"))
def channels_left_out(shape, rng):
    """You take the window alone as fan-in: each output sums over all channels too, so it is C·HH·WW."""
    return _normal(shape, 2 / (shape[2] * shape[3]), rng)


@mistake("he_conv", caught_by=("variance", "hidden_variance"))
def filters_for_channels(shape, rng):
    """You take F·HH·WW, the fan-out: shape is (F, C, HH, WW), so the fan-in is shape[1] * shape[2] * shape[3]."""
    return _normal(shape, 2 / (shape[0] * shape[2] * shape[3]), rng)


@mistake("he_conv", caught_by="variance")
def filters_as_fan_in(shape, rng):
    """You take shape[0] as fan-in, as for a matrix: that is the number of filters, and the fan-in is C·HH·WW."""
    return _normal(shape, 2 / shape[0], rng)


@mistake("he_conv", caught_by="variance")
def last_axis_taken_for_filters(shape, rng):
    """You take F·C·HH as fan-in, as if the filters came last: shape is (F, C, HH, WW), so leave out the first."""
    return _normal(shape, 2 / np.prod(shape[:-1]), rng)


@mistake("he_conv", caught_by="variance")
def all_axes_in_fan_in(shape, rng):
    """You divide by the number of all weights: one output sees one filter, so the fan-in is C·HH·WW without F."""
    return _normal(shape, 2 / np.prod(shape), rng)


@mistake("he_conv", caught_by="variance")
def window_taken_for_square(shape, rng):
    """You take HH·HH for the window: a window may be wider than it is high, so the fan-in is C·HH·WW."""
    return _normal(shape, 2 / (shape[1] * shape[2] ** 2), rng)


@mistake("he_conv", caught_by="variance")
def axes_of_window_added(shape, rng):
    """You add the lengths of the axes: the fan-in is their product, C·HH·WW."""
    return _normal(shape, 2 / np.sum(shape[1:]), rng)


@mistake("he_conv", caught_by="variance")
def filters_without_gain(shape, rng):
    """You use variance 1 / (C·HH·WW): ReLU halves the signal, so He's is 2 / (C·HH·WW)."""
    return he_conv(shape, rng) / np.sqrt(2)


@mistake("he_conv", caught_by="variance")
def filters_variance_as_std(shape, rng):
    """You use the variance 2 / (C·HH·WW) as the standard deviation: take its root."""
    return rng.standard_normal(shape) * 2 / np.prod(shape[1:])


@mistake("he_conv", caught_by="law")
def filters_in_pairs(shape, rng):
    """You draw half of the filters and use them twice, so maps come in pairs: draw the whole bank."""
    filters = he_conv(shape, rng)
    return np.concatenate([filters[: -(-shape[0] // 2)]] * 2)[: shape[0]]


@mistake("he_conv", caught_by="law")
def filters_uniform(shape, rng):
    """You draw uniform numbers of the right variance in he_conv: draw normal ones there."""
    return _uniform(shape, 2 / np.prod(shape[1:]), rng)


@mistake("he_conv", caught_by="shape")
def filters_channels_last(shape, rng):
    """Your filters are (HH, WW, C, F): return the shape that is asked for, (F, C, HH, WW)."""
    return he_conv(shape, rng).transpose(2, 3, 1, 0)


@mistake("he_conv", caught_by="seeded")
def filters_seed_their_own_generator(shape, rng):
    """You seed a generator of your own, so every layer gets the same filters: draw from the rng that you are given."""
    return he_conv(shape, np.random.default_rng(0))


# ── deep stacks ────────────────────────────────────────────────────────────────────────────────


def _statistics(depth, width, init, activation, rng, *, look=lambda z, h: h, mean=np.mean, std=np.std, batch=256):
    """activation_statistics with one thing exchanged; `look` says what of a layer is measured."""
    h, means, stds = rng.standard_normal((batch, width)), [], []
    for _ in range(depth):
        z = h @ init(width, width, rng)
        h = activation(z)
        means.append(mean(look(z, h)))
        stds.append(std(look(z, h)))
    return np.array(means), np.array(stds)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def measured_before_activation(depth, width, init, activation, rng):
    """You measure the sums before the activation: measure what comes out of it."""
    return _statistics(depth, width, init, activation, rng, look=lambda z, h: z)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def input_taken_for_a_layer(depth, width, init, activation, rng):
    """You measure the input and leave out the last layer: begin behind the first activation."""
    h, means, stds = rng.standard_normal((256, width)), [], []
    for _ in range(depth):
        means.append(h.mean())
        stds.append(h.std())
        h = activation(h @ init(width, width, rng))
    return np.array(means), np.array(stds)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def input_measured_too(depth, width, init, activation, rng):
    """You measure the input as well, one number too many: there is one for each of the depth layers."""
    means, stds = activation_statistics(depth, width, init, activation, rng)
    return np.concatenate([[0.0], means]), np.concatenate([[1.0], stds])


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def variances_for_deviations(depth, width, init, activation, rng):
    """You return variances: a standard deviation is their root."""
    return _statistics(depth, width, init, activation, rng, std=np.var)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def deviations_of_units_averaged(depth, width, init, activation, rng):
    """You take each unit's deviation over the batch, and their mean: take the deviation of all numbers of a layer."""
    return _statistics(depth, width, init, activation, rng, std=lambda h: h.std(axis=0).mean())


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def root_mean_square_for_deviation(depth, width, init, activation, rng):
    """You leave the mean in: the standard deviation is the root of the mean square about the mean."""
    return _statistics(depth, width, init, activation, rng, std=lambda h: np.sqrt((h**2).mean()))


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def sizes_for_means(depth, width, init, activation, rng):
    """You average absolute values: the mean counts signs, and is near 0 for tanh."""
    return _statistics(depth, width, init, activation, rng, mean=lambda h: np.log1p(np.abs(h)).mean())


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def results_exchanged(depth, width, init, activation, rng):
    """You return the deviations first: the order is means, stds."""
    return activation_statistics(depth, width, init, activation, rng)[::-1]


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def weights_drawn_once(depth, width, init, activation, rng):
    """You draw one matrix and use it in every layer: call init anew for each layer."""
    w = init(width, width, rng)
    return _statistics(depth, width, lambda *_: w, activation, rng)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def signal_not_handed_on(depth, width, init, activation, rng):
    """You send the input through each layer alone: the output of a layer is the input of the next."""
    x, statistics = rng.standard_normal((256, width)), []
    for _ in range(depth):
        h = activation(x @ init(width, width, rng))
        statistics.append((h.mean(), h.std()))
    means, stds = np.transpose(statistics)
    return means, stds


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def weights_transposed(depth, width, init, activation, rng):
    """You multiply by the transposed weights, which a square matrix allows: compute h @ w."""
    return activation_statistics(depth, width, lambda *fans: init(*fans).T, activation, rng)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def activation_forgotten(depth, width, init, activation, rng):
    """You never call activation, so your network is linear: h = activation(h @ w)."""
    return _statistics(depth, width, init, lambda z: z, rng)


@mistake("activation_statistics", caught_by=("values", "hidden_values"))
def activation_twice(depth, width, init, activation, rng):
    """You apply the activation twice in each layer: once, to h @ w."""
    return activation_statistics(depth, width, init, lambda z: activation(activation(z)), rng)


@mistake("activation_statistics", caught_by=("input", "collapse", "level"))
def input_between_zero_and_one(depth, width, init, activation, rng):
    """You draw the input with rng.random, numbers from 0 to 1: draw standard normal numbers, rng.standard_normal."""
    h, statistics = rng.random((256, width)), []
    for _ in range(depth):
        h = activation(h @ init(width, width, rng))
        statistics.append((h.mean(), h.std()))
    means, stds = np.transpose(statistics)
    return means, stds


@mistake("activation_statistics", caught_by="input")
def a_few_examples(depth, width, init, activation, rng):
    """You send ten examples, too few to measure by: take a batch of at least 256."""
    return _statistics(depth, width, init, activation, rng, batch=10)


@mistake("activation_statistics", caught_by="input")
def one_example_repeated(depth, width, init, activation, rng):
    """You draw one example and repeat it, so the batch says no more than that one: draw each example anew."""
    h, statistics = np.tile(rng.standard_normal(width), (256, 1)), []
    for _ in range(depth):
        h = activation(h @ init(width, width, rng))
        statistics.append((h.mean(), h.std()))
    means, stds = np.transpose(statistics)
    return means, stds


@mistake("activation_statistics", caught_by="saturation")
def sums_clipped(depth, width, init, activation, rng):
    """You clip the sums before the activation, which hides how far large weights push them: leave h @ w as it is."""
    return activation_statistics(depth, width, init, lambda z: activation(np.clip(z, -1, 1)), rng)


@mistake("activation_statistics", caught_by=("collapse", "level"))
def signal_normalised(depth, width, init, activation, rng):
    """You bring each layer's output back to variance 1, which hides what the weights do: hand it on as it is."""

    def normalised(z):
        h = activation(z)
        return h / h.std() if h.std() > 0 else h

    return activation_statistics(depth, width, init, normalised, rng)


@mistake("activation_statistics", caught_by="shape")
def statistics_as_column(depth, width, init, activation, rng):
    """You return columns of shape (depth, 1): return arrays of shape (depth,)."""
    means, stds = activation_statistics(depth, width, init, activation, rng)
    return means[:, None], stds[:, None]


@mistake("activation_statistics", caught_by="seeded")
def statistics_seed_their_own_generator(depth, width, init, activation, rng):
    """You seed a generator of your own, so every batch is the same: draw it from the rng that you are given."""
    return activation_statistics(depth, width, init, activation, np.random.default_rng(0))


@mistake("activation_statistics", caught_by=("values", "level"))
def fans_exchanged_for_batch(depth, width, init, activation, rng):
    """You call init with other numbers than (width, width): each unit has width inputs, and there are width units."""
    return activation_statistics(depth, width, lambda n, m, r: init(n, 1, r), activation, rng)


# ── symmetry ───────────────────────────────────────────────────────────────────────────────────


def _report(owned):
    """Groups of units whose rows of `owned` agree."""
    groups = {}
    for unit, row in enumerate(np.round(owned, 6)):
        groups.setdefault(tuple(row), []).append(unit)
    return [group for group in groups.values() if len(group) > 1]


def _owned(*trees, names=("W1", "b1", "W2")):
    """A row for each unit: what it owns of the named arrays."""
    parts = {"W1": lambda w: w.T, "b1": lambda b: b[:, None], "W2": lambda w: w}
    return np.concatenate([parts[name](tree[name]) for tree in trees for name in names], axis=1)


@mistake("symmetry_report", caught_by="near_misses")
def gradients_ignored(params, grads):
    """You compare parameters alone: units whose gradients differ part at the next step, so compare those as well."""
    return _report(_owned(params))


@mistake("symmetry_report", caught_by="near_misses")
def parameters_ignored(params, grads):
    """You compare gradients alone: units that stand elsewhere are not the same unit, so compare parameters as well."""
    return _report(_owned(grads))


@mistake("symmetry_report", caught_by="near_misses")
def incoming_weights_alone(params, grads):
    """You compare columns of W1 alone: a unit also owns its bias and its outgoing weights."""
    return _report(_owned(params, grads, names=("W1",)))


@mistake("symmetry_report", caught_by="near_misses")
def outgoing_weights_ignored(params, grads):
    """You leave W2 out: units whose outgoing weights differ get different gradients, so compare rows of W2 as well."""
    return _report(_owned(params, grads, names=("W1", "b1")))


@mistake("symmetry_report", caught_by="near_misses")
def hidden_bias_ignored(params, grads):
    """You leave b1 out: two units with different biases are two units."""
    return _report(_owned(params, grads, names=("W1", "W2")))


@mistake("symmetry_report", caught_by="near_misses")
def sums_compared(params, grads):
    """You compare the sums of weights: the same numbers in another order have the same sum, so compare each number."""
    parts = [array for tree in (params, grads) for array in (tree["W1"].sum(0), tree["b1"], tree["W2"].sum(1))]
    return _report(np.stack(parts, axis=1))


@mistake("symmetry_report", caught_by="near_misses")
def sizes_compared(params, grads):
    """You compare absolute values: two units that differ in a sign are two units."""
    return _report(np.abs(_owned(params, grads)))


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def pairs_for_groups(params, grads):
    """You list pairs, so three units that agree appear three times: put each unit into one group."""
    return [[a, b] for group in symmetry_report(params, grads) for i, a in enumerate(group) for b in group[i + 1 :]]


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def lonely_units_listed(params, grads):
    """You list units that move alone as groups of one: a group has two members or more."""
    groups = symmetry_report(params, grads)
    grouped = {unit for group in groups for unit in group}
    return groups + [[unit] for unit in range(len(params["b1"])) if unit not in grouped]


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def first_group_alone(params, grads):
    """You return as soon as you have found one group: look for all of them."""
    return symmetry_report(params, grads)[:1]


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def one_group_of_all(params, grads):
    """You put all units that have a twin into one group: each group holds units that agree with each other."""
    return [sorted(unit for group in symmetry_report(params, grads) for unit in group)]


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def neighbours_alone(params, grads):
    """You compare each unit with the next one only: units that agree may stand far apart."""
    owned, groups = _owned(params, grads), []
    for unit in range(1, len(owned)):
        if np.allclose(owned[unit], owned[unit - 1]):
            if groups and groups[-1][-1] == unit - 1:
                groups[-1].append(unit)
            else:
                groups.append([unit - 1, unit])
    return groups


@mistake("symmetry_report", caught_by=("groups", "hidden_groups"))
def units_counted_from_one(params, grads):
    """You count units from 1: the first one is unit 0."""
    return [[unit + 1 for unit in group] for group in symmetry_report(params, grads)]


@mistake("symmetry_report", caught_by=("groups", "near_misses", "starts"))
def never_symmetric(params, grads):
    """You always report that no units agree: compare their weights, biases and gradients."""
    return []


@mistake("symmetry_report", caught_by="groups")
def twins_without_the_first(params, grads):
    """You list the copies without the unit that they copy: a group holds all units that agree."""
    return [group[1:] for group in symmetry_report(params, grads)]


@mistake("symmetry_report", caught_by="rounding")
def exact_equality(params, grads):
    """You ask for equality to the last digit, and rounding breaks it: compare with np.allclose."""
    groups = {}
    for unit, row in enumerate(_owned(params, grads)):
        groups.setdefault(tuple(row), []).append(unit)
    return [group for group in groups.values() if len(group) > 1]


@mistake("symmetry_report", caught_by="pure")
def parameters_rounded_in_place(params, grads):
    """You round the arrays in place, which changes the caller's network: round copies."""
    for tree in (params, grads):
        for array in tree.values():
            array[...] = np.round(array, 1)
    return _report(_owned(params, grads))


@mistake("symmetry_report", caught_by="pure")
def gradients_put_into_params(params, grads):
    """You store the gradients in params, which is the caller's dict: make one of your own."""
    groups = symmetry_report(params, grads)
    params.update({f"d{name}": grad for name, grad in grads.items()})
    return groups
