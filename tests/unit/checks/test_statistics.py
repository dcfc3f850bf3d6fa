"""The tests on drawn numbers: exact where they claim to be, within their bound where they claim a bound, and strong
enough for what they must find."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from autograder.checks import statistics
from autograder.checks.statistics import (
    LEVEL,
    LIMIT,
    Normal,
    Uniform,
    chi_square_tails,
    expect_drawn_anew,
    expect_law,
    expect_mean_square,
    expect_rate,
    expect_variance,
    kolmogorov_distance,
    kolmogorov_tail,
    rate_tail,
)
from autograder.errors import CheckFailed


def rng(*seed: int) -> np.random.Generator:
    return np.random.default_rng([*seed, 12345])


def uniform(generator: np.random.Generator, count: int) -> np.ndarray:
    """Uniform numbers of variance 1."""
    return generator.uniform(-math.sqrt(3), math.sqrt(3), count)


def refusal(test, *args, **kwargs) -> str:
    with pytest.raises(CheckFailed) as refused:
        test(*args, **kwargs)
    return str(refused.value)


# ── the chi-square law ─────────────────────────────────────────────────────────────────────────


def poisson_tails(x: float, dof: int) -> tuple[float, float]:
    """The tails for an even `dof`: of a Poisson variable with mean x/2, which is below dof/2 or not."""
    mean = x / 2
    terms = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(dof // 2 + 20_000)]
    return math.fsum(terms[dof // 2 :]), math.fsum(terms[: dof // 2])


@pytest.mark.parametrize(
    ("x", "dof"),
    [
        *[(0.1, 2), (3.0, 2), (40.0, 10), (1.5, 10), (250.0, 100), (800.0, 1000), (1300.0, 1000)],
        *[(27_200.0, 28_800), (28_800.0, 28_800), (30_500.0, 28_800)],
    ],
)
def test_tails_agree_with_the_sum_that_they_are_for_even_degrees(x, dof):
    lower, upper = chi_square_tails(x, dof)
    assert min(lower, upper) == pytest.approx(min(poisson_tails(x, dof)), rel=1e-9)
    assert lower + upper == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("x", [1e-6, 0.3, 1.0, 4.0, 30.0])
def test_one_degree_is_the_square_of_a_normal_number(x):
    lower, upper = chi_square_tails(x, 1)
    assert upper == pytest.approx(math.erfc(math.sqrt(x / 2)), rel=1e-12)
    assert lower == pytest.approx(math.erf(math.sqrt(x / 2)), rel=1e-12)


def test_the_far_ends_of_the_chi_square_law():
    assert chi_square_tails(0.0, 5) == (0.0, 1.0)
    assert chi_square_tails(-1.0, 5) == (0.0, 1.0)
    assert chi_square_tails(math.inf, 5) == (1.0, 0.0)
    assert chi_square_tails(1e6, 5) == (1.0, 0.0)
    assert min(chi_square_tails(math.nan, 5)) == 0.0  # so that NaN never passes


def miss(count: int, ratio: float) -> float:
    """The probability that a variance which is off by `ratio` passes as right, with `count` normal numbers."""

    def crossing(tail: int) -> float:
        low, high = 0.0, 20.0 * count
        for _ in range(100):
            middle = (low + high) / 2
            inside = (chi_square_tails(middle, count)[tail] < LEVEL / 2) == (tail == 0)
            low, high = (middle, high) if inside else (low, middle)
        return low

    low, high = crossing(0), crossing(1)
    return chi_square_tails(high / ratio, count)[0] - chi_square_tails(low / ratio, count)[0]


@pytest.mark.parametrize(
    ("count", "ratio"),
    [(522, 2.0), (522, 0.5), (2924, 4 / 3), (2924, 3 / 4), (3735, 0.7737), (26_359, 1.1), (26_359, 0.9)],
    ids=["gain", "no gain", "one fan", "mean of fans", "truncated", "10 % more", "10 % less"],
)
def test_the_samples_that_the_docstring_names_are_large_enough(count, ratio):
    assert miss(count, ratio) < 1e-6


def test_a_smaller_sample_would_miss_more():
    assert miss(400, 2.0) > 1e-6
    assert miss(22_000, 1.1) > 1e-6


# ── the distance between laws ──────────────────────────────────────────────────────────────────


def test_distribution_functions():
    x = np.array([[-3.0, -0.5], [0.0, 2.0]])
    law = NormalDist(0, 1.7)
    np.testing.assert_allclose(Normal(1.7**2).cdf(x), [[law.cdf(v) for v in row] for row in x.tolist()], rtol=1e-14)
    np.testing.assert_allclose(Uniform(3.0).cdf(x), [[0, 2.5 / 6], [0.5, 5 / 6]], rtol=1e-14)


def test_the_distance_is_the_largest_step_to_either_side():
    law = Uniform(1 / 3)  # between -1 and 1
    assert kolmogorov_distance(np.array([0.5, -0.5]), law) == pytest.approx(0.25)
    assert kolmogorov_distance(np.array([1.0]), law) == 1.0
    assert kolmogorov_distance(np.array([-1.0, -1.0, 1.0, 1.0]), law) == 0.5


def test_the_bound_of_dvoretzky_kiefer_wolfowitz_and_massart():
    assert kolmogorov_tail(0.1, 100) == pytest.approx(2 * math.exp(-2))
    assert kolmogorov_tail(0.0, 100) == 1.0
    assert kolmogorov_tail(1.0, 10_000) == 0.0


def test_five_thousand_numbers_tell_uniform_from_normal_and_two_thousand_seldom():
    def found(count: int) -> int:
        draws = (uniform(rng(count, k), count) for k in range(100))
        return sum(kolmogorov_tail(kolmogorov_distance(w, Normal(1.0)), count) < LEVEL for w in draws)

    assert found(5000) == 100
    assert 5 <= found(2000) <= 45


# ── false alarms ───────────────────────────────────────────────────────────────────────────────


def alarms(monkeypatch, level: float, test, draws: int = 400) -> float:
    """How often `test(generator)` refuses, at a level at which that can be counted."""
    monkeypatch.setattr(statistics, "LEVEL", level)
    monkeypatch.setattr(statistics, "LIMIT", math.sqrt(2 * math.log(2 / level)))
    refused = 0
    for k in range(draws):
        try:
            test(rng(7, k))
        except CheckFailed:
            refused += 1
    return refused / draws


def test_the_limit_belongs_to_the_level():
    assert 2 * math.exp(-(LIMIT**2) / 2) == pytest.approx(LEVEL)


def test_the_chi_square_test_is_exact_for_normal_numbers(monkeypatch):
    def test(generator):
        w = generator.standard_normal(300)
        expect_mean_square("w", float(np.mean(w**2)), 1.0, 300)

    assert 0.15 < alarms(monkeypatch, 0.2, test) < 0.25  # 0.2 ± 2.5 deviations of 400 tries


@pytest.mark.parametrize("draw", [uniform, np.random.Generator.standard_normal], ids=["uniform", "normal"])
def test_variance_alarms_stay_below_their_bound(monkeypatch, draw):
    rate = alarms(monkeypatch, 0.1, lambda generator: expect_variance("w", draw(generator, 300), 1.0))
    assert rate < 2 * 0.1
    if draw is uniform:
        assert rate < 0.1


@pytest.mark.parametrize(
    ("draw", "law"),
    [(uniform, Uniform(1.0)), (np.random.Generator.standard_normal, Normal(1.0))],
    ids=["uniform", "normal"],
)
def test_law_alarms_stay_below_their_bound(monkeypatch, draw, law):
    rate = alarms(monkeypatch, 0.05, lambda generator: expect_law("w", draw(generator, 300).reshape(20, 15), law))
    assert rate < 4 * 0.05  # three pairs of halves and one distribution


# ── what is accepted, what is refused, and what is said ────────────────────────────────────────


@pytest.mark.parametrize("shape", [(30_000,), (200, 150), (5, 60, 100), (1, 30_000)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_numbers_are_accepted(shape, dtype):
    for seed in range(5):
        w = (0.3 * rng(seed).standard_normal(shape)).astype(dtype)
        expect_variance("w", w, 0.09)
        expect_law("w", w, Normal(0.09))
        w = (0.3 * uniform(rng(seed), 30_000).reshape(shape)).astype(dtype)
        expect_variance("w", w, 0.09)
        expect_law("w", w, Uniform(0.09))


def test_a_wrong_variance_is_named_with_the_mistake_that_fits():
    w = rng(1).standard_normal(30_000) * math.sqrt(2 / 300)
    says = refusal(expect_variance, "w", w, 1 / 300, {"2 / fan_in": 2 / 300, "1 / fan_out": 1 / 100})
    found = float(np.mean(w**2))
    assert says == f"the variance of w is {found:.4g} over 30000 numbers; it must be 0.003333. It fits 2 / fan_in."


def test_no_mistake_is_named_that_does_not_fit():
    says = refusal(expect_variance, "w", 1.5 * rng(1).standard_normal(30_000), 1.0, {"4": 4.0})
    assert says.endswith("it must be 1.")
    assert refusal(expect_mean_square, "the mean square", 2.0, 1.0, 30_000) == (
        "the mean square is 2 over 30000 numbers; it must be 1."
    )


@pytest.mark.parametrize("ratio", [0.9, 1.1])
@pytest.mark.parametrize("draw", [uniform, np.random.Generator.standard_normal], ids=["uniform", "normal"])
def test_ten_per_cent_of_variance_are_found(draw, ratio):
    for seed in range(10):
        refusal(expect_variance, "w", math.sqrt(ratio) * draw(rng(seed), 26_359), 1.0)


def test_a_mean_is_found_before_the_variance():
    w = rng(1).random(10_000)
    assert refusal(expect_variance, "w", w, 1 / 12) == f"w has mean {w.mean():.4g} over 10000 numbers; it must be 0."


@pytest.mark.parametrize(
    ("law", "draw", "kind"),
    [(Normal(1.0), uniform, "normal"), (Uniform(1.0), np.random.Generator.standard_normal, "uniform")],
    ids=["uniform for normal", "normal for uniform"],
)
def test_another_law_of_the_same_variance_is_refused(law, draw, kind):
    says = refusal(expect_law, "w", draw(rng(2), 20_000), law)
    assert says.startswith(f"w is not {kind}: its distribution is 0.0")
    assert says.endswith(f"away from the {kind} one of variance 1, more than chance explains.")


@pytest.mark.parametrize(
    ("repeat", "how"),
    [
        (lambda w: np.concatenate([w, w]), "the two halves of axis 0 are correlated"),
        (lambda w: np.concatenate([w, -w]), "the two halves of axis 0 are correlated"),
        (lambda w: np.concatenate([w, w], axis=1), "the two halves of axis 1 are correlated"),
        (lambda w: np.repeat(w, 2, axis=1), "each number and the next are correlated"),
        (lambda w: np.repeat(w[:1], 101, axis=0), "the two halves of axis 0 are correlated"),
        (lambda w: np.sort(w, axis=None).reshape(w.shape), "each number and the next are correlated"),
    ],
    ids=["copied", "mirrored", "columns copied", "columns in pairs", "one row", "sorted"],
)
def test_repeated_numbers_are_refused(repeat, how):
    w = repeat(rng(3).standard_normal((101, 51)))
    assert refusal(expect_law, "w", w, Normal(1.0)) == f"w repeats itself: {how}; draw every number anew."


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (np.full(5, np.nan), "w holds NaN or infinity; it must hold numbers."),
        (np.array([1.0, np.inf]), "w holds NaN or infinity; it must hold numbers."),
        (np.zeros((0, 3)), "w is empty."),
        (np.zeros(5, dtype=complex), "w has dtype complex128; it must be float64."),
        ([1.0, 2.0], "w is a list of 2 values; it must be a NumPy array of floats."),
        (None, "w is None; it must be a NumPy array of floats."),
    ],
    ids=["NaN", "infinity", "empty", "complex", "list", "None"],
)
def test_what_is_no_sample_is_refused(value, says):
    assert refusal(expect_variance, "w", value, 1.0) == says
    assert refusal(expect_law, "w", value, Normal(1.0)) == says


@pytest.mark.parametrize("value", [np.zeros(100), np.full(100, 1e200), np.array(0.5)], ids=["zeros", "huge", "scalar"])
def test_what_varies_not_at_all_is_refused_or_judged_without_an_error(value):
    with np.errstate(all="ignore"):
        if value.shape:
            refusal(expect_variance, "w", value, 1.0)
            refusal(expect_law, "w", value, Normal(1.0))
        else:
            expect_variance("w", value, 1.0)
            expect_law("w", value, Normal(1.0))


# ── rates ──────────────────────────────────────────────────────────────────────────────────────


def binomial_tails(hits: int, count: int, probability: float) -> float:
    """Twice the smaller tail, exactly."""
    weights = [math.comb(count, k) * probability**k * (1 - probability) ** (count - k) for k in range(count + 1)]
    return min(1.0, 2 * min(math.fsum(weights[: hits + 1]), math.fsum(weights[hits:])))


@pytest.mark.parametrize(("count", "probability"), [(1, 0.5), (12, 0.3), (80, 0.9), (80, 0.01)])
def test_the_bound_on_a_rate_is_a_bound(count, probability):
    for hits in range(count + 1):
        assert binomial_tails(hits, count, probability) <= rate_tail(hits, count, probability) * (1 + 1e-12)


def test_what_cannot_happen_has_no_chance():
    assert rate_tail(1, 10, 0.0) == rate_tail(9, 10, 1.0) == 0.0
    assert rate_tail(0, 10, 0.0) == rate_tail(10, 10, 1.0) == 1.0
    refusal(expect_rate, "dropped", 1, 10, 0.0)


def test_a_right_rate_passes_and_one_that_is_three_hundredths_off_does_not():
    for seed in range(20):
        expect_rate("dropped", int((rng(seed).random(20_000) < 0.3).sum()), 20_000, 0.3)
        says = refusal(expect_rate, "dropped", int((rng(seed).random(20_000) < 0.335).sum()), 20_000, 0.3)
        assert says.endswith("it must be 0.3, up to chance.")


def test_the_wrong_rate_that_fits_is_named():
    says = refusal(expect_rate, "dropped", 700, 1000, 0.3, {"1 - p": 0.7, "p squared": 0.09})
    assert says == "dropped: 700 of 1000, or 0.7; it must be 0.3, up to chance. It fits 1 - p."


def test_signs_drawn_anew_pass_and_a_row_for_all_does_not():
    for seed in range(5):
        expect_drawn_anew("the mask", rng(seed).choice([-1.0, 1.0], (30, 40)))
    says = refusal(expect_drawn_anew, "the mask", np.tile(rng(1).choice([-1.0, 1.0], (1, 100)), (30, 1)))
    assert says.startswith("the mask repeats itself: ")
