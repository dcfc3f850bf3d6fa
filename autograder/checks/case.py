"""One case of a check: its parameters, and the arrays that follow from them and a seed.

Contents come from a NumPy Generator, which is thirty times faster for arrays than Hypothesis and gives every array a
stream of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from autograder.wire import Rng

Array = np.ndarray[Any, np.dtype[Any]]
T = TypeVar("T")


class Case:
    """One case. Parameters are attributes; arrays are drawn by name, so that adding one changes no other.

    Everything drawn or computed is kept: the class shares the case, and the oracle's work with it.

    >>> from autograder import CONTENTS, Case
    >>> CONTENTS
    ('whole', 'normal', 'wide')
    >>> case = Case({"n": 3, "content": "whole"}, seed=17)
    >>> x = case.array("x", case.n, 2)
    >>> x.shape, bool((x == x.round()).all()), case.array("x", 3, 2) is x
    ((3, 2), True, True)
    """

    def __init__(self, params: Mapping[str, Any], seed: int, tape: Any = None) -> None:
        """`tape` notes, or knows, what `once` gives: see `checks.answers`."""
        self.params = dict(params)
        self.seed = seed
        self.arrays: dict[str, Any] = {}
        self._made: dict[str, tuple[Any, ...]] = {}
        self._given: dict[str, Any] = {}
        self._known: dict[Any, tuple[Any, dict[str, None]]] = {}
        self._noted: dict[str, None] = {}
        self._tape = tape
        for name, value in self.params.items():
            if not hasattr(Case, name):  # what a case has of its own is not replaced
                self.__dict__.setdefault(name, value)

    def asked_anew(self) -> Case:
        """This case for one more question: all that is drawn and computed is shared, and what the question itself uses
        is noted for it alone."""
        again = Case.__new__(Case)
        again.__dict__.update(self.__dict__, _noted={})
        return again

    @property
    def used(self) -> dict[str, Any]:
        """The arrays and values that this question used, by name, in the order in which it first did."""
        return {name: self.arrays[name] for name in self._noted}

    @property
    def identity(self) -> tuple[str, int]:
        """What tells it from every case that has other arrays."""
        return repr(sorted(self.params.items())), self.seed

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this case has no parameter {name}")

    def rng(self, name: str) -> np.random.Generator:
        """A Generator for `name` alone. The label is hashed: `default_rng([s, 0])` equals `default_rng(s)`."""
        return np.random.default_rng(label_seed(name, self.seed, 0))

    def generator(self, name: str = "rng") -> Rng:
        """What a student receives as a fresh Generator of this case's own."""
        return Rng(int(self.rng(name).integers(2**32)))

    def array(self, name: str, *shape: int) -> Array:
        """Distinct-looking numbers away from zero, of the kind `content` names: whole, normal (the default), wide."""
        return self._draw(name, ("an array of shape {}", shape), lambda rng: self._numbers(rng, shape))

    def unseen(self, name: str, *shape: int) -> Array:
        """The numbers that `array` gives, not noted: for what is made of them, which `given` notes under its name."""
        return self._numbers(self.rng(name), shape)

    def labels(self, name: str, count: int, classes: int) -> Array:
        """`count` class labels below `classes`."""
        made = ("{} labels below {}", count, classes)
        return self._draw(name, made, lambda rng: np.asarray(rng.integers(0, classes, count)))

    def given(self, name: str, value: Any) -> Any:
        """Note a value that the check made itself, so that the counterexample shows it. An array can no longer be
        written to: the class shares it."""
        if name in self._given and self._given[name] is value:  # noted before, for another question
            self._noted[name] = None
            return value
        made = ("a given array of shape {}", value.shape) if isinstance(value, np.ndarray) else ("a given value",)
        self._claim(name, made)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        found = self._given[name] = self.arrays.setdefault(name, value)
        self._noted[name] = None
        if found is not value and not _equal(found, value):
            raise ValueError(
                f"{name} is {_told(made)} already, and is given other values; call one of them something else"
            )
        return found

    def once(self, key: Any, compute: Callable[[], T]) -> T:
        """The value of `compute`, worked out the first time that this case is asked. What it draws counts as used by
        every question that takes its value: a counterexample does not depend on who asked first."""
        if key not in self._known:
            before, self._noted = self._noted, {}
            try:
                value = self._tape.once(self, key, compute) if self._tape else compute()
                self._known[key] = value, dict(self._noted)
            finally:
                self._noted = before
        known: T
        known, used = self._known[key]
        self._noted.update(used)
        return known

    def _draw(self, name: str, made: tuple[Any, ...], draw: Callable[[np.random.Generator], Array]) -> Array:
        self._claim(name, made)
        if name not in self.arrays:
            array = draw(self.rng(name))
            array.flags.writeable = False
            self.arrays[name] = array
        self._noted[name] = None
        found: Array = self.arrays[name]
        return found

    def _numbers(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
        return _CONTENTS[self.params.get("content", "normal")](rng, shape)

    def _claim(self, name: str, made: tuple[Any, ...]) -> None:
        """One name, one thing: checks that share a space share its cases, and so the names in them."""
        if (before := self._made.setdefault(name, made)) != made:
            twice = f"{name} is {_told(before)} already, and is asked for as {_told(made)}"
            raise ValueError(f"{twice}; call one of them something else")


def _told(made: tuple[Any, ...]) -> str:
    return str(made[0]).format(*made[1:])


def _equal(found: Any, value: Any) -> bool:
    if isinstance(value, np.ndarray) and (found.dtype, found.shape) == (value.dtype, value.shape):
        return found.tobytes() == value.tobytes() or np.array_equal(found, value)
    return np.array_equal(found, value)


def label_seed(*parts: Any) -> int:
    """A seed for whatever `parts` name, with nothing in common with that of others."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return int.from_bytes(digest[:6], "big")


def _whole(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    values: Array = rng.integers(1, 5, shape) * rng.choice([-1.0, 1.0], shape)
    return values


def _normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    # 0.05 away from the kink at zero: which subgradient a student takes there is a question of its own
    values = rng.standard_normal(shape)
    return values + np.copysign(0.05, values)


def _wide(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return _normal(rng, shape) * 10.0 ** rng.uniform(-1, 1, shape)


_CONTENTS = {"whole": _whole, "normal": _normal, "wide": _wide}
CONTENTS = tuple(_CONTENTS)
