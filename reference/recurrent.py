# %% [markdown]
# # Recurrent networks: gradients through time
#
# A recurrent network reads a sequence step by step and carries a **state** along. It uses the *same* weights at every
# step, and that is all that is new: unroll the loop, and you have a deep network whose layers share their weights. Its
# backward pass is the one that you know, with one rule used over and over:
#
# > **Where a value forks, its gradients add.** A state goes two ways, into the output of its step and into the next
# > step. A weight goes T ways, into every step. Each way back brings a gradient, and what arrives is their sum.
#
# Rows are examples throughout: `x` is (N, T, D) for N sequences of T steps with D features, states are (N, H), and
# weights stand on the right, `x @ Wx + h @ Wh + b`. Gradients are sums over the batch and over the steps; no function
# here divides by N or T. Leave your arguments as they are: `h += …` changes the caller's state.

# %%
import numpy as np

# %% [markdown]
# ## One step of a recurrent layer
#
# $$h' = \tanh(x W_x + h W_h + b).$$
#
# For the way back you need the slope of tanh at the sum $a$, and it is a function of the output: $1 - h'^2$. So with
# $da = dh' \odot (1 - h'^2)$ the rest is an affine layer with two inputs: $dx = da\, W_x^T$, $dh = da\, W_h^T$,
# $dW_x = x^T da$, $dW_h = h^T da$, and $db$ is the sum of $da$ over the rows.
#
# What goes into the cache is your business.


# %% nbgrader={"grade": false, "grade_id": "rnn_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_step_forward(x, h, Wx, Wh, b):
    """Take one step of a recurrent layer: tanh(x Wx + h Wh + b).

    x: (N, D), the inputs of this step
    h: (N, H), the state before it
    Wx: (D, H)
    Wh: (H, H)
    b: (H,)

    Returns the next h (N, H), and a cache for the backward pass.
    """
    ### BEGIN SOLUTION
    new = np.tanh(x @ Wx + h @ Wh + b)
    return new, (x, h, Wx, Wh, new)
    ### END SOLUTION


def rnn_step_backward(dh, cache):
    """Pull a gradient back through one step.

    dh: (N, H), the gradient with respect to the h that rnn_step_forward returned
    cache: what rnn_step_forward returned

    Returns dx (N, D), dh (N, H), dWx (D, H), dWh (H, H), db (H,): the gradients of what the step was given.
    """
    ### BEGIN SOLUTION
    x, h, Wx, Wh, new = cache
    da = dh * (1 - new**2)
    return da @ Wx.T, da @ Wh.T, x.T @ da, h.T @ da, da.sum(axis=0)
    ### END SOLUTION


# %% [markdown]
# ## A whole sequence
#
# Forward, each step starts from the state that the one before has made. Backward, go through the steps from the last
# to the first. Two gradients arrive at a state: `dh[:, t]`, from whatever uses the output of step t, and the one that
# comes back from step t + 1. **Add them before you go through the step**, not after. The weights collect a term at
# every step, and what is left before the first step is the gradient of `h0`.


# %% nbgrader={"grade": false, "grade_id": "rnn", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_forward(x, h0, Wx, Wh, b):
    """Run a recurrent layer over sequences.

    x: (N, T, D), T >= 1
    h0: (N, H), the state before the first step
    Wx: (D, H)
    Wh: (H, H)
    b: (H,)

    Returns h (N, T, H), the states after each step, and a cache for the backward pass.
    """
    ### BEGIN SOLUTION
    h, states, caches = h0, [], []
    for t in range(x.shape[1]):
        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches
    ### END SOLUTION


def rnn_backward(dh, cache):
    """Pull gradients back through time.

    dh: (N, T, H), the gradient that arrives at the state of each step from outside of the layer
    cache: what rnn_forward returned

    Returns dx (N, T, D), dh0 (N, H), dWx (D, H), dWh (H, H), db (H,).
    """
    ### BEGIN SOLUTION
    carried, dWx, dWh, db = 0, 0, 0, 0
    dx = []
    for t in reversed(range(len(cache))):
        dx_t, carried, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + carried, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), carried, dWx, dWh, db
    ### END SOLUTION


# %% [markdown]
# ## One step of an LSTM
#
# Going back through T steps multiplies by $W_h^T$ and by slopes of tanh T times, and such products vanish or explode.
# An LSTM has a second state, the **cell** $c$, which is only scaled and added to:
#
# $$c' = \sigma(f) \odot c + \sigma(i) \odot \tanh(g), \qquad h' = \sigma(o) \odot \tanh(c').$$
#
# The four sums $i, f, o, g$ (input gate, forget gate, output gate, candidate) come out of one product: `Wx` is (D, 4H),
# and its columns hold **i, f, o and g in this order**, H columns each. (PyTorch has i, f, g, o.) The sigmoid below is
# given: written with tanh, it has no exponential that overflows.
#
# On the way back two gradients arrive, `dh` and `dc`. The new cell forks, into the next step and into $h'$, so first add
# up what reaches it: $dc + dh \odot \sigma(o) \odot (1 - \tanh^2 c')$. All else follows from that sum.


# %%
def sigmoid(z):
    """1 / (1 + exp(-z)), element by element."""
    return 0.5 * (1 + np.tanh(0.5 * z))


# %% nbgrader={"grade": false, "grade_id": "lstm_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_step_forward(x, h, c, Wx, Wh, b):
    """Take one step of an LSTM. Right even where the sums reach ±1000.

    x: (N, D), the inputs of this step
    h: (N, H), the state before it
    c: (N, H), the cell before it
    Wx: (D, 4H), columns for the gates i, f, o and the candidate g, in this order
    Wh: (H, 4H), likewise
    b: (4H,), likewise

    Returns the next h (N, H), the next c (N, H), and a cache for the backward pass.
    """
    ### BEGIN SOLUTION
    i, f, o, g = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
    new = f * c + i * g
    squashed = np.tanh(new)
    return o * squashed, new, (x, h, c, Wx, Wh, i, f, o, g, squashed)
    ### END SOLUTION


def lstm_step_backward(dh, dc, cache):
    """Pull two gradients back through one step.

    dh: (N, H), the gradient with respect to the h that lstm_step_forward returned
    dc: (N, H), the gradient with respect to the c that lstm_step_forward returned, but for what goes through that h
    cache: what lstm_step_forward returned

    Returns dx (N, D), dh (N, H), dc (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,): the gradients of what the step was
    given.
    """
    ### BEGIN SOLUTION
    x, h, c, Wx, Wh, i, f, o, g, squashed = cache
    dnew = dc + dh * o * (1 - squashed**2)
    di, df, do, dg = dnew * g, dnew * c, dh * squashed, dnew * i
    slopes = [di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)]
    da = np.concatenate(slopes, axis=1)
    return da @ Wx.T, da @ Wh.T, dnew * f, x.T @ da, h.T @ da, da.sum(axis=0)
    ### END SOLUTION


# %% [markdown]
# ## A whole sequence through an LSTM
#
# As above, with two states to carry. Only `h` leaves the layer, so the gradient of the last cell starts from 0.


# %% nbgrader={"grade": false, "grade_id": "lstm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lstm_forward(x, h0, c0, Wx, Wh, b):
    """Run an LSTM over sequences.

    x: (N, T, D), T >= 1
    h0, c0: (N, H), the state and the cell before the first step
    Wx: (D, 4H)
    Wh: (H, 4H)
    b: (4H,)

    Returns h (N, T, H), the states after each step, and a cache for the backward pass.
    """
    ### BEGIN SOLUTION
    h, c, states, caches = h0, c0, [], []
    for t in range(x.shape[1]):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches
    ### END SOLUTION


def lstm_backward(dh, cache):
    """Pull gradients back through time.

    dh: (N, T, H), the gradient that arrives at the state of each step from outside of the layer
    cache: what lstm_forward returned

    Returns dx (N, T, D), dh0 (N, H), dc0 (N, H), dWx (D, 4H), dWh (H, 4H), db (4H,).
    """
    ### BEGIN SOLUTION
    carried, dc = np.zeros_like(dh[:, 0]), np.zeros_like(dh[:, 0])
    dx, dWx, dWh, db = [], 0, 0, 0
    for t in reversed(range(len(cache))):
        dx_t, carried, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dh[:, t] + carried, dc, cache[t])
        dx.append(dx_t)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dx[::-1], axis=1), carried, dc, dWx, dWh, db
    ### END SOLUTION


# %% [markdown]
# ## Exploding and vanishing
#
# How far does a gradient get? Without the slopes of tanh, t steps multiply it by the t-th power of $W_h$, and the
# **spectral norm** of that power (its largest singular value) is the most by which any gradient can grow. It is at most
# $\|W_h\|^t$, so with a norm below 1 every gradient vanishes at least that fast. If an *eigenvalue* is larger than 1 in
# absolute value, the norms explode. In between, the norms may grow for a while before they vanish: eigenvalues decide
# what happens in the end, singular values what happens in a step.
#
# Against explosions, training **clips**: if the norm of *all* gradients together exceeds a limit, all of them are scaled
# by the same factor, limit / norm. The direction stays. (A 1e-6 added to the norm, as PyTorch has it, does no harm.)


# %% nbgrader={"grade": false, "grade_id": "through_time", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clip_by_norm(grads, limit):
    """Scale gradients so that their norm, taken over all of them together, is at most `limit`.

    grads: a dict of arrays of any shapes, which may be all zeros
    limit: the largest norm that is allowed, > 0

    Returns a new dict with the same keys. Gradients whose norm is below the limit come back as they are.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum(np.sum(grad**2) for grad in grads.values()))
    scale = 1.0 if norm <= limit else limit / norm
    return {name: scale * grad for name, grad in grads.items()}
    ### END SOLUTION


def gradient_through_time(Wh, T):
    """Compute the spectral norms of the first T powers of Wh, by which a gradient grows at most in so many steps.

    Wh: (H, H)
    T: the number of steps, >= 1

    Returns norms (T,): those of Wh, Wh @ Wh, and so on.
    """
    ### BEGIN SOLUTION
    norms, power = [], np.eye(len(Wh))
    for _ in range(T):
        power = power @ Wh
        norms.append(np.linalg.norm(power, ord=2))
    return np.array(norms)
    ### END SOLUTION


# %% [markdown]
# When your function stands, set `draw` to True (it needs matplotlib, and is not graded) and see the three cases: a norm
# below 1, eigenvalues below 1 with a norm above it, an eigenvalue above 1.

# %%
draw = False
if draw:
    import matplotlib.pyplot as plt

    for label, diagonal, corner in [("vanishes", 0.8, 0.1), ("grows, then vanishes", 0.8, 2.0), ("explodes", 1.1, 0.1)]:
        norms = gradient_through_time(np.array([[diagonal, corner], [0.0, diagonal]]), 30)
        plt.semilogy(np.arange(1, 31), norms, label=label)
    plt.xlabel("steps back in time")
    plt.ylabel("spectral norm of the power of Wh")
    plt.legend()
    plt.show()

# %% [markdown]
# ## Where values fork
#
# Networks that look at several scales at once fork as well, not in time but in depth. Here the scores use the input and
# both hidden layers:
#
# $$h_1 = \mathrm{relu}(x W_1 + b_1), \quad h_2 = \mathrm{relu}(h_1 W_2 + b_2), \quad
# s = x V_0 + h_1 V_1 + h_2 V_2 + c.$$
#
# $h_1$ goes two ways, into $s$ and into $h_2$, so its gradient is $ds\, V_1^T$ plus what comes back from $h_2$. Add the
# two **before** the mask of its ReLU. The input $x$ forks, too.


# %% nbgrader={"grade": false, "grade_id": "multiscale", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multiscale_forward(x, params):
    """Compute s = x V0 + h1 V1 + h2 V2 + c with h1 = relu(x W1 + b1) and h2 = relu(h1 W2 + b2).

    x: (N, D)
    params: a dict of W1 (D, A), b1 (A,), W2 (A, B), b2 (B,), V0 (D, M), V1 (A, M), V2 (B, M), c (M,)

    Returns s (N, M), and a cache for the backward pass.
    """
    ### BEGIN SOLUTION
    h1 = np.maximum(x @ params["W1"] + params["b1"], 0)
    h2 = np.maximum(h1 @ params["W2"] + params["b2"], 0)
    s = x @ params["V0"] + h1 @ params["V1"] + h2 @ params["V2"] + params["c"]
    return s, (x, h1, h2, params)
    ### END SOLUTION


def multiscale_backward(ds, cache):
    """Pull a gradient back through that network.

    ds: (N, M), the gradient with respect to s
    cache: what multiscale_forward returned

    Returns dx (N, D), and grads, a dict with a gradient for each key of params, in its shape.
    """
    ### BEGIN SOLUTION
    x, h1, h2, params = cache
    da2 = (ds @ params["V2"].T) * (h2 > 0)
    da1 = (ds @ params["V1"].T + da2 @ params["W2"].T) * (h1 > 0)
    dx = ds @ params["V0"].T + da1 @ params["W1"].T
    grads = {"W2": h1.T @ da2, "b2": da2.sum(axis=0), "W1": x.T @ da1, "b1": da1.sum(axis=0)}
    grads |= {"V0": x.T @ ds, "V1": h1.T @ ds, "V2": h2.T @ ds, "c": ds.sum(axis=0)}
    return dx, grads
    ### END SOLUTION
