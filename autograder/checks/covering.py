"""Covering arrays: few parameter sets in which every pair of values occurs together.

A bug that shows only for one pair of values (stride 2 with padding 1, say) has odds of one in fifteen or less in a
random draw; a covering array asks it for certain. For convolution's nine parameters all pairs fit in under twenty rows,
where random rows need fifty. Greedy, as in AETG (Cohen et al., IEEE TSE 23, 1997), and deterministic: every
class gets the same rows, whatever its seed.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = dict[str, Any]
CANDIDATES = 2000  # more rows than this are sampled, with a fixed seed


def all_pairs(valid: Callable[..., bool] = lambda **_: True, **choices: Sequence[Any]) -> list[Row]:
    """Rows that take one value from each of `choices`, such that every pair of values that any valid row holds is held
    by one of them. `valid(**row)` says which combinations exist (a kernel no larger than its padded input).

    >>> from autograder import all_pairs
    >>> rows = all_pairs(kernel=(1, 3), stride=(1, 2), pad=(0, 1))
    >>> len(rows), {(row["stride"], row["pad"]) for row in rows} == {(1, 0), (1, 1), (2, 0), (2, 1)}
    (4, True)
    """
    candidates = [(row, _pairs(row)) for row in _candidates(choices) if valid(**row)]
    wanted = set().union(*(pairs for _, pairs in candidates))
    rows: list[Row] = []
    while wanted:
        row, pairs = max(candidates, key=lambda candidate: len(candidate[1] & wanted))
        rows.append(row)
        wanted -= pairs
    return rows


def _candidates(choices: Mapping[str, Sequence[Any]]) -> list[Row]:
    indices = [range(len(values)) for values in choices.values()]
    every = list(itertools.islice(itertools.product(*indices), 200_000))
    if len(every) > CANDIDATES:
        every = random.Random(20).sample(every, CANDIDATES)
    return [{name: choices[name][i] for name, i in zip(choices, row, strict=True)} for row in every]


def _pairs(row: Row) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    items = [(name, repr(value)) for name, value in row.items()]
    return set(itertools.combinations(items, 2))
