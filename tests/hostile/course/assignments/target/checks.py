"""What is asked of the target: few cases, so that a hundred attacks are graded in a minute or two."""

import numpy as np

from autograder import CheckFailed, Space, check, expect, expect_consistent

SECRET = "secret-of-the-checks-5c1fe0a2"

SPACE = Space(rows=[{"n": 4, "d": 3, "m": 5}], n=(1, 2), d=(1, 3), m=(2, 4))


def layer(case):
    return case.array("x", case.n, case.d), case.array("w", case.d, case.m), case.array("b", case.m)


@check("affine_forward", points=2, given=SPACE, examples=2)
def affine_forward_values(student, case):
    """out is x @ w + b."""
    x, w, b = layer(case)
    out, _ = student.affine_forward(x, w, b)
    expect(student, out=(out, x @ w + b))


@check("affine_forward", points=1, given=SPACE, examples=1, needs=("affine_forward.values",))
def affine_forward_pure(student, case):
    """x, w and b are left as they were."""
    arguments = layer(case)
    for name, before, after in zip(
        "xwb", arguments, student.arguments_after("affine_forward", *arguments), strict=True
    ):
        if not (isinstance(after, np.ndarray) and np.array_equal(before, after)):
            raise CheckFailed(f"affine_forward changes its argument {name}.", tensor=name)


@check("affine_forward", points=1, given=SPACE, examples=1, needs=("affine_forward.values",))
def affine_forward_repeats(student, case):
    """The same input gives the same output, and a later call leaves an earlier output alone."""
    x, w, b = layer(case)
    first, _ = student.affine_forward(x, w, b)
    (again, _), _ = student.each("affine_forward", [(x, w, b), (-2 * x, w, b)])
    expect(student, out=(first, x @ w + b))
    expect(student, out=(again, x @ w + b))


@check("affine_backward", points=3, given=SPACE, examples=2)
def affine_backward_gradients(student, case):
    """dx, dw and db are the gradients for any dout."""
    x, w, b = layer(case)
    dout = case.array("dout", case.n, case.m)
    _, cache = student.affine_forward(x, w, b)
    dx, dw, db = student.affine_backward(dout, cache)
    expect(student, dx=(dx, dout @ w.T), dw=(dw, x.T @ dout), db=(db, dout.sum(0)))


@check("affine_backward", points=1, given=SPACE, examples=1)
def affine_backward_consistent(student, case):
    """The gradients are those of your own affine_forward."""
    expect_consistent(student, "affine_forward", "affine_backward", layer(case), ("dx", "dw", "db"), case.seed)


@check("total", points=1, given=SPACE, examples=1)
def total_values(student, case):
    """total(x) is the sum of all elements."""
    x = case.array("x", case.n, case.d)
    expect(student, sum=(student.total(x), x.sum()))
