"""The cases that are asked about: their parameters, their arrays, and answers that may be written in several ways."""

import contextlib

import numpy as np

from autograder import AutograderError, CheckFailed, Space

from . import surfaces

# A matrix is made of its eigenvalues: in the first row of each space along axes that are turned, so that its diagonal
# says nothing of them. "straight" makes diagonal matrices, for counterexamples that people can read.
AXES = ("straight", "turned")


def curvatures(case, name="H", count=None):
    """`count` different numbers from 1 to 9 in random order: the eigenvalues of the matrix `name`."""
    rng = case.rng(f"curvatures of {name}")
    whole = rng.permutation(np.arange(1.0, 9.0))[: count or case.d]
    return whole + (rng.uniform(0, 0.8, whole.shape) if case.axes == "turned" else 0.0)


def turned(case, numbers, name="H"):
    """A symmetric matrix with the eigenvalues `numbers`, along the axes or not. The diagonal of a turned one has one
    sign, if such axes are found: it says nothing of the signs of the eigenvalues."""
    if case.axes == "straight":
        return np.diag(numbers) + 0.0
    rng, size = case.rng(f"axes of {name}"), len(numbers)
    for _ in range(100):
        Q, _ = np.linalg.qr(rng.standard_normal((size, size)))
        H = (Q * numbers) @ Q.T
        if abs(np.sign(np.diag(H)).sum()) == size:
            break
    return (H + H.T) / 2


# ── the Hessian ────────────────────────────────────────────────────────────────────────────────

POLYNOMIALS = Space(
    rows=[{"d": 3, "h": 0.25}, {"d": 1, "h": 0.5}],
    d=(1, 2, 3, 4),
    h=(0.5, 0.25),
)
# Where 1 / 2h is a whole number, the divisions by 2h round nothing, and every form is symmetric to the bit.
NETWORKS = Space(rows=[{"h": 3e-3}, {"h": 3e-4}], h=(7e-3, 3e-3, 3e-4))
NETWORK = Space(rows=[{"h": 3e-3}], h=(7e-3, 3e-3))


def quadratic_problem(case):
    """A (D, D), b (D,) and x (D,), whole numbers and quarters."""
    return whole(case), case.given("b", case.rng("b").integers(-4, 5, case.d).astype(float)), place(case)


def cubic_problem(case):
    """A (D, D), c (D,) and x (D,); no entry of c is 0, and c·x is not."""
    x, c = place(case), case.rng("c").choice([-2.0, -1.0, 1.0, 2.0], case.d)
    return whole(case), case.given("c", c if c @ x != 0 else c + np.eye(case.d)[0] * np.sign(c[0])), x


def whole(case):
    """A symmetric A (D, D) of whole numbers whose diagonal is not 0 throughout."""
    rng, d = case.rng("A"), case.d
    drawn = rng.integers(-4, 5, (d, d)).astype(float)
    return case.given("A", drawn + drawn.T + np.diag(rng.permutation(2 * np.arange(1.0, d + 1))))


def place(case):
    """x (D,): quarters from -2 to 2, none of them 0."""
    rng = case.rng("x")
    return case.given("x", rng.integers(1, 9, case.d) / 4 * rng.choice([-1.0, 1.0], case.d))


def network_problem(case):
    """Weights w (4,), and what they are judged on: inputs t (6,) and targets y (6,)."""
    return case.array("w", 4), case.given("t", np.linspace(-1.5, 1.5, 6)), case.array("y", 6)


# ── what is said of a matrix ───────────────────────────────────────────────────────────────────

MATRICES = Space(rows=[{"d": 3, "axes": "turned"}, {"d": 1, "axes": "straight"}], d=(1, 2, 3, 4), axes=AXES)
WIDER = Space(rows=[{"d": 3, "axes": "turned"}], d=(2, 3, 4), axes=AXES)
RATES = Space(
    rows=[{"d": 3, "axes": "turned", "rate": 0.3}, {"d": 2, "axes": "straight", "rate": 0.9}],
    d=(1, 2, 3, 4),
    axes=AXES,
    rate=(0.9, 0.3, 1.3),
)


def matrix(case):
    """H (D, D), positive definite, and its eigenvalues."""
    numbers = curvatures(case)
    return case.given("H", turned(case, numbers)), numbers


def indefinite(case):
    """H (D, D) with eigenvalues of both signs, and them; the largest in size is negative."""
    numbers = np.sort(curvatures(case, "indefinite"))
    numbers[::-2] *= -1
    return case.given("indefinite", turned(case, numbers, "indefinite")), numbers


def expansion(case):
    """value, gradient (D,), H (D, D), which need not be definite, and step (D,)."""
    rng = case.rng("expansion")
    drawn = rng.standard_normal((case.d, case.d)) if case.content == "normal" else rng.integers(-3, 4, (case.d, case.d))
    value = case.given("value", float(rng.integers(-4, 5)))
    return value, case.array("gradient", case.d), case.given("H", drawn + drawn.T + 0.0), case.array("step", case.d)


EXPANSIONS = Space(
    rows=[{"d": 3, "content": "normal"}, {"d": 1, "content": "normal"}],
    d=(1, 2, 3, 4),
    content=("whole", "normal"),
)

# ── kinds of places ────────────────────────────────────────────────────────────────────────────

SIGNS = {"minimum": (1, 1, 1, 1), "maximum": (-1, -1, -1, -1), "saddle": (1, -1, 1, -1)}
FLAT = {"valley": (1, 0, 1, 1), "ridge": (-1, 0, -1, -1), "plateau": (0, 0, 0, 0), "saddle": (1, -1, 0, 1)}


def sample(case, name, signs):
    """A matrix whose eigenvalues have these signs, as many as the case has dimensions; the largest are positive."""
    numbers = np.sort(curvatures(case, name))[::-1]
    return turned(case, numbers * sorted(signs[: case.d], reverse=True), name)


def small(case, length):
    """A vector (D,) of this length."""
    drawn = case.rng("direction").standard_normal(case.d)
    return drawn * (length / np.sqrt((drawn**2).sum()))


def asked(case, name, places, *tol):
    """What `places`, rows of (gradient, H, the right word), ask: the questions, shown as two arrays, and the words."""
    gradients, matrices, words = zip(*places, strict=True)
    shown = case.given(f"gradients ({name})", np.array(gradients)), case.given(f"H ({name})", np.array(matrices))
    return [(*pair, *tol) for pair in zip(*shown, strict=True)], words


# Asked of a wrong `classify` after the questions of a check, and not judged: two mistakes may say the same of a few
# places, and what they say of these tells them apart.
EVIDENCE = [
    (np.array(gradient), np.array(H), *tol)
    for gradient, H, *tol in (
        ([0.0, 0.0], [[2.0, 1.0], [1.0, 2.0]]),
        ([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]),
        ([0.0, 0.0], [[-1.0, 2.0], [2.0, -1.0]]),
        ([0.0, 0.0], [[-2.0, 1.0], [1.0, -2.0]]),
        ([0.0, 0.0, 0.0], [[3.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, -1.0]]),
        ([0.0, 0.0, 0.0], [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -3.0]]),
        ([0.0, 0.0, 0.0], [[-1.0, 0.0, 0.0], [0.0, -2.0, 0.0], [0.0, 0.0, -3.0]]),
        ([0.0, 0.0, 0.0], [[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, -3.0]]),
        ([0.0, 0.0], [[2.0, 0.0], [0.0, 0.0]]),
        ([0.0, 0.0], [[-2.0, 0.0], [0.0, 0.0]]),
        ([0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]),
        ([1.0, 1.0], [[2.0, 0.0], [0.0, 1.0]]),
        ([1.0, -1.0], [[2.0, 0.0], [0.0, -1.0]]),
        ([1e-5, 0.0], [[2.0, 0.0], [0.0, 1.0]]),
        ([0.0, 1e-7], [[2.0, 0.0], [0.0, 0.0]]),
        ([0.0, 1e-12], [[2.0, 0.0], [0.0, 1e-12]]),
        ([0.08, -0.08], [[2.0, 0.0], [0.0, 1.0]], 0.1),
        ([0.06, -0.06], [[2.0, 0.0], [0.0, 1.0]], 0.1),
        ([0.0, 0.0], [[2.0, 0.0], [0.0, -0.05]], 0.1),
        ([0.0, 0.0], [[-2.0, 0.0], [0.0, -0.04]], 0.1),
        ([0.0, 0.0], [[0.3, 0.0], [0.0, 0.3]], 0.1),
        ([0.0, 0.0], [[2.0, 0.0], [0.0, 0.0]], 0.0),
        ([0.0, 0.0], [[2.0, 0.0], [0.0, 1.0]], 0.0),
    )
]


def expect_kinds(student, questions, words, *, exactly=False):
    """What `classify` says of each of `questions` must be the right word, or, unless `exactly`, that word in other
    letters."""
    found = student.each("classify", questions)
    try:
        _expect_words(found, questions, words, exactly)
    except CheckFailed:
        for asked in (EVIDENCE, questions[-1:]):  # the last once more: the case that is shown has its own tol
            with contextlib.suppress(AutograderError):  # code that cannot take one of these is wrong all the same
                student.each("classify", asked)
        raise


def _expect_words(found, questions, words, exactly):
    for index, (said, (gradient, H, *_), word) in enumerate(zip(found, questions, words, strict=True)):
        if not isinstance(said, str):
            raise CheckFailed(f'kind must be a string, such as "{word}".', tensor="kind")
        if (said if exactly else plainly(said)) != word:
            there = ", ".join(f"{number:.3g}" for number in np.linalg.eigvalsh(H))
            place = f"gradients[{index}] and H[{index}], where ‖g‖ = {np.linalg.norm(gradient):.3g} and λ = ({there})"
            raise CheckFailed(f'kind is wrong for {place}: yours is "{said[:30]}", it must be "{word}".', tensor="kind")


def plainly(said):
    """The word in small letters, with single blanks."""
    return " ".join(said.replace("_", " ").replace("-", " ").lower().split())


# ── walks ──────────────────────────────────────────────────────────────────────────────────────

WALKS = Space(
    rows=[
        {"d": 3, "axes": "turned", "rate": 0.3, "steps": 4},
        {"d": 1, "axes": "straight", "rate": 0.4, "steps": 1},
    ],
    d=(1, 2, 3, 4),
    axes=AXES,
    rate=(0.4, 0.3, 0.8),
    steps=(1, 2, 3, 5),
)
ROLLS = Space(
    rows=[
        {"d": 3, "axes": "turned", "rate": 0.3, "steps": 4, "momentum": 0.9},
        {"d": 2, "axes": "straight", "rate": 0.4, "steps": 2, "momentum": 0.5},
    ],
    d=(1, 2, 3, 4),
    axes=AXES,
    rate=(0.4, 0.3, 0.8),
    steps=(2, 3, 5),
    momentum=(0.5, 0.9, 0.7),
)
ROLLS_OF_ONE = Space(  # a single coordinate: shapes that lose an axis
    rows=[{"d": 1, "axes": "straight", "rate": 0.3, "steps": 4, "momentum": 0.5}],
    d=(1,),
    axes=("straight",),
    rate=(0.3,),
    steps=(4,),
    momentum=(0.5,),
)


def bowl(case):
    """H (D, D), the place of the minimum, the start, and a rate: a part of the largest stable one."""
    H, numbers = matrix(case)
    return H, case.array("centre", case.d), case.array("x0", case.d), rate_of(case, numbers)


def rate_of(case, numbers):
    """`case.rate` times 2 / λmax."""
    return case.given("lr", float(2 * case.rate / numbers.max()))


def slope_of(H, centre):
    """`grad` of the bowl."""
    return surfaces.bowl_slope(H, centre)


def rows_of(found):
    """`found`, where a list of rows, arrays or lists of floats, counts as the array that it would make."""
    if not isinstance(found, list | tuple):
        return found
    try:
        made = np.array(found)
    except ValueError:  # rows of different lengths
        return found
    return made if made.dtype.kind == "f" else found


def last_of(found, d):
    """The last row of a trajectory of rows (D,): where the walk ends. CheckFailed where it has no rows."""
    walk = rows_of(found)
    shaped = isinstance(walk, np.ndarray) and walk.ndim and len(walk) and walk.size == len(walk) * d
    if not shaped or walk.dtype.kind != "f":
        raise CheckFailed(
            f"trajectory must be an array (steps + 1, D), with rows of D = {d} numbers.", tensor="trajectory"
        )
    return walk[-1].reshape(d)


# ── slices ─────────────────────────────────────────────────────────────────────────────────────

SLICES = Space(
    rows=[{"shape": (4,), "len_a": 3, "len_b": 2}, {"shape": (1,), "len_a": 1, "len_b": 2}],
    shape=((1,), (2,), (4,)),
    len_a=(1, 2, 3),
    len_b=(2, 1, 4),
)
WEIGHTS = Space(
    rows=[{"shape": (2, 1, 3), "len_a": 2, "len_b": 3}],
    shape=((1, 1), (2, 3), (2, 1, 3)),
    len_a=(1, 2),
    len_b=(1, 3),
)
FILTERS = Space(
    rows=[{"shape": (3, 2, 2, 2)}, {"shape": (1, 2, 1, 3)}],
    shape=((1, 1, 1, 2), (2, 1, 2, 2), (3, 2, 2, 1), (2, 2, 3, 3)),
)
TABLES = Space(rows=[{"shape": (3, 4)}], shape=((1, 2), (2, 2), (3, 4)))


def directions(case):
    """w, d1, d2 of one shape, and a (A,), b (B,)."""
    names = [case.array(name, *case.shape) for name in ("w", "d1", "d2")]
    return *names, case.array("a", case.len_a), case.array("b", case.len_b)


def coefficients(case):
    """k and m of `surfaces.wavy`."""
    return case.array("k", *case.shape), case.array("m", *case.shape)


def filters(case):
    """d and w of one shape. The norms of d's filters are so large that 1e-8 beside them is lost in rounding."""
    drawn = case.rng("d").standard_normal(case.shape)
    return case.given("d", 1000 * (drawn + np.sign(drawn))), case.array("w", *case.shape)
