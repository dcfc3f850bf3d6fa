"""What is asked of a landscape submission. A docstring, or the sentence beside the points, is what the student reads.

Every number that a student's code learns of `f` or `grad` is a message to the grader and back, about 0.3 ms of CPU time
in all, so the problems are small.
"""

import numpy as np

from autograder import CheckFailed, check, expect, expect_shape, expect_unmodified

from . import formulas, surfaces
from .cases import (
    EXPANSIONS,
    FILTERS,
    FLAT,
    MATRICES,
    NETWORK,
    NETWORKS,
    POLYNOMIALS,
    RATES,
    ROLLS,
    ROLLS_OF_ONE,
    SIGNS,
    SLICES,
    TABLES,
    WALKS,
    WEIGHTS,
    WIDER,
    asked,
    bowl,
    coefficients,
    cubic_problem,
    curvatures,
    directions,
    expansion,
    expect_kinds,
    filters,
    indefinite,
    last_of,
    matrix,
    network_problem,
    quadratic_problem,
    rate_of,
    rows_of,
    sample,
    slope_of,
    small,
    turned,
)

# ── the Hessian ────────────────────────────────────────────────────────────────────────────────

# Matrices of whole numbers are exact with the step that is given. With another one, 1e-5 say, rounding of f leaves
# ε |f| / h² of 1e-4: that the step is h is a question of its own.
OTHER_STEP = 1e-3


@check("hessian", points=4.5, given=POLYNOMIALS, examples=1)
def hessian_values(student, case):
    """H of ½ xᵀAx + b·x is A, wherever x is."""
    A, b, x = quadratic_problem(case)
    expect(student, OTHER_STEP, H=(rows_of(student.hessian(surfaces.quadratic(A, b), x, case.h)), A))


@check("hessian", points=2.5, given=POLYNOMIALS, examples=1)
def hessian_central(student, case):
    """The differences are central: exact where f has third derivatives, ½ xᵀAx + ½ (c·x)³."""
    A, c, x = cubic_problem(case)
    found = student.hessian(surfaces.cubic(A, c), x, case.h)
    expect(student, OTHER_STEP, H=(rows_of(found), formulas.cubic_hessian(A, c, x)))


@check("hessian", points=1.5)
def hessian_valley(student, case):
    """In the minimum (1, 1) of the banana valley (1 - x)² + 100 (y - x²)² it has the rows (802, -400), (-400, 200)."""
    found = student.hessian(surfaces.rosenbrock, case.given("x", np.ones(2)), 1 / 512)
    # steps of 2h are off by (2h)²/12 · 2400 at [0, 0], and by nothing elsewhere
    expect(student, 1000 / 512**2, H=(rows_of(found), formulas.rosenbrock_hessian()))


@check("hessian", points=2, given=NETWORKS, examples=0)
def hessian_network(student, case):
    """Right for a network's loss, within the error of central differences."""
    w, t, y = network_problem(case)
    right = case.once("hessian", lambda: formulas.network_hessian(w, t, y))
    allowed = case.once("allowed", lambda: formulas.difference_error(w, t, y, case.h))
    expect(student, allowed, H=(rows_of(student.hessian(surfaces.network_loss(t, y), w, case.h)), right))


@check("hessian", points=1, given=NETWORK, examples=0, needs=("hessian.network",))
def hessian_symmetric(student, case):
    """H of a network's loss is symmetric to the last bit."""
    w, t, y = network_problem(case)
    H = rows_of(student.hessian(surfaces.network_loss(t, y), w, case.h))
    expect_shape(H=(H, (4, 4)))
    for i, j in np.argwhere(H != H.T).tolist():
        apart = f"H[{i}, {j}] and H[{j}, {i}] differ by {abs(H[i, j] - H[j, i]):.2g}"
        raise CheckFailed(f"{apart}: compute each pair of entries once.", tensor="H", actual=H, expected=(H + H.T) / 2)


@check("hessian", points=1, needs=("hessian.values",))
def hessian_step(student, case):
    """h is the step: of this f six decimals are known, and a smaller step finds their rounding alone."""
    A, b = case.given("A", np.array([[2.0, -1.0], [-1.0, 4.0]])), case.given("b", np.array([1.0, -3.0]))
    found = student.hessian(surfaces.rough(A, b), case.given("x", np.array([0.5, -0.75])), 0.25)
    expect(student, H=(rows_of(found), A))


@check("hessian", points=0.5, given=POLYNOMIALS, examples=0, needs=("hessian.values",))
def hessian_shape(student, case):
    """H is an array with exactly the shape (D, D)."""
    A, b, x = quadratic_problem(case)
    expect_shape(H=(student.hessian(surfaces.quadratic(A, b), x, case.h), (case.d, case.d)))


@check("hessian", points=0.5, needs=("hessian.values",))
def hessian_pure(student, case):
    """x is left as it was."""
    A, b = case.given("A", np.array([[2.0, -1.0], [-1.0, 4.0]])), case.given("b", np.array([1.0, -3.0]))
    expect_unmodified(student, "hessian", f=surfaces.quadratic(A, b), x=np.array([0.5, -0.75]), h=0.25)


@check("taylor", points=4, given=EXPANSIONS, examples=4)
def taylor_values(student, case):
    """The value is f + g·s + ½ sᵀHs."""
    value, gradient, H, step = expansion(case)
    expect(student, value=(student.taylor(value, gradient, H, step), formulas.taylor(value, gradient, H, step)))


@check("taylor", points=1)
def taylor_known_answer(student, case):
    """f = 3, g = (1, -2) and H with the rows (2, 1), (1, 4) give 11 at a step of (1, 2)."""
    gradient, H = case.given("gradient", np.array([1.0, -2.0])), case.given("H", np.array([[2.0, 1.0], [1.0, 4.0]]))
    expect(student, value=(student.taylor(3.0, gradient, H, case.given("step", np.array([1.0, 2.0]))), 11.0))


@check("taylor", points=0.5, given=EXPANSIONS, examples=0, needs=("taylor.values",))
def taylor_shape(student, case):
    """The value is a single number."""
    expect_shape(value=(student.taylor(*expansion(case)), ()))


@check("taylor", points=0.5, given=EXPANSIONS, examples=0, needs=("taylor.values",))
def taylor_pure(student, case):
    """gradient, H and step are left as they were."""
    value, gradient, H, step = expansion(case)
    expect_unmodified(student, "taylor", value=value, gradient=gradient, H=H, step=step)


# ── what is said of a matrix ───────────────────────────────────────────────────────────────────


@check("condition_number", points=3.5, given=MATRICES, examples=3)
def condition_number_values(student, case):
    """For a positive definite H it is λmax / λmin."""
    H, numbers = matrix(case)
    expect(student, condition=(student.condition_number(H), formulas.condition(numbers)))


@check("condition_number", points=1.5, given=WIDER, examples=2)
def condition_number_indefinite(student, case):
    """For eigenvalues of both signs it is the largest |λ| over the smallest |λ|."""
    H, numbers = indefinite(case)
    expect(student, condition=(student.condition_number(H), formulas.condition(numbers)))


@check("condition_number", points=1)
def condition_number_valley(student, case):
    """In the minimum of the banana valley it is 2508."""
    H = case.given("H", formulas.rosenbrock_hessian())
    # the eigenvalues are 501 ± √(301² + 400²); whoever takes them of HᵀH loses ε · 2508² of the smallest one
    root = np.sqrt(301.0**2 + 400.0**2)
    expect(student, 1e-4, condition=(student.condition_number(H), (501 + root) ** 2 / 400))


@check("condition_number", points=1.5, given=WIDER, examples=1, needs=("condition_number.values",))
def condition_number_singular(student, case):
    """Where the smallest |λ| is at most 1e-12 of the largest one it is inf, or at least above 1e12."""
    flat = curvatures(case, "singular") * np.append(0.0, np.ones(case.d - 1))
    steep = case.given("steep", np.diag([-4e6, 2e-7]))
    for H in (case.given("singular", turned(case, flat, "singular")), steep):
        found = student.condition_number(H)
        expect_shape(condition=(found, ()))
        if not float(found) > 1e12:
            raise CheckFailed(f"condition is wrong: yours is {float(found):g}, it must be inf.", tensor="condition")


@check("condition_number", points=0.5, needs=("condition_number.values",))
def condition_number_scale(student, case):
    """Small is not singular: eigenvalues of 3e-14 and 2e-14 give 1.5, and those of 5e11 and 1 give 5e11."""
    small, steep = case.given("small", np.diag([3e-14, 2e-14])), case.given("steep", np.diag([1.0, 5e11]))
    first, second = student.each("condition_number", [(small,), (steep,)])
    expect(student, condition=(first, 1.5))
    expect(student, condition=(second, 5e11))


@check("condition_number", points=0.5, given=MATRICES, examples=0, needs=("condition_number.values",))
def condition_number_pure(student, case):
    """H is left as it was."""
    expect_unmodified(student, "condition_number", H=matrix(case)[0])


@check("classify", points=4, given=WIDER, examples=2)
def classify_values(student, case):
    """Eigenvalues above 0 make a minimum, below 0 a maximum, of both signs a saddle."""
    flat = np.zeros(case.d)
    places = [(flat, sample(case, word, signs), word) for word, signs in SIGNS.items()]
    questions, words = asked(case, "signs", places)
    expect_kinds(student, questions, words)


@check("classify", points=1)
def classify_diagonal(student, case):
    """The eigenvalues count, not the diagonal: rows (1, 2), (2, 1) are a saddle, rows (2, 1), (1, 2) a minimum."""
    flat = np.zeros(2)
    places = [
        (flat, [[1.0, 2.0], [2.0, 1.0]], "saddle"),
        (flat, [[2.0, 1.0], [1.0, 2.0]], "minimum"),
        (flat, [[-1.0, -2.0], [-2.0, -1.0]], "saddle"),
        (flat, [[-2.0, 1.0], [1.0, -2.0]], "maximum"),
    ]
    questions, words = asked(case, "plain", places)
    expect_kinds(student, questions, words)


@check("classify", points=2, given=WIDER, examples=1)
def classify_not_stationary(student, case):
    """Where ‖g‖ is above tol the place is not stationary, whatever H is."""
    flat, names = small(case, 1e-10), list(SIGNS)
    places = [(small(case, length), sample(case, name, SIGNS[name]), "not stationary")
              for length, name in zip((1.0, 1e-3, 1e-6), names, strict=True)]  # fmt: skip
    places += [(flat, sample(case, name, SIGNS[name]), name) for name in names]
    questions, words = asked(case, "slopes", places)
    expect_kinds(student, questions, words)


@check("classify", points=2, given=WIDER, examples=1)
def classify_degenerate(student, case):
    """Eigenvalues of 0 beside those of one sign make it degenerate, and so does a plateau, where H is 0."""
    flat = np.zeros(case.d)
    places = [(flat, sample(case, name, FLAT[name]), "degenerate") for name in ("valley", "ridge", "plateau")]
    places += [(flat, sample(case, name, SIGNS[name]), name) for name in ("minimum", "maximum")]
    questions, words = asked(case, "flat", places)
    expect_kinds(student, questions, words)


@check("classify", points=1, given=WIDER, examples=1, needs=("classify.values",))
def classify_flat_saddle(student, case):
    """Curvatures of both signs make a saddle, even where another one is 0."""
    H = np.zeros((case.d + 1, case.d + 1))
    H[1:, 1:] = sample(case, "saddle", SIGNS["saddle"])
    questions, words = asked(
        case, "flat saddles", [(np.zeros(case.d + 1), H, "saddle"), (np.zeros(case.d + 1), H @ H, "degenerate")]
    )
    expect_kinds(student, questions, words)


@check("classify", points=1.5, needs=("classify.values",))
def classify_tolerance(student, case):
    """What is not above tol counts as zero: the length of g, and each |λ|."""
    flat = np.zeros(2)
    places = [
        (flat, np.diag([2.0, 0.05]), "degenerate"),
        (flat, np.diag([2.0, 0.2]), "minimum"),
        (flat, np.diag([2.0, -0.05]), "degenerate"),
        (flat, np.diag([2.0, -0.2]), "saddle"),
        (flat, np.diag([-2.0, -0.05]), "degenerate"),
        (flat, np.diag([-2.0, 0.05]), "degenerate"),
        (flat, np.diag([0.05, -0.05]), "degenerate"),
        (np.array([0.06, -0.06]), np.diag([-0.5, -0.2]), "maximum"),
        (np.array([0.09, -0.08]), np.diag([2.0, 0.2]), "not stationary"),
        (np.array([0.2, -0.2]), np.diag([2.0, 0.2]), "not stationary"),
    ]
    questions, words = asked(case, "tolerance", places, 0.1)
    expect_kinds(student, questions, words)


@check("classify", points=0.5, needs=("classify.values",))
def classify_default_tolerance(student, case):
    """tol is 1e-8 if it is not given."""
    flat = np.zeros(2)
    places = [
        (flat, np.diag([2.0, 3e-8]), "minimum"),
        (flat, np.diag([2.0, 3e-9]), "degenerate"),
        (np.array([3e-8, 0.0]), np.diag([2.0, 1.0]), "not stationary"),
        (np.array([3e-9, 0.0]), np.diag([2.0, 1.0]), "minimum"),
    ]
    questions, words = asked(case, "default tolerance", places)
    expect_kinds(student, questions, words)


@check("classify", points=0.5, needs=("classify.values",))
def classify_exact(student, case):
    """With tol = 0 only what is exactly 0 counts as zero."""
    flat = np.zeros(2)
    places = [
        (flat, np.diag([2.0, 0.0]), "degenerate"),
        (flat, np.diag([-2.0, 0.0]), "degenerate"),
        (flat, np.diag([2.0, 1e-12]), "minimum"),
        (np.array([1e-12, 0.0]), np.diag([2.0, 1.0]), "not stationary"),
    ]
    questions, words = asked(case, "exact", places, 0.0)
    expect_kinds(student, questions, words)


@check("classify", points=0.5, needs=("classify.values",))
def classify_words(student, case):
    """The words are exactly "not stationary", "saddle", "degenerate", "minimum" and "maximum"."""
    flat = np.zeros(2)
    places = [
        (np.ones(2), np.diag([2.0, 1.0]), "not stationary"),
        (flat, np.diag([2.0, -1.0]), "saddle"),
        (flat, np.diag([2.0, 0.0]), "degenerate"),
        (flat, np.diag([2.0, 1.0]), "minimum"),
        (flat, np.diag([-2.0, -1.0]), "maximum"),
    ]
    questions, words = asked(case, "words", places)
    expect_kinds(student, questions, words, exactly=True)


@check("classify", points=0.5, given=WIDER, examples=0, needs=("classify.values",))
def classify_pure(student, case):
    """gradient and H are left as they were."""
    expect_unmodified(student, "classify", gradient=small(case, 1e-9), H=sample(case, "minimum", SIGNS["minimum"]))


# ── walks ──────────────────────────────────────────────────────────────────────────────────────


@check("gradient_descent", points=3, given=WALKS, examples=2)
def gradient_descent_end(student, case):
    """On a bowl the walk ends where it must: each step multiplies what is left of the way by I - lr H."""
    H, centre, x0, lr = bowl(case)
    found = student.gradient_descent(slope_of(H, centre), x0, lr, case.steps)
    right = formulas.descent(H, centre, x0, lr, case.steps)
    expect(student, **{"the last row": (last_of(found, case.d), right[-1])})


@check("gradient_descent", points=2, given=WALKS, examples=2)
def gradient_descent_trajectory(student, case):
    """The trajectory has a row for the start and one for each step."""
    H, centre, x0, lr = bowl(case)
    found = rows_of(student.gradient_descent(slope_of(H, centre), x0, lr, case.steps))
    expect(student, axes=("row",), trajectory=(found, formulas.descent(H, centre, x0, lr, case.steps)))


@check("gradient_descent", points=1.5)
def gradient_descent_rates(student, case):
    """Just below 2/λmax it converges, just above it diverges: along the steepest axis by -0.98 and -1.02 a step."""
    H, centre = case.given("H", np.diag([8.0, 1.0])), case.given("centre", np.array([1.0, -2.0]))
    x0 = case.given("x0", np.array([3.0, 0.5]))
    for lr in (0.99 * 2 / 8, 1.01 * 2 / 8):
        found = rows_of(student.gradient_descent(slope_of(H, centre), x0, lr, 8))
        expect(student, axes=("row",), trajectory=(found, formulas.descent(H, centre, x0, lr, 8)))


@check("gradient_descent", points=1.5)
def gradient_descent_saddle(student, case):
    """From the ridge it goes to the saddle and stays; from a hair beside it, it leaves for a minimum."""
    for x0 in (case.given("ridge", np.array([0.0, 1.0])), case.given("beside", np.array([0.01, 1.0]))):
        found = rows_of(student.gradient_descent(surfaces.double_well_slope, x0, 0.4, 10))
        expect(student, axes=("row",), trajectory=(found, formulas.well_descent(x0, 0.4, 10)))


@check("gradient_descent", points=0.5, needs=("gradient_descent.end",))
def gradient_descent_plateau(student, case):
    """On a plateau it stands still, and each step adds a row all the same."""
    x0 = case.given("x0", np.array([1.0, -2.0, 0.5]))
    found = rows_of(student.gradient_descent(surfaces.plateau_slope, x0, 0.5, 3))
    expect(student, axes=("row",), trajectory=(found, np.tile(x0, (4, 1))))


@check("gradient_descent", points=0.5, needs=("gradient_descent.end",))
def gradient_descent_no_steps(student, case):
    """With steps = 0 the trajectory is the start alone."""
    H, centre = np.diag([2.0, 1.0]), np.zeros(2)
    x0 = case.given("x0", np.array([3.0, 0.5]))
    expect(student, trajectory=(rows_of(student.gradient_descent(slope_of(H, centre), x0, 0.1, 0)), x0[None]))


@check("gradient_descent", points=0.5, given=WALKS, examples=0, needs=("gradient_descent.end",))
def gradient_descent_shape(student, case):
    """The trajectory is an array with exactly the shape (steps + 1, D)."""
    H, centre, x0, lr = bowl(case)
    found = student.gradient_descent(slope_of(H, centre), x0, lr, case.steps)
    expect_shape(trajectory=(found, (case.steps + 1, case.d)))


@check("gradient_descent", points=0.5, given=WALKS, examples=0, needs=("gradient_descent.end",))
def gradient_descent_pure(student, case):
    """x0 is left as it was."""
    H, centre, x0, lr = bowl(case)
    expect_unmodified(student, "gradient_descent", grad=slope_of(H, centre), x0=x0, lr=lr, steps=case.steps)


def roll(case):
    """The arguments of `momentum_descent`, and what is right."""
    H, centre, x0, lr = bowl(case)
    arguments = (slope_of(H, centre), x0, lr, case.momentum, case.steps)
    return arguments, formulas.rolling(H, centre, x0, lr, case.momentum, case.steps)


@check("momentum_descent", points=3, given=ROLLS, examples=2)
def momentum_descent_end(student, case):
    """On a bowl the walk ends where it must: v = momentum * v - lr * grad(x), then x + v, and v is 0 at first."""
    arguments, right = roll(case)
    expect(student, **{"the last row": (last_of(student.momentum_descent(*arguments), case.d), right[-1])})


@check("momentum_descent", points=2, given=ROLLS, examples=2)
def momentum_descent_trajectory(student, case):
    """The trajectory has a row for the start and one for each step."""
    arguments, right = roll(case)
    expect(student, axes=("row",), trajectory=(rows_of(student.momentum_descent(*arguments)), right))


@check("momentum_descent", points=1, given=ROLLS, examples=0, needs=("momentum_descent.end",))
def momentum_descent_without(student, case):
    """With momentum = 0 it is gradient descent."""
    (grad, x0, lr, _, steps), _ = roll(case)
    H, centre, *_ = bowl(case)
    found = rows_of(student.momentum_descent(grad, x0, lr, 0.0, steps))
    expect(student, axes=("row",), trajectory=(found, formulas.descent(H, centre, x0, lr, steps)))


@check("momentum_descent", points=1.5)
def momentum_descent_ravine(student, case):
    """In a ravine of condition number 100 it comes ten times closer in 30 steps than gradient descent can."""
    H, centre = case.given("H", np.diag([1.0, 100.0])), case.given("centre", np.array([2.0, -1.0]))
    x0 = centre + case.given("way", np.array([1.0, 0.1]))
    # lr = 4 / (√λmax + √λmin)² and momentum = ((√κ - 1) / (√κ + 1))² shrink both by about 9/11 a step (Polyak, 1964);
    # the best rate without momentum leaves (99/101)³⁰ of the way
    found = student.momentum_descent(slope_of(H, centre), x0, 4 / 121, 81 / 121, 30)
    distance = float(np.linalg.norm(last_of(found, 2) - centre))
    plain = (99 / 101) ** 30
    if not distance <= plain / 10:
        raise CheckFailed(
            f"After 30 steps x is {distance:.3g} from the minimum; it must be within {plain / 10:.3g}.",
            tensor="trajectory",
        )


@check("momentum_descent", points=0.5, needs=("momentum_descent.end",))
def momentum_descent_no_steps(student, case):
    """With steps = 0 the trajectory is the start alone."""
    H, centre = np.diag([2.0, 1.0]), np.zeros(2)
    x0 = case.given("x0", np.array([3.0, 0.5]))
    found = rows_of(student.momentum_descent(slope_of(H, centre), x0, 0.1, 0.9, 0))
    expect(student, trajectory=(found, x0[None]))


@check("momentum_descent", points=0.5, given=ROLLS_OF_ONE, examples=0, needs=("momentum_descent.end",))
def momentum_descent_shape(student, case):
    """The trajectory is an array with exactly the shape (steps + 1, D)."""
    arguments, right = roll(case)
    expect_shape(trajectory=(student.momentum_descent(*arguments), right.shape))


@check("momentum_descent", points=0.5, given=ROLLS, examples=0, needs=("momentum_descent.end",))
def momentum_descent_pure(student, case):
    """x0 is left as it was."""
    (grad, x0, lr, momentum, steps), _ = roll(case)
    expect_unmodified(student, "momentum_descent", grad=grad, x0=x0, lr=lr, momentum=momentum, steps=steps)


# ── rates ──────────────────────────────────────────────────────────────────────────────────────

KNOWN = np.array([[3.0, 1.0], [1.0, 3.0]])  # eigenvalues 2 and 4


@check("largest_stable_rate", points=2, given=MATRICES, examples=3)
def largest_stable_rate_values(student, case):
    """The rate is 2 / λmax."""
    H, numbers = matrix(case)
    expect(student, rate=(student.largest_stable_rate(H), formulas.stable(numbers)))


@check("largest_stable_rate", points=1)
def largest_stable_rate_known_answer(student, case):
    """H with the rows (3, 1), (1, 3) has the eigenvalues 2 and 4, so the rate is ½."""
    expect(student, rate=(student.largest_stable_rate(case.given("H", KNOWN)), 0.5))


@check("largest_stable_rate", points=0.5, given=MATRICES, examples=0, needs=("largest_stable_rate.values",))
def largest_stable_rate_shape(student, case):
    """The rate is a single number."""
    H, _ = matrix(case)
    expect_shape(rate=(student.largest_stable_rate(H), ()))


@check("largest_stable_rate", points=0.5, given=MATRICES, examples=0, needs=("largest_stable_rate.values",))
def largest_stable_rate_pure(student, case):
    """H is left as it was."""
    expect_unmodified(student, "largest_stable_rate", H=matrix(case)[0])


@check("best_rate", points=2, given=MATRICES, examples=3)
def best_rate_values(student, case):
    """The rate is 2 / (λmin + λmax)."""
    H, numbers = matrix(case)
    expect(student, rate=(student.best_rate(H), formulas.fastest(numbers)))


@check("best_rate", points=1)
def best_rate_known_answer(student, case):
    """H with the rows (3, 1), (1, 3) has the eigenvalues 2 and 4, so the rate is ⅓."""
    expect(student, rate=(student.best_rate(case.given("H", KNOWN)), 1 / 3))


@check("best_rate", points=0.5, given=MATRICES, examples=0, needs=("best_rate.values",))
def best_rate_shape(student, case):
    """The rate is a single number."""
    H, _ = matrix(case)
    expect_shape(rate=(student.best_rate(H), ()))


@check("best_rate", points=0.5, given=MATRICES, examples=0, needs=("best_rate.values",))
def best_rate_pure(student, case):
    """H is left as it was."""
    expect_unmodified(student, "best_rate", H=matrix(case)[0])


@check("contraction", points=2, given=RATES, examples=3)
def contraction_values(student, case):
    """The factor is the largest |1 - lr λ|, whichever end of the eigenvalues it comes from."""
    H, numbers = matrix(case)
    lr = rate_of(case, numbers)
    expect(student, factor=(student.contraction(H, lr), formulas.factor(numbers, lr)))


@check("contraction", points=1.5)
def contraction_known_answer(student, case):
    """With the eigenvalues 2 and 4 it is 0.8 at a rate of 0.1, ⅓ at ⅓, 1 at ½, and 1.4 at 0.6."""
    H, rates = case.given("H", KNOWN), (0.1, 1 / 3, 0.5, 0.6)
    found = student.each("contraction", [(H, lr) for lr in rates])
    for lr, factor, right in zip(rates, found, (0.8, 1 / 3, 1.0, 1.4), strict=True):
        expect(student, **{f"factor at {lr:.3g}": (factor, right)})


@check("contraction", points=0.5, given=RATES, examples=0, needs=("contraction.values",))
def contraction_shape(student, case):
    """The factor is a single number."""
    H, numbers = matrix(case)
    expect_shape(factor=(student.contraction(H, rate_of(case, numbers)), ()))


@check("contraction", points=0.5, given=RATES, examples=0, needs=("contraction.values",))
def contraction_pure(student, case):
    """H is left as it was."""
    H, numbers = matrix(case)
    expect_unmodified(student, "contraction", H=H, lr=rate_of(case, numbers))


@check("newton_step", points=3, given=MATRICES, examples=3)
def newton_step_values(student, case):
    """On a bowl the step leads from anywhere to the minimum."""
    H, _ = matrix(case)
    step = case.array("step", case.d)
    expect(student, step=(rows_of(student.newton_step(case.given("gradient", -H @ step), H)), step))


@check("newton_step", points=1)
def newton_step_known_answer(student, case):
    """The gradient (2, 8) with eigenvalues 4 and 2 along the axes gives the step (-0.5, -4)."""
    gradient, H = case.given("gradient", np.array([2.0, 8.0])), case.given("H", np.diag([4.0, 2.0]))
    expect(student, step=(rows_of(student.newton_step(gradient, H)), [-0.5, -4.0]))


@check("newton_step", points=1)
def newton_step_valley(student, case):
    """In a valley of condition number 10000 one step is still enough."""
    H = case.given("H", 100.0 * np.array([[50.005, -49.995], [-49.995, 50.005]]))  # eigenvalues 1 and 10000
    step = np.array([3.0, -1.0])
    found = rows_of(student.newton_step(case.given("gradient", -H @ step), H))
    expect(student, 1e-9, step=(found, step))  # the rounding of H and g, 1e-16 of their size, times 10000, and room


@check("newton_step", points=0.5, given=MATRICES, examples=0, needs=("newton_step.values",))
def newton_step_shape(student, case):
    """The step is an array with exactly the shape (D,)."""
    H, _ = matrix(case)
    expect_shape(step=(student.newton_step(case.array("slope", case.d), H), (case.d,)))


@check("newton_step", points=0.5, given=MATRICES, examples=0, needs=("newton_step.values",))
def newton_step_pure(student, case):
    """gradient and H are left as they were."""
    H, _ = matrix(case)
    expect_unmodified(student, "newton_step", gradient=case.array("slope", case.d), H=H)


# ── slices ─────────────────────────────────────────────────────────────────────────────────────


def sliced(student, case):
    """What the student's slice of a wavy surface is, and what it must be."""
    (k, m), grid = coefficients(case), directions(case)
    return student.loss_slice(surfaces.wavy(k, m), *grid), formulas.wavy_slice(k, m, *grid)


@check("loss_slice", points=3, given=SLICES, examples=2)
def loss_slice_values(student, case):
    """values[i, j] is f at w + a[i] d1 + b[j] d2."""
    found, right = sliced(student, case)
    expect(student, values=(rows_of(found), right))


@check("loss_slice", points=1)
def loss_slice_order(student, case):
    """Rows belong to a, columns to b: p₀ + 10 p₁ at a = 0, 1, 2 and b = 0, 1 has the rows (0, 10), (1, 11), (2, 12)."""
    axes, a = np.eye(2), case.given("a", np.array([0.0, 1.0, 2.0]))
    found = student.loss_slice(surfaces.tilted, np.zeros(2), axes[0], axes[1], a, case.given("b", np.array([0.0, 1.0])))
    expect(student, values=(rows_of(found), [[0.0, 10.0], [1.0, 11.0], [2.0, 12.0]]))


@check("loss_slice", points=1, given=WEIGHTS, examples=1)
def loss_slice_weights(student, case):
    """w may be an array of any shape, such as a layer's weights."""
    found, right = sliced(student, case)
    expect(student, values=(rows_of(found), right))


@check("loss_slice", points=0.5, given=SLICES, examples=0, needs=("loss_slice.values",))
def loss_slice_shape(student, case):
    """The values are an array with exactly the shape (len a, len b)."""
    found, _ = sliced(student, case)
    expect_shape(values=(found, (case.len_a, case.len_b)))


@check("loss_slice", points=0.5, given=SLICES, examples=0, needs=("loss_slice.values",))
def loss_slice_pure(student, case):
    """w, the directions, a and b are left as they were."""
    w, d1, d2, a, b = directions(case)
    f = surfaces.wavy(*coefficients(case))
    expect_unmodified(student, "loss_slice", f=f, w=w, d1=d1, d2=d2, a=a, b=b)


@check("filter_normalized", points=3, given=FILTERS, examples=2)
def filter_normalized_values(student, case):
    """Each filter of d, along its first axis, gets the norm of the same filter of w."""
    d, w = filters(case)
    expect(student, scaled=(student.filter_normalized(d, w), formulas.scaled(d, w)))


@check("filter_normalized", points=1, given=TABLES, examples=1)
def filter_normalized_matrices(student, case):
    """The rows of a matrix are filters, too: those of a fully connected layer."""
    d, w = filters(case)
    expect(student, scaled=(student.filter_normalized(d, w), formulas.scaled(d, w)))


@check("filter_normalized", points=1, needs=("filter_normalized.values",))
def filter_normalized_zero(student, case):
    """A filter of d that is all zeros stays zero."""
    d = case.given("d", np.array([0.0, 0.0, 300.0, 400.0, 0.3, 0.4]).reshape(3, 1, 1, 2))
    w = case.given("w", np.array([1.0, 2.0, 6.0, 8.0, 3.0, 4.0]).reshape(3, 1, 1, 2))
    # a constant of 1e-8 beside the norm of ½ moves the 4 by 8e-8
    expect(student, 1e-6, scaled=(student.filter_normalized(d, w), formulas.scaled(d, w)))


@check("filter_normalized", points=0.5, given=FILTERS, examples=0, needs=("filter_normalized.values",))
def filter_normalized_shape(student, case):
    """The scaled direction has exactly d's shape."""
    d, w = filters(case)
    expect_shape(scaled=(student.filter_normalized(d, w), d.shape))


@check("filter_normalized", points=0.5, given=FILTERS, examples=0, needs=("filter_normalized.values",))
def filter_normalized_pure(student, case):
    """d and w are left as they were."""
    d, w = filters(case)
    expect_unmodified(student, "filter_normalized", d=d, w=w)
