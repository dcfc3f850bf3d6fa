import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import all_pairs

sizes = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 4), min_size=2, max_size=5)


def pairs(rows):
    return {pair for row in rows for pair in itertools.combinations(sorted(row.items()), 2)}


@settings(deadline=None)
@given(sizes)
def test_every_pair_of_values_occurs_together(sizes):
    choices = {name: tuple(range(size)) for name, size in sizes.items()}
    every = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
    assert pairs(all_pairs(**choices)) == pairs(every)


def test_rows_are_few_and_always_the_same():
    choices = {name: (1, 2, 3) for name in "abcdef"}
    rows = all_pairs(**choices)
    assert len(rows) <= 20  # of 729
    assert rows == all_pairs(**choices)


def test_combinations_that_do_not_exist_are_left_out():
    rows = all_pairs(valid=lambda kernel, size: kernel <= size, kernel=(1, 2, 3), size=(1, 2, 3))
    assert pairs(rows) == pairs([{"kernel": k, "size": s} for k in (1, 2, 3) for s in (1, 2, 3) if k <= s])


def test_nothing_valid_gives_no_rows():
    assert all_pairs(valid=lambda **_: False, a=(1, 2), b=(1, 2)) == []
