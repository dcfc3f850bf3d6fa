"""The oracles of backprop's checks against an independent witness, and its known answers in both directions."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from autograder import vjp
from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram

torch = pytest.importorskip("torch")
F = torch.nn.functional

COURSE = Path(__file__).resolve().parents[2]
BACKPROP = discover(COURSE / "assignments" / "backprop")
MODULES = [sys.modules[f"autograder_assignments.backprop.{name}"] for name in ("functions", "formulas")]
FORMULAS = {name: value for module in MODULES for name, value in vars(module).items()}

rng = np.random.default_rng(20)
LABELS = np.array([2, 0, 1, 2])


def away_from_zero(*shape):
    values = rng.standard_normal(shape)
    return values + np.copysign(0.05, values)


def torch_affine(x, w, b):
    return x.flatten(1) @ w + b


def torch_two_layer(w1, b1, w2, b2, x, y, reg):
    scores = F.relu(x @ w1 + b1) @ w2 + b2
    return F.cross_entropy(scores, y) + reg / 2 * (w1.square().sum() + w2.square().sum())


X, DEEP = away_from_zero(4, 3), away_from_zero(4, 2, 3)
WITNESSES = {
    "affine": (torch_affine, (X, away_from_zero(3, 5), away_from_zero(5)), 3),
    "affine of images": (torch_affine, (DEEP, away_from_zero(6, 5), away_from_zero(5)), 3),
    "relu": (F.relu, (DEEP,), 1),
    "leaky_relu": (lambda x, alpha: F.leaky_relu(x, alpha.item()), (DEEP, 0.2), 1),
    "sigmoid": (torch.sigmoid, (10 * DEEP,), 1),
    "tanh": (torch.tanh, (10 * DEEP,), 1),
    "softmax_loss": (F.cross_entropy, (X, LABELS), 1),
    "softmax_loss at ±1000": (F.cross_entropy, (1000 * np.sign(X), LABELS), 1),
    "mse_loss": (F.mse_loss, (DEEP, away_from_zero(4, 2, 3)), 1),
    "two_layer_loss": (
        torch_two_layer,
        (away_from_zero(3, 5), away_from_zero(5), away_from_zero(5, 3), away_from_zero(3), X, LABELS, 0.3),
        4,
    ),
    "bilinear": (lambda x, a: x.ravel() @ a @ x.ravel(), (X, away_from_zero(12, 12)), 1),
    "cubic": (lambda x, a: (a * x**3).sum(), (X, away_from_zero(4, 3)), 1),
}


def deviation(formula, witness, args, count):
    """The largest difference of the value or a gradient (first `count` arguments), relative to its largest number."""
    tensors = [torch.tensor(np.asarray(arg)) for arg in args]
    for tensor in tensors[:count]:
        tensor.requires_grad_()
    out = witness(*tensors)
    dout = np.random.default_rng(3).standard_normal(tuple(out.shape))
    expected = [out, *torch.autograd.grad(out, tensors[:count], torch.tensor(dout))]
    found = [formula(*args), *vjp(formula, args, dout, wrt=range(count))]
    return max(_relative(np.asarray(f), e.detach().numpy()) for f, e in zip(found, expected, strict=True))


def _relative(found, expected):
    assert found.shape == expected.shape
    return float(np.max(np.abs(found - expected)) / max(np.max(np.abs(expected)), 1e-300))


@pytest.mark.parametrize("name", WITNESSES)
def test_formula_and_its_gradients_agree_with_torch(name):
    witness, args, count = WITNESSES[name]
    # sums of a dozen float64 terms: 1e-13 leaves a factor of a hundred over what rounding costs
    assert deviation(FORMULAS[name.split()[0]], witness, args, count) <= 1e-13


@pytest.mark.parametrize("name", WITNESSES)
def test_an_error_far_below_the_checks_tolerance_is_seen(name):
    witness, args, count = WITNESSES[name]
    formula = FORMULAS[name.split()[0]]
    assert deviation(lambda *args: (1 + 1e-11) * formula(*args), witness, args, count) > 1e-13


# ── known answers ──────────────────────────────────────────────────────────────────────────────

# What each known answer rests on: the entry point, and which of its outputs (None: the only one).
KNOWN = {
    "affine_backward.deep_linear": ("affine_backward", 1),
    "affine_backward.cost": ("affine_backward", 1),
    "sigmoid_backward.known_answers": ("sigmoid_backward", None),
    "sigmoid_forward.stable": ("sigmoid_forward", 0),
    "tanh_forward.stable": ("tanh_forward", 0),
    "softmax_loss.uniform": ("softmax_loss", 0),
    "softmax_loss.stable": ("softmax_loss", 0),
    "leaky_relu_forward.default_alpha": ("leaky_relu_forward", 0),
    "relu_backward.at_zero": ("relu_backward", None),
    "numerical_gradient.central": ("numerical_gradient", None),
    "numerical_gradient.default_step": ("numerical_gradient", None),
}


REFERENCE = {entry.name: getattr(BACKPROP.reference, entry.name) for entry in BACKPROP.assignment.entry_points}
CHECKS = {check.id: check for check in BACKPROP.checks}


def verdict(check_id, replacements, cases=None):
    check = CHECKS[check_id]
    student = Student(BACKPROP.assignment, LocalProgram(REFERENCE | replacements))
    return attempt(check, student, cases or cases_of(check, seed=5)).verdict


def altered(function, position):
    """The function with one output a millionth too large."""

    def run(*args, **kwargs):
        outputs = function(*args, **kwargs)
        if position is None:
            return outputs * (1 + 1e-6)
        return tuple(output * (1 + 1e-6) if i == position else output for i, output in enumerate(outputs))

    return run


@pytest.mark.parametrize("check_id", KNOWN)
def test_the_reference_gives_the_known_answer(check_id):
    assert verdict(check_id, {}) is Verdict.PASS


@pytest.mark.parametrize("check_id", KNOWN)
def test_an_altered_known_answer_fails(check_id):
    name, position = KNOWN[check_id]
    assert verdict(check_id, {name: altered(getattr(BACKPROP.reference, name), position)}) is Verdict.FAIL


@pytest.mark.parametrize(
    ("slope", "expected"), [(0.0, Verdict.PASS), (1.0, Verdict.PASS), (0.5, Verdict.FAIL), (np.nan, Verdict.FAIL)]
)
def test_relu_at_zero_may_have_slope_0_or_1(slope, expected):
    def relu_backward(dout, x):
        return dout * np.where(x == 0, slope, x > 0)

    assert verdict("relu_backward.at_zero", {"relu_backward": relu_backward}) is expected


def test_a_backward_pass_that_spoils_its_cache_is_not_pure():
    def tanh_backward(dout, out):
        slope = 1 - out**2
        out[...] = 0.0
        return dout * slope

    assert verdict("tanh_backward.gradients", {"tanh_backward": tanh_backward}) is Verdict.PASS
    assert verdict("tanh_backward.pure", {"tanh_backward": tanh_backward}) is Verdict.FAIL


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_reference_passes_cases_that_travelled_in_a_replay_token(check_id):
    # as JSON does it: tuples come back as lists
    cases = [Case(json.loads(json.dumps(case.params)), case.seed) for case in cases_of(CHECKS[check_id], seed=6)]
    assert verdict(check_id, {}, cases) is Verdict.PASS


def test_points_add_up_to_a_hundred():
    assert sum(check.points for check in BACKPROP.checks) == 100
