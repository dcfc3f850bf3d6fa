"""The checks of residual. The student reads the docstring of a check, or its `sentence`."""

from math import log

import numpy as np

from autograder import CheckFailed, Pair, check, expect, expect_shape

from . import formulas
from .cases import (
    CHANGED,
    DEPTH,
    IDENTITY,
    LAYER_BAND,
    PROJECTION,
    SEVERAL,
    SEVERAL_PROJECTED,
    SMALL_CHANGED,
    SQUARE,
    STACK_BANDS,
    STACKS,
    STRIDED,
    WIDTH,
    block_arguments,
    block_state,
    channels_of,
    images,
    images_expected,
    images_gradients,
    log_factor,
    measured,
    norms_of,
    parameters_of,
    stack_answers,
    with_zero_branch,
    zero_branch_gradients,
)

# ── blocks in NumPy ────────────────────────────────────────────────────────────────────────────

NAMES = ("dx", "grads")
RESIDUAL = Pair("residual_forward", "residual_backward", formulas.residual, block_arguments, NAMES, given=SQUARE)
PROJECTED = Pair(
    "projection_block_forward",
    "projection_block_backward",
    formulas.projection,
    block_arguments,
    NAMES,
    given=PROJECTION,
)
SUM = "dx is the sum of what the branch and the shortcut send back, for any dout."
GRADS = "grads holds the gradient of each parameter, by its name in params, for any dout."
RESIDUAL.values(6, "out is x + relu(x @ W1 + b1) @ W2 + b2, with no ReLU behind the sum.")
RESIDUAL.gradients(6, SUM, only=("dx",), name="dx")
RESIDUAL.gradients(4, GRADS, only=("grads",), name="grads")
RESIDUAL.consistent(2, given=SEVERAL)
PROJECTED.values(5, "out is x @ Ws + relu(x @ W1 + b1) @ W2 + b2, with no ReLU behind the sum.")
PROJECTED.gradients(4, SUM, only=("dx",), name="dx")
PROJECTED.gradients(3, GRADS, only=("grads",), name="grads")
PROJECTED.consistent(1, given=SEVERAL_PROJECTED)

SHAPES = "dx has exactly the shape of x, and each of grads that of its parameter: b1 is (H,), not (1, H)."
for pair in (RESIDUAL, PROJECTED):
    known = {"needs": tuple(f"{pair.backward}.{name}" for name in NAMES)}
    pair.shape(0.5, "out has exactly one row for each row of x.")
    pair.pure(0.5, "x and params are left as they were.")
    pair.shapes(1, SHAPES, **known)
    pair.repeatable(1, **known)


@check("residual_forward", points=2)
def residual_forward_known_answers(student, case):
    """With a zero branch out is x; with W1 = (1, 1)ᵀ, b1 = 3, W2 = (2, -1), b2 = (0, 1), x = (1, -2) gives (5, -3)."""
    x = case.array("x", 3, 2)
    zero = {"W1": case.array("W1", 2, 4), "b1": case.array("b1", 4), "W2": np.zeros((4, 2)), "b2": np.zeros(2)}
    worked = {"W1": np.ones((2, 1)), "b1": np.array([3.0]), "W2": np.array([[2.0, -1.0]]), "b2": np.array([0.0, 1.0])}
    same, _ = student.residual_forward(x, zero)
    out, _ = student.residual_forward(case.given("worked x", np.array([[1.0, -2.0]])), worked)
    expect(student, zero_branch=(same, x), out=(out, np.array([[5.0, -3.0]])))


@check("residual_forward", points=1, given=SQUARE, examples=1)
def residual_forward_opposite_branches(student, case):
    """Changing the signs of W2 and b2 changes the sign of the branch: x is the mean of the two outputs."""
    x, params = block_arguments(case).values()
    turned = {**params, "W2": -params["W2"], "b2": -params["b2"]}
    (out, _), (other, _) = student.each("residual_forward", [(x, params), (x, turned)])
    branch = formulas.branch(x, params)
    expect(student, out=(out, x + branch), turned=(other, x - branch))


@check("residual_backward", points=3, given=SQUARE, examples=2)
def residual_backward_zero_branch(student, case):
    """With a zero branch dx is dout exactly, and W2 and b2 still have their gradients."""
    x, params = with_zero_branch(case)
    dout = case.array("dout", *x.shape)
    _, cache = student.residual_forward(x, params)
    dx, grads = student.residual_backward(dout, cache)
    expect(student, dx=(dx, dout), grads=(grads, zero_branch_gradients(x, params, dout)))


@check("residual_backward", points=2)
def residual_backward_linear_branch(student, case):
    """A branch whose units are all on is linear, F(x) = x A with A = W1 W2: dx is dout (I + A)ᵀ."""
    x, w1 = np.abs(case.array("x", 4, 3)), np.abs(case.array("W1", 3, 5))
    params = {"W1": w1, "b1": np.full(5, 0.5), "W2": case.array("W2", 5, 3), "b2": case.array("b2", 3)}
    dout = case.array("dout", 4, 3)
    _, cache = student.residual_forward(x, params)
    dx, _ = student.residual_backward(dout, cache)
    expect(student, dx=(dx, dout @ (np.eye(3) + w1 @ params["W2"]).T))


@check("residual_backward", points=2)
def residual_backward_deep(student, case):
    """Twenty blocks whose branch is a x multiply the gradient by (1 + a)²⁰: by 6.7 for a = 0.1, 0.12 for a = -0.1."""
    dout = case.array("dout", 2, 3)
    for a in (0.1, -0.1):
        params = {"W1": np.eye(3), "b1": np.full(3, 5.0), "W2": a * np.eye(3), "b2": np.full(3, -5.0 * a)}
        h, caches = np.abs(case.array("x", 2, 3)), []
        for _ in range(20):
            h, cache = student.residual_forward(h, params)
            caches.append(cache)
        gradient = dout
        for cache in reversed(caches):
            gradient, _ = student.residual_backward(gradient, cache)
        expect(student, dx=(gradient, (1 + a) ** 20 * dout))


@check("projection_block_forward", points=1, given=PROJECTION, examples=1)
def projection_block_forward_one_by_one(student, case):
    """With a zero branch out is x @ Ws; without a shortcut (Ws = 0) it is the branch."""
    x, zero = with_zero_branch(case)
    params = block_arguments(case)["params"]
    no_shortcut = {**params, "Ws": np.zeros(params["Ws"].shape)}
    outs = [out for out, _ in student.each("projection_block_forward", [(x, zero), (x, no_shortcut)])]
    expect(student, shortcut=(outs[0], x @ params["Ws"]), branch=(outs[1], formulas.branch(x, params)))


@check("projection_block_backward", points=2, given=PROJECTION, examples=2)
def projection_block_backward_zero_branch(student, case):
    """With a zero branch dx is dout Wsᵀ, and Ws has the gradient xᵀ dout."""
    x, params = with_zero_branch(case)
    dout = case.array("dout", case.n, case.m)
    _, cache = student.projection_block_forward(x, params)
    dx, grads = student.projection_block_backward(dout, cache)
    expected = {**zero_branch_gradients(x, params, dout), "Ws": x.T @ dout}
    expect(student, dx=(dx, dout @ params["Ws"].T), grads=(grads, expected))


@check("projection_block_backward", points=1, given=SQUARE, examples=1)
def projection_block_backward_identity(student, case):
    """With Ws = I it is the residual block: dx is dout plus the branch's part, and Ws still has a gradient."""
    x, params = block_arguments(case).values()
    dout, gradients = RESIDUAL.dout(case), RESIDUAL.right(case)
    _, cache = student.projection_block_forward(x, {**params, "Ws": np.eye(case.d)})
    dx, grads = student.projection_block_backward(dout, cache)
    expect(student, dx=(dx, gradients["dx"]), grads=(grads, {**gradients["grads"], "Ws": x.T @ dout}))


# ── the deep stack ─────────────────────────────────────────────────────────────────────────────


def expect_factor(norms, wanted, band, what):
    """The logarithm of norms[0] / norms[depth] is `wanted` up to `band`."""
    found = log_factor(norms)
    if not abs(found - wanted) <= band:
        times = "an unknown factor, since it is 0 at the top" if np.isnan(found) else f"{np.exp(found):.3g}"
        raise CheckFailed(
            f"{what} multiplies the gradient's norm by {times}; it must be about {np.exp(wanted):.3g}.",
            tensor="norms",
            counterexample={"factor": times, "expected_factor": float(np.exp(wanted))},
        )


@check("deep_stack_gradient_norms", points=3)
def deep_stack_gradient_norms_vanishes(student, case):
    """In a plain stack of gain 0.5, the default, each layer halves the gradient: 30 leave about a billionth."""
    norms = norms_of(student, DEPTH, WIDTH, "plain", case.seed)
    expect_factor(norms, DEPTH * log(0.5), DEPTH * LAYER_BAND, "A plain stack of 30 layers of gain 0.5")


@check("deep_stack_gradient_norms", points=1)
def deep_stack_gradient_norms_ends(student, case):
    """norms[depth] is √width; with gain 0 every level of a residual stack has it too, and no other of a plain one."""
    for kind, below in (("residual", np.sqrt(6)), ("plain", 0.0)):
        norms = norms_of(student, 4, 6, kind, case.seed, 0.0)
        expect(student, **{kind: (norms, np.array([below] * 4 + [np.sqrt(6)]))})


@check("deep_stack_gradient_norms", points=0.5)
def deep_stack_gradient_norms_generator(student, case):
    """The random numbers come from the given generator: the same state gives the same norms, another state others."""
    first, other = (norms_of(student, 5, 8, "residual", case.seed + i) for i in (0, 1))
    again = norms_of(student, 5, 8, "residual", case.seed, 0.5)  # which is the default
    expect(student, norms=(again, first))
    if np.allclose(other[:-1], first[:-1], rtol=1e-6):
        raise CheckFailed(
            "Generators in different states give the same norms: draw from the given rng.", tensor="norms"
        )


@check("deep_stack_gradient_norms", points=0.5, needs=("deep_stack_gradient_norms.vanishes",))
def deep_stack_gradient_norms_shape(student, case):
    """norms has exactly the shape (depth + 1,): one number for each level from h_0 to h_depth."""
    expect_shape(norms=(measured(student, 4, 6, "plain", case.seed), (5,)))


@check("deep_stack_gradient_norms", points=2)
def deep_stack_gradient_norms_explodes(student, case):
    """In a plain stack of gain 2 each layer doubles the gradient: 30 make it a billion times as large."""
    norms = norms_of(student, DEPTH, WIDTH, "plain", case.seed, 2.0)
    expect_factor(norms, DEPTH * log(2), DEPTH * LAYER_BAND, "A plain stack of 30 layers of gain 2")


@check("deep_stack_gradient_norms", points=3)
def deep_stack_gradient_norms_residual(student, case):
    """In a residual stack the gradient grows by about exp(gain² / 2), for any depth."""
    for gain, band in STACK_BANDS.items():
        norms = norms_of(student, DEPTH, WIDTH, "residual", case.seed, gain)
        expect_factor(norms, gain**2 / 2, band, f"A residual stack of 30 layers of gain {gain:g}")
        if np.ptp(norms) == 0:
            raise CheckFailed("All norms are equal, but each layer of a residual stack changes the gradient a little.")
        half = norms[DEPTH // 2 :]
        expect_factor(half, gain**2 / 4, band, f"The upper half of a residual stack of 30 layers of gain {gain:g}")


@check("deep_stack_gradient_norms", points=2, given=STACKS, examples=2, needs=("deep_stack_gradient_norms.explodes",))
def deep_stack_gradient_norms_doubled(student, case):
    """With the same random numbers, twice the gain is twice the gradient for each layer that it came through."""
    norms = norms_of(student, case.depth, case.width, "plain", case.seed, case.gain)
    doubled = norms_of(student, case.depth, case.width, "plain", case.seed, 2 * case.gain)
    expect(student, doubled=(doubled, norms * 2.0 ** np.arange(case.depth, -1, -1)))


@check("deep_stack_gradient_norms", points=2, given=STACKS, examples=4)
def deep_stack_gradient_norms_values(student, case):
    """The norms are those of the handout's stack, with h_0 drawn first and then the weights, layer by layer."""
    for kind in ("plain", "residual"):
        norms = norms_of(student, case.depth, case.width, kind, case.seed, case.gain)
        expect_one_of(student, norms, stack_answers(case, kind))


def expect_one_of(student, norms, answers):
    """`norms` must be one of the `answers`; CheckFailed speaks of the first."""
    faults = []
    for answer in answers:
        try:
            expect(student, norms=(norms, answer))
        except CheckFailed as fault:
            faults.append(fault)
        else:
            return
    raise faults[0]


# ── the block of convolutions ──────────────────────────────────────────────────────────────────


def run_block(student, case, dout=None, training=True, state=None):
    state = state or block_state(case)
    inputs = {"x": images(case)}
    arguments = channels_of(case) if "stride" in case.params else channels_of(case)[:2]  # 1 if it is not given
    return student.run_module("ResidualBlock", arguments, state, inputs, dout, training=training)


STAYS = "Where the shape stays, out is x + BN(conv(relu(BN(conv(x))))), with no ReLU behind the sum."
CHANGES = (
    "Where the channels change, the shortcut is a 1×1 convolution with the block's stride, and batch normalisation."
)
STRIDES = "A stride alone needs the 1×1 convolution and its normalisation as well, since it changes the shape."


@check("ResidualBlock", points=1, given=STRIDED, examples=2, name="stride", sentence=STRIDES)
@check("ResidualBlock", points=3, given=CHANGED, examples=2, name="projection", sentence=CHANGES)
@check("ResidualBlock", points=4, given=IDENTITY, examples=3, name="identity", sentence=STAYS)
def module_values(student, case):
    run = run_block(student, case)
    expect(student, out=(run.out, images_expected(case, True)))


@check("ResidualBlock", points=2, given=SMALL_CHANGED, examples=0, name="gradients")
def module_gradients(student, case):
    """Autograd reaches x and every parameter from out, through the branch and through the shortcut."""
    dout, gradients = images_gradients(case)
    run = run_block(student, case, dout)
    expect_shape(out=(run.out, dout.shape))
    expect(student, gradients=(run.gradients, gradients))


@check("ResidualBlock", points=3, given=IDENTITY, examples=1, needs=("ResidualBlock.identity",), name="zero_branch")
def module_zero_branch(student, case):
    """With the second normalisation's weight and bias at 0 the block is the identity: y is x, and dx is dout."""
    state = block_state(case)
    zeros = {name: np.zeros(state[name].shape) for name in ("bn2.weight", "bn2.bias")}
    dout = case.array("dout", *images(case).shape)
    run = run_block(student, case, dout, state={**state, **zeros})
    expect(student, out=(run.out, images(case)), gradients=({"x": run.gradients.get("x")}, {"x": dout}))


@check("ResidualBlock", points=2, given=SMALL_CHANGED, examples=0, name="evaluation")
def module_evaluation(student, case):
    """After .eval() the normalisations use their running statistics."""
    run = run_block(student, case, training=False)
    expect(student, out=(run.out, images_expected(case, False)))


@check(
    "ResidualBlock",
    points=1,
    given=IDENTITY,
    examples=1,
    name="running_statistics",
    needs=("ResidualBlock.identity",),
)
def module_running_statistics(student, case):
    """In training the running statistics move by a tenth towards the batch's, once for each call."""
    state = block_state(case)
    run = run_block(student, case)
    expected = {}
    batch = formulas.running_statistics(images(case), *parameters_of(state))
    for name, found in zip(("bn1", "bn2"), batch, strict=True):
        for leaf, statistic in zip(("running_mean", "running_var"), found, strict=True):
            before = state[f"{name}.{leaf}"]
            expected[f"{name}.{leaf}"] = before + formulas.MOMENTUM * (statistic - before)
    expect(student, state=(run.state, expected))


@check("ResidualBlock", points=1, given=IDENTITY, examples=1, needs=("ResidualBlock.identity",), name="pure")
def module_pure(student, case):
    """x is left as it was."""
    run = run_block(student, case)
    expect(student, x=(run.arguments.get("x"), images(case)))


# ── the torch.autograd.Function ────────────────────────────────────────────────────────────────────


def run_autograd(student, case, params=None):
    x, drawn = block_arguments(case).values()
    return student.run_function("residual_autograd", {"x": x, **(params or drawn)}, RESIDUAL.dout(case))


@check("residual_autograd", points=2, given=SQUARE, examples=4)
def residual_autograd_values(student, case):
    """residual_autograd.apply(x, W1, b1, W2, b2) is x + relu(x @ W1 + b1) @ W2 + b2."""
    x, params = block_arguments(case).values()
    run = student.run_function("residual_autograd", {"x": x, **params})
    expect(student, out=(run.out, RESIDUAL.out(case)))


def autograd_gradients(case):
    gradients = RESIDUAL.right(case)
    return {"x": gradients["dx"], **gradients["grads"]}


@check("residual_autograd", points=2.5, given=SQUARE)
def residual_autograd_dx(student, case):
    """backward returns the gradient of x first: the sum of what the branch and the shortcut send back."""
    expect(student, dx=(run_autograd(student, case).gradients.get("x"), autograd_gradients(case)["x"]))


@check("residual_autograd", points=2, given=SQUARE)
def residual_autograd_gradients(student, case):
    """backward returns the gradients of x, W1, b1, W2 and b2, in this order, each in the shape of its argument."""
    expect(student, gradients=(run_autograd(student, case).gradients, autograd_gradients(case)))


@check("residual_autograd", points=0.5, given=SQUARE, examples=2, needs=("residual_autograd.gradients",))
def residual_autograd_shapes(student, case):
    """out and each gradient have exactly the right shape: that of b1 is (H,), not (1, H)."""
    run = run_autograd(student, case)
    expect_shape(out=(run.out, RESIDUAL.out(case).shape))
    expect_shape(**{name: (run.gradients.get(name), array.shape) for name, array in autograd_gradients(case).items()})


@check("residual_autograd", points=1, given=SQUARE, examples=1)
def residual_autograd_zero_branch(student, case):
    """With a zero branch the gradient of x is dout exactly, and W2 and b2 still have theirs."""
    x, params = with_zero_branch(case)
    run = run_autograd(student, case, params)
    dout = RESIDUAL.dout(case)
    expect(student, gradients=(run.gradients, {"x": dout, **zero_branch_gradients(x, params, dout)}))


@check("residual_autograd", points=1, given=SQUARE, examples=1, needs=("residual_autograd.gradients",))
def residual_autograd_pure(student, case):
    """The tensors that it is given are left as they were, dout among them."""
    x, params = block_arguments(case).values()
    run = run_autograd(student, case)
    before = {"x": x, **params, "dout": RESIDUAL.dout(case)}
    expect(student, arguments=(run.arguments, before))
