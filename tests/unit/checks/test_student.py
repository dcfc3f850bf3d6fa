"""The student as a check sees them, and one check put to them."""

from __future__ import annotations

import weakref

import msgspec
import numpy as np
import pytest

from autograder.checks.case import Case
from autograder.checks.compare import expect
from autograder.checks.run import Attempt, attempt, cases_of, counterexample
from autograder.checks.space import Space
from autograder.checks.student import Student, describe
from autograder.errors import CheckFailed, Crashed, GraderFault, Missing
from autograder.model import Check, EntryPoint, Verdict, Visibility
from autograder.sandbox.local import LocalProgram
from autograder.wire import Handle, Opaque


def student(assignment, **functions):
    return Student(assignment, LocalProgram(functions))


def check(run, strategy=None):
    return Check("double.values", "double", 1.0, "Twice.", Visibility.PUBLIC, run, strategy)


@pytest.fixture
def tiny_assignment(tiny):
    return tiny.assignment


# ── calls ──────────────────────────────────────────────────────────────────────────────────────


def test_one_output_comes_alone_and_several_as_a_tuple(tiny_assignment):
    reference = {"double": lambda x: 2 * x, "affine_forward": lambda x, w: (x @ w, (x, w))}
    one = student(tiny_assignment, **reference)
    assert one.double(np.ones(2)).tolist() == [2, 2]
    out, cache = one.affine_forward(np.ones((1, 2)), np.ones((2, 1)))
    assert out.tolist() == [[2]]
    assert cache == Handle(0, "tuple")


def test_a_cache_stays_with_the_program_and_comes_back_whole(tiny_assignment):
    seen = []
    token = object()
    one = student(
        tiny_assignment,
        affine_forward=lambda x, w: (x, token),
        affine_backward=lambda dout, cache: (seen.append(cache), (dout, dout))[1],
    )
    _, cache = one.affine_forward(np.ones(1), np.ones(1))
    one.affine_backward(np.ones(1), cache)
    assert seen == [token]


@pytest.mark.parametrize("wrap", [lambda x: (x,), lambda x: [x]])
def test_a_single_output_that_is_wrapped_is_no_array(wrap, tiny_assignment):
    """Whoever uses such a function gets twice the list for twice the array."""
    one = student(tiny_assignment, double=wrap)
    with pytest.raises(CheckFailed, match=r"^out is a (list|tuple) of 1 value; it must be a NumPy array of floats\.$"):
        expect(one, out=(one.double(np.ones(2)), np.ones(2)))


def test_a_list_of_one_is_a_list(tiny_assignment):
    assert student(tiny_assignment, double=lambda x: [[1, 2]]).double(1.0) == [[1, 2]]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (np.ones(3), "one array of shape (3,)"),
        ((1, 2, 3), "a tuple of 3 values"),
        ([1.0], "a list of 1 value"),
        (1.0, "a float"),
    ],
)
def test_another_number_of_outputs_is_a_failure(value, words, tiny_assignment):
    one = student(tiny_assignment, affine_forward=lambda x, w: value)
    with pytest.raises(CheckFailed) as refused:
        one.affine_forward(1.0, 2.0)
    assert str(refused.value) == f"affine_forward returned {words} where (out, cache) is asked for."


def test_a_function_that_is_not_there_or_not_written_is_missing(tiny_assignment):
    def unwritten(x):
        raise NotImplementedError

    for one in (student(tiny_assignment), student(tiny_assignment, double=unwritten)):
        with pytest.raises(Missing, match=r"^double is not written yet\.$"):
            one.double(1.0)


def test_an_exception_is_a_crash(tiny_assignment):
    with pytest.raises(Crashed, match=r"^double raised ZeroDivisionError: division by zero\.$"):
        student(tiny_assignment, double=lambda x: 1 / 0).double(1.0)


def test_an_entry_point_that_the_assignment_lacks_is_the_authors_mistake(tiny_assignment):
    with pytest.raises(AttributeError, match=r"^tiny has no entry point triple$"):
        _ = student(tiny_assignment).triple


def test_several_calls_take_one_trip_and_raise_the_first_fault(tiny_assignment):
    one = student(tiny_assignment, double=lambda x: 2.0 / x)
    assert one.each("double", [[1.0], [2.0]]) == [2.0, 1.0]
    with pytest.raises(Crashed, match="ZeroDivisionError"):
        one.each("double", [[1.0], [0.0], [2.0]])


def test_arguments_come_back_as_the_call_left_them(tiny_assignment):
    def spoil(x):
        x[0] = 9
        return x

    x = np.zeros(2)
    (after,) = student(tiny_assignment, double=spoil).arguments_after("double", x)
    assert after.tolist() == [9, 0]
    assert x.tolist() == [0, 0]
    with pytest.raises(Missing):
        student(tiny_assignment).arguments_after("double", x)


@pytest.mark.parametrize("answer", [None, 1.0, [], [1.0, 2.0], (1.0,), Opaque("list")])
def test_other_arguments_than_were_given_break_the_protocol(answer, tiny_assignment):
    class Forger:
        def calls(self, calls):
            return [answer]

    with pytest.raises(Crashed, match=r"^The program broke the grading protocol: it sent other arguments"):
        Student(tiny_assignment, Forger()).arguments_after("double", 1.0)


# ── precision and trace ────────────────────────────────────────────────────────────────────────


def test_precision_is_that_of_the_outputs_and_stays_for_the_check(tiny_assignment):
    one = student(tiny_assignment, double=lambda x: np.asarray(2 * x, np.float32 if x.ndim else np.float64))
    one.double(np.array(0.1))
    assert one.precision == "float64"
    one.double(np.array([0.1, 0.7]))
    assert one.precision == "float32"
    one.double(np.array(0.1))
    assert one.precision == "float32"


def test_the_trace_holds_what_was_returned(tiny_assignment):
    one = student(tiny_assignment, double=lambda x: 2 * x)
    one.double(1.0)
    one.double(2.0)
    assert one.trace == [("double", (2.0,)), ("double", (4.0,))]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Opaque("set"), "a value of type set"),
        (Handle(1, "dict"), "a value of type dict"),
        (np.zeros((2, 3)), "one array of shape (2, 3)"),
        ([], "a list of 0 values"),
        ((1,), "a tuple of 1 value"),
        (None, "None"),
        ({}, "a dict"),
    ],
)
def test_values_are_described_in_a_few_words(value, words):
    assert describe(value) == words


# ── one check, one student ─────────────────────────────────────────────────────────────────────


def doubles(one, case):
    if one.double(case.given("x", np.array([float(case.n)])))[0] != 2 * case.n:
        raise CheckFailed("double is wrong.", counterexample={"tensor": "out"})


def test_an_attempt_passes_or_stops_at_the_first_case_that_fails(tiny_assignment):
    cases = [Case({"n": n}, 0) for n in (1, 2, 3)]
    right = attempt(check(doubles), student(tiny_assignment, double=lambda x: 2 * x), cases)
    assert (right.verdict, right.fault, right.case) == (Verdict.PASS, None, None)
    wrong = attempt(check(doubles), student(tiny_assignment, double=lambda x: x**2), cases)
    assert (wrong.verdict, wrong.case.params, wrong.case.seed) == (Verdict.FAIL, {"n": 1}, 0)
    assert [name for name, _ in wrong.trace] == ["double"]
    assert counterexample(wrong) == {
        "parameters": {"n": 1},
        "shapes": {"x": [1]},
        "arguments": {"x": [1.0]},
        "tensor": "out",
    }


def test_a_fault_holds_nothing_that_the_check_worked_with(tiny_assignment):
    """It may be kept for a whole class; the frames of its traceback would keep their arrays."""
    worked_with = []

    def wrong(one, case):
        array = np.zeros(3)
        worked_with.append(weakref.ref(array))
        try:
            raise KeyError("x")
        except KeyError as error:
            raise CheckFailed("wrong.") from error

    failed = attempt(check(wrong), student(tiny_assignment), [Case({}, 0)])
    assert str(failed.fault) == "wrong."
    assert worked_with[0]() is None


def test_a_counterexample_shows_what_its_own_question_used_whoever_asked_before(tiny_assignment):
    def draws_more(one, case):
        case.array("unseen", 3)
        case.once("sum", lambda: case.array("x", 2).sum() + case.array("y", 2).sum())

    def wrong_by_once(one, case):
        case.once("sum", lambda: case.array("x", 2).sum() + case.array("y", 2).sum())
        raise CheckFailed("wrong")

    alone, shared = Case({}, 0), Case({}, 0)
    attempt(check(draws_more), student(tiny_assignment), [shared])
    shown = [
        counterexample(attempt(check(wrong_by_once), student(tiny_assignment), [case])) for case in (alone, shared)
    ]
    assert shown[0] == shown[1]
    assert list(shown[0]["shapes"]) == ["x", "y"]
    assert list(shared.arrays) == ["unseen", "x", "y"]


def test_large_arrays_are_shown_by_their_shape():
    case = Case({}, 0)
    case.array("x", 5, 5)
    shown = counterexample(Attempt(Verdict.FAIL, CheckFailed("wrong"), case, (), "float64"))
    assert shown == {"parameters": {}, "shapes": {"x": [5, 5]}, "arguments": {}}


def test_what_is_not_the_students_fault_is_the_graders(tiny_assignment):
    def broken(one, case):
        raise KeyError("oops")

    with pytest.raises(GraderFault, match=r"^check double\.values broke on \{'n': 1\}: KeyError: 'oops'$"):
        attempt(check(broken), student(tiny_assignment), [Case({"n": 1}, 0)])


def test_a_check_without_a_space_has_one_case_which_does_not_carry_the_grading_seed():
    one = check(doubles)
    (case,), (other,) = cases_of(one, seed=5), cases_of(one, seed=6)
    assert case.params == {}
    assert case.seed not in (5, other.seed)


def test_hidden_cases_follow_from_nothing_that_public_ones_show():
    space = Space(n=(1, 2, 3, 4, 5, 6, 7, 8, 9))
    public = check(doubles, space)
    hidden = msgspec.structs.replace(public, visibility=Visibility.HIDDEN)
    other = msgspec.structs.replace(hidden, id="double.other")
    papers = [{case.seed for case in cases_of(one, seed=5)} for one in (public, hidden, other)]
    assert not papers[0] & papers[1]
    assert not papers[1] & papers[2]
    assert papers[1] == {case.seed for case in cases_of(hidden, seed=5)}


def test_the_options_that_are_shown_are_those_that_were_used(tiny_assignment):
    entry = EntryPoint("scaled", "x, by=1.0, eps=1e-5", ("out",))
    assignment = msgspec.structs.replace(tiny_assignment, entry_points=(entry,))
    program = LocalProgram({"scaled": lambda x, by=1.0, eps=1e-5: by * x})

    def asks_otherwise(one, case):
        expect(one, out=(one.scaled(case.array("x", 2), by=0.5), np.zeros(2)))

    case = Case({"by": 3.0, "eps": 1e-12, "n": 2}, 0)
    failed = attempt(check(asks_otherwise), Student(assignment, program), [case])
    assert counterexample(failed)["parameters"] == {"by": 0.5, "n": 2}
    assert case.params["eps"] == 1e-12


def test_a_check_with_a_space_has_its_rows_and_examples():
    assert len(cases_of(check(doubles, Space(rows=[{"n": 3}], n=(1, 2, 3, 4, 5, 6, 7, 8, 9))), seed=5)) == 9
