"""The assignment `losses`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from math import inf, log, nan
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.checks.case import Case
from autograder.checks.oracle import vjp
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "losses"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, CHECKS, FORMULAS = (
    sys.modules[f"autograder_assignments.losses.{name}"] for name in ("cases", "checks", "formulas")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))
BINARY = "binary_cross_entropy_with_logits"


def failed(seed=0, **replaced):
    """The checks of the replaced functions that the reference with these replaced does not pass."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced]
    results = Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))
    return {result.check.partition(".")[2] for result in results if result.verdict is not Verdict.PASS}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 150
    assert len(DECLARED.variants) >= 16
    assert len(EXPECTED) >= 11
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == set(ENTRY_POINTS)
    assert {name for variant in DECLARED.variants for name in variant.replacements} == set(ENTRY_POINTS)


def test_a_teacher_says_one_short_sentence_and_says_it_of_one_mistake():
    said = defaultdict(set)
    for mistake in DECLARED.mistakes:
        assert len(mistake.says) <= 200, mistake.name
        assert mistake.says.endswith("."), mistake.name
        assert not re.search(r"[.!?] +[A-Z]", mistake.says), mistake.name
        said[mistake.entry_point, mistake.says].add(mistake.name)
    assert [names for names in said.values() if len(names) > 1] == []


@pytest.mark.parametrize("name", ["kl_plus_entropy", "squares_two_missing", "step_two_missing"])
def test_the_slips_of_the_slides_are_in_the_bank(name):
    assert name in {mistake.name for mistake in DECLARED.mistakes}


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


def test_the_formulas_give_the_known_answers():
    even, bent = np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])
    for k in (1, 2, 7):
        np.testing.assert_allclose(FORMULAS.entropy(np.full((1, k), 1 / k)), [log(k)], atol=1e-15)
    np.testing.assert_allclose(FORMULAS.kl_divergence(even, bent), [log(4 / 3) / 2], rtol=1e-14)
    np.testing.assert_allclose(FORMULAS.cross_entropy(even, bent), [log(16 / 3) / 2], rtol=1e-14)
    np.testing.assert_allclose(FORMULAS.kl_divergence(bent, bent), [0.0], atol=1e-15)
    (certain,) = FORMULAS.entropy(np.array([[0.0, 1.0, 0.0]]))
    assert str(float(certain)) == "0.0"  # and not -0.0, which the report would print


def test_the_formulas_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(20)
    x, t, z, y = rng.standard_normal((5, 4)), rng.dirichlet(np.ones(4), 5), rng.standard_normal(6), rng.random(6)
    labels = rng.integers(0, 4, 5)
    functional = torch.nn.functional
    for formula, right, (point, *rest) in (
        (FORMULAS.softmax_cross_entropy, functional.cross_entropy, (x, t)),
        (FORMULAS.binary_cross_entropy, functional.binary_cross_entropy_with_logits, (z, y)),
        # PyTorch divides by the number of classes, too
        (
            lambda s, labels: FORMULAS.hinge_loss(s, labels, 0.7),
            lambda s, labels: 4 * functional.multi_margin_loss(s, labels, margin=0.7),
            (x, labels),
        ),
    ):
        tensor = torch.tensor(point, requires_grad=True)
        loss = right(tensor, *map(torch.tensor, rest))
        (gradient,) = torch.autograd.grad(loss, tensor)
        np.testing.assert_allclose(formula(point, *rest), loss.item(), rtol=1e-12)
        np.testing.assert_allclose(vjp(formula, (point, *rest), 1.0, wrt=(0,))[0], gradient.numpy(), atol=1e-14)


@pytest.mark.parametrize("content", ["whole", "normal"])
def test_distributions_are_distributions_without_small_numbers(content):
    for seed in range(20):
        p = CASES.distribution(Case({"content": content}, seed), "p", 4, 6)
        np.testing.assert_allclose(p.sum(axis=1), 1)
        assert p.min() > 1 / 60


@pytest.mark.parametrize("space", ["MARGIN", "OTHER_MARGIN"])
def test_no_term_of_the_hinge_loss_is_near_its_kink(space):
    for case in getattr(CASES, space).cases(3, 40):
        scores, y = CASES.scores_and_labels(case)
        rows = np.arange(len(y))
        terms = scores - scores[rows, y][:, None] + case.margin
        assert np.abs(terms).min() >= 0.04
        assert (terms[rows, y] == case.margin).all()


def test_rows_that_are_close_differ_by_more_than_rounding():
    """The bound of `gibbs` is passed by the right answer, whatever the draw."""
    for case in CASES.ROWS.cases(5, 40):
        p = CASES.distribution(case, "p", case.n, case.k)
        q = p.copy()
        q[:, 0] -= 0.1 * p[:, 0]
        q[:, 1] += 0.1 * p[:, 0]
        assert FORMULAS.kl_divergence(p, q).min() > 5e-5


@pytest.mark.parametrize("answer", [[inf, inf], [[inf], [inf]]])
def test_infinite_numbers_pass_in_either_shape(answer):
    CASES.expect_infinite("h", np.array(answer), 2)


@pytest.mark.parametrize("answer", [[inf, 30.0], [inf, nan], [inf, -inf], [inf], [inf] * 3])
def test_anything_else_is_not_infinite(answer):
    with pytest.raises(CheckFailed, match=r"^h (is wrong at|must be 2 numbers)"):
        CASES.expect_infinite("h", np.array(answer), 2)


@pytest.mark.parametrize("answer", [None, "inf", {}, [inf, inf], np.array(["inf", "inf"]), np.array([True, True])])
def test_what_is_not_numbers_is_refused(answer):
    with pytest.raises(CheckFailed, match=r"^h must be 2 numbers, floats\.$"):
        CASES.expect_numbers("h", answer, 2)


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def test_either_side_of_a_kink_passes_and_so_does_what_lies_between():
    def with_slope(at_zero):
        def hinge_loss(scores, y, margin=1.0):
            loss, _ = REFERENCE["hinge_loss"](scores, y, margin)
            rows = np.arange(len(y))
            slopes = np.heaviside(scores - scores[rows, y][:, None] + margin, at_zero)
            slopes[rows, y] = 0
            slopes[rows, y] = -slopes.sum(axis=1)
            return loss, slopes / len(y)

        return hinge_loss

    for at_zero in (0.0, 1.0, 0.5):
        assert failed(hinge_loss=with_slope(at_zero)) == set()
    for at_zero in (-1.0, 2.0, nan, inf):
        assert failed(hinge_loss=with_slope(at_zero)) == {"kink"}


def test_a_divergence_a_hair_below_zero_passes_and_one_that_is_no_rounding_fails():
    def lowered(by):
        return lambda p, q: REFERENCE["kl_divergence"](p, q) - by

    assert failed(kl_divergence=lowered(7e-16)) == set()
    assert "gibbs" in failed(kl_divergence=lowered(1e-9))


def test_a_divergence_that_is_zero_for_rows_that_differ_fails():
    def blunt(p, q):
        found = REFERENCE["kl_divergence"](p, q)
        return np.where(found < 0.05, 0.0, found)

    assert "gibbs" in failed(kl_divergence=blunt)


def test_integers_that_max_leaves_behind_count_as_floats():
    def clamped(p, q):
        return np.array([max(0, number) for number in REFERENCE["kl_divergence"](p, q).tolist()])

    for seed in range(3):
        assert failed(seed, kl_divergence=clamped) == set()


def test_logarithms_of_probabilities_lose_the_extreme_logits_alone():
    def softmax(x, t):
        q = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        return -(t * np.log(q)).sum() / len(x), (q - t) / len(x)

    def binary(z, y):
        s = 1 / (1 + np.exp(-z))
        return -(y * np.log(s) + (1 - y) * np.log(1 - s)).mean(), (s - y) / len(z)

    with np.errstate(all="ignore"):
        assert failed(softmax_cross_entropy=softmax) == {"stable", "stable_gradient"}
        assert failed(**{BINARY: binary}) == {"stable"}


@pytest.mark.parametrize("factor", [1 + 1e-6, 1 - 1e-6])
def test_steps_that_end_elsewhere_fail(factor):
    def least_squares_step(w, X, y, rate):
        return factor * REFERENCE["least_squares_step"](w, X, y, rate)

    assert "converges" in failed(least_squares_step=least_squares_step)


def test_terms_that_are_not_left_out_lose_the_zeros_alone():
    with np.errstate(all="ignore"):
        assert failed(entropy=lambda p: -(p * np.log(p)).sum(axis=1)) == {"zeros"}
        assert failed(cross_entropy=lambda p, q: -(p * np.log(q)).sum(axis=1)) == {"zeros", "infinite"}
        assert failed(cross_entropy=lambda p, q: -(p * np.log(q + 1e-12)).sum(axis=1)) == {"infinite"}


@pytest.mark.parametrize(
    ("name", "position"), [("softmax_cross_entropy", 0), (BINARY, 0), ("hinge_loss", 0), ("least_squares", 0)]
)
def test_a_gradient_by_finite_differences_fails(name, position):
    def measured(*args, **options):
        right, point = REFERENCE[name], args[position]
        gradient = np.zeros_like(point)
        for index in np.ndindex(point.shape):
            step = np.zeros_like(point)
            step[index] = 1e-5
            above, below = (right(point + sign * step, *args[1:], **options)[0] for sign in (1, -1))
            gradient[index] = (above - below) / 2e-5
        return right(*args, **options)[0], gradient

    assert "gradient" in failed(**{name: measured})
