"""The cases that are asked about: sizes, networks whose statistics are certain, and units that agree."""

from dataclasses import dataclass, field
from itertools import product

import numpy as np

from autograder import CheckFailed, Space, vjp

from . import formulas

# ── weights ─────────────────────────────────────────────────────────────────────────────────────────

# 26,359 numbers find a variance that is 10 % off (see expect_variance). The fans are such that no two rules for the
# variance come close: with 1:2, for one, 1 / fan_out would be 2 / fan_in.
FANS = Space(rows=[{"arguments": (250, 110)}], arguments=((110, 250), (60, 470), (410, 70)))
NORMAL = Space(
    rows=[{"arguments": ((110, 250), 0.5)}],
    arguments=(((250, 110), 3.0), ((60, 8, 60), 0.01), ((27_000,), 1.7), ((9, 5, 7, 90), 0.2)),
)
FILTERS = Space(
    rows=[{"arguments": ((44, 36, 3, 6),)}], arguments=(((23, 47, 5, 5),), ((130, 30, 7, 1),), ((40, 170, 1, 4),))
)


# ── deep stacks ─────────────────────────────────────────────────────────────────────────────────────

BATCH = 256  # examples, at the least
STACKS = Space(rows=[{"depth": 4, "width": 5}], depth=(1, 2, 3, 5), width=(2, 3, 6))


@dataclass
class Stack:
    """What is handed to activation_statistics as `init` and `activation`: the grader's weights, one for each call, and
    the grader's function, with a note of what they were asked. It keeps no more than the first layer's batch: a
    submission may ask about anything, and often."""

    weights: list
    function: object
    begun: int = 0
    wrongly_begun: bool = False
    asked: int = 0
    batch: list = field(default_factory=list)

    @property
    def width(self):
        """Inputs, and units of each layer."""
        return len(self.weights[0])

    def arguments(self, case):
        """The arguments of activation_statistics."""
        return len(self.weights), self.width, self.init, self.activation, case.generator()

    def init(self, *arguments):
        """The weights of the next layer."""
        *fans, rng = arguments or (None,)  # a Generator of the student's arrives as the name of its type
        numbers = [fan for fan in fans if isinstance(fan, int | np.integer)]
        right = len(fans) == 2 and numbers == [self.width] * 2 and getattr(rng, "type", "") == "Generator"
        self.wrongly_begun |= not right
        self.begun += 1
        return self.weights[(self.begun - 1) % len(self.weights)]

    def activation(self, z):
        """The function's value."""
        numbers = np.asarray(z).ravel()
        if numbers.dtype.kind not in "fiu":
            raise TypeError
        self.batch.append(numbers[: max(0, BATCH * self.width - self.asked)])
        self.asked += numbers.size
        return self.function(z)

    def expect_begun(self):
        """`init` was called as it must be; CheckFailed if not."""
        if self.wrongly_begun:
            raise CheckFailed(f"init was not called with ({self.width}, {self.width}, rng), as these layers need it.")

    def first_layer(self):
        """What the first layer of BATCH examples saw, before its activation; CheckFailed when the batch is smaller."""
        wanted = BATCH * self.width
        if self.asked < wanted * len(self.weights):
            raise CheckFailed(
                f"activation saw {self.asked} numbers; a batch of {BATCH} sends {wanted} through each layer."
            )
        return np.concatenate(self.batch)


def certain_stack(case):
    """A stack of sigmoids that forgets its input in the first layer, so that its statistics are certain."""
    later = [case.array(f"w{layer}", case.width, case.width) for layer in range(2, case.depth + 1)]
    return Stack([np.zeros((case.width, case.width)), *later], formulas.sigmoid)


def rotation(case, name, width):
    """A random orthogonal matrix: it changes no length, and its entries have mean square 1 / width."""
    return case.once((name, width), lambda: np.linalg.qr(case.rng(name).standard_normal((width, width)))[0])


def mirrored(case, name, width):
    """[[Q, -Q], [-Q, Q]] with Q orthogonal: entries of mean square 2 / width, He's rule. With ReLU between, such layers
    hand on lengths unchanged: of u and -u one is positive in each place, and their difference is u again (Balduzzi et
    al., "The shattered gradients problem", 2017)."""
    q = rotation(case, name, width // 2)
    return np.block([[q, -q], [-q, q]])


# ── units that agree ────────────────────────────────────────────────────────────────────────────────

GROUPS = {
    "pair": (4, ((1, 3),)),
    "two groups": (7, ((0, 4), (2, 3, 6))),
    "all": (3, ((0, 1, 2),)),
    "ends": (5, ((0, 4),)),
    "three groups": (8, ((0, 7), (1, 2, 4), (3, 5))),
    "none": (4, ()),
}
SYMMETRIES = Space(
    rows=[{"groups": "two groups", "d": 3, "classes": 2}], groups=tuple(GROUPS), d=(1, 2, 4), classes=(2, 3, 5)
)
NEAR = Space(rows=[{"d": 3, "classes": 2}], d=(2, 4), classes=(3, 5))


def network(case, hidden, groups=()):
    """Parameters and gradients in which the units of each group agree, and no other two numbers are equal: eighths, so
    that no way of rounding tells equal ones apart."""
    shapes = {"W1": (case.d, hidden), "b1": (hidden,), "W2": (hidden, case.classes), "b2": (case.classes,)}
    sizes = {name: int(np.prod(shape)) for name, shape in shapes.items()}
    total = 2 * sum(sizes.values())
    numbers = iter((case.rng("network").permutation(total) + 1) * np.tile([0.125, -0.125], total // 2))
    trees = [
        {name: np.array([next(numbers) for _ in range(sizes[name])]).reshape(shapes[name]) for name in shapes}
        for _ in range(2)
    ]
    for tree in trees:
        for first, *others in groups:
            for unit in others:
                _assign(tree, unit, {name: _part(tree, name, first) for name in ("W1", "b1", "W2")})
    return trees[0], trees[1]


def near_misses(case):
    """Networks with two groups of two, but for a disagreement in one array of the first pair: the same numbers in
    another order, or with the other sign, so that no sum and no length tells."""
    changes = [(name, change) for name in ("W1", "b1", "W2") for change in (_turned, np.negative)]
    changes.remove(("b1", _turned))  # a single number
    found = []
    for which, (name, change) in product((0, 1), changes):
        trees = network(case, 5, ((0, 2), (1, 4)))
        _assign(trees[which], 2, {name: change(_part(trees[which], name, 2))})
        found.append(trees)
    return found


def _turned(part):
    return np.roll(part, 1)


def _part(tree, name, unit):
    """What `unit` owns of an array, as a copy."""
    return np.array(tree[name][:, unit] if name == "W1" else tree[name][unit])


def _assign(tree, unit, parts):
    for name, part in parts.items():
        if name == "W1":
            tree[name][:, unit] = part
        else:
            tree[name][unit] = part


def started_network(case, constant):
    """A network of four hidden units at its start, and its gradients, for some data."""
    shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    params = {
        name: np.full(shape, 0.5) if constant else case.array(f"start {name}", *shape) for name, shape in shapes.items()
    }
    data = case.array("x", 5, 3), case.array("y", 5, 2)
    grads = vjp(formulas.network_loss, (*params.values(), *data), 1.0, wrt=(0, 1, 2, 3))
    return params, {name: np.round(grad, 12) for name, grad in zip(shapes, grads, strict=True)}
