# %% [markdown]
# # Losses: what a network is asked to make small
#
# A network learns whatever its loss rewards. This notebook builds the losses of the lectures from the ground up: first
# what it means that two distributions differ, then the two cross-entropies that train nearly every classifier, then two
# losses that know nothing of probabilities, the hinge loss of the support vector machine and least squares.
#
# **How surprising is an outcome?** Something that has probability $p$ surprises by $-\ln p$: certainty not at all, one
# in a million a great deal. Surprises of independent events add up, which is what the logarithm is there for. All that
# follows is a mean of such surprises, in **nats** (natural logarithms):
#
# | | | |
# |---|---|---|
# | entropy | $H(P) = -\sum_k p_k \ln p_k$ | the mean surprise of someone who knows $P$ |
# | cross-entropy | $H(P, Q) = -\sum_k p_k \ln q_k$ | … of someone who believes $Q$, while $P$ is true |
# | divergence | $D_{KL}(P \| Q) = H(P, Q) - H(P)$ | what the wrong belief costs |
#
# Three habits for everything below:
#
# 1. **A loss is a mean over the batch** where it says so, and its gradient is the gradient of *that* mean: the 1/N
#    belongs to both, once.
# 2. **Never take the logarithm of a number that may have been rounded to 0.** Logits of ±1000 are ordinary early in a
#    training that goes wrong, and a loss of NaN tells you nothing about why.
# 3. **Leave your arguments as they are.** `x -= x.max()` changes the caller's array.

# %%
import numpy as np


# %% [markdown]
# ## Entropy, cross-entropy and divergence
#
# Each row of `p` and of `q` is a distribution over K outcomes: numbers from 0 to 1 whose sum is 1. The results have one
# number for each row.
#
# Zeros need a decision, and the limit $x \ln x \to 0$ makes it: **a term with $p_k = 0$ counts 0**, even where $q_k$ is
# 0 as well. But if $q_k = 0$ **where $p_k > 0$, the result is infinite**: a model that gives probability 0 to something
# that happens has an infinite loss. NumPy gives NaN for `0 * np.log(0)`, so pick the terms that count before you take
# logarithms; a small constant inside the logarithm would make the infinite finite.
#
# Two facts to test your code with. Nothing is less certain than the uniform distribution: its entropy is $\ln K$. And
# **Gibbs' inequality**: $D_{KL}(P \| Q) \ge 0$, and it is 0 only where $P = Q$. (A computed 0 may come out as −7e-16.)
# Some slides write $D_{KL} = H(P, Q) + H(P)$; their $H(P)$ is the sum without its minus sign.

# %%
def entropy(p):
    """Compute the entropy of each row, in nats. A term with p = 0 counts 0.

    p: (N, K), each row a distribution

    Returns h (N,).
    """
    raise NotImplementedError("entropy is not written yet")


def cross_entropy(p, q):
    """Compute the cross-entropy -sum p ln q of each pair of rows, in nats.

    p: (N, K), each row a distribution: what is true
    q: (N, K), each row a distribution: what is believed

    Returns h (N,). A term with p = 0 counts 0; q = 0 where p > 0 gives inf.
    """
    raise NotImplementedError("cross_entropy is not written yet")


def kl_divergence(p, q):
    """Compute the Kullback-Leibler divergence of each pair of rows, in nats: D(P || Q), the sum of p ln(p / q).

    p: (N, K), each row a distribution: what is true
    q: (N, K), each row a distribution: what is believed

    Returns d (N,). A term with p = 0 counts 0; q = 0 where p > 0 gives inf.
    """
    raise NotImplementedError("kl_divergence is not written yet")


# %% [markdown]
# ### A wrong belief has a direction
#
# The divergence is not a distance: exchange P and Q and it is another number. For a fair coin and a coin that shows
# heads once in four, $D(\text{fair} \| \text{bent}) = \tfrac12 \ln \tfrac43$. When your functions stand, set `draw` to
# True in the next cell (it needs matplotlib, and is not graded): bend the coin until it never shows heads, and one of
# the two directions goes to infinity while the other one stays below $\ln 2$.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    heads = np.linspace(0.001, 0.999, 200)
    bent = np.stack([heads, 1 - heads], axis=1)
    fair = np.full_like(bent, 0.5)
    plt.plot(heads, kl_divergence(fair, bent), label="D(fair || bent)")
    plt.plot(heads, kl_divergence(bent, fair), label="D(bent || fair)")
    plt.xlabel("probability of heads of the bent coin")
    plt.legend()
    plt.show()


# %% [markdown]
# ## Softmax and soft targets
#
# A classifier gives logits $x$, and softmax makes a distribution of them: $q_k = e^{x_k} / \sum_j e^{x_j}$. The loss is
# the cross-entropy of the targets $t$ with $q$, averaged over the batch. One-hot targets pick the logarithm of one
# probability; soft ones (smoothed labels, or the answers of a larger network) weigh them all:
#
# $$L = -\frac1N \sum_i \sum_k t_{ik} \ln q_{ik}.$$
#
# Do not compute $q$ and then its logarithm: a probability of $e^{-2000}$ is rounded to 0. Write
# $\ln q_k = x_k - m - \ln \sum_j e^{x_j - m}$ with the row's maximum $m$, and every exponent is at most 0.
#
# The gradient is short. Since each row of targets sums to 1, $\partial L / \partial x = (q - t) / N$: the prediction
# minus the target.

# %%
def softmax_cross_entropy(x, t):
    """Compute the mean cross-entropy of targets t with softmax(x), and its gradient. Finite even for logits of ±1000.

    x: (N, K), logits
    t: (N, K), targets: each row is a distribution, one-hot or soft

    Returns the loss (a float) and dx (N, K).
    """
    raise NotImplementedError("softmax_cross_entropy is not written yet")


# %% [markdown]
# ## One logit: yes or no
#
# With two classes one logit is enough: $\sigma(z) = 1 / (1 + e^{-z})$ is the probability of "yes", and $y$, anywhere
# from 0 to 1, is its target. The loss is the mean of $-y \ln \sigma(z) - (1 - y) \ln(1 - \sigma(z))$.
#
# Again the logarithm wants care, for $1 - \sigma(40)$ is exactly 0 to a computer. Both terms are logarithms of sigmoids,
# $1 - \sigma(z) = \sigma(-z)$, and $-\ln \sigma(z) = \ln(1 + e^{-z})$, so the loss of one example is
#
# $$\ln(1 + e^{-z}) + (1 - y) z = \max(z, 0) - z y + \ln(1 + e^{-|z|}),$$
#
# whose exponent is never positive. `np.logaddexp(0, z)` is $\ln(1 + e^z)$ without overflow. The gradient is
# $(\sigma(z) - y) / N$, of the same form as that of softmax.

# %%
def binary_cross_entropy_with_logits(z, y):
    """Compute the mean binary cross-entropy of targets y with sigmoid(z), and its gradient. Finite even at ±1000.

    z: (N,), logits
    y: (N,), targets from 0 to 1, both included

    Returns the loss (a float) and dz (N,).
    """
    raise NotImplementedError("binary_cross_entropy_with_logits is not written yet")


# %% [markdown]
# ## The hinge: right by a margin
#
# The multiclass support vector machine asks less. It does not want probabilities, only that the right class beats every
# other one **by a margin**; an example in which it does contributes neither loss nor gradient:
#
# $$L = \frac1N \sum_i \sum_{j \ne y_i} \max(0, s_{ij} - s_{iy_i} + \text{margin}).$$
#
# The right class itself is not in the sum (there, the term would be the margin). Each term that is positive pushes two
# scores: $s_{ij}$ down and $s_{iy_i}$ up. So the gradient of the right score counts, with a minus sign, how many classes
# are too close. At a kink, where a term is exactly 0, either side will do.

# %%
def hinge_loss(scores, y, margin=1.0):
    """Compute the mean multiclass hinge loss, and its gradient.

    scores: (N, C)
    y: (N,), the correct classes, integers from 0 to C - 1
    margin: by how much the correct score must exceed each other one, > 0

    Returns the loss (a float) and dscores (N, C).
    """
    raise NotImplementedError("hinge_loss is not written yet")


# %% [markdown]
# ## Least squares
#
# For numbers instead of classes, the oldest loss of all, with a penalty that keeps $w$ small:
#
# $$f(w) = \tfrac12 \|w\|^2 + \sum_i (x_i \cdot w - y_i)^2, \qquad \nabla f(w) = w + 2 \sum_i (x_i \cdot w - y_i)\, x_i.$$
#
# It is a *sum* over the examples, not a mean. Mind the factor 2: the ½ of the penalty cancels the 2 of its square, and
# the sum has no ½ to do so. A slide of the lecture drops it, and its steps lead to another $w$.
#
# One step of gradient descent goes against the gradient: $w - \text{rate} \cdot \nabla f(w)$.

# %%
def least_squares(w, X, y):
    """Compute 1/2 |w|^2 + the sum of (x . w - y)^2 over the examples, and its gradient.

    w: (D,)
    X: (N, D), a row for each example
    y: (N,)

    Returns the value (a float) and the gradient (D,).
    """
    raise NotImplementedError("least_squares is not written yet")


def least_squares_step(w, X, y, rate):
    """Take one step of gradient descent on the function that least_squares computes.

    w: (D,)
    X: (N, D), a row for each example
    y: (N,)
    rate: the learning rate

    Returns the new w (D,), a new array.
    """
    raise NotImplementedError("least_squares_step is not written yet")

# %% [markdown]
# Check your work with: autograder check losses losses.py
