"""The cases that are asked about: their parameters, their arrays, and what is right for them."""

import itertools

import numpy as np

from autograder import CheckFailed, Space, expect

from . import formulas

# ── what a student may return ──────────────────────────────────────────────────────────────────


def numbers(found):
    """`found`, the student's answer, where a list of numbers counts as an array, and ints and booleans as floats. What
    is something else stays as it is, for `expect` to refuse."""
    if not isinstance(found, tuple | list | np.ndarray | bool | np.bool_):
        return found
    try:
        array = np.array(found)
    except ValueError:  # rows of different lengths
        return found
    listed = isinstance(found, tuple | list)
    return array.astype(np.float64) if array.dtype.kind in ("biuf" if listed else "biu") else found


def finite(name, found, count, of=""):
    """`found`, the student's answer, as `count` floats. CheckFailed, which names it and what it is `of`, for anything
    else."""
    found = numbers(found)
    if not isinstance(found, np.ndarray | float | int | np.number) or np.asarray(found).dtype.kind not in "iuf":
        raise CheckFailed(f"{name}{of} must be {_counted(count)}, floats.", tensor=name)
    if np.size(found) != count:
        raise CheckFailed(f"{name}{of} must be {_counted(count)}; yours is {_counted(np.size(found))}.", tensor=name)
    if not np.isfinite(found).all():
        raise CheckFailed(f"{name}{of} holds NaN or infinity; it must hold numbers.", tensor=name)
    return np.asarray(found, dtype=np.float64).reshape(count)


def _counted(count):
    return f"{count} number{'s' if count != 1 else ''}"


# ── rows with labels -1 and 1 ──────────────────────────────────────────────────────────────────

# Whole numbers: every score is exact, in whatever order it is summed.
LARGEST = 5
ENOUGH = 200  # epochs, in which every case is learnt
SLOW = 4  # epochs, which the larger cases need at least
# In the first row all sizes differ; the second has one example.
SEPARABLE = Space(
    rows=[{"n": 7, "d": 2}, {"n": 1, "d": 1}, {"n": 8, "d": 3}],
    n=(1, 2, 4, 6, 9),
    d=(1, 2, 3, 4),
)
UNFINISHED = Space(rows=[{"n": 7, "d": 2}], n=(6, 8), d=(2, 3))
LARGER = Space(rows=[{"n": 14, "d": 3}], n=(10, 12, 16), d=(2, 3, 5))
# The last row is the first one with the other label, so no line separates the two classes.
CONTRADICTING = Space(rows=[{"n": 6, "d": 2, "epochs": 7}], n=(3, 5, 8), d=(1, 2, 3), epochs=(5, 8))


def separable(case):
    """X (N, D) and y (N,), which some line separates; both labels occur where there are two rows or more."""
    X, y = case.once("separable", lambda: next(filter(_interesting, _separated(case))))
    return case.given("X", X), case.given("y", y)


def _separated(case):
    for attempt in itertools.count():
        rng = case.rng(f"rows {attempt}")
        X = rng.integers(-LARGEST, LARGEST + 1, (case.n, case.d)).astype(np.float64)
        score = X @ rng.integers(-3, 4, case.d) + rng.integers(-4, 5)
        if (score != 0).all():
            yield X, np.sign(score).astype(np.int64)


def _interesting(drawn):
    """Whether both labels occur, and learning takes a while, but not long, for sets that are large enough."""
    X, y = drawn
    if len(y) > 1 and abs(y.sum()) == len(y):
        return False
    _, _, mistakes = formulas.perceptron(X, y, ENOUGH)
    return mistakes[-1] == 0 and (len(y) < 6 or len(mistakes) >= SLOW)


def contradicting(case):
    """X (N, D) and y (N,), which no line separates."""
    rng = case.rng("rows")
    X = rng.integers(-LARGEST, LARGEST + 1, (case.n, case.d)).astype(np.float64)
    y = rng.choice(np.array([-1, 1]), case.n)
    X[-1], y[-1] = X[0], -y[0]
    return case.given("X", X), case.given("y", y)


def trajectories(case, X, y, epochs):
    """What is right, and what is right but for the rows with a score of exactly 0, which are asked about apart."""
    return case.once(("fit", epochs), lambda: [formulas.perceptron(X, y, epochs, at_zero) for at_zero in (0, 1, -1)])


def expect_weights(student, found, accepted):
    """`found`, what perceptron_fit returned, must have the w and b of one of the `accepted` trajectories."""
    w, b, _ = found

    def compare(right):
        expect(student, w=(numbers(w), right[0]), b=(numbers(b), right[1]))

    _any(compare, accepted)


def expect_mistakes(student, found, accepted):
    """`found`, what perceptron_fit returned, must count the mistakes of one of the `accepted` trajectories."""
    counts = numbers(found[2])

    def compare(right):
        if isinstance(counts, np.ndarray) and counts.ndim == 1 and len(counts) != len(right[2]):
            raise CheckFailed(
                f"mistakes must have one number for each epoch, {len(right[2])} here; yours has {len(counts)}.",
                tensor="mistakes",
                actual=counts,
                expected=right[2],
            )
        expect(student, axes=("epoch",), mistakes=(counts, right[2]))

    _any(compare, accepted)


def _any(compare, accepted):
    """Whether `compare` accepts one of them; what it says of the first, if it does not."""
    first, *others = accepted
    try:
        compare(first)
    except CheckFailed as fault:
        if not any(_accepts(compare, other) for other in others):
            raise fault from None


def _accepts(compare, right):
    try:
        compare(right)
    except CheckFailed:
        return False
    return True


# ── logic ──────────────────────────────────────────────────────────────────────────────────────

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
ENDS = np.array([[0.0], [1.0]])
# The units (w1, w2, b), in order of their size: all 14 truth tables that a unit can have are among them.
GRID = np.array(
    sorted(itertools.product(np.arange(-2, 2.5, 0.5), repeat=3), key=lambda unit: float(np.abs(unit).sum()))
)
BATCH = Space(rows=[{"n": 7}, {"n": 1}], n=(1, 2, 3, 5))
# A score that is 0 but for rounding: 0.1 + 0.2 - 0.3 is 6e-17.
ROUNDING = 1e-12


def unit(student, name, inputs):
    """The score of the student's gate called `name` at each of `inputs`, exactly 0 where rounding alone makes it
    another number, and the weights in words."""
    w, b = student.gate(name)
    gate = f" of the {name} gate"
    w, (b,) = finite("w", w, inputs.shape[1], gate), finite("b", b, 1, gate)
    scores = inputs @ w + b
    scores[np.abs(scores) <= ROUNDING * (np.abs(w).sum() + abs(b))] = 0
    return scores, f"w = ({', '.join(f'{weight:g}' for weight in w)}) and b = {b:g}"


def corner(inputs):
    """Inputs in words: (0, 1)."""
    return f"({', '.join(f'{value:g}' for value in inputs)})"


def batch(case):
    """x (N, 2): corners in any order, some more than once."""
    return case.given("x", CORNERS[case.rng("x").integers(0, 4, case.n)])


# ── two normal classes ─────────────────────────────────────────────────────────────────────────

CONTENT = ("whole", "normal")
LABELLED = Space(
    rows=[{"n": 7, "d": 3, "content": "normal"}, {"n": 5, "d": 1, "content": "normal"}],
    n=(5, 6, 8, 9),
    d=(1, 2, 3),
    content=CONTENT,
)
SEVERAL = Space(rows=[{"n": 7, "d": 3, "content": "normal"}], n=(5, 6), d=(2, 3), content=CONTENT)
CLASSES = Space(
    rows=[{"d": 3, "content": "normal"}, {"d": 1, "content": "normal"}],
    d=(1, 2, 3, 4),
    content=CONTENT,
)
POINTS = Space(
    rows=[{"n": 5, "d": 3, "content": "normal"}, {"n": 1, "d": 2, "content": "normal"}],
    n=(1, 2, 3, 6),
    d=(1, 2, 3, 4),
    content=CONTENT,
)
FAR = Space(rows=[{"n": 4, "d": 3, "content": "normal"}], n=(1, 3, 5), d=(2, 3, 4), content=("normal",))


def labelled(case):
    """X (N, D) and y (N,): two examples of class 0 or a third of all, whichever is more, in any order."""
    few = max(2, case.n // 3)
    y = case.rng("y").permutation(np.repeat(np.array([0, 1]), [few, case.n - few]))
    return case.array("X", case.n, case.d), case.given("y", y)


def classes(case):
    """mu0, mu1 (D,), sigma (D, D) with eigenvalues of 1 and more, its features correlated."""
    rng, shape = case.rng("sigma"), (case.d, case.d)
    factor = rng.integers(-3, 4, shape) if case.content == "whole" else rng.standard_normal(shape)
    sigma = case.given("sigma", factor @ factor.T + np.eye(case.d))
    return case.array("mu0", case.d), case.array("mu1", case.d), sigma


def points(case):
    """x (N, D) around the midpoint of the means, where neither class is certain, and the two classes."""
    about = classes(case)
    return case.given("x", formulas.whitened(case.rng("x").standard_normal((case.n, case.d)), *about)), *about


def far_points(case):
    """The same so far away that both densities underflow: exp(-1000) is 0 in float64, whose least number is 5e-324."""
    about = classes(case)
    near = formulas.whitened(case.rng("x").standard_normal((case.n, case.d)), *about)
    w, _ = formulas.gaussian_classifier(*about)
    return case.given("far", formulas.beside(near, w, about[2], 45.0)), *about
