"""`check` as a decorator says when its points are missing, and does not run the notebook's check instead."""

from __future__ import annotations

import pytest

from autograder.assignment.declare import collecting
from autograder.errors import AutograderError
from autograder.notebook import check

SAYS = r"^check\('double'\) declares a check only with points=; write what it is worth\.$"


def test_a_declaration_without_points_is_refused_where_checks_are_declared():
    with collecting() as declared, pytest.raises(AutograderError, match=SAYS):

        @check("double")
        def double_values(student, case):
            """Doubles."""

    assert declared == []


def test_options_of_a_declaration_need_points_too():
    with pytest.raises(AutograderError, match=SAYS):
        check("double", examples=3)


def test_with_points_it_declares():
    with collecting() as declared:

        @check("double", points=2)
        def double_values(student, case):
            """Doubles."""

    assert [one.points for _, one in declared] == [2.0]
    assert double_values(None, None) is None
