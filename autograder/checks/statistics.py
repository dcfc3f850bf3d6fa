"""Whether drawn numbers follow the law that they must: tests whose false alarms are bounded, not guessed.

Each test refuses a correct submission with probability at most `LEVEL`, whatever way it draws. A rule of thumb such as
"within 10 % of the standard deviation" fails one correct student in six on a 10×10 matrix; at 1e-9 a class of a
thousand with a hundred tests each meets a false alarm once in ten thousand terms.

What sample finds what, with a miss once in a million: twice or half the variance needs 522 numbers, the mean of two
fans that are 1:2 for one of them 2,924, a forgotten truncation factor 3,735, 10 % of variance 26,359; uniform numbers
for normal ones 5,000.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.checks.compare import numeric, plain
from autograder.checks.numbers import told_apart
from autograder.errors import CheckFailed

Array = np.ndarray[Any, np.dtype[Any]]

LEVEL = 1e-9
# |S| > LIMIT · (root of the sum of squares) has probability 2 exp(-LIMIT²/2) = LEVEL at most: see `_self_normalized`.
LIMIT = math.sqrt(2 * math.log(2 / LEVEL))


@dataclass(frozen=True)
class Normal:
    """The normal law with mean 0 and this variance.

    >>> import numpy as np
    >>> from autograder import Normal
    >>> Normal(variance=3.0).cdf(np.array([0.0]))
    array([0.5])
    """

    variance: float

    def cdf(self, x: Array) -> Array:
        """The probability of numbers up to `x`, for each."""
        scaled = x / math.sqrt(2 * self.variance)
        return 0.5 * (1 + np.fromiter(map(math.erf, scaled.ravel()), np.float64, x.size).reshape(x.shape))


@dataclass(frozen=True)
class Uniform:
    """The uniform law with mean 0 and this variance: between -bound and bound, where bound² is three variances.

    >>> import numpy as np
    >>> from autograder import Uniform
    >>> Uniform(variance=3.0).cdf(np.array([0.0]))
    array([0.5])
    """

    variance: float

    def cdf(self, x: Array) -> Array:
        """The probability of numbers up to `x`, for each."""
        bound = math.sqrt(3 * self.variance)
        return np.asarray(np.clip((x / bound + 1) / 2, 0.0, 1.0))


# ── what a check asks ──────────────────────────────────────────────────────────────────────────


def expect_variance(name: str, actual: Any, variance: float, suspects: Mapping[str, float] | None = None) -> None:
    """`actual`, of independent numbers with mean 0, must have this variance: `CheckFailed` if not.

    The mean is tested first, then the mean square as `expect_mean_square` does, `suspects` included. A false alarm has
    probability 2 LEVEL at most: the first test holds for every symmetric law, the second exactly for normal numbers.
    Uniform numbers of that variance alarm less often (their squares precede the normal's in convex order; the sum's
    standard deviation is 0.63 of the chi-square's).

    >>> import numpy as np
    >>> from autograder import expect_variance
    >>> w = np.random.default_rng(17).normal(0.0, 0.5, (100, 100))
    >>> expect_variance("W", w, 0.25)
    >>> expect_variance("W", w, 0.5, suspects={"He": 0.25, "LeCun": 0.125})
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: the variance of W is 0.2495 over 10000 numbers; it must be 0.5. It fits He.
    """
    values = _floats(name, actual)
    if not abs(_self_normalized(values)) <= LIMIT:
        mean = float(np.mean(values))
        raise CheckFailed(
            f"{name} has mean {mean:.4g} over {values.size} numbers; it must be 0.",
            tensor=name,
            counterexample={"tensor": name, "expected": 0.0, "actual": plain(mean)},
        )
    expect_mean_square(f"the variance of {name}", float(np.mean(values**2)), variance, values.size, suspects)


def expect_mean_square(
    what: str, found: float, variance: float, count: int, suspects: Mapping[str, float] | None = None
) -> None:
    """`found`, the mean square of `count` independent normal numbers, must fit their `variance`: `CheckFailed` if not.

    The sum of squares over the variance is chi-square with `count` degrees of freedom; a false alarm has probability
    LEVEL. `suspects` are variances that a mistake would give, by name; the sentence says which of them would fit.

    >>> from autograder import expect_mean_square
    >>> expect_mean_square("the variance of W", found=0.251, variance=0.25, count=10_000)
    """

    def chance(variance: float) -> float:
        return 2 * min(chi_square_tails(found * count / variance, count))

    if not chance(variance) >= LEVEL:
        chances = {suspect: chance(theirs) for suspect, theirs in (suspects or {}).items()}
        likeliest = max(chances, key=chances.__getitem__, default="")
        hint = f" It fits {likeliest}." if chances.get(likeliest, 0.0) >= LEVEL else ""
        mine, right = told_apart(found, variance, digits=4)
        raise CheckFailed(
            f"{what} is {mine} over {count} numbers; it must be {right}.{hint}",
            tensor=what,
            counterexample={"tensor": what, "expected": variance, "actual": plain(found)},
        )


def expect_law(name: str, actual: Any, law: Normal | Uniform) -> None:
    """`actual` must hold numbers that are drawn from `law`, each anew: `CheckFailed` if not.

    No half may repeat or mirror the other, as `expect_drawn_anew` asks.

    The distribution is Kolmogorov's and Smirnov's test with the bound P(D > d) ≤ 2 exp(-2nd²) (Dvoretzky, Kiefer &
    Wolfowitz 1956, with Massart's constant of 1990), which holds for every n: LEVEL at most, too.

    >>> import numpy as np
    >>> from autograder import Normal, expect_law
    >>> expect_law("W", np.random.default_rng(17).normal(0.0, 0.5, 1000), Normal(variance=0.25))
    """
    values = expect_drawn_anew(name, actual)
    distance = kolmogorov_distance(values, law)
    if not kolmogorov_tail(distance, values.size) >= LEVEL:
        kind = type(law).__name__.lower()
        raise CheckFailed(
            f"{name} is not {kind}: its distribution is {distance:.3f} away from the {kind} one of variance "
            f"{law.variance:.4g}, more than chance explains.",
            tensor=name,
            counterexample={"tensor": name, "numbers": values.size, "distance": distance},
        )


def expect_drawn_anew(name: str, actual: Any) -> Array:
    """The numbers of `actual`, each drawn anew from a law that is symmetric about 0, as signs of equal chances are:
    `CheckFailed` where a half repeats or mirrors the other, the first half and the second along each axis, or even and
    odd numbers in reading order. Each pair raises a false alarm with probability LEVEL at most.

    >>> import numpy as np
    >>> from autograder import expect_drawn_anew
    >>> signs = np.random.default_rng(17).choice([-1.0, 1.0], (30, 40))
    >>> expect_drawn_anew("mask", signs).shape
    (30, 40)
    >>> _ = expect_drawn_anew("mask", np.concatenate([signs, signs]))
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: mask repeats itself: the two halves of axis 0 are correlated; draw every number anew.
    """
    values = _floats(name, actual)
    for how, left, right in _halves(values):
        if not abs(_self_normalized(left * right)) <= LIMIT:
            raise CheckFailed(
                f"{name} repeats itself: {how} are correlated; draw every number anew.",
                tensor=name,
                counterexample={"tensor": name, "correlated": how},
            )
    return values


def expect_rate(
    what: str, hits: int, count: int, probability: float, suspects: Mapping[str, float] | None = None
) -> None:
    """Of `count` independent draws, each with this `probability`, `hits` came true: `CheckFailed` where chance does not
    explain that. `suspects` are probabilities that a mistake would give, by name.

    The bound is Chernoff's, P ≤ 2 exp(-n KL(hits/n ‖ probability)), which holds for every n, and for draws without
    replacement as well (Hoeffding, "Probability inequalities for sums of bounded random variables", JASA 1963, theorems
    1 and 4): a false alarm has probability LEVEL at most. With 20,000 draws it finds a probability that is 0.03 off.

    >>> from autograder import expect_rate
    >>> expect_rate("dropped", 2470, 10_000, 0.25)
    >>> expect_rate("dropped", 7530, 10_000, 0.25, suspects={"1 - p": 0.75})
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: dropped: 7530 of 10000, or 0.753; it must be 0.25, up to chance. It fits 1 - p.
    """
    if not rate_tail(hits, count, probability) >= LEVEL:
        chances = {suspect: rate_tail(hits, count, theirs) for suspect, theirs in (suspects or {}).items()}
        likeliest = max(chances, key=chances.__getitem__, default="")
        hint = f" It fits {likeliest}." if chances.get(likeliest, 0.0) >= LEVEL else ""
        found, right = told_apart(hits / count, probability, digits=3)
        raise CheckFailed(
            f"{what}: {hits} of {count}, or {found}; it must be {right}, up to chance.{hint}",
            tensor=what,
            counterexample={"tensor": what, "draws": count, "expected": probability, "actual": hits / count},
        )


# ── the mathematics ────────────────────────────────────────────────────────────────────────────


def chi_square_tails(x: float, dof: int) -> tuple[float, float]:
    """P(X ≤ x) and P(X ≥ x) for a chi-square X with `dof` degrees of freedom; the smaller to nine
    digits, for a hundred thousand degrees of freedom and less."""
    return _gamma_tails(dof / 2, x / 2)


def kolmogorov_distance(values: Array, law: Normal | Uniform) -> float:
    """The largest distance between the distribution of `values` and the law's."""
    expected = law.cdf(np.sort(values, axis=None))
    steps = np.arange(values.size + 1) / values.size
    return float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))


def kolmogorov_tail(distance: float, count: int) -> float:
    """An upper bound for the probability that `count` numbers are `distance` or more away from their law."""
    return min(1.0, 2 * math.exp(-2 * count * distance**2))


def rate_tail(hits: int, count: int, probability: float) -> float:
    """An upper bound for the probability that the rate of `count` draws is as far from `probability` as `hits` are."""
    found = hits / count
    parts = ((found, probability), (1 - found, 1 - probability))
    if any(seen > 0 and right <= 0 for seen, right in parts):
        return 0.0
    divergence = sum(seen * math.log(seen / right) for seen, right in parts if seen > 0)
    return min(1.0, 2 * math.exp(-count * divergence))


def _self_normalized(terms: Array) -> float:
    """The sum over the root of the sum of squares. Of independent terms, each symmetric about 0, whatever their laws
    and scales, it exceeds t with probability exp(-t²/2) at most: given their sizes they are random signs (Hoeffding's
    inequality; Efron, "Student's t-test under symmetry conditions", JASA 1969)."""
    scale = math.sqrt(float(np.sum(terms**2)))
    return float(np.sum(terms)) / scale if scale > 0 else 0.0


def _halves(values: Array) -> list[tuple[str, Array, Array]]:
    flat = values.ravel()
    found = [("each number and the next", flat[: flat.size // 2 * 2 : 2], flat[1::2])]
    for axis, length in enumerate(values.shape):
        first, second, *_ = np.split(values, [length // 2, length // 2 * 2], axis=axis)
        found.append((f"the two halves of axis {axis}", first, second))
    return [pair for pair in found if pair[1].size]


def _floats(name: str, actual: Any) -> Array:
    values = numeric(name, actual).astype(np.float64)
    if not values.size:
        raise CheckFailed(f"{name} is empty.", tensor=name)
    if not np.isfinite(values).all():
        raise CheckFailed(f"{name} holds NaN or infinity; it must hold numbers.", tensor=name)
    return values


def _gamma_tails(a: float, x: float) -> tuple[float, float]:
    """The regularised incomplete gamma functions P(a, x) and Q(a, x), a > 0: the one that is not near 1 is computed,
    by the series (DLMF 8.11.4) below the mode and a continued fraction above it."""
    if not 0 < x < math.inf:
        return (0.0, 1.0) if x <= 0 else (1.0, 0.0)
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        lower = front * _series(a, x)
        return lower, 1 - lower
    upper = front * _continued_fraction(a, x)
    return 1 - upper, upper


def _series(a: float, x: float) -> float:
    """The sum of x^k / (a (a+1) … (a+k)). Terms fall once a + k > x."""
    total = term = 1 / a
    while term > 1e-17 * total:
        a += 1
        term *= x / a
        total += term
    return total


def _continued_fraction(a: float, x: float) -> float:
    """1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- …))), by Lentz's method (Press et al., Numerical Recipes, 5.2, 6.2)."""
    b = x + 1 - a
    d = 1 / b
    c, value, change, k = math.inf, d, 0.0, 0
    while abs(change - 1) > 1e-15:
        k += 1
        b += 2
        term = -k * (k - a)
        d = 1 / (b + term * d)
        c = b + term / c
        change = c * d
        value *= change
    return value
