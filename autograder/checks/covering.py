"""Covering arrays: few parameter sets in which every pair of values occurs together.

A bug that shows only for one pair of values (stride 2 with padding 1, say) has odds of one in fifteen or less in a
random draw; a covering array asks it for certain. For convolution's nine parameters all pairs fit in under twenty rows,
where random rows need fifty. Greedy, as in AETG (Cohen et al., IEEE TSE 23, 1997), and deterministic: every
class gets the same rows, whatever its seed.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
CANDIDATES = 2000  # more rows than this are sampled, with a fixed seed
MOST = 200_000  # rows that are sampled from: the first of the product


def all_pairs(valid: Callable[..., bool] = lambda **_: True, **choices: Sequence[Any]) -> list[Row]:
    """Rows that take one value from each of `choices`, such that every pair of values that any valid row holds is held
    by one of them. `valid(**row)` says which combinations exist (a kernel no larger than its padded input).

    >>> from autograder import all_pairs
    >>> rows = all_pairs(kernel=(1, 3), stride=(1, 2), pad=(0, 1))
    >>> len(rows), {(row["stride"], row["pad"]) for row in rows} == {(1, 0), (1, 1), (2, 0), (2, 1)}
    (4, True)
    """
    candidates = [(row, pairs) for row, pairs in zip(*_candidates(choices), strict=True) if valid(**row)]
    wanted = functools.reduce(operator.or_, (pairs for _, pairs in candidates), 0)
    rows: list[Row] = []
    while wanted:
        row, pairs = max(candidates, key=lambda candidate: (candidate[1] & wanted).bit_count())
        rows.append(row)
        wanted &= ~pairs
    return rows


def _candidates(choices: Mapping[str, Sequence[Any]]) -> tuple[list[Row], list[int]]:
    """Rows, and the pairs of values that each holds as the bits of a number: a check is loaded in the blink of an eye,
    and sets of names and values would take half a second for convolution."""
    lengths = [len(values) for values in choices.values()]
    count = min(math.prod(lengths), MOST)
    picked = range(count) if count <= CANDIDATES else random.Random(20).sample(range(count), CANDIDATES)
    rows = [_digits(number, lengths) for number in picked]
    # equal values are one, wherever they stand in the list
    same = [[list(map(repr, values)).index(repr(value)) for value in values] for values in choices.values()]
    bits = _bits(same, lengths)
    pairs = [sum(1 << bit for bit in {bits[i, j][row[i]][row[j]] for i, j in bits}) for row in rows]
    named = [{name: choices[name][i] for name, i in zip(choices, row, strict=True)} for row in rows]
    return named, pairs


def _digits(number: int, lengths: Sequence[int]) -> list[int]:
    """The row at `number` of the product of ranges, the last of which runs fastest."""
    digits = []
    for length in reversed(lengths):
        number, digit = divmod(number, length)
        digits.append(digit)
    return digits[::-1]


def _bits(same: Sequence[Sequence[int]], lengths: Sequence[int]) -> dict[tuple[int, int], list[list[int]]]:
    """For each two columns the bit of each pair of their values."""
    found, start = {}, 0
    for i, j in itertools.combinations(range(len(lengths)), 2):
        found[i, j] = [[start + a * lengths[j] + b for b in same[j]] for a in same[i]]
        start += lengths[i] * lengths[j]
    return found
