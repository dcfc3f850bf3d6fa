"""What is asked of a perceptron submission. A docstring (or `sentence`) is what the student reads."""

import numpy as np

from autograder import CheckFailed, check, expect, expect_shape, expect_unmodified

from . import formulas
from .cases import (
    BATCH,
    CLASSES,
    CONTRADICTING,
    CORNERS,
    ENDS,
    ENOUGH,
    FAR,
    GRID,
    LABELLED,
    LARGER,
    POINTS,
    SEPARABLE,
    SEVERAL,
    SLOW,
    UNFINISHED,
    batch,
    classes,
    contradicting,
    corner,
    expect_mistakes,
    expect_weights,
    far_points,
    finite,
    labelled,
    numbers,
    points,
    separable,
    trajectories,
    unit,
)

# ── the perceptron ─────────────────────────────────────────────────────────────────────────────


@check("perceptron_fit", points=8, given=SEPARABLE, examples=6)
def perceptron_fit_weights(student, case):
    """w and b grow by y x and by y on each mistake, row after row, until an epoch has none."""
    X, y = separable(case)
    expect_weights(student, student.perceptron_fit(X, y, ENOUGH), trajectories(case, X, y, ENOUGH))


@check("perceptron_fit", points=5, given=SEPARABLE, examples=6)
def perceptron_fit_mistakes(student, case):
    """mistakes holds the number of mistakes of each epoch, the final 0 included."""
    X, y = separable(case)
    expect_mistakes(student, student.perceptron_fit(X, y, ENOUGH), trajectories(case, X, y, ENOUGH))


@check("perceptron_fit", points=2, given=LARGER, examples=3)
def perceptron_fit_separates(student, case):
    """Where a line can separate the two classes, w and b do: every row is on the side of its label."""
    X, y = separable(case)
    found = student.perceptron_fit(X, y, ENOUGH)
    w, (b,) = finite("w", found[0], case.d), finite("b", found[1], 1)
    scores = X @ w + b
    for row, (score, label) in enumerate(zip(scores, y, strict=True)):
        if not score * label >= 0:
            raise CheckFailed(f"Row {row} has the label {label}, and your w and b give it the score {score:g}.")
    on_the_line = np.unique(y[scores == 0])
    if len(on_the_line) > 1:
        raise CheckFailed("Rows of both classes have a score of exactly 0: your w and b do not tell them apart.")


@check("perceptron_fit", points=3)
def perceptron_fit_boundary(student, case):
    """A score of exactly 0 is a mistake for either label: the and gate takes nine epochs, to w = (3, 2) and b = -4."""
    X, y = case.given("X", CORNERS), case.given("y", np.array([-1, -1, -1, 1]))
    found = student.perceptron_fit(X, y, ENOUGH)
    right = case.once("fit", lambda: formulas.perceptron(X, y, ENOUGH))
    expect_weights(student, found, [right])
    expect_mistakes(student, found, [right])


@check("perceptron_fit", points=4, given=CONTRADICTING, examples=4)
def perceptron_fit_not_separable(student, case):
    """Where no line separates the two classes, it goes through all of its epochs, and none is without a mistake."""
    X, y = contradicting(case)
    found = student.perceptron_fit(X, y, case.epochs)
    right = trajectories(case, X, y, case.epochs)
    expect_weights(student, found, right)
    expect_mistakes(student, found, right)


@check("perceptron_fit", points=2)
def perceptron_fit_xor(student, case):
    """One unit never learns xor: of the rows (0, 1), (1, 0), (0, 0) and (1, 1) it gets three wrong in the first epoch,
    and all four in every other one."""
    X, y = case.given("X", CORNERS[[1, 2, 0, 3]]), case.given("y", np.array([1, 1, -1, -1]))
    found = student.perceptron_fit(X, y, 6)
    right = trajectories(case, X, y, 6)
    expect_weights(student, found, right)
    expect_mistakes(student, found, right)


@check("perceptron_fit", points=3, given=UNFINISHED, examples=2)
def perceptron_fit_epochs(student, case):
    """It stops after `epochs` epochs, even if the last one had mistakes."""
    X, y = separable(case)
    for epochs in (1, SLOW - 1):
        found = student.perceptron_fit(X, y, epochs)
        right = trajectories(case, X, y, epochs)
        expect_weights(student, found, right)
        expect_mistakes(student, found, right)


@check("perceptron_fit", points=0.5, given=SEPARABLE, examples=2, needs=("perceptron_fit.weights",))
def perceptron_fit_shapes(student, case):
    """w has exactly the shape (D,), b is a single number, and mistakes has one axis."""
    X, y = separable(case)
    w, b, mistakes = student.perceptron_fit(X, y, ENOUGH)
    epochs = len(trajectories(case, X, y, ENOUGH)[0][2])
    expect_shape(w=(numbers(w), (case.d,)), b=(numbers(b), ()))
    if np.ndim(numbers(mistakes)) != 1:
        expect_shape(mistakes=(numbers(mistakes), (epochs,)))


@check("perceptron_fit", points=0.5, given=SEPARABLE, examples=1, needs=("perceptron_fit.weights",))
def perceptron_fit_pure(student, case):
    """X and y are left as they were."""
    X, y = separable(case)
    expect_unmodified(student, "perceptron_fit", X=X, y=y, epochs=ENOUGH)


# ── logic ──────────────────────────────────────────────────────────────────────────────────────

GATES = {
    "and": (CORNERS, (0, 0, 0, 1), "The and gate is on where both inputs are 1."),
    "or": (CORNERS, (0, 1, 1, 1), "The or gate is on where an input is 1, or both are."),
    "nand": (CORNERS, (1, 1, 1, 0), "The nand gate is off where both inputs are 1, and on elsewhere."),
    "not": (ENDS, (1, 0), "The not gate is on where its input is 0."),
}


def realises(name):
    """A check that the gate called `name` has its truth table."""
    inputs, table, _ = GATES[name]

    def ask(student, case):
        scores, weights = unit(student, name, inputs)
        for x, score, wanted in zip(inputs, scores, table, strict=True):
            if (score > 0) != wanted:
                state = "on" if score > 0 else "off"
                raise CheckFailed(
                    f"With {weights} the unit is {state} at {corner(x)}, where its score is {score:g}; the "
                    f"{name} gate is {'on' if wanted else 'off'} there.",
                    tensor="w",
                )

    return ask


for name, (_, _, sentence) in GATES.items():
    check("gate", points=2.5, name=name, sentence=sentence)(realises(name))


@check("gate", points=1, needs=tuple(f"gate.{name}" for name in GATES))
def gate_decided(student, case):
    """No input of 0 and 1 lies on the line: the score is never exactly 0."""
    for name, (inputs, _, _) in GATES.items():
        scores, weights = unit(student, name, inputs)
        if not scores.all():
            x = inputs[int(np.argmin(np.abs(scores)))]
            raise CheckFailed(f"With {weights} the {name} gate has a score of exactly 0 at {corner(x)}.", tensor="w")


@check("gate", points=0.5, needs=("gate.and", "gate.not"))
def gate_shapes(student, case):
    """w has one weight for each input, the shape (2,), or (1,) for the not gate, and b is a single number."""
    for name, (inputs, _, _) in GATES.items():
        w, b = student.gate(name)
        expect_shape(w=(numbers(w), (inputs.shape[1],)), b=(numbers(b), ()))


@check("xor_network", points=5)
def xor_network_truth_table(student, case):
    """out is 1 for (0, 1) and (1, 0), and 0 for (0, 0) and (1, 1)."""
    expect(student, axes=("row",), out=(numbers(student.xor_network(case.given("x", CORNERS))), [0, 1, 1, 0]))


@check("xor_network", points=1)
def xor_network_beyond_one_unit(student, case):
    """Two layers do what one unit cannot: of a whole grid of units, with weights and biases from -2 to 2, none has the
    same outputs."""
    out = finite("out", student.xor_network(case.given("x", CORNERS)), 4)
    scores = GRID[:, :2] @ CORNERS.T + GRID[:, 2:]
    same = ((scores > 0) == out).all(axis=1) & scores.all(axis=1)  # and none of the four inputs on the line
    if same.any():
        w1, w2, b = GRID[int(np.argmax(same))]
        raise CheckFailed(
            f"A single unit has the same outputs as your network: w = ({w1:g}, {w2:g}), b = {b:g}.", tensor="out"
        )


@check("xor_network", points=2.5, given=BATCH, examples=4)
def xor_network_batches(student, case):
    """Right for each row of a batch of any size, in any order."""
    x = batch(case)
    expect(student, axes=("row",), out=(numbers(student.xor_network(x)), x.sum(axis=1) % 2))


@check("xor_network", points=0.5, given=BATCH, examples=2, needs=("xor_network.truth_table",))
def xor_network_shape(student, case):
    """out has exactly the shape (N,)."""
    expect_shape(out=(numbers(student.xor_network(batch(case))), (case.n,)))


@check("xor_network", points=0.5, given=BATCH, examples=1, needs=("xor_network.truth_table",))
def xor_network_pure(student, case):
    """x is left as it was."""
    expect_unmodified(student, "xor_network", x=batch(case))


# ── two normal classes ─────────────────────────────────────────────────────────────────────────


@check("gaussian_fit", points=4, given=LABELLED, examples=6)
def gaussian_fit_means(student, case):
    """mu0 and mu1 are the means of the rows with y = 0 and with y = 1."""
    X, y = labelled(case)
    mu0, mu1, _ = student.gaussian_fit(X, y)
    right = case.once("fit", lambda: formulas.gaussian_fit(X, y))
    expect(student, mu0=(numbers(mu0), right[0]), mu1=(numbers(mu1), right[1]))


@check("gaussian_fit", points=7, given=LABELLED, examples=6)
def gaussian_fit_covariance(student, case):
    """sigma is the mean over all rows of d dᵀ, where d is a row minus the mean of its own class."""
    X, y = labelled(case)
    _, _, sigma = student.gaussian_fit(X, y)
    expect(student, sigma=(numbers(sigma), case.once("fit", lambda: formulas.gaussian_fit(X, y))[2]))


@check("gaussian_fit", points=2)
def gaussian_fit_known_answer(student, case):
    """(0, 0) and (2, 4) of class 0, (1, 0), (2, 0) and (3, 3) of class 1: means of (1, 2) and (2, 1), and sigma is
    [[4, 7], [7, 14]] / 5."""
    X = case.given("X", np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 4.0], [2.0, 0.0], [3.0, 3.0]]))
    mu0, mu1, sigma = student.gaussian_fit(X, case.given("y", np.array([0, 1, 0, 1, 1])))
    expect(
        student,
        mu0=(numbers(mu0), [1, 2]),
        mu1=(numbers(mu1), [2, 1]),
        sigma=(numbers(sigma), np.array([[4, 7], [7, 14]]) / 5),
    )


@check("gaussian_fit", points=0.5, given=SEVERAL, examples=2, needs=("gaussian_fit.covariance",))
def gaussian_fit_shapes(student, case):
    """mu0 and mu1 have exactly the shape (D,), and sigma has (D, D)."""
    mu0, mu1, sigma = student.gaussian_fit(*labelled(case))
    expect_shape(mu0=(numbers(mu0), (case.d,)), mu1=(numbers(mu1), (case.d,)), sigma=(numbers(sigma), (case.d, case.d)))


@check("gaussian_fit", points=0.5, given=LABELLED, examples=1, needs=("gaussian_fit.means",))
def gaussian_fit_pure(student, case):
    """X and y are left as they were."""
    X, y = labelled(case)
    expect_unmodified(student, "gaussian_fit", X=X, y=y)


@check("gaussian_classifier", points=6, given=CLASSES, examples=6)
def gaussian_classifier_weights(student, case):
    """w is Σ⁻¹ (μ₁ - μ₀)."""
    w, _ = student.gaussian_classifier(*classes(case))
    expect(student, w=(numbers(w), formulas.gaussian_classifier(*classes(case))[0]))


@check("gaussian_classifier", points=5, given=CLASSES, examples=6)
def gaussian_classifier_bias(student, case):
    """b is ½ (μ₀ᵀ Σ⁻¹ μ₀ - μ₁ᵀ Σ⁻¹ μ₁)."""
    _, b = student.gaussian_classifier(*classes(case))
    expect(student, b=(numbers(b), formulas.gaussian_classifier(*classes(case))[1]))


def two_classes(case):
    """Means of (1, 0) and (3, 1), and a covariance whose inverse is [[1, -1], [-1, 2]]."""
    mu0, mu1 = case.given("mu0", np.array([1.0, 0.0])), case.given("mu1", np.array([3.0, 1.0]))
    return mu0, mu1, case.given("sigma", np.array([[2.0, 1.0], [1.0, 1.0]]))


@check("gaussian_classifier", points=1.5)
def gaussian_classifier_known_answer(student, case):
    """Means of (1, 0) and (3, 1) with Σ = [[2, 1], [1, 1]] give w = (1, 0) and b = -2."""
    w, b = student.gaussian_classifier(*two_classes(case))
    expect(student, w=(numbers(w), [1, 0]), b=(numbers(b), -2.0))


@check("gaussian_classifier", points=1, given=CLASSES, examples=2, needs=("gaussian_classifier.weights",))
def gaussian_classifier_midpoint(student, case):
    """Halfway between the two means neither class is likelier: the score there is 0."""
    mu0, mu1, sigma = classes(case)
    found = student.gaussian_classifier(mu0, mu1, sigma)
    w, (b,) = finite("w", found[0], case.d), finite("b", found[1], 1)
    middle = w @ (mu0 + mu1) / 2
    expect(student, b=(numbers(b), 0.0 - middle))


@check("gaussian_classifier", points=0.5, given=CLASSES, examples=2, needs=("gaussian_classifier.weights",))
def gaussian_classifier_shapes(student, case):
    """w has exactly the shape (D,), and b is a single number."""
    w, b = student.gaussian_classifier(*classes(case))
    expect_shape(w=(numbers(w), (case.d,)), b=(numbers(b), ()))


@check("gaussian_classifier", points=0.5, given=CLASSES, examples=1, needs=("gaussian_classifier.weights",))
def gaussian_classifier_pure(student, case):
    """mu0, mu1 and sigma are left as they were."""
    mu0, mu1, sigma = classes(case)
    expect_unmodified(student, "gaussian_classifier", mu0=mu0, mu1=mu1, sigma=sigma)


@check("posterior", points=8, given=POINTS, examples=6)
def posterior_values(student, case):
    """p is the density of class 1 over the sum of both densities."""
    expect(student, p=(numbers(student.posterior(*points(case))), formulas.posterior(*points(case))))


@check("posterior", points=2)
def posterior_known_answer(student, case):
    """Means of (1, 0) and (3, 1) with Σ = [[2, 1], [1, 1]]: at (2, y) p is ½, at (2 + ln 3, y) it is ¾, whatever y."""
    x = case.given("x", np.array([[2.0, 0.5], [2.0, -1.0], [2 + np.log(3), 0.0], [2 - np.log(3), 2.0]]))
    p = numbers(student.posterior(x, *two_classes(case)))
    expect(student, p=(p, [0.5, 0.5, 0.75, 0.25]))


@check("posterior", points=4, given=FAR, examples=2)
def posterior_underflow(student, case):
    """Right where both densities underflow to 0: compare their logarithms."""
    expect(student, p=(numbers(student.posterior(*far_points(case))), formulas.posterior(*far_points(case))))


@check("posterior", points=1, needs=("posterior.values",))
def posterior_certain(student, case):
    """Far on the side of one class p is 0 or 1, and not NaN: no exponential overflows."""
    x = case.given("x", np.array([[1000.0, 0.0], [-1000.0, 3.0], [5000.0, 5000.0], [-5000.0, -5000.0]]))
    expect(student, p=(numbers(student.posterior(x, *two_classes(case))), [1.0, 0.0, 1.0, 0.0]))


@check("posterior", points=0.5, given=POINTS, examples=2, needs=("posterior.values",))
def posterior_shape(student, case):
    """p has exactly the shape (N,)."""
    expect_shape(p=(numbers(student.posterior(*points(case))), (case.n,)))


@check("posterior", points=0.5, given=POINTS, examples=1, needs=("posterior.values",))
def posterior_pure(student, case):
    """x, mu0, mu1 and sigma are left as they were."""
    x, mu0, mu1, sigma = points(case)
    expect_unmodified(student, "posterior", x=x, mu0=mu0, mu1=mu1, sigma=sigma)
