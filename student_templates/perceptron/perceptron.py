# %% [markdown]
# # The perceptron: one unit, a line, and what a line cannot do
#
# Every network of this course is made of one part: a unit that weighs its inputs, adds a bias and decides. This notebook
# trains a single such unit, shows what it can and cannot compute, puts three of them together where one is not enough,
# and ends with the reason why so many networks end in a sigmoid.
#
# A **threshold unit** with weights $w$ and bias $b$ is *on* (1) where its **score** $w \cdot x + b$ is above 0, and *off*
# (0) elsewhere. The points with the score 0 form a line (in more dimensions, a plane): the unit tells on which side of
# the line $x$ lies, and nothing else.

# %%
import numpy as np


# %% [markdown]
# ## Learning from mistakes
#
# Rosenblatt's rule of 1958 needs no derivative. Labels are $y = 1$ and $y = -1$, so that $y (w \cdot x + b)$ is positive
# where the unit is right. Begin with $w = 0$, $b = 0$ and go through the rows in order. Where the unit is right, leave
# it alone. Where it makes a **mistake**, $y (w \cdot x + b) \le 0$, turn it towards the row:
#
# $$w \leftarrow w + y\,x, \qquad b \leftarrow b + y.$$
#
# One pass through all rows is an **epoch**. An epoch without a mistake changes nothing, and neither would any epoch after
# it: stop there.
#
# Three details decide whether your trajectory is the right one.
#
# 1. A score of exactly 0 is a mistake, for either label. (With $w = 0$ every score is 0; if that passed for right, nothing
#    would ever be learnt.)
# 2. The weights change at once, and the next row is judged with the new ones.
# 3. The final epoch, the one without a mistake, is recorded as well: its number of mistakes is 0.
#
# If some line separates the two classes with a margin $\gamma$, and no row is longer than $R$ (bias included), then
# there are never more than $(R / \gamma)^2$ mistakes: Novikoff's theorem of 1962. If no line does, the rule never stops by
# itself, and `epochs` is what ends it.

# %%
def perceptron_fit(X, y, epochs):
    """Train one unit by the perceptron rule, from w = 0 and b = 0, with the rows in order.

    X: (N, D), a row for each example
    y: (N,), the labels, integers: -1 or 1
    epochs: how many passes through the rows to make at most, >= 1

    Returns w (D,), b (a number) and the number of mistakes of each epoch (a list or an array), up to the first epoch
    without a mistake, which counts as one of them.
    """
    raise NotImplementedError("perceptron_fit is not written yet")


# %% [markdown]
# ### Watch it turn
#
# When your function stands, set `draw` to True in the next cell (it needs matplotlib, and is not graded). It draws the
# line after 1, 2, … epochs, until it separates the two classes. Then exchange one label, and watch it never settle.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    X = np.array([[2, 3], [3, 1], [1, 4], [5, 3], [-1, 2], [0, -2], [-3, 1], [1, -1], [-2, -3]], dtype=float)
    y = np.array([1, 1, 1, 1, -1, -1, -1, -1, -1])
    _, _, mistakes = perceptron_fit(X, y, epochs=20)
    across = np.array([-4.0, 6.0])
    for epoch in range(1, len(mistakes) + 1):
        w, b, _ = perceptron_fit(X, y, epochs=epoch)
        if w[1] != 0:
            plt.plot(across, -(w[0] * across + b) / w[1], label=f"epoch {epoch}: {mistakes[epoch - 1]} mistakes")
    plt.scatter(*X[y == 1].T, marker="+", s=80)
    plt.scatter(*X[y == -1].T, marker="o")
    plt.ylim(-5, 6)
    plt.legend()
    plt.show()


# %% [markdown]
# ## Logic with lines
#
# With inputs of 0 and 1 a unit is a logic gate. Put the line where it divides the corners of the square as the gate
# does: *and* has (1, 1) alone on its side, *or* all but (0, 0), and *nand* is *and* with every sign turned. *not* has a
# single input.
#
# Any weights that realise the gate will do, as long as **no input lies on the line**: the score is never exactly 0, so that
# nobody has to know what the unit would do there.

# %%
def gate(name):
    """Give the weights and the bias of one threshold unit that realises a logic gate on inputs of 0 and 1.

    name: "and", "or", "nand" (two inputs each) or "not" (one input)

    Returns w, (2,) or for "not" (1,), and b (a number). The unit is on when w . x + b > 0; the score is 0 at no input.
    """
    raise NotImplementedError("gate is not written yet")


# %% [markdown]
# ## What one unit cannot do
#
# *xor* is on where exactly one input is 1. No line has (0, 1) and (1, 0) on one side and (0, 0) and (1, 1) on the other:
# the first two ask for $w_2 + b > 0$ and $w_1 + b > 0$, so that $w_1 + w_2 + 2b > 0$, and the other two for $b \le 0$ and
# $w_1 + w_2 + b \le 0$, so that $w_1 + w_2 + 2b \le 0$. Set `draw` to True in the next cell (it is not graded) to
# see it: it shows the truth tables that the units of a whole grid of weights have. Of the 16 that there are, 14 occur;
# *xor*, 0 1 1 0, and its opposite do not.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    grid = np.arange(-2, 2.25, 0.25)
    w1, w2, b = np.meshgrid(grid, grid, grid, indexing="ij")
    tables = np.stack([w1 * x1 + w2 * x2 + b > 0 for x1, x2 in [(0, 0), (0, 1), (1, 0), (1, 1)]], axis=-1)
    occurring = np.unique(tables.reshape(-1, 4), axis=0)
    plt.imshow(occurring, cmap="gray_r")
    plt.xticks(range(4), ["(0, 0)", "(0, 1)", "(1, 0)", "(1, 1)"])
    plt.title(f"{b.size} units, {len(occurring)} truth tables: dark is on")
    plt.show()


# %% [markdown]
# A second layer solves it. Two hidden units look at the inputs, and a third one looks at the two: *xor* is on where *or*
# is on **and** *nand* is on. The hidden layer moves the four corners to places that a line can divide.
#
# Write the network with units that are on where their score is above 0, for a whole batch at once.

# %%
def xor_network(x):
    """Compute the exclusive or of two inputs by two layers of threshold units.

    x: (N, 2), inputs of 0 and 1

    Returns (N,): 1 where exactly one input is 1, else 0.
    """
    raise NotImplementedError("xor_network is not written yet")


# %% [markdown]
# ## Why the sigmoid
#
# A unit that says 0 or 1 hides how sure it is. Suppose instead that we know how each class is distributed. Let the rows of
# class 0 be normal around $\mu_0$ and those of class 1 around $\mu_1$, both with the covariance $\Sigma$.
#
# Estimate the three from data with labels 0 and 1: $\mu_0$ and $\mu_1$ are the means of the two classes. The **pooled**
# covariance measures each row from the mean of *its own* class, and averages over all rows:
#
# $$\Sigma = \frac1N \sum_i (x_i - \mu_{y_i})(x_i - \mu_{y_i})^\top.$$

# %%
def gaussian_fit(X, y):
    """Estimate the means of two classes and the covariance that they share.

    X: (N, D), a row for each example
    y: (N,), the classes, integers: 0 or 1, each at least twice

    Returns mu0 (D,), mu1 (D,) and sigma (D, D): the pooled covariance, divided by the number N of all rows.
    """
    raise NotImplementedError("gaussian_fit is not written yet")


# %% [markdown]
# Which class does a new $x$ belong to? Bayes' rule, with both classes equally likely beforehand, says
#
# $$P(y = 1 \mid x) = \frac{p_1(x)}{p_0(x) + p_1(x)} = \frac{1}{1 + p_0(x) / p_1(x)},
# \qquad p_k(x) \propto e^{-\frac12 (x - \mu_k)^\top \Sigma^{-1} (x - \mu_k)}.$$
#
# In the ratio of the two densities the factor in front cancels, and so does the quadratic term, because both classes have
# the same $\Sigma$. What is left of the exponent is linear in $x$:
#
# $$P(y = 1 \mid x) = \sigma(w \cdot x + b), \qquad w = \Sigma^{-1} (\mu_1 - \mu_0), \qquad
# b = \tfrac12 \left( \mu_0^\top \Sigma^{-1} \mu_0 - \mu_1^\top \Sigma^{-1} \mu_1 \right).$$
#
# So a linear unit with a sigmoid is not an arbitrary choice: it is the exact answer for two normal classes, and the
# threshold unit with the same $w$ and $b$ decides for the likelier class.

# %%
def gaussian_classifier(mu0, mu1, sigma):
    """Give the w and b with P(y = 1 | x) = sigmoid(w . x + b), for two equally likely normal classes.

    mu0: (D,), the mean of class 0
    mu1: (D,), the mean of class 1
    sigma: (D, D), the covariance of both

    Returns w (D,) and b (a number).
    """
    raise NotImplementedError("gaussian_classifier is not written yet")


# %% [markdown]
# Now the probability itself. Far from both means the two densities are so small that a computer rounds them to 0, and
# $0 / (0 + 0)$ is NaN, although the ratio of the two is an ordinary number. So stay with logarithms: take the difference of
# the two *log* densities, and put that through a sigmoid. Or use your $w$ and $b$: the result is the same.

# %%
def posterior(x, mu0, mu1, sigma):
    """Compute P(y = 1 | x) by Bayes' rule, for two equally likely normal classes. Right where the densities underflow.

    x: (N, D), a row for each example
    mu0: (D,), the mean of class 0
    mu1: (D,), the mean of class 1
    sigma: (D, D), the covariance of both

    Returns (N,), probabilities.
    """

    raise NotImplementedError("posterior is not written yet")


# %% [markdown]
# ### A line again
#
# Draw the posterior of two overlapping classes as a picture: its level lines are straight and parallel, and the one at ½
# is where the threshold unit decides.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(4)
    spread = np.array([[1.5, 0.8], [0.8, 1.0]])
    y = rng.integers(0, 2, 200)
    X = np.array([[-1.0, 0.5], [1.5, -0.5]])[y] + rng.standard_normal((200, 2)) @ np.linalg.cholesky(spread).T
    mu0, mu1, sigma = gaussian_fit(X, y)
    across, up = np.meshgrid(np.linspace(-5, 5, 101), np.linspace(-4, 4, 81))
    p = posterior(np.stack([across.ravel(), up.ravel()], axis=1), mu0, mu1, sigma).reshape(across.shape)
    plt.contourf(across, up, p, levels=np.linspace(0, 1, 11), cmap="coolwarm")
    plt.colorbar(label="P(y = 1 | x)")
    plt.scatter(*X[y == 0].T, marker="o", s=10, color="navy")
    plt.scatter(*X[y == 1].T, marker="+", color="darkred")
    plt.show()

# %% [markdown]
# Check your work with: autograder check perceptron perceptron.py
