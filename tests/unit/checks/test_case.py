"""Cases: the same paper for the same seed, arrays that stand alone, and the smallest failure."""

from __future__ import annotations

import itertools
import re
import threading

import msgspec
import numpy as np
import pytest

from autograder.checks.case import CONTENTS, Case
from autograder.checks.run import attempt
from autograder.checks.space import SHRINK_SEEDS, Space
from autograder.checks.student import Student
from autograder.errors import GraderFault
from autograder.sandbox.local import LocalProgram
from autograder.wire import Rng

SPACE = {"n": (1, 2, 3, 4), "d": (1, 2, 3, 5), "content": CONTENTS}


def drawn(seed, count=6, **space):
    return [(case.params, case.seed) for case in Space(**(space or SPACE)).cases(seed, count)]


# ── the paper ──────────────────────────────────────────────────────────────────────────────────


def test_a_seed_gives_the_same_cases_every_time():
    assert drawn(17) == drawn(17)


def test_other_seeds_give_other_cases():
    papers = [drawn(seed) for seed in range(5)]
    assert all(one != other for one, other in itertools.combinations(papers, 2))
    assert len({case_seed for paper in papers for _, case_seed in paper}) == 5 * 6


def test_rows_come_first_whatever_the_seed():
    row = {"n": 4, "d": 5, "content": "wide"}
    for seed in range(3):
        cases = Space(rows=[row], **SPACE).cases(seed, 3)
        assert len(cases) == 4
        assert cases[0].params == row


def test_a_row_that_is_not_a_case_is_refused():
    with pytest.raises(ValueError, match=r"^row \{'n': 1\} does not name the parameters \['d', 'n'\]$"):
        Space(rows=[{"n": 1}], n=(1,), d=(1,))


def test_no_further_cases_can_be_asked_for():
    assert Space(rows=[{"n": 2}], n=(1, 2)).cases(0, 0)[0].n == 2


def test_a_class_meets_the_same_case_objects():
    space = Space(**SPACE)
    assert space.cases(3, 2)[0] is space.cases(3, 2)[0]


# ── arrays ─────────────────────────────────────────────────────────────────────────────────────


def test_arrays_do_not_depend_on_the_order_in_which_they_are_drawn():
    one, other = Case({}, 5), Case({}, 5)
    x, w = one.array("x", 2, 3), one.array("w", 3)
    other.rng("more").standard_normal(9)
    assert np.array_equal(other.array("w", 3), w)
    assert np.array_equal(other.array("x", 2, 3), x)


@pytest.mark.parametrize("content", CONTENTS)
def test_arrays_of_other_names_and_seeds_differ(content):
    """`default_rng([s, 0])` equals `default_rng(s)`: seeds made by listing numbers would make x and dout equal."""
    cases = [Case({"content": content}, seed) for seed in range(4)]
    arrays = [case.array(name, 20) for case in cases for name in ("", "0", "x", "dout")]
    assert not any(np.array_equal(one, other) for one, other in itertools.combinations(arrays, 2))
    assert not any(
        np.array_equal(array, np.random.default_rng(s).standard_normal(20)) for array in arrays for s in range(4)
    )


@pytest.mark.parametrize("content", CONTENTS)
def test_arrays_are_floats_away_from_zero_that_nobody_can_write(content):
    array = Case({"content": content}, 1).array("x", 50, 4)
    assert (array.dtype, array.shape) == (np.float64, (50, 4))
    assert (np.abs(array) >= 0.005).all()  # wide: 0.05 times a tenth
    assert (array < 0).any()
    assert (array > 0).any()
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_whole_contents_are_whole_and_the_others_are_not():
    assert (Case({"content": "whole"}, 1).array("x", 30) % 1 == 0).all()
    assert (Case({}, 1).array("x", 30) % 1 != 0).all()


def test_labels_are_classes():
    labels = Case({}, 1).labels("y", 200, 3)
    assert labels.dtype.kind == "i"
    assert set(labels.tolist()) == {0, 1, 2}


def test_what_was_drawn_is_kept():
    case = Case({"n": 2}, 1)
    assert case.array("x", 3) is case.array("x", 3)
    assert case.given("axis", 1) == 1
    assert set(case.arrays) == {"x", "axis"}


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            lambda case: case.array("x", 2, 3),
            lambda case: case.array("x", 3, 2),
            "x is an array of shape (2, 3) already, and is asked for as an array of shape (3, 2); call one of them "
            "something else",
        ),
        (
            lambda case: case.labels("y", 4, 2),
            lambda case: case.labels("y", 4, 3),
            "y is 4 labels below 2 already, and is asked for as 4 labels below 3; call one of them something else",
        ),
        (
            lambda case: case.given("x", np.zeros((2, 3))),
            lambda case: case.given("x", np.zeros(3)),
            "x is a given array of shape (2, 3) already, and is asked for as a given array of shape (3,); call one of "
            "them something else",
        ),
        (
            lambda case: case.given("x", np.zeros(3)),
            lambda case: case.given("x", np.ones(3)),
            "x is a given array of shape (3,) already, and is given other values; call one of them something else",
        ),
        (
            lambda case: case.given("x", 1.0),
            lambda case: case.given("x", 2.0),
            "x is a given value already, and is given other values; call one of them something else",
        ),
        (
            lambda case: case.given("x", np.zeros(3)),
            lambda case: case.array("x", 3),
            "x is a given array of shape (3,) already, and is asked for as an array of shape (3,); call one of them "
            "something else",
        ),
    ],
)
def test_a_name_stands_for_one_thing(first, second, message):
    """Checks that share a space share its cases: the second to use a name would be given what the first one made."""
    for one, other in ((first, second), (first, first)):
        case = Case({}, 1)
        found = one(case)
        if other is first:
            assert np.array_equal(other(case), found)
        else:
            with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
                other(case)


def test_a_given_array_is_shared_and_so_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        Case({}, 1).given("x", np.zeros(3))[0] = 1


def test_a_check_that_takes_a_name_twice_is_the_grader_s_fault(tiny):
    def run(student, case):
        case.array("x", 2)
        case.array("x", 3)

    check = msgspec.structs.replace(tiny.checks[0], run=run)
    with pytest.raises(GraderFault, match=rf"^check {check.id} broke on .*: ValueError: x is an array of shape \(2,\)"):
        attempt(check, Student(tiny.assignment, LocalProgram({})), [Case({}, 1)])


def test_work_is_done_once_for_the_class():
    case, done = Case({}, 1), []
    assert case.once("key", lambda: done.append(1) or 7) == 7
    assert case.once("key", lambda: done.append(1) or 8) == 7
    assert done == [1]


def test_parameters_are_attributes_and_unknown_ones_are_said_to_be():
    case = Case({"n": 2}, 1)
    assert case.n == 2
    with pytest.raises(AttributeError, match=r"^this case has no parameter m$"):
        _ = case.m


# ── shrinking ──────────────────────────────────────────────────────────────────────────────────


LARGE = Case({"n": 4, "d": 3, "content": "normal"}, 987654321)


def test_the_smallest_case_that_still_holds_is_found():
    space = Space(n=(1, 2, 3, 4), d=(1, 2, 3), content=("whole", "normal"))
    found = space.shrink(LARGE, lambda case: case.n >= 3 and case.d >= 2)
    assert found.params == {"n": 3, "d": 2, "content": "whole"}
    assert found.seed == SHRINK_SEEDS[0]


def test_shrinking_begins_at_the_case_that_failed_whatever_a_draw_would_meet():
    space = Space(rows=[{"n": 77, "d": 3, "content": "normal"}], n=(1, 2), d=(1, 2, 3), content=("whole", "normal"))
    odd = Case({"n": 77, "d": 3, "content": "normal"}, 5)
    assert space.shrink(odd, lambda case: case.n == 77).params == {"n": 77, "d": 1, "content": "whole"}


def test_what_holds_nowhere_else_stays_as_it_is():
    assert Space(n=(1, 2, 3, 4), d=(1, 2, 3), content=("whole", "normal")).shrink(LARGE, lambda case: False) is LARGE


def test_shrinking_tries_so_many_cases_and_no_more():
    asked = []
    Space(n=range(1000)).shrink(Case({"n": 999}, 0), lambda case: asked.append(case) or case.n >= 990, tries=30)
    assert len(asked) == 30


def test_small_cases_are_shared_by_the_class():
    space = Space(n=(1, 2, 3))
    first, again = (space.shrink(Case({"n": 3}, 1), lambda case: case.n >= 2) for _ in range(2))
    assert first is again


def test_an_exception_of_the_grader_is_not_swallowed():
    def holds(case):
        raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError, match=r"^ours"):
        Space(n=(1, 2)).shrink(Case({"n": 2}, 1), holds)


def test_threads_draw_the_same_paper():
    spaces = [Space(**SPACE) for _ in range(8)]
    papers = [None] * 8

    def draw(index):
        papers[index] = [(case.params, case.seed) for case in spaces[index].cases(9, 8)]

    threads = [threading.Thread(target=draw, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(paper == papers[0] for paper in papers)


def test_generators_differ_from_case_to_case_and_name_to_name():
    case = Case({}, 1)
    assert isinstance(case.generator(), Rng)
    assert case.generator() == Case({}, 1).generator("rng") != Case({}, 2).generator()
    assert case.generator("one") != case.generator("other")


def test_a_parameter_may_be_called_as_a_part_of_the_case_is_and_hides_none():
    case = Case({"labels": 3, "seed": 5, "arrays": 1, "n": 2}, 17)
    assert (case.n, case.asked_anew().n, case.seed, case.arrays) == (2, 2, 17, {})
    assert len(case.labels("y", 4, case.params["labels"])) == 4
