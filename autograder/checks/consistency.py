"""Whether a student's backward is the gradient of the student's own forward, right or wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.checks.compare import numeric, without_ones
from autograder.checks.gradcheck import gradcheck
from autograder.checks.student import Student
from autograder.errors import CheckFailed

# Unmeasurable directions are rare for honest code (3 of 7,700 trials in float32 outside of huge offsets, none in
# float64), so three in a row mean that the forward is not a function of its input. What cannot be measured is no proof.
ATTEMPTS = 3

Array = np.ndarray[Any, np.dtype[Any]]


def expect_consistent(
    student: Student, forward: str, backward: str, args: Sequence[Any], names: Sequence[str], seed: int
) -> None:
    """`backward` must be the gradient of `forward` at `args`, by numerical differentiation of the student's own
    forward: a wrong forward with a right backward earns these points. A pair that any constant or linear function would
    satisfy (zero and zero, identity and identity) earns nothing. `names` are those of the gradients, in order."""

    differentiated = [argument for argument in args if isinstance(argument, np.ndarray) and argument.dtype.kind == "f"]

    def evaluate(points: Sequence[Sequence[Any]]) -> list[Array]:
        return [numeric("out", outputs[0]) for outputs in student.each(forward, points)]

    def gradients(dout: Array, *point: Any) -> tuple[Any, ...]:
        _, cache, *_ = getattr(student, forward)(*point)  # a running state may follow
        found = getattr(student, backward)(dout, cache)
        parts = found if isinstance(found, tuple) else (found,)
        if len(parts) != len(differentiated):
            raise CheckFailed(f"{backward} returned {len(parts)} values where ({', '.join(names)}) is asked for.")
        return tuple(_in_shape(part, argument) for part, argument in zip(parts, differentiated, strict=True))

    for attempt in range(ATTEMPTS):
        verdict = gradcheck(lambda *point: evaluate([point])[0], gradients, args, seed=seed + attempt, batch=evaluate)
        if verdict.status != "UNCHECKED":
            break
    if verdict.status == "UNCHECKED":
        raise CheckFailed(
            f"The slope of {forward} cannot be measured: it must give the same output for the same input."
        )
    if verdict.status == "FAIL":
        name = names[verdict.tensor] if verdict.tensor is not None and verdict.tensor < len(names) else None
        raise CheckFailed(
            f"{backward} is not the gradient of your own {forward}: {verdict.reason}.",
            tensor=name,
            actual=verdict.analytic,
            expected=verdict.numeric,
        )
    if not verdict.dependent:
        raise CheckFailed(f"{forward} gives the same output whatever its input, so there is no gradient to check.")
    if verdict.constant_slope:
        raise CheckFailed(
            f"The slope of {forward} is the same everywhere, so it is not the function that is asked for."
        )


def _in_shape(gradient: Any, argument: Array) -> Any:
    """`gradient` in the shape of its argument, where only axes of length one differ: that detail is another check's."""
    if isinstance(gradient, np.ndarray) and without_ones(gradient.shape) == without_ones(argument.shape):
        return gradient.reshape(argument.shape)
    return gradient
