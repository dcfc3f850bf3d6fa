"""Two numbers in a sentence: with as many digits as it takes to see that they differ."""

from __future__ import annotations

import math

CLOSE = 1e-4  # relative: numbers nearer than this look alike at a glance, so their difference is named as well
DIGITS = 17  # tell any two numbers of float64 apart


def told_apart(left: float, right: float, digits: int = 6) -> tuple[str, str]:
    """Both numbers with `digits` significant digits, or with as many more as it takes until the texts differ."""
    texts = _texts(left, right, digits)
    while texts[0] == texts[1] and digits < DIGITS:
        digits += 1
        texts = _texts(left, right, digits)
    return texts


def gap(actual: float, expected: float, allowed: float) -> str:
    """A clause that names the difference and what was allowed, for numbers that look alike; empty for others."""
    difference = abs(actual - expected)
    if not difference <= CLOSE * max(abs(actual), abs(expected)) < math.inf:
        return ""
    found, bound = told_apart(difference, allowed, digits=2)
    return f"; they differ by {found}, and {bound} is allowed"


def _texts(left: float, right: float, digits: int) -> tuple[str, str]:
    return f"{left:.{digits}g}", f"{right:.{digits}g}"
