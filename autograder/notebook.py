"""`check`, in both of its places: an author's decorator, and the call in a student's notebook cell."""

from __future__ import annotations

import sys
from typing import Any

from autograder.assignment.declare import declare_check, is_collecting
from autograder.errors import AutograderError


def check(entry_point: str, *, points: float | None = None, **options: Any) -> Any:
    """With `points`: declare the decorated function as a check of `entry_point` (`declare_check` has the options).

    Without: run the public checks of `entry_point` on the cells that the notebook has run, or on the script that it
    stands in, show a table, and return the points earned as a plain float. It raises nothing that a notebook would
    misread. The code runs in a worker under the assignment's limits; this is practice, and not a grade. In a file that
    declares checks, `points` must not be left out: AutograderError says so.

    >>> from autograder import Space, check, expect
    >>> @check("double", points=2, given=Space(n=(1, 2, 3)))
    ... def double_values(student, case):
    ...     "out is twice x."
    ...     x = case.array("x", case.n)
    ...     expect(student, out=(student.double(x), 2 * x))
    """
    if points is not None:
        return declare_check(entry_point, points=points, **options)
    if options or is_collecting():
        raise AutograderError(f"check({entry_point!r}) declares a check only with points=; write what it is worth.")
    from autograder.practice import practise

    return practise(entry_point, sys._getframe(1).f_globals)


def _check_there(entry_point: str) -> Any:
    from autograder.kernel import shell
    from autograder.practice import practise

    return practise(entry_point, shell().user_ns)


if "IPython" in sys.modules:  # a notebook gets `%%check` with `from autograder import check`
    from autograder.kernel import attach

    attach(_check_there)
