"""Parameters that are Hypothesis strategies: drawn, shrunk, and put into replay tokens by their values."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checks.space import Space


def strategies(**more):
    return Space(
        rows=[{"n": 5, "shape": (2, 3), "kind": "plain"}],
        n=st.integers(1, 6),
        shape=hnp.array_shapes(min_dims=1, max_dims=3, max_side=4),
        kind=("plain", "wide"),
        **more,
    )


def test_rows_come_first_and_the_rest_is_drawn():
    cases = strategies().cases(7, 12)
    assert cases[0].params == {"n": 5, "shape": (2, 3), "kind": "plain"}
    assert len(cases) == 13
    assert all(1 <= case.n <= 6 and 1 <= len(case.shape) <= 3 and max(case.shape) <= 4 for case in cases)
    assert len({case.n for case in cases}) > 2


def test_a_seed_gives_the_same_cases_every_time():
    assert [case.params for case in strategies().cases(7, 6)] == [case.params for case in strategies().cases(7, 6)]


def test_lists_become_tuples_as_a_case_holds_them():
    cases = Space(sizes=st.lists(st.integers(1, 3), min_size=2, max_size=2)).cases(1, 4)
    assert all(type(case.sizes) is tuple for case in cases)


def test_a_failure_shrinks_to_the_simplest_value_that_shows_it():
    def holds(case):
        return case.n >= 3 and len(case.shape) >= 2

    space = strategies()
    failed = next(case for case in space.cases(5, 50) if holds(case))
    small = space.shrink(failed, holds)
    assert (small.n, small.shape, small.kind) == (3, (1, 1), "plain")


def test_a_value_that_a_token_cannot_hold_is_refused():
    space = Space(n=st.integers(1, 3).map(np.int64))
    with pytest.raises(ValueError, match=r"^n may be .*, which is not an int, float, str, bool or tuple of such"):
        space.cases(1, 1)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_token_says_is_what_was_drawn(seed):
    for space in (strategies(), Space(scale=st.floats(0.1, 10), flag=st.booleans(), word=st.sampled_from("ab"))):
        for case in space.cases(seed, 5):
            told = msgspec.json.decode(msgspec.json.encode(case.params))
            assert {name: space.parameter(name, value) for name, value in told.items()} == case.params


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 10**9),
        ("n", -100),
        ("n", 2.0),
        ("n", True),
        ("n", "2"),
        ("n", [2]),
        ("n", None),
        ("shape", [3, 10**6]),
        ("shape", [1] * 50),
        ("shape", [[1], [2]]),
        ("shape", 3),
        ("kind", "huge"),
        ("kind", ["plain"]),
    ],
)
def test_a_token_may_not_ask_for_what_no_case_has(name, value):
    with pytest.raises(ValueError, match=r"in no case$"):
        strategies().parameter(name, value)


def test_choices_are_told_apart_by_their_type():
    space = Space(x=(1, 2.0, True, (1, 2)))
    assert [space.parameter("x", value) for value in (1, 2.0, True, [1, 2])] == [1, 2.0, True, (1, 2)]
    for value in (1.0, 2, False, [1, 2.0], [1]):
        with pytest.raises(ValueError, match=r"in no case$"):
            space.parameter("x", value)


def test_a_row_must_name_the_strategies_too():
    with pytest.raises(ValueError, match=r"does not name the parameters \['kind', 'n', 'shape'\]"):
        Space(rows=[{"n": 1}], n=st.integers(1, 2), shape=st.just((1,)), kind=("plain",))
