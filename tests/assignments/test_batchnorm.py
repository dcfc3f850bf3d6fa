"""The oracles of `batchnorm` against an independent witness, its known answers and properties in both directions."""

import json
import re
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from autograder import vjp
from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram, LocalRunner

torch = pytest.importorskip("torch")
F = torch.nn.functional

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "batchnorm"
DECLARED = discover(FOLDER)
formulas = sys.modules["autograder_assignments.batchnorm.formulas"]
CHECKS = {check.id: check for check in DECLARED.checks}
REFERENCE = {entry.name: getattr(DECLARED.reference, entry.name) for entry in DECLARED.assignment.entry_points}
EXPECTED = tomllib.loads((FOLDER / "submissions" / "expected.toml").read_text(encoding="utf-8"))

rng = np.random.default_rng(4)
ROWS, PICTURES = 3 + 2 * rng.standard_normal((5, 3)), 1 + rng.standard_normal((2, 3, 4, 2))
GAMMA, BETA = rng.standard_normal(3), rng.standard_normal(3)
EPS = 0.3


# ── oracles ────────────────────────────────────────────────────────────────────────────────────


def torch_batchnorm(x, gamma, beta):
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=EPS)


def torch_layernorm(x, gamma, beta):
    return F.layer_norm(x, gamma.shape, gamma, beta, EPS)


WITNESSES = {
    "batch": (torch_batchnorm, ROWS, (0,)),
    "spatial": (torch_batchnorm, PICTURES, (0, 2, 3)),
    "layer": (torch_layernorm, ROWS, (1,)),
}


def deviation(formula, witness, x, axes):
    """The largest difference of the value or a gradient, relative to its largest number."""
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, GAMMA, BETA)]
    out = witness(*tensors)
    dout = np.random.default_rng(3).standard_normal(x.shape)
    expected = [out, *torch.autograd.grad(out, tensors, torch.tensor(dout))]
    args = (x, GAMMA, BETA, EPS, axes)
    found = [formula(*args), *vjp(formula, args, dout, wrt=(0, 1, 2))]
    pairs = [(f, e.detach().numpy()) for f, e in zip(found, expected, strict=True)]
    assert all(f.shape == e.shape for f, e in pairs)
    return max(float(np.max(np.abs(f - e)) / np.max(np.abs(e))) for f, e in pairs)


@pytest.mark.parametrize("name", WITNESSES)
def test_formula_and_its_gradients_agree_with_torch(name):
    # sums of a few dozen float64 terms: 1e-13 leaves a factor of a hundred over what rounding costs
    assert deviation(formulas.normalisation, *WITNESSES[name]) <= 1e-13


@pytest.mark.parametrize("name", WITNESSES)
def test_an_error_far_below_the_checks_tolerance_is_seen(name):
    assert deviation(lambda *args: (1 + 1e-11) * formulas.normalisation(*args), *WITNESSES[name]) > 1e-13


@pytest.mark.parametrize(("x", "axes"), [(ROWS, (0,)), (PICTURES, (0, 2, 3))])
def test_evaluation_and_running_mean_agree_with_torch(x, axes):
    state = {"running_mean": rng.standard_normal(3), "running_var": rng.uniform(0.5, 2, 3)}
    mean, var = (torch.tensor(state[name]) for name in ("running_mean", "running_var"))
    args = torch.tensor(x), mean, var, torch.tensor(GAMMA), torch.tensor(BETA)
    evaluated = F.batch_norm(*args, training=False, eps=EPS).numpy()
    np.testing.assert_allclose(formulas.evaluation(x, GAMMA, BETA, state, EPS), evaluated, rtol=1e-12)
    F.batch_norm(*args, training=True, momentum=0.2)  # torch's momentum is the part that is taken in
    found = formulas.running(x, state, 0.8, axes)
    np.testing.assert_allclose(found["running_mean"], mean.numpy(), rtol=1e-12)
    count = x.size // 3  # torch's running variance is unbiased
    batch = (var.numpy() - 0.8 * state["running_var"]) * (count - 1) / count
    np.testing.assert_allclose(found["running_var"], 0.8 * state["running_var"] + batch, rtol=1e-12)


# ── checks in both directions ──────────────────────────────────────────────────────────────────


def verdict(check_id, replacements, cases=None):
    check = CHECKS[check_id]
    student = Student(DECLARED.assignment, LocalProgram(REFERENCE | replacements))
    return attempt(check, student, cases or cases_of(check, seed=5)).verdict


def scaled(value, by):
    if isinstance(value, dict):
        return {name: one * by for name, one in value.items()}
    return value * by


def altered(name, position, by=1 + 1e-6):
    """The reference's function with one output altered."""

    def run(*args, **options):
        outputs = REFERENCE[name](*args, **options)
        return tuple(scaled(output, by) if i == position else output for i, output in enumerate(outputs))

    return {name: run}


KNOWN = [
    ("batchnorm_forward.known_answers", 0),
    ("batchnorm_forward.known_answers", 2),
    ("batchnorm_forward.statistics", 0),
    ("batchnorm_forward.running", 2),
    ("batchnorm_forward.constant", 0),
    ("batchnorm_forward.defaults", 2),
    ("batchnorm_forward.evaluation_unchanged", 2),
    ("batchnorm_backward.known_answers", 0),
    ("batchnorm_backward.known_answers", 1),
    ("batchnorm_backward.known_answers", 2),
    ("spatial_batchnorm_forward.statistics", 0),
    ("layernorm_forward.alone", 0),
]


@pytest.mark.parametrize(("check_id", "position"), KNOWN)
def test_an_altered_answer_fails(check_id, position):
    assert verdict(check_id, {}) is Verdict.PASS
    assert verdict(check_id, altered(check_id.split(".")[0], position)) is Verdict.FAIL


@pytest.mark.parametrize("layer", ["batchnorm", "spatial_batchnorm", "layernorm"])
def test_a_gradient_with_a_mean_left_in_it_is_not_orthogonal(layer):
    backward = REFERENCE[f"{layer}_backward"]

    def leaning(dout, cache):
        dx, *others = backward(dout, cache)
        return dx + 1e-9, *others

    assert verdict(f"{layer}_backward.orthogonal", {f"{layer}_backward": leaning}) is Verdict.FAIL


def test_a_state_that_is_updated_in_place_and_returned_is_only_impure():
    def batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.9, eps=1e-5):
        out, cache, new = REFERENCE["batchnorm_forward"](x, gamma, beta, state, training, momentum, eps)
        state.update(new)
        return out, cache, state

    results = results_with({"batchnorm_forward": batchnorm_forward})
    assert [r.check for r in results if r.verdict is not Verdict.PASS] == ["batchnorm_forward.pure"]


def results_with(replacements):
    return Examiner(DECLARED, 3, explain=False).examine_all(DECLARED.checks, LocalRunner(REFERENCE | replacements))


@pytest.mark.parametrize("name", REFERENCE)
def test_a_broken_function_costs_its_own_points_and_no_others(name):
    def broken(*args, **options):
        return tuple(
            scaled(output, 1.5) if isinstance(output, np.ndarray | dict) else output
            for output in REFERENCE[name](*args, **options)
        )

    results = results_with({name: broken})
    # A backward pass is compared with the student's own forward pass in one check.
    forward_of = {"batchnorm_forward": ("batchnorm_backward", "batchnorm_backward_alt")}
    partners = forward_of.get(name, (name.replace("_forward", "_backward"),))
    allowed = {f"{partner}.consistent" for partner in partners}
    assert {r.check for r in results if r.points < r.max_points and r.entry_point != name} <= allowed
    assert sum(r.points for r in results if r.entry_point == name) <= 2


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_reference_passes_cases_that_travelled_in_a_replay_token(check_id):
    # as JSON does it: tuples come back as lists
    cases = [Case(json.loads(json.dumps(case.params)), case.seed) for case in cases_of(CHECKS[check_id], seed=6)]
    assert verdict(check_id, {}, cases) is Verdict.PASS


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_points_add_up_to_a_hundred():
    assert sum(check.points for check in DECLARED.checks) == 100


def test_the_bank_is_large_enough_and_covers_every_entry_point():
    assert len(DECLARED.mistakes) >= 40
    assert len(DECLARED.variants) >= 12
    assert len(EXPECTED) >= 8
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == REFERENCE.keys()
    assert {name for variant in DECLARED.variants for name in variant.replacements} == REFERENCE.keys()


@pytest.mark.parametrize("mistake", DECLARED.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake):
    assert len(mistake.says) <= 200
    assert mistake.says.endswith(".")
    assert not re.search(r"[.!?] +[A-Z]", mistake.says)


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in (FOLDER / "submissions").iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
