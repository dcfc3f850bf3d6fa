"""Whether a known mistake gives exactly the student's numbers.

A mistake is recognised, not guessed: put in the reference's place it must fail the same check on the same case, and all
that it does to the outputs must be found in the student's, to the last few digits. What is wrong with another output of
the student's may be a second mistake; what else is wrong with the same output may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.errors import Crashed, SubmissionFault
from autograder.model import Check, Mistake

NUMBERS = (np.ndarray, np.generic, float, int)
Outputs = tuple[Any, ...]
Trace = Sequence[tuple[str, Outputs]]
# A float64 formula written another way differs by rounding, 1e-12 at most; in float32 by 1e-5 or so.
CLOSENESS = {"float64": 1e-9, "float32": 1e-4}
# Beyond this it is another number, however ill-conditioned the case: what a mistake does not explain refutes it.
FAR = {"float64": 1e-6, "float32": 1e-2}


@dataclass(frozen=True)
class Seen:
    """How a program fared on one case: what its entry points returned, call by call, and the fault that ended it."""

    trace: Trace
    fault: SubmissionFault | None


@dataclass(frozen=True)
class Match:
    """Compares what was seen of a student with what is seen of a mistake. `returns` names the outputs of each entry
    point that the mistake replaces."""

    returns: Mapping[str, Sequence[str]]
    precision: str

    def explains(self, student: Seen, mistake: Seen, right: Seen) -> bool:
        """Whether all that `mistake` does on a case, where `right` is what the reference gives, is found in `student`:
        the same exception after the same answers, or the same outputs. An output that the mistake leaves right may be
        wrong in the student's; the one that failed the check may not."""
        if student.fault is None or mistake.fault is None or mistake.fault.verdict is not student.fault.verdict:
            return False
        ours, theirs = self._outputs(student.trace), self._outputs(mistake.trace)
        whole = len(ours) == len(theirs) and all(
            name == other and _equal(left, found, CLOSENESS[self.precision])
            for (name, left), (other, found) in zip(ours, theirs, strict=True)
        )
        if isinstance(student.fault, Crashed):
            return whole and _same_exception(student.fault, mistake.fault)
        return bool(ours) and (whole or self._in_one_output(student, mistake, right))

    def refutes(self, student: Seen, mistake: Seen, tensor: str | None) -> bool:
        """Whether `student` shows, on another case that it failed, that `mistake` is not what is wrong with the output
        called `tensor`: its numbers there are clearly other ones, though all that came before is the same."""
        far = FAR[self.precision]
        for (name, left), (other, found) in zip(student.trace, mistake.trace, strict=False):
            if name != other or (name not in self.returns and not _equal(left, found, far)):
                return False  # another function of the student's is wrong as well, so nothing can be compared
            if name in self.returns and not self._agree(name, tensor, left, found, far):
                return _finite(left)  # after an overflow no number tells what else is wrong
        return False

    def _outputs(self, trace: Trace) -> list[tuple[str, Outputs]]:
        return [(name, outputs) for name, outputs in trace if name in self.returns]

    def _in_one_output(self, student: Seen, mistake: Seen, right: Seen) -> bool:
        """Whether the mistake is all that is wrong with the output that failed the check."""
        tensor = getattr(student.fault, "tensor", None)
        if tensor is None or getattr(mistake.fault, "tensor", None) != tensor:
            return False
        calls = [self._outputs(seen.trace) for seen in (student, mistake, right)]
        if len({len(outputs) for outputs in calls}) != 1:
            return False
        close = CLOSENESS[self.precision]
        shown = False
        for (name, ours), (_, theirs), (_, correct) in zip(*calls, strict=True):
            mine, wrong, good = (dict(_labelled(self.returns[name], outputs)) for outputs in (ours, theirs, correct))
            if not mine.keys() == wrong.keys() == good.keys():
                return False
            for label, value in wrong.items():
                same = _equal(mine[label], value, close)
                if not same and (label == tensor or not _equal(value, good[label], close)):
                    return False
                shown |= label == tensor and not _equal(value, good[label], close)
        return shown

    def _agree(self, name: str, tensor: str | None, left: Outputs, right: Outputs, closeness: float) -> bool:
        """Whether two answers agree in the output called `tensor`, or in all where none is called so."""
        mine, theirs = (dict(_labelled(self.returns[name], outputs)) for outputs in (left, right))
        labels = [tensor] if tensor in mine and tensor in theirs else list(mine)
        return all(label in theirs and _equal(mine[label], theirs[label], closeness) for label in labels)


def candidates(check: Check, mistakes: Iterable[Mistake]) -> list[Mistake]:
    """Mistakes that could explain a failure of `check`, the likeliest first: those that it claims to catch, then the
    others of its entry point."""
    claimed = [mistake for mistake in mistakes if check.id in mistake.caught_by]
    others = [m for m in mistakes if check.entry_point in m.entry_points and check.id not in m.caught_by]
    return claimed + others


def _labelled(returns: Sequence[str], outputs: Outputs) -> Iterator[tuple[str, Any]]:
    """Outputs by the names that the contract gives them; of a dict, its values by their keys."""
    if len(outputs) != len(returns):  # not an answer, but arguments as a call left them
        returns = [f"argument {i}" for i in range(len(outputs))]
    for name, value in zip(returns, outputs, strict=True):
        if isinstance(value, dict):
            yield from value.items()
        else:
            yield name, value


def _same_exception(student: Crashed, mistake: SubmissionFault) -> bool:
    """The same kind with the same text, which names shapes, keys and the like; without a text anything could be."""
    return (
        isinstance(mistake, Crashed)
        and bool(student.text)
        and (student.error, student.text) == (mistake.error, mistake.text)
    )


def _finite(value: Any) -> bool:
    """Whether every number in `value` is one."""
    if isinstance(value, tuple | list):
        return all(_finite(part) for part in value)
    if isinstance(value, dict):
        return all(_finite(part) for part in value.values())
    return not isinstance(value, NUMBERS) or np.asarray(value).dtype.kind not in "fc" or bool(np.isfinite(value).all())


def _numbers(value: Any) -> Any:
    """`value`, with an array for a list or tuple of single numbers: where an array is asked for, either will do."""
    if not isinstance(value, tuple | list) or not value:
        return value
    return np.asarray(value) if all(isinstance(one, NUMBERS) and not np.ndim(one) for one in value) else value


def _equal(left: Any, right: Any, closeness: float) -> bool:
    if type(left) is type(right) is np.ndarray:  # the commonest by far
        return _equal_arrays(left, right, closeness)
    left, right = _numbers(left), _numbers(right)
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(_equal(a, b, closeness) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_equal(left[key], right[key], closeness) for key in left)
    if matches := getattr(right, "matches", None):  # a student's bundle has fingerprints of the mistake's numbers
        return bool(matches(left, closeness))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, NUMBERS) and isinstance(right, NUMBERS):
        return _equal_arrays(np.asarray(left), np.asarray(right), closeness)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return type(left) is type(right)  # caches and other things that stay in the worker


def _equal_arrays(left: np.ndarray[Any, Any], right: np.ndarray[Any, Any], closeness: float) -> bool:
    if left.dtype.kind == right.dtype.kind == "b":  # flags among the arguments that a call left behind
        return np.array_equal(left, right)
    if left.shape != right.shape or left.dtype.kind not in "fiu" or right.dtype.kind not in "fiu":
        return False
    finite = np.isfinite(right)
    if finite.all():  # then no number that is not finite is close
        scale = float(np.max(np.abs(right), initial=0.0))
        return bool((np.abs(left - right) <= closeness * scale).all())
    if not np.array_equal(np.isfinite(left), finite):
        return False
    if not np.array_equal(left[~finite], right[~finite], equal_nan=True):
        return False
    scale = float(np.max(np.abs(right[finite]))) if finite.any() else 0.0
    return bool((np.abs(left[finite] - right[finite]) <= closeness * scale).all())
