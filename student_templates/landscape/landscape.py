# %% [markdown]
# # The landscape of a loss: minima, saddles, ravines and how to walk there
#
# Training a network means walking downhill on a surface in as many dimensions as it has weights. Nobody can look at that
# surface, but everything that a step meets is in the first few terms of Taylor's expansion around the place where you
# stand:
#
# $$f(x + s) \approx f(x) + g^\top s + \tfrac12\, s^\top H s.$$
#
# The gradient $g$ says which way is down. The **Hessian** $H$, the matrix of second derivatives, says how the slope
# changes: its eigenvalues are the curvatures along its eigenvectors. This notebook measures $H$, reads from it what kind
# of place this is and how fast gradient descent can go, and ends with the two ways of looking at a landscape that
# research papers use: a trajectory, and a slice.
#
# Functions come as arguments here: `f` takes an array and returns a number, `grad` takes an array and returns the
# gradient, an array of the same shape. Call them as often as you need. And as always, leave your arguments as they are:
# `x += h` changes the caller's array.

# %%
import numpy as np


# %% [markdown]
# ## Measuring curvature
#
# You know the central difference of a slope: $(f(x + h) - f(x - h)) / 2h$. Applied twice, once along axis $i$ and once
# along axis $j$, with $h_i$ short for a step of length $h$ along axis $i$, it gives
#
# $$H_{ij} \approx \frac{f(x + h_i + h_j) - f(x + h_i - h_j) - f(x - h_i + h_j) + f(x - h_i - h_j)}{4 h^2}.$$
#
# On the diagonal this is $(f(x + 2h_i) - 2 f(x) + f(x - 2h_i)) / 4h^2$; the same with steps of $h$,
# $(f(x + h_i) - 2 f(x) + f(x - h_i)) / h^2$, is as good. Both are exact for polynomials of degree three. For other
# functions the error is of the order $h^2$ times the fourth derivative, and the rounding of $f$, about $10^{-16} |f|$,
# is divided by $h^2$: with $h = 10^{-8}$ nothing is left but noise. Use the step that you are given.
#
# The order of two derivatives does not matter, so $H$ is symmetric, and yours must be **exactly** so: compute each pair
# of entries once. (The sum above, with its middle terms exchanged, may differ in the last bit.)

# %%
def hessian(f, x, h):
    """Compute the Hessian of f at x by central differences with step h.

    f: a function of an array (D,) that returns a float
    x: (D,)
    h: the step, > 0

    Returns H (D, D), exactly symmetric.
    """
    raise NotImplementedError("hessian is not written yet")


def taylor(value, gradient, H, step):
    """Compute what Taylor's expansion of second order says of the function at a step from here.

    value: f here, a float
    gradient: (D,), the gradient here
    H: (D, D), the Hessian here
    step: (D,)

    Returns the value (a float).
    """
    raise NotImplementedError("taylor is not written yet")


# %% [markdown]
# ## What kind of place is this?
#
# Where the gradient is 0 the eigenvalues of $H$ decide:
#
# | eigenvalues | the place | gradient descent |
# |---|---|---|
# | all positive | a **minimum** | has arrived |
# | all negative | a **maximum** | leaves it at the first disturbance |
# | of both signs | a **saddle** | creeps in along one direction, and out along another |
# | some zero, the others of one sign | **degenerate**: a valley floor, a plateau, or something flatter still | stands still or crawls, and $H$ cannot tell what it is |
#
# In a thousand dimensions nearly every stationary place is a saddle: for a minimum, a thousand eigenvalues must agree. A
# zero eigenvalue does not save a saddle: where there are curvatures of both signs it is one, whatever else there is.
#
# In floating-point numbers nothing is exactly 0, so zero means: not larger than `tol`. Ask in this order:
#
# 1. $\|g\| >$ `tol`: `"not stationary"`
# 2. an eigenvalue above `tol` and one below `-tol`: `"saddle"`
# 3. an eigenvalue with $|\lambda| \le$ `tol`: `"degenerate"`
# 4. else `"minimum"` or `"maximum"`.
#
# Look at the eigenvalues, not at the diagonal: the matrix with rows (1, 2) and (2, 1) is a saddle. `np.linalg.eigvalsh`
# is made for symmetric matrices, and gives real eigenvalues in rising order.
#
# The **condition number** is the largest $|\lambda|$ over the smallest one: how much longer than wide a valley is. A
# singular matrix has the condition number $\infty$: take it as singular where the smallest $|\lambda|$ is at most
# $10^{-12}$ times the largest one, for what is smaller is the rounding error of the eigenvalues.

# %%
def condition_number(H):
    """Compute the condition number of a symmetric matrix: the largest |eigenvalue| over the smallest one.

    H: (D, D), symmetric, not all zero

    Returns a float: inf where the smallest |eigenvalue| is at most 1e-12 times the largest one.
    """
    raise NotImplementedError("condition_number is not written yet")


def classify(gradient, H, tol=1e-8):
    """Say what kind of place has this gradient and this Hessian.

    gradient: (D,)
    H: (D, D), symmetric
    tol: what is not larger than this counts as zero

    Returns "not stationary", "saddle", "degenerate", "minimum" or "maximum".
    """
    raise NotImplementedError("classify is not written yet")


# %% [markdown]
# ## Walking
#
# **Gradient descent** goes $x \leftarrow x - \eta\, g(x)$, with the learning rate $\eta$ (`lr`). **Momentum** keeps a
# velocity, 0 at first, that remembers the way it came: $v \leftarrow \mu v - \eta\, g(x)$, then $x \leftarrow x + v$.
#
# Both return the whole trajectory: row 0 is the start, and each of the `steps` steps adds a row, even where nothing
# moves any more, and even where the numbers run away. (A list that holds one array many times, changed in place, holds
# the last point many times.)

# %%
def gradient_descent(grad, x0, lr, steps):
    """Walk by gradient descent.

    grad: a function of an array (D,) that returns the gradient there, (D,)
    x0: (D,), the start
    lr: the learning rate
    steps: how many steps to take, ≥ 0

    Returns the trajectory, an array (steps + 1, D), whose row 0 is x0.
    """
    raise NotImplementedError("gradient_descent is not written yet")


def momentum_descent(grad, x0, lr, momentum, steps):
    """Walk by gradient descent with momentum: v = momentum * v - lr * grad(x), then x + v; v is 0 at first.

    grad: a function of an array (D,) that returns the gradient there, (D,)
    x0: (D,), the start
    lr: the learning rate
    momentum: how much of the velocity stays, 0 ≤ momentum < 1
    steps: how many steps to take, ≥ 0

    Returns the trajectory, an array (steps + 1, D), whose row 0 is x0.
    """
    raise NotImplementedError("momentum_descent is not written yet")


# %% [markdown]
# ## How fast?
#
# On a quadratic bowl everything can be computed. Along an eigenvector with the eigenvalue $\lambda$ each step of gradient
# descent multiplies the distance to the minimum by $1 - \eta\lambda$. So
#
# - it converges only while $|1 - \eta\lambda| < 1$ for **every** $\lambda$, that is for $\eta < 2 / \lambda_{max}$: the
#   steepest direction limits the rate;
# - the slowest direction sets the pace: the distance shrinks by $\max_\lambda |1 - \eta\lambda|$ a step, the
#   **contraction**;
# - the best rate makes both ends equally slow, $1 - \eta\lambda_{min} = \eta\lambda_{max} - 1$, so it is
#   $2 / (\lambda_{min} + \lambda_{max})$, with the contraction $(\kappa - 1) / (\kappa + 1)$. With a condition number
#   $\kappa$ of 100 that is 0.98: 115 steps for every factor of ten.
#
# **Newton's step** asks where Taylor's expansion has its minimum, $g + H s = 0$, and goes there: $s = -H^{-1} g$. On a
# bowl that is one step, whatever the condition number. (Solve the system, `np.linalg.solve`: the inverse costs more and
# is less accurate.) For a network the price is a Hessian with as many rows as it has weights.

# %%
def largest_stable_rate(H):
    """Compute the learning rate below which gradient descent converges on a quadratic bowl, and above which it does not.

    H: (D, D), symmetric and positive definite, the Hessian of the bowl

    Returns a float.
    """
    raise NotImplementedError("largest_stable_rate is not written yet")


def best_rate(H):
    """Compute the learning rate with which gradient descent on a quadratic bowl contracts most.

    H: (D, D), symmetric and positive definite, the Hessian of the bowl

    Returns a float.
    """
    raise NotImplementedError("best_rate is not written yet")


def contraction(H, lr):
    """Compute the largest factor by which one step of gradient descent multiplies a distance along an eigenvector.

    H: (D, D), symmetric and positive definite, the Hessian of the bowl
    lr: the learning rate

    Returns a float: below 1 where gradient descent converges.
    """
    raise NotImplementedError("contraction is not written yet")


def newton_step(gradient, H):
    """Compute Newton's step: what to add to x to stand in the minimum of the quadratic with this gradient and Hessian.

    gradient: (D,)
    H: (D, D), symmetric and positive definite

    Returns the step (D,).
    """
    raise NotImplementedError("newton_step is not written yet")


# %% [markdown]
# ### Three walks through a ravine
#
# When your functions stand, set `draw` to True (it needs matplotlib, and is not graded). The bowl is twenty times as long
# as it is wide. Just below the largest stable rate gradient descent jumps from one wall to the other; momentum runs along
# the floor.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    H = np.diag([1.0, 20.0])
    start, best = np.array([-10.0, 1.5]), best_rate(H)
    walks = {
        "gradient descent, best rate": gradient_descent(lambda x: H @ x, start, best, 25),
        "gradient descent, 0.98 of the largest": gradient_descent(
            lambda x: H @ x, start, 0.98 * largest_stable_rate(H), 25
        ),
        "momentum": momentum_descent(lambda x: H @ x, start, 0.13, 0.4, 25),
    }
    across, along = np.linspace(-2, 2, 80), np.linspace(-11, 3, 80)
    plt.contour(along, across, [[0.5 * (a**2 + 20 * b**2) for a in along] for b in across], levels=15, cmap="Greys")
    for name, walk in walks.items():
        plt.plot(*walk.T, marker=".", label=name)
    plt.legend()
    plt.show()


# %% [markdown]
# ## Looking at a landscape
#
# A picture of a loss in millions of dimensions is a **slice**: choose two directions and plot
# $f(w + \alpha\, d_1 + \beta\, d_2)$ over $\alpha$ and $\beta$. Row $i$, column $j$ of the result belongs to `a[i]` and
# `b[j]`. `w` is an array of any shape, a layer's weights, and so are `d1` and `d2`.
#
# Random directions mislead, though. A ReLU network computes the same if one layer's weights are multiplied by ten and the
# next one's divided by ten, but its picture is then ten times as flat along the first. Li et al. (*Visualizing the loss
# landscape of neural nets*, 2018) therefore **normalise by filters**: each filter of the direction (its first axis counts
# the filters) is scaled to the norm of the corresponding filter of $w$. Then the pictures of two networks may be
# compared. A filter of the direction that is all zeros has no norm to divide by: it stays zero.

# %%
def loss_slice(f, w, d1, d2, a, b):
    """Compute f on a grid through w.

    f: a function of an array of w's shape that returns a float
    w: any shape
    d1, d2: directions, of w's shape
    a: (A,), how far to go along d1
    b: (B,), how far to go along d2

    Returns the values, an array (A, B): f at w + a[i] * d1 + b[j] * d2.
    """
    raise NotImplementedError("loss_slice is not written yet")


def filter_normalized(d, w):
    """Scale each filter of a direction to the norm of the same filter of the weights.

    d: (F, ...), the direction; its first axis counts the filters
    w: the weights, of d's shape

    Returns the scaled direction, of d's shape. A filter of d that is all zeros stays zero.
    """
    raise NotImplementedError("filter_normalized is not written yet")

# %% [markdown]
# Check your work with: autograder check landscape landscape.py
