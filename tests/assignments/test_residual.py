"""The oracles of residual against an independent witness, its known answers in both directions, and its bank."""

import re
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the assignment needs PyTorch, which is not installed here")

import torch
from torch.nn import functional

from autograder import Rng, vjp
from autograder.assignment.discover import discover
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.errors import AssignmentError
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalProgram, LocalRunner

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "residual"
RESIDUAL = discover(FOLDER)
EXPECTED = tomllib.loads((FOLDER / "submissions" / "expected.toml").read_text(encoding="utf-8"))
REFERENCE = {entry.name: getattr(RESIDUAL.reference, entry.name) for entry in RESIDUAL.assignment.entry_points}
CHECKS = {check.id: check for check in RESIDUAL.checks}
formulas = sys.modules["autograder_assignments.residual.formulas"]
rng = np.random.default_rng(21)


def drawn(*shape):
    values = rng.standard_normal(shape)
    return values + np.copysign(0.05, values)


# ── the oracle ─────────────────────────────────────────────────────────────────────────────────


def torch_branch(x, w1, b1, w2, b2):
    return functional.relu(x @ w1 + b1) @ w2 + b2


def torch_block(x, w1, g1, b1, w2, g2, b2, *shortcut, stride):
    def norm(h, gamma, beta):
        return functional.batch_norm(h, None, None, gamma, beta, training=True)

    out = functional.relu(norm(functional.conv2d(x, w1, stride=stride, padding=1), g1, b1))
    out = norm(functional.conv2d(out, w2, padding=1), g2, b2)
    if not shortcut:
        return x + out
    return out + norm(functional.conv2d(x, shortcut[0], stride=stride), *shortcut[1:])


NUMPY_BLOCK = (drawn(5, 3), drawn(3, 6), drawn(6), drawn(6, 3), drawn(3))
PROJECTED = (drawn(5, 3), drawn(3, 6), drawn(6), drawn(6, 4), drawn(4), drawn(3, 4))
SAME = (drawn(2, 2, 4, 3), drawn(2, 2, 3, 3), drawn(2), drawn(2), drawn(2, 2, 3, 3), drawn(2), drawn(2))
HALVED = (
    *(drawn(2, 2, 5, 4), drawn(3, 2, 3, 3), drawn(3), drawn(3), drawn(3, 3, 3, 3), drawn(3), drawn(3)),
    *(drawn(3, 2, 1, 1), drawn(3), drawn(3)),
)


def by_name(formula):
    """The formula of a block with its parameters as arguments of their own, in this order."""
    return lambda x, *params: formula(x, dict(zip(("W1", "b1", "W2", "b2", "Ws"), params, strict=False)))


WITNESSES = {
    "residual": (by_name(formulas.residual), lambda x, *params: x + torch_branch(x, *params), NUMPY_BLOCK),
    "projection": (by_name(formulas.projection), lambda x, *p: x @ p[-1] + torch_branch(x, *p[:-1]), PROJECTED),
    "block": (formulas.block, lambda *args: torch_block(*args, stride=1), SAME),
    "block with stride": (
        lambda *args: formulas.block(*args, stride=2),
        lambda *args: torch_block(*args, stride=2),
        HALVED,
    ),
}


def deviation(formula, witness, args):
    """The largest difference of the value or a gradient, relative to its largest number or 1."""
    tensors = [torch.tensor(arg, requires_grad=True) for arg in args]
    out = witness(*tensors)
    dout = np.random.default_rng(3).standard_normal(tuple(out.shape))
    expected = [out, *torch.autograd.grad((out * torch.tensor(dout)).sum(), tensors)]
    found = [formula(*args), *vjp(formula, args, dout, wrt=range(len(args)))]
    return max(
        float(np.max(np.abs(f - e.detach().numpy())) / max(np.max(np.abs(f)), 1.0))
        for f, e in zip(found, expected, strict=True)
    )


@pytest.mark.parametrize("name", WITNESSES)
def test_formula_and_its_gradients_agree_with_torch(name):
    # normalisation by few numbers loses a digit or two; the checks' tolerance is 1e-9
    assert deviation(*WITNESSES[name]) <= 1e-12


@pytest.mark.parametrize("name", WITNESSES)
def test_an_error_far_below_the_checks_tolerance_is_seen(name):
    formula, witness, args = WITNESSES[name]
    assert deviation(lambda *args: (1 + 1e-10) * formula(*args), witness, args) > 1e-12


@pytest.mark.parametrize("kind", ["plain", "residual"])
def test_the_stacks_formula_is_the_gradient_of_the_stack(kind):
    depth, width, gain = 5, 7, 1.3
    source = np.random.default_rng(4)
    h = [torch.tensor(source.standard_normal(width), requires_grad=True)]
    for _ in range(depth):
        std = gain * np.sqrt(2 / width / (depth if kind == "residual" else 1))
        w = torch.tensor(std * source.standard_normal((width, width)))
        h.append(torch.relu(h[-1]) @ w + (h[-1] if kind == "residual" else 0))
    gradients = torch.autograd.grad(h[-1].sum(), h)
    expected = [float(gradient.norm()) for gradient in gradients]
    found = formulas.stack_norms(np.random.default_rng(4), depth, width, kind, gain)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


# ── known answers ──────────────────────────────────────────────────────────────────────────────

# What each known answer rests on: the entry point, and which of its outputs (None: the only one).
KNOWN = {
    "residual_forward.known_answers": ("residual_forward", 0),
    "residual_forward.opposite_branches": ("residual_forward", 0),
    "residual_backward.zero_branch": ("residual_backward", 0),
    "residual_backward.linear_branch": ("residual_backward", 0),
    "residual_backward.deep": ("residual_backward", 0),
    "residual_backward.cost": ("residual_backward", 0),
    "projection_block_forward.one_by_one": ("projection_block_forward", 0),
    "projection_block_backward.zero_branch": ("projection_block_backward", 0),
    "projection_block_backward.identity": ("projection_block_backward", 0),
    "residual_backward.dx": ("residual_backward", 0),
    "projection_block_backward.dx": ("projection_block_backward", 0),
    "deep_stack_gradient_norms.ends": ("deep_stack_gradient_norms", None),
    "deep_stack_gradient_norms.values": ("deep_stack_gradient_norms", None),
}


def verdict(check_id, replacements):
    check = CHECKS[check_id]
    student = Student(RESIDUAL.assignment, LocalProgram(REFERENCE | replacements))
    return attempt(check, student, cases_of(check, seed=5)).verdict


def altered(function, position):
    """The function with one output a millionth too large."""

    def run(*args, **kwargs):
        outputs = function(*args, **kwargs)
        if position is None:
            return outputs * (1 + 1e-6)
        return tuple(output * (1 + 1e-6) if i == position else output for i, output in enumerate(outputs))

    return run


@pytest.mark.parametrize("check_id", CHECKS)
def test_the_reference_passes(check_id):
    assert verdict(check_id, {}) is Verdict.PASS


@pytest.mark.parametrize("check_id", KNOWN)
def test_an_altered_known_answer_fails(check_id):
    name, position = KNOWN[check_id]
    assert verdict(check_id, {name: altered(REFERENCE[name], position)}) is Verdict.FAIL


def altered_module(into, out, stride=1):
    class Block(REFERENCE["ResidualBlock"]):
        def forward(self, x):
            return super().forward(x) * (1 + 1e-6)

    return Block(into, out, stride)


@pytest.mark.parametrize(
    "name", ["identity", "projection", "stride", "zero_branch", "evaluation", "gradients", "hidden_values"]
)
def test_an_altered_block_of_convolutions_fails(name):
    assert verdict(f"ResidualBlock.{name}", {"ResidualBlock": altered_module}) is Verdict.FAIL


@pytest.mark.parametrize(
    ("gain", "check", "expected"),
    [
        (1.0, "vanishes", Verdict.PASS),
        (1.1, "vanishes", Verdict.PASS),
        (np.sqrt(2), "vanishes", Verdict.FAIL),
        (1 / np.sqrt(2), "vanishes", Verdict.FAIL),
        (np.sqrt(2), "explodes", Verdict.FAIL),
        (3.0, "residual", Verdict.FAIL),
    ],
)
def test_the_law_of_the_stack_has_room_for_chance_and_none_for_a_forgotten_root(gain, check, expected):
    def stack(depth, width, kind, rng, own=0.5):
        return REFERENCE["deep_stack_gradient_norms"](depth, width, kind, rng, own * gain)

    for seed in range(5):
        check_record = CHECKS[f"deep_stack_gradient_norms.{check}"]
        student = Student(RESIDUAL.assignment, LocalProgram({"deep_stack_gradient_norms": stack}))
        assert attempt(check_record, student, cases_of(check_record, seed)).verdict is expected


def test_the_generator_arrives_fresh_with_each_call():
    student = Student(RESIDUAL.assignment, LocalProgram(REFERENCE))
    first, again = (student.deep_stack_gradient_norms(3, 4, "plain", Rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


# ── details ────────────────────────────────────────────────────────────────────────────────────


def failing(replacements):
    return {check for check in CHECKS if verdict(check, replacements) is not Verdict.PASS}


def test_norms_with_an_axis_more_cost_their_shape_alone():
    def column(*args):
        return REFERENCE["deep_stack_gradient_norms"](*args)[:, None]

    assert failing({"deep_stack_gradient_norms": column}) == {"deep_stack_gradient_norms.shape"}


def test_a_stride_alone_is_asked_about_in_a_check_of_its_own():
    def projects_channels_only(into, out, stride=1):
        block = REFERENCE["ResidualBlock"](into, out, stride)
        block.shortcut = block.shortcut if into != out else torch.nn.Sequential()
        return block

    assert failing({"ResidualBlock": projects_channels_only}) == {"ResidualBlock.stride"}


def test_a_wrong_bias_gradient_leaves_the_points_of_dx():
    def averaged(dout, cache):
        dx, grads = REFERENCE["residual_backward"](dout, cache)
        return dx, {**grads, "b2": dout.mean(axis=0)}

    wrong = failing({"residual_backward": averaged})
    assert "residual_backward.grads" in wrong
    assert "residual_backward.dx" not in wrong


# ── one broken function ────────────────────────────────────────────────────────────────────────


def broken(*_, **__):
    raise RuntimeError("broken")


@pytest.mark.parametrize("name", REFERENCE)
def test_a_broken_function_costs_its_own_points_alone(name):
    runner = LocalRunner(REFERENCE | {name: broken})
    results = Examiner(RESIDUAL, 0, explain=False).examine_all(RESIDUAL.checks, runner)
    lost = {result.entry_point for result in results if result.verdict is not Verdict.PASS}
    # a backward pass cannot be asked anything without the forward pass that fills its cache
    assert lost == {name, name.replace("_forward", "_backward")}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_points_add_up_to_a_hundred():
    assert sum(check.points for check in RESIDUAL.checks) == 100


def test_the_bank_is_large_enough():
    assert len(RESIDUAL.mistakes) >= 150
    assert len(RESIDUAL.variants) >= 12
    assert len(EXPECTED) >= 8


def test_every_entry_point_has_mistakes_and_variants():
    assert {mistake.entry_point for mistake in RESIDUAL.mistakes} == set(REFERENCE)
    assert {name for variant in RESIDUAL.variants for name in variant.replacements} == set(REFERENCE)


@pytest.mark.parametrize("mistake", RESIDUAL.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake):
    assert len(mistake.says) <= 200
    assert mistake.says.endswith(".")
    assert not re.search(r"[!?] +[A-Z]", mistake.says)
    assert all(map(callable, mistake.replacements.values()))


def test_no_sentence_is_said_for_two_mistakes_of_one_entry_point():
    said = defaultdict(list)
    for mistake in RESIDUAL.mistakes:
        said[mistake.entry_point, mistake.says].append(mistake.name)
    assert [names for names in said.values() if len(names) > 1] == []


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in (FOLDER / "submissions").iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_names_what_exists(name):
    entry = EXPECTED[name]
    mistakes = {mistake.name for mistake in RESIDUAL.mistakes}
    assert entry.get("verdicts", {}).keys() <= CHECKS.keys() | REFERENCE.keys()
    assert entry.get("diagnoses", {}).keys() <= CHECKS.keys()
    assert set(entry.get("diagnoses", {}).values()) <= mistakes


def test_without_pytorch_the_assignment_says_so_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    needed = r"residual\.py: line \d+: it needs torch, which is not installed here: pip install torch$"
    with pytest.raises(AssignmentError, match=needed):
        discover(FOLDER)
