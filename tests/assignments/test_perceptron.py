"""The assignment `perceptron`: what its checks rest on holds, and each part of a submission is judged alone."""

from __future__ import annotations

import itertools
import re
import sys
import tomllib
from collections import defaultdict
from decimal import Decimal, getcontext
from pathlib import Path

import nbformat
import numpy as np
import pytest

from autograder.assignment.discover import discover
from autograder.errors import CheckFailed
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "perceptron"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
# discover() names the modules of the assignment loaded last; these are this one's
CASES, CHECKS, FORMULAS = (
    sys.modules[f"autograder_assignments.perceptron.{name}"] for name in ("cases", "checks", "formulas")
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
    assert len(DECLARED.mistakes) >= 130
    assert len(DECLARED.variants) >= 13
    assert len(EXPECTED) >= 11
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


@pytest.mark.parametrize("space", ["SEPARABLE", "LARGER"])
def test_separable_rows_are_learnt_in_few_epochs_by_every_reading_of_zero(space):
    for case in getattr(CASES, space).cases(3, 12):
        X, y = CASES.separable(case)
        assert (X.round() == X).all()
        assert len(y) == 1 or set(y.tolist()) == {-1, 1}
        for w, b, mistakes in CASES.trajectories(case, X, y, CASES.ENOUGH):
            assert mistakes[-1] == 0
            assert len(mistakes) < CASES.ENOUGH / 2
            assert (y * (X @ w + b) >= 0).all()
        if case.n >= 6:
            assert len(FORMULAS.perceptron(X, y, CASES.ENOUGH)[2]) >= CASES.SLOW


def test_no_epoch_is_without_a_mistake_where_a_row_has_both_labels():
    for case in CASES.CONTRADICTING.cases(4, 20):
        X, y = CASES.contradicting(case)
        for _, _, mistakes in CASES.trajectories(case, X, y, case.epochs):
            assert len(mistakes) == case.epochs
            assert mistakes.all()


def test_there_are_never_more_mistakes_than_novikoff_allows():
    X, y = CASES.CORNERS, np.array([-1, -1, -1, 1])
    w, b, mistakes = FORMULAS.perceptron(X, y, 100)
    rows = np.c_[X, np.ones(4)]
    margin = (y * (rows @ [*w, b])).min() / np.linalg.norm([*w, b])
    assert mistakes.sum() <= ((rows**2).sum(axis=1).max() / margin**2)


def test_the_units_of_the_grid_have_every_truth_table_but_two():
    scores = CASES.GRID[:, :2] @ CASES.CORNERS.T + CASES.GRID[:, 2:]
    decided = scores.all(axis=1)
    for units in (scores, scores[decided]):
        tables = {"".join(map(str, row)) for row in (units > 0).astype(int).tolist()}
        every = {"".join(table) for table in itertools.product("01", repeat=4)}
        assert every - tables == {"0110", "1001"}  # xor and its opposite


def density(x, mu, precision):
    """The density in decimal arithmetic, without the factor that both classes share."""
    d = [Decimal(float(a)) - Decimal(float(m)) for a, m in zip(x, mu, strict=True)]
    form = sum(
        a * Decimal(float(p)) * b for (a, row) in zip(d, precision, strict=True) for p, b in zip(row, d, strict=True)
    )
    return (-form / 2).exp()


@pytest.mark.parametrize("space", ["POINTS", "FAR"])
def test_the_posterior_is_that_of_the_densities_with_sixty_digits(space):
    getcontext().prec = 60
    for case in getattr(CASES, space).cases(6, 6):
        x, mu0, mu1, sigma = getattr(CASES, "far_points" if space == "FAR" else "points")(case)
        precision = np.linalg.inv(sigma)
        both = [[density(row, mu, precision) for mu in (mu0, mu1)] for row in x]
        right = [float(p1 / (p0 + p1)) for p0, p1 in both]
        np.testing.assert_allclose(FORMULAS.posterior(x, mu0, mu1, sigma), right, atol=1e-10)
        if space == "FAR":
            assert max(float(p) for row in both for p in row) == 0.0
            assert np.ptp([0.5, *right]) > 0.01  # not all of them certain


def test_the_posterior_is_the_sigmoid_of_the_line():
    for case in CASES.POINTS.cases(7, 10):
        x, mu0, mu1, sigma = CASES.points(case)
        w, b = FORMULAS.gaussian_classifier(mu0, mu1, sigma)
        np.testing.assert_allclose(FORMULAS.posterior(x, mu0, mu1, sigma), 1 / (1 + np.exp(-x @ w - b)), atol=1e-12)


def test_the_classes_are_of_different_sizes_and_have_two_rows_each():
    for case in CASES.LABELLED.cases(8, 20):
        _, y = CASES.labelled(case)
        assert 2 <= (y == 0).sum() < (y == 1).sum()


@pytest.mark.parametrize(
    ("answer", "right"),
    [([1, 0], [1.0, 0.0]), ((True, False), [1.0, 0.0]), (np.array([True, False]), [1.0, 0.0]), ([np.int64(3)], [3.0]),
     ([np.array(2.0), 1], [2.0, 1.0]), (True, 1.0), ([[1], [0]], [[1.0], [0.0]])],
)  # fmt: skip
def test_lists_booleans_and_whole_numbers_count_as_floats(answer, right):
    found = CASES.numbers(answer)
    assert isinstance(found, np.ndarray)
    assert found.dtype == np.float64
    assert found.tolist() == right


@pytest.mark.parametrize("answer", [None, "1", {}, ["1"], [None], [[1, 2], [3]], [1 + 2j]])
def test_what_is_not_numbers_is_refused(answer):
    with pytest.raises(CheckFailed, match=r"^w of the and gate must be 2 numbers, floats\.$"):
        CASES.finite("w", answer, 2, " of the and gate")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([1.0], "w must be 2 numbers; yours is 1 number."),
        ([1.0, np.nan], "w holds NaN or infinity; it must hold numbers."),
    ],
)
def test_numbers_that_are_too_few_or_not_finite_are_refused(answer, message):
    with pytest.raises(CheckFailed, match=re.escape(message)):
        CASES.finite("w", answer, 2)


# ── each part is judged alone ──────────────────────────────────────────────────────────────────


def learner(wrong=lambda score, label: label * score <= 0, rate=1.0, epochs_of=lambda epochs: epochs, final=True):
    """The perceptron rule, another test for a mistake, another rate, another number of epochs."""

    def perceptron_fit(X, y, epochs):
        w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
        for _ in range(epochs_of(epochs)):
            count = 0
            for x, label in zip(X, y, strict=True):
                if wrong(x @ w + b, label):
                    w, b, count = w + rate * label * x, b + rate * label, count + 1
            if count or final:
                mistakes.append(count)
            if not count:
                break
        return w, b, mistakes

    return perceptron_fit


def test_how_a_score_of_zero_is_read_costs_the_boundary_alone():
    for seed in range(3):
        assert failed(seed, perceptron_fit=learner()) == set()
        assert failed(seed, perceptron_fit=learner(lambda s, label: (1 if s >= 0 else -1) != label)) == {"boundary"}
        assert failed(seed, perceptron_fit=learner(lambda s, label: (1 if s > 0 else -1) != label)) == {"boundary"}


def test_a_final_epoch_that_is_not_counted_leaves_the_weights():
    assert failed(perceptron_fit=learner(final=False)) == {"mistakes", "boundary", "hidden_mistakes"}


def test_more_epochs_than_allowed_leave_what_can_be_learnt():
    assert failed(perceptron_fit=learner(epochs_of=lambda epochs: epochs + 50)) == {"not_separable", "xor", "epochs"}


def test_another_rate_still_separates():
    lost = failed(perceptron_fit=learner(rate=0.5))
    assert "weights" in lost
    assert not {"mistakes", "separates"} & lost


def test_weights_that_leave_everything_on_the_line_separate_nothing():
    zeros = {"perceptron_fit": lambda X, y, epochs: (np.zeros(X.shape[1]), 0.0, [0])}
    assert said("perceptron_fit.separates", **zeros) == (
        "Rows of both classes have a score of exactly 0: your w and b do not tell them apart."
    )


def test_the_number_of_epochs_is_told():
    found = {"perceptron_fit": lambda X, y, epochs: (*learner()(X, y, epochs)[:2], [1])}
    message = said("perceptron_fit.mistakes", **found)
    assert re.fullmatch(r"mistakes must have one number for each epoch, \d+ here; yours has 1\.", message)


GATES = {"and": ([1, 1], -1.5), "or": ([1, 1], -0.5), "nand": ([-1, -1], 1.5), "not": ([-1], 0.5)}


def gates(**others):
    return {"gate": (GATES | others).__getitem__}


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_any_weights_that_realise_a_gate_pass(scale):
    rng = np.random.default_rng(9)
    for _ in range(5):
        a, b = rng.uniform(0.5, 2, 2)
        tilted = {
            "and": (scale * np.array([a, b]), -scale * rng.uniform(max(a, b) * 1.01, (a + b) * 0.99)),
            "or": (scale * np.array([a, b]), -scale * rng.uniform(0.01, min(a, b) * 0.99)),
            "nand": (-scale * np.array([a, b]), scale * rng.uniform(max(a, b) * 1.01, (a + b) * 0.99)),
            "not": (-scale * np.array([a]), scale * rng.uniform(0.01, a * 0.99)),
        }
        assert failed(**gates(**tilted)) == set()


@pytest.mark.parametrize(
    "others", [{"and": ([1, 1], -1)}, {"or": ([2, 3], 0)}, {"nand": ([-0.1, -0.2], 0.3)}, {"not": ([-0.7], 0.7)}]
)
def test_an_input_on_the_line_costs_a_detail_whatever_rounding_makes_of_it(others):
    # -0.1 - 0.2 + 0.3 is -6e-17
    assert failed(**gates(**others)) == {"decided"}


def test_a_gate_that_is_wrong_says_where():
    assert said("gate.and", **gates(**{"and": ([1, 1], -0.5)})) == (
        "With w = (1, 1) and b = -0.5 the unit is on at (0, 1), where its score is 0.5; the and gate is off there."
    )
    assert said("gate.decided", **gates(**{"or": ([1, 1], 0)})) == (
        "With w = (1, 1) and b = 0 the or gate has a score of exactly 0 at (0, 0)."
    )
    assert said("gate.not", **gates(**{"not": ([-1, 0], 0.5)})) == (
        "w of the not gate must be 1 number; yours is 2 numbers."
    )


@pytest.mark.parametrize(
    ("outputs", "lost"),
    [
        ([0, 1, 1, 1], {"truth_table", "beyond_one_unit", "batches", "hidden_batches"}),
        ([0, 0, 0, 0], {"truth_table", "beyond_one_unit", "batches", "hidden_batches"}),
        ([1, 0, 0, 1], {"truth_table", "batches", "hidden_batches"}),
        ([0, 1, 1, 0], set()),
    ],
)
def test_what_one_unit_can_compute_is_told_from_what_it_cannot(outputs, lost):
    def network(x):
        return np.array(outputs)[(2 * x[:, 0] + x[:, 1]).astype(int)]

    assert failed(xor_network=network) - {"shape", "pure"} == lost


def test_a_unit_that_does_the_same_is_named():
    assert said("xor_network.beyond_one_unit", xor_network=lambda x: x.max(axis=1)) == (
        "A single unit has the same outputs as your network: w = (1, 1), b = -0.5."
    )


def test_densities_that_underflow_lose_the_far_points_alone():
    def naive(x, mu0, mu1, sigma):
        inverse = np.linalg.inv(sigma)
        p0, p1 = (np.exp(-0.5 * np.einsum("ni,ij,nj->n", x - mu, inverse, x - mu)) for mu in (mu0, mu1))
        return p1 / (p0 + p1)

    for seed in range(3):
        assert failed(seed, posterior=naive) == {"underflow", "certain", "hidden_underflow"}


def test_an_unbiased_covariance_leaves_the_means():
    def gaussian_fit(X, y):
        mu0, mu1, sigma = REFERENCE["gaussian_fit"](X, y)
        return mu0, mu1, sigma * len(X) / (len(X) - 2)

    assert failed(gaussian_fit=gaussian_fit) - {"shapes"} == {"covariance", "known_answer", "hidden_covariance"}


def test_a_line_through_the_midpoint_with_another_slope_keeps_no_detail():
    def euclidean(mu0, mu1, sigma):
        return mu1 - mu0, (mu0 @ mu0 - mu1 @ mu1) / 2

    assert {"weights", "bias", "known_answer", "midpoint"} <= failed(gaussian_classifier=euclidean)
