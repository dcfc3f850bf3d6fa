"""What is asked of a losses submission. A docstring, or the sentence beside the points, is what the student reads."""

from math import log

import numpy as np

from autograder import CheckFailed, check, expect, expect_shape, expect_unmodified, vjp

from . import formulas
from .cases import (
    BINARY,
    HARD,
    LINEAR,
    LOGITS,
    MARGIN,
    ONE_HOT,
    OTHER_MARGIN,
    ROWS,
    STEPS,
    distribution,
    expect_infinite,
    expect_numbers,
    floats,
    logits_and_answers,
    logits_and_targets,
    pair,
    problem,
    right,
    scores_and_labels,
)

COUNTS = (2, 3, 10)
# Rows that hold probabilities of exactly 0 and 1, and beliefs that are 0 nowhere but where what is true is 0 as well.
CERTAIN = np.array([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5], [0.0, 0.25, 0.75], [0.0, 1.0, 0.0]])
ALLOWED = np.array([[0.2, 0.3, 0.5], [0.75, 0.0, 0.25], [0.0, 0.5, 0.5], [0.0, 1.0, 0.0]])
# Each row of IMPOSSIBLE is 0 somewhere where the row of POSSIBLE is not.
POSSIBLE = np.array([[0.5, 0.5, 0.0], [0.25, 0.25, 0.5], [0.0, 0.0, 1.0]])
IMPOSSIBLE = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.5, 0.0]])

# ── entropies ──────────────────────────────────────────────────────────────────────────────────


@check("entropy", points=4.5, given=ROWS)
def entropy_values(student, case):
    """h is -Σ p ln p, a number for each row."""
    p = distribution(case, "p", case.n, case.k)
    expect(student, h=(floats(student.entropy(p)), formulas.entropy(p)))


@check("entropy", points=1.5)
def entropy_uniform(student, case):
    """The entropy of the uniform distribution over K outcomes is ln K: natural logarithms, nats."""
    found = student.each("entropy", [(np.full((2, k), 1 / k),) for k in COUNTS])
    expect(student, **{f"h_{k}": (floats(h), [log(k)] * 2) for k, h in zip(COUNTS, found, strict=True)})


@check("entropy", points=1.5, needs=("entropy.values",))
def entropy_zeros(student, case):
    """A term with p = 0 counts 0: where one outcome is certain, the entropy is 0."""
    p = case.given("p", CERTAIN)
    expect(student, h=(floats(student.entropy(p)), formulas.entropy(p)))


@check("entropy", points=0.5, given=ROWS, examples=2, needs=("entropy.values",))
def entropy_shape(student, case):
    """h has exactly the shape (N,)."""
    expect_shape(h=(floats(student.entropy(distribution(case, "p", case.n, case.k))), (case.n,)))


@check("entropy", points=0.5, given=ROWS, examples=1, needs=("entropy.values",))
def entropy_pure(student, case):
    """p is left as it was."""
    expect_unmodified(student, "entropy", p=distribution(case, "p", case.n, case.k))


@check("cross_entropy", points=5, given=ROWS)
def cross_entropy_values(student, case):
    """h is -Σ p ln q, a number for each pair of rows."""
    p, q = pair(case)
    expect(student, h=(floats(student.cross_entropy(p, q)), formulas.cross_entropy(p, q)))


@check("cross_entropy", points=1.5)
def cross_entropy_known_answer(student, case):
    """For p = (½, ½) and q = (¼, ¾) it is ½ ln(16/3), and exchanged ln 2."""
    p, q = case.given("p", np.array([[0.5, 0.5], [0.25, 0.75]])), case.given("q", np.array([[0.25, 0.75], [0.5, 0.5]]))
    expect(student, h=(floats(student.cross_entropy(p, q)), [log(16 / 3) / 2, log(2)]))


@check("cross_entropy", points=1, needs=("cross_entropy.values",))
def cross_entropy_zeros(student, case):
    """A term with p = 0 counts 0, even where q is 0 as well."""
    p, q = case.given("p", CERTAIN), case.given("q", ALLOWED)
    expect(student, h=(floats(student.cross_entropy(p, q)), formulas.cross_entropy(p, q)))


@check("cross_entropy", points=1, needs=("cross_entropy.values",))
def cross_entropy_infinite(student, case):
    """q = 0 where p > 0 gives inf."""
    p, q = case.given("p", POSSIBLE), case.given("q", IMPOSSIBLE)
    expect_infinite("h", student.cross_entropy(p, q), len(p))


@check("cross_entropy", points=0.5, given=ROWS, examples=2, needs=("cross_entropy.values",))
def cross_entropy_shape(student, case):
    """h has exactly the shape (N,)."""
    expect_shape(h=(floats(student.cross_entropy(*pair(case))), (case.n,)))


@check("cross_entropy", points=0.5, given=ROWS, examples=1, needs=("cross_entropy.values",))
def cross_entropy_pure(student, case):
    """p and q are left as they were."""
    p, q = pair(case)
    expect_unmodified(student, "cross_entropy", p=p, q=q)


@check("kl_divergence", points=5, given=ROWS)
def kl_divergence_values(student, case):
    """kl is Σ p ln(p / q), the cross-entropy less the entropy of p, a number for each pair of rows."""
    p, q = pair(case)
    expect(student, kl=(floats(student.kl_divergence(p, q)), formulas.kl_divergence(p, q)))


@check("kl_divergence", points=1.5)
def kl_divergence_known_answer(student, case):
    """For p = (½, ½) and q = (¼, ¾) it is ½ ln(4/3), and exchanged ¾ ln 3 - ln 2."""
    p, q = case.given("p", np.array([[0.5, 0.5], [0.25, 0.75]])), case.given("q", np.array([[0.25, 0.75], [0.5, 0.5]]))
    expect(student, kl=(floats(student.kl_divergence(p, q)), [log(4 / 3) / 2, 0.75 * log(3) - log(2)]))


@check("kl_divergence", points=2, given=ROWS, examples=3)
def kl_divergence_gibbs(student, case):
    """It is 0 for equal rows, up to rounding, and above 0 for all others."""
    p = distribution(case, "p", case.n, case.k)
    expect(student, kl=(floats(student.kl_divergence(p, p)), np.zeros(case.n)))
    # a little is moved from one outcome to the next, so that the two are close, and differ in every row
    moved = 0.1 * p[:, 0]
    q = p.copy()
    q[:, 0] -= moved
    q[:, 1] += moved
    found = expect_numbers("kl", student.kl_divergence(p, case.given("near", q)), case.n)
    for row, number in enumerate(found):
        # Σ p ln(p/q) of these rows is above p₀/200, and p₀ above 1/60
        if not number > 1e-5:
            raise CheckFailed(f"kl is wrong at [{row}]: yours is {number:g}, and the rows differ.", tensor="kl")


@check("kl_divergence", points=1, needs=("kl_divergence.values",))
def kl_divergence_zeros(student, case):
    """A term with p = 0 counts 0, even where q is 0 as well."""
    p, q = case.given("p", CERTAIN), case.given("q", ALLOWED)
    expect(student, kl=(floats(student.kl_divergence(p, q)), formulas.kl_divergence(p, q)))


@check("kl_divergence", points=1, needs=("kl_divergence.values",))
def kl_divergence_infinite(student, case):
    """q = 0 where p > 0 gives inf."""
    p, q = case.given("p", POSSIBLE), case.given("q", IMPOSSIBLE)
    expect_infinite("kl", student.kl_divergence(p, q), len(p))


@check("kl_divergence", points=0.5, given=ROWS, examples=2, needs=("kl_divergence.values",))
def kl_divergence_shape(student, case):
    """kl has exactly the shape (N,)."""
    expect_shape(kl=(floats(student.kl_divergence(*pair(case))), (case.n,)))


@check("kl_divergence", points=0.5, given=ROWS, examples=1, needs=("kl_divergence.values",))
def kl_divergence_pure(student, case):
    """p and q are left as they were."""
    p, q = pair(case)
    expect_unmodified(student, "kl_divergence", p=p, q=q)


# ── losses of logits ───────────────────────────────────────────────────────────────────────────


@check("softmax_cross_entropy", points=5, given=LOGITS)
def softmax_cross_entropy_loss(student, case):
    """The loss is the mean over the batch of -Σ t ln softmax(x)."""
    x, t = logits_and_targets(case)
    loss, _ = student.softmax_cross_entropy(x, t)
    expect(student, loss=(loss, right(case, formulas.softmax_cross_entropy, (x, t))[0]))


@check("softmax_cross_entropy", points=5.5, given=LOGITS)
def softmax_cross_entropy_gradient(student, case):
    """dx is (softmax(x) - t) / N."""
    x, t = logits_and_targets(case)
    _, dx = student.softmax_cross_entropy(x, t)
    expect(student, dx=(dx, right(case, formulas.softmax_cross_entropy, (x, t))[1]))


@check("softmax_cross_entropy", points=1, given=ONE_HOT, examples=3)
def softmax_cross_entropy_one_hot(student, case):
    """With one-hot targets the loss is that of a classifier, the mean of -ln(probability of the right class)."""
    x, t = logits_and_targets(case)
    loss, dx = student.softmax_cross_entropy(x, t)
    expected, gradient = right(case, formulas.softmax_cross_entropy, (x, t))
    expect(student, loss=(loss, expected), dx=(dx, gradient))


@check("softmax_cross_entropy", points=1)
def softmax_cross_entropy_uniform(student, case):
    """With equal logits for all K classes the loss is ln K, whatever the targets."""
    asked = [(np.full((3, k), 0.7), np.array([np.eye(k)[0], np.eye(k)[-1], np.full(k, 1 / k)])) for k in COUNTS]
    found = student.each("softmax_cross_entropy", asked)
    expect(student, **{f"loss_{k}": (loss, log(k)) for k, (loss, _) in zip(COUNTS, found, strict=True)})


def large_logits(case):
    """x and t of four examples: one-hot and soft targets, for the largest logit and for others."""
    x = case.given("x", np.array([[1e3, 0.0, -1e3], [-1e3, 1.0 - 1e3, -1e3], [998.0, 999.0, 1e3], [0.1, 0.2, -0.3]]))
    t = case.given("t", np.array([[0.0, 0.0, 1.0], [0.25, 0.5, 0.25], [0.1, 0.2, 0.7], [0.0, 1.0, 0.0]]))
    return x, t


@check("softmax_cross_entropy", points=1, needs=("softmax_cross_entropy.loss",))
def softmax_cross_entropy_stable(student, case):
    """Logits of ±1000 give a finite loss: subtract each row's maximum, and never take log(0)."""
    x, t = large_logits(case)
    loss, _ = student.softmax_cross_entropy(x, t)
    expect(student, loss=(loss, formulas.softmax_cross_entropy(x, t)))


@check("softmax_cross_entropy", points=0.5, needs=("softmax_cross_entropy.gradient",))
def softmax_cross_entropy_stable_gradient(student, case):
    """Logits of ±1000 give a finite gradient."""
    x, t = large_logits(case)
    _, dx = student.softmax_cross_entropy(x, t)
    expect(student, dx=(dx, *vjp(formulas.softmax_cross_entropy, (x, t), 1.0, wrt=(0,))))


@check("softmax_cross_entropy", points=0.5, given=LOGITS, examples=2, needs=("softmax_cross_entropy.gradient",))
def softmax_cross_entropy_shapes(student, case):
    """The loss is a single number, and dx has exactly x's shape."""
    x, t = logits_and_targets(case)
    loss, dx = student.softmax_cross_entropy(x, t)
    expect_shape(loss=(loss, ()), dx=(dx, x.shape))


@check("softmax_cross_entropy", points=0.5, given=LOGITS, examples=1, needs=("softmax_cross_entropy.loss",))
def softmax_cross_entropy_pure(student, case):
    """x and t are left as they were."""
    x, t = logits_and_targets(case)
    expect_unmodified(student, "softmax_cross_entropy", x=x, t=t)


@check("binary_cross_entropy_with_logits", points=5, given=BINARY)
def binary_cross_entropy_with_logits_loss(student, case):
    """The loss is the mean of -y ln σ(z) - (1 - y) ln(1 - σ(z))."""
    z, y = logits_and_answers(case)
    loss, _ = student.binary_cross_entropy_with_logits(z, y)
    expect(student, loss=(loss, right(case, formulas.binary_cross_entropy, (z, y))[0]))


@check("binary_cross_entropy_with_logits", points=5, given=BINARY)
def binary_cross_entropy_with_logits_gradient(student, case):
    """dz is (σ(z) - y) / N."""
    z, y = logits_and_answers(case)
    _, dz = student.binary_cross_entropy_with_logits(z, y)
    expect(student, dz=(dz, right(case, formulas.binary_cross_entropy, (z, y))[1]))


@check("binary_cross_entropy_with_logits", points=1, given=HARD, examples=3)
def binary_cross_entropy_with_logits_hard(student, case):
    """Right for targets of exactly 0 and 1."""
    z, y = logits_and_answers(case)
    loss, dz = student.binary_cross_entropy_with_logits(z, y)
    expected, gradient = right(case, formulas.binary_cross_entropy, (z, y))
    expect(student, loss=(loss, expected), dz=(dz, gradient))


@check("binary_cross_entropy_with_logits", points=1)
def binary_cross_entropy_with_logits_undecided(student, case):
    """At z = 0 the loss is ln 2, whatever y, and dz is (½ - y) / N."""
    z, y = case.given("z", np.zeros(3)), case.given("y", np.array([0.0, 1.0, 0.3]))
    loss, dz = student.binary_cross_entropy_with_logits(z, y)
    expect(student, loss=(loss, log(2)), dz=(dz, (0.5 - y) / 3))


def large_answers(case):
    """z and y of seven examples: targets of 0, of 1 and between, for logits of both signs."""
    z = case.given("z", np.array([1e3, -1e3, 1e3, -1e3, 1e3, -1e3, 0.5]))
    return z, case.given("y", np.array([0.0, 0.0, 1.0, 1.0, 0.3, 0.6, 0.2]))


@check("binary_cross_entropy_with_logits", points=1, needs=("binary_cross_entropy_with_logits.loss",))
def binary_cross_entropy_with_logits_stable(student, case):
    """Logits of ±1000 give a finite loss: no exponent above 0, and never log(0)."""
    z, y = large_answers(case)
    loss, _ = student.binary_cross_entropy_with_logits(z, y)
    expect(student, loss=(loss, formulas.binary_cross_entropy(z, y)))


@check("binary_cross_entropy_with_logits", points=0.5, needs=("binary_cross_entropy_with_logits.gradient",))
def binary_cross_entropy_with_logits_stable_gradient(student, case):
    """Logits of ±1000 give a finite gradient."""
    z, y = large_answers(case)
    _, dz = student.binary_cross_entropy_with_logits(z, y)
    expect(student, dz=(dz, *vjp(formulas.binary_cross_entropy, (z, y), 1.0, wrt=(0,))))


@check(
    "binary_cross_entropy_with_logits",
    points=0.5,
    given=BINARY,
    examples=2,
    needs=("binary_cross_entropy_with_logits.gradient",),
)
def binary_cross_entropy_with_logits_shapes(student, case):
    """The loss is a single number, and dz has exactly z's shape."""
    z, y = logits_and_answers(case)
    loss, dz = student.binary_cross_entropy_with_logits(z, y)
    expect_shape(loss=(loss, ()), dz=(dz, z.shape))


@check(
    "binary_cross_entropy_with_logits",
    points=0.5,
    given=BINARY,
    examples=1,
    needs=("binary_cross_entropy_with_logits.loss",),
)
def binary_cross_entropy_with_logits_pure(student, case):
    """z and y are left as they were."""
    z, y = logits_and_answers(case)
    expect_unmodified(student, "binary_cross_entropy_with_logits", z=z, y=y)


# ── hinge loss ─────────────────────────────────────────────────────────────────────────────────


@check("hinge_loss", points=5, given=MARGIN)
def hinge_loss_loss(student, case):
    """The loss is the mean over the examples of Σ max(0, s_j - s_y + margin) over the wrong classes j."""
    scores, y = scores_and_labels(case)
    loss, _ = student.hinge_loss(scores, y, margin=case.margin)
    expect(student, loss=(loss, right(case, formulas.hinge_loss, (scores, y, case.margin))[0]))


@check("hinge_loss", points=5.5, given=MARGIN)
def hinge_loss_gradient(student, case):
    """dscores is 1/N for each wrong class that is too close, and minus their sum for the right class."""
    scores, y = scores_and_labels(case)
    _, dscores = student.hinge_loss(scores, y, margin=case.margin)
    expect(student, dscores=(dscores, right(case, formulas.hinge_loss, (scores, y, case.margin))[1]))


@check("hinge_loss", points=1)
def hinge_loss_known_answer(student, case):
    """Three images of the lecture: losses of 2.9, 0 and 12.9, whose mean is 5.27."""
    scores = case.given("scores", np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]]))
    loss, dscores = student.hinge_loss(scores, case.given("y", np.array([0, 1, 2])), margin=1.0)
    expect(student, loss=(loss, 15.8 / 3), dscores=(dscores, np.array([[-1, 1, 0], [0, 0, 0], [1, 1, -2]]) / 3))


@check("hinge_loss", points=0.5, given=MARGIN, examples=1, needs=("hinge_loss.loss",))
def hinge_loss_default_margin(student, case):
    """margin is 1 if it is not given."""
    scores, y = scores_and_labels(case)
    loss, _ = student.hinge_loss(scores, y)
    expect(student, loss=(loss, right(case, formulas.hinge_loss, (scores, y, 1.0))[0]))


@check("hinge_loss", points=0.5, given=OTHER_MARGIN, examples=2, needs=("hinge_loss.loss",))
def hinge_loss_margin(student, case):
    """Another margin than 1 has its effect on the loss."""
    scores, y = scores_and_labels(case)
    loss, _ = student.hinge_loss(scores, y, margin=case.margin)
    expect(student, loss=(loss, right(case, formulas.hinge_loss, (scores, y, case.margin))[0]))


@check("hinge_loss", points=0.5, given=OTHER_MARGIN, examples=2, needs=("hinge_loss.gradient",))
def hinge_loss_margin_gradient(student, case):
    """Another margin than 1 has its effect on dscores."""
    scores, y = scores_and_labels(case)
    _, dscores = student.hinge_loss(scores, y, margin=case.margin)
    expect(student, dscores=(dscores, right(case, formulas.hinge_loss, (scores, y, case.margin))[1]))


@check("hinge_loss", points=0.5, needs=("hinge_loss.gradient",))
def hinge_loss_kink(student, case):
    """Where a term is exactly 0, either side will do, and the right class is pushed by as much."""
    scores = case.given("scores", np.array([[2.0, 1.0, 3.5, 0.5], [0.0, 0.25, 1.25, 0.25], [4.0, 1.0, 2.0, 3.0]]))
    y = case.given("y", np.array([0, 2, 0]))
    _, dscores = student.hinge_loss(scores, y, margin=1.0)
    expect_shape(dscores=(dscores, scores.shape))
    rows = np.arange(len(y))
    terms = scores - scores[rows, y][:, None] + 1.0
    # the student's slopes where a term is 0, as far as they are slopes of a side or lie between the two
    chosen = np.clip(np.nan_to_num(len(y) * dscores.astype(np.float64)), 0.0, 1.0)
    slopes = np.where(terms == 0, chosen, terms > 0)
    slopes[rows, y] = 0
    slopes[rows, y] = -slopes.sum(axis=1)
    expect(student, dscores=(dscores, slopes / len(y)))


@check("hinge_loss", points=0.5, given=MARGIN, examples=2, needs=("hinge_loss.gradient",))
def hinge_loss_shapes(student, case):
    """The loss is a single number, and dscores has exactly the shape of scores."""
    scores, y = scores_and_labels(case)
    loss, dscores = student.hinge_loss(scores, y, margin=case.margin)
    expect_shape(loss=(loss, ()), dscores=(dscores, scores.shape))


@check("hinge_loss", points=0.5, given=MARGIN, examples=1, needs=("hinge_loss.loss",))
def hinge_loss_pure(student, case):
    """scores and y are left as they were."""
    scores, y = scores_and_labels(case)
    expect_unmodified(student, "hinge_loss", scores=scores, y=y, margin=case.margin)


# ── least squares ──────────────────────────────────────────────────────────────────────────────


@check("least_squares", points=4, given=LINEAR)
def least_squares_value(student, case):
    """The value is ½‖w‖² + Σ (x·w - y)², a sum over the examples."""
    value, _ = student.least_squares(*problem(case))
    expect(student, value=(value, right(case, formulas.least_squares, problem(case))[0]))


@check("least_squares", points=5, given=LINEAR)
def least_squares_gradient(student, case):
    """The gradient is w + 2 Σ (x·w - y) x."""
    _, gradient = student.least_squares(*problem(case))
    expect(student, gradient=(gradient, right(case, formulas.least_squares, problem(case))[1]))


def small_problem(case):
    """w, X and y of two examples: residuals of 3 and -1."""
    w, y = case.given("w", np.array([1.0, -2.0])), case.given("y", np.array([-4.0, 5.0]))
    return w, case.given("X", np.array([[1.0, 1.0], [2.0, -1.0]])), y


@check("least_squares", points=1)
def least_squares_known_answer(student, case):
    """w = (1, -2) with the examples (1, 1) → -4 and (2, -1) → 5 gives 2.5 + 10, and the gradient (3, 6)."""
    value, gradient = student.least_squares(*small_problem(case))
    expect(student, value=(value, 12.5), gradient=(gradient, [3.0, 6.0]))


@check("least_squares", points=0.5, given=LINEAR, examples=2, needs=("least_squares.gradient",))
def least_squares_shapes(student, case):
    """The value is a single number, and the gradient has exactly w's shape."""
    value, gradient = student.least_squares(*problem(case))
    expect_shape(value=(value, ()), gradient=(gradient, (case.d,)))


@check("least_squares", points=0.5, given=LINEAR, examples=1, needs=("least_squares.value",))
def least_squares_pure(student, case):
    """w, X and y are left as they were."""
    w, X, y = problem(case)
    expect_unmodified(student, "least_squares", w=w, X=X, y=y)


@check("least_squares_step", points=3.5, given=STEPS)
def least_squares_step_values(student, case):
    """The new w is w - rate times the gradient of the whole function, penalty included."""
    w, X, y = problem(case)
    _, gradient = right(case, formulas.least_squares, (w, X, y))
    expect(student, w=(student.least_squares_step(w, X, y, case.rate), w - case.rate * gradient))


@check("least_squares_step", points=1)
def least_squares_step_known_answer(student, case):
    """w = (1, -2) with the examples (1, 1) → -4 and (2, -1) → 5 goes to (0.7, -2.6) at a rate of 0.1."""
    expect(student, w=(student.least_squares_step(*small_problem(case), 0.1), [0.7, -2.6]))


@check("least_squares_step", points=2)
def least_squares_step_converges(student, case):
    """Small steps lead to the minimum, the w where (I + 2XᵀX) w = 2Xᵀy."""
    X, y = case.given("X", np.array([[0.5, 0.0], [0.0, 0.5], [0.5, 0.5]])), case.given("y", np.array([3.0, -1.0, 4.0]))
    w = case.given("w", np.array([10.0, -10.0]))
    # I + 2XᵀX has the eigenvalues 1.5 and 2.5: with a rate of 0.4 the distance shrinks by 0.4 in each step
    for _ in range(35):
        w = expect_numbers("w", student.least_squares_step(w, X, y, 0.4), 2)
    expect(student, w=(w, np.linalg.solve(np.eye(2) + 2 * X.T @ X, 2 * X.T @ y)))


@check("least_squares_step", points=0.5, given=STEPS, examples=2, needs=("least_squares_step.values",))
def least_squares_step_shape(student, case):
    """The new w has exactly w's shape."""
    expect_shape(w=(student.least_squares_step(*problem(case), case.rate), (case.d,)))


@check("least_squares_step", points=0.5, given=STEPS, examples=1, needs=("least_squares_step.values",))
def least_squares_step_pure(student, case):
    """w, X and y are left as they were: the new w is a new array."""
    w, X, y = problem(case)
    expect_unmodified(student, "least_squares_step", w=w, X=X, y=y, rate=case.rate)
