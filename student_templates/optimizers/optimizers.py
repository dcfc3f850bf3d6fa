# %% [markdown]
# # Optimizers
#
# Backpropagation says which way is downhill. You will now write what decides how to walk: four update rules, two
# schedules for the learning rate, and the loop that trains a model with them.
#
# Every update rule has the same form:
#
# `rule(w, dw, state, ...) -> new w, new state`
#
# `w` is one array of parameters and `dw` the gradient of the loss with respect to it. `state` is whatever the rule
# must remember from one step to the next: a velocity, an average, a count. It is `None` on the first call; afterwards
# it is what the last call returned. What is in it, and how, is up to you: an array, a tuple, a dict, an object.
#
# Four habits that save hours:
#
# 1. **Each parameter array has a state of its own.** A global variable, or one state passed to all, mixes them up.
# 2. **Leave `w` and `dw` as they are.** `w -= lr * dw` changes the caller's array; `w - lr * dw` makes a new one.
# 3. **Store what you averaged, and use what you corrected.** Most wrong optimizers still run downhill, only slower, so
#    looking at a loss curve does not find them.
# 4. **Try the cases that you can do in your head**: a gradient that never changes, a single push and then nothing, the
#    very first step. Each rule below has an answer to them in one line.

# %%
import numpy as np


# %% [markdown]
# ## Gradient descent
#
# A step against the gradient, as long as the learning rate says: $w \leftarrow w - \eta\, g$. Nothing is remembered, so
# the state may be anything.
#
# On a bowl $f(w) = \tfrac12 \lambda w^2$ the gradient is $\lambda w$ and each step multiplies $w$ by $1 - \eta\lambda$.
# That settles the learning rate: beyond $2/\lambda$ the factor exceeds 1 in size and the walk diverges. With several
# directions the steepest one sets this limit, and the flattest one is then walked at a crawl. If the largest $\lambda$
# is 100 times the smallest (a ravine, condition number 100), even the best $\eta$ shrinks the error by only 2 % a step.

# %%
def sgd(w, dw, state, lr=1e-2):
    """Take one step of gradient descent.

    w: any shape
    dw: in w's shape, the gradient of the loss
    state: None at first, then what the last call returned
    lr: learning rate

    Returns the new w (in w's shape) and the new state. w and dw are left as they were.
    """
    raise NotImplementedError("sgd is not written yet")


# %% [markdown]
# ## Momentum
#
# Across a ravine the gradient points now one way, now the other; along it, always the same way. So let a velocity add
# the gradients up, and lose a part of itself at every step:
#
# $$v \leftarrow \mu v - \eta\, g, \qquad w \leftarrow w + v, \qquad v = 0 \text{ at first}.$$
#
# What swings cancels, what persists grows. With the same gradient again and again, $v$ approaches $-\eta g/(1 - \mu)$,
# ten times the plain step for $\mu = 0.9$. After a single push $g$, followed by zeros, $w$ glides on by $-\eta g$,
# $-\mu\eta g$, $-\mu^2\eta g$, … And $\mu = 0$ is plain gradient descent.
#
# You may keep the learning rate outside the velocity instead, $v \leftarrow \mu v + g$ and $w \leftarrow w - \eta v$:
# it is the same walk as long as $\eta$ stays the same. But do not write $(1 - \mu)\, g$: that is an average, ten times
# too small. Nor is this Nesterov's rule, which adds $\mu v - \eta g$ a second time.

# %%
def sgd_momentum(w, dw, state, lr=1e-2, momentum=0.9):
    """Take one step of gradient descent with momentum.

    w: any shape
    dw: in w's shape, the gradient of the loss
    state: None at first, then what the last call returned
    lr: learning rate
    momentum: the part of the velocity that is kept, from 0 to below 1

    Returns the new w (in w's shape) and the new state. w and dw are left as they were.
    """
    raise NotImplementedError("sgd_momentum is not written yet")


# %% [markdown]
# ## RMSProp
#
# A ravine is steep in one direction and flat in another, and one learning rate cannot suit both. RMSProp measures how
# large the gradient of each single element usually is, and divides by it:
#
# $$s \leftarrow \rho s + (1 - \rho)\, g^2, \qquad w \leftarrow w - \frac{\eta\, g}{\sqrt{s} + \epsilon},
# \qquad s = 0 \text{ at first}.$$
#
# Multiply all gradients by a thousand and nothing changes. The little $\epsilon$ keeps an element without a gradient
# from dividing 0 by 0; it may stand outside the root or under it, $\sqrt{s + \epsilon}$.
#
# As $s$ starts at 0, it is too small for a while: with a constant gradient step $t$ has the length
# $\eta/\sqrt{1 - \rho^t}$, which for $\rho = 0.99$ is ten times $\eta$ at first.

# %%
def rmsprop(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """Take one step of RMSProp.

    w: any shape
    dw: in w's shape, the gradient of the loss
    state: None at first, then what the last call returned
    lr: learning rate
    decay: the part of the mean square that is kept, from 0 to below 1
    eps: keeps the divisor away from 0, outside the root or under it

    Returns the new w (in w's shape) and the new state. w and dw are left as they were.
    """
    raise NotImplementedError("rmsprop is not written yet")


# %% [markdown]
# ## Adam
#
# Adam does both: it averages the gradient, as momentum does, and its square, as RMSProp does.
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2$$
#
# Both start at 0 and so are too small at first: after $t$ steps with a constant gradient, $m = (1 - \beta_1^t)\, g$. This
# bias is known exactly, so divide it out:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad
# w \leftarrow w - \frac{\eta\, \hat m}{\sqrt{\hat v} + \epsilon}, \qquad t = 1 \text{ on the first call}.$$
#
# The corrected $\hat m$ and $\hat v$ serve this one step; what the state keeps is $m$, $v$ and $t$. Leave the
# correction out, and the first step is $0.1/\sqrt{0.001} \approx 3.2$ times too long; forget to count $t$ up, and the
# steps go wrong from the second on.
#
# With the correction a constant gradient gives steps of length $\eta$ from the very first to the last, whatever its
# size and whatever $\beta_1$ and $\beta_2$. For gradients 1 and then 3 the second step is
# $\eta\,\frac{3 + \beta_1}{1 + \beta_1}\sqrt{\frac{1 + \beta_2}{9 + \beta_2}}$; work it out, it takes two lines.

# %%
def adam(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Take one step of Adam.

    w: any shape
    dw: in w's shape, the gradient of the loss
    state: None at first, then what the last call returned
    lr: learning rate
    beta1, beta2: the parts of the two averages that are kept, from 0 to below 1
    eps: added to the root, outside it

    Returns the new w (in w's shape) and the new state. w and dw are left as they were.
    """
    raise NotImplementedError("adam is not written yet")


# %% [markdown]
# ## Schedules
#
# Far from the minimum long steps are good; close to it the noise of the mini-batches makes them jump about. So the
# learning rate is made to fall with time:
#
# - exponentially, $\eta_t = \eta_0\, e^{-kt}$: it halves every $\ln 2 / k$;
# - as one over time, $\eta_t = \eta_0 / (1 + kt)$: it has halved at $t = 1/k$, and takes ever longer to halve again.
#
# `t` may be a number or an array of many times.

# %%
def exponential_decay(lr0, k, t):
    """Compute lr0 * exp(-k * t).

    lr0: the learning rate at t = 0
    k: the rate of decay
    t: a number, or an array of any shape

    Returns a float, or an array in t's shape. t is left as it was.
    """
    raise NotImplementedError("exponential_decay is not written yet")


def inverse_time_decay(lr0, k, t):
    """Compute lr0 / (1 + k * t).

    lr0: the learning rate at t = 0
    k: the rate of decay
    t: a number, or an array of any shape

    Returns a float, or an array in t's shape. t is left as it was.
    """
    raise NotImplementedError("inverse_time_decay is not written yet")


# %% [markdown]
# ## Mini-batches
#
# The gradient of a few examples costs a fraction of the gradient of all, and points nearly the same way. An epoch goes
# through all examples in mini-batches, **each example exactly once, in a random order**. If the data are sorted (all
# zeros first, then all ones …), batches that are cut off in the given order pull the weights one way after another.
#
# One call is one epoch. Take randomness from `rng`, a `np.random.Generator`, and from nowhere else: then the same seed
# gives the same run again, and the next call with the same `rng` gives another order. You may `yield` the batches or
# return a list of them.

# %%
def minibatches(n, batch_size, rng):
    """Split the indices of n examples into mini-batches, in random order.

    n: the number of examples
    batch_size: the number of indices in each batch but the last, which holds those that are left
    rng: a np.random.Generator, the only source of randomness

    Yields one-dimensional arrays of integers; every index from 0 to n - 1 is in exactly one of them.
    """
    raise NotImplementedError("minibatches is not written yet")


# %% [markdown]
# ## Training
#
# Now the loop. For each epoch and each mini-batch: ask for the loss and the gradients at the current parameters, note
# the loss, and update every parameter array with its own gradient and its own state.
#
# `optimizer` is a function of `w`, `dw` and `state` alone. To choose a learning rate, fix it beforehand:
#
# ```python
# from functools import partial
# params, history = train(loss_and_grads, params, partial(adam, lr=0.1), 100, 16, 20, np.random.default_rng(0))
# ```

# %%
def train(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """Train with mini-batches.

    loss_and_grads: called as loss_and_grads(params, indices) with a mini-batch of indices; returns its loss (a float)
        and grads, a dict with the keys and shapes of params
    params: dict of arrays, where training starts; left as it was
    optimizer: called as optimizer(w, dw, state) for one array; returns the new w and the new state
    data_size: the number of examples
    batch_size: the number of examples in each mini-batch but the last of an epoch
    epochs: how many times to go through all examples, each time in a new random order
    rng: a np.random.Generator, the only source of randomness

    Returns the trained params (a new dict) and the history, a list of the losses of all steps in their order.
    """
    raise NotImplementedError("train is not written yet")

# %% [markdown]
# Check your work with: autograder check optimizers optimizers.py
