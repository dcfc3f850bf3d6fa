"""Points: only PASS pays."""

from __future__ import annotations

import pytest

from autograder.model import CheckResult, Verdict, Visibility
from autograder.score import grader_failed, points, total


def result(verdict: Verdict, worth: float) -> CheckResult:
    return CheckResult("f.values", "f", Visibility.PUBLIC, verdict, points(verdict, worth), worth)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_only_a_pass_pays(verdict):
    assert points(verdict, 2.5) == (2.5 if verdict is Verdict.PASS else 0.0)


def test_the_total_is_a_plain_sum_without_the_dust_of_binary_fractions():
    results = [result(Verdict.PASS, 0.1)] * 3 + [result(Verdict.FAIL, 0.7)]
    assert total(results) == (0.3, 1.0)


def test_nothing_asked_is_nothing_earned():
    assert total([]) == (0.0, 0.0)


def test_a_broken_grader_is_noticed_among_others():
    assert grader_failed(iter([result(Verdict.PASS, 1), result(Verdict.GRADER_ERROR, 1)]))
    assert not grader_failed([result(verdict, 1) for verdict in Verdict if verdict is not Verdict.GRADER_ERROR])
