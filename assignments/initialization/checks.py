"""What is asked of an initialization submission. A docstring (or `sentence`) is what the student reads.

Random numbers are judged by tests with a stated false-alarm bound (see `expect_variance` and `expect_law`), never
against the numbers of one way to draw them."""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod, sqrt

import numpy as np

from autograder import (
    CheckFailed,
    Normal,
    Rng,
    Space,
    Uniform,
    check,
    expect,
    expect_law,
    expect_mean_square,
    expect_seeded,
    expect_shape,
    expect_unmodified,
    expect_variance,
)

from . import formulas
from .cases import (
    BATCH,
    FANS,
    FILTERS,
    GROUPS,
    NEAR,
    NORMAL,
    STACKS,
    SYMMETRIES,
    Stack,
    certain_stack,
    mirrored,
    near_misses,
    network,
    rotation,
    started_network,
)

# ── constants ──────────────────────────────────────────────────────────────────────────────────

SHAPES = Space(rows=[{"shape": (3, 4), "value": -0.7}], shape=((5,), (2, 3, 4), (6, 2)), value=(1.5, 0.1, -2.25))


@check("zeros_init", points=1.5, given=SHAPES, examples=3)
def zeros_init_values(student, case):
    """w holds zeros, in the shape that is asked for; pays together with constant_init."""
    expect(student, w=(student.zeros_init(case.shape), np.zeros(case.shape)))
    # zeros are what a submission without any work returns, so they pay only beside a constant that is right
    expect(student, constant=(student.constant_init(case.shape, case.value), np.full(case.shape, case.value)))


@check("constant_init", points=2, given=SHAPES, examples=3)
def constant_init_values(student, case):
    """w holds the value everywhere, in the shape that is asked for."""
    expect(student, w=(student.constant_init(case.shape, case.value), np.full(case.shape, case.value)))


@check("constant_init", points=0.5, needs=("constant_init.values",))
def constant_init_floats(student, case):
    """w holds floats, even if the value is an int."""
    expect(student, w=(student.constant_init((2, 3), 2), np.full((2, 3), 2.0)))


@check("zeros_init", points=0.5, needs=("zeros_init.values",))
def zeros_init_shape(student, case):
    """w has exactly the shape that is asked for, axes of length one included."""
    expect_shape(w=(student.zeros_init((3, 1, 2)), (3, 1, 2)))


@check("constant_init", points=0.5, needs=("constant_init.values",))
def constant_init_shape(student, case):
    """w has exactly the shape that is asked for, axes of length one included."""
    expect_shape(w=(student.constant_init((3, 1, 2), 0.3), (3, 1, 2)))


# ── random weights ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Initializer:
    """The checks that a function which draws weights shares with others. `arguments` are all but rng."""

    name: str
    law: type[Normal] | type[Uniform]
    rule: Callable[..., float]
    slips: Callable[..., dict[str, float]]
    meaning: str
    given: Space
    small: tuple

    def variance(self, student, case):
        """The numbers have mean 0 and the right variance."""
        self._expect_variance(student, case, self.rule)

    def average(self, student, case):
        """mode="avg" gives the variance 2 / (fan_in + fan_out)."""
        self._expect_variance(student, case, formulas.glorot, mode="avg")

    def explicit_mode(self, student, case):
        """mode="in", by name, is what you get without a mode."""
        self._expect_variance(student, case, self.rule, mode="in")

    def distribution(self, student, case):
        """The numbers follow the law, each drawn anew."""
        expect_law("w", self._draw(student, case), self.law(self.rule(*case.arguments)))

    def seeded(self, student, case):
        """The same seed gives the same weights, another seed gives others: all randomness comes from rng."""
        seed = int(case.rng("seed").integers(2**31))
        first, again, other = student.each(self.name, [(*self.small, Rng(seed + k)) for k in (0, 0, 1)])
        expect_shape(w=(first, getattr(first, "shape", ())))  # an array of floats, at least
        expect_seeded("w", first, again, other)

    def shape(self, student, case):
        """w has exactly the shape that is asked for, axes of length one included."""
        for arguments in (self.small, self.thin):
            expect_shape(w=(getattr(student, self.name)(*arguments, case.generator()), shape_of(arguments)))

    @property
    def thin(self):
        """Arguments like `small` that ask for an axis of length one."""
        shape, *others = self.small
        return ((*shape[:-1], 1), *others) if isinstance(shape, tuple) else (shape, 1)

    def _expect_variance(self, student, case, rule, **mode):
        variance = rule(*case.arguments)
        expect_variance("w", self._draw(student, case, **mode), variance, self.slips(variance, *case.arguments))

    def _draw(self, student, case, **mode):
        shape = shape_of(case.arguments)
        w = getattr(student, self.name)(*case.arguments, case.generator(), **mode)
        if not isinstance(w, np.ndarray) or w.size != prod(shape):  # its axes are a question of their own
            expect_shape(w=(w, shape))
        return w


def shape_of(arguments):
    """The shape of the weights: the two fans, or the first argument."""
    first, *_ = arguments
    return tuple(first) if isinstance(first, tuple | list) else tuple(arguments)


def normal_slips(variance, *_arguments):
    """Slips of normal_init."""
    return {**formulas.slips(variance), "numbers of variance 1": 1.0}


FANS_SMALL, FILTERS_SMALL = (7, 5), ((5, 2, 3, 4),)
XAVIER, HE = "1 / fan_in", "2 / fan_in"
INITIALIZERS = (
    Initializer("normal_init", Normal, formulas.square, normal_slips, "std²", NORMAL, ((7, 5), 0.3)),
    Initializer("xavier_normal", Normal, formulas.xavier, formulas.fan_slips, XAVIER, FANS, FANS_SMALL),
    Initializer("xavier_uniform", Uniform, formulas.xavier, formulas.fan_slips, XAVIER, FANS, FANS_SMALL),
    Initializer("he_normal", Normal, formulas.he, formulas.fan_slips, HE, FANS, FANS_SMALL),
    Initializer("he_uniform", Uniform, formulas.he, formulas.fan_slips, HE, FANS, FANS_SMALL),
    Initializer("he_conv", Normal, formulas.he_filters, formulas.filter_slips, "2 / (C·HH·WW)", FILTERS, FILTERS_SMALL),
)

for one in INITIALIZERS:
    value, kind = (f"{one.name}.variance",), "normal" if one.law is Normal else "uniform"
    sentence = f"The numbers have mean 0 and variance {one.meaning}."
    check(one.name, points=4.5, given=one.given, examples=1, sentence=sentence)(one.variance)
    sentence = f"The numbers are {kind}, each drawn anew."
    check(one.name, points=2.5, given=one.given, examples=1, needs=value, name="law", sentence=sentence)(
        one.distribution
    )
    check(one.name, points=1.5)(one.seeded)
    check(one.name, points=0.5, needs=value)(one.shape)
    if one.name.startswith("xavier"):
        check(one.name, points=3, given=one.given, examples=1)(one.average)
        check(one.name, points=0.5, given=one.given, examples=0, needs=value)(one.explicit_mode)


KNOWN_NORMS = {(100, 10): 1000.0, (100, 100): 10_000.0, (1, 100): 100.0}  # E‖W‖² of standard normal entries


@check("normal_init", points=1.5, needs=("normal_init.variance",))
def normal_init_known_norms(student, case):
    """Matrices of N(0, 1) have E‖W‖² = 1000 if they are 100×10, 10000 if 100×100, 100 if 1×100."""
    for shape, norm in KNOWN_NORMS.items():
        w = student.normal_init(shape, 1.0, case.generator(str(shape)))
        expect_shape(w=(w, shape))
        found = float(np.mean(np.square(w, dtype=np.float64)))
        expect_mean_square("the mean square of w", found, norm / prod(shape), prod(shape))


# ── deep stacks ────────────────────────────────────────────────────────────────────────────────


def measure(student, case, stack):
    """means and stds of a stack, as arrays with one number for each layer; lists will do."""
    means, stds = student.activation_statistics(*stack.arguments(case))
    stack.expect_begun()
    depth = len(stack.weights)
    return _per_layer("means", means, depth), _per_layer("stds", stds, depth)


def _per_layer(name, value, depth):
    if isinstance(value, tuple | list) and all(isinstance(number, float | np.floating) for number in value):
        value = np.array(value, dtype=np.float64)
    if not isinstance(value, np.ndarray) or value.size != depth:
        expect_shape(**{name: (value, (depth,))})
    return value.reshape(depth)


def nearest(values, low, high):
    """What is right, where anything between `low` and `high` is: finite whatever the values are."""
    return np.fmin(np.fmax(values, low), high)


@check("activation_statistics", points=7, given=STACKS, examples=3)
def activation_statistics_values(student, case):
    """means and stds are those of all numbers of a layer, behind its activation."""
    stack = certain_stack(case)
    means, stds = measure(student, case, stack)
    right_means, right_stds = case.once("statistics", lambda: formulas.certain_statistics(stack.weights))
    expect(student, means=(means, right_means))
    expect_shape(stds=(stds, right_stds.shape))
    count = BATCH * case.width  # a divisor that is one less, as for a sample, is right as well
    expect(student, stds=(stds, nearest(stds, right_stds, right_stds * sqrt(count / (count - 1)))))


@check("activation_statistics", points=0.5, needs=("activation_statistics.values",))
def activation_statistics_shape(student, case):
    """means and stds are arrays of shape (depth,)."""
    for depth in (4, 1):
        stack = Stack([np.eye(3)] * depth, np.tanh)
        means, stds = student.activation_statistics(*stack.arguments(case))
        expect_shape(means=(means, (depth,)), stds=(stds, (depth,)))


@check("activation_statistics", points=2)
def activation_statistics_input(student, case):
    """The input is a batch of 256 or more examples, of independent standard normal numbers."""
    stack = Stack([np.eye(40)], np.tanh)
    measure(student, case, stack)
    seen = stack.first_layer()
    expect_variance("the input", seen, 1.0, {"numbers between -1 and 1": 1 / 3})
    expect_law("the input", seen, Normal(1.0))


# The following rest on one chi-square number, the squared length of the input. Orthogonal layers scale it exactly.
WIDTH = 40


def mean_squares(means, stds):
    """The mean square of each layer."""
    expect_shape(means=(means, means.shape), stds=(stds, stds.shape))
    return np.square(means, dtype=np.float64) + np.square(stds, dtype=np.float64)


def expect_level(student, case, stack, expected_squares):
    """The mean square of each layer is the expected one, times that of the input: BATCH × WIDTH numbers or more."""
    means, stds = measure(student, case, stack)
    for layer, (found, expected) in enumerate(zip(mean_squares(means, stds), expected_squares, strict=True), start=1):
        expect_mean_square(f"the mean square of layer {layer}", float(found), expected, BATCH * WIDTH)


@check("activation_statistics", points=1.5)
def activation_statistics_collapse(student, case):
    """tanh with weights a thousand times smaller than Xavier's: each layer is a thousandth of the one before."""
    gain = 1e-3  # where tanh is the identity but for a millionth
    stack = Stack([gain * rotation(case, f"Q{layer}", WIDTH) for layer in range(3)], np.tanh)
    expect_level(student, case, stack, [gain ** (2 * layer) for layer in (1, 2, 3)])


@check("activation_statistics", points=1)
def activation_statistics_saturation(student, case):
    """tanh with weights a million times larger than Xavier's: every unit sits at -1 or 1."""
    stack = Stack([1e6 * rotation(case, f"Q{layer}", WIDTH) for layer in range(3)], np.tanh)
    found = mean_squares(*measure(student, case, stack))
    # A unit is within 1e-7 of ±1 but for one in 100,000; that one in 200 is not has no chance worth a number.
    expect(student, mean_squares=(found, nearest(found, 0.99, 1.0001)))


@check("activation_statistics", points=1.5)
def activation_statistics_level(student, case):
    """ReLU with He's weights, or Xavier's without an activation: the mean square is the same in every layer."""
    he = Stack([mirrored(case, f"He {layer}", 2 * WIDTH) for layer in range(3)], lambda z: np.maximum(z, 0))
    xavier = Stack([rotation(case, f"Xavier {layer}", WIDTH) for layer in range(3)], lambda z: z)
    for stack in (he, xavier):
        expect_level(student, case, stack, [1.0] * 3)


@check("activation_statistics", points=1)
def activation_statistics_seeded(student, case):
    """The same seed gives the same statistics, another seed gives others: the batch is drawn from rng."""
    seed, w = int(case.rng("seed").integers(2**31)), case.array("w", 3, 3)
    stacks = [Stack([w, w.T], np.tanh) for _ in range(3)]
    calls = [(2, 3, one.init, one.activation, Rng(seed + k)) for one, k in zip(stacks, (0, 0, 1), strict=True)]
    found = [_per_layer("stds", stds, 2) for _, stds in student.each("activation_statistics", calls)]
    expect_seeded("stds", *found)


# ── symmetry ───────────────────────────────────────────────────────────────────────────────────


def expect_groups(found, expected):
    """`found` is a list of groups of unit numbers, in any order."""
    groups = _groups(found)
    if sorted(groups) != sorted(list(group) for group in expected):
        wanted = [list(group) for group in expected]
        raise CheckFailed(
            f"groups is {str(groups)[:200]}; it must be {wanted}.",
            counterexample={"expected": wanted, "actual": groups},
        )


def _groups(found):
    """The groups, each sorted."""
    rows = found.tolist() if isinstance(found, np.ndarray) else found
    if not isinstance(rows, tuple | list):
        raise CheckFailed("groups must be a list of lists of unit numbers.")
    rows = [row.tolist() if isinstance(row, np.ndarray) else row for row in rows]
    if not all(
        isinstance(row, tuple | list) and all(isinstance(unit, int | np.integer) for unit in row) for row in rows
    ):
        raise CheckFailed("groups must be a list of lists of unit numbers.")
    return [sorted(int(unit) for unit in row) for row in rows]


@check("symmetry_report", points=6, given=SYMMETRIES, examples=4)
def symmetry_report_groups(student, case):
    """Units whose parameters and gradients agree are in one group, and no others are."""
    hidden, groups = GROUPS[case.groups]
    params, grads = network(case, hidden, groups)
    expect_groups(student.symmetry_report(params, grads), groups)


@check("symmetry_report", points=4, given=NEAR, examples=1)
def symmetry_report_near_misses(student, case):
    """Units that differ in a single array, of W1, b1 and W2 and their gradients, are not in one group."""
    for found in student.each("symmetry_report", near_misses(case)):
        expect_groups(found, [(1, 4)])


@check("symmetry_report", points=1)
def symmetry_report_starts(student, case):
    """In a network that starts with constants all hidden units move as one; after a random start none do."""
    expect_groups(student.symmetry_report(*started_network(case, constant=True)), [(0, 1, 2, 3)])
    expect_groups(student.symmetry_report(*started_network(case, constant=False)), [])


@check("symmetry_report", points=0.5, given=SYMMETRIES, examples=1, needs=("symmetry_report.groups",))
def symmetry_report_rounding(student, case):
    """Numbers that differ by rounding alone agree."""
    hidden, groups = GROUPS[case.groups]
    noise = case.rng("noise")
    trees = [
        {name: array * (1 + 2e-16 * noise.integers(-4, 5, array.shape)) for name, array in tree.items()}
        for tree in network(case, hidden, groups)
    ]
    expect_groups(student.symmetry_report(*trees), groups)


@check("symmetry_report", points=0.5, given=SYMMETRIES, examples=1, needs=("symmetry_report.groups",))
def symmetry_report_pure(student, case):
    """params and grads are left as they were."""
    hidden, groups = GROUPS[case.groups]
    params, grads = network(case, hidden, groups)
    expect_unmodified(student, "symmetry_report", params=params, grads=grads)
