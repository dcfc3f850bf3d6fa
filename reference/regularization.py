# %% [markdown]
# # Regularization: fit less, generalise more
#
# A network with enough parameters fits anything, even labels that were drawn at random. What it is worth shows on data
# that it has not seen. Everything in this notebook keeps a model from using all the freedom that it has:
#
# | | what it does |
# |---|---|
# | penalties | add a price for large weights to the loss |
# | ridge regression | the same for least squares, solved in one line |
# | dropout, DropConnect | train with a random part of the network missing |
# | early stopping | end training when the validation loss has stopped falling |
#
# The last part looks at what there is to gain: bias and variance, a polynomial with more coefficients than data
# (double descent), and random labels, on which there is nothing to learn.
#
# Two habits for everything below:
#
# 1. **Leave your arguments as they are.** `x *= mask` changes the caller's array.
# 2. **Draw every random number from `rng`**, the `numpy.random.Generator` that you are given. Which of its methods you
#    call, and in which order, is up to you. `np.random.rand` ignores the seed that the caller chose, and a generator
#    that you seed yourself draws the same mask in every step.

# %%
import numpy as np

# %% [markdown]
# ## Penalties
#
# A penalty is added to the loss, and its gradient to the gradient. With weights $w$ of any shape:
#
# | | value | gradient |
# |---|---|---|
# | L2 | $\lambda \lVert w \rVert_2^2 = \lambda \sum w^2$ | $2 \lambda w$ |
# | L1 | $\lambda \lVert w \rVert_1 = \lambda \sum \lvert w \rvert$ | $\lambda \, \mathrm{sign}(w)$ |
# | elastic net | $\lambda (r \lVert w \rVert_1 + \tfrac12 (1 - r) \lVert w \rVert_2^2)$ | yours to find |
#
# Mind where a ½ stands: L2 as it is defined here has none, so its gradient keeps the 2; the square in the elastic net
# has one. $r$ is `ratio`, from 0 (the square alone) to 1 (the absolute values alone).
#
# At $w = 0$ the absolute value has a kink. Any slope between those of its two sides is a **subgradient**, and will do.


# %% nbgrader={"grade": false, "grade_id": "penalties", "locked": false, "schema_version": 3, "solution": true, "task": false}
def l2_penalty(w, lam):
    """Compute lam times the sum of the squares of w, and its gradient.

    w: any shape
    lam: the weight of the penalty

    Returns the value (a float) and the gradient, of w's shape.
    """
    ### BEGIN SOLUTION
    return lam * np.sum(w**2), 2 * lam * w
    ### END SOLUTION


def l1_penalty(w, lam):
    """Compute lam times the sum of the absolute values of w, and a subgradient.

    w: any shape
    lam: the weight of the penalty

    Returns the value (a float) and the gradient, of w's shape; where w is 0, any number from -lam to lam.
    """
    ### BEGIN SOLUTION
    return lam * np.sum(np.abs(w)), lam * np.sign(w)
    ### END SOLUTION


def elastic_net(w, lam, ratio):
    """Compute lam (ratio * sum |w| + 1/2 (1 - ratio) * sum w^2), and a subgradient.

    w: any shape
    lam: the weight of the penalty
    ratio: the part of the absolute values, from 0 to 1

    Returns the value (a float) and the gradient, of w's shape; where w is 0, any number from -lam * ratio to lam * ratio.
    """
    ### BEGIN SOLUTION
    value = lam * (ratio * np.sum(np.abs(w)) + 0.5 * (1 - ratio) * np.sum(w**2))
    gradient = lam * (ratio * np.sign(w) + (1 - ratio) * w)
    return value, gradient
    ### END SOLUTION


# %% [markdown]
# ### How L1 makes weights exactly 0
#
# The gradient of the square shrinks with the weight, so L2 makes weights small and never 0. That of the absolute value
# does not: it pulls with $\lambda$ until the weight is 0, and would push it across. **Soft thresholding** is the step
# that stops there. It is the solution of $\min_v \tfrac12 (v - w)^2 + t |v|$, for each weight alone:
#
# $$S_t(w) = \mathrm{sign}(w) \max(|w| - t, 0).$$
#
# All weights move towards 0 by $t$, and those that are no farther away than $t$ become 0.


# %% nbgrader={"grade": false, "grade_id": "soft_threshold", "locked": false, "schema_version": 3, "solution": true, "task": false}
def soft_threshold(w, t):
    """Move each number of w towards 0 by t, and no farther than 0.

    w: any shape
    t: the threshold, >= 0

    Returns an array of w's shape.
    """
    ### BEGIN SOLUTION
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)
    ### END SOLUTION


# %% [markdown]
# ## Ridge regression, or Tikhonov's regularization
#
# $A x = b$ with more unknowns than equations has many solutions, and with columns that nearly agree it has one that a
# little noise throws anywhere. Tikhonov asks for an $x$ that is small as well:
#
# $$\min_x \|A x - b\|^2 + \alpha^2 \|x\|^2 \quad\Longrightarrow\quad x = (A^\top A + \alpha^2 I)^{-1} A^\top b.$$
#
# It is $\alpha$ **squared**, and it is added to the **diagonal** alone. For $\alpha > 0$ the matrix is invertible whatever $A$
# is, and its eigenvalues show why: where $A^\top A$ has the eigenvalue $\lambda$, the inverse has
# $1 / (\lambda + \alpha^2)$. A direction that $A$ does not see has $\lambda = 0$, and there the inverse, which was
# infinite, is $1 / \alpha^2$. $A^\top A$ has one eigenvalue for each *column* of $A$; when $A$ has fewer rows than
# columns, some of them must be 0.


# %% nbgrader={"grade": false, "grade_id": "ridge", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ridge(A, b, alpha):
    """Compute the x that minimises |A x - b|^2 + alpha^2 |x|^2.

    A: (M, D), of any rank
    b: (M,)
    alpha: > 0

    Returns x (D,).
    """
    ### BEGIN SOLUTION
    return np.linalg.solve(A.T @ A + alpha**2 * np.eye(A.shape[1]), A.T @ b)
    ### END SOLUTION


def tikhonov_eigenvalues(A, alpha):
    """Compute the eigenvalues of the inverse of (A^T A + alpha^2 I).

    A: (M, D), of any rank
    alpha: > 0

    Returns the eigenvalues (D,), one for each column of A, in ascending order.
    """
    ### BEGIN SOLUTION
    falling = np.linalg.eigvalsh(A.T @ A)[::-1]
    return 1 / (falling + alpha**2)
    ### END SOLUTION


# %% [markdown]
# ## Dropout
#
# In each training step a random part of the units is missing, so no unit can rely on a particular other one. Each
# number of $x$ is dropped, set to 0, with probability $p$, **each on its own**. The others are divided by $1 - p$, so
# that the expected value of every number is what it was: this is **inverted** dropout, and it needs no correction at
# test time. In evaluation (`training=False`), and with $p = 0$, dropout is the identity.
#
# The backward pass must use **the mask of the forward pass**, scale included, and not a new one. So put the mask into
# the cache.


# %% nbgrader={"grade": false, "grade_id": "dropout", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dropout_forward(x, p, rng, training=True):
    """Drop each number of x with probability p, each on its own, and divide the others by 1 - p.

    x: any shape
    p: the probability to be dropped, 0 <= p < 1
    rng: a np.random.Generator
    training: whether to drop anything; if not, out is x

    Returns out, of x's shape, and a cache for dropout_backward.
    """
    ### BEGIN SOLUTION
    if not training:
        return x.copy(), 1.0
    mask = (rng.random(x.shape) >= p) / (1 - p)
    return x * mask, mask
    ### END SOLUTION


def dropout_backward(dout, cache):
    """Compute the gradient of the loss with respect to x.

    dout: the gradient of the loss with respect to out
    cache: from dropout_forward

    Returns dx.
    """
    ### BEGIN SOLUTION
    return dout * cache
    ### END SOLUTION


# %% [markdown]
# ## DropConnect
#
# Dropout drops units; DropConnect drops *weights* of an affine layer. One mask for the whole call drops each number of
# $w$ with probability $p$, each on its own, and the others are divided by $1 - p$. The bias is never dropped:
#
# $$\mathrm{out} = x \, (w \odot m) + b, \qquad m_{ij} \in \{0, \tfrac{1}{1 - p}\}.$$
#
# In the backward pass $m$ appears twice: $dx$ goes back through the weights that were there, and a weight that was not
# there gets no gradient.


# %% nbgrader={"grade": false, "grade_id": "dropconnect", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dropconnect_forward(x, w, b, p, rng, training=True):
    """Compute an affine layer with each weight dropped with probability p, the others divided by 1 - p.

    x: (N, D)
    w: (D, M); one mask of this shape serves the whole call
    b: (M,), never dropped
    p: the probability to be dropped, 0 <= p < 1
    rng: a np.random.Generator
    training: whether to drop anything; if not, out is x @ w + b

    Returns out (N, M) and a cache for dropconnect_backward.
    """
    ### BEGIN SOLUTION
    mask = (rng.random(w.shape) >= p) / (1 - p) if training else np.ones(w.shape)
    return x @ (w * mask) + b, (x, w, mask)
    ### END SOLUTION


def dropconnect_backward(dout, cache):
    """Compute the gradients of the loss with respect to x, w and b.

    dout: (N, M), the gradient of the loss with respect to out
    cache: from dropconnect_forward

    Returns dx (N, D), dw (D, M) and db (M,).
    """
    ### BEGIN SOLUTION
    x, w, mask = cache
    return dout @ (w * mask).T, (x.T @ dout) * mask, dout.sum(axis=0)
    ### END SOLUTION


# %% [markdown]
# ## Early stopping
#
# The training loss falls and falls; the validation loss turns at some epoch. Keep the weights of the best epoch so far,
# and give up when `patience` epochs have passed since. Count epochs from 0. Training stops at the first epoch that is
# `patience` epochs after the best one so far, or at the last one. Of equal losses the first is the best: a plateau is
# not progress.
#
# With the losses 5, 4, 6, 3, 7, 8, 2 and a patience of 2, epoch 3 is a new best, training stops at epoch 5, and nobody
# ever sees the 2 of epoch 6.


# %% nbgrader={"grade": false, "grade_id": "early_stopping", "locked": false, "schema_version": 3, "solution": true, "task": false}
def early_stopping(losses, patience):
    """Find where training stops, and the best epoch until then.

    losses: (E,), the validation loss of each epoch
    patience: an integer >= 1

    Returns stop, the last epoch that is trained, and best, the epoch with the lowest loss up to there, the first of
    equals; epochs count from 0.
    """
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best == patience:
            break
    return epoch, best
    ### END SOLUTION


# %% [markdown]
# ## Bias and variance
#
# Train the same model R times, on R samples of the data, and look at what it says about the same N points. Its
# **bias** at a point is how far its *mean* prediction is from the truth, its **variance** how much the R predictions
# scatter around that mean. Averaged over the points,
#
# $$\underbrace{\tfrac1{RN} \sum (f_{rn} - t_n)^2}_{\text{mean squared error}} =
# \underbrace{\tfrac1N \sum_n (\bar f_n - t_n)^2}_{\text{bias}^2} +
# \underbrace{\tfrac1N \sum_n \tfrac1R \sum_r (f_{rn} - \bar f_n)^2}_{\text{variance}}.$$
#
# The sum holds to the last digit because the variance divides by R, not by R − 1. Regularization buys less variance for
# more bias.


# %% nbgrader={"grade": false, "grade_id": "bias_variance", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bias_variance(predictions, truth):
    """Compute the squared bias and the variance of R models, both averaged over N points.

    predictions: (R, N), a row for each model
    truth: (N,)

    Returns the squared bias and the variance (floats); their sum is the mean squared error.
    """
    ### BEGIN SOLUTION
    mean = predictions.mean(axis=0)
    return np.mean((mean - truth) ** 2), np.mean(predictions.var(axis=0))
    ### END SOLUTION


# %% [markdown]
# ## Beyond interpolation: the fit of least norm
#
# A polynomial of degree $d$ has $d + 1$ coefficients. With $n$ points, least squares finds the best one while
# $d + 1 < n$; at $d + 1 = n$, the **interpolation threshold**, it goes through all of them; and beyond there are
# infinitely many that do. Which one you take decides everything: take the one whose coefficients have the **least norm**.
#
# One function does all three: the pseudoinverse of the matrix $V_{ij} = x_i^j$. `np.linalg.pinv` and `np.linalg.lstsq`
# know it. (`np.polyfit` does not: it scales the columns of $V$ first, and the least norm of scaled coefficients is
# another fit. It also returns the highest power first.)


# %% nbgrader={"grade": false, "grade_id": "minimum_norm_fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minimum_norm_fit(x, y, degree):
    """Fit a polynomial to points by least squares; of several that fit equally well, take the one of least norm.

    x: (N,), distinct
    y: (N,)
    degree: of the polynomial, >= 0, as large as you like

    Returns the coefficients c (degree + 1,) in increasing powers: c[0] + c[1] x + c[2] x^2 + ...
    """
    ### BEGIN SOLUTION
    powers = np.vander(x, degree + 1, increasing=True)
    return np.linalg.lstsq(powers, y, rcond=None)[0]
    ### END SOLUTION


# %% [markdown]
# ### The peak at the threshold
#
# When your function stands, set `draw` to True (it needs matplotlib, and is not graded). It shows how large the
# coefficients are, for degrees below the threshold, at it and far beyond. They explode where exactly one polynomial
# fits, and no freedom is left but to bend as wildly as the noise demands. From there on every further power is one
# more way to fit, and the least norm can only fall. That fall is what makes the test error of large networks come down
# a second time: **double descent**.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    generator = np.random.default_rng(3)
    x = np.cos(np.pi * (np.arange(10) + 0.5) / 10)
    samples = [np.sin(3 * x) + 0.2 * generator.standard_normal(10) for _ in range(50)]
    degrees = range(40)
    norms = [np.mean([np.linalg.norm(minimum_norm_fit(x, y, degree)) for y in samples]) for degree in degrees]
    plt.semilogy(degrees, norms)
    plt.axvline(9, linestyle=":")
    plt.xlabel("degree (9 is the interpolation threshold of 10 points)")
    plt.ylabel("norm of the coefficients, mean of 50 samples")
    plt.show()

# %% [markdown]
# ## Random labels
#
# Zhang et al. (2017) gave a network the images of CIFAR-10 with labels drawn at random, and it learned them all by
# heart. So a small training error says nothing: the same network fits the truth and nonsense. To repeat the
# experiment, part of the labels must be randomized: exactly $\mathrm{round}(\text{fraction} \cdot N)$ **different**
# positions are drawn, and each gets a label that is uniform over all classes, **the old one included**.
#
# Mind the `round`: 0.29 · 100 is 28.999999999999996 to a computer, and `int` would make 28 of it.


# %% nbgrader={"grade": false, "grade_id": "randomize_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
def randomize_labels(y, fraction, classes, rng):
    """Give a fraction of the examples, drawn at random, labels that are drawn at random.

    y: (N,), labels, integers from 0 to classes - 1
    fraction: the part of the examples that is drawn, from 0 to 1: round(fraction * N) different ones
    classes: how many classes there are; each new label is uniform over them, the old one included
    rng: a np.random.Generator

    Returns the labels (N,), a new array.
    """
    ### BEGIN SOLUTION
    count = round(fraction * len(y))
    drawn = rng.choice(len(y), count, replace=False)
    labels = y.copy()
    labels[drawn] = rng.integers(classes, size=count)
    return labels
    ### END SOLUTION
