# %% [markdown]
# # Batch, spatial and layer normalisation
#
# A layer that learns from inputs of mean 100 and spread 0.01 learns badly, and in a deep network the inputs of every
# layer drift while the layers before it learn. Normalisation takes the mean and the spread away, and then gives the
# network two parameters with which it can put back whatever it needs:
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad \text{out} = \gamma\,\hat x + \beta.$$
#
# The three layers of this assignment differ only in *what the mean and the variance are taken over*:
#
# | layer | input | statistics over | one mean for each |
# |---|---|---|---|
# | batch | (N, D) | the batch, N | feature |
# | spatial batch | (N, C, H, W) | the batch and all pixels, N · H · W | channel |
# | layer | (N, D) | the features, D | example |
#
# As before, each layer is a pair: `forward → out, cache` and `backward(dout, cache) → gradients`.
#
# Agreed for all three, as in algorithm 1 of Ioffe & Szegedy (2015):
#
# - the variance is the mean of the squared deviations, $\sigma^2 = \frac1N \sum_n (x_n - \mu)^2$; N, not N − 1;
# - $\varepsilon$ is added to the variance, *inside* the root, so that a constant feature gives $\hat x = 0$, not 0/0;
# - $\gamma$ and $\beta$ have one number for each feature (D,) or channel (C,), and so have their gradients.

# %%
import numpy as np


# %% [markdown]
# ## Batch normalisation
#
# **Two modes.** In training the statistics are those of the batch. At test time an example must not depend on the
# company it happens to keep, so the layer uses statistics that it collected in training, a running average:
#
# $$\text{running} \leftarrow m \cdot \text{running} + (1 - m) \cdot \text{batch},$$
#
# with momentum $m$, for the mean and for the variance. They live in `state`, a dict with `running_mean` and
# `running_var`, both (D,). In training you return a *new* dict and leave the old one alone; at test time you read the
# state and return it as it is. Then every row of `out` is a function of its own row of `x` alone.
#
# **The way back.** Look at the graph. `x` reaches `out` on three paths: directly, through the mean, and through the
# variance (which contains the mean again):
#
# ```
# x ──────────────┬─► centred = x - mean ──┬──────────────► xhat = centred / std ─► out = gamma * xhat + beta
# └─► mean ───────┘                        └─► var ─► std ──┘
# ```
#
# Go through it from the right, one arrow at a time. A value that is used twice collects the *sum* of what comes back
# on both arrows; a value that was broadcast to N rows (`mean`, `std`, `gamma`, `beta`) collects the sum over the rows.
# The usual mistake is to take `mean` and `std` for constants. That loses two of the three paths.
#
# A way to check yourself: adding a constant to a feature changes nothing, so **each column of `dx` sums to 0**.
# Scaling a feature changes nothing either (but for $\varepsilon$), so **each column of `dx` is orthogonal to that of
# `xhat`**.

# %%
def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """Normalise each feature over the batch (training) or with the running statistics (otherwise).

    x: (N, D)
    gamma, beta: (D,), scale and shift
    state: dict of running_mean (D,) and running_var (D,); unchanged afterwards
    training: whether to use the batch's statistics, and to update the running ones
    momentum: how much of the running statistics is kept: momentum * running + (1 - momentum) * batch
    eps: added to the variance, inside the root

    Returns out (N, D), a cache for the backward functions (which are called after training only), and the new state;
    with training=False the state is returned as it is.
    """
    raise NotImplementedError("batchnorm_forward is not written yet")


def batchnorm_backward(dout, cache):
    """Pass a gradient back through batch normalisation, one step of the graph at a time.

    dout: (N, D), gradient of the loss with respect to out
    cache: what `batchnorm_forward` returned in training

    Returns dx (N, D), dgamma (D,), dbeta (D,).
    """
    raise NotImplementedError("batchnorm_backward is not written yet")


# %% [markdown]
# ## The closed form
#
# Put the steps together on paper and nearly everything cancels. With a bar for the mean over the batch:
#
# $$dx = \frac{1}{\sqrt{\sigma^2 + \varepsilon}}
#   \left(d\hat x - \overline{d\hat x} - \hat x \cdot \overline{d\hat x\,\hat x}\right),
#   \qquad d\hat x = \gamma\, dout.$$
#
# Read it as geometry: what points along $1$ (the mean) and along $\hat x$ (the spread) is taken out of $d\hat x$, since
# the layer does not let it through, and the rest is scaled. Two lines of code, one cached array, and the same values.

# %%
def batchnorm_backward_alt(dout, cache):
    """Pass a gradient back through batch normalisation by the closed form.

    dout: (N, D)
    cache: what `batchnorm_forward` returned in training

    Returns dx (N, D), dgamma (D,), dbeta (D,): the values that `batchnorm_backward` gives.
    """
    raise NotImplementedError("batchnorm_backward_alt is not written yet")


# %% [markdown]
# ## Spatial batch normalisation
#
# In a convolutional layer a channel is *one* feature that is computed at every pixel. So it gets one mean, one
# variance, one gamma and one beta, over all N images and all H × W pixels.
#
# That is plain batch normalisation of N · H · W rows of C numbers. Mind how the rows are made: `x.reshape(-1, C)` has
# the right shape and the wrong numbers, since neighbours in memory are neighbours in a row of pixels, not in channels.
# Move the channels to the end first.

# %%
def spatial_batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """Normalise each channel over the batch and all pixels.

    x: (N, C, H, W)
    gamma, beta: (C,)
    state: dict of running_mean (C,) and running_var (C,); unchanged afterwards
    training, momentum, eps: as in `batchnorm_forward`

    Returns out (N, C, H, W), a cache for `spatial_batchnorm_backward`, and the new state.
    """
    raise NotImplementedError("spatial_batchnorm_forward is not written yet")


def spatial_batchnorm_backward(dout, cache):
    """Pass a gradient back through spatial batch normalisation.

    dout: (N, C, H, W)
    cache: what `spatial_batchnorm_forward` returned in training

    Returns dx (N, C, H, W), dgamma (C,), dbeta (C,).
    """
    raise NotImplementedError("spatial_batchnorm_backward is not written yet")


# %% [markdown]
# ## Layer normalisation
#
# Statistics of a batch of two mean little, and in a sequence it is not even clear what the batch is. Layer
# normalisation (Ba, Kiros & Hinton, 2016) takes the mean and the variance of *each example over its own features*.
# Nothing depends on the other examples, so there is one mode only, and no state.
#
# The other axis is nearly all that changes, with one catch. `gamma` still belongs to the features, so now it varies
# *along* the axis that is averaged over: it cannot be taken out of the mean. Multiply by `gamma` first, then subtract
# the means. `dgamma` and `dbeta` are still sums over the batch.

# %%
def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Normalise each example over its features.

    x: (N, D)
    gamma, beta: (D,)
    eps: added to the variance, inside the root

    Returns out (N, D) and a cache for `layernorm_backward`.
    """
    raise NotImplementedError("layernorm_forward is not written yet")


def layernorm_backward(dout, cache):
    """Pass a gradient back through layer normalisation.

    dout: (N, D)
    cache: what `layernorm_forward` returned

    Returns dx (N, D), dgamma (D,), dbeta (D,).
    """
    raise NotImplementedError("layernorm_backward is not written yet")

# %% [markdown]
# Check your work with: autograder check batchnorm batchnorm.py
