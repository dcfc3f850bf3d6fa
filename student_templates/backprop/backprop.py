# %% [markdown]
# # Backpropagation by hand
#
# You will write the layers of a small neural network, each as a pair of functions:
#
# - `layer_forward(inputs) -> out, cache` computes the layer and keeps in `cache` whatever the way back will need;
# - `layer_backward(dout, cache) -> gradients` is given `dout`, the gradient of the loss with respect to `out`, and
#   returns the gradient of the loss with respect to each input.
#
# **This is all that backpropagation is: the chain rule, applied from the loss backwards, with caches.** If
# $L$ depends on $x$ only through $\text{out} = f(x)$, then
#
# $$\frac{\partial L}{\partial x_i} =
#   \sum_j \frac{\partial L}{\partial \text{out}_j}\,\frac{\partial \text{out}_j}{\partial x_i}.$$
#
# No layer needs to know what comes after it: everything it must know of the future is in `dout`. Nor do you ever
# build the matrix of all $\partial \text{out}_j / \partial x_i$; each layer has a short formula for its product with
# `dout`.
#
# Five habits that save hours:
#
# 1. **A gradient has the shape of what it is the gradient of.** `dx.shape == x.shape`, always. When you are unsure of
#    a matrix product, the shapes leave one way to write it.
# 2. **A value that is used several times collects a sum.** A bias is added to every row of a batch, so its
#    gradient is the *sum* over the rows.
# 3. **Divide by the batch size once, in the loss.** The loss is a mean, so its gradient carries the 1/N; a layer that
#    divides again makes every gradient N times too small.
# 4. **Never write into what you were given.** An `x -= x.max()` or a `dout[x < 0] = 0` changes arrays that others
#    still need. Make new ones.
# 5. **Test on shapes that are all different**, such as 4 rows of 3 features into 5 units, and with a random `dout`. A
#    wrong transpose is invisible on square matrices, and an ignored `dout` is invisible if it is all ones.

# %%
import numpy as np


# %% [markdown]
# ## The affine layer
#
# Each row of `x` is one example. The layer computes `out = x @ w + b`; an example that is itself an array (an image,
# say) is first laid out as one row of D numbers.
#
# On the way back, write one element as a sum, $\text{out}_{nm} = \sum_d x_{nd} w_{dm} + b_m$, and read off the three
# gradients:
#
# - $x_{nd}$ meets $w_{dm}$ for every $m$: $\;\partial L/\partial x_{nd} = \sum_m \text{dout}_{nm} w_{dm}$;
# - $w_{dm}$ meets $x_{nd}$ for every $n$: $\;\partial L/\partial w_{dm} = \sum_n x_{nd}\, \text{dout}_{nm}$;
# - $b_m$ is added to every row: $\;\partial L/\partial b_m = \sum_n \text{dout}_{nm}$.
#
# The first two are matrix products; compare their indices with habit 1. They also say why scale matters: `dx` is
# `dout` times the weights, so in a deep stack the gradient is multiplied by one weight matrix after the other. With
# weights too large it explodes, with weights too small it vanishes, and `dw` does the same with the size of `x`.

# %%
def affine_forward(x, w, b):
    """Compute an affine layer.

    x: (N, d1, ..., dk), one example a row; D = d1 * ... * dk
    w: (D, M)
    b: (M,)

    Returns out (N, M) and a cache for `affine_backward`.
    """
    raise NotImplementedError("affine_forward is not written yet")


def affine_backward(dout, cache):
    """Pass a gradient back through an affine layer.

    dout: (N, M), gradient of the loss with respect to out
    cache: what `affine_forward` returned

    Returns dx (in x's shape), dw (D, M), db (M,).
    """
    raise NotImplementedError("affine_backward is not written yet")


# %% [markdown]
# ## Rectifiers
#
# An activation works on each element alone, so its Jacobian is diagonal and the chain rule is a plain product:
# `dx = dout * f'(x)`.
#
# ReLU, `max(x, 0)`, has slope 1 where `x` is positive and 0 where it is negative: the backward pass lets a gradient
# through or stops it, and **the sign of the input decides**, not the sign of `dout`. At exactly 0 there is no slope;
# take 0 or 1.
#
# A unit whose input is negative for every example learns nothing. Leaky ReLU, `max(alpha * x, x)` with a small
# `alpha`, leaves it a slope of `alpha`.

# %%
def relu_forward(x):
    """Compute max(x, 0) for each element.

    x: any shape

    Returns out (in x's shape) and a cache for `relu_backward`.
    """
    raise NotImplementedError("relu_forward is not written yet")


def relu_backward(dout, cache):
    """Pass a gradient back through ReLU.

    dout: in the shape of out
    cache: what `relu_forward` returned

    Returns dx, in the same shape.
    """
    raise NotImplementedError("relu_backward is not written yet")


# %%
def leaky_relu_forward(x, alpha=0.01):
    """Compute max(alpha * x, x) for each element.

    x: any shape
    alpha: slope where x is negative, between 0 and 1

    Returns out (in x's shape) and a cache for `leaky_relu_backward`.
    """
    raise NotImplementedError("leaky_relu_forward is not written yet")


def leaky_relu_backward(dout, cache):
    """Pass a gradient back through leaky ReLU.

    dout: in the shape of out
    cache: what `leaky_relu_forward` returned

    Returns dx, in the same shape.
    """
    raise NotImplementedError("leaky_relu_backward is not written yet")


# %% [markdown]
# ## Squashing functions
#
# Both slopes can be written with the *output*, so the output is all that the cache must hold:
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}},\quad \sigma' = \sigma\,(1 - \sigma) \qquad\qquad \tanh' = 1 - \tanh^2$$
#
# Look at the sizes. The sigmoid's slope is 0.25 at best, at 0, and 0.0066 at ±5. Each sigmoid layer therefore takes
# at least three quarters of the gradient away: ten of them leave a millionth. That is the vanishing gradient, and the
# reason why deep networks moved to ReLU. Tanh's slope reaches 1.
#
# Mind the range of floating point: `np.exp(1000)` overflows. A sigmoid that only ever takes `exp` of negative numbers
# is right everywhere.

# %%
def sigmoid_forward(x):
    """Compute 1 / (1 + exp(-x)) for each element, without overflow at ±1000.

    x: any shape

    Returns out (in x's shape) and a cache for `sigmoid_backward`.
    """
    raise NotImplementedError("sigmoid_forward is not written yet")


def sigmoid_backward(dout, cache):
    """Pass a gradient back through the sigmoid.

    dout: in the shape of out
    cache: what `sigmoid_forward` returned

    Returns dx, in the same shape.
    """
    raise NotImplementedError("sigmoid_backward is not written yet")


# %%
def tanh_forward(x):
    """Compute tanh(x) for each element, without overflow at ±1000.

    x: any shape

    Returns out (in x's shape) and a cache for `tanh_backward`.
    """
    raise NotImplementedError("tanh_forward is not written yet")


def tanh_backward(dout, cache):
    """Pass a gradient back through tanh.

    dout: in the shape of out
    cache: what `tanh_forward` returned

    Returns dx, in the same shape.
    """
    raise NotImplementedError("tanh_backward is not written yet")


# %% [markdown]
# ## Losses
#
# A loss is the end of the network: it returns a single number, and with it the gradient that starts the way back.
#
# **Softmax and cross-entropy.** The scores of one example become probabilities $p_c = e^{x_c} / \sum_k e^{x_k}$, and
# the loss is $-\log p_y$ for the correct class $y$, averaged over the batch. Taken together the two have a gradient
# that is hard to beat:
#
# $$\frac{\partial L}{\partial x_{nc}} = \frac{1}{N}\,\bigl(p_{nc} - [c = y_n]\bigr).$$
#
# The probabilities do not change when a constant is added to all scores of an example. Use that: subtract each
# *row's* maximum, and `exp` cannot overflow. Stay with logarithms, $\log p_c = x_c - \log \sum_k e^{x_k}$, and a
# probability that rounds to 0 does no harm either.
#
# Three things you can check without any tool: with equal scores the loss is $\log C$; adding a constant to a row
# changes nothing; each row of `dx` sums to 0.
#
# **Mean squared error** is the mean over *all elements*, so its gradient carries 1 / (number of elements), not 1/N.

# %%
def softmax_loss(x, y):
    """Compute the mean cross-entropy of softmax(x), and its gradient. Finite even for scores of ±1000.

    x: (N, C), scores
    y: (N,), the correct classes, integers from 0 to C - 1

    Returns the loss (a float) and dx (N, C).
    """
    raise NotImplementedError("softmax_loss is not written yet")


# %%
def mse_loss(x, y):
    """Compute the mean of (x - y)**2 over all elements, and its gradient with respect to x.

    x: any shape, predictions
    y: in x's shape, targets

    Returns the loss (a float) and dx (in x's shape).
    """
    raise NotImplementedError("mse_loss is not written yet")


# %% [markdown]
# ## A network
#
# Now put the pieces together: affine – ReLU – affine – softmax loss. Going forward, keep each layer's cache; going
# back, call the backward functions **in reverse order**, and hand each one what the one after it returned.
#
# Regularisation adds $\tfrac12\,\text{reg}\,(\|W_1\|^2 + \|W_2\|^2)$ to the loss. It is a second path from the
# weights to the loss, so its gradient, $\text{reg} \cdot W$, is *added* to the one that came through the network.
# Biases are left alone.

# %%
def two_layer_loss(params, x, y, reg=0.0):
    """Compute the loss of an affine - ReLU - affine - softmax network, and the gradients of its parameters.

    params: dict of W1 (D, H), b1 (H,), W2 (H, C), b2 (C,)
    x: (N, D)
    y: (N,), the correct classes
    reg: strength of the penalty 0.5 * reg * (sum of W1**2 + sum of W2**2)

    Returns the loss (a float) and grads, a dict with the keys and shapes of params.
    """
    raise NotImplementedError("two_layer_loss is not written yet")


# %% [markdown]
# ## Check yourself
#
# How do you know that a gradient is right? Move one element of `x` a little to either side and see what the loss
# does:
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}$$
#
# Looking to *both* sides makes the error proportional to $h^2$; with one side it is proportional to $h$. A smaller
# `h` is not always better: the difference of two nearly equal numbers loses digits. Around 1e-5 both errors are
# small.
#
# To check a layer whose output is an array, choose a random `dout` and differentiate `f = lambda x: np.sum(dout *
# layer(x))`: the result must agree with your `dx` to about eight digits. Stay away from the kinks of ReLU, where the
# two sides disagree.

# %%
def numerical_gradient(f, x, h=1e-5):
    """Estimate the gradient of f at x by central differences, one element at a time.

    f: a function of one array in x's shape that returns a float
    x: any shape; unchanged afterwards
    h: the step to either side

    Returns the gradient, in x's shape.
    """
    raise NotImplementedError("numerical_gradient is not written yet")

# %% [markdown]
# Check your work with: autograder check backprop backprop.py
