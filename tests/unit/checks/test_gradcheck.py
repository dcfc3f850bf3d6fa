import dataclasses
import re

import numpy as np
import pytest

from autograder.checks.gradcheck import gradcheck
from autograder.checks.gradient_pair import rng
from bench import trials
from bench.regimes import REGIMES, draw
from bench.trials import OPS, damaged, in_float32, scaled, single, swapped, uniform

AFFINE = next(op for op in OPS if op.name == "affine")
ARGS = AFFINE.arguments("normal", 0)
X = draw("normal", (4, 6), rng(0, "x"))


def square(x):
    return x**2


def square_backward(dout, x):
    return 2 * x * dout


# ── correct pairs pass ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
@pytest.mark.parametrize("regime", REGIMES)
def test_a_correct_pair_is_never_failed(op, regime):
    for seed in range(3):
        verdict = gradcheck(op.forward, op.backward, op.arguments(regime, seed), seed=seed)
        assert verdict.status == "PASS", (seed, verdict)
        assert verdict.precision == "float64"


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_a_correct_pair_costs_about_twenty_four_forward_calls(op):
    verdict = gradcheck(op.forward, op.backward, op.arguments("normal", 0))
    assert 22 <= verdict.forward_calls <= 36
    assert verdict.backward_calls <= 5
    assert (verdict.reason, verdict.tensor, verdict.numeric, verdict.worst) == ("", None, None, None)
    assert verdict.dependent
    assert not verdict.constant_slope


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_float32_arithmetic_behind_float64_arrays_is_recognised(op):
    for regime in REGIMES:
        verdict = gradcheck(in_float32(op.forward), in_float32(op.backward), op.arguments(regime, 1), seed=1)
        assert verdict.status != "FAIL", (regime, verdict)
    # relu and max-pool too: the outputs at off-grid points are rounded, copies would not be
    assert gradcheck(in_float32(op.forward), in_float32(op.backward), op.arguments("normal", 2)).precision == "float32"


def test_float32_gradients_alone_loosen_the_tolerance():
    verdict = gradcheck(square, lambda dout, x: square_backward(dout, x).astype(np.float32), [X])
    assert (verdict.status, verdict.precision) == ("PASS", "float32")


def test_two_kinks_that_cancel_do_not_cost_a_verdict():
    # the forward is x, smooth to any stencil; with relu'(0) = 0 the backward says 0 at 0 instead of 1
    def forward(x):
        return np.maximum(x, 0) - np.maximum(-x, 0)

    def backward(dout, x):
        return dout * (x > 0) + dout * (x < 0)

    zeros = np.zeros((3, 4))
    assert gradcheck(forward, backward, [zeros], confirm=False).status == "FAIL"
    assert gradcheck(forward, backward, [zeros]).status == "PASS"


def test_either_convention_at_a_tie_passes():
    x = np.kron(draw("normal", (1, 2, 2, 3), rng(2)), np.ones((2, 2)))  # every window is one tie

    def last(dout, x):
        return trials.max_pool_backward(dout[..., ::-1], x[..., ::-1])[0][..., ::-1]

    for backward in (trials.max_pool_backward, last):
        assert gradcheck(trials.max_pool, backward, [x]).status == "PASS"
        assert gradcheck(trials.max_pool, backward, [x], confirm=False).status == "UNCHECKED"


# ── wrong pairs fail ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("uniform 1e-6", uniform(1e-6)),
        ("one element 1e-3", single(1e-3)),
        ("x0", scaled(0)),
        ("x2", scaled(2)),
        ("x-1", scaled(-1)),
        ("swap", swapped),
    ],
)
def test_injected_errors_are_found(op, name, damage):
    for seed in range(2):
        args = op.arguments("normal", seed)
        assert gradcheck(op.forward, damaged(op, damage, args, seed), args, seed=seed).status == "FAIL", seed


@pytest.mark.parametrize("regime", REGIMES)
def test_a_gradient_of_zeros_fails_in_every_regime(regime):
    args = AFFINE.arguments(regime, 0)
    verdict = gradcheck(AFFINE.forward, lambda dout, *args: tuple(np.zeros_like(a) for a in args), args)
    assert verdict.status == "FAIL"


def test_a_slope_claimed_for_dead_outputs_fails():
    verdict = gradcheck(lambda x: np.maximum(x, 1), lambda dout, x: dout * (x > 0), [X])
    assert verdict.status == "FAIL"
    assert 0 < X[verdict.worst] < 1
    assert verdict.numeric[verdict.worst] == 0
    assert gradcheck(trials.relu, lambda dout, x: dout, [X]).status == "FAIL"


def _batchnorm_without_eps(dout, x, gamma, beta):
    return trials.batchnorm_backward(dout * np.sqrt(1 + 1e-5 / x.var(axis=0)), x, gamma, beta)


def _batchnorm_constant_variance(dout, x, gamma, beta):
    _, dgamma, dbeta = trials.batchnorm_backward(dout, x, gamma, beta)
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-5), dgamma, dbeta


def _softmax_not_averaged(dout, scores, labels):
    return trials.softmax_loss_backward(dout * len(labels), scores, labels)


def _residual_without_skip(dout, x, w1, w2):
    dx, dw1, dw2 = trials.residual_backward(dout, x, w1, w2)
    return dx - dout * (x + np.maximum(x @ w1, 0) @ w2 > 0), dw1, dw2


def _conv_not_turned(dout, x, w, b):
    return trials.conv(dout, w.transpose(1, 0, 2, 3), np.zeros(2)), *trials.conv_backward(dout, x, w, b)[1:]


def _dout_ignored(dout, x):
    return trials.sigmoid_backward(np.ones_like(dout), x)


@pytest.mark.parametrize(
    ("name", "backward", "tensor"),
    [
        ("batchnorm", _batchnorm_without_eps, None),  # off by 1e-5: which of the three is off most depends on the draw
        ("batchnorm", _batchnorm_constant_variance, 0),
        ("softmax loss", _softmax_not_averaged, 0),
        ("residual", _residual_without_skip, 0),
        ("conv3x3", _conv_not_turned, 0),
        ("sigmoid", _dout_ignored, 0),
    ],
)
def test_what_students_get_wrong_is_found_and_blamed(name, backward, tensor):
    op = next(op for op in OPS if op.name == name)
    for seed in range(5):
        verdict = gradcheck(op.forward, backward, op.arguments("normal", seed), seed=seed)
        assert verdict.status == "FAIL", seed
        assert tensor is None or verdict.tensor == tensor


def test_float32_arithmetic_hides_no_gross_error():
    backward = in_float32(lambda dout, *args: tuple(1.1 * g for g in AFFINE.backward(dout, *args)))
    assert gradcheck(in_float32(AFFINE.forward), backward, ARGS).status == "FAIL"


def test_the_gradient_to_blame_is_named_and_measured():
    def backward(dout, x, w, b):
        dx, dw, db = AFFINE.backward(dout, x, w, b)
        dw[3, 1] *= 1.01
        return dx, dw, db

    verdict = gradcheck(AFFINE.forward, backward, ARGS)
    assert (verdict.status, verdict.tensor, verdict.worst) == ("FAIL", 1, (3, 1))
    assert re.fullmatch(r"the gradient of w at \[3, 1\] is \S+, finite differences give \S+", verdict.reason)
    truth = AFFINE.backward(verdict.cotangent, *verdict.point)[1]
    assert np.allclose(verdict.numeric, truth, rtol=1e-10, atol=1e-10)  # bilinear: the stencil has no truncation
    assert verdict.analytic[3, 1] == 1.01 * truth[3, 1]
    assert verdict.error == pytest.approx(0.01 * abs(truth[3, 1]), rel=1e-6)
    assert verdict.bound < verdict.error


@pytest.mark.parametrize("which", [0, 1, 2])
def test_each_gradient_can_be_blamed(which):
    def backward(dout, *args):
        gradients = list(AFFINE.backward(dout, *args))
        gradients[which] = 2 * gradients[which]
        return gradients

    assert gradcheck(AFFINE.forward, backward, ARGS).tensor == which


def test_a_large_gradient_is_blamed_without_numbers():
    verdict = gradcheck(square, lambda dout, x: dout * x, [draw("normal", (50, 50), rng(1))])
    assert (verdict.status, verdict.tensor, verdict.numeric, verdict.worst) == ("FAIL", 0, None, None)
    assert verdict.reason == "the gradient of x differs from finite differences"
    assert verdict.error > verdict.bound > 0
    assert verdict.forward_calls < 100


# ── what cannot be compared ────────────────────────────────────────────────────────────────────


def _nan(dout, x):
    gradient = square_backward(dout, x)
    gradient[0, 0] = np.nan
    return gradient


@pytest.mark.parametrize(
    ("backward", "reason"),
    [
        (lambda dout, x: square_backward(dout, x).T, "the gradient of x has shape (6, 4), expected (4, 6)"),
        (lambda dout, x: square_backward(dout, x)[None], "the gradient of x has shape (1, 4, 6), expected (4, 6)"),
        (_nan, "the gradient of x has NaN or infinite elements"),
        (lambda dout, x: np.full_like(x, np.inf), "the gradient of x has NaN or infinite elements"),
        (lambda dout, x: None, "the gradient of x is of type NoneType, expected a NumPy array"),
        (lambda dout, x: x.astype(np.int64), "the gradient of x has dtype int64, expected float64"),
        (lambda dout, x: np.ma.array(x), "the gradient of x is of type MaskedArray, expected a NumPy array"),
        (lambda dout, x: (x, x), "backward returns 2 gradients, expected 1"),
    ],
)
def test_what_is_not_a_gradient_fails_before_any_numerics(backward, reason):
    verdict = gradcheck(square, backward, [X])
    assert (verdict.status, verdict.reason) == ("FAIL", reason)
    assert verdict.forward_calls <= 6
    assert verdict.backward_calls == 1


def test_the_offending_argument_is_named():
    verdict = gradcheck(AFFINE.forward, lambda dout, x, w, b: (dout @ w.T, x.T @ dout, dout), ARGS)
    assert (verdict.tensor, verdict.reason) == (2, "the gradient of b has shape (4, 3), expected (3,)")


def test_a_random_forward_is_unchecked():
    random = np.random.default_rng(0)
    verdict = gradcheck(lambda x: x * random.random(x.shape), square_backward, [X])
    assert (verdict.status, verdict.reason) == ("UNCHECKED", "every output sits on a kink or is lost in noise")


@pytest.mark.parametrize(
    ("forward", "reason"),
    [
        (lambda x: x / 0, "the forward is not finite here"),
        (lambda x: x * 1j, "the forward returns complex128, expected real numbers"),
    ],
)
def test_a_forward_without_slope_is_unchecked(forward, reason):
    verdict = gradcheck(forward, square_backward, [X])
    assert (verdict.status, verdict.reason) == ("UNCHECKED", reason)


def test_a_forward_of_changing_shape_is_unchecked():
    def forward(x):
        return x[x > x[0, 0]]

    verdict = gradcheck(forward, square_backward, [np.zeros((2, 2))])
    assert verdict.status == "UNCHECKED"
    assert verdict.reason.startswith("the forward returns shapes (0,) and (")


def test_errors_of_the_functions_pass_through():
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda x: 1 // 0, square_backward, [X])


@pytest.mark.parametrize("args", [[], [3, "mean"], [np.zeros((0, 3))], [np.arange(3)]])
def test_nothing_to_differentiate_is_an_error(args):
    with pytest.raises(ValueError, match=r"nothing to differentiate: wrt=.*give non-empty float arrays"):
        gradcheck(square, square_backward, args)


# ── trivial pairs are reported ─────────────────────────────────────────────────────────────────


def test_a_forward_of_zeros_depends_on_nothing():
    verdict = gradcheck(lambda x: 0 * x, lambda dout, x: 0 * x, [X])
    assert (verdict.status, verdict.dependent, verdict.constant_slope) == ("PASS", False, True)


@pytest.mark.parametrize("regime", ["normal", "tiny", "huge", "offset", "mixed"])
def test_the_identity_has_a_constant_slope(regime):
    verdict = gradcheck(lambda x: x, lambda dout, x: dout, [draw(regime, (4, 6), rng(3))])
    assert (verdict.status, verdict.dependent, verdict.constant_slope) == ("PASS", True, True)


@pytest.mark.parametrize("seed", [617, 2006])  # whose first direction is one along which x·w does not change
def test_a_slope_that_two_arguments_cancel_in_one_direction_is_not_constant(seed):
    x, w = np.array([[1.0]]), np.array([2.0])
    verdict = gradcheck(
        lambda x, w: x * w, lambda dout, x, w: (dout * w, (dout * x).sum(0)), [x, w], wrt=(0, 1), seed=seed
    )
    assert (verdict.status, verdict.dependent, verdict.constant_slope) == ("PASS", True, False)


def test_a_linear_function_has_a_constant_slope_and_the_others_have_not():
    assert gradcheck(lambda x: x.mean(0), lambda dout, x: np.tile(dout / 4, (4, 1)), [X]).constant_slope
    assert not gradcheck(trials.relu, trials.relu_backward, [X]).constant_slope
    assert not gradcheck(square, square_backward, [X]).constant_slope


# ── the calls ──────────────────────────────────────────────────────────────────────────────────


def test_arguments_are_left_alone_even_by_functions_that_write_into_theirs():
    x = X.copy()
    x.flags.writeable = False

    def forward(x):
        x *= 2
        return x**2

    def backward(dout, x):
        dout *= 8 * x
        return dout

    assert gradcheck(forward, backward, [x]).status == "PASS"
    assert np.array_equal(x, X)


def test_other_arguments_pass_through_and_are_not_differentiated():
    labels, config = np.array([1, 0, 2, 1]), {"reduction": "mean"}
    seen = []

    def forward(x, labels, config):
        seen.append((labels, config))
        return trials.softmax_loss(x, labels)

    verdict = gradcheck(
        forward, lambda dout, x, labels, config: trials.softmax_loss_backward(dout, x, labels), [X, labels, config]
    )
    assert verdict.status == "PASS"
    assert all(a is labels and b is config for a, b in seen)


def test_wrt_picks_the_arguments():
    def backward(dout, x, w, b):
        return dout.sum(axis=0), x.T @ dout

    assert gradcheck(AFFINE.forward, backward, ARGS, wrt=[2, 1]).status == "PASS"
    assert gradcheck(AFFINE.forward, backward, ARGS, wrt=[2]).reason == "backward returns 2 gradients, expected 1"


def test_numbers_lists_and_zero_dimensional_arrays_will_do():
    verdict = gradcheck(
        lambda a, x: float(a * (x**2).sum()), lambda d, a, x: [d * (x**2).sum(), 2 * d * a * x], [0.7, X], wrt=[0, 1]
    )
    assert verdict.status == "PASS"
    single = gradcheck(lambda x: x.astype(np.float64) ** 2, square_backward, [X.astype(np.float32)])
    assert (single.status, single.precision) == ("PASS", "float64")


class Tanh:
    """A layer as course notebooks have them: what the backward pass needs is kept on the layer."""

    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        return dout * (1 - self.out**2)


def test_a_layer_that_keeps_its_cache_on_itself_is_asked_forward_then_backward():
    layer = Tanh()
    assert gradcheck(layer.forward, lambda dout, x: layer.backward(dout), [X]).status == "PASS"
    wrong = gradcheck(layer.forward, lambda dout, x: dout * (1 - layer.out), [X])
    assert wrong.status == "FAIL"
    assert wrong.reason.startswith("the gradient of x at [")


def test_gradients_are_called_what_the_caller_calls_them():
    verdict = gradcheck(square, lambda dout, x: 2 * x, [X], names=["dx"])
    assert re.fullmatch(r"dx at \[\d, \d\] is \S+, finite differences give \S+", verdict.reason)
    unnamed = gradcheck(lambda *points: square(*points), lambda dout, x: 2 * x, [X])
    assert unnamed.reason.startswith("the gradient of argument 0 at [")


def test_numbers_that_look_alike_are_told_apart_in_the_reason():
    verdict = gradcheck(square, lambda dout, x: square_backward(dout, x) * (1 + 1e-6), [X])
    said = re.fullmatch(
        r"the gradient of x at \[\d, \d\] is (\S+), finite differences give (\S+); they differ by \S+, "
        r"and \S+ is allowed",
        verdict.reason,
    )
    assert said
    assert said[1] != said[2]


def test_forward_points_are_evaluated_in_few_batches():
    sizes = []

    def batch(points):
        sizes.append(len(points))
        return [AFFINE.forward(*point) for point in points]

    def never(*args):
        raise AssertionError("a forward call outside the batch")

    verdict = gradcheck(never, AFFINE.backward, ARGS, batch=batch)
    assert verdict.status == "PASS"
    # centre, noise; before the first backward; ladder, far point; before two backwards; ladder; before two more
    assert sizes == [1, 4, 1, 6, 2, 1, 1, 6, 1, 1]
    assert verdict.forward_calls == sum(sizes)


def test_the_same_seed_gives_the_same_verdict_and_another_seed_other_draws():
    wrong = [gradcheck(square, lambda dout, x: dout * x, [X], seed=seed) for seed in (5, 5, 6)]
    assert np.array_equal(wrong[0].cotangent, wrong[1].cotangent)
    assert not np.array_equal(wrong[0].cotangent, wrong[2].cotangent)


def test_every_drawn_thing_has_a_seed_of_its_own():
    draws = [rng(*label).random() for label in [(0,), (0, 0), (0, "direction", 0), (0, "direction", 1), (1, 0)]]
    assert len(set(draws)) == len(draws)


def test_a_verdict_is_frozen():
    verdict = gradcheck(square, square_backward, [X])
    with pytest.raises(dataclasses.FrozenInstanceError):
        verdict.status = "FAIL"
