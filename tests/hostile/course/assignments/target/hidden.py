"""Cases that nobody may see: the numbers of `HIDDEN_X` are looked for in every report."""

import numpy as np

from autograder import check, expect

SECRET = "secret-of-the-hidden-checks-77ab04d9"
HIDDEN_X = np.array([[271828.1875, -314159.375], [141421.5625, 173205.0625]])


@check("affine_forward", points=1)
def affine_forward_unseen(student, case):
    """Right on further inputs, too."""
    w, b = case.array("w", 2, 3), case.array("b", 3)
    out, _ = student.affine_forward(HIDDEN_X, w, b)
    expect(student, out=(out, HIDDEN_X @ w + b))


@check("affine_backward", points=1, needs=("affine_backward.gradients",))
def affine_backward_cost(student, case):
    """The backward pass costs about as much as the forward pass."""
    x, w, b = case.array("x", 1, 400), case.array("w", 400, 400), case.array("b", 400)
    dout = case.array("dout", 1, 400)
    _, cache = student.affine_forward(x, w, b)
    dx, dw, db = student.affine_backward(dout, cache)
    expect(student, dx=(dx, dout @ w.T), dw=(dw, np.outer(x, dout)), db=(db, dout[0]))


@check("total", points=1)
def total_unseen(student, case):
    """Right on further inputs, too."""
    expect(student, sum=(student.total(HIDDEN_X), HIDDEN_X.sum()))
