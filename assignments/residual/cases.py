"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import numpy as np

from autograder import CheckFailed, Rng, Space, all_pairs, expect_shape, vjp

from . import formulas

# ── blocks in NumPy ─────────────────────────────────────────────────────────────────────────────────

# Normal contents only: whole numbers put hidden units exactly on ReLU's kink. The rows have sizes that all differ.
SIZES = {"n": (1, 2, 3), "d": (1, 2, 4), "hidden": (1, 3, 5)}
SQUARE = Space(rows=[{"n": 5, "d": 3, "hidden": 6}, {"n": 4, "d": 6, "hidden": 2}], **SIZES)
PROJECTION = Space(
    rows=[{"n": 5, "d": 3, "hidden": 6, "m": 4}, {"n": 3, "d": 4, "hidden": 5, "m": 2}], **SIZES, m=(2, 1, 3)
)
SEVERAL = Space(rows=[{"n": 4, "d": 3, "hidden": 5}], n=(4, 5), d=(2, 3), hidden=(5, 6))
SEVERAL_PROJECTED = Space(rows=[{"n": 4, "d": 3, "hidden": 5, "m": 2}], n=(4, 5), d=(2, 3), hidden=(5, 6), m=(2, 4))


def block_arguments(case):
    """x and params: with a projection Ws where the case has a width m."""
    projected = "m" in case.params
    m = case.m if projected else case.d
    params = {
        "W1": case.array("W1", case.d, case.hidden),
        "b1": case.array("b1", case.hidden),
        "W2": case.array("W2", case.hidden, m),
        "b2": case.array("b2", m),
    }
    return {
        "x": case.array("x", case.n, case.d),
        "params": params | ({"Ws": case.array("Ws", case.d, m)} if projected else {}),
    }


def with_zero_branch(case):
    """x and the parameters of a block whose branch is zero: it is its shortcut, and nothing else."""
    x, params = block_arguments(case).values()
    zeros = {name: case.given(f"{name} = 0", np.zeros(params[name].shape)) for name in ("W2", "b2")}
    return x, {**params, **zeros}


def zero_branch_gradients(x, params, dout):
    """With W2 = 0 nothing comes back through the branch, and W2 and b2 still have gradients."""
    active = np.maximum(x @ params["W1"] + params["b1"], 0)
    zeros = {name: np.zeros(params[name].shape) for name in ("W1", "b1")}
    return {**zeros, "W2": active.T @ dout, "b2": dout.sum(axis=0)}


# ── the deep stack ──────────────────────────────────────────────────────────────────────────────────

# 30 layers of 100. Over 1,500 stacks the mean log-factor of a plain layer has a standard deviation of 0.021 and, from
# the finite width, a bias of -0.012: 0.2 is more than 8 deviations away (a false alarm in 1e15), a forgotten √2 0.35.
# That of a residual stack has 0.06 around 0.12 (gain 0.5) and 0.28 around 1.83 (gain 2): 8 deviations and the bias.
DEPTH, WIDTH = 30, 100
LAYER_BAND = 0.2
STACK_BANDS = {0.5: 0.6, 2.0: 2.6}
STACKS = Space(
    rows=[{"depth": 6, "width": 5, "gain": 0.8}, {"depth": 3, "width": 7, "gain": 1.5}],
    depth=(1, 2, 4),
    width=(2, 4, 6),
    gain=(1.0, 0.7, 1.6),
)


def measured(student, depth, width, kind, seed, *gain):
    """What the student measured; a list of floats becomes an array."""
    norms = student.deep_stack_gradient_norms(depth, width, kind, Rng(seed), *gain)
    if isinstance(norms, list | tuple) and all(isinstance(norm, float | np.floating) for norm in norms):
        norms = np.array(norms, dtype=np.float64)
    return norms


def norms_of(student, depth, width, kind, seed, *gain):
    """What the student measured, as an array (depth + 1,): axes of length one are left to the check `shape`."""
    norms = measured(student, depth, width, kind, seed, *gain)
    if isinstance(norms, np.ndarray) and norms.size == depth + 1 == max(norms.shape, default=0):
        norms = norms.reshape(depth + 1)
    expect_shape(norms=(norms, (depth + 1,)))
    if not np.isfinite(norms).all():
        raise CheckFailed("norms holds a number that is not finite.", tensor="norms")
    return norms


def log_factor(norms):
    """The logarithm of what the whole stack multiplies the gradient's norm by; -inf where nothing arrives."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.log(norms[0] / norms[-1]))


def stack_answers(case, kind):
    """The norms for each order and orientation in which the same random numbers may be used."""

    def compute():
        orders = [{"weights_first": first, "columns": columns} for first in (False, True) for columns in (False, True)]
        shape = case.depth, case.width, kind, case.gain
        return [formulas.stack_norms(np.random.default_rng(case.seed), *shape, **order) for order in orders]

    return case.once(("norms", kind), compute)


# ── the block of convolutions ───────────────────────────────────────────────────────────────────────

IDENTITY = Space(
    rows=[{"n": 2, "channels": 3, "height": 4, "width": 5}], n=(2, 3), channels=(1, 2), height=(3, 4), width=(2, 5)
)
# The usual change is one of channels, with a stride or without; a stride alone needs a projection, too.
SIDES = {"height": (4, 5), "width": (3, 6), "n": (2,)}
CHANGES = SIDES | {"channels": ((2, 3), (3, 2)), "stride": (2, 1, 3)}
STRIDES = SIDES | {"channels": ((2, 2), (3, 3)), "stride": (2, 3)}
CHANGED = Space(rows=all_pairs(**CHANGES), **CHANGES)
STRIDED = Space(rows=[{"n": 2, "channels": (2, 2), "stride": 2, "height": 3, "width": 4}], **STRIDES)
SMALL_CHANGED = Space(
    rows=[
        {"n": 2, "channels": (2, 3), "stride": 2, "height": 4, "width": 3},
        {"n": 2, "channels": (3, 2), "stride": 1, "height": 2, "width": 3},
    ],
    n=(2,),
    channels=((2, 3), (3, 2)),
    stride=(2, 1),
    height=(3, 4),
    width=(4, 3),
)


def channels_of(case):
    """Channels in and out, and the stride: a case without a stride keeps the shape."""
    stride = case.params.get("stride", 1)
    into, out = (case.channels, case.channels) if isinstance(case.channels, int) else case.channels
    return into, out, stride


def images(case):
    return case.array("x", case.n, channels_of(case)[0], case.height, case.width)


def block_state(case):
    """Weights and buffers by the handout's names, in its order."""
    into, out, stride = channels_of(case)
    state = {
        "conv1.weight": case.array("conv1.weight", out, into, 3, 3),
        **_batchnorm_state(case, "bn1", out),
        "conv2.weight": case.array("conv2.weight", out, out, 3, 3),
        **_batchnorm_state(case, "bn2", out),
    }
    if stride != 1 or into != out:
        state["shortcut.0.weight"] = case.array("shortcut.0.weight", out, into, 1, 1)
        state |= _batchnorm_state(case, "shortcut.1", out)
    return state


def _batchnorm_state(case, name, channels):
    entries = {f"{name}.{leaf}": case.array(f"{name}.{leaf}", channels) for leaf in ("weight", "bias", "running_mean")}
    variance = f"{name}.running_var"
    return {**entries, variance: case.given(variance, np.abs(case.array(f"{name} spread", channels)) + 0.5)}


def parameters_of(state):
    """The arguments of `formulas.block` behind x."""
    return [array for name, array in state.items() if "running" not in name]


def statistics_of(state):
    """(mean, variance) of each normalisation, as `formulas.block` takes them."""
    pairs = [
        (state.get(f"{name}.running_mean"), state.get(f"{name}.running_var")) for name in ("bn1", "bn2", "shortcut.1")
    ]
    return [None if mean is None else (mean, var) for mean, var in pairs]


def images_expected(case, training):
    """The block's output."""
    state, (*_, stride) = block_state(case), channels_of(case)
    statistics = (None, None, None) if training else statistics_of(state)
    return case.once(
        ("out", training),
        lambda: formulas.block(images(case), *parameters_of(state), stride=stride, statistics=statistics),
    )


def images_gradients(case):
    """A random dout, and for it the gradients of x and the parameters by name."""
    state, (*_, stride) = block_state(case), channels_of(case)
    dout = case.array("dout", *images_expected(case, True).shape)
    names = ["x", *(name for name in state if "running" not in name)]
    args = (images(case), *parameters_of(state))

    def formula(*args):
        return formulas.block(*args, stride=stride)

    found = case.once("gradients", lambda: vjp(formula, args, dout, wrt=range(len(args))))
    return dout, dict(zip(names, found, strict=True))
