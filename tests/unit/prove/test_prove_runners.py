"""Functions in the place of a submission: what checks of an entry point share, and which functions a check calls."""

import dataclasses

import msgspec
import numpy as np

from autograder.checks.student import Student
from autograder.examine import Examiner
from autograder.model import Variant
from autograder.prove.prove import Options, _results, prove, warm_up
from autograder.prove.runners import NotingRunner
from autograder.sandbox.local import LocalRunner
from autograder.wire import Call


def test_checks_of_an_entry_point_share_an_answer_and_those_of_two_do_not(tiny):
    runner, asked = LocalRunner({}), []
    known = {check.id: check for check in tiny.checks}

    def ask(check, key="x"):
        with runner.start(check=known.get(check)) as program:
            return Student(tiny.assignment, program).once(key, lambda: asked.append(key) or np.zeros(2)).shape

    assert [ask(check) for check in ("double.values", "double.long", "affine_forward.values", "", "")] == [(2,)] * 5
    assert len(asked) == 4
    ask("double.values", "y")
    assert len(asked) == 5


def test_what_runs_in_the_place_of_a_submission_computes_in_double_precision():
    for runner in (LocalRunner, NotingRunner):
        with runner({"f": lambda x: x.dtype.name}).start() as program:
            assert program.calls([Call("f", (np.zeros(1),))]) == ["float64"]


def test_the_functions_that_each_check_calls_are_noted(tiny):
    assert warm_up(tiny, 0) == {
        "double.values": {"double"},
        "double.purity": {"double"},
        "double.long": {"double"},
        "affine_forward.values": {"affine_forward"},
        "affine_backward.gradients": {"affine_forward", "affine_backward"},
    }


def test_a_variant_is_asked_by_every_check_that_calls_it_and_by_no_other(tiny, monkeypatch):
    asked = []
    examine_all = Examiner.examine_all

    def noted(self, checks, runner):
        asked.append({check.id for check in checks})
        return examine_all(self, checks, runner)

    monkeypatch.setattr(Examiner, "examine_all", noted)
    monkeypatch.setattr("autograder.prove.prove._template", lambda declared: ())  # its reference is not for release
    monkeypatch.setattr("autograder.prove.prove.in_forks", lambda items, run, **_: [(i, run(i), "done") for i in items])

    def forward(wrong):
        return lambda x, w: (x @ w, (x, w * (2.0 if wrong else 1.0)))

    for wrong in (False, True):
        variants = (Variant("other", "it says the same", lambda wrong=wrong: {"affine_forward": forward(wrong)}),)
        findings = prove(dataclasses.replace(tiny, variants=variants), Options())
        (finding,) = [finding for finding in findings if finding.claim == "the variant scores full"]
        assert finding.holds != wrong, "a cache that spoils the gradients of another function is found"
    assert {"affine_forward.values", "affine_backward.gradients"} in asked


def test_a_mistake_is_asked_once_and_a_mistake_that_is_shrunk_is_asked_anew(tiny):
    calls = []

    def squared(x):
        calls.append(x)
        return x**2

    (listed,) = [mistake for mistake in tiny.mistakes if mistake.name == "squared"]
    wrong = msgspec.structs.replace(listed, build=lambda: {"double": squared})
    declared = dataclasses.replace(tiny, mistakes=(wrong,))
    asked = []
    for shrink in (True, False):
        calls.clear()
        for check in tiny.checks:  # what is known of a case is forgotten
            if check.strategy is not None:
                check.strategy.cases.cache_clear()
        results = _results(declared, wrong, Options(), shrink)
        asked.append(len(calls))
        found = {check: named for check, verdict, named, _ in results if verdict == "FAIL"}
        assert wrong.caught_by == ("double.values",)
        assert found.items() >= {"double.values": "squared"}.items()
        assert ("double.long" in found) == shrink, "other checks are asked where it is shrunk"
        assert all(fair for *_, fair in results)
    assert asked[1] < asked[0]
    assert asked[1] == 1
