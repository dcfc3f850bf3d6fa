"""The assignment `regularization`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
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

FOLDER = Path(__file__).parents[2] / "assignments" / "regularization"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, CHECKS, FORMULAS = (
    sys.modules[f"autograder_assignments.regularization.{name}"] for name in ("cases", "checks", "formulas")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))


def results(seed=0, **replaced):
    """The results of the checks of the replaced functions, by id; of a single one by what stands behind its name."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced]
    found = Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))
    return {result.check if len(replaced) > 1 else result.check.partition(".")[2]: result for result in found}


def failed(seed=0, **replaced):
    """The checks of the replaced functions that the reference with these replaced fails."""
    passing = (Verdict.PASS, Verdict.SKIPPED)
    return {name for name, result in results(seed, **replaced).items() if result.verdict not in passing}


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 250
    assert len(DECLARED.variants) >= 22
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


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


def test_the_penalties_have_the_gradients_that_the_table_says():
    w = np.random.default_rng(5).standard_normal((3, 4))
    for formula, arguments, gradient in (
        (FORMULAS.l2_penalty, (0.3,), 0.6 * w),
        (FORMULAS.l1_penalty, (0.3,), 0.3 * np.sign(w)),
        (FORMULAS.elastic_net, (0.3, 0.7), 0.3 * (0.7 * np.sign(w) + 0.3 * w)),
    ):
        np.testing.assert_allclose(vjp(formula, (w, *arguments), 1.0, wrt=(0,))[0], gradient, rtol=1e-14)


def test_soft_thresholding_minimises_what_it_must():
    w, t = np.array([3.0, -0.5, -2.0, 0.25]), 0.75
    v = FORMULAS.soft_threshold(w, t)
    for step in (1e-3, -1e-3):
        moved = (v + step - w) ** 2 / 2 + t * np.abs(v + step)
        assert (moved >= (v - w) ** 2 / 2 + t * np.abs(v)).all()


def test_ridge_is_stationary_and_its_eigenvalues_are_those_of_the_inverse():
    for case in [*CASES.DEFICIENT.cases(3, 10), *CASES.TALL.cases(3, 10)]:
        A, b = CASES.deficient(case) if "kind" in case.params else CASES.tall(case)
        matrix = A.T @ A + case.alpha**2 * np.eye(case.d)
        np.testing.assert_allclose(matrix @ FORMULAS.ridge(A, b, case.alpha), A.T @ b, rtol=1e-10, atol=1e-12)
        inverse = np.linalg.eigvalsh(np.linalg.inv(matrix))
        np.testing.assert_allclose(FORMULAS.tikhonov_eigenvalues(A, case.alpha), inverse, rtol=1e-10)
        assert case.alpha**2 >= 1e-4 * np.linalg.eigvalsh(A.T @ A)[-1]  # as the contract says


@pytest.mark.parametrize("kind", ["wide", "multiple", "zero"])
def test_deficient_matrices_lack_one_rank(kind):
    for d in (2, 3, 6):
        A, b = CASES.deficient(Case({"d": d, "kind": kind, "alpha": 1.0}, 4))
        assert np.linalg.matrix_rank(A) == d - 1
        assert len(A) == len(b)


def test_the_shares_of_the_weights_add_up_to_an_affine_layer_and_its_gradients():
    rng = np.random.default_rng(8)
    x, w, b, dout = rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=(5, 4))
    mask, p = rng.random((3, 4)) >= 0.4, 0.4

    def layer(x, w):
        return x @ (w * mask / (1 - p)) + b

    dx, dw = vjp(layer, (x, w), dout, wrt=(0, 1))
    np.testing.assert_allclose((FORMULAS.weight_shares(x, w, p) * mask).sum(axis=1) + b, layer(x, w), rtol=1e-12)
    np.testing.assert_allclose((FORMULAS.row_shares(dout, w, p) * mask).sum(axis=2), dx, rtol=1e-12)
    np.testing.assert_allclose(FORMULAS.weight_gradients(x, dout, p) * mask, dw, rtol=1e-12)


def test_a_mask_is_read_from_what_it_leaves():
    rng = np.random.default_rng(3)
    rows, columns = rng.normal(size=(9, 6)), rng.normal(size=(6, 7))
    mask = rng.random((6, 7)) < 0.6
    assert (CASES.expect_masked("out", rows @ (columns * mask / 0.6), rows, columns, 0.4) == mask).all()
    with pytest.raises(CheckFailed, match=r"multiplied by 1; at p = 0\.4 it must be 1 / \(1 - p\) = 1\.667\.$"):
        CASES.expect_masked("out", rows @ (columns * mask), rows, columns, 0.4)
    with pytest.raises(CheckFailed, match=r"^No mask of the weights explains out: one mask for the whole call"):
        CASES.expect_masked("out", rows @ (columns * mask) + 1, rows, columns, 0.4)
    for factor, says in ((0.0, "shows no weight that is kept"), (1.0, "shows no dropped weight")):
        with pytest.raises(CheckFailed, match=says):
            CASES.expect_masked("out", rows @ (columns * factor), rows, columns, 0.4)
    with pytest.raises(CheckFailed, match="NaN or infinity"):
        CASES.expect_masked("out", np.full((9, 7), np.nan), rows, columns, 0.4)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (np.zeros((3, 2)), r"dx has shape (3, 2); it must be (2, 3)."),
        (np.zeros(6), r"dx has shape (6,); it must be (2, 3)."),
        (np.zeros((2, 3), dtype=complex), "dx has dtype complex128; it must be float64."),
        (np.zeros((2, 3), dtype=int), "dx has dtype int64; it must be float64."),
        (None, "dx is None; it must be a NumPy array of floats."),
        ([[1.0, 2.0, 3.0], [1.0, 2.0]], "dx is a list of 2 values; it must be a NumPy array of floats."),
    ],
)
def test_what_is_not_of_a_size_is_refused_before_anything_is_computed_with_it(answer, says):
    with pytest.raises(CheckFailed, match=f"^{re.escape(says)}$"):
        CASES.sized("dx", answer, (2, 3))


def test_axes_of_length_one_are_another_question():
    for answer in (np.ones((1, 3)), np.ones((3, 1)), np.ones(3, dtype=np.float32)):
        assert CASES.sized("db", answer, (3,)).shape == (3,)
    assert CASES.sized("v", 2.5, (1,)).tolist() == [2.5]


@pytest.mark.parametrize("space", ["DROPOUT", "CONNECT"])
def test_a_mask_that_keeps_all_or_nothing_has_no_chance(space):
    for case in getattr(CASES, space).cases(2, 40):
        count = np.prod(case.shape) if space == "DROPOUT" else case.d * case.m
        assert max(case.p, 1 - case.p) ** count < 1e-9


def test_patience_runs_out_in_every_curve_before_its_end():
    for case in CASES.CURVES.cases(4, 60):
        losses = CASES.curve(case)
        assert len(set(losses.tolist())) == len(losses)
        stop, best = FORMULAS.early_stopping(losses, case.patience)
        assert stop - best == case.patience
        assert stop < len(losses) - 1
        assert losses[best] > losses.min()


def test_bias_and_variance_add_up_to_the_mean_squared_error():
    for case in CASES.MODELS.cases(4, 20):
        predictions, truth = CHECKS.models(case)
        both = sum(FORMULAS.bias_variance(predictions, truth))
        np.testing.assert_allclose(both, ((predictions - truth) ** 2).mean(), rtol=1e-12)


def test_points_of_a_polynomial_are_apart_and_inside():
    for space in (CASES.BELOW, CASES.AT, CASES.ABOVE):
        for case in space.cases(6, 30):
            x, _ = CASES.points(case)
            assert np.abs(x).max() < 1
            assert len(x) < 2 or np.diff(np.sort(x)).min() >= 1.2 / case.n


def test_beyond_the_threshold_the_fit_is_exact_and_no_other_exact_fit_is_smaller():
    rng = np.random.default_rng(6)
    for case in CASES.ABOVE.cases(6, 20):
        x, y = CASES.points(case)
        c = FORMULAS.minimum_norm_fit(x, y, case.degree)
        powers = np.vander(x, case.degree + 1, increasing=True)
        np.testing.assert_allclose(powers @ c, y, rtol=1e-9, atol=1e-12)
        silent = rng.normal(size=case.degree + 1)
        silent -= np.linalg.pinv(powers) @ (powers @ silent)  # changes no value at the points
        assert abs(silent @ c) <= 1e-9 * np.linalg.norm(silent) * np.linalg.norm(c)


def test_counts_of_labels_are_whole_numbers_or_nearly():
    for case in CASES.COUNTS.cases(3, 30):
        assert (case.fraction * case.n).is_integer()
        # in one of the calls all labels drawn are new ones
        assert (case.fraction * case.n / CHECKS.CLASSES) ** CHECKS.CALLS < 1e-9
    products = [fraction * n for n, fraction in CASES.NEARLY_WHOLE]
    assert [int(product) for product in products] == [28, 56, 28]
    assert [round(product) for product in products] == [29, 57, 28]
    assert np.ceil(products[-1]) == 29


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def test_any_slope_at_zero_passes_and_none_beyond():
    def with_slope(at_zero):
        def l1_penalty(w, lam):
            return lam * np.abs(w).sum(), lam * np.where(w == 0, at_zero, np.sign(w))

        def elastic_net(w, lam, ratio):
            value, _ = REFERENCE["elastic_net"](w, lam, ratio)
            return value, lam * (ratio * np.where(w == 0, at_zero, np.sign(w)) + (1 - ratio) * w)

        return {"l1_penalty": l1_penalty, "elastic_net": elastic_net}

    for at_zero in (0.0, 1.0, -1.0, 0.3):
        assert failed(**with_slope(at_zero)) == set()
    for at_zero in (1.1, -2.0, np.nan, np.inf):
        assert failed(**with_slope(at_zero)) == {"l1_penalty.zeros", "elastic_net.zeros"}


@pytest.mark.parametrize("name", ["l2_penalty", "l1_penalty", "elastic_net"])
def test_a_gradient_by_finite_differences_fails(name):
    def measured(w, *others):
        value, gradient = REFERENCE[name](w, *others)[0], np.zeros(w.shape)
        for index in np.ndindex(w.shape):
            step = np.zeros(w.shape)
            step[index] = 1e-5
            above, below = (REFERENCE[name](w + sign * step, *others)[0] for sign in (1, -1))
            gradient[index] = (above - below) / 2e-5
        return value, gradient

    assert "gradient" in failed(**{name: measured})


def test_what_is_almost_zero_is_not_zero():
    def soft_threshold(w, t):
        return np.where(np.abs(w) <= t, 1e-14, REFERENCE["soft_threshold"](w, t))

    assert failed(soft_threshold=soft_threshold) == {"zeros"}


def test_complex_eigenvalues_pass_where_their_imaginary_parts_are_rounding_and_so_do_lists():
    def with_imaginary(part):
        return lambda A, alpha: REFERENCE["tikhonov_eigenvalues"](A, alpha) + part * 1j

    assert failed(tikhonov_eigenvalues=with_imaginary(1e-17)) == set()
    assert "values" in failed(tikhonov_eigenvalues=with_imaginary(1e-3))
    listed = {"tikhonov_eigenvalues": lambda A, alpha: REFERENCE["tikhonov_eigenvalues"](A, alpha).tolist()}
    assert failed(**listed) == set()


SCALE = {
    "dropout_forward.values",
    "dropout_forward.hidden_values",
    "dropout_backward.gradients",
    "dropout_backward.hidden_gradients",
}


def dropout(draw, scale=lambda p: 1 / (1 - p)):
    """dropout_forward and dropout_backward by `draw(shape, p, rng)`, which says what is kept."""

    def forward(x, p, rng, training=True):
        mask = draw(x.shape, p, rng) * scale(p) if training else np.ones(x.shape)
        return x * mask, mask

    return {"dropout_forward": forward, "dropout_backward": lambda dout, cache: dout * cache}


def test_p_taken_for_the_chance_to_be_kept_loses_scale_and_rate_alone():
    taken = dropout(lambda shape, p, rng: rng.random(shape) < p, lambda p: 1 / p if p else 0.0)
    found = results(**taken)
    assert failed(**taken) == SCALE | {"dropout_forward.rate", "dropout_forward.p_zero"}
    assert "It fits 1 - p, so p is the chance to be kept." in found["dropout_forward.rate"].message
    assert found["dropout_forward.values"].message.startswith("What out keeps is divided by p; it must be divided by 1")


def test_dropout_that_is_not_inverted_loses_the_scale_alone():
    plain = dropout(lambda shape, p, rng: rng.random(shape) >= p, lambda p: 1.0)
    assert failed(**plain) == SCALE


@pytest.mark.parametrize(
    "draw",
    [
        lambda shape, p, rng: (rng.random((shape[0], *[1] * (len(shape) - 1))) >= p) * np.ones(shape),
        lambda shape, p, rng: (rng.random(shape[-1]) >= p) * np.ones(shape),
        lambda shape, p, rng: rng.permutation(np.prod(shape)).reshape(shape) >= round(p * np.prod(shape)),
    ],
    ids=["rows", "columns", "a fixed part"],
)
def test_what_is_not_dropped_on_its_own_is_found(draw):
    for seed in range(3):
        assert "dropout_forward.alone" in failed(seed, **dropout(draw))


@pytest.mark.parametrize("entry_point", ["dropout_forward", "dropconnect_forward", "randomize_labels"])
def test_the_global_generator_is_refused_with_a_sentence_that_says_so(entry_point):
    def with_global(*arguments, **options):
        *others, _ = arguments
        return REFERENCE[entry_point](*others, np.random.default_rng(np.random.randint(2**31)), **options)

    found = results(**{entry_point: with_global})
    assert {name for name, result in found.items() if result.verdict is Verdict.FAIL} == {"seeded"}
    assert "draw every number from rng, none from np.random" in found["seeded"].message


def test_a_rate_that_is_a_little_off_is_found():
    for seed in range(3):
        off = dropout(lambda shape, p, rng: rng.random(shape) >= 0.9 * p, lambda p: 1 / (1 - p))
        assert "dropout_forward.rate" in failed(seed, **off)


def test_a_new_mask_in_the_backward_pass_loses_the_mask_alone():
    def backward(dout, cache):
        scale = cache.max() if np.ndim(cache) else 1.0
        if scale == 1:
            return dout
        return dout * (np.random.default_rng(5).random(dout.shape) * scale >= scale - 1) * scale

    assert failed(dropout_backward=backward) == {"mask"}


def test_a_mask_for_each_row_is_no_mask_of_the_weights():
    def forward(x, w, b, p, rng, training=True):
        masks = (rng.random((len(x), *w.shape)) >= p) / (1 - p) if training else np.ones((len(x), *w.shape))
        return np.einsum("nd,dm,ndm->nm", x, w, masks) + b, (x, w, masks[0])

    found = results(dropconnect_forward=forward)
    assert found["values"].message.startswith("No mask of the weights explains out: one mask for the whole call")


def test_a_count_that_is_cut_off_loses_the_rounding_alone():
    def randomize_labels(y, fraction, classes, rng):
        count = int(fraction * len(y))
        labels = y.copy()
        labels[rng.permutation(len(y))[:count]] = rng.integers(0, classes, count)
        return labels

    assert failed(randomize_labels=randomize_labels) == {"rounding"}


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda y: np.array(y, dtype=float)])
def test_labels_may_be_integers_floats_or_a_list(kind):
    def randomize_labels(y, fraction, classes, rng):
        return kind(REFERENCE["randomize_labels"](y, fraction, classes, rng).tolist())

    assert failed(randomize_labels=randomize_labels) == set()


@pytest.mark.parametrize("answer", [None, "labels", [0.5] * 100, [[1], [2, 3]], [np.nan] * 100, [1] * 99, {}])
def test_what_is_not_labels_is_refused(answer):
    with pytest.raises(CheckFailed, match=r"^labels (must be 100 labels, integers|holds 0\.5; labels are integers)\.$"):
        CASES.whole_labels(answer, 100)


def test_polyfit_is_right_below_the_threshold_alone():
    def minimum_norm_fit(x, y, degree):
        return np.polynomial.polynomial.polyfit(x, y, degree)

    with pytest.warns(np.exceptions.RankWarning):
        found = results(minimum_norm_fit=minimum_norm_fit)
    assert {name for name, result in found.items() if result.verdict is not Verdict.PASS} == {
        "least_norm",
        "hidden_least_norm",
    }
    assert re.match(r"The coefficients c fit every point, but have the norm [\d.]+; those", found["least_norm"].message)


def test_single_precision_in_earnest_passes_where_no_gradient_is_asked():
    """Outside of a worker float32 is float32: tolerances follow the answers."""
    (variant,) = (variant for variant in DECLARED.variants if variant.name == "float32_throughout")
    values = ("ridge", "tikhonov_eigenvalues", "bias_variance", "soft_threshold")
    replaced = {name: variant.replacements[name] for name in values}
    for seed in range(3):
        assert failed(seed, **replaced) == set()
