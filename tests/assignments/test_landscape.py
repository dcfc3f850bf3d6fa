"""The assignment `landscape`: what its checks rest on holds, and each part of a submission is judged alone."""

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
from autograder.checks.oracle import vjp
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "landscape"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, CHECKS, FORMULAS, SURFACES = (
    sys.modules[f"autograder_assignments.landscape.{name}"] for name in ("cases", "checks", "formulas", "surfaces")
)
REFERENCE = vars(DECLARED.reference)
ENTRY_POINTS = [entry.name for entry in DECLARED.assignment.entry_points]
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))


def graded(seed=0, **replaced):
    """What the checks of the replaced functions say of the reference with these replaced."""
    checks = [check for check in DECLARED.checks if check.entry_point in replaced]
    return Examiner(DECLARED, seed, explain=False).examine_all(checks, LocalRunner(REFERENCE | replaced))


def failed(seed=0, **replaced):
    """The checks that they do not pass."""
    return {r.check.partition(".")[2] for r in graded(seed, **replaced) if r.verdict is not Verdict.PASS}


def said(check, **replaced):
    """What is said of a failure."""
    (result,) = (result for result in graded(**replaced) if result.check == check)
    assert result.verdict is Verdict.FAIL
    return result.message


# ── the bank ───────────────────────────────────────────────────────────────────────────────────


def test_the_bank_is_large_enough_and_reaches_every_entry_point():
    assert sum(check.points for check in DECLARED.checks) == 100
    assert len(DECLARED.mistakes) >= 230
    assert len(DECLARED.variants) >= 19
    assert len(EXPECTED) >= 12
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == set(ENTRY_POINTS)
    assert {name for variant in DECLARED.variants for name in variant.replacements} == set(ENTRY_POINTS)


def test_a_teacher_says_one_short_sentence_and_says_it_of_one_mistake():
    sentences = defaultdict(set)
    for mistake in DECLARED.mistakes:
        assert len(mistake.says) <= 200, mistake.name
        assert mistake.says.endswith("."), mistake.name
        assert not re.search(r"[.!?] +[A-Z]", mistake.says), mistake.name
        sentences[mistake.entry_point, mistake.says].add(mistake.name)
    assert [names for names in sentences.values() if len(names) > 1] == []


def test_the_sample_class_is_what_lies_in_its_folder():
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    for name in files - {"ken.ipynb"}:  # cut off
        if name.endswith(".ipynb"):
            nbformat.validate(nbformat.read(SUBMISSIONS / name, as_version=nbformat.NO_CONVERT))


# ── what the checks rest on ────────────────────────────────────────────────────────────────────


def smooth(f, x, h=2.0**-13):
    """The gradient of f by central differences, for formulas that have none of their own."""
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in h * np.eye(len(x))])


def test_the_networks_gradient_is_that_of_its_loss_and_its_hessian_that_of_the_gradient():
    for case in CASES.NETWORKS.cases(3, 4):
        w, t, y = CASES.network_problem(case)
        gradient = FORMULAS.network_gradient(w, t, y)
        np.testing.assert_allclose(smooth(SURFACES.network_loss(t, y), w), gradient, atol=1e-6)
        H = FORMULAS.network_hessian(w, t, y)
        np.testing.assert_allclose(H, H.T, atol=1e-14)
        measured = smooth(lambda w, t=t, y=y: FORMULAS.network_gradient(w, t, y), w)
        np.testing.assert_allclose(measured, H, atol=1e-6)


def test_polynomials_are_computed_without_rounding():
    for case in CASES.POLYNOMIALS.cases(5, 20):
        A, b, x = CASES.quadratic_problem(case)
        np.testing.assert_array_equal(REFERENCE["hessian"](SURFACES.quadratic(A, b), x, case.h), A)
        A, c, x = CASES.cubic_problem(case)
        right = FORMULAS.cubic_hessian(A, c, x)
        np.testing.assert_array_equal(REFERENCE["hessian"](SURFACES.cubic(A, c), x, case.h), right)
        assert (A == A.T).all()


def test_the_banana_valleys_hessian():
    gradient = lambda p: np.array([-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)])  # noqa: E731
    H = np.array([vjp(gradient, (np.ones(2),), row, wrt=(0,))[0] for row in np.eye(2)])
    np.testing.assert_allclose(H, FORMULAS.rosenbrock_hessian(), atol=1e-12)
    np.testing.assert_allclose(smooth(SURFACES.rosenbrock, np.array([1.5, 2.0])), gradient([1.5, 2.0]), rtol=1e-5)


def test_walks_in_closed_form_are_those_of_the_loops():
    for case in CASES.ROLLS.cases(2, 8):
        H, centre, x0, lr = CASES.bowl(case)
        grad = CASES.slope_of(H, centre)
        right = FORMULAS.rolling(H, centre, x0, lr, case.momentum, case.steps)
        walk = REFERENCE["momentum_descent"](grad, x0, lr, case.momentum, case.steps)
        np.testing.assert_allclose(walk, right, rtol=1e-11, atol=1e-11)
        plain = REFERENCE["gradient_descent"](grad, x0, lr, case.steps)
        np.testing.assert_allclose(plain, FORMULAS.descent(H, centre, x0, lr, case.steps), rtol=1e-11, atol=1e-11)


def test_matrices_have_the_eigenvalues_that_they_are_made_of():
    for case in (*CASES.MATRICES.cases(4, 10), *CASES.WIDER.cases(4, 10)):
        H, numbers = CASES.matrix(case)
        np.testing.assert_allclose(np.linalg.eigvalsh(H), np.sort(numbers), atol=1e-12)
        assert (H == H.T).all()
        if case.d > 1:
            H, numbers = CASES.indefinite(case)
            np.testing.assert_allclose(np.linalg.eigvalsh(H), np.sort(numbers), atol=1e-12)
            assert numbers.min() < 0 < numbers.max()
            assert -numbers.min() > numbers.max()


def test_the_diagonal_of_a_turned_saddle_has_one_sign():
    for case in CASES.WIDER.cases(7, 30):
        if case.axes == "turned" and case.d < 4:
            H = CASES.sample(case, "saddle", CASES.SIGNS["saddle"])
            assert len(set(np.sign(np.diag(H)))) == 1


def test_a_slice_of_the_wavy_surface_in_closed_form():
    for case in CASES.WEIGHTS.cases(6, 6):
        k, m = CASES.coefficients(case)
        grid = CASES.directions(case)
        found = REFERENCE["loss_slice"](SURFACES.wavy(k, m), *grid)
        np.testing.assert_allclose(FORMULAS.wavy_slice(k, m, *grid), found, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(
    "wrong", [np.zeros(3), np.zeros((1, 2)), 1.0, [1.0], np.zeros(2, complex), np.array(["a", "b"]), None]
)
def test_functions_refuse_what_is_not_a_point(wrong):
    for f in (SURFACES.rosenbrock, SURFACES.tilted, SURFACES.double_well_slope):
        with pytest.raises(ValueError, match="not an array of real numbers"):
            f(wrong)
        assert np.all(np.isfinite(f([1.0, 2])))  # a list of numbers is a point


# ── answers in several forms ───────────────────────────────────────────────────────────────────


def test_lists_of_rows_count_as_arrays():
    rows = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    for found in (rows, tuple(rows), [[1.0, 2.0], [3.0, 4.0]]):
        np.testing.assert_array_equal(CASES.rows_of(found), [[1.0, 2.0], [3.0, 4.0]])
    for other in ([[1.0], [1.0, 2.0]], ["a"], [None], [1, 2], []):
        kept = CASES.rows_of(other)
        assert kept is other or isinstance(kept, np.ndarray)  # [] makes an empty array of floats
    np.testing.assert_array_equal(CASES.last_of(rows, 2), [3.0, 4.0])
    np.testing.assert_array_equal(CASES.last_of(np.array([5.0, 6.0]), 1), [6.0])


@pytest.mark.parametrize(
    "answer", [None, "here", 1.0, np.zeros((0, 2)), np.zeros((3, 3)), np.array([["a", "b"]]), [[]]]
)
def test_what_is_not_a_trajectory_is_refused(answer):
    with pytest.raises(
        CheckFailed, match=r"^trajectory must be an array \(steps \+ 1, D\), with rows of D = 2 numbers\.$"
    ):
        CASES.last_of(answer, 2)


def test_words_in_other_letters_lose_the_words_alone():
    def named(**words):
        def classify(gradient, H, tol=1e-8):
            right = REFERENCE["classify"](gradient, H, tol)
            return words.get(right.replace(" ", "_"), right)

        return classify

    assert failed(classify=named(saddle="Saddle")) == {"words"}
    assert failed(classify=named(not_stationary="not_stationary")) == {"words"}
    assert "values" in failed(classify=named(saddle="minimum"))
    assert "values" in failed(classify=named(saddle=None))


def test_a_wrong_word_is_told_with_the_place():
    def classify(gradient, H, tol=1e-8):
        right = REFERENCE["classify"](gradient, H, tol)
        return "maximum" if right == "saddle" else right

    place = "gradients[0] and H[0], where ‖g‖ = 0 and λ = (-1, 3)"
    sentence = f'kind is wrong for {place}: yours is "maximum", it must be "saddle".'
    assert said("classify.diagonal", classify=classify) == sentence


def test_code_that_cannot_take_the_further_places_is_told_of_its_own_failure():
    def classify(gradient, H, tol=1e-8):
        np.linalg.inv(H)  # raises where H is singular
        return "minimum"

    assert said("classify.diagonal", classify=classify).startswith("kind is wrong for gradients[0]")


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("step", [1e-3, 1e-4, 1e-5])
def test_a_step_of_ones_own_loses_no_more_than_the_step(step):
    def hessian(f, x, h):
        return REFERENCE["hessian"](f, x, step)

    assert "step" in failed(hessian=hessian)
    assert failed(hessian=hessian) <= {"step", "valley", "network", "symmetric"}


def test_differences_to_one_side_lose_what_has_third_derivatives():
    def hessian(f, x, h):
        e = h * np.eye(len(x))
        H = [[(f(x + a + b) - f(x + a) - f(x + b) + f(x)) / h**2 for b in e] for a in e]
        return np.array(H)

    for seed in range(3):
        lost = failed(seed, hessian=hessian)
        assert {"central", "valley", "network", "hidden_values"} <= lost
        assert "values" not in lost


def test_a_hessian_that_is_off_by_a_bit_loses_the_symmetry_alone():
    def hessian(f, x, h):
        H = REFERENCE["hessian"](f, x, h)
        H[-1, 0] = np.nextafter(H[-1, 0], np.inf) if len(x) > 1 else H[-1, 0]
        return H

    assert failed(hessian=hessian) == {"symmetric"}


def test_infinity_may_be_any_number_above_1e12():
    def condition_number(H):
        sizes = np.abs(np.linalg.eigvalsh(H))
        return sizes.max() / max(sizes.min(), 1e-20)

    assert failed(condition_number=condition_number) == set()
    assert failed(condition_number=lambda H: min(condition_number(H), 1e12)) == {"singular"}


def test_a_trajectory_without_its_start_loses_the_rows_and_keeps_the_end():
    def gradient_descent(grad, x0, lr, steps):
        walk = REFERENCE["gradient_descent"](grad, x0, lr, steps)
        return walk[1:] if steps else walk

    lost = failed(gradient_descent=gradient_descent)
    assert lost == {"trajectory", "rates", "saddle", "plateau", "shape"}


def test_a_list_of_points_loses_the_shape_alone():
    for name in ("gradient_descent", "momentum_descent"):
        assert failed(**{name: lambda *args, name=name: list(REFERENCE[name](*args))}) == {"shape"}


def test_the_ravine_is_not_crossed_without_momentum():
    def momentum_descent(grad, x0, lr, momentum, steps):
        return REFERENCE["gradient_descent"](grad, x0, 2 / 101, steps)  # the best rate of plain descent

    assert "ravine" in failed(momentum_descent=momentum_descent)


@pytest.mark.parametrize("eps", [0.0, 1e-10, 1e-8])
def test_a_small_constant_beside_the_norm_passes_and_a_large_one_fails(eps):
    def with_constant(eps):
        def filter_normalized(d, w):
            axes = tuple(range(1, d.ndim))
            norms, wanted = (np.sqrt((a**2).sum(axis=axes, keepdims=True)) for a in (d, w))
            return d * wanted / (norms + eps)

        return filter_normalized

    with np.errstate(invalid="ignore"):
        assert failed(filter_normalized=with_constant(eps)) == ({"zero"} if eps == 0 else set())
    assert "values" in failed(filter_normalized=with_constant(1e-3))


def test_a_convolutions_axes_lose_the_matrices_alone():
    def filter_normalized(d, w):
        norms, wanted = (np.sqrt((a**2).sum(axis=(1, 2, 3), keepdims=True)) for a in (d, w))
        return d * np.divide(wanted, norms, out=np.zeros_like(norms), where=norms > 0)

    assert failed(filter_normalized=filter_normalized) == {"matrices"}
