"""What a check is asked about: a few drawn parameters, and arrays that follow from them and a seed.

Hypothesis draws and shrinks the parameters (shapes and kinds of content); contents come from a NumPy Generator, which
is thirty times faster for arrays and gives every array a stream of its own. Cases are drawn once for a grading seed, in
a process that never imports a submission (Hypothesis reads literals out of the modules it finds), so everybody in a
class sits the same paper.
"""

from __future__ import annotations

import functools
import hashlib
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
T = TypeVar("T")

_hypothesis = threading.Lock()  # submissions are graded in threads; the engine's global state is not made for them
# The seeds that shrinking may try: few, so that the smallest counterexample is also a stable one.
SHRINK_SEEDS = range(8)


class Space:
    """The parameters of a check's cases: for each name the values it may take, simplest first.

    `rows` are parameter sets that are always asked, whatever the seed: the combinations that a bug hides in."""

    def __init__(self, rows: Sequence[Mapping[str, Any]] = (), **choices: Sequence[Any]) -> None:
        self.choices = {name: tuple(values) for name, values in choices.items()}
        for name, values in self.choices.items():
            if strange := [value for value in values if not _is_plain(value)]:
                raise ValueError(f"{name} may be {strange[0]!r}, which is no int, float, str, bool or tuple of such")
        self.rows = tuple(dict(row) for row in rows)
        for row in self.rows:
            if row.keys() != self.choices.keys():
                raise ValueError(f"row {row} does not name the parameters {sorted(self.choices)}")

    @property
    def values(self) -> dict[str, tuple[Any, ...]]:
        """Every value that a parameter of a case can have: its choices, and what the rows give it."""
        return {name: (*values, *(row[name] for row in self.rows)) for name, values in self.choices.items()}

    def strategy(self) -> Any:
        """A Hypothesis strategy for the parameters."""
        from hypothesis import strategies as st

        return st.fixed_dictionaries({name: st.sampled_from(values) for name, values in self.choices.items()})

    @functools.lru_cache(maxsize=64)  # noqa: B019 — spaces live as long as their assignment
    def cases(self, seed: int, count: int) -> tuple[Case, ...]:
        """`self.rows` and `count` further parameter sets, each with a seed of its own."""
        with _hypothesis:
            drawn = [*self.rows, *(_draw(self.strategy(), seed, count) if count else ())]
        return tuple(Case(params, _label_seed("case", seed, index)) for index, params in enumerate(drawn))

    def shrink(self, fails: Callable[[Case], bool], seed: int, tries: int = 60) -> Case | None:
        """The simplest case that still fails, as Hypothesis finds it; None if it finds none within `tries`."""
        from hypothesis import HealthCheck, Phase, find, settings
        from hypothesis import strategies as st
        from hypothesis.errors import Flaky, NoSuchExample

        options = settings(
            max_examples=tries,
            database=None,
            deadline=None,
            derandomize=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        strategy = st.tuples(self.strategy(), st.sampled_from(SHRINK_SEEDS))
        try:
            params, case_seed = find(
                strategy, lambda drawn: fails(Case(*drawn)), settings=options, random=random.Random(seed)
            )
        except (NoSuchExample, Flaky):  # flaky: code that draws random numbers fails one moment and not the next
            return None
        return Case(params, case_seed)


def _is_plain(value: Any) -> bool:
    """Whether `value` survives a replay token: NumPy's numbers do not."""
    if isinstance(value, tuple | list):
        return all(_is_plain(item) for item in value)
    return value is None or type(value) in (int, float, str, bool)


def _draw(strategy: Any, seed: int, count: int) -> list[dict[str, Any]]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    drawn: list[dict[str, Any]] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(params: dict[str, Any]) -> None:
        drawn.append(params)

    collect()
    return drawn[:count]


class Case:
    """One case. Parameters are attributes; arrays are drawn by name, so that adding one changes no other.

    Everything drawn or computed is kept: the class shares the case, and the oracle's work with it."""

    def __init__(self, params: Mapping[str, Any], seed: int) -> None:
        self.params = dict(params)
        self.seed = seed
        self.arrays: dict[str, Any] = {}
        self._made: dict[str, str] = {}
        self._known: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["params"][name]
        except KeyError:
            raise AttributeError(f"this case has no parameter {name}") from None

    def rng(self, name: str) -> np.random.Generator:
        """A Generator for `name` alone. The label is hashed: `default_rng([s, 0])` equals `default_rng(s)`."""
        return np.random.default_rng(_label_seed(name, self.seed, 0))

    def array(self, name: str, *shape: int) -> Array:
        """Distinct-looking numbers away from zero, of the kind `content` names: whole, normal (the default), wide."""
        content = _CONTENTS[self.params.get("content", "normal")]
        return self._draw(name, f"an array of shape {shape}", lambda rng: content(rng, shape))

    def labels(self, name: str, count: int, classes: int) -> Array:
        """`count` class labels below `classes`."""
        labels = f"{count} labels below {classes}"
        return self._draw(name, labels, lambda rng: np.asarray(rng.integers(0, classes, count)))

    def given(self, name: str, value: Any) -> Any:
        """Note a value that the check made itself, so that the counterexample shows it. An array can no longer be
        written to: the class shares it."""
        made = f"a given {f'array of shape {value.shape}' if isinstance(value, np.ndarray) else 'value'}"
        self._claim(name, made)
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        found = self.arrays.setdefault(name, value)
        if found is not value and not np.array_equal(found, value):
            raise ValueError(f"{name} is {made} already, and is given other values; call one of them something else")
        return found

    def once(self, key: Any, compute: Callable[[], T]) -> T:
        """The value of `compute`, worked out the first time that this case is asked."""
        if key not in self._known:
            self._known[key] = compute()
        known: T = self._known[key]
        return known

    def _draw(self, name: str, made: str, draw: Callable[[np.random.Generator], Array]) -> Array:
        self._claim(name, made)
        if name not in self.arrays:
            array = draw(self.rng(name))
            array.flags.writeable = False
            self.arrays[name] = array
        found: Array = self.arrays[name]
        return found

    def _claim(self, name: str, made: str) -> None:
        """One name, one thing: checks that share a space share its cases, and so the names in them."""
        if (before := self._made.setdefault(name, made)) != made:
            raise ValueError(f"{name} is {before} already, and is asked for as {made}; call one of them something else")


def _label_seed(*parts: Any) -> int:
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
