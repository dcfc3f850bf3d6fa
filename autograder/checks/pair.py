"""A forward pass and its backward pass: the questions that are asked of every such pair, declared a line each.

A pair is told what its forward pass computes (a formula) and what it is given (arguments by name, for a case). What is
right follows: out by the formula, gradients by `vjp` of the formula. Each question declares one check of one of the two
functions, and takes what `check` takes; questions of another kind are checks of their own, which may use `out`,
`dout`, `right`, `call` and `pull`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.assignment.declare import declare_check
from autograder.checks.case import Case
from autograder.checks.compare import expect, expect_shape
from autograder.checks.consistency import expect_consistent
from autograder.checks.oracle import vjp
from autograder.checks.purity import expect_repeatable, expect_unmodified
from autograder.checks.student import Student

Array = np.ndarray[Any, np.dtype[Any]]
Arguments = Mapping[str, Any]
Run = Callable[[Student, Case], None]
ANY_DOUT = "{gradients} are the gradients for any dout, not for one of ones only."
OWN = "The backward pass is the gradient of your own forward pass, right or wrong."


class Pair:
    """The entry points `forward` and `backward`, and what is right for them.

    `formula` computes out from the forward pass's arguments; `arguments(case)` gives these by name, in the order of the
    signature, and `options(case)` what is given by keyword behind them. `gradients` names what the backward pass
    returns, the gradients of the first arguments; that of a dict is a dict. `output` is what the student calls out, if
    not that: with "h", the gradient that arrives is called dh. `pullback(dout, *arguments, **options)`
    takes the place of `vjp` where it is faster. `given` is the `Space` of questions that name no other.

    >>> from autograder import Pair, Space
    >>> def arguments(case):
    ...     return {"x": case.array("x", case.n, 3), "w": case.array("w", 3, case.m)}
    >>> layer = Pair("forward", "backward", lambda x, w: x @ w, arguments, ("dx", "dw"), given=Space(n=(1, 2), m=(3,)))
    >>> layer.values(points=4, sentence="out is x @ w.")
    >>> layer.gradients(points=6)
    >>> layer.shapes(points=1, examples=2)  # pays only with forward.values or, here, backward.gradients
    """

    def __init__(
        self,
        forward: str,
        backward: str,
        formula: Callable[..., Any],
        arguments: Callable[[Case], Arguments],
        gradients: Sequence[str],
        *,
        options: Callable[[Case], Arguments] = lambda case: {},
        pullback: Callable[..., Sequence[Any]] | None = None,
        given: Any = None,
        output: str = "out",
    ) -> None:
        self.forward, self.backward = forward, backward
        self.formula, self.pullback = formula, pullback
        self.arguments, self.options = arguments, options
        self.names = tuple(gradients)
        self.given = given
        self.output = output

    # what is right, and what the student gives

    def out(self, case: Case) -> Array:
        """The right out."""
        args, options = self.arguments(case), self.options(case)
        found: Array = case.once((self._key, "out"), lambda: np.asarray(self.formula(*args.values(), **options)))
        return found

    def dout(self, case: Case) -> Array:
        """A random gradient of the loss with respect to out."""
        return case.array(f"d{self.output}", *self.out(case).shape)

    def right(self, case: Case) -> dict[str, Any]:
        """The right gradients for `dout`, by name."""
        dout = self.dout(case)
        return case.once((self._key, "gradients"), lambda: self._gradients(case, dout))

    def call(self, student: Student, case: Case) -> Any:
        """What the student's forward pass returns."""
        return getattr(student, self.forward)(*self.arguments(case).values(), **self.options(case))

    def cache(self, student: Student, case: Case) -> Any:
        """The cache that the student's forward pass returns, behind out."""
        _, cache, *_ = self.call(student, case)
        return cache

    def pull(self, student: Student, case: Case) -> dict[str, Any]:
        """What the student's backward pass makes of `dout`, by name; asked once by the checks that share the case."""
        dout, asked = self.dout(case), (self.forward, self.backward, self._key, case.identity)
        return student.once(
            asked, lambda: self._named(getattr(student, self.backward)(dout, self.cache(student, case)))
        )

    # questions to the forward pass

    def values(self, points: float, sentence: str, **asked: Any) -> None:
        """out has the right numbers."""

        def values(student: Student, case: Case) -> None:
            pairs: dict[str, Any] = {self.output: (self._answer(student, case), self.out(case))}
            expect(student, **pairs)

        self._ask(self.forward, values, points, sentence, asked)

    def shape(
        self, points: float, sentence: str = "out has exactly the shape that is asked for.", **asked: Any
    ) -> None:
        """out has exactly the right shape."""

        def shape(student: Student, case: Case) -> None:
            expect_shape(**{self.output: (self._answer(student, case), self.out(case).shape)})

        self._ask(self.forward, shape, points, sentence, {"examples": 2, "needs": self._values} | asked)

    def pure(self, points: float, sentence: str = "The arguments are left as they were.", **asked: Any) -> None:
        """The forward pass leaves its arguments as they were."""

        def pure(student: Student, case: Case) -> None:
            expect_unmodified(student, self.forward, self.options(case), **self.arguments(case))

        self._ask(self.forward, pure, points, sentence, {"examples": 1, "needs": self._values} | asked)

    # questions to the backward pass

    def gradients(
        self, points: float, sentence: str = ANY_DOUT, *, only: Sequence[str] | None = None, **asked: Any
    ) -> None:
        """The gradients, or `only` those that are named, have the right numbers for a random dout."""
        names = self.names if only is None else tuple(only)

        def gradients(student: Student, case: Case) -> None:
            right, found = self.right(case), self.pull(student, case)
            expect(student, **{name: (found[name], right[name]) for name in names})

        self._ask(self.backward, gradients, points, sentence.format(gradients=_listed(names)), asked)

    def shapes(self, points: float, sentence: str = "", **asked: Any) -> None:
        """Each gradient has exactly the shape of its argument."""

        def shapes(student: Student, case: Case) -> None:
            right, found = self.right(case), self.pull(student, case)
            for name, gradient in right.items():
                if isinstance(gradient, Mapping):
                    pairs: dict[str, Any] = {name: (found[name], gradient)}
                    expect(student, **pairs)  # its keys
                    expect_shape(**{key: (found[name][key], part.shape) for key, part in gradient.items()})
                else:
                    expect_shape(**{name: (found[name], gradient.shape)})

        said = sentence or f"{_listed(self.names)} have exactly the shapes of what they are the gradients of."
        self._ask(self.backward, shapes, points, said, {"examples": 2, "needs": self._gradients_right} | asked)

    def consistent(self, points: float, sentence: str = OWN, **asked: Any) -> None:
        """The backward pass is the gradient of the student's own forward pass."""

        def consistent(student: Student, case: Case) -> None:
            arguments = tuple(self.arguments(case).values())
            expect_consistent(
                student, self.forward, self.backward, arguments, self.names, case.seed, self.options(case)
            )

        self._ask(self.backward, consistent, points, sentence, {"examples": 1} | asked)

    def repeatable(
        self, points: float, sentence: str = "dout and the cache are left as they were.", **asked: Any
    ) -> None:
        """The backward pass leaves dout as it was, and its cache good for a second call; the check is called `pure`."""

        def pure(student: Student, case: Case) -> None:
            right, cache = self.right(case), self.cache(student, case)
            expect_repeatable(student, self.backward, self.dout(case), cache, f"d{self.output}", **right)

        self._ask(self.backward, pure, points, sentence, {"examples": 1, "needs": self._gradients_right} | asked)

    # what they share

    def _answer(self, student: Student, case: Case) -> Any:
        """The student's out; asked once by the checks that share the case."""

        def ask() -> Any:
            out, *_ = self.call(student, case)
            return out

        return student.once((self.forward, self.options, self._key, case.identity), ask)

    @property
    def _values(self) -> tuple[str, ...]:
        return (f"{self.forward}.values",)

    @property
    def _gradients_right(self) -> tuple[str, ...]:
        return (f"{self.backward}.gradients",)

    @property
    def _key(self) -> Any:
        """Pairs that compute the same from the same arguments share the oracle's work."""
        return self.formula, self.arguments

    def _ask(self, entry_point: str, run: Run, points: float, sentence: str, asked: Mapping[str, Any]) -> None:
        options = {"given": self.given, "name": run.__name__} | dict(asked)
        declare_check(entry_point, points=points, sentence=sentence, **options)(run)

    def _named(self, found: Any) -> dict[str, Any]:
        parts = found if len(self.names) > 1 else (found,)
        return dict(zip(self.names, parts, strict=True))

    def _gradients(self, case: Case, dout: Array) -> dict[str, Any]:
        args, options = self.arguments(case), self.options(case)
        if self.pullback:
            return dict(zip(self.names, self.pullback(dout, *args.values(), **options), strict=True))
        formula = functools.partial(self.formula, **options)
        return dict(zip(self.names, _vjp(formula, tuple(args.values()), dout, len(self.names)), strict=True))


def _vjp(formula: Callable[..., Any], args: Sequence[Any], dout: Array, count: int) -> list[Any]:
    """The gradients of the first `count` of `args`: that of a dict is a dict."""
    if not any(isinstance(argument, Mapping) for argument in args[:count]):
        return list(vjp(formula, args, dout, wrt=range(count)))
    slots = [(i, key) for i in range(count) for key in (args[i] if isinstance(args[i], Mapping) else (None,))]

    def flat(*values: Any) -> Any:
        whole = list(args)
        for (i, key), value in zip(slots, values, strict=True):
            whole[i] = value if key is None else {**whole[i], key: value}
        return formula(*whole)

    point = [args[i] if key is None else args[i][key] for i, key in slots]
    found: list[Any] = [{} if isinstance(argument, Mapping) else None for argument in args[:count]]
    for (i, key), gradient in zip(slots, vjp(flat, point, dout, wrt=range(len(point))), strict=True):
        if key is None:
            found[i] = gradient
        else:
            found[i][key] = gradient
    return found


def _listed(names: Sequence[str]) -> str:
    """ "dx", "dx and dw", "dx, dw and db"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
