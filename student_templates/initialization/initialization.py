# %% [markdown]
# # Weights that keep signals alive
#
# Before the first step of training there are only the weights that you began with, and they decide whether there will
# be a second. Begin with zeros and all units of a layer stay the same unit for ever. Begin too small, and after ten
# layers nothing of the input is left; too large, and every unit sits where its slope is zero. In between lies a narrow
# road, and one short calculation finds it.
#
# **How large is a sum?** A unit computes $z = \sum_{i=1}^{n} x_i w_i$ over its $n$ inputs. If the weights are drawn
# independently with mean 0, the variances of the terms add up:
#
# $$\text{Var}(z) = n \cdot \text{Var}(w) \cdot E[x^2].$$
#
# Each layer multiplies the size of the signal by $n\,\text{Var}(w)$, and ten layers by its tenth power. Only
# $\text{Var}(w) = 1/n$ leaves it as it was. The $n$ is the number of inputs of *one* unit, its **fan-in**; how many
# units there are does not matter.
#
# Three habits for everything below:
#
# 1. **Draw every number from the `rng` that you are given**, a NumPy `Generator` (`rng.standard_normal(shape)`,
#    `rng.uniform(low, high, shape)`, …), never from `np.random`, and never seed one yourself. Then an experiment can be
#    repeated by its seed, and two layers never get the same weights.
# 2. **A law is given by its variance; most functions ask for the standard deviation**, its root. Look twice at which
#    of the two you are holding.
# 3. **A matrix has the shape `(fan_in, fan_out)`**, for `x @ w`. Try it with `fan_in` unlike `fan_out`: on a square
#    matrix many mistakes are invisible.

# %%
import numpy as np


# %% [markdown]
# ## Equal weights
#
# `zeros_init` is right for a bias, and `constant_init` for a few other parameters. For the weights of a layer both are
# a trap, which you will build a detector for at the end.

# %%
def zeros_init(shape):
    """Make an array of zeros.

    shape: tuple of ints

    Returns a new array of floats.
    """
    raise NotImplementedError("zeros_init is not written yet")


def constant_init(shape, value):
    """Make an array that holds the same number everywhere.

    shape: tuple of ints
    value: a number; an int gives floats, too

    Returns a new array of floats (float64).
    """
    raise NotImplementedError("constant_init is not written yet")


# %% [markdown]
# ## Random weights
#
# The plainest way to make units differ: independent normal numbers with mean 0. `std` is the standard deviation, so the
# variance is `std**2`. An exercise from the lecture: a 100×10 matrix of standard normal numbers has
# $E\|W\|_F^2 = 1000$, one unit of variance for each entry.

# %%
def normal_init(shape, std, rng):
    """Draw independent normal numbers with mean 0.

    shape: tuple of ints
    std: their standard deviation
    rng: np.random.Generator, the only source of randomness

    Returns an array of that shape.
    """
    raise NotImplementedError("normal_init is not written yet")


# %% [markdown]
# ## Xavier: as large as the sum allows
#
# Near zero tanh is the identity, so the calculation above applies as it stands: **variance 1 / fan_in**.
#
# On the way back a gradient passes through the same matrix the other way, and each of its sums has `fan_out` terms.
# Both directions cannot be served unless the two fans are equal; Glorot and Bengio (2010) take their mean, which is
# `mode="avg"` here: **variance 2 / (fan_in + fan_out)**. The default, `mode="in"`, looks forward only.
#
# Numbers that are uniform between $-a$ and $a$ serve as well. Their variance is $a^2/3$, not $a^2$: work out the $a$
# that gives the variance you want.

# %%
def xavier_normal(fan_in, fan_out, rng, mode="in"):
    """Draw normal weights with mean 0 and variance 1 / fan_in.

    fan_in, fan_out: numbers of inputs and of units
    rng: np.random.Generator
    mode: "in", or "avg" for the variance 2 / (fan_in + fan_out)

    Returns a (fan_in, fan_out) array.
    """
    raise NotImplementedError("xavier_normal is not written yet")


def xavier_uniform(fan_in, fan_out, rng, mode="in"):
    """Draw weights that are uniform between -a and a, where a is such that their variance is 1 / fan_in.

    fan_in, fan_out: numbers of inputs and of units
    rng: np.random.Generator
    mode: "in", or "avg" for the variance 2 / (fan_in + fan_out)

    Returns a (fan_in, fan_out) array.
    """
    raise NotImplementedError("xavier_uniform is not written yet")


# %% [markdown]
# ## He: what ReLU takes away
#
# ReLU sets half of its inputs to zero. If $z$ is symmetric about 0, $E[\text{relu}(z)^2] = \tfrac12 \text{Var}(z)$: each
# layer halves the signal, and twenty layers leave a millionth. He et al. (2015) give the factor back:
# **variance 2 / fan_in**.
#
# In a convolution each output number is a sum over all channels *and* over the whole window, so a filter bank of shape
# `(F, C, HH, WW)` has a fan-in of C·HH·WW. `he_conv` draws normal numbers.

# %%
def he_normal(fan_in, fan_out, rng):
    """Draw normal weights with mean 0 and variance 2 / fan_in.

    fan_in, fan_out: numbers of inputs and of units
    rng: np.random.Generator

    Returns a (fan_in, fan_out) array.
    """
    raise NotImplementedError("he_normal is not written yet")


def he_uniform(fan_in, fan_out, rng):
    """Draw weights that are uniform between -a and a, where a is such that their variance is 2 / fan_in.

    fan_in, fan_out: numbers of inputs and of units
    rng: np.random.Generator

    Returns a (fan_in, fan_out) array.
    """
    raise NotImplementedError("he_uniform is not written yet")


def he_conv(shape, rng):
    """Draw normal filters with mean 0 and variance 2 / (number of inputs of one output).

    shape: (F, C, HH, WW), F filters over C channels with windows of HH rows and WW columns
    rng: np.random.Generator

    Returns an array of that shape.
    """
    raise NotImplementedError("he_conv is not written yet")


# %% [markdown]
# ## Watch a signal travel
#
# Now see what the formulas promise. Draw a batch of at least 256 examples of `width` standard normal numbers and send
# it through `depth` layers of `width` units without biases: `h = activation(h @ w)`, with new weights
# `w = init(width, width, rng)` for each layer. Note the mean and the standard deviation of *all numbers of each layer*
# (its activations, behind the activation function; the input is not a layer).
#
# `init` and `activation` are functions: your own `xavier_normal` and `np.tanh` fit as they are. Hand them arrays, and
# call `init` with its three arguments in order, once for each layer.

# %%
def activation_statistics(depth, width, init, activation, rng):
    """Measure the activations of each layer of a deep network at its start.

    depth: number of layers
    width: number of inputs, and of units of each layer
    init: function of (fan_in, fan_out, rng) that returns a (fan_in, fan_out) array of weights
    activation: function of an array that returns an array of the same shape
    rng: np.random.Generator, for the batch and the weights

    Returns means (depth,) and stds (depth,): over all examples and all units of each layer, first layer first.
    """
    raise NotImplementedError("activation_statistics is not written yet")


# %% [markdown]
# ### The pictures of the lecture
#
# When your functions stand, set `draw` to True in the next cell (it needs matplotlib, and is not graded). You should
# see, from left to right and layer by layer: tanh with small weights **collapses** onto 0, so no signal and no gradient
# arrives; with large weights it **saturates** at ±1, where its slope is 0; Xavier keeps it **level**. Under ReLU
# Xavier's weights fade, by $\sqrt{1/2}$ a layer, and He's stay level.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    starts = {
        "tanh, std 0.01": (lambda fan_in, fan_out, rng: normal_init((fan_in, fan_out), 0.01, rng), np.tanh),
        "tanh, std 1": (lambda fan_in, fan_out, rng: normal_init((fan_in, fan_out), 1.0, rng), np.tanh),
        "tanh, Xavier": (xavier_normal, np.tanh),
        "ReLU, Xavier": (xavier_normal, lambda z: np.maximum(z, 0)),
        "ReLU, He": (he_normal, lambda z: np.maximum(z, 0)),
    }
    figure, axes = plt.subplots(1, len(starts), figsize=(15, 3), sharey=True)
    for panel, (title, (start, bend)) in zip(axes, starts.items(), strict=True):
        centers, spreads = activation_statistics(10, 500, start, bend, np.random.default_rng(0))
        panel.errorbar(range(1, 11), centers, yerr=spreads, fmt="o")
        panel.set(title=title, xlabel="layer")
    axes[0].set_ylabel("mean ± standard deviation")
    plt.show()


# %% [markdown]
# ## Units that move as one
#
# Two hidden units with the same incoming weights compute the same number. If their outgoing weights agree as well, they
# get the same gradient, and after the step they agree again: **gradient descent never tells them apart.** A layer that
# begins with equal weights has, for all its width, one unit.
#
# Write the detector, for a network with one hidden layer. Unit `j` owns column `j` of `W1`, entry `j` of `b1` and row
# `j` of `W2`. Two units move as one if all of these agree, in the parameters *and* in the gradients. Agree up to
# rounding, that is: two equal columns of a matrix product may differ in the last digit.

# %%
def symmetry_report(params, grads):
    """Find the hidden units that gradient descent cannot tell apart.

    params: dict of W1 (D, H), b1 (H,), W2 (H, C) and whatever else the network has
    grads: dict of their gradients, with the same keys and shapes

    Returns a list of groups, each a list of unit numbers (0 to H - 1): two or more units whose parameters and whose
    gradients agree up to rounding. No unit is in two groups, and a unit that moves alone is in none. Any order will do.
    """
    raise NotImplementedError("symmetry_report is not written yet")

# %% [markdown]
# Check your work with: autograder check initialization initialization.py
