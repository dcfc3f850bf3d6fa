"""One check against one submission: what the result says, and what it keeps to itself."""

import dataclasses
import gc
import itertools
import json
import types

import msgspec
import numpy as np
import pytest

from autograder.checks.answers import NotRecorded
from autograder.checks.compare import expect
from autograder.checks.run import cases_of
from autograder.checks.space import Space
from autograder.checks.student import Student
from autograder.diagnosis.replay import read_token
from autograder.errors import CheckFailed, Crashed, GraderFault, TimedOut
from autograder.examine import NOT_RECORDED, Examiner, hidden_message
from autograder.model import Check, Mistake, Verdict, Visibility
from autograder.replay import question
from autograder.sandbox.local import LocalRunner


@pytest.fixture
def results(tiny):
    def run(seed=3, declared=tiny, **functions):
        runner = LocalRunner({**vars(tiny.reference), **functions})
        return {r.check: r for r in Examiner(declared, seed).examine_all(declared.checks, runner)}

    return run


def test_the_reference_passes_everything(results):
    assert {result.verdict for result in results().values()} == {Verdict.PASS}


def test_checks_of_an_entry_point_follow_each_other_hidden_ones_last_in_whatever_order_they_are_declared(tiny):
    class Noting(LocalRunner):
        def start(self, entry_point=None, check=None):
            started.append((check.entry_point, check.visibility))
            return super().start(entry_point, check)

    started = []
    alternating = sorted(tiny.checks, key=lambda check: check.id.partition(".")[2])
    results = Examiner(tiny, 3).examine_all(alternating, Noting(vars(tiny.reference)))
    assert [result.check for result in results] == [check.id for check in alternating]
    assert len(started) == len(tiny.checks) > len(set(started)) > 1
    assert [group for group, _ in itertools.groupby(started)] == list(dict.fromkeys(started))
    assert started == sorted(started, key=lambda one: (started.index((one[0], Visibility.PUBLIC)), one[1] == "hidden"))


def test_a_known_mistake_is_named_on_the_smallest_case(results):
    result = results(double=lambda x: np.asarray(x) ** 2)["double.values"]
    assert (result.verdict, result.points) == (Verdict.FAIL, 0.0)
    assert result.diagnosis.mistake == "squared"
    assert result.counterexample["parameters"] == {"n": 1}
    assert result.replay.startswith("ag1-")


def test_without_shrinking_it_is_named_on_the_case_that_brought_it_out(tiny):
    squared = LocalRunner({**vars(tiny.reference), "double": lambda x: np.asarray(x) ** 2})
    (check,) = (check for check in tiny.checks if check.id == "double.values")
    shown, smallest = (Examiner(tiny, 3, shrink=shrink).examine(check, squared) for shrink in (False, True))
    assert shown.diagnosis == smallest.diagnosis
    cases = cases_of(check, 3)
    asked = [(case.params, case.seed) for case in cases]
    assert (read_token(shown.replay).parameters, read_token(shown.replay).seed) in asked
    assert (read_token(smallest.replay).parameters, read_token(smallest.replay).seed) not in asked


def test_only_failures_of_the_checks_that_are_named_are_explained(tiny):
    squared = LocalRunner({**vars(tiny.reference), "double": lambda x: np.asarray(x) ** 2})
    results = Examiner(tiny, 3, explain={"double.long"}).examine_all(tiny.checks, squared)
    found = {
        result.check: result.diagnosis and result.diagnosis.mistake for result in results if result.verdict == "FAIL"
    }
    assert found == {"double.values": None, "double.long": "squared"}


def test_a_class_shares_the_search_for_its_mistakes(results, tiny):
    calls = []

    def counted(x):
        calls.append(x)
        return np.asarray(x) ** 2

    bank = tuple(
        msgspec.structs.replace(mistake, build=lambda: {"double": counted}) if mistake.name == "squared" else mistake
        for mistake in tiny.mistakes
    )
    declared = dataclasses.replace(tiny, mistakes=bank)
    first = results(seed=41, declared=declared, double=lambda x: np.asarray(x) ** 2)
    searched = len(calls)
    second = results(seed=41, declared=declared, double=lambda x: np.asarray(x) ** 2)
    assert first["double.values"].diagnosis == second["double.values"].diagnosis
    assert second["double.values"].diagnosis.mistake == "squared"
    assert 0 < searched == len(calls)


def test_of_a_submission_that_was_graded_nothing_stays_in_memory(results):
    def alive():
        gc.collect()
        return sum(type(one) is Student for one in gc.get_objects())  # isinstance asks for the class, which may warn

    before = alive()
    assert results(seed=97, double=lambda x: np.asarray(x) ** 2)["double.values"].diagnosis.mistake == "squared"
    assert alive() == before


def test_what_needs_a_failed_check_is_skipped(results):
    result = results(double=lambda x: x)["double.purity"]
    assert (result.verdict, result.points) == (Verdict.SKIPPED, 0.0)
    assert result.message == "Not graded: it counts only once double.values passes."


def test_a_backward_pass_that_nobody_could_ask_is_skipped_and_says_why(results):
    def affine_forward(x, w):
        raise ValueError("no")

    found = results(affine_forward=affine_forward)
    assert found["affine_forward.values"].verdict is Verdict.CRASH
    result = found["affine_backward.gradients"]
    assert (result.verdict, result.points) == (Verdict.SKIPPED, 0.0)
    assert result.message == "Not graded: it calls affine_forward. affine_forward raised ValueError: no."
    assert (result.counterexample, result.replay) == (None, None)


def fussy_forward(x, w):
    """Right, but for the first case, which has three rows."""
    if len(x) == 3:
        raise ValueError("not three")
    return x @ w, (x, w)


def test_a_backward_pass_is_judged_where_its_forward_pass_can_serve(results):
    found = results(affine_forward=fussy_forward)
    assert found["affine_forward.values"].verdict is Verdict.CRASH
    assert (found["affine_backward.gradients"].verdict, found["affine_backward.gradients"].points) == ("PASS", 3.0)


def test_a_wrong_backward_pass_fails_where_its_forward_pass_can_serve(results):
    def affine_backward(dout, cache):
        x, w = cache
        return 2 * (dout @ w.T), x.T @ dout

    result = results(affine_forward=fussy_forward, affine_backward=affine_backward)["affine_backward.gradients"]
    assert (result.verdict, result.diagnosis.mistake) == (Verdict.FAIL, "dx_times_two")
    assert result.counterexample["parameters"]["n"] != 3


def test_a_forward_pass_without_a_cache_is_no_fault_of_the_backward_pass(results):
    found = results(affine_forward=lambda x, w: x @ w)
    assert found["affine_forward.values"].verdict is Verdict.FAIL
    assert found["affine_backward.gradients"].verdict is Verdict.SKIPPED
    assert found["affine_backward.gradients"].message == (
        "Not graded: it calls affine_forward. affine_forward returned one array of shape (3, 4) where (out, cache) is "
        "asked for."
    )


def test_a_hidden_check_that_could_not_be_asked_tells_nothing_of_its_case(results, tiny):
    def affine_forward(x, w):
        raise ValueError(str(x.tolist()))

    hidden = tuple(
        msgspec.structs.replace(check, visibility=Visibility.HIDDEN)
        for check in tiny.checks
        if check.entry_point == "affine_backward"
    )
    declared = dataclasses.replace(tiny, checks=hidden)
    result = results(declared=declared, affine_forward=affine_forward)["affine_backward.gradients"]
    assert result.verdict is Verdict.SKIPPED
    assert result.message == "Not graded: affine_forward, which it calls, fails on a hidden case."


def test_a_backward_pass_is_blamed_for_what_it_does_itself(results):
    def affine_backward(dout, cache):
        raise ValueError("no")

    found = results(affine_backward=affine_backward)["affine_backward.gradients"]
    assert (found.verdict, found.message) == (Verdict.CRASH, "affine_backward raised ValueError: no.")


def test_a_forward_pass_that_is_not_written_leaves_its_backward_pass_missing(results):
    def affine_forward(x, w):
        raise NotImplementedError

    found = results(affine_forward=affine_forward)["affine_backward.gradients"]
    assert (found.verdict, found.message) == (Verdict.MISSING, "affine_forward is not written yet.")


def test_a_hidden_failure_shows_category_and_diagnosis_alone(results):
    result = results(double=lambda x: np.asarray(x) ** 2)["double.long"]
    assert result.visibility is Visibility.HIDDEN
    assert (result.message, result.counterexample) == ("double gives a wrong answer on a hidden case.", None)
    assert result.diagnosis.mistake == "squared"


def test_a_hidden_crash_does_not_carry_the_exceptions_text(results):
    def double(x):
        if len(x) > 3:
            raise ValueError(str(x.tolist()))
        return 2 * x

    result = results(double=double)["double.long"]
    assert result.verdict is Verdict.CRASH
    assert result.message == "double raises an exception or ends the program on a hidden case."
    assert result.diagnosis is None
    assert "[" not in json.dumps(msgspec.to_builtins(result))


def test_an_unknown_mistake_gets_a_generic_name(results):
    result = results(affine_backward=lambda dout, cache: (-(dout @ cache[1].T), cache[0].T @ dout))
    assert result["affine_backward.gradients"].diagnosis.mistake.startswith("generic:")


def test_a_broken_check_costs_nobody_points_and_is_flagged(results, tiny):
    def broken(student, case):
        raise ZeroDivisionError("oops")

    checks = tuple(
        msgspec.structs.replace(check, run=broken) for check in tiny.checks if check.id.startswith("double.")
    )
    found = results(declared=dataclasses.replace(tiny, checks=checks))
    assert found["double.values"].verdict is Verdict.GRADER_ERROR
    assert "ZeroDivisionError" in found["double.values"].message
    assert found["double.long"].message == "The grader failed on a hidden check of double; no points are lost."


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.CRASH, Verdict.TIMEOUT, Verdict.MEMORY])
def test_hidden_messages_are_sentences(tiny, verdict):
    assert hidden_message(tiny.checks[0], verdict).startswith("double ")
    assert hidden_message(tiny.checks[0], verdict).endswith(" on a hidden case.")


def test_faults_carry_their_verdicts():
    assert Crashed("x").verdict is Verdict.CRASH
    assert CheckFailed("x").verdict is Verdict.FAIL
    assert not hasattr(GraderFault("x"), "verdict")


# ── what is said holds on the case that is shown ───────────────────────────────────────────────


def transposed(dout, cache):
    """Wrong for every shape but one row or column."""
    x, w = cache
    dx, dw = dout @ w.T, x.T @ dout
    return (dx if min(dx.shape) == 1 else dx[::-1]), dw


def test_the_sentence_the_numbers_and_the_case_are_of_one_case(results):
    result = results(affine_backward=transposed)["affine_backward.gradients"]
    case = result.counterexample
    assert result.diagnosis.says == "dx is back to front along axis 0."
    assert case["parameters"]["n"] == 2  # a row alone cannot be back to front
    assert str(case["worst_index"]) in result.message


def test_a_mistake_that_is_named_fails_the_case_that_is_shown(results):
    """With x = 2 squaring is doubling: a case on which the named mistake is right must not be shown for it."""

    def squared_or_nothing(x):
        return np.asarray(x) ** 2

    result = results(double=squared_or_nothing)["double.values"]
    assert result.diagnosis.mistake == "squared"
    (x,) = result.counterexample["arguments"]["x"]
    assert result.counterexample["actual"] == pytest.approx(x**2)


def test_a_failure_does_not_shrink_to_another(results):
    def affine_backward(dout, cache):
        x, w = cache
        if len(x) == 1:
            return dout @ w.T, np.zeros(3)  # another mistake, of dw
        return 3.3 * (dout @ w.T), x.T @ dout

    result = results(affine_backward=affine_backward)["affine_backward.gradients"]
    assert result.message.startswith("dx is wrong at")
    assert result.counterexample["parameters"]["n"] == 2


def test_a_crash_does_not_shrink_to_another(results):
    def affine_backward(dout, cache):
        x, _ = cache
        if len(x) == 1:
            raise KeyError("another")
        raise ValueError(f"no rows: {len(x)}")

    result = results(affine_backward=affine_backward)["affine_backward.gradients"]
    assert result.verdict is Verdict.CRASH
    assert result.message == "affine_backward raised ValueError: no rows: 2."


def test_the_reference_passes_the_case_that_is_shown(results, tiny):
    """The check asks for twice x, and the reference is wrong for one number; that case proves nothing."""
    right = types.SimpleNamespace(**{**vars(tiny.reference), "double": lambda x: (2.0 if len(x) > 1 else 3.0) * x})
    (check,) = (c for c in tiny.checks if c.id == "double.values")
    fresh = (msgspec.structs.replace(check, strategy=Space(rows=[{"n": 3}], n=(1, 2, 3)), examples=0),)
    declared = dataclasses.replace(tiny, checks=fresh, reference=right)
    result = results(declared=declared, double=lambda x: 5.0 * x)["double.values"]
    assert result.verdict is Verdict.FAIL
    assert result.counterexample["parameters"] == {"n": 2}


def test_a_check_that_fails_the_reference_is_broken_and_costs_nobody_points(results, tiny):
    def impossible(student, case):
        raise CheckFailed("double is wrong.")

    checks = tuple(msgspec.structs.replace(c, run=impossible) for c in tiny.checks if c.id == "double.values")
    found = results(declared=dataclasses.replace(tiny, checks=checks))["double.values"]
    assert found.verdict is Verdict.GRADER_ERROR
    assert found.message.startswith("check double.values fails the reference, too, on ")


# ── a name is given only to what explains everything ───────────────────────────────────────────

SQUARES = Mistake("squared", "double", ("double.three", "double.more"), "You square x.", lambda: {"double": np.square})


def test_a_mistake_that_another_check_speaks_against_is_not_named(results, tiny):
    """On the first check's one number squaring and tripling agree; on the second they do not."""

    def asks(*numbers):
        def run(student, case):
            x = case.given("x", np.array(numbers))
            expect(student, out=(student.double(x), 2 * x))

        return run

    first, second = (
        Check(f"double.{name}", "double", 1.0, "Twice.", Visibility.PUBLIC, asks(*numbers))
        for name, numbers in (("three", (3.0,)), ("more", (5.1234567, 7.7654321)))
    )
    declared = dataclasses.replace(tiny, checks=(first, second), mistakes=(SQUARES,))
    tripled = results(declared=declared, double=lambda x: 3.0 * x)
    assert [r.diagnosis and r.diagnosis.mistake for r in tripled.values()] == [None, "generic:factor"]
    squared = results(declared=declared, double=lambda x: x**2)
    assert [r.diagnosis.mistake for r in squared.values()] == ["squared", "squared"]


def test_a_crash_is_named_when_a_listed_mistake_raises_the_same(results, tiny):
    beyond = Mistake(
        "beyond", "double", ("double.values",), "You go one too far.", lambda: {"double": lambda x: x[len(x)] + x}
    )
    declared = dataclasses.replace(tiny, mistakes=(beyond,))
    named = results(declared=declared, double=lambda x: np.array([x[i] + x[i] for i in range(len(x) + 1)]))
    assert (named["double.values"].verdict, named["double.values"].diagnosis.mistake) == (Verdict.CRASH, "beyond")
    other = results(declared=declared, double=lambda x: x[7] + x)["double.values"]
    assert (other.verdict, other.diagnosis) == (Verdict.CRASH, None)


# ── hidden checks, and what no check can judge ─────────────────────────────────────────────────


def test_a_hidden_check_says_nothing_that_depends_on_its_numbers(results):
    """A right answer plus one number of the input was read back by the generic diagnosis."""
    result = results(double=lambda x: 2 * np.asarray(x) + x[0])["double.long"]
    assert (result.verdict, result.diagnosis, result.counterexample) == (Verdict.FAIL, None, None)
    assert result.message == "double gives a wrong answer on a hidden case."


def test_a_check_that_waits_for_a_hidden_one_does_not_name_it(results, tiny):
    checks = tuple(
        msgspec.structs.replace(c, needs=("double.long",)) if c.id == "double.purity" else c for c in tiny.checks
    )
    found = results(declared=dataclasses.replace(tiny, checks=checks), double=lambda x: x)["double.purity"]
    assert found.message == "Not graded: it counts only once a hidden check passes."


def test_an_answer_that_breaks_the_check_is_the_students_failure(results, tiny):
    def careless(student, case):
        if student.double(np.ones(3))["out"] is None:
            raise CheckFailed("double is wrong.")

    checks = tuple(msgspec.structs.replace(c, run=careless) for c in tiny.checks if c.id == "double.values")
    reference = types.SimpleNamespace(**{**vars(tiny.reference), "double": lambda x: {"out": x}})
    declared = dataclasses.replace(tiny, checks=checks, reference=reference)
    found = results(declared=declared, double=lambda x: None)["double.values"]
    assert (found.verdict, found.message) == (Verdict.FAIL, "double returned what cannot be judged: None.")


def test_the_token_of_a_failure_asks_the_reference_what_it_passes(results, tiny):
    """What `prove` claims of every public failure of every mistake."""
    found = results(double=lambda x: 3.0 * np.asarray(x))["double.values"]
    alone = question(tiny, read_token(found.replay))
    asked = Examiner(tiny, 0, explain=False)
    assert asked.examine(alone, LocalRunner(vars(tiny.reference))).verdict is Verdict.PASS
    assert asked.examine(alone, LocalRunner({"double": lambda x: 3.0 * np.asarray(x)})).verdict is Verdict.FAIL


def test_a_load_that_fails_for_one_entry_point_costs_that_one_alone(tiny):
    class Runner(LocalRunner):
        def fault(self, entry_point):
            if entry_point == "double":
                raise TimedOut("The load of what double needs took too long.")
            return super().fault(entry_point)

    results = Examiner(tiny, 0).examine_all(tiny.checks, Runner(vars(tiny.reference)))
    told = {(r.entry_point, r.verdict, r.message) for r in results if r.entry_point == "double"}
    assert told == {("double", Verdict.TIMEOUT, "The load of what double needs took too long.")}
    assert {r.verdict for r in results if r.entry_point != "double"} == {Verdict.PASS}


def test_an_answer_that_a_bundle_does_not_hold_is_judged_when_it_is_graded(results, tiny):
    """It is neither the student's fault nor a broken course, and the checks beside it are judged as ever."""

    def asks(student, case):
        x = case.array("x", case.n)
        if not np.array_equal(student.double(x), 2 * x):
            raise NotRecorded("the bundle holds no answer of affine for this case")

    checks = tuple(
        msgspec.structs.replace(check, run=asks) if check.id == "double.values" else check for check in tiny.checks
    )
    declared = dataclasses.replace(tiny, checks=checks)
    assert {result.verdict for result in results(declared=declared).values()} == {Verdict.PASS}
    met = results(declared=declared, double=lambda x: 3 * x)
    assert (met["double.values"].verdict, met["double.values"].message) == (Verdict.SKIPPED, NOT_RECORDED)
    assert met["double.purity"].verdict is Verdict.SKIPPED
    assert met["affine_forward.values"].verdict is Verdict.PASS


def test_a_failure_that_the_record_cannot_explain_stands(results, tiny, monkeypatch):
    def unanswered(self, check, case):
        raise NotRecorded("the bundle holds no answer of affine for this case")

    monkeypatch.setattr("autograder.explain.Explainer.reference_passes", unanswered)
    result = results(double=lambda x: 3 * x)["double.values"]
    assert (result.verdict, result.diagnosis) == (Verdict.FAIL, None)
    assert result.message.startswith("out is wrong at")
