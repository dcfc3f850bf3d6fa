"""What students get wrong in `batchnorm`: each function is a known-wrong entry point, its docstring what to say.

Most are the reference's result with the mistake put in, so that nothing but the mistake is wrong. Where they come from:
the misconceptions that 1,240 published student solutions of five courses show, and what follows from the formulas.
"""

import functools
from types import SimpleNamespace

import numpy as np

from autograder import mistake

from .reference import (
    batchnorm_backward,
    batchnorm_backward_alt,
    batchnorm_forward,
    layernorm_backward,
    layernorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)

# ── one thing wrong, all else right ────────────────────────────────────────────────────────────


def _arguments(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """The arguments by name, and the mean and variance that normalise x in this mode, shaped to be broadcast over x."""
    axes = (0,) if x.ndim == 2 else (0, 2, 3)
    a = SimpleNamespace(**locals())
    a.gamma, a.beta = (value.reshape(-1, *[1] * (x.ndim - 2)) for value in (gamma, beta))
    a.batch_mean, a.batch_var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    a.mean, a.var = a.batch_mean, a.batch_var
    if not training:
        a.mean, a.var = (
            state[name].reshape(a.batch_mean.shape[1:] if x.ndim == 4 else -1)
            for name in ("running_mean", "running_var")
        )
    return a


def _replaced(reference, wrong, position, modes):
    """`reference` with output `position` from `wrong(arguments)` where training is in `modes`."""

    @functools.wraps(wrong)
    def forward(*args, **options):
        outputs, a = list(reference(*args, **options)), _arguments(*args, **options)
        if a.training in modes:
            outputs[position] = wrong(a)
        return tuple(outputs)

    return forward


def out_of(reference, modes=(True, False)):
    """The decorated function gives out in these modes of training."""
    return lambda wrong: _replaced(reference, wrong, 0, modes)


def state_of(reference, modes=(True,)):
    """The decorated function gives the new state in these modes of training."""
    return lambda wrong: _replaced(reference, wrong, 2, modes)


def statistics_of(reference):
    """The decorated function gives mean and variance in training: for out, and for the running statistics too."""

    def decorate(wrong):
        @functools.wraps(wrong)
        def forward(*args, **options):
            a = _arguments(*args, **options)
            if not a.training:
                return reference(*args, **options)
            mean, var = wrong(a)
            out = a.gamma * (a.x - mean) / np.sqrt(var + a.eps) + a.beta
            return out, reference(*args, **options)[1], stepped(a, mean + 0 * a.mean, var + 0 * a.var)

        return forward

    return decorate


def dx_of(reference, position=0):
    """The decorated function gives dx (or the gradient at `position`) from dout and the cache."""

    def decorate(wrong):
        @functools.wraps(wrong)
        def backward(dout, cache):
            gradients = list(reference(dout, cache))
            gradients[position] = wrong(dout, *cache)
            return tuple(gradients)

        return backward

    return decorate


def average(mean, var):
    """A state made of these two."""
    return {"running_mean": mean, "running_var": var}


def moved(a, name, batch, momentum=None):
    """One step of a running average."""
    momentum = a.momentum if momentum is None else momentum
    return momentum * a.state[name] + (1 - momentum) * batch.ravel()


def stepped(a, mean, var, momentum=None):
    """The state after a step towards these two."""
    return average(moved(a, "running_mean", mean, momentum), moved(a, "running_var", var, momentum))


# ── batch normalisation, forward ───────────────────────────────────────────────────────────────


@mistake("batchnorm_forward", caught_by=("values", "statistics", "running"))
@statistics_of(batchnorm_forward)
def variance_over_n_minus_one(a):
    """You divide the variance by N - 1; batch normalisation takes the mean of the squares, so divide by N."""
    return a.mean, a.x.var(axis=0, ddof=1, keepdims=True)


@mistake("batchnorm_forward", caught_by=("values", "statistics"))
@out_of(batchnorm_forward, modes=(True,))
def variance_over_n_minus_one_in_out(a):
    """You divide the variance by N - 1 in out, and by N for the running one: both are means of squares, over N."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.x.var(axis=0, ddof=1) + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("values", "statistics", "invariance"))
@out_of(batchnorm_forward)
def mean_not_subtracted(a):
    """You divide by the spread but never subtract the mean: xhat is (x - mean) / std."""
    return a.gamma * a.x / np.sqrt(a.var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("values", "statistics", "evaluation"))
@out_of(batchnorm_forward)
def divided_by_variance(a):
    """You divide by the variance: divide by its square root, the standard deviation."""
    return a.gamma * (a.x - a.mean) / (a.var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("statistics", "evaluation_eps", "known_answers"))
@out_of(batchnorm_forward)
def eps_outside_root(a):
    """You add eps to the standard deviation: it belongs to the variance, inside the root, sqrt(var + eps)."""
    return a.gamma * (a.x - a.mean) / (np.sqrt(a.var) + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("statistics", "constant", "defaults"))
@out_of(batchnorm_forward)
def eps_forgotten(a):
    """You leave eps out, so a constant feature gives 0/0: divide by sqrt(var + eps)."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.var) + a.beta


@mistake("batchnorm_forward", caught_by="evaluation_eps")
@out_of(batchnorm_forward, modes=(False,))
def eps_forgotten_in_evaluation(a):
    """You leave eps out with training=False: the running variance gets eps as the batch's does."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.var) + a.beta


@mistake("batchnorm_forward", caught_by=("values", "statistics", "evaluation"))
@out_of(batchnorm_forward)
def eps_written_into_the_formula(a):
    """You write 1e-5 into the formula, so another eps has no effect: use the argument eps."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.var + 1e-5) + a.beta


@mistake("batchnorm_forward", caught_by=("statistics", "evaluation_eps"))
@out_of(batchnorm_forward)
def eps_squared(a):
    """You add the square of eps to the variance: add eps itself."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.var + a.eps**2) + a.beta


@mistake("batchnorm_forward", caught_by=("values", "invariance"))
@out_of(batchnorm_forward, modes=(True,))
def statistics_of_each_example(a):
    """You take mean and variance over the features of each example, which is layer normalisation: use axis 0."""
    mean, var = a.x.mean(axis=1, keepdims=True), a.x.var(axis=1, keepdims=True)
    return a.gamma * (a.x - mean) / np.sqrt(var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("values", "invariance"))
@statistics_of(batchnorm_forward)
def statistics_of_everything(a):
    """You take one mean and one variance of the whole array: every feature has its own, so give axis=0."""
    return a.x.mean(), a.x.var()


@mistake("batchnorm_forward", caught_by=("values", "statistics"))
@statistics_of(batchnorm_forward)
def mean_absolute_deviation(a):
    """You divide by the mean of |x - mean|: the variance is the mean of the squares, and the divisor is its root."""
    return a.mean, np.abs(a.x - a.mean).mean(axis=0) ** 2


@mistake("batchnorm_forward", caught_by=("values", "statistics"))
@statistics_of(batchnorm_forward)
def variance_not_averaged(a):
    """You sum the squared deviations and do not divide by N: the variance is their mean."""
    return a.mean, len(a.x) * a.var


@mistake("batchnorm_forward", caught_by=("values", "statistics"))
@statistics_of(batchnorm_forward)
def variance_around_zero(a):
    """You take the mean of x² for the variance: subtract the mean first, or subtract mean² afterwards."""
    return a.mean, (a.x**2).mean(axis=0)


@mistake("batchnorm_forward", caught_by=("values", "evaluation"))
@out_of(batchnorm_forward)
def gamma_forgotten(a):
    """You never multiply by gamma: out is gamma * xhat + beta."""
    return (a.x - a.mean) / np.sqrt(a.var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("values", "statistics", "constant"))
@out_of(batchnorm_forward)
def beta_forgotten(a):
    """You never add beta: out is gamma * xhat + beta."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.var + a.eps)


@mistake("batchnorm_forward", caught_by=("values", "evaluation"))
@out_of(batchnorm_forward)
def beta_before_gamma(a):
    """You add beta before you multiply by gamma, which scales beta too: out is gamma * xhat + beta."""
    return a.gamma * ((a.x - a.mean) / np.sqrt(a.var + a.eps) + a.beta)


@mistake("batchnorm_forward", caught_by=("values", "evaluation"))
@out_of(batchnorm_forward)
def gamma_and_beta_exchanged(a):
    """You scale by beta and shift by gamma: gamma is the scale, beta the shift."""
    return a.beta * (a.x - a.mean) / np.sqrt(a.var + a.eps) + a.gamma


@mistake("batchnorm_forward", caught_by=("values", "statistics"))
@out_of(batchnorm_forward, modes=(True,))
def training_with_running_statistics(a):
    """You normalise with the running statistics in training, too: there the batch's own mean and variance are used."""
    std = np.sqrt(a.state["running_var"] + a.eps)
    return a.gamma * (a.x - a.state["running_mean"]) / std + a.beta


@mistake("batchnorm_forward", caught_by=("values", "statistics"))
@out_of(batchnorm_forward, modes=(True,))
def training_with_updated_running_statistics(a):
    """You update the running statistics and normalise with those: in training normalise with the batch's own."""
    mean, var = moved(a, "running_mean", a.mean), moved(a, "running_var", a.var)
    return a.gamma * (a.x - mean) / np.sqrt(var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by="shape")
def batchnorm_squeezed(*args, **options):
    """Your out has lost an axis of length one: a layer keeps the shape (N, D), for D = 1, too."""
    out, *others = batchnorm_forward(*args, **options)
    return out.squeeze(), *others


@mistake("batchnorm_forward", caught_by="pure")
def batchnorm_in_place(x, *args, **options):
    """You subtract the mean from x itself, and the caller still needs x: write x - mean into a new array."""
    outputs = batchnorm_forward(x, *args, **options)
    x -= x.mean(axis=0)
    return outputs


@mistake("batchnorm_forward", caught_by="defaults")
def default_momentum_of_torch(x, gamma, beta, state, training=True, momentum=0.1, eps=1e-5):
    """Your momentum is not 0.9 when none is given: write momentum=0.9 in the signature."""
    return batchnorm_forward(x, gamma, beta, state, training, momentum, eps)


@mistake("batchnorm_forward", caught_by="defaults")
def default_eps(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-8):
    """Your eps is not 1e-5 when none is given: write eps=1e-5 in the signature."""
    return batchnorm_forward(x, gamma, beta, state, training, momentum, eps)


@mistake("batchnorm_forward", caught_by="defaults")
def default_mode(x, gamma, beta, state, training=False, momentum=0.9, eps=1e-5):
    """You take training to be False when it is not given: write training=True in the signature."""
    return batchnorm_forward(x, gamma, beta, state, training, momentum, eps)


# ── running statistics and evaluation ──────────────────────────────────────────────────────────


@mistake("batchnorm_forward", caught_by="running")
@state_of(batchnorm_forward)
def momentum_swapped(a):
    """Your momentum is the wrong way round: it is the part of the old statistics that is kept."""
    return stepped(a, a.mean, a.var, 1 - a.momentum)


@mistake("batchnorm_forward", caught_by="running")
@state_of(batchnorm_forward)
def momentum_written_into_the_formula(a):
    """You write 0.9 into the formula, so another momentum has no effect: use the argument momentum."""
    return stepped(a, a.mean, a.var, 0.9)


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def running_variance_unbiased(a):
    """Your running_var averages the variance over N - 1, as PyTorch does: here it is the variance over N."""
    return stepped(a, a.mean, a.x.var(axis=0, ddof=1))


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def running_deviation(a):
    """You average the standard deviation into running_var: average the variance."""
    return stepped(a, a.mean, np.sqrt(a.var))


@mistake("batchnorm_forward", caught_by="running")
@state_of(batchnorm_forward)
def running_variance_with_eps(a):
    """Your running_var has eps in it, which is then added a second time in evaluation: average the variance alone."""
    return stepped(a, a.mean, a.var + a.eps)


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def state_not_updated(a):
    """You return the state as it came in: in training it takes in the batch's mean and variance."""
    return a.state


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def state_replaced(a):
    """You replace the running statistics by the batch's: keep momentum times the old ones."""
    return average(a.mean.ravel(), a.var.ravel())


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def batch_not_weighted(a):
    """You add the batch's statistics whole, so the running ones grow and grow: weight them with 1 - momentum."""
    return {name: a.momentum * a.state[name] + v.ravel() for name, v in zip(a.state, (a.mean, a.var), strict=True)}


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def running_mean_in_both(a):
    """You average the batch's mean into running_var as well: running_var takes in the variance."""
    return stepped(a, a.mean, a.mean)


@mistake("batchnorm_forward", caught_by=("running", "known_answers"))
@state_of(batchnorm_forward)
def only_the_mean_is_kept(a):
    """You update running_mean and leave running_var as it was: both take in the batch."""
    return average(moved(a, "running_mean", a.mean), a.state["running_var"])


@mistake("batchnorm_forward", caught_by="state_shape")
@state_of(batchnorm_forward)
def state_keeps_axis(a):
    """Your running statistics are (1, D) where (D,) is asked for: take mean and variance without keepdims."""
    mean, var = moved(a, "running_mean", a.mean), moved(a, "running_var", a.var)
    return average(mean[None], var[None])


@mistake("batchnorm_forward", caught_by="pure")
def state_updated_in_place(x, gamma, beta, state, *args, **options):
    """You write the new statistics into the dict that you were given: return a new one, and leave the old one alone."""
    out, cache, new = batchnorm_forward(x, gamma, beta, state, *args, **options)
    state.update(new)
    return out, cache, state


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_eps", "evaluation_alone"))
@out_of(batchnorm_forward, modes=(False,))
def evaluation_with_batch_statistics(a):
    """You normalise with the batch's statistics when training is False, too: use the running ones there."""
    return a.gamma * (a.x - a.batch_mean) / np.sqrt(a.batch_var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_eps", "evaluation_alone"))
def training_ignored(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """You do the same whatever training says: when it is False, read the running statistics and leave them alone."""
    return batchnorm_forward(x, gamma, beta, state, True, momentum, eps)


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_alone"))
@out_of(batchnorm_forward, modes=(False,))
def evaluation_without_root(a):
    """You divide by running_var when training is False: it is a variance, so divide by sqrt(running_var + eps)."""
    return a.gamma * (a.x - a.mean) / (a.var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_alone"))
@out_of(batchnorm_forward, modes=(False,))
def evaluation_without_gamma_and_beta(a):
    """You return xhat alone when training is False: gamma and beta belong to the layer in both modes."""
    return (a.x - a.mean) / np.sqrt(a.var + a.eps)


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_alone"))
@out_of(batchnorm_forward, modes=(False,))
def evaluation_with_half_the_statistics(a):
    """You subtract the batch's mean when training is False: subtract running_mean."""
    return a.gamma * (a.x - a.batch_mean) / np.sqrt(a.var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_alone"))
@out_of(batchnorm_forward, modes=(False,))
def evaluation_with_updated_statistics(a):
    """You update the running statistics before you use them when training is False: use them as they came in."""
    mean, var = moved(a, "running_mean", a.batch_mean), moved(a, "running_var", a.batch_var)
    return a.gamma * (a.x - mean) / np.sqrt(var + a.eps) + a.beta


@mistake("batchnorm_forward", caught_by=("evaluation", "evaluation_alone"))
@out_of(batchnorm_forward, modes=(False,))
def evaluation_passes_x_on(a):
    """You return x as it is when training is False: normalise it with the running statistics."""
    return a.x.copy()


@mistake("batchnorm_forward", caught_by="evaluation_unchanged")
@state_of(batchnorm_forward, modes=(False,))
def evaluation_updates_state(a):
    """You update the running statistics when training is False, too: test data must not change the layer."""
    return stepped(a, a.batch_mean, a.batch_var)


@mistake("batchnorm_forward", caught_by="evaluation_unchanged")
@state_of(batchnorm_forward, modes=(False,))
def evaluation_returns_no_state(a):
    """You return no state when training is False: return the one that you were given."""


@mistake("batchnorm_forward", caught_by="evaluation_unchanged")
def evaluation_divides_state_in_place(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """You turn running_var into its root in place when training is False: make a new array for the root."""
    out, cache, new = batchnorm_forward(x, gamma, beta, state, training, momentum, eps)
    if not training:
        new = {name: value.copy() for name, value in state.items()}
        state["running_var"] **= 0.5
    return out, cache, new


# ── batch normalisation, backward through the graph ────────────────────────────────────────────


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def statistics_taken_as_constants(dout, xhat, centred, std, gamma):
    """You treat the batch's mean and variance as constants: both depend on x, so two more paths lead back to dx."""
    return dout * gamma / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def path_through_variance_missing(dout, xhat, centred, std, gamma):
    """Your dx lacks the path through the variance: x changes var, and var changes every xhat of its column."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def path_through_mean_missing(dout, xhat, centred, std, gamma):
    """Your dx lacks the path through the mean: x changes the mean, which is subtracted from the whole column."""
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def direct_path_missing(dout, xhat, centred, std, gamma):
    """Your dx lacks the direct path: centred is used in xhat as well as in var, so add dxhat / std."""
    return -xhat * (dout * gamma * xhat).mean(axis=0) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def variance_path_not_averaged(dout, xhat, centred, std, gamma):
    """You forget the 1/N on the path through the variance: var is a mean, so each square counts 1/N."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def mean_path_not_averaged(dout, xhat, centred, std, gamma):
    """You forget the 1/N on the path through the mean: each x counts 1/N in it."""
    dxhat = dout * gamma
    return (dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward)
def dx_averaged(dout, xhat, centred, std, gamma):
    """Your dx is N times too small: dout already carries any 1/N of the loss."""
    return batchnorm_backward(dout, (xhat, centred, std, gamma))[0] / len(dout)


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def square_without_its_two(dout, xhat, centred, std, gamma):
    """You forget the 2 of the derivative of centred**2: it is 2 * centred."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0) / 2) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def root_without_its_half(dout, xhat, centred, std, gamma):
    """You forget the ½ of the derivative of the root: dvar = dstd / (2 * std)."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) - 2 * xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward)
def variance_path_of_wrong_sign(dout, xhat, centred, std, gamma):
    """Your path through the variance has the wrong sign: std is a divisor, so its derivative is negative."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) + xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward)
def gamma_missing_in_dx(dout, xhat, centred, std, gamma):
    """Your dx lacks gamma: the gradient passes out = gamma * xhat + beta first, so dxhat = dout * gamma."""
    return batchnorm_backward(dout, (xhat, centred, std, np.ones_like(gamma)))[0]


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward)
def dx_divided_by_variance(dout, xhat, centred, std, gamma):
    """You divide dx by the variance: xhat = centred / std, so divide by std once."""
    return batchnorm_backward(dout, (xhat, centred, std, gamma))[0] / std


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward)
def sums_over_everything(dout, xhat, centred, std, gamma):
    """You sum over all axes: every feature has its own mean and variance, so sum over the batch, axis 0."""
    dxhat = dout * gamma
    return dxhat / std - xhat * (dxhat * xhat).sum() / std / len(dout) - (dxhat / std).sum() / len(dout)


@mistake("batchnorm_backward", caught_by=("eps", "constant", "known_answers"))
@dx_of(batchnorm_backward)
def eps_missing_on_the_way_back(dout, xhat, centred, std, gamma):
    """You divide by sqrt(var) on the way back: the forward pass divides by sqrt(var + eps), so cache that."""
    std = np.sqrt((centred**2).mean(axis=0))
    return batchnorm_backward(dout, (xhat, centred, std, gamma))[0]


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "known_answers"))
@dx_of(batchnorm_backward, position=1)
def dgamma_with_centred(dout, xhat, centred, std, gamma):
    """Your dgamma uses x - mean: gamma multiplies xhat, so dgamma is the sum of dout * xhat."""
    return (dout * centred).sum(axis=0)


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward, position=1)
def dgamma_with_out(dout, xhat, centred, std, gamma):
    """Your dgamma uses gamma * xhat: differentiate with respect to gamma, which leaves xhat."""
    return (dout * gamma * xhat).sum(axis=0)


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward, position=1)
def dgamma_not_summed(dout, xhat, centred, std, gamma):
    """Your dgamma has one row for each example: gamma is shared by all of them, so sum over the batch."""
    return dout * xhat


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward, position=1)
def dgamma_averaged(dout, xhat, centred, std, gamma):
    """Your dgamma is the mean over the batch, N times too small: use the sum."""
    return (dout * xhat).mean(axis=0)


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward, position=2)
def dbeta_not_summed(dout, xhat, centred, std, gamma):
    """Your dbeta has one row for each example: beta is shared by all of them, so sum dout over the batch."""
    return dout.copy()


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward, position=2)
def dbeta_averaged(dout, xhat, centred, std, gamma):
    """Your dbeta is the mean over the batch, N times too small: use the sum."""
    return dout.mean(axis=0)


@mistake("batchnorm_backward", caught_by=("gradients", "consistent", "known_answers"))
def dgamma_and_dbeta_exchanged(dout, cache):
    """You return dbeta before dgamma: the order is dx, dgamma, dbeta."""
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)
    return dx, dbeta, dgamma


@mistake("batchnorm_backward", caught_by=("gradients", "consistent"))
def batchnorm_ignores_dout(dout, cache):
    """You take dout to be all ones, for which dx is zero: use the dout that you are given."""
    return batchnorm_backward(np.ones_like(dout), cache)


@mistake("batchnorm_backward", caught_by="shapes")
def gradients_keep_axis(dout, cache):
    """Your dgamma and dbeta are (1, D) where gamma and beta are (D,): sum over the batch without keepdims."""
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)
    return dx, dgamma[None], dbeta[None]


@mistake("batchnorm_backward", caught_by="pure")
def dout_scaled_in_place(dout, cache):
    """You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat."""
    gradients = batchnorm_backward(dout, cache)
    dout *= cache[-1]
    return gradients


@mistake("batchnorm_backward", caught_by="pure")
def cache_overwritten(dout, cache):
    """You write into the cached xhat, so a second backward uses wrong numbers: make a new array."""
    gradients = batchnorm_backward(dout, cache)
    cache[0][...] = 0
    return gradients


# ── batch normalisation, closed form ───────────────────────────────────────────────────────────


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_without_projection(dout, xhat, centred, std, gamma):
    """You only multiply by gamma / std: the closed form also subtracts the mean and the part along xhat."""
    return dout * gamma / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_without_xhat(dout, xhat, centred, std, gamma):
    """Your closed form lacks the term with xhat: subtract xhat * mean(dxhat * xhat), the part along xhat."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_without_mean(dout, xhat, centred, std, gamma):
    """Your closed form lacks the mean of dxhat: subtract it, so that each column of dx sums to 0."""
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward_alt)
def closed_form_not_divided(dout, xhat, centred, std, gamma):
    """Your dx is N times too large: N * dxhat - sum(dxhat) - xhat * sum(dxhat * xhat) has still to be divided by N."""
    return len(dout) * batchnorm_backward_alt(dout, (xhat, centred, std, gamma))[0]


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_with_sums(dout, xhat, centred, std, gamma):
    """You subtract sums where the closed form has means: divide both by N, or multiply dxhat by N first."""
    dxhat = dout * gamma
    return (dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_plus(dout, xhat, centred, std, gamma):
    """You add the term with xhat: the part along xhat is taken out, so subtract it."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) + xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_adds_the_mean(dout, xhat, centred, std, gamma):
    """You add the mean of dxhat: subtract it, so that each column of dx sums to 0."""
    dxhat = dout * gamma
    return (dxhat + dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_along_centred(dout, xhat, centred, std, gamma):
    """You mix xhat and x - mean in the last term: it is xhat * mean(dxhat * xhat)."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * centred).mean(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward_alt)
def closed_form_without_gamma(dout, xhat, centred, std, gamma):
    """Your closed form lacks gamma: it starts from dxhat = dout * gamma."""
    return batchnorm_backward_alt(dout, (xhat, centred, std, np.ones_like(gamma)))[0]


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_gamma_in_one_term(dout, xhat, centred, std, gamma):
    """You multiply only the first term by gamma: all three come from dxhat = dout * gamma."""
    return (dout * gamma - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0)) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward_alt)
def closed_form_multiplied_by_std(dout, xhat, centred, std, gamma):
    """You multiply by std at the end: divide by it."""
    return batchnorm_backward_alt(dout, (xhat, centred, std, gamma))[0] * std**2


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward_alt)
def closed_form_divided_by_variance(dout, xhat, centred, std, gamma):
    """You divide by the variance at the end: divide by its root, std."""
    return batchnorm_backward_alt(dout, (xhat, centred, std, gamma))[0] / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_of_each_example(dout, xhat, centred, std, gamma):
    """You take the means over the features: in batch normalisation they are over the batch, axis 0."""
    dxhat = dout * gamma
    along = (dxhat * xhat).mean(axis=1, keepdims=True)
    return (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * along) / std


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(batchnorm_backward_alt)
def closed_form_means_of_everything(dout, xhat, centred, std, gamma):
    """You take the means over the whole array: each feature has its own, so give axis=0."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / std


@mistake("batchnorm_backward_alt", caught_by="eps")
@dx_of(batchnorm_backward_alt)
def xhat_taken_as_a_unit_vector(dout, xhat, centred, std, gamma):
    """You divide by the length of xhat, as for a projection: with eps its mean square is below 1; leave it as it is."""
    dxhat = dout * gamma
    along = (dxhat * xhat).mean(axis=0) / (xhat**2).mean(axis=0)
    return (dxhat - dxhat.mean(axis=0) - xhat * along) / std


@mistake("batchnorm_backward_alt", caught_by=("eps", "constant"))
@dx_of(batchnorm_backward_alt)
def closed_form_eps_missing(dout, xhat, centred, std, gamma):
    """You divide by sqrt(var) at the end: the forward pass divides by sqrt(var + eps), so keep that in the cache."""
    return batchnorm_backward_alt(dout, (xhat, centred, np.sqrt((centred**2).mean(axis=0)), gamma))[0]


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward_alt, position=1)
def closed_form_dgamma_with_centred(dout, xhat, centred, std, gamma):
    """Your dgamma uses x - mean: gamma multiplies xhat, so dgamma is the sum of dout * xhat."""
    return (dout * centred).sum(axis=0)


@mistake("batchnorm_backward_alt", caught_by=("gradients", "consistent"))
@dx_of(batchnorm_backward_alt, position=1)
def closed_form_dgamma_averaged(dout, xhat, centred, std, gamma):
    """Your dgamma is the mean over the batch, N times too small: the means are dx's alone, dgamma is a sum."""
    return (dout * xhat).mean(axis=0)


@mistake("batchnorm_backward_alt", caught_by="gradients")
def closed_form_of_dx_alone(dout, cache):
    """You return dx and no dgamma or dbeta: all three are asked for, here as in batchnorm_backward."""
    return batchnorm_backward_alt(dout, cache)[0], None, None


@mistake("batchnorm_backward_alt", caught_by="shapes")
def closed_form_keeps_axis(dout, cache):
    """Your dgamma and dbeta are (1, D) where gamma and beta are (D,): sum over the batch without keepdims."""
    dx, dgamma, dbeta = batchnorm_backward_alt(dout, cache)
    return dx, dgamma[None], dbeta[None]


@mistake("batchnorm_backward_alt", caught_by="pure")
def closed_form_scales_dout_in_place(dout, cache):
    """You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat."""
    gradients = batchnorm_backward_alt(dout, cache)
    dout *= cache[-1]
    return gradients


# ── spatial batch normalisation ────────────────────────────────────────────────────────────────


def _rows(x):
    return x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics", "invariance"))
def reshaped_without_transpose(x, *args, **options):
    """You reshape x to (-1, C) as it is, which mixes the channels: move the channel axis to the end first."""
    out, _, state = batchnorm_forward(x.reshape(-1, x.shape[1]), *args, **options)
    return out.reshape(x.shape), spatial_batchnorm_forward(x, *args, **options)[1], state


@mistake("spatial_batchnorm_forward", caught_by=("values", "evaluation"))
def reshaped_back_without_transpose(x, *args, **options):
    """You reshape the rows back to (N, C, H, W) directly: they are (N, H, W, C) first, and then transposed."""
    out, *others = spatial_batchnorm_forward(x, *args, **options)
    return _rows(out).reshape(x.shape), *others


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics"))
@out_of(spatial_batchnorm_forward, modes=(True,))
def statistics_of_each_pixel(a):
    """You take a mean for each pixel over the batch: a channel has one mean, over the batch and all its pixels."""
    mean, var = a.x.mean(axis=0), a.x.var(axis=0)
    return a.gamma * (a.x - mean) / np.sqrt(var + a.eps) + a.beta


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics"))
@out_of(spatial_batchnorm_forward, modes=(True,))
def statistics_of_each_image(a):
    """You take a mean for each image, which is instance normalisation: take it over the batch, too, axes 0, 2 and 3."""
    mean, var = a.x.mean(axis=(2, 3), keepdims=True), a.x.var(axis=(2, 3), keepdims=True)
    return a.gamma * (a.x - mean) / np.sqrt(var + a.eps) + a.beta


@mistake("spatial_batchnorm_forward", caught_by=("values", "invariance"))
@statistics_of(spatial_batchnorm_forward)
def statistics_of_all_channels(a):
    """You take one mean of all channels together: every channel has its own, over axes 0, 2 and 3."""
    return a.x.mean(), a.x.var()


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics"))
@statistics_of(spatial_batchnorm_forward)
def variance_within_images(a):
    """You average the variances of the single images: deviations are from the mean of the whole batch."""
    return a.mean, a.x.var(axis=(2, 3), keepdims=True).mean(axis=0, keepdims=True)


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics"))
@statistics_of(spatial_batchnorm_forward)
def spatial_variance_over_n_minus_one(a):
    """You divide the variance by N·H·W - 1: take the mean of the squares, over N·H·W."""
    return a.mean, a.x.var(axis=a.axes, ddof=1, keepdims=True)


@mistake("spatial_batchnorm_forward", caught_by="statistics")
@out_of(spatial_batchnorm_forward)
def spatial_eps_outside_root(a):
    """You add eps to the standard deviation: it belongs to the variance, inside the root, sqrt(var + eps)."""
    return a.gamma * (a.x - a.mean) / (np.sqrt(a.var) + a.eps) + a.beta


@mistake("spatial_batchnorm_forward", caught_by=("values", "evaluation"))
@out_of(spatial_batchnorm_forward)
def spatial_gamma_forgotten(a):
    """You never multiply by gamma: out is gamma * xhat + beta, with one gamma for each channel."""
    return (a.x - a.mean) / np.sqrt(a.var + a.eps) + a.beta


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics"))
@out_of(spatial_batchnorm_forward)
def spatial_beta_forgotten(a):
    """You never add beta: out is gamma * xhat + beta, with one beta for each channel."""
    return a.gamma * (a.x - a.mean) / np.sqrt(a.var + a.eps)


@mistake("spatial_batchnorm_forward", caught_by="values")
def gamma_along_the_width(x, gamma, beta, *args, **options):
    """You broadcast gamma over the last axis, the width: a channel's gamma needs the shape (1, C, 1, 1)."""
    xhat, *others = spatial_batchnorm_forward(x, np.ones_like(gamma), np.zeros_like(beta), *args, **options)
    return np.resize(gamma, x.shape[3]) * xhat + np.resize(beta, x.shape[3]), *others


@mistake("spatial_batchnorm_forward", caught_by="evaluation")
def training_not_passed_on(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """You do not pass training on, so the batch's statistics are used when it is False: hand on all options."""
    return spatial_batchnorm_forward(x, gamma, beta, state, True, momentum, eps)


@mistake("spatial_batchnorm_forward", caught_by="running")
@state_of(spatial_batchnorm_forward)
def spatial_momentum_swapped(a):
    """Your momentum is the wrong way round: it is the part of the old value that is kept."""
    return stepped(a, a.mean, a.var, 1 - a.momentum)


@mistake("spatial_batchnorm_forward", caught_by="running")
@state_of(spatial_batchnorm_forward)
def momentum_not_passed_on(a):
    """You do not pass momentum on, so another than 0.9 has no effect: hand on all options."""
    return stepped(a, a.mean, a.var, 0.9)


@mistake("spatial_batchnorm_forward", caught_by="running")
@state_of(spatial_batchnorm_forward)
def spatial_state_not_updated(a):
    """You return the state as it came in: return the new one that batch normalisation gives."""
    return a.state


@mistake("spatial_batchnorm_forward", caught_by="running")
@state_of(spatial_batchnorm_forward)
def spatial_running_variance_unbiased(a):
    """Your running_var averages the variance over N·H·W - 1, as PyTorch does: here it is the variance over N·H·W."""
    var = a.x.var(axis=a.axes, ddof=1)
    return stepped(a, a.mean, var)


@mistake("spatial_batchnorm_forward", caught_by="evaluation_unchanged")
@state_of(spatial_batchnorm_forward, modes=(False,))
def spatial_evaluation_updates_state(a):
    """You update the running statistics when training is False, too: test data must not change the layer."""
    return stepped(a, a.batch_mean, a.batch_var)


@mistake("spatial_batchnorm_forward", caught_by=("values", "statistics", "evaluation"))
def eps_not_passed_on(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
    """You do not pass eps on, so another than 1e-5 has no effect: hand on all options."""
    return spatial_batchnorm_forward(x, gamma, beta, state, training, momentum)


@mistake("spatial_batchnorm_forward", caught_by="defaults")
def spatial_default_eps(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-8):
    """Your eps is not 1e-5 when none is given: write eps=1e-5 in the signature."""
    return spatial_batchnorm_forward(x, gamma, beta, state, training, momentum, eps)


@mistake("spatial_batchnorm_forward", caught_by="shape")
def spatial_squeezed(*args, **options):
    """Your out has lost the axes of length one: a layer keeps the shape (N, C, H, W)."""
    out, *others = spatial_batchnorm_forward(*args, **options)
    return out.squeeze(), *others


@mistake("spatial_batchnorm_forward", caught_by="state_shape")
@state_of(spatial_batchnorm_forward)
def spatial_state_keeps_axes(a):
    """Your running statistics are (1, C, 1, 1) where (C,) is asked for: take mean and variance without keepdims."""
    mean, var = moved(a, "running_mean", a.mean), moved(a, "running_var", a.var)
    return average(mean[None, :, None, None], var[None, :, None, None])


@mistake("spatial_batchnorm_forward", caught_by="pure")
def spatial_in_place(x, *args, **options):
    """You subtract the mean from x itself, and the caller still needs x: write x - mean into a new array."""
    outputs = spatial_batchnorm_forward(x, *args, **options)
    x -= x.mean(axis=(0, 2, 3), keepdims=True)
    return outputs


@mistake("spatial_batchnorm_forward", caught_by="pure")
def spatial_state_updated_in_place(x, gamma, beta, state, *args, **options):
    """You write the new statistics into the dict that you were given: return a new one, and leave the old one alone."""
    out, cache, new = spatial_batchnorm_forward(x, gamma, beta, state, *args, **options)
    state.update(new)
    return out, cache, state


def _as_images(rows, shape):
    n, c, h, w = shape
    return rows.reshape(n, h, w, c).transpose(0, 3, 1, 2)


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent"))
def dout_reshaped_without_transpose(dout, cache):
    """You reshape dout to (-1, C) as it is, which mixes the channels: move the channel axis to the end first."""
    dx, dgamma, dbeta = batchnorm_backward_alt(dout.reshape(-1, dout.shape[1]), cache)
    return _as_images(dx, dout.shape), dgamma, dbeta


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
def dx_reshaped_without_transpose(dout, cache):
    """You reshape dx back to (N, C, H, W) directly: its rows are (N, H, W, C) first, and then transposed."""
    dx, dgamma, dbeta = batchnorm_backward_alt(_rows(dout), cache)
    return dx.reshape(dout.shape), dgamma, dbeta


def spatial_dx(wrong):
    """The decorated function gives the rows of dx from the rows of dout, the cache, and dout's shape."""

    @functools.wraps(wrong)
    def backward(dout, cache):
        _, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
        return _as_images(wrong(_rows(dout), *cache, dout.shape), dout.shape), dgamma, dbeta

    return backward


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@spatial_dx
def spatial_statistics_as_constants(dout, xhat, centred, std, gamma, shape):
    """You treat each channel's mean and variance as constants: both depend on x, so two more paths lead back to dx."""
    return dout * gamma / std


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@spatial_dx
def divided_by_batch_size_alone(dout, xhat, centred, std, gamma, shape):
    """You divide by N: each mean is over N·H·W numbers, so that is what the sums are divided by."""
    dxhat, n = dout * gamma, shape[0]
    return (dxhat - dxhat.sum(axis=0) / n - xhat * (dxhat * xhat).sum(axis=0) / n) / std


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@spatial_dx
def means_of_each_pixel(dout, xhat, centred, std, gamma, shape):
    """You average over the batch for each pixel: the mean was over all pixels, so average over them, too."""
    n, c, h, w = shape
    dxhat, xhats = (a.reshape(n, h, w, c) for a in (dout * gamma, xhat))
    return (dxhat - dxhat.mean(axis=0) - xhats * (dxhat * xhats).mean(axis=0)).reshape(-1, c) / std


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@spatial_dx
def spatial_path_through_variance_missing(dout, xhat, centred, std, gamma, shape):
    """Your dx lacks the path through the variance: x changes var, and var changes every xhat of its channel."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / std


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent"))
@spatial_dx
def spatial_gamma_missing_in_dx(dout, xhat, centred, std, gamma, shape):
    """Your dx lacks gamma: start from dxhat = dout * gamma, with one gamma for each channel."""
    return batchnorm_backward_alt(dout, (xhat, centred, std, np.ones_like(gamma)))[0]


@mistake("spatial_batchnorm_backward", caught_by="eps")
@spatial_dx
def spatial_eps_missing(dout, xhat, centred, std, gamma, shape):
    """You divide by sqrt(var) on the way back: the forward pass divides by sqrt(var + eps), so cache that."""
    return batchnorm_backward_alt(dout, (xhat, centred, np.sqrt((centred**2).mean(axis=0)), gamma))[0]


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent"))
def parameters_summed_over_batch_alone(dout, cache):
    """Your dgamma and dbeta are (C, H, W): a channel's gamma serves all pixels, so sum over those, too."""
    dx, *_ = spatial_batchnorm_backward(dout, cache)
    return dx, (dout * _as_images(cache[0], dout.shape)).sum(axis=0), dout.sum(axis=0)


@mistake("spatial_batchnorm_backward", caught_by=("gradients", "consistent"))
def parameters_averaged(dout, cache):
    """Your dgamma and dbeta are means over batch and pixels: gradients of what is shared are sums."""
    dx, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
    count = dout.size / dout.shape[1]
    return dx, dgamma / count, dbeta / count


@mistake("spatial_batchnorm_backward", caught_by="shapes")
def spatial_gradients_keep_axes(dout, cache):
    """Your dgamma and dbeta are (1, C, 1, 1) where gamma and beta are (C,): sum without keepdims."""
    dx, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
    return dx, dgamma[None, :, None, None], dbeta[None, :, None, None]


@mistake("spatial_batchnorm_backward", caught_by="pure")
def spatial_dout_scaled_in_place(dout, cache):
    """You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat."""
    gradients = spatial_batchnorm_backward(dout, cache)
    dout *= cache[-1][:, None, None]
    return gradients


# ── layer normalisation ────────────────────────────────────────────────────────────────────────


def layernorm_out(wrong):
    """The decorated function gives out from the arguments of layer normalisation."""

    @functools.wraps(wrong)
    def forward(x, gamma, beta, eps=1e-5):
        return wrong(x, gamma, beta, eps), layernorm_forward(x, gamma, beta, eps)[1]

    return forward


def _standard(x, axis=1, **options):
    """x without its mean, and its variance."""
    return x - x.mean(axis=axis, keepdims=True), x.var(axis=axis, keepdims=True, **options)


@mistake("layernorm_forward", caught_by=("values", "alone", "statistics"))
@layernorm_out
def layernorm_over_the_batch(x, gamma, beta, eps):
    """You take mean and variance over the batch, which is batch normalisation: use axis 1, the features."""
    centred, var = _standard(x, axis=0)
    return gamma * centred / np.sqrt(var + eps) + beta


@mistake("layernorm_forward", caught_by=("values", "invariance"))
@layernorm_out
def layernorm_over_everything(x, gamma, beta, eps):
    """You take one mean and one variance of the whole array: every example has its own, so give axis=1."""
    return gamma * (x - x.mean()) / np.sqrt(x.var() + eps) + beta


@mistake("layernorm_forward", caught_by=("values", "statistics"))
@layernorm_out
def layernorm_variance_over_d_minus_one(x, gamma, beta, eps):
    """You divide the variance by D - 1: take the mean of the squares, over D."""
    centred, var = _standard(x, ddof=1)
    return gamma * centred / np.sqrt(var + eps) + beta


@mistake("layernorm_forward", caught_by="statistics")
@layernorm_out
def layernorm_eps_outside_root(x, gamma, beta, eps):
    """You add eps to the standard deviation: it belongs to the variance, inside the root, sqrt(var + eps)."""
    centred, var = _standard(x)
    return gamma * centred / (np.sqrt(var) + eps) + beta


@mistake("layernorm_forward", caught_by=("statistics", "constant"))
@layernorm_out
def layernorm_eps_forgotten(x, gamma, beta, eps):
    """You leave eps out, so a constant example gives 0/0: divide by sqrt(var + eps)."""
    centred, var = _standard(x)
    return gamma * centred / np.sqrt(var) + beta


@mistake("layernorm_forward", caught_by=("values", "statistics"))
@layernorm_out
def layernorm_divided_by_variance(x, gamma, beta, eps):
    """You divide by the variance: divide by its square root, the standard deviation."""
    centred, var = _standard(x)
    return gamma * centred / (var + eps) + beta


@mistake("layernorm_forward", caught_by=("values", "statistics", "invariance"))
@layernorm_out
def layernorm_mean_not_subtracted(x, gamma, beta, eps):
    """You divide by the spread but never subtract the mean: xhat is (x - mean) / std."""
    _, var = _standard(x)
    return gamma * x / np.sqrt(var + eps) + beta


@mistake("layernorm_forward", caught_by="values")
@layernorm_out
def layernorm_gamma_forgotten(x, gamma, beta, eps):
    """You never multiply by gamma: out is gamma * xhat + beta, with one gamma for each feature."""
    centred, var = _standard(x)
    return centred / np.sqrt(var + eps) + beta


@mistake("layernorm_forward", caught_by=("values", "statistics"))
@layernorm_out
def layernorm_beta_forgotten(x, gamma, beta, eps):
    """You never add beta: out is gamma * xhat + beta, with one beta for each feature."""
    centred, var = _standard(x)
    return gamma * centred / np.sqrt(var + eps)


@mistake("layernorm_forward", caught_by="values")
@layernorm_out
def layernorm_gamma_for_each_example(x, gamma, beta, eps):
    """You spread gamma and beta over the examples: they belong to the features, (D,), and are the same in each row."""
    centred, var = _standard(x)
    scale, shift = (np.resize(value, len(x))[:, None] for value in (gamma, beta))
    return scale * centred / np.sqrt(var + eps) + shift


@mistake("layernorm_forward", caught_by=("values", "statistics"))
@layernorm_out
def layernorm_eps_fixed(x, gamma, beta, eps):
    """You write 1e-5 into the formula, so another eps has no effect: use the argument eps."""
    return layernorm_forward(x, gamma, beta)[0]


@mistake("layernorm_forward", caught_by="defaults")
def layernorm_default_eps(x, gamma, beta, eps=1e-8):
    """Your eps is not 1e-5 when none is given: write eps=1e-5 in the signature."""
    return layernorm_forward(x, gamma, beta, eps)


@mistake("layernorm_forward", caught_by="shape")
def layernorm_squeezed(x, gamma, beta, eps=1e-5):
    """Your out has lost the axis of the batch: a batch of one is (1, D), and so is its out."""
    out, cache = layernorm_forward(x, gamma, beta, eps)
    return out.squeeze(), cache


@mistake("layernorm_forward", caught_by="pure")
def layernorm_in_place(x, gamma, beta, eps=1e-5):
    """You subtract the mean from x itself, and the caller still needs x: write x - mean into a new array."""
    outputs = layernorm_forward(x, gamma, beta, eps)
    x -= x.mean(axis=1, keepdims=True)
    return outputs


def _projected(dxhat, xhat, std, axis=1):
    """The closed form with its means over `axis`."""
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return (dxhat - dxhat.mean(axis=axis, keepdims=True) - xhat * along) / std


@mistake("layernorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(layernorm_backward)
def gamma_outside_the_means(dout, xhat, std, gamma):
    """You multiply by gamma at the end, as batch normalisation may: here it varies along the means; multiply first."""
    return gamma * _projected(dout, xhat, std)


@mistake("layernorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(layernorm_backward)
def layernorm_means_over_the_batch(dout, xhat, std, gamma):
    """Your means are over the batch, as in batch normalisation: the statistics were over the features, axis 1."""
    return _projected(dout * gamma, xhat, std, axis=0)


@mistake("layernorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(layernorm_backward)
def layernorm_statistics_as_constants(dout, xhat, std, gamma):
    """You treat each example's mean and variance as constants: both depend on x, so two more paths lead back to dx."""
    return dout * gamma / std


@mistake("layernorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(layernorm_backward)
def layernorm_path_through_variance_missing(dout, xhat, std, gamma):
    """Your dx lacks the path through the variance: subtract xhat * mean(dxhat * xhat), too."""
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=1, keepdims=True)) / std


@mistake("layernorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(layernorm_backward)
def layernorm_path_through_mean_missing(dout, xhat, std, gamma):
    """Your dx lacks the path through the mean: subtract the mean of dxhat, so that each row of dx sums to 0."""
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / std


@mistake("layernorm_backward", caught_by=("gradients", "consistent"))
@dx_of(layernorm_backward)
def layernorm_gamma_missing_in_dx(dout, xhat, std, gamma):
    """Your dx lacks gamma: start from dxhat = dout * gamma."""
    return _projected(dout, xhat, std)


@mistake("layernorm_backward", caught_by=("gradients", "consistent", "orthogonal"))
@dx_of(layernorm_backward)
def layernorm_divided_by_n(dout, xhat, std, gamma):
    """You divide the sums by N, the batch: each mean is over the D features, so divide by D."""
    dxhat, n = dout * gamma, len(dout)
    sums = dxhat.sum(axis=1, keepdims=True) + xhat * (dxhat * xhat).sum(axis=1, keepdims=True)
    return (dxhat - sums / n) / std


@mistake("layernorm_backward", caught_by=("eps", "constant"))
@dx_of(layernorm_backward)
def layernorm_eps_missing(dout, xhat, std, gamma):
    """You divide by sqrt(var) on the way back: the forward pass divides by sqrt(var + eps), so cache that."""
    return _projected(dout * gamma, xhat, np.sqrt(((xhat * std) ** 2).mean(axis=1, keepdims=True)))


@mistake("layernorm_backward", caught_by=("gradients", "consistent"))
def layernorm_parameters_over_features(dout, cache):
    """You sum dgamma and dbeta over the features: gamma belongs to the features, so sum over the batch, axis 0."""
    dx, *_ = layernorm_backward(dout, cache)
    return dx, (dout * cache[0]).sum(axis=1), dout.sum(axis=1)


@mistake("layernorm_backward", caught_by=("gradients", "consistent"))
def layernorm_parameters_not_summed(dout, cache):
    """Your dgamma and dbeta have a row for each example: gamma and beta are shared, so sum over the batch."""
    dx, *_ = layernorm_backward(dout, cache)
    return dx, dout * cache[0], dout.copy()


@mistake("layernorm_backward", caught_by=("gradients", "consistent"))
def layernorm_parameters_averaged(dout, cache):
    """Your dgamma and dbeta are means over the batch, N times too small: use sums."""
    dx, dgamma, dbeta = layernorm_backward(dout, cache)
    return dx, dgamma / len(dout), dbeta / len(dout)


@mistake("layernorm_backward", caught_by="shapes")
def layernorm_gradients_keep_axis(dout, cache):
    """Your dgamma and dbeta are (1, D) where gamma and beta are (D,): sum over the batch without keepdims."""
    dx, dgamma, dbeta = layernorm_backward(dout, cache)
    return dx, dgamma[None], dbeta[None]


@mistake("layernorm_backward", caught_by="pure")
def layernorm_dout_scaled_in_place(dout, cache):
    """You multiply dout by gamma in place, which changes your caller's array: make a new array for dxhat."""
    gradients = layernorm_backward(dout, cache)
    dout *= cache[-1]
    return gradients
