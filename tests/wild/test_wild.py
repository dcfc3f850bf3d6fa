"""Honest work in every shape that students hand in: it earns its points, or the report says what is in the way."""

from __future__ import annotations

import pytest
from wild_cases import cases, shortfall

from autograder.model import Level
from autograder.pipeline import Grading
from autograder.sandbox.isolation import choose


@pytest.fixture(scope="module")
def grading(tiny):
    return Grading(tiny, 7, choose(None, at_least=Level.PROCESS), tiny.checks)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.kind.replace(" ", "-"))
def test_a_case_from_the_wild_holds(case, grading, tmp_path):
    assert shortfall(case, grading, tmp_path) == ""
