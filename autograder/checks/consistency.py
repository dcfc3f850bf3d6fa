"""Whether a student's backward is the gradient of the student's own forward, right or wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograder.checks.compare import numeric, without_ones
from autograder.checks.gradcheck import gradcheck
from autograder.checks.gradient_pair import GradientVerdict
from autograder.checks.student import Student
from autograder.errors import CheckFailed

# Unmeasurable directions are rare for honest code (3 of 7,700 trials in float32 outside of huge offsets, none in
# float64), so three in a row mean that the forward is not a function of its input. What cannot be measured proves
# nothing.
ATTEMPTS = 3
# Calls that are remembered. A wrong gradient takes 17 at each of three points before it is measured element by element,
# which is not done where a mistake is tried in the student's place: what follows is not to be compared.
REMEMBERED = 32

Array = np.ndarray[Any, np.dtype[Any]]


def expect_consistent(
    student: Student,
    forward: str,
    backward: str,
    args: Sequence[Any],
    names: Sequence[str],
    seed: int,
    options: Mapping[str, Any] | None = None,
) -> None:
    """`backward` must be the gradient of `forward` at `args`, by numerical differentiation of the student's own
    forward: a wrong forward with a right backward earns these points. A pair that any constant or linear function would
    satisfy (zero and zero, identity and identity) earns nothing. `names` are those of the gradients, in order: of the
    first arguments that are arrays of floats or dicts of such, whose gradient is a dict; all others are passed on, and
    `options` by keyword.

    >>> import numpy as np
    >>> from autograder import expect_consistent
    >>> x, w = np.array([[1.0, 2.0, -3.0], [0.5, 4.0, 1.0]]), np.array([[1.0], [-2.0], [0.5]])
    >>> expect_consistent(student, "affine_forward", "affine_backward", [x, w], ["dx", "dw"], seed=17)
    """
    options = options or {}
    wanted = _wanted(args, names)
    slots = _slots(args, wanted)
    flat = [args[i] if key is None else args[i][key] for i, key in slots]
    tensors = {place: key or wanted[i] for place, (i, key) in enumerate(slots) if i in wanted}
    called = [f"{wanted[i]}[{key!r}]" if key else wanted[i] for i, key in slots if i in wanted]
    cache: Any = None  # of the last forward pass: gradcheck makes one at the same point before each backward pass

    def packed(point: Sequence[Any]) -> list[Any]:
        arguments = list(args)
        for (i, key), value in zip(slots, point, strict=True):
            arguments[i] = value if key is None else {**arguments[i], key: value}
        return arguments

    def evaluate(points: Sequence[Sequence[Any]]) -> list[Array]:
        nonlocal cache
        found = student.each(forward, map(packed, points), **options)
        _, cache, *_ = found[-1]  # a running state may follow
        return [numeric("out", outputs[0]) for outputs in found]

    def gradients(dout: Array, *point: Any) -> list[Any]:
        found = getattr(student, backward)(dout, cache)
        parts = found if isinstance(found, tuple) and len(names) > 1 else (found,)
        if len(parts) != len(names):
            raise CheckFailed(f"{backward} returned {len(parts)} values where ({', '.join(names)}) is asked for.")
        pairs = zip(wanted.items(), parts, strict=True)
        return [gradient for (i, name), part in pairs for gradient in _unpacked(name, part, args[i])]

    with student.remembering(REMEMBERED):
        for attempt in range(ATTEMPTS):
            verdict = gradcheck(
                lambda *point: evaluate([point])[0],
                gradients,
                flat,
                wrt=tuple(tensors),
                seed=seed + attempt,
                measure=student.told_in_full,
                batch=evaluate,
                names=called,
            )
            if verdict.status != "UNCHECKED":
                break
    _judge(verdict, forward, backward, tensors)


def _judge(verdict: GradientVerdict, forward: str, backward: str, tensors: dict[int, str]) -> None:
    if verdict.status == "UNCHECKED":
        raise CheckFailed(
            f"The slope of {forward} cannot be measured: it must give the same output for the same input."
        )
    if verdict.status == "FAIL":
        raise CheckFailed(
            f"{backward} is not the gradient of your own {forward}: {verdict.reason}.",
            tensor=tensors.get(verdict.tensor) if verdict.tensor is not None else None,
            actual=verdict.analytic,
            expected=verdict.numeric,
        )
    if not verdict.dependent:
        raise CheckFailed(f"{forward} gives the same output whatever its input, so there is no gradient to check.")
    if verdict.constant_slope:
        raise CheckFailed(
            f"The slope of {forward} is the same everywhere, so it is not the function that is asked for."
        )


def _wanted(args: Sequence[Any], names: Sequence[str]) -> dict[int, str]:
    """The name of the gradient for each argument that has one, by its place."""
    places = [i for i, argument in enumerate(args) if _is_differentiable(argument)]
    if len(places) < len(names):
        raise ValueError(
            f"({', '.join(names)}) are {len(names)} gradients, of {len(places)} arguments that can have one"
        )
    return dict(zip(places, names, strict=False))


def _slots(args: Sequence[Any], wanted: dict[int, str]) -> list[tuple[int, str | None]]:
    """The arguments laid out flat, as the gradient checker wants them: by place, and for a dict that has a gradient by
    each of its keys."""
    return [
        (i, key)
        for i, argument in enumerate(args)
        for key in (argument if i in wanted and isinstance(argument, dict) else [None])
    ]


def _is_differentiable(argument: Any) -> bool:
    if isinstance(argument, dict):
        return bool(argument) and all(_is_differentiable(value) for value in argument.values())
    return isinstance(argument, np.ndarray) and argument.dtype.kind == "f"


def _unpacked(name: str, part: Any, argument: Any) -> list[Any]:
    """The gradients in what came back for one argument: an array for an array, a dict for a dict."""
    if not isinstance(argument, dict):
        return [_in_shape(part, argument)]
    if not isinstance(part, dict) or not part.keys() >= argument.keys():
        raise CheckFailed(f"{name} is not a dict with the keys {', '.join(argument)}.", tensor=name)
    return [_in_shape(part[key], value) for key, value in argument.items()]


def _in_shape(gradient: Any, argument: Array) -> Any:
    """`gradient` in the shape of its argument, where only axes of length one differ: that detail is another check's."""
    if isinstance(gradient, np.ndarray) and without_ones(gradient.shape) == without_ones(argument.shape):
        return gradient.reshape(argument.shape)
    return gradient
