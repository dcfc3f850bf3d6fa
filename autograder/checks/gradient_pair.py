"""The two functions under a gradient check, and the verdict on them: calls are counted, inputs copied, and what comes
back is flattened and validated."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from autograder.checks.stencil import Array, Line

Status = Literal["PASS", "FAIL", "UNCHECKED"]
Batch = Callable[[list[tuple[Any, ...]]], Sequence[Any]]


@dataclass(frozen=True, eq=False, kw_only=True)
class GradientVerdict:
    """What a gradient check found.

    `tensor` is the index in `args` of the gradient to blame. After a FAIL `analytic` holds its gradient as
    `backward(cotangent, ...)` gave it, `numeric` the measured one (None beyond 2048 elements), and `worst` the index
    at which they differ most, with the `error` and the `bound` it had to keep; without `numeric`, error and bound
    are those of the whole test, along one random direction. `point` holds the arguments used.
    `dependent` is False if no output responds to the inputs at all (a forward of zeros passes with a backward of
    zeros); `constant_slope` is True if the slope is the same at two far points (the identity passes with ease).
    """

    status: Status
    reason: str = ""
    tensor: int | None = None
    numeric: Array | None = None
    analytic: Array | None = None
    cotangent: Array | None = None
    point: tuple[Any, ...] = ()
    worst: tuple[int, ...] | None = None
    error: float = 0.0
    bound: float = 0.0
    precision: Literal["float64", "float32"] = "float64"
    dependent: bool = False
    constant_slope: bool = False
    forward_calls: int = 0
    backward_calls: int = 0


def rng(seed: int, *label: object) -> np.random.Generator:
    """A generator for one drawn thing. default_rng([s, 0]) equals default_rng(s), so labels are hashed instead."""
    digest = hashlib.sha256(repr((seed, *label)).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16], "big"))


class MalformedError(Exception):
    """A value that cannot be compared at all; carries the verdict."""

    def __init__(self, status: Status, reason: str, **details: Any) -> None:
        super().__init__(reason)
        self.verdict = GradientVerdict(status=status, reason=reason, **details)


class Pair:
    """The forward and backward under test: counts calls, copies inputs, flattens and validates what comes back.
    `names` are what the gradients are called in a sentence, by the arguments in `wrt`."""

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        args: tuple[Any, ...],
        wrt: tuple[int, ...],
        batch: Batch | None,
        names: Sequence[str] = (),
    ) -> None:
        self._batch = batch or (lambda points: [forward(*point) for point in points])
        self._backward = backward
        self._args = args
        self.wrt = wrt
        self.names = dict(zip(wrt, names, strict=True)) if names else _names(forward, wrt)
        self.shape: tuple[int, ...] | None = None
        self.single = False  # an output or a gradient came back as float32
        self._forward_calls = 0
        self._backward_calls = 0

    def counted(self, verdict: GradientVerdict) -> GradientVerdict:
        return replace(verdict, forward_calls=self._forward_calls, backward_calls=self._backward_calls)

    def arguments(self, tensors: Sequence[Array]) -> tuple[Any, ...]:
        args = list(self._args)
        for index, tensor in zip(self.wrt, tensors, strict=True):
            args[index] = tensor.copy()
        return tuple(args)

    def values(self, points: Sequence[Sequence[Array]]) -> Array:
        """One row of flattened outputs for each point."""
        with np.errstate(all="ignore"):
            outputs = [np.asarray(out) for out in self._batch([self.arguments(point) for point in points])]
        self._forward_calls += len(points)
        if self.shape is None:
            self.shape = outputs[0].shape
        for out in outputs:
            if out.shape != self.shape:
                raise MalformedError(
                    "UNCHECKED", f"the forward returns shapes {self.shape} and {out.shape} for equal inputs"
                )
            if out.dtype.kind not in "fiub":
                raise MalformedError("UNCHECKED", f"the forward returns {out.dtype}, expected real numbers")
        self.single |= any(out.dtype.kind == "f" and out.dtype.itemsize < 8 for out in outputs)
        return np.array([out.ravel() for out in outputs], dtype=np.float64)

    def line(self, tensors: Sequence[Array], direction: Sequence[Array]) -> Line:
        def along(ts: Sequence[float]) -> Array:
            return self.values([[x + t * v for x, v in zip(tensors, direction, strict=True)] for t in ts])

        return along

    def pull(self, cotangent: Array, tensors: Sequence[Array]) -> list[Array]:
        """The gradients for one cotangent (flat); MalformedError if they are not such.

        The forward runs at the same point first: a layer that keeps what it needs on itself has only its last call."""
        self.values([tensors])
        assert self.shape is not None
        dout = cotangent.reshape(self.shape).copy()
        with np.errstate(all="ignore"):
            answer = self._backward(dout, *self.arguments(tensors))
        self._backward_calls += 1
        gradients = list(answer) if isinstance(answer, tuple | list) else [answer]
        if len(gradients) != len(self.wrt):
            raise MalformedError("FAIL", f"backward returns {len(gradients)} gradients, expected {len(self.wrt)}")
        return [self._gradient(g, i, x) for g, i, x in zip(gradients, self.wrt, tensors, strict=True)]

    def _gradient(self, value: Any, index: int, tensor: Array) -> Array:
        def fail(problem: str) -> MalformedError:
            return MalformedError("FAIL", f"{self.names[index]} {problem}", tensor=index)

        if type(value) is not np.ndarray and not isinstance(value, float | np.floating):
            raise fail(f"is of type {type(value).__name__}, expected a NumPy array")
        gradient = np.asarray(value)
        if gradient.dtype.kind != "f" or gradient.dtype.itemsize < 4:
            raise fail(f"has dtype {gradient.dtype}, expected float64")
        if gradient.shape != tensor.shape:
            raise fail(f"has shape {gradient.shape}, expected {tensor.shape}")
        if not np.all(np.isfinite(gradient)):
            raise fail("has NaN or infinite elements")
        self.single |= gradient.dtype.itemsize < 8
        return gradient.astype(np.float64)


def _names(forward: Callable[..., Any], wrt: Sequence[int]) -> dict[int, str]:
    """What the gradients are called when nobody says so: after the forward's parameters, where it tells them."""
    try:
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        known = [p.name for p in inspect.signature(forward).parameters.values() if p.kind in kinds]
    except (TypeError, ValueError):
        known = []
    return {i: f"the gradient of {known[i] if i < len(known) else f'argument {i}'}" for i in wrt}
