"""What is asked of a regularization submission. A docstring, or the sentence beside the points, is what the student
reads.

What is random is judged by exact properties first: what is kept is scaled exactly, the backward pass drops what the
forward pass dropped, exactly so many labels are drawn. Rates are judged by a law whose false alarms are bounded by 1e-9
(see `expect_rate`), never against the numbers of one way to draw them."""

import numpy as np

from autograder import (
    CheckFailed,
    check,
    expect,
    expect_drawn_anew,
    expect_rate,
    expect_repeatable,
    expect_seeded,
    expect_shape,
    expect_unmodified,
)

from . import formulas
from .cases import (
    ABOVE,
    AT,
    BELOW,
    CONNECT,
    COUNTS,
    CROWD,
    CURVES,
    DEFICIENT,
    DROPOUT,
    FEW,
    MANY,
    MANY_WEIGHTS,
    MODELS,
    NEARLY_WHOLE,
    NETS,
    OLD,
    PENALTIES,
    SHRINKS,
    SIZES,
    SMALL,
    TALL,
    connected,
    crowd,
    curve,
    deficient,
    dropped_out,
    expect_both,
    expect_kept,
    expect_masked,
    layer,
    lowest_first,
    points,
    real,
    right,
    seeds,
    shown_mask,
    sized,
    sorted_numbers,
    subgradient,
    tall,
    whole_labels,
    with_zeros,
)

TRAINING = {"training": True}

# ── penalties ──────────────────────────────────────────────────────────────────────────────────


@check("l2_penalty", points=1.5, given=PENALTIES, examples=3)
def l2_penalty_value(student, case):
    """The value is λ times the sum of the squares of w, without a ½."""
    w = case.array("w", *case.shape)
    value, _ = student.l2_penalty(w, case.lam)
    expect(student, value=(value, right(case, formulas.l2_penalty, (w, case.lam))[0]))


@check("l2_penalty", points=2, given=PENALTIES, examples=3)
def l2_penalty_gradient(student, case):
    """The gradient is 2λw."""
    w = case.array("w", *case.shape)
    _, gradient = student.l2_penalty(w, case.lam)
    expect(student, gradient=(gradient, right(case, formulas.l2_penalty, (w, case.lam))[1]))


@check("l2_penalty", points=0.5)
def l2_penalty_known_answer(student, case):
    """w = (3, -4) at λ = 0.1 costs 2.5, and the gradient is (0.6, -0.8)."""
    value, gradient = student.l2_penalty(case.given("w", np.array([3.0, -4.0])), 0.1)
    expect(student, value=(value, 2.5), gradient=(gradient, [0.6, -0.8]))


@check("l1_penalty", points=1.5, given=PENALTIES, examples=3)
def l1_penalty_value(student, case):
    """The value is λ times the sum of the absolute values of w."""
    w = case.array("w", *case.shape)
    value, _ = student.l1_penalty(w, case.lam)
    expect(student, value=(value, right(case, formulas.l1_penalty, (w, case.lam))[0]))


@check("l1_penalty", points=2, given=PENALTIES, examples=3)
def l1_penalty_gradient(student, case):
    """The gradient is λ where a weight is positive, and -λ where it is negative."""
    w = case.array("w", *case.shape)
    _, gradient = student.l1_penalty(w, case.lam)
    expect(student, gradient=(gradient, right(case, formulas.l1_penalty, (w, case.lam))[1]))


@check("l1_penalty", points=0.5)
def l1_penalty_known_answer(student, case):
    """w = (3, -4) at λ = 0.1 costs 0.7, and the gradient is (0.1, -0.1)."""
    value, gradient = student.l1_penalty(case.given("w", np.array([3.0, -4.0])), 0.1)
    expect(student, value=(value, 0.7), gradient=(gradient, [0.1, -0.1]))


@check("l1_penalty", points=1, needs=("l1_penalty.gradient",))
def l1_penalty_zeros(student, case):
    """Where a weight is 0, the gradient is any number from -λ to λ; the value is as elsewhere."""
    w = with_zeros(case)
    value, gradient = student.l1_penalty(w, 0.6)
    expect(student, value=(value, 1.65))
    expect(student, gradient=(gradient, subgradient(gradient, w, 0.6 * np.sign(w), 0.6)))


@check("elastic_net", points=1.5, given=NETS, examples=3)
def elastic_net_value(student, case):
    """The value is λ (ratio Σ |w| + ½ (1 - ratio) Σ w²)."""
    arguments = case.array("w", *case.shape), case.lam, case.ratio
    value, _ = student.elastic_net(*arguments)
    expect(student, value=(value, right(case, formulas.elastic_net, arguments)[0]))


@check("elastic_net", points=1.5, given=NETS, examples=3)
def elastic_net_gradient(student, case):
    """The gradient is λ (ratio · sign(w) + (1 - ratio) w)."""
    arguments = case.array("w", *case.shape), case.lam, case.ratio
    _, gradient = student.elastic_net(*arguments)
    expect(student, gradient=(gradient, right(case, formulas.elastic_net, arguments)[1]))


@check("elastic_net", points=1)
def elastic_net_ends(student, case):
    """At ratio 1 it is λ Σ |w|, at ratio 0 it is ½ λ Σ w²: w = (3, -4) at λ = 0.2 costs 1.4 and 2.5."""
    w = case.given("w", np.array([3.0, -4.0]))
    for ratio, right_value, right_gradient in ((1.0, 1.4, [0.2, -0.2]), (0.0, 2.5, [0.6, -0.8])):
        value, gradient = student.elastic_net(w, 0.2, ratio)
        expect(student, value=(value, right_value), gradient=(gradient, right_gradient))


@check("elastic_net", points=0.5, needs=("elastic_net.gradient",))
def elastic_net_zeros(student, case):
    """Where a weight is 0, the gradient is any number from -λ · ratio to λ · ratio."""
    w = with_zeros(case)
    _, gradient = student.elastic_net(w, 0.6, 0.5)
    expect(student, gradient=(gradient, subgradient(gradient, w, 0.3 * np.sign(w) + 0.3 * w, 0.3)))


def shapes_of(name, options):
    """Whether value and gradient have exactly the right shapes."""

    def shapes(student, case):
        w = case.array("w", *case.shape)
        value, gradient = getattr(student, name)(w, case.lam, *options)
        expect_shape(value=(value, ()), gradient=(gradient, w.shape))

    return shapes


def pure_of(name, options):
    """Whether the weights are left alone."""

    def pure(student, case):
        extra = {"ratio": options[0]} if options else {}
        expect_unmodified(student, name, w=case.array("w", *case.shape), lam=case.lam, **extra)

    return pure


for penalty, more in (("l2_penalty", ()), ("l1_penalty", ()), ("elastic_net", (0.7,))):
    asked = {"given": PENALTIES, "points": 0.5}
    told = "The value is a single number, and the gradient has exactly w's shape."
    needed = (f"{penalty}.gradient",)
    check(penalty, **asked, name="shapes", examples=1, needs=needed, sentence=told)(shapes_of(penalty, more))
    needed = (f"{penalty}.value",)
    check(penalty, **asked, name="pure", examples=0, needs=needed, sentence="w is left as it was.")(
        pure_of(penalty, more)
    )


@check("soft_threshold", points=2.5, given=SHRINKS, examples=3)
def soft_threshold_values(student, case):
    """Each number moves towards 0 by t, and no farther than 0."""
    w = case.array("w", *case.shape)
    expect(student, v=(student.soft_threshold(w, case.t), formulas.soft_threshold(w, case.t)))


@check("soft_threshold", points=1)
def soft_threshold_known_answer(student, case):
    """(3, -0.5, -2, 1) with t = 1 becomes (2, 0, -1, 0); with t = 0 it stays as it is."""
    w = case.given("w", np.array([3.0, -0.5, -2.0, 1.0]))
    expect(student, v=(student.soft_threshold(w, 1.0), [2.0, 0.0, -1.0, 0.0]))
    expect(student, v=(student.soft_threshold(w, 0.0), w))


@check("soft_threshold", points=1, needs=("soft_threshold.values",))
def soft_threshold_zeros(student, case):
    """What is no farther from 0 than t becomes exactly 0."""
    # eighths, so that no formula rounds
    w = case.given("w", np.array([0.375, -0.375, 0.25, -0.125, 0.0, 2.0]))
    v = student.soft_threshold(w, 0.375)
    expect(student, v=(v, [0.0, 0.0, 0.0, 0.0, 0.0, 1.625]))
    for i, number in enumerate(sized("v", v, (6,))[:5]):
        if not number == 0:
            raise CheckFailed(f"v is {number:g} at [{i}]; it must be exactly 0.", tensor="v")


@check("soft_threshold", points=0.5, given=SHRINKS, examples=1, needs=("soft_threshold.values",))
def soft_threshold_shape(student, case):
    """v has exactly w's shape."""
    expect_shape(v=(student.soft_threshold(case.array("w", *case.shape), case.t), case.shape))


@check("soft_threshold", points=0.5, given=SHRINKS, examples=0, needs=("soft_threshold.values",))
def soft_threshold_pure(student, case):
    """w is left as it was."""
    expect_unmodified(student, "soft_threshold", w=case.array("w", *case.shape), t=case.t)


# ── ridge ──────────────────────────────────────────────────────────────────────────────────────


@check("ridge", points=3, given=TALL, examples=4)
def ridge_values(student, case):
    """x is (AᵀA + α²I)⁻¹ Aᵀb."""
    A, b = tall(case)
    expect(student, x=(student.ridge(A, b, case.alpha), formulas.ridge(A, b, case.alpha)))


@check("ridge", points=2, given=DEFICIENT, examples=1)
def ridge_rank_deficient(student, case):
    """It is right where the columns of A are not independent, too: α² makes the matrix invertible."""
    A, b = deficient(case)
    expect(student, x=(student.ridge(A, b, case.alpha), formulas.ridge(A, b, case.alpha)))


@check("ridge", points=1)
def ridge_known_answer(student, case):
    """A = diag(1, 2) and b = (10, 13) with α = 3 gives x = (1, 2): it is α² that stands beside 1 and 4."""
    A, b = case.given("A", np.diag([1.0, 2.0])), case.given("b", np.array([10.0, 13.0]))
    expect(student, x=(student.ridge(A, b, 3.0), [1.0, 2.0]))


@check("ridge", points=0.5, given=SIZES, examples=0, needs=("ridge.values",))
def ridge_shape(student, case):
    """x has exactly the shape (D,)."""
    expect_shape(x=(student.ridge(*tall(case), case.alpha), (case.d,)))


@check("ridge", points=0.5, given=TALL, examples=0, needs=("ridge.values",))
def ridge_pure(student, case):
    """A and b are left as they were."""
    A, b = tall(case)
    expect_unmodified(student, "ridge", A=A, b=b, alpha=case.alpha)


@check("tikhonov_eigenvalues", points=2.5, given=TALL, examples=3)
def tikhonov_eigenvalues_values(student, case):
    """The eigenvalues are 1 / (λ + α²), with the eigenvalues λ of AᵀA."""
    A, _ = tall(case)
    found = sorted_numbers(student.tikhonov_eigenvalues(A, case.alpha), case.d)
    expect(student, eigenvalues=(found, formulas.tikhonov_eigenvalues(A, case.alpha)))


@check("tikhonov_eigenvalues", points=1.5, given=DEFICIENT, examples=1)
def tikhonov_eigenvalues_rank_deficient(student, case):
    """There is one for each column of A: λ = 0 gives 1 / α²."""
    A, _ = deficient(case)
    found = sorted_numbers(student.tikhonov_eigenvalues(A, case.alpha), case.d)
    expect(student, eigenvalues=(found, formulas.tikhonov_eigenvalues(A, case.alpha)))


@check("tikhonov_eigenvalues", points=1)
def tikhonov_eigenvalues_known_answer(student, case):
    """A = diag(1, 2) with α = 3 gives 1/13 and 1/10."""
    found = sorted_numbers(student.tikhonov_eigenvalues(case.given("A", np.diag([1.0, 2.0])), 3.0), 2)
    expect(student, eigenvalues=(found, [1 / 13, 1 / 10]))


@check("tikhonov_eigenvalues", points=0.5, needs=("tikhonov_eigenvalues.known_answer",))
def tikhonov_eigenvalues_order(student, case):
    """The eigenvalues are in ascending order."""
    found = real(student.tikhonov_eigenvalues(case.given("A", np.diag([3.0, 1.0, 2.0])), 2.0))
    expect(student, eigenvalues=(found, [1 / 13, 1 / 8, 1 / 5]))


@check("tikhonov_eigenvalues", points=0.5, given=SIZES, examples=0, needs=("tikhonov_eigenvalues.values",))
def tikhonov_eigenvalues_shape(student, case):
    """They have exactly the shape (D,)."""
    found = real(student.tikhonov_eigenvalues(tall(case)[0], case.alpha))
    expect_shape(eigenvalues=(found, (case.d,)))


@check("tikhonov_eigenvalues", points=0.5, given=TALL, examples=0, needs=("tikhonov_eigenvalues.values",))
def tikhonov_eigenvalues_pure(student, case):
    """A is left as it was."""
    expect_unmodified(student, "tikhonov_eigenvalues", A=tall(case)[0], alpha=case.alpha)


# ── dropout ────────────────────────────────────────────────────────────────────────────────────


@check("dropout_forward", points=3.5, given=DROPOUT, examples=2)
def dropout_forward_values(student, case):
    """Each number of out is 0, or that of x divided by 1 - p."""
    x = case.array("x", *case.shape)
    out, _ = dropped_out(student, case, **TRAINING)
    expect_kept(student, "out", out, case.once("kept", lambda: formulas.kept(x, case.p)), case.p)


@check("dropout_forward", points=2, given=MANY, examples=0)
def dropout_forward_rate(student, case):
    """Numbers are dropped with probability p."""
    out, _ = dropped_out(student, case, **TRAINING)
    expect_rate("dropped numbers", int((out == 0).sum()), out.size, case.p, drop_slips(case.p))


def drop_slips(p):
    """Chances to be dropped that a mistake would give."""
    return {"1 - p, so p is the chance to be kept": 1 - p, "½, whatever p is": 0.5, "p²": p * p}


@check("dropout_forward", points=1)
def dropout_forward_alone(student, case):
    """Each number is dropped on its own: not rows, not columns, and not a fixed part of all."""
    x = case.array("x", 40, 30)
    out, _ = student.dropout_forward(x, 0.5, case.generator(), training=True)
    expect_drawn_anew("the mask", np.where(sized("out", out, x.shape) == 0, 1.0, -1.0))
    single = case.array("single", 1)
    found = student.each("dropout_forward", [(single, 0.5, rng) for rng in seeds(case, 100)], training=True)
    dropped = sum(bool(sized("out", out, (1,))[0] == 0) for out, _ in found)
    expect_rate("calls that drop a single number", dropped, len(found), 0.5)


@check("dropout_forward", points=1, given=FEW, examples=1, needs=("dropout_forward.alone",))
def dropout_forward_evaluation(student, case):
    """With training=False, out is x."""
    x = case.array("x", *case.shape)
    out, _ = student.dropout_forward(x, case.p, case.generator(), training=False)
    expect(student, out=(out, x))


@check("dropout_forward", points=0.5, given=DROPOUT, examples=0, needs=("dropout_forward.alone",))
def dropout_forward_p_zero(student, case):
    """At p = 0, out is x."""
    x = case.array("x", *case.shape)
    out, _ = student.dropout_forward(x, 0.0, case.generator(), training=True)
    expect(student, out=(out, x))


@check("dropout_forward", points=0.5, given=DROPOUT, examples=0, needs=("dropout_forward.alone",))
def dropout_forward_default(student, case):
    """training is True if it is not given."""
    out, _ = dropped_out(student, case)
    expect_both("out", out != 0, case.p, "has no zeros", "is zero everywhere")


@check("dropout_forward", points=1)
def dropout_forward_seeded(student, case):
    """The same seed drops the same numbers, another seed drops others: all randomness comes from rng."""
    x, (one, other) = case.array("x", 12, 10), seeds(case, 2)
    found = student.each("dropout_forward", [(x, 0.5, rng) for rng in (one, one, other)], training=True)
    expect_seeded("out", *(sized("out", out, x.shape) for out, _ in found))


@check("dropout_forward", points=0.5, given=FEW, examples=1, needs=("dropout_forward.alone",))
def dropout_forward_shape(student, case):
    """out has exactly x's shape."""
    out, _ = student.dropout_forward(case.array("x", *case.shape), case.p, case.generator(), training=True)
    expect_shape(out=(out, case.shape))


@check("dropout_forward", points=0.5, given=FEW, examples=0, needs=("dropout_forward.alone",))
def dropout_forward_pure(student, case):
    """x is left as it was."""
    x = case.array("x", *case.shape)
    expect_unmodified(student, "dropout_forward", TRAINING, x=x, p=case.p, rng=case.generator())


def pulled(student, case):
    """out and dx of the student's dropout in training, in x's shape, and what dx is where nothing is dropped."""
    out, cache = dropped_out(student, case, **TRAINING)
    dout = case.array("dout", *case.shape)
    dx = sized("dx", student.dropout_backward(dout, cache), case.shape)
    return out, dx, case.once("dout kept", lambda: formulas.kept(dout, case.p))


@check("dropout_backward", points=4, given=DROPOUT, examples=2)
def dropout_backward_gradients(student, case):
    """Each number of dx is 0, or that of dout divided by 1 - p."""
    _, dx, whole = pulled(student, case)
    expect_kept(student, "dx", dx, whole, case.p)


@check("dropout_backward", points=2, given=DROPOUT, examples=1)
def dropout_backward_mask(student, case):
    """The mask is that of your own forward pass: dx is 0 where out is, and nowhere else."""
    out, dx, _ = pulled(student, case)
    for name, found in (("out", out), ("dx", dx)):
        expect_both(name, found != 0, case.p, "has no zeros", "is zero everywhere")
    wrong = (out == 0) != (dx == 0)
    if wrong.any():
        place = [int(i) for i in np.argwhere(wrong)[0]]
        how = "0, where out is not" if dx[tuple(place)] == 0 else "not 0, where out is"
        raise CheckFailed(
            f"dx is {how}, at {place} and {int(wrong.sum()) - 1} other places of {wrong.size}: the mask must be that "
            "of the forward pass.",
            tensor="dx",
        )


@check("dropout_backward", points=1, given=FEW, examples=1, needs=("dropout_backward.gradients",))
def dropout_backward_evaluation(student, case):
    """After a forward pass with training=False, dx is dout."""
    _, cache = student.dropout_forward(case.array("x", *case.shape), case.p, case.generator(), training=False)
    dout = case.array("dout", *case.shape)
    expect(student, dx=(student.dropout_backward(dout, cache), dout))


@check("dropout_backward", points=0.5, given=FEW, examples=1, needs=("dropout_backward.gradients",))
def dropout_backward_p_zero(student, case):
    """At p = 0, dx is dout."""
    _, cache = student.dropout_forward(case.array("x", *case.shape), 0.0, case.generator(), training=True)
    dout = case.array("dout", *case.shape)
    expect(student, dx=(student.dropout_backward(dout, cache), dout))


@check("dropout_backward", points=0.5, given=FEW, examples=1, needs=("dropout_backward.gradients",))
def dropout_backward_shape(student, case):
    """dx has exactly x's shape."""
    _, cache = student.dropout_forward(case.array("x", *case.shape), case.p, case.generator(), training=True)
    expect_shape(dx=(student.dropout_backward(case.array("dout", *case.shape), cache), case.shape))


@check("dropout_backward", points=0.5, given=DROPOUT, examples=0, needs=("dropout_backward.gradients",))
def dropout_backward_pure(student, case):
    """dout and the cache are left as they were."""
    _, cache = dropped_out(student, case, **TRAINING)
    dout = case.array("dout", *case.shape)
    dx = sized("dx", student.dropout_backward(dout, cache), case.shape)
    expect_repeatable(student, "dropout_backward", dout, cache, dx=np.nan_to_num(dx))


# ── DropConnect ────────────────────────────────────────────────────────────────────────────────


@check("dropconnect_forward", points=3, given=CONNECT, examples=1)
def dropconnect_forward_values(student, case):
    """out is x @ (w·m) + b, where each number of m is 0 or 1 / (1 - p), the same for all rows of x."""
    x, w, b = layer(case)
    out, _ = connected(student, case, **TRAINING)
    mask = expect_masked("out", out - b, x, w, case.p)
    shares = case.once("shares", lambda: formulas.weight_shares(x, w, case.p))
    expect(student, out=(out, (shares * mask).sum(axis=1) + b))


@check("dropconnect_forward", points=1, given=MANY_WEIGHTS, examples=0)
def dropconnect_forward_rate(student, case):
    """Weights are dropped with probability p."""
    x, w, b = layer(case)
    out, _ = connected(student, case, **TRAINING)
    mask, _ = shown_mask("out", out - b, x, w, case.p)
    expect_rate("dropped weights", int((~mask).sum()), mask.size, case.p, drop_slips(case.p))


@check("dropconnect_forward", points=1)
def dropconnect_forward_alone(student, case):
    """Each weight is dropped on its own: not rows of w, and not columns."""
    x, w, b = case.array("x", 20, 12), case.array("w", 12, 50), case.array("b", 50)
    out, _ = student.dropconnect_forward(x, w, b, 0.5, case.generator(), training=True)
    mask, _ = shown_mask("out", sized("out", out, (20, 50)) - b, x, w, 0.5)
    expect_drawn_anew("the mask", np.where(mask, 1.0, -1.0))


@check("dropconnect_forward", points=0.5, given=SMALL, examples=1, needs=("dropconnect_forward.alone",))
def dropconnect_forward_evaluation(student, case):
    """With training=False, out is x @ w + b."""
    x, w, b = layer(case)
    out, _ = student.dropconnect_forward(x, w, b, case.p, case.generator(), training=False)
    expect(student, out=(out, formulas.affine(x, w, b)))


@check("dropconnect_forward", points=0.5, given=CONNECT, examples=0, needs=("dropconnect_forward.alone",))
def dropconnect_forward_p_zero(student, case):
    """At p = 0, out is x @ w + b."""
    x, w, b = layer(case)
    out, _ = student.dropconnect_forward(x, w, b, 0.0, case.generator(), training=True)
    expect(student, out=(out, formulas.affine(x, w, b)))


@check("dropconnect_forward", points=0.5, given=CONNECT, examples=0, needs=("dropconnect_forward.alone",))
def dropconnect_forward_default(student, case):
    """training is True if it is not given."""
    x, w, b = layer(case)
    out, _ = connected(student, case)
    shown_mask("out", out - b, x, w, case.p)


@check("dropconnect_forward", points=1)
def dropconnect_forward_seeded(student, case):
    """The same seed drops the same weights, another seed drops others: all randomness comes from rng."""
    x, w, b = case.array("x", 3, 12), case.array("w", 12, 10), case.array("b", 10)
    one, other = seeds(case, 2)
    calls = [(x, w, b, 0.5, rng) for rng in (one, one, other)]
    found = student.each("dropconnect_forward", calls, training=True)
    expect_seeded("out", *(sized("out", out, (3, 10)) for out, _ in found))


@check("dropconnect_forward", points=0.5, given=SMALL, examples=1, needs=("dropconnect_forward.alone",))
def dropconnect_forward_shape(student, case):
    """out has exactly the shape (N, M)."""
    out, _ = student.dropconnect_forward(*layer(case), case.p, case.generator(), training=True)
    expect_shape(out=(out, (case.n, case.m)))


@check("dropconnect_forward", points=0.5, given=SMALL, examples=0, needs=("dropconnect_forward.alone",))
def dropconnect_forward_pure(student, case):
    """x, w and b are left as they were."""
    x, w, b = layer(case)
    expect_unmodified(student, "dropconnect_forward", TRAINING, x=x, w=w, b=b, p=case.p, rng=case.generator())


def connected_back(student, case):
    """out, dout, and dx, dw and db of the student's DropConnect in training."""
    out, cache = connected(student, case, **TRAINING)
    dout = case.array("dout", case.n, case.m)
    dx, dw, db = student.dropconnect_backward(dout, cache)
    return out, dout, sized("dx", dx, (case.n, case.d)), sized("dw", dw, (case.d, case.m)), db


@check("dropconnect_backward", points=2, given=CONNECT, examples=1)
def dropconnect_backward_dw(student, case):
    """Each number of dw is 0, or that of xᵀ @ dout divided by 1 - p."""
    x, _, _ = layer(case)
    _, dout, _, dw, _ = connected_back(student, case)
    expect_kept(student, "dw", dw, case.once("dw", lambda: formulas.weight_gradients(x, dout, case.p)), case.p)


@check("dropconnect_backward", points=2, given=CONNECT, examples=1)
def dropconnect_backward_dx(student, case):
    """dx is dout @ (w·m)ᵀ, where each number of m is 0 or 1 / (1 - p), the same for all rows."""
    _, w, _ = layer(case)
    _, dout, dx, _, _ = connected_back(student, case)
    mask = expect_masked("dx", dx, dout, w.T, case.p).T
    shares = case.once("dx shares", lambda: formulas.row_shares(dout, w, case.p))
    expect(student, dx=(dx, (shares * mask).sum(axis=2)))


@check("dropconnect_backward", points=1, given=CONNECT, examples=0)
def dropconnect_backward_db(student, case):
    """db is the sum of the rows of dout: the bias is never dropped."""
    _, dout, _, _, db = connected_back(student, case)
    expect(student, db=(db, dout.sum(axis=0)))


@check("dropconnect_backward", points=1, given=CONNECT, examples=0)
def dropconnect_backward_mask(student, case):
    """The mask of dx and dw is that of your own forward pass."""
    x, w, b = layer(case)
    out, dout, dx, dw, _ = connected_back(student, case)
    forward, _ = shown_mask("out", out - b, x, w, case.p)
    backward, _ = shown_mask("dx", dx, dout, w.T, case.p)
    for name, mask in (("dw", dw != 0), ("dx", backward.T)):
        if (mask != forward).any():
            raise CheckFailed(
                f"{name} shows another mask than out: {int((mask != forward).sum())} of {mask.size} weights are "
                "dropped in the one and not in the other.",
                tensor=name,
            )


@check("dropconnect_backward", points=0.5, given=SMALL, examples=1, needs=("dropconnect_backward.dw",))
def dropconnect_backward_evaluation(student, case):
    """After a forward pass with training=False, the gradients are those of an affine layer."""
    _, cache = student.dropconnect_forward(*layer(case), case.p, case.generator(), training=False)
    expect_affine(student, case, cache)


@check("dropconnect_backward", points=0.5, given=SMALL, examples=1, needs=("dropconnect_backward.dw",))
def dropconnect_backward_p_zero(student, case):
    """At p = 0, the gradients are those of an affine layer."""
    _, cache = student.dropconnect_forward(*layer(case), 0.0, case.generator(), training=True)
    expect_affine(student, case, cache)


def expect_affine(student, case, cache):
    """The gradients of an affine layer, of which nothing is dropped."""
    x, w, _ = layer(case)
    dout = case.array("dout", case.n, case.m)
    dx, dw, db = student.dropconnect_backward(dout, cache)
    all_rows = case.once("affine dx", lambda: formulas.row_shares(dout, w, 0.0).sum(axis=2))
    all_weights = case.once("affine dw", lambda: formulas.weight_gradients(x, dout, 0.0))
    expect(student, dx=(dx, all_rows), dw=(dw, all_weights), db=(db, dout.sum(axis=0)))


@check("dropconnect_backward", points=0.5, given=SMALL, examples=1, needs=("dropconnect_backward.dw",))
def dropconnect_backward_shapes(student, case):
    """dx, dw and db have exactly the shapes of x, w and b."""
    x, w, b = layer(case)
    _, cache = student.dropconnect_forward(x, w, b, case.p, case.generator(), training=True)
    dx, dw, db = student.dropconnect_backward(case.array("dout", case.n, case.m), cache)
    expect_shape(dx=(dx, x.shape), dw=(dw, w.shape), db=(db, b.shape))


@check("dropconnect_backward", points=0.5, given=CONNECT, examples=0, needs=("dropconnect_backward.dw",))
def dropconnect_backward_pure(student, case):
    """dout and the cache are left as they were."""
    _, cache = connected(student, case, **TRAINING)
    dout = case.array("dout", case.n, case.m)
    first = student.dropconnect_backward(dout, cache)
    shapes = {"dx": (case.n, case.d), "dw": (case.d, case.m), "db": (case.m,)}
    found = {name: np.nan_to_num(sized(name, one, shapes[name])) for name, one in zip(shapes, first, strict=True)}
    expect_repeatable(student, "dropconnect_backward", dout, cache, **found)


# ── early stopping ─────────────────────────────────────────────────────────────────────────────


@check("early_stopping", points=2, given=CURVES, examples=5)
def early_stopping_values(student, case):
    """It stops at the first epoch that is patience epochs after the best so far; best has the lowest loss by then."""
    losses = curve(case)
    stop, best = student.early_stopping(losses, case.patience)
    right_stop, right_best = formulas.early_stopping(losses, case.patience)
    expect(student, best=(best, right_best), stop=(stop, right_stop))


@check("early_stopping", points=1)
def early_stopping_known_answer(student, case):
    """The losses 5, 4, 6, 3, 7, 8, 2 with a patience of 2 stop at epoch 5, and epoch 3 is the best."""
    losses = case.given("losses", np.array([5.0, 4.0, 6.0, 3.0, 7.0, 8.0, 2.0]))
    stop, best = student.early_stopping(losses, 2)
    expect(student, stop=(stop, 5), best=(best, 3))


@check("early_stopping", points=1)
def early_stopping_ties(student, case):
    """Of equal losses the first is the best: a plateau is not progress."""
    losses = case.given("losses", np.array([3.0, 2.0, 2.0, 2.0, 2.0, 4.0, 4.0, 4.0, 1.0]))
    stop, best = student.early_stopping(losses, 3)
    expect(student, stop=(stop, 4), best=(best, 1))


@check("early_stopping", points=1)
def early_stopping_last(student, case):
    """Where patience does not run out, it stops at the last epoch: losses that fall, a long patience, one epoch."""
    falling = case.given("losses", np.array([4.0, 3.0, 2.0, 1.0]))
    calls = [(falling, 2), (falling[::-1].copy(), 9), (falling[:1], 1)]
    found = student.each("early_stopping", calls)
    for (stop, best), (right_stop, right_best) in zip(found, ((3, 3), (3, 0), (0, 0)), strict=True):
        expect(student, stop=(stop, right_stop), best=(best, right_best))


@check("early_stopping", points=0.5, given=CURVES, examples=0, needs=("early_stopping.values",))
def early_stopping_pure(student, case):
    """losses are left as they were."""
    expect_unmodified(student, "early_stopping", losses=curve(case), patience=case.patience)


# ── bias and variance ──────────────────────────────────────────────────────────────────────────


def models(case):
    """predictions (R, N), truth (N,)."""
    return case.array("predictions", case.models, case.points), case.array("truth", case.points)


@check("bias_variance", points=1.5, given=MODELS, examples=3)
def bias_variance_bias(student, case):
    """The squared bias is (mean prediction - truth)², averaged over the points."""
    bias, _ = student.bias_variance(*models(case))
    expect(student, bias=(bias, formulas.bias_variance(*models(case))[0]))


@check("bias_variance", points=2, given=MODELS, examples=3)
def bias_variance_variance(student, case):
    """The variance is that of the R predictions, divided by R, averaged over the points."""
    _, variance = student.bias_variance(*models(case))
    expect(student, variance=(variance, formulas.bias_variance(*models(case))[1]))


@check("bias_variance", points=1)
def bias_variance_known_answer(student, case):
    """The predictions (1, 2) and (3, 6) of (2, 2) have a squared bias of 2 and a variance of 2.5."""
    predictions, truth = (
        case.given("predictions", np.array([[1.0, 2.0], [3.0, 6.0]])),
        case.given("truth", np.full(2, 2.0)),
    )
    bias, variance = student.bias_variance(predictions, truth)
    expect(student, bias=(bias, 2.0), variance=(variance, 2.5))


@check("bias_variance", points=0.5, needs=("bias_variance.bias",))
def bias_variance_one_model(student, case):
    """One model has no variance: the squared bias is its mean squared error."""
    predictions, truth = case.array("predictions", 1, 4), case.array("truth", 4)
    bias, variance = student.bias_variance(predictions, truth)
    expect(student, bias=(bias, formulas.bias_variance(predictions, truth)[0]), variance=(variance, 0.0))


@check("bias_variance", points=0.5, given=MODELS, examples=0, needs=("bias_variance.variance",))
def bias_variance_shapes(student, case):
    """Both are single numbers."""
    bias, variance = student.bias_variance(*models(case))
    expect_shape(bias=(bias, ()), variance=(variance, ()))


@check("bias_variance", points=0.5, given=MODELS, examples=0, needs=("bias_variance.bias",))
def bias_variance_pure(student, case):
    """predictions and truth are left as they were."""
    predictions, truth = models(case)
    expect_unmodified(student, "bias_variance", predictions=predictions, truth=truth)


# ── fits of least norm ─────────────────────────────────────────────────────────────────────────


@check("minimum_norm_fit", points=2, given=BELOW, examples=2)
def minimum_norm_fit_least_squares(student, case):
    """With fewer coefficients than points it is the least-squares fit."""
    x, y = points(case)
    expected = formulas.minimum_norm_fit(x, y, case.degree)
    expect(student, c=(lowest_first(student.minimum_norm_fit(x, y, case.degree), expected), expected))


@check("minimum_norm_fit", points=1, given=AT, examples=1)
def minimum_norm_fit_threshold(student, case):
    """With as many coefficients as points it goes through all of them."""
    x, y = points(case)
    expected = formulas.minimum_norm_fit(x, y, case.n - 1)
    expect(student, c=(lowest_first(student.minimum_norm_fit(x, y, case.n - 1), expected), expected))


@check("minimum_norm_fit", points=2, given=ABOVE, examples=2)
def minimum_norm_fit_least_norm(student, case):
    """With more coefficients than points it goes through all points, with the coefficients of least norm."""
    x, y = points(case)
    expected = formulas.minimum_norm_fit(x, y, case.degree)
    found = sized("c", student.minimum_norm_fit(x, y, case.degree), expected.shape)
    miss = min(np.abs(np.polyval(c, x) - y).max() for c in (found, found[::-1]))
    norms = np.linalg.norm(found), np.linalg.norm(expected)
    if miss <= 1e-9 * np.abs(y).max() and norms[0] > norms[1] * (1 + 1e-6):
        raise CheckFailed(
            f"The coefficients c fit every point, but have the norm {norms[0]:.5g}; those of norm {norms[1]:.5g} fit "
            "as well.",
            tensor="c",
            actual=found,
            expected=expected,
        )
    expect(student, c=(lowest_first(found, expected), expected))


@check("minimum_norm_fit", points=0.5, needs=("minimum_norm_fit.threshold",))
def minimum_norm_fit_order(student, case):
    """The lowest power comes first: the line through (0, 1) and (1, 3) is (1, 2)."""
    x, y = case.given("x", np.array([0.0, 1.0])), case.given("y", np.array([1.0, 3.0]))
    expect(student, c=(student.minimum_norm_fit(x, y, 1), [1.0, 2.0]))


@check("minimum_norm_fit", points=0.5, given=BELOW, examples=0, needs=("minimum_norm_fit.least_squares",))
def minimum_norm_fit_shape(student, case):
    """c has exactly the shape (degree + 1,)."""
    expect_shape(c=(student.minimum_norm_fit(*points(case), case.degree), (case.degree + 1,)))


@check("minimum_norm_fit", points=0.5, given=BELOW, examples=0, needs=("minimum_norm_fit.least_squares",))
def minimum_norm_fit_pure(student, case):
    """x and y are left as they were."""
    x, y = points(case)
    expect_unmodified(student, "minimum_norm_fit", x=x, y=y, degree=case.degree)


# ── random labels ──────────────────────────────────────────────────────────────────────────────

# Of 10,000 classes the old label comes back so rarely that in one of 6 calls all labels drawn are new ones, but for a
# chance of (120/10000)⁶ = 3e-12.
CLASSES, CALLS = 10_000, 6


def expect_count(student, case, y, fraction):
    """Among so many classes, round(fraction · N) labels differ from the old ones: never more, and not always less."""
    calls = [(y, fraction, CLASSES, rng) for rng in seeds(case, CALLS)]
    found = [whole_labels(labels, len(y)) for labels in student.each("randomize_labels", calls)]
    changed, wanted = max(int((labels != y).sum()) for labels in found), round(fraction * len(y))
    if changed != wanted:
        drawn = "changes" if changed > wanted else "never changes more than"
        raise CheckFailed(
            f"randomize_labels {drawn} {changed} labels of {len(y)} in {CALLS} calls with many classes; "
            f"round({fraction:g} · {len(y)}) is {wanted}.",
            tensor="labels",
        )


@check("randomize_labels", points=2, given=COUNTS, examples=1)
def randomize_labels_count(student, case):
    """Exactly round(fraction · N) different positions are drawn."""
    expect_count(student, case, case.labels("y", case.n, CLASSES), case.fraction)


@check("randomize_labels", points=0.5, needs=("randomize_labels.count",))
def randomize_labels_rounding(student, case):
    """fraction · N is rounded to the nearest integer: 0.29 · 100 is 28.999… to a computer, and 29 are drawn."""
    for n, fraction in NEARLY_WHOLE:
        expect_count(student, case, case.labels(f"y of {fraction:g}", n, CLASSES), fraction)


@check("randomize_labels", points=1, given=CROWD, examples=0)
def randomize_labels_uniform(student, case):
    """Every label of 0 … classes - 1 is drawn as often as any other."""
    changed, labels = crowd(student, case)
    drawn, new = round(case.fraction * case.n), int(changed.sum())
    others = [label for label in range(case.classes) if label != OLD]
    hits = {label: int((labels[changed] == label).sum()) for label in others}
    if ((labels < 0) | (labels >= case.classes)).any():
        strange = labels[(labels < 0) | (labels >= case.classes)][0]
        raise CheckFailed(f"labels holds {strange}, not one of 0 … {case.classes - 1}.", tensor="labels")
    for label in others:
        if not hits[label]:
            raise CheckFailed(f"Of {drawn} new labels none is {label}, of 0 … {case.classes - 1}.", tensor="labels")
    for label in others:
        expect_rate(f"other labels that are {label}", hits[label], new, 1 / len(others))
    if new < drawn:  # that a new label may be the old one is a question of its own
        expect_rate("new labels that are the old one", drawn - new, drawn, 1 / case.classes)


@check("randomize_labels", points=1, given=CROWD, examples=0, needs=("randomize_labels.count",))
def randomize_labels_old_included(student, case):
    """A new label may be the old one."""
    changed, _ = crowd(student, case)
    drawn = round(case.fraction * case.n)
    if changed.sum() >= drawn:
        raise CheckFailed(
            f"{drawn} labels are drawn from {case.classes} classes, and {int(changed.sum())} differ from the old one: "
            "none of them is the old one.",
            tensor="labels",
        )


@check("randomize_labels", points=0.5, given=CROWD, examples=0, needs=("randomize_labels.count",))
def randomize_labels_positions(student, case):
    """Every position is drawn as often as any other."""
    changed, _ = crowd(student, case)
    for quarter, part in enumerate(np.split(changed, 4), start=1):
        expect_rate(f"labels drawn in quarter {quarter} of them", int(part.sum()), int(changed.sum()), 0.25)


@check("randomize_labels", points=0.5, needs=("randomize_labels.count",))
def randomize_labels_none(student, case):
    """With fraction 0 all labels stay as they are."""
    y = case.labels("y", 20, 10)
    expect(student, labels=(whole_labels(student.randomize_labels(y, 0.0, 10, case.generator()), 20) * 1.0, y))


@check("randomize_labels", points=0.5)
def randomize_labels_seeded(student, case):
    """The same seed gives the same labels, another seed other positions and labels: all randomness comes from rng."""
    y, (one, other) = case.labels("y", 40, CLASSES), seeds(case, 2)
    found = student.each("randomize_labels", [(y, 0.5, CLASSES, rng) for rng in (one, one, other)])
    first, again, elsewhere = (whole_labels(labels, 40) for labels in found)
    expect_seeded("labels", first, again, elsewhere)
    # 20 of 40 are drawn twice alike with a chance of 7e-12
    if ((first != y) == (elsewhere != y)).all():
        raise CheckFailed("Every seed draws the same positions; draw them from rng, too.", tensor="labels")


@check("randomize_labels", points=0.5, needs=("randomize_labels.count",))
def randomize_labels_shape(student, case):
    """labels has exactly the shape (N,)."""
    found = student.randomize_labels(case.labels("y", 20, 10), 0.3, 10, case.generator())
    whole_labels(found, 20)
    if np.shape(found) != (20,):
        raise CheckFailed(f"labels has shape {np.shape(found)}; it must be (20,).", tensor="labels")


@check("randomize_labels", points=0.5, needs=("randomize_labels.count",))
def randomize_labels_pure(student, case):
    """y is left as it was: the labels are a new array."""
    y = case.labels("y", 20, 10)
    expect_unmodified(student, "randomize_labels", y=y, fraction=0.9, classes=10, rng=case.generator())
