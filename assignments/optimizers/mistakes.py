"""What students get wrong in `optimizers`: each function is a known-wrong entry point, its docstring a teacher's words.

Where they come from: the misconceptions that 1,240 published student solutions of five courses show (Adam without its
correction leads them), and what follows from the formulas.
"""

import numpy as np

from autograder import mistake

from .reference import adam, exponential_decay, inverse_time_decay, minibatches, rmsprop, sgd, sgd_momentum

# ── gradient descent ───────────────────────────────────────────────────────────────────────────


@mistake("sgd", caught_by=("values", "bowl"))
def sgd_ascends(w, dw, state, lr=1e-2):
    """You add the gradient, which climbs: the loss falls against it, w - lr * dw."""
    return w + lr * dw, state


@mistake("sgd", caught_by=("values", "bowl"))
def sgd_without_lr(w, dw, state, lr=1e-2):
    """You subtract the whole gradient: multiply it by the learning rate first."""
    return w - dw, state


@mistake("sgd", caught_by=("values", "bowl"))
def sgd_returns_the_update(w, dw, state, lr=1e-2):
    """You return the update -lr * dw alone: return the new w, w - lr * dw."""
    return -lr * dw, state


@mistake("sgd", caught_by=("values", "bowl"))
def sgd_normalises(w, dw, state, lr=1e-2):
    """You divide the gradient by its length, so steps never get shorter near a minimum: use it as it is."""
    return w - lr * dw / np.linalg.norm(dw), state


@mistake("sgd", caught_by="values")
def sgd_averages_over_rows(w, dw, state, lr=1e-2):
    """You divide dw by its number of rows: the mean over the batch is in the gradient already, so use it as it is."""
    return w - lr * dw / len(dw), state


@mistake("sgd", caught_by=("values", "bowl"))
def sgd_never_clears(w, dw, state, lr=1e-2):
    """You add each gradient to those of the steps before: plain gradient descent uses the newest gradient alone."""
    total = dw if state is None else state + dw
    return w - lr * total, total


@mistake("sgd", caught_by=("values", "bowl"))
def sgd_lr_falls(w, dw, state, lr=1e-2):
    """You divide the learning rate by the number of the step: a schedule is the caller's business, use lr as given."""
    t = (state or 0) + 1
    return w - lr / t * dw, t


@mistake("sgd", caught_by="pure")
def sgd_in_place(w, dw, state, lr=1e-2):
    """You write `w -= ...`, which changes the caller's array: compute a new one, w - lr * dw."""
    w -= lr * dw
    return w, state


@mistake("sgd", caught_by="shape")
def sgd_extra_axis(w, dw, state, lr=1e-2):
    """Your new w has an extra axis of length one: return it in w's own shape."""
    return (w - lr * dw)[None], state


@mistake("sgd", caught_by="default_options")
def sgd_default_lr(w, dw, state, lr=1e-3):
    """Your lr is 1e-3 if it is not given: the signature asks for 1e-2."""
    return sgd(w, dw, state, lr)


# ── momentum ───────────────────────────────────────────────────────────────────────────────────


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse", "ravine", "separate"))
def velocity_not_stored(w, dw, state, lr=1e-2, momentum=0.9):
    """You compute the velocity but do not return it, so every step starts at rest: return it as the state."""
    new_w, _ = sgd_momentum(w, dw, state, lr, momentum)
    return new_w, state


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def velocity_dampened(w, dw, state, lr=1e-2, momentum=0.9):
    """You weight the gradient with 1 - momentum, as in an average, so steps are too short: subtract lr * dw."""
    v = np.zeros_like(w) if state is None else state
    v = momentum * v - (1 - momentum) * lr * dw
    return w + v, v


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def nesterov(w, dw, state, lr=1e-2, momentum=0.9):
    """This is Nesterov's rule, which looks a step ahead: plain momentum adds v itself, w + v."""
    v = np.zeros_like(w) if state is None else state
    v = momentum * v - lr * dw
    return w + momentum * v - lr * dw, v


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse", "ravine"))
def velocity_subtracted(w, dw, state, lr=1e-2, momentum=0.9):
    """You subtract a velocity that already points downhill, so w climbs: add v if it holds -lr * dw."""
    new_w, v = sgd_momentum(w, dw, state, lr, momentum)
    return 2 * w - new_w, v


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse", "ravine"))
def velocity_times_lr_again(w, dw, state, lr=1e-2, momentum=0.9):
    """You multiply by the learning rate twice, in v and again in the step: once is enough."""
    v = np.zeros_like(w) if state is None else state
    v = momentum * v - lr * dw
    return w + lr * v, v


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def momentum_complemented(w, dw, state, lr=1e-2, momentum=0.9):
    """You keep 1 - momentum of the velocity: momentum is the part that is kept, momentum * v."""
    return sgd_momentum(w, dw, state, lr, 1 - momentum)


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def old_velocity_used(w, dw, state, lr=1e-2, momentum=0.9):
    """You move w by the velocity of the step before, so the first gradient does nothing: update v first."""
    v = np.zeros_like(w) if state is None else state
    return w + v, momentum * v - lr * dw


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def gradient_slowed_too(w, dw, state, lr=1e-2, momentum=0.9):
    """You multiply the new gradient by momentum as well: only the old velocity is, momentum * v - lr * dw."""
    v = np.zeros_like(w) if state is None else state
    v = momentum * (v - lr * dw)
    return w + v, v


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def velocity_starts_with_gradient(w, dw, state, lr=1e-2, momentum=0.9):
    """You start the velocity at -lr * dw and then add the same gradient again: start it at 0."""
    return sgd_momentum(w, dw, -lr * dw if state is None else state, lr, momentum)


@mistake("sgd_momentum", caught_by=("values", "constant", "impulse"))
def velocity_never_slows(w, dw, state, lr=1e-2, momentum=0.9):
    """Your velocity keeps everything and never slows: multiply it by momentum before the gradient is added."""
    v = np.zeros_like(w) if state is None else state
    v = v - lr * dw
    return w + v, v


_velocity = {}


@mistake("sgd_momentum", caught_by="separate")
def velocity_shared(w, dw, state, lr=1e-2, momentum=0.9):
    """You keep the velocity in a global variable, which all arrays share: keep it in the state that you return."""
    v = np.zeros_like(w) if state is None else _velocity["v"]
    _velocity["v"] = momentum * v - lr * dw
    return w + _velocity["v"], True


@mistake("sgd_momentum", caught_by="without")
def momentum_of_zero_ignored(w, dw, state, lr=1e-2, momentum=0.9):
    """You write `momentum or 0.9`, and 0 counts as false: momentum = 0 must be plain gradient descent."""
    return sgd_momentum(w, dw, state, lr, momentum or 0.9)


@mistake("sgd_momentum", caught_by="pure")
def momentum_in_place(w, dw, state, lr=1e-2, momentum=0.9):
    """You write `w += v`, which changes the caller's array: compute a new one, w + v."""
    _, v = sgd_momentum(w, dw, state, lr, momentum)
    w += v
    return w, v


@mistake("sgd_momentum", caught_by="pure")
def gradient_scaled_in_place(w, dw, state, lr=1e-2, momentum=0.9):
    """You write `dw *= lr`, which changes the caller's gradient: compute lr * dw."""
    new_w, v = sgd_momentum(w, dw, state, lr, momentum)
    dw *= lr
    return new_w, v


@mistake("sgd_momentum", caught_by="shape")
def momentum_extra_axis(w, dw, state, lr=1e-2, momentum=0.9):
    """Your new w has an extra axis of length one: return it in w's own shape."""
    new_w, v = sgd_momentum(w, dw, state, lr, momentum)
    return new_w[..., None], v


@mistake("sgd_momentum", caught_by="default_options")
def momentum_default(w, dw, state, lr=1e-2, momentum=0.99):
    """Your momentum is 0.99 if it is not given: the signature asks for 0.9."""
    return sgd_momentum(w, dw, state, lr, momentum)


# ── RMSProp ────────────────────────────────────────────────────────────────────────────────────


def _mean_square(w, dw, state, decay):
    return decay * (np.zeros_like(w) if state is None else state) + (1 - decay) * dw**2


@mistake("rmsprop", caught_by=("values", "constant", "scale"))
def rmsprop_without_root(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You divide by the mean square itself: take its root, or large gradients give the smallest steps."""
    s = _mean_square(w, dw, state, decay)
    return w - lr * dw / (s + eps), s


@mistake("rmsprop", caught_by=("values", "constant", "scale"))
def rmsprop_without_square(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You average |dw| and then take a root: average the squares, dw**2."""
    s = _mean_square(w, np.sqrt(np.abs(dw)), state, decay)
    return w - lr * dw / (np.sqrt(s) + eps), s


@mistake("rmsprop", caught_by=("values", "constant", "separate"))
def mean_square_not_stored(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You compute the mean square but do not return it, so it starts at 0 in every step: return it as the state."""
    new_w, _ = rmsprop(w, dw, state, lr, decay, eps)
    return new_w, state


@mistake("rmsprop", caught_by=("values", "constant", "scale"))
def old_mean_square_used(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You divide by the mean square of the step before, which is 0 in the first: update it first, then divide by it."""
    s = np.zeros_like(w) if state is None else state
    return w - lr * dw / (np.sqrt(s) + eps), _mean_square(w, dw, state, decay)


@mistake("rmsprop", caught_by=("values", "constant"))
def decay_complemented(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You exchange decay and 1 - decay: decay is the part of the old mean square that is kept."""
    return rmsprop(w, dw, state, lr, 1 - decay, eps)


@mistake("rmsprop", caught_by=("values", "constant"))
def adagrad(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You add the squares up without forgetting any, which is AdaGrad: weight them with decay and 1 - decay."""
    s = (np.zeros_like(w) if state is None else state) + dw**2
    return w - lr * dw / (np.sqrt(s) + eps), s


@mistake("rmsprop", caught_by=("values", "constant"))
def new_square_unweighted(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You add the whole of dw**2 to the decayed mean square: weight it with 1 - decay."""
    s = decay * (np.zeros_like(w) if state is None else state) + dw**2
    return w - lr * dw / (np.sqrt(s) + eps), s


@mistake("rmsprop", caught_by=("values", "constant"))
def mean_square_starts_with_gradient(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You start the mean square at dw**2: start it at 0."""
    return rmsprop(w, dw, dw**2 if state is None else state, lr, decay, eps)


@mistake("rmsprop", caught_by=("values", "constant"))
def rmsprop_corrected(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You correct the mean square for its start at 0, as Adam does: RMSProp takes it as it is."""
    old, t = (None, 0) if state is None else state
    s = _mean_square(w, dw, old, decay)
    return w - lr * dw / (np.sqrt(s / (1 - decay ** (t + 1))) + eps), (s, t + 1)


@mistake("rmsprop", caught_by=("values", "constant"))
def one_rate_for_the_array(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You average the squares over the whole array, so all elements share one rate: keep one for each element."""
    s = _mean_square(w, np.full_like(dw, np.sqrt(np.mean(dw**2))), state, decay)
    return w - lr * dw / (np.sqrt(s) + eps), s


@mistake("rmsprop", caught_by=("values", "constant"))
def eps_multiplied(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You multiply the root by eps, which makes steps a hundred million times too long: add eps to it."""
    s = _mean_square(w, dw, state, decay)
    return w - lr * dw / (np.sqrt(s) * eps), s


@mistake("rmsprop", caught_by=("values", "constant"))
def lr_under_the_root(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You multiply dw by lr before it is squared, so lr cancels: square the gradient alone."""
    s = _mean_square(w, lr * dw, state, decay)
    return w - lr * dw / (np.sqrt(s) + eps), s


@mistake("rmsprop", caught_by=("values", "constant"))
def rmsprop_ascends(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You add the step, which climbs: subtract it from w."""
    new_w, s = rmsprop(w, dw, state, lr, decay, eps)
    return 2 * w - new_w, s


@mistake("rmsprop", caught_by="zero_gradient")
def rmsprop_eps_missing(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You leave eps out, so an element without a gradient becomes 0 / 0: add eps to the root."""
    s = _mean_square(w, dw, state, decay)
    return w - lr * dw / np.sqrt(s), s


@mistake("rmsprop", caught_by="eps")
def eps_squared(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You add eps**2 under the root: add eps itself, outside the root or under it."""
    s = _mean_square(w, dw, state, decay)
    return w - lr * dw / np.sqrt(s + eps**2), s


_squares = {}


@mistake("rmsprop", caught_by="separate")
def mean_square_shared(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You keep the mean square in a global variable, which all arrays share: keep it in the state that you return."""
    new_w, _squares["s"] = rmsprop(w, dw, None if state is None else _squares["s"], lr, decay, eps)
    return new_w, True


@mistake("rmsprop", caught_by="pure")
def rmsprop_in_place(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """You write `w -= ...`, which changes the caller's array: compute a new one."""
    new_w, s = rmsprop(w, dw, state, lr, decay, eps)
    w[...] = new_w
    return w, s


@mistake("rmsprop", caught_by="shape")
def rmsprop_extra_axis(w, dw, state, lr=1e-2, decay=0.99, eps=1e-8):
    """Your new w has an extra axis of length one: return it in w's own shape."""
    new_w, s = rmsprop(w, dw, state, lr, decay, eps)
    return new_w[None], s


@mistake("rmsprop", caught_by="default_options")
def decay_default(w, dw, state, lr=1e-2, decay=0.9, eps=1e-8):
    """Your decay is 0.9 if it is not given: the signature asks for 0.99."""
    return rmsprop(w, dw, state, lr, decay, eps)


@mistake("rmsprop", caught_by="default_eps")
def rmsprop_eps_default(w, dw, state, lr=1e-2, decay=0.99, eps=1e-6):
    """Your eps is 1e-6 if it is not given: the signature asks for 1e-8."""
    return rmsprop(w, dw, state, lr, decay, eps)


# ── Adam ───────────────────────────────────────────────────────────────────────────────────────


def _averages(w, dw, state, beta1, beta2):
    m, v, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else state
    return beta1 * m + (1 - beta1) * dw, beta2 * v + (1 - beta2) * dw**2, t + 1


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def adam_uncorrected(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You leave the bias correction out, so the first steps are wrong: divide m by 1 - beta1**t, v alike."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (np.sqrt(v) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "constant", "second_step"))
def t_not_counted(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your t stays at 1, so the correction is right for the first step alone: store t + 1 in the state."""
    m, v, _ = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps), (m, v, 1)


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def t_starts_at_two(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your t is 2 on the first call: start at 0 and count up first, or at 1 and count up last."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def t_starts_at_zero(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your t is 0 on the first call, so you divide by 1 - beta**0 = 0: count up before you correct."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    corrected_m, corrected_v = m / np.float64(1 - beta1 ** (t - 1)), v / np.float64(1 - beta2 ** (t - 1))
    return w - lr * corrected_m / (np.sqrt(corrected_v) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "constant", "second_step"))
def corrected_averages_stored(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You store the corrected averages, so the next step corrects them again: store m and v as they were before."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - lr * m / (np.sqrt(v) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "second_step"))
def betas_exchanged(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You exchange the betas: beta1 belongs to the mean of the gradient, beta2 to that of its square."""
    return adam(w, dw, state, lr, beta2, beta1, eps)


@mistake("adam", caught_by=("values", "constant", "second_step"))
def power_of_the_complement(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You raise 1 - beta to the power t: the correction is 1 - beta**t."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1) ** t / (np.sqrt(v / (1 - beta2) ** t) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "constant", "second_step"))
def beta_times_t(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You correct with 1 - beta * t, which soon turns negative: beta is raised to the power t, 1 - beta**t."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1 * t) / (np.sqrt(v / (1 - beta2 * t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def correction_multiplied(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You multiply by 1 - beta**t, which makes small averages smaller still: divide by it."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m * (1 - beta1**t) / (np.sqrt(v * (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def only_m_corrected(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You correct m and forget v: divide v by 1 - beta2**t as well."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def only_v_corrected(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You correct v and forget m: divide m by 1 - beta1**t as well."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "second_step"))
def root_of_correction_missing(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You fold the correction into lr without the root: it is lr * sqrt(1 - beta2**t) / (1 - beta1**t)."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * (1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "second_step"))
def gradient_for_its_mean(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You step along dw itself and leave its mean m unused: the step is along the corrected m."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * dw / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "scale"))
def adam_without_square(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You average |dw| for v: average the squares, dw**2, whose root is taken later."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    old = np.zeros_like(w) if state is None else state[1]
    v = beta2 * old + (1 - beta2) * np.abs(dw)
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step", "constant", "scale"))
def adam_without_root(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You divide by the mean square itself: take its root, or large gradients give the smallest steps."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step"))
def square_of_the_mean(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You average the square of m for v: average the square of the gradient, dw**2."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    v = beta2 * (np.zeros_like(w) if state is None else state[1]) + (1 - beta2) * m**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "first_step"))
def new_gradient_unweighted(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You add the whole of dw to beta1 * m, as momentum does: Adam's m is a mean, so weight dw with 1 - beta1."""
    m, v, t = (np.zeros_like(w), np.zeros_like(w), 0) if state is None else state
    m, v, t = beta1 * m + dw, beta2 * v + (1 - beta2) * dw**2, t + 1
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by=("values", "constant"))
def adam_ascends(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You add the step, which climbs: subtract it from w."""
    new_w, state = adam(w, dw, state, lr, beta1, beta2, eps)
    return 2 * w - new_w, state


@mistake("adam", caught_by="values")
def amsgrad(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You divide by the largest mean square so far, which is AMSGrad: Adam divides by the newest."""
    averages, most = (None, 0.0) if state is None else state
    m, v, t = _averages(w, dw, averages, beta1, beta2)
    most = np.maximum(most, v / (1 - beta2**t))
    return w - lr * m / (1 - beta1**t) / (np.sqrt(most) + eps), ((m, v, t), most)


@mistake("adam", caught_by=("values", "constant", "second_step", "separate"))
def averages_not_stored(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You count t but start m and v at 0 in every step: return them in the state."""
    t = (state or 0) + 1
    m, v = (1 - beta1) * dw, (1 - beta2) * dw**2
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), t


@mistake("adam", caught_by="eps")
def adam_eps_inside(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You add eps under the root: in Adam it stands outside, np.sqrt(v) + eps."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), (m, v, t)


@mistake("adam", caught_by="eps")
def eps_beside_uncorrected(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You fold the correction into lr and add eps to the uncorrected root: scale eps by sqrt(1 - beta2**t) as well."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps), (m, v, t)


@mistake("adam", caught_by="zero_gradient")
def adam_eps_missing(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You leave eps out, so an element that never had a gradient becomes 0 / 0: add eps to the root."""
    m, v, t = _averages(w, dw, state, beta1, beta2)
    return w - lr * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t)), (m, v, t)


_clock = {"t": 0}


@mistake("adam", caught_by="separate")
def t_shared(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You count t in a global variable, so it runs ahead with several arrays: keep t in each array's state."""
    _clock["t"] = 0 if state is None else _clock["t"]
    m, v, _ = _averages(w, dw, state, beta1, beta2)
    _clock["t"] += 1
    t = _clock["t"]
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), (m, v, t)


@mistake("adam", caught_by="pure")
def adam_in_place(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You write `w -= ...`, which changes the caller's array: compute a new one."""
    new_w, state = adam(w, dw, state, lr, beta1, beta2, eps)
    w[...] = new_w
    return w, state


@mistake("adam", caught_by="pure")
def gradient_squared_in_place(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You square dw in place, which changes the caller's gradient: compute dw**2."""
    new_w, state = adam(w, dw, state, lr, beta1, beta2, eps)
    dw *= dw
    return new_w, state


@mistake("adam", caught_by="shape")
def adam_extra_axis(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your new w has an extra axis of length one: return it in w's own shape."""
    new_w, state = adam(w, dw, state, lr, beta1, beta2, eps)
    return new_w[None], state


@mistake("adam", caught_by="default_options")
def beta2_default(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.99, eps=1e-8):
    """Your beta2 is 0.99 if it is not given: the signature asks for 0.999."""
    return adam(w, dw, state, lr, beta1, beta2, eps)


@mistake("adam", caught_by="default_eps")
def adam_eps_default(w, dw, state, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-7):
    """Your eps is 1e-7 if it is not given: the signature asks for 1e-8."""
    return adam(w, dw, state, lr, beta1, beta2, eps)


# ── schedules ──────────────────────────────────────────────────────────────────────────────────


@mistake("exponential_decay", caught_by=("values", "arrays", "known_answers"))
def rate_grows(lr0, k, t):
    """Your learning rate grows: the exponent is -k * t."""
    return lr0 * np.exp(k * t)


@mistake("exponential_decay", caught_by=("values", "arrays", "known_answers"))
def k_for_the_base(lr0, k, t):
    """You raise k to the power t: k is a rate in the exponent, exp(-k * t)."""
    return lr0 * k**t


@mistake("exponential_decay", caught_by=("values", "arrays", "known_answers"))
def powers_of_two(lr0, k, t):
    """You take powers of 2: the base is e, np.exp(-k * t)."""
    return lr0 * 2.0 ** (-k * t)


@mistake("exponential_decay", caught_by=("values", "arrays"))
def decay_by_steps(lr0, k, t):
    """You round t down, which makes a staircase: t need not be a whole number."""
    return lr0 * np.exp(-k * np.floor(t))


@mistake("exponential_decay", caught_by="arrays")
def times_flattened(lr0, k, t):
    """Your result is flat whatever the shape of t: return one learning rate for each t, in t's shape."""
    return np.array([exponential_decay(lr0, k, one) for one in np.ravel(t)])[() if np.ndim(t) else 0]


@mistake("exponential_decay", caught_by="pure")
def times_negated_in_place(lr0, k, t):
    """You write `t *= -k`, which changes the caller's array: compute -k * t."""
    rate = exponential_decay(lr0, k, t)
    t *= -k
    return rate


@mistake("inverse_time_decay", caught_by=("values", "arrays", "known_answers"))
def precedence(lr0, k, t):
    """You compute lr0 / 1 + k * t, where the division comes first: put 1 + k * t in parentheses."""
    return lr0 / 1 + k * t


@mistake("inverse_time_decay", caught_by=("values", "arrays", "known_answers"))
def inverse_square(lr0, k, t):
    """You square the divisor: it is 1 + k * t."""
    return lr0 / (1 + k * t) ** 2


@mistake("inverse_time_decay", caught_by=("values", "arrays", "known_answers"))
def inverse_root(lr0, k, t):
    """You take the root of the divisor: it is 1 + k * t."""
    return lr0 / np.sqrt(1 + k * t)


@mistake("inverse_time_decay", caught_by=("values", "arrays", "known_answers"))
def one_for_k(lr0, k, t):
    """You divide by k + t: the rate k multiplies the time, 1 + k * t."""
    return lr0 / (k + t)


@mistake("inverse_time_decay", caught_by="arrays")
def inverse_times_flattened(lr0, k, t):
    """Your result is flat whatever the shape of t: return one learning rate for each t, in t's shape."""
    return np.array([inverse_time_decay(lr0, k, one) for one in np.ravel(t)])[() if np.ndim(t) else 0]


@mistake("inverse_time_decay", caught_by="pure")
def times_scaled_in_place(lr0, k, t):
    """You write `t *= k`, which changes the caller's array: compute k * t."""
    rate = inverse_time_decay(lr0, k, t)
    t *= k
    return rate


# ── mini-batches ───────────────────────────────────────────────────────────────────────────────


def _cut(order, batch_size):
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


@mistake("minibatches", caught_by="indices")
def drawn_with_replacement(n, batch_size, rng):
    """You draw each index anew, so some come twice and others never: take a permutation and cut it up."""
    return _cut(rng.integers(0, n, n), batch_size)


@mistake("minibatches", caught_by=("shuffled", "rng"))
def not_shuffled(n, batch_size, rng):
    """You cut the examples up in the order they are in: permute the indices first."""
    return _cut(np.arange(n), batch_size)


@mistake("minibatches", caught_by="shuffled")
def batches_shuffled(n, batch_size, rng):
    """You shuffle whole batches, so the same examples always meet: permute the indices, then cut."""
    full = [start for start in range(0, n, batch_size) if start + batch_size <= n]
    rest = [np.arange(len(full) * batch_size, n)] if n % batch_size else []
    return [np.arange(start, start + batch_size) for start in rng.permutation(full).astype(int)] + rest


@mistake("minibatches", caught_by="shuffled")
def shuffled_inside(n, batch_size, rng):
    """You shuffle inside each batch only, so the same examples always meet: permute all indices, then cut."""
    return [rng.permutation(batch) for batch in _cut(np.arange(n), batch_size)]


@mistake("minibatches", caught_by=("indices", "sizes"))
def last_batch_dropped(n, batch_size, rng):
    """You leave the last batch out when it is not full, and its examples with it: yield it, short as it is."""
    return [batch for batch in minibatches(n, batch_size, rng) if len(batch) == batch_size]


@mistake("minibatches", caught_by=("indices", "sizes"))
def last_batch_filled_up(n, batch_size, rng):
    """You fill the last batch up with examples that have come already: yield it short."""
    order = rng.permutation(n)
    return _cut(np.resize(order, -(-n // batch_size) * batch_size), batch_size)


@mistake("minibatches", caught_by="sizes")
def batches_of_even_size(n, batch_size, rng):
    """You spread the examples evenly over the batches: every batch but the last must hold batch_size of them."""
    return np.array_split(rng.permutation(n), -(-n // batch_size))


@mistake("minibatches", caught_by="sizes")
def rest_in_the_last_batch(n, batch_size, rng):
    """You put the examples that are left over into the last full batch: give them a batch of their own."""
    order, whole = rng.permutation(n), max(n // batch_size, 1)
    return [*_cut(order[: (whole - 1) * batch_size], batch_size), order[(whole - 1) * batch_size :]]


@mistake("minibatches", caught_by="sizes")
def size_for_number(n, batch_size, rng):
    """You make batch_size batches: batch_size is the number of examples in each."""
    return [batch for batch in np.array_split(rng.permutation(n), batch_size) if len(batch)]


@mistake("minibatches", caught_by="indices")
def counted_from_one(n, batch_size, rng):
    """You count the examples from 1 to n: indices run from 0 to n - 1."""
    return _cut(rng.permutation(n) + 1, batch_size)


@mistake("minibatches", caught_by="indices")
def last_example_left_out(n, batch_size, rng):
    """You permute n - 1 indices, so the last example never comes: rng.permutation(n) holds 0 to n - 1."""
    return _cut(rng.permutation(n - 1), batch_size)


@mistake("minibatches", caught_by="rng")
def seeded_inside(n, batch_size, rng):
    """You make a generator with a fixed seed of your own, so all epochs are alike: draw from the rng you are given."""
    return _cut(np.random.default_rng(0).permutation(n), batch_size)


# ── training ───────────────────────────────────────────────────────────────────────────────────


def _train(loss_and_grads, params, optimizer, epochs, batches_of_epoch, prepare=lambda grads: grads):
    """The loop, on the mini-batches that `batches_of_epoch()` gives, with gradients as `prepare` leaves them."""
    params, states, history = dict(params), dict.fromkeys(params), []
    for _ in range(epochs):
        for indices in batches_of_epoch():
            loss, grads = loss_and_grads(params, indices)
            history.append(loss)
            for name, dw in prepare(grads).items():
                params[name], states[name] = optimizer(params[name], dw, states[name])
    return params, history


@mistake("train", caught_by="order")
def one_order_for_all_epochs(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You draw the order once, before the first epoch: draw a new one for each."""
    order = rng.permutation(data_size)
    return _train(loss_and_grads, params, optimizer, epochs, lambda: _cut(order, batch_size))


@mistake("train", caught_by="order")
def trained_in_order(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You train on the examples in the order they are in: permute the indices in each epoch."""
    return _train(loss_and_grads, params, optimizer, epochs, lambda: _cut(np.arange(data_size), batch_size))


@mistake("train", caught_by="epochs")
def batches_drawn_at_random(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You draw each mini-batch anew, so an epoch misses some examples: go through a permutation of them."""
    count, size = -(-data_size // batch_size), min(batch_size, data_size)
    return _train(
        loss_and_grads, params, optimizer, epochs, lambda: [rng.integers(0, data_size, size) for _ in range(count)]
    )


@mistake("train", caught_by="epochs")
def all_examples_at_once(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You take all examples in every step: take batch_size of them."""
    return _train(loss_and_grads, params, optimizer, epochs, lambda: [rng.permutation(data_size)])


@mistake("train", caught_by=("epochs", "bowl", "classifier", "ravine"))
def one_epoch_only(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You go through the examples once: repeat it epochs times."""
    return _train(loss_and_grads, params, optimizer, 1, lambda: minibatches(data_size, batch_size, rng))


@mistake("train", caught_by="epochs")
def one_epoch_short(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You stop one epoch early: range(1, epochs) has epochs - 1 numbers, use range(epochs)."""
    whole = max(epochs - 1, 1)
    return _train(loss_and_grads, params, optimizer, whole, lambda: minibatches(data_size, batch_size, rng))


@mistake("train", caught_by=("state", "ravine"))
def state_forgotten(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You hand None to the optimizer in every step, so it remembers nothing: hand on the state that it returned."""
    return _train(
        loss_and_grads,
        params,
        lambda w, dw, state: optimizer(w, dw, None),
        epochs,
        lambda: minibatches(data_size, batch_size, rng),
    )


@mistake("train", caught_by="state")
def one_state_for_all(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """All arrays share one optimizer state: keep a state for each, in a dict with the keys of params."""
    shared = [None]

    def step(w, dw, state):
        new_w, shared[0] = optimizer(w, dw, shared[0])
        return new_w, None

    return _train(loss_and_grads, params, step, epochs, lambda: minibatches(data_size, batch_size, rng))


@mistake("train", caught_by=("state", "ravine"))
def state_lost_between_epochs(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You start each epoch with fresh optimizer states: make them once, before the first epoch."""
    history = []
    for _ in range(epochs):
        batches = minibatches(data_size, batch_size, rng)
        params, losses = _train(loss_and_grads, params, optimizer, 1, lambda batches=batches: batches)
        history += losses
    return params, history


@mistake("train", caught_by="params")
def one_array_trained(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You update the first array alone: update every array of params in each step."""
    first = next(iter(params))
    return _train(
        loss_and_grads,
        params,
        optimizer,
        epochs,
        lambda: minibatches(data_size, batch_size, rng),
        lambda grads: {first: grads[first]},
    )


@mistake("train", caught_by=("params", "history"))
def gradients_at_the_start(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You ask for the gradients at the params that training started from: ask at the newest ones."""

    def stale(_, indices):
        return loss_and_grads(params, indices)

    return _train(stale, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng))


@mistake("train", caught_by=("params", "bowl", "classifier"))
def start_returned(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You return the params that you were given: return the trained ones."""
    _, history = _train(loss_and_grads, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng))
    return params, history


@mistake("train", caught_by="params")
def divided_by_batch_again(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You divide the gradients by the batch size, but the loss is a mean and has done so: use them as they are."""
    return _train(
        loss_and_grads,
        params,
        optimizer,
        epochs,
        lambda: minibatches(data_size, batch_size, rng),
        lambda grads: {name: dw / batch_size for name, dw in grads.items()},
    )


@mistake("train", caught_by="params")
def gradients_pile_up(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You add each gradient to those of the steps before: every step takes the newest alone."""
    total = {}

    def add(grads):
        for name, dw in grads.items():
            total[name] = total.get(name, 0.0) + dw
        return total

    return _train(loss_and_grads, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng), add)


@mistake("train", caught_by=("params", "bowl", "classifier"))
def trained_uphill(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You hand -dw to the optimizer, which goes downhill by itself: hand it dw."""
    return _train(
        loss_and_grads,
        params,
        optimizer,
        epochs,
        lambda: minibatches(data_size, batch_size, rng),
        lambda grads: {name: -dw for name, dw in grads.items()},
    )


@mistake("train", caught_by="history")
def history_of_epochs(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """Your history holds one mean for each epoch: note the loss of every step."""
    params, history = _train(loss_and_grads, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng))
    each = -(-data_size // batch_size)
    return params, [float(np.mean(history[i : i + each])) for i in range(0, len(history), each)]


@mistake("train", caught_by="history")
def history_averaged(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """Your history holds the mean of all losses so far: note the loss of each step as it is."""
    params, history = _train(loss_and_grads, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng))
    return params, (np.cumsum(history) / np.arange(1, len(history) + 1)).tolist()


@mistake("train", caught_by="history")
def last_loss_only(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You return the last loss alone: collect the losses of all steps in a list."""
    params, history = _train(loss_and_grads, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng))
    return params, history[-1]


@mistake("train", caught_by="pure")
def params_in_place(loss_and_grads, params, optimizer, data_size, batch_size, epochs, rng):
    """You write the new arrays into the dict that you were given: start with a copy, dict(params)."""
    trained, history = _train(
        loss_and_grads, params, optimizer, epochs, lambda: minibatches(data_size, batch_size, rng)
    )
    params.update(trained)
    return params, history
