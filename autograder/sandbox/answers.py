"""Whether a question contains the right answer to another one, so that a submission must not see both at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
ALIKE = 1e-9  # of two numbers that are taken for one; random numbers of a batch, some ten thousand, lie further apart
FEW = 4  # arrays of fewer whole numbers may be the same by chance


class Answers:
    """The right answers to some questions, without what was given with these. A number is recognised among others, with
    either sign; an array of whole numbers, which may be the same by chance one by one, only as a whole."""

    def __init__(self) -> None:
        self._given = self._told = np.zeros(0)
        self._given_whole: set[bytes] = set()
        self._told_whole: set[bytes] = set()

    def add(self, given: Sequence[Array], answered: Sequence[Array]) -> None:
        """One more question. What was given is not an answer: the output of ReLU holds numbers of its input."""
        self._given = np.union1d(self._given, _numbers(given))
        self._given_whole |= _wholes(given)
        answers = _numbers(answered)
        self._told = np.union1d(self._told, answers[~_near(answers, self._given)])
        self._told_whole |= _wholes(answered) - self._given_whole

    def stand_in(self, given: Sequence[Array]) -> bool:
        """Whether an answer, or a part of one, stands in what is given with another question."""
        return bool(_near(_numbers(given), self._told).any() or _wholes(given) & self._told_whole)


def arrays(value: Any) -> Iterator[Array]:
    """The arrays in `value`, with single numbers as arrays."""
    if isinstance(value, np.ndarray | np.generic | float):
        yield np.asarray(value)
    elif isinstance(value, Mapping):
        yield from arrays(tuple(value.values()))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from arrays(item)


def _numbers(found: Sequence[Array]) -> Array:
    """The absolute values of the numbers in `found` that are not whole, sorted."""
    reals = [np.abs(array, dtype=np.float64).ravel() for array in found if array.dtype.kind == "f"]
    numbers: Array = np.unique(np.concatenate([np.zeros(0), *reals]))
    broken: Array = numbers[np.isfinite(numbers) & (numbers != np.round(numbers))]
    return broken


def _wholes(found: Sequence[Array]) -> set[bytes]:
    """The arrays of whole numbers in `found`, but for small ones, and those of one number again and again."""
    reals = [array.astype(np.float64) for array in found if array.dtype.kind in "fiu" and array.size >= FEW]
    return {array.tobytes() for array in reals if (array == np.round(array)).all() and (array != array.flat[0]).any()}


def _near(numbers: Array, others: Array) -> Array:
    """Which of `numbers` are among `others`, but for rounding; both are sorted."""
    if not len(others):
        return np.zeros(len(numbers), dtype=bool)
    after = np.searchsorted(others, numbers * (1 - ALIKE))
    found: Array = others[np.minimum(after, len(others) - 1)]
    near: Array = np.abs(found - numbers) <= 2 * ALIKE * numbers
    return near
