"""What a check is asked about: the parameters of its cases, drawn by Hypothesis.

Hypothesis draws parameters (shapes and kinds of content). Cases are drawn once for a grading seed, and depend on
nothing else, so everybody in a class gets the same cases.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from autograder.checks.case import Case, label_seed
from autograder.checks.engine import undisturbed

_hypothesis = threading.Lock()  # submissions are graded in threads; the engine's global state is not made for them
SAMPLE = 100  # of a strategy, to know its size by
# The seeds that shrinking may try: few, so that the smallest counterexample is also a stable one, and known to all, so
# that it says nothing of the grading seed.
SHRINK_SEEDS = range(8)
SMALL_CAP = 500  # small cases of one space that are kept for the class
SIMPLER_CAP = 8  # values of a strategy that are tried in the place of one


class Space:
    """The parameters of a check's cases: for each name the values that it may take, simplest first, or a Hypothesis
    strategy of ints, floats, strings, bools and tuples of such.

    `rows` are parameter sets that are always asked, whatever the seed: the combinations that a bug hides in.

    >>> from hypothesis import strategies as st
    >>> from autograder import Space
    >>> space = Space(rows=[{"n": 4, "content": "normal"}], n=st.integers(1, 6), content=("whole", "normal"))
    >>> [case.n for case in space.cases(seed=17, count=0)]
    [4]
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]] = (), **choices: Any) -> None:
        self.strategies = {name: values for name, values in choices.items() if _is_strategy(values)}
        self.choices = {name: tuple(values) for name, values in choices.items() if name not in self.strategies}
        for name, values in self.choices.items():
            for value in values:
                _plain(name, value)
        self._small: dict[str, Case] = {}
        self.rows = tuple(dict(row) for row in rows)
        for row in self.rows:
            if row.keys() != choices.keys():
                raise ValueError(f"row {row} does not name the parameters {sorted(choices)}")

    @property
    def names(self) -> set[str]:
        """The names of the parameters."""
        return {*self.choices, *self.strategies}

    def parameter(self, name: str, value: Any) -> Any:
        """The value of parameter `name` that a replay token writes as `value`, where tuples are lists. ValueError for a
        value that no case of this space has; a strategy is asked for a sample, and what lies far outside is refused."""
        if name in self.strategies:
            value = _plain(name, value)
            if not _alike(value, self._sample(name)):
                raise ValueError(f"{name} is {value!r} in no case")
            return value
        for known in (*self.choices[name], *(row[name] for row in self.rows)):
            if _same(known, value):
                return known
        raise ValueError(f"{name} is {value!r} in no case")

    def simplest(self, name: str) -> tuple[Any, ...]:
        """Values that parameter `name` may take, simplest first: of a strategy a sample's, small before large."""
        if name in self.choices:
            return self.choices[name]
        return tuple(sorted(dict.fromkeys(self._sample(name)), key=lambda value: (len(repr(value)), repr(value))))

    @functools.lru_cache(maxsize=64)  # noqa: B019 — spaces live as long as their assignment
    def _sample(self, name: str) -> tuple[Any, ...]:
        from hypothesis import strategies as st

        with _hypothesis:
            drawn = _draw(st.fixed_dictionaries({name: self.strategies[name]}), 0, SAMPLE)
        return tuple(
            _plain(name, value) for value in (*(one[name] for one in drawn), *(row[name] for row in self.rows))
        )

    def strategy(self) -> Any:
        """A Hypothesis strategy for the parameters."""
        from hypothesis import strategies as st

        return st.fixed_dictionaries(
            {name: st.sampled_from(values) for name, values in self.choices.items()}
            | {name: drawn.map(functools.partial(_plain, name)) for name, drawn in self.strategies.items()}
        )

    @functools.lru_cache(maxsize=64)  # noqa: B019 — spaces live as long as their assignment
    def cases(self, seed: int, count: int) -> tuple[Case, ...]:
        """`self.rows` and `count` further parameter sets, each with a seed of its own."""
        with _hypothesis:
            drawn = [*self.rows, *(_draw(self.strategy(), seed, count) if count else ())]
        return tuple(Case(params, label_seed("case", seed, index)) for index, params in enumerate(drawn))

    def case(self, params: Mapping[str, Any], seed: int) -> Case:
        """The case of these parameters and this seed: the same object for the whole class, while it is kept."""
        key = repr((sorted(params.items()), seed))
        while len(self._small) > SMALL_CAP:
            self._small.pop(next(iter(self._small)), None)
        return self._small.setdefault(key, Case(params, seed))

    def shrink(self, case: Case, holds: Callable[[Case], bool], tries: int = 60) -> Case:
        """The simplest case that is found from `case` on when its seed, and then one parameter after another, takes a
        simpler value for which `holds` is still true; `case` itself where there is none within `tries`."""
        left = iter(range(tries))

        def first(candidates: Iterable[Case]) -> Case | None:
            return next((c for c in candidates if next(left, None) is not None and holds(c)), None)

        found = first(self.case(case.params, seed) for seed in SHRINK_SEEDS) or case
        simpler: Case | None = found
        while simpler is not None:
            found = simpler
            simpler = first(self.case(params, found.seed) for params in self._simpler(found.params))
        return found

    def _simpler(self, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """`params` with one of them at a simpler value, the simplest first."""
        for name, values in self.choices.items():
            rank = values.index(params[name]) if params[name] in values else len(values)
            yield from ({**params, name: value} for value in values[:rank])
        for name in self.strategies:
            simpler = {value for value in self._sample(name) if _size(value) < _size(params[name])}
            yield from ({**params, name: value} for value in sorted(simpler, key=_size)[:SIMPLER_CAP])


def _size(value: Any) -> tuple[int, float]:
    """How simple a value is: by its length, then by the sum of what is in it."""
    if isinstance(value, tuple | list):
        return len(value), sum(_size(item)[1] for item in value)
    return (len(value), 0.0) if isinstance(value, str) else (0, abs(float(value or 0)))


def _is_strategy(values: Any) -> bool:
    """Whether `values` is a Hypothesis strategy, without importing Hypothesis for other values."""
    hypothesis = sys.modules.get("hypothesis.strategies")
    return hypothesis is not None and isinstance(values, hypothesis.SearchStrategy)


def _plain(name: str, value: Any) -> Any:
    """`value` with tuples for lists. ValueError where it does not survive a replay token, as NumPy's numbers do not."""
    if isinstance(value, tuple | list):
        return tuple(_plain(name, item) for item in value)
    if value is not None and type(value) not in (int, float, str, bool):
        raise ValueError(f"{name} may be {value!r}, which is not an int, float, str, bool or tuple of such")
    return value


def _same(known: Any, value: Any) -> bool:
    """Whether a token writes `known` as `value`: 1, 1.0 and True are three values."""
    if isinstance(known, tuple | list):
        return (
            isinstance(value, tuple | list)
            and len(known) == len(value)
            and all(_same(*pair) for pair in zip(known, value, strict=True))
        )
    return type(known) is type(value) and bool(known == value)


def _alike(value: Any, sample: Sequence[Any]) -> bool:
    """Whether `value` has a type that the `sample` has, and is at most the sample's width outside of its numbers and
    lengths, item by item."""
    same = [known for known in sample if type(known) is type(value)]
    if isinstance(value, tuple):
        items = [item for known in same for item in known]
        return _within(len(value), [len(known) for known in same]) and all(_alike(item, items) for item in value)
    if type(value) in (int, float):
        return _within(value, same)
    return value in same


def _within(number: float, sample: Sequence[float]) -> bool:
    if not sample:
        return False
    low, high = min(sample), max(sample)
    return low - (high - low) <= number <= high + (high - low)


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

    with undisturbed():
        collect()
    return drawn[:count]
