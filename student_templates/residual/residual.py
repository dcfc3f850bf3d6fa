# %% [markdown]
# # Skip connections, and how far a gradient gets
#
# Until 2015, networks got worse when they got deeper than about twenty layers, on the *training* data too: it was not
# overfitting, they could not be trained. The cure of He, Zhang, Ren and Sun was one plus sign:
#
# $$y = x + F(x).$$
#
# A block no longer computes its output, it computes a **correction** of its input. Look at what that does to a
# gradient on its way back. For a block with one number in and out,
#
# $$\frac{\partial J}{\partial x} = \frac{\partial J}{\partial y}\,\bigl(F'(x) + 1\bigr).$$
#
# The 1 makes the difference. In a plain stack the gradient is multiplied by $F'$ in every layer: twenty factors of 0.5
# leave a millionth of it, twenty factors of 2 make it a million times too large. With the shortcut the factors are
# $1 + F'$, near 1 when the branch is small, and a copy of the gradient reaches every layer untouched. A branch that is
# zero makes the block the identity, so a deeper network can always do what a shallower one does.
#
# You will write such blocks in NumPy, measure the gradient in a deep stack, and then write a block and a gradient in
# PyTorch. Five habits for this assignment:
#
# 1. **A value that is used twice collects a sum.** `x` goes into the branch *and* into the shortcut, so `dx` is the sum
#    of what comes back from both. This is the one line that most people forget.
# 2. **The plus sign copies.** Both of its inputs receive `dout` as it is: not half of it each.
# 3. **Never write into what you were given.** `x += F(x)` looks like the formula, changes the caller's array, and
#    spoils the `x` that your cache needs.
# 4. **A gradient has the shape of what it is the gradient of**, and no layer divides by N: that belongs to the loss.
# 5. **Test with a zero branch.** With $W_2 = 0$ and $b_2 = 0$ you must find $y = x$ and $dx = \text{dout}$, exactly.

# %%
import numpy as np
import torch
from torch import nn


# %% [markdown]
# ## A residual block
#
# The branch is a small network, affine – ReLU – affine, and examples are rows:
#
# $$y = x + \mathrm{relu}(x W_1 + b_1)\,W_2 + b_2.$$
#
# There is no ReLU behind the sum: it would keep the block from being the identity, and the gradient from passing.
#
# Back, follow the branch from its end to its beginning as in `backprop`, with `dout` coming in:
#
# - through $W_2$: $\;d\text{hidden} = \text{dout}\,W_2^\top$;
# - through the ReLU: only where the branch's *own* pre-activation was positive, not where `x` or `y` is;
# - through $W_1$: $\;\cdot\,W_1^\top$, and **then add the shortcut's** `dout`.
#
# Check it by hand. A branch whose hidden units are all on is linear, $F(x) = xA$ with $A = W_1 W_2$, and
# $dx = \text{dout}\,(I + A)^\top$. Twenty blocks with $A = aI$ multiply the gradient by $(1 + a)^{20}$: by 6.7 for
# $a = 0.1$, where twenty plain layers would multiply it by $10^{-20}$.

# %%
def residual_forward(x, params):
    """Compute x + relu(x @ W1 + b1) @ W2 + b2.

    x: (N, D), one example a row
    params: dict of W1 (D, H), b1 (H,), W2 (H, D), b2 (D,)

    Returns out (N, D) and a cache for `residual_backward`.
    """
    raise NotImplementedError("residual_forward is not written yet")


def residual_backward(dout, cache):
    """Pass a gradient back through a residual block.

    dout: (N, D), gradient of the loss with respect to out
    cache: what `residual_forward` returned

    Returns dx (N, D) and grads, a dict with the keys and shapes of params.
    """
    raise NotImplementedError("residual_backward is not written yet")


# %% [markdown]
# ## When the widths differ
#
# A sum needs two arrays of one shape. Where a block changes the width from D to M, the shortcut must change it too,
# with a matrix of its own and nothing else (no bias, no ReLU):
#
# $$y = x W_s + \mathrm{relu}(x W_1 + b_1)\,W_2 + b_2.$$
#
# The shortcut has become a linear layer, so the gradient comes back through $W_s^\top$, and $W_s$ wants a gradient too.

# %%
def projection_block_forward(x, params):
    """Compute x @ Ws + relu(x @ W1 + b1) @ W2 + b2.

    x: (N, D)
    params: dict of W1 (D, H), b1 (H,), W2 (H, M), b2 (M,), Ws (D, M)

    Returns out (N, M) and a cache for `projection_block_backward`.
    """
    raise NotImplementedError("projection_block_forward is not written yet")


def projection_block_backward(dout, cache):
    """Pass a gradient back through a block with a projection.

    dout: (N, M)
    cache: what `projection_block_forward` returned

    Returns dx (N, D) and grads, a dict with the keys and shapes of params.
    """
    raise NotImplementedError("projection_block_backward is not written yet")


# %% [markdown]
# ## An experiment: how far does a gradient get?
#
# Build a stack of `depth` layers without biases, and look at the gradient of the sum of its outputs,
# $L = \sum_i (h_\text{depth})_i$, at every level on the way back. The ReLU stands before the weights, so that a branch
# can be negative as well as positive (He et al., 2016):
#
# - plain: $\;h_{l+1} = \mathrm{relu}(h_l)\,W_l$;
# - residual: $\;h_{l+1} = h_l + \mathrm{relu}(h_l)\,W_l$.
#
# The input and the weights are random: $h_0$ is standard normal, and the entries of $W_l$ are normal with standard
# deviation
#
# $$\text{gain}\,\sqrt{\frac{2}{\text{width}}} \quad\text{(plain)}, \qquad
#   \text{gain}\,\sqrt{\frac{2}{\text{width}\cdot\text{depth}}} \quad\text{(residual)}.$$
#
# A ReLU lets half of a gradient's squares through, which the 2 makes good: one plain layer multiplies the gradient's
# length by `gain`, so this is the $|g'w|$ of the lecture. Below 1 the gradient vanishes with depth, above 1 it
# explodes, and only at exactly 1 it survives. A residual layer multiplies the *squared* length by about
# $1 + \text{gain}^2/\text{depth}$, all of them together by $e^{\text{gain}^2}$, however deep the stack is.
# Without the depth in the deviation it would still not vanish, but grow by $(1 + \text{gain}^2)^\text{depth}$: a shortcut
# saves you from vanishing gradients, not from too large branches.
#
# Draw $h_0$ first and then the weights, layer by layer, from the generator that you are given, with
# `rng.standard_normal` or `rng.normal`: a generator of your own could not be repeated.

# %%
def deep_stack_gradient_norms(depth, width, kind, rng, gain=0.5):
    """Measure the gradient of sum(h_depth) with respect to every h_l in a random stack.

    depth: number of layers
    width: length of every h_l
    kind: "plain" or "residual"
    rng: a np.random.Generator; h_0 (width,) is drawn first, then W_0, W_1, ..., each (width, width)
    gain: factor of the weights' standard deviation, see above

    Returns norms (depth + 1,): the Euclidean norm of the gradient with respect to h_0, h_1, ..., h_depth.
    """
    raise NotImplementedError("deep_stack_gradient_norms is not written yet")


# %% [markdown]
# ## A block of convolutions in PyTorch
#
# PyTorch differentiates for you; what remains is to say what depends on what. The block of ResNet is
#
# $$y = \mathrm{shortcut}(x) + \mathrm{BN}\bigl(\mathrm{conv}(\mathrm{relu}(\mathrm{BN}(\mathrm{conv}(x))))\bigr)$$
#
# with 3×3 convolutions of padding 1. The first one takes the stride and changes the number of channels; the second
# keeps both. The shortcut is `x` itself where it fits. Where the stride is not 1 or the number of channels changes, it
# is a 1×1 convolution with the same stride, followed by batch normalisation. As above there is no ReLU behind the sum.
#
# Your block is judged with weights that the grader loads into it, so it must have the right layers. Call them
# `conv1`, `bn1`, `conv2`, `bn2` and `shortcut`, where `shortcut` is an empty `nn.Sequential()` or one of a convolution
# and a normalisation. Other names pass too if your layers can be told apart: make them in this order. Convolutions
# need no bias, for the normalisation takes it away again; if yours have one, it is set to 0.

# %%
class ResidualBlock(nn.Module):
    """conv3x3(stride) - BN - ReLU - conv3x3 - BN, plus a shortcut: x itself, or conv1x1(stride) - BN where the shape changes.

    in_channels, out_channels, stride: x (N, in_channels, H, W) becomes (N, out_channels, ceil(H / stride), ceil(W / stride))
    """

    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        raise NotImplementedError("ResidualBlock.__init__ is not written yet")

    def forward(self, x):
        """x (N, in_channels, H, W) -> (N, out_channels, H', W')"""
        raise NotImplementedError("ResidualBlock.forward is not written yet")


# %% [markdown]
# ## A gradient of your own in PyTorch
#
# A `torch.autograd.Function` is a layer as you have written them above, with PyTorch's names: `ctx` is the cache,
# tensors are kept with `ctx.save_for_backward(...)` and come back as `ctx.saved_tensors`, and `backward` returns one
# gradient for each argument of `forward`, in that order. Autograd calls it and believes every word, so nobody but you
# looks after its shapes: PyTorch quietly sums a `db1` of shape (N, H) down to (H,), the grader does not.
#
# Write the residual block once more, with a backward pass by hand: no `torch.autograd.grad`, no `.backward()`, no
# `torch.func` in it.

# %%
class residual_autograd(torch.autograd.Function):  # noqa: N801 (it is used like a function)
    """x + relu(x @ W1 + b1) @ W2 + b2 as `residual_autograd.apply(x, W1, b1, W2, b2)`, with a backward pass by hand."""

    @staticmethod
    def forward(ctx, x, W1, b1, W2, b2):
        """x (N, D), W1 (D, H), b1 (H,), W2 (H, D), b2 (D,) -> out (N, D)"""
        raise NotImplementedError("residual_autograd.forward is not written yet")

    @staticmethod
    def backward(ctx, dout):
        """dout (N, D) -> dx, dW1, db1, dW2, db2"""
        raise NotImplementedError("residual_autograd.backward is not written yet")

# %% [markdown]
# Check your work with: autograder check residual residual.py
