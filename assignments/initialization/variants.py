"""Other correct ways to write `initialization`; every one must earn full points.

There are as many ways to draw a normal number as there are textbooks. None of these shares the reference's order of
draws, so a check that compares numbers would fail them all.
"""

import math
from functools import reduce
from operator import mul
from statistics import NormalDist

import numpy as np

from autograder import variant


def _from_draws(normal, uniform):
    """The initialisers, from `normal(shape, std, rng)` and `uniform(shape, bound, rng)`."""

    def fan(fan_in, fan_out, mode):
        return 0.5 * (fan_in + fan_out) if mode == "avg" else fan_in

    return {
        "normal_init": normal,
        "xavier_normal": lambda fan_in, fan_out, rng, mode="in": normal(
            (fan_in, fan_out), fan(fan_in, fan_out, mode) ** -0.5, rng
        ),
        "xavier_uniform": lambda fan_in, fan_out, rng, mode="in": uniform(
            (fan_in, fan_out), math.sqrt(3 / fan(fan_in, fan_out, mode)), rng
        ),
        "he_normal": lambda fan_in, fan_out, rng: normal((fan_in, fan_out), math.sqrt(2.0 / fan_in), rng),
        "he_uniform": lambda fan_in, fan_out, rng: uniform((fan_in, fan_out), math.sqrt(6.0 / fan_in), rng),
        "he_conv": lambda shape, rng: normal(shape, math.sqrt(2.0 / (shape[1] * shape[2] * shape[3])), rng),
    }


@variant
def named_laws():
    """rng.normal and rng.uniform take mean, deviation and bounds themselves."""
    return _from_draws(
        lambda shape, std, rng: rng.normal(0.0, std, size=shape),
        lambda shape, bound, rng: rng.uniform(low=-bound, high=bound, size=shape),
    )


@variant
def box_muller():
    """Two uniform numbers make two normal ones: a radius and an angle."""

    def normal(shape, std, rng):
        count = math.prod(shape)
        radius = np.sqrt(-2 * np.log1p(-rng.random(count // 2 + 1)))
        angle = 2 * np.pi * rng.random(count // 2 + 1)
        pairs = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])
        return std * pairs[:count].reshape(shape)

    return _from_draws(normal, lambda shape, bound, rng: bound * (2 * rng.random(shape) - 1))


@variant
def inverse_distribution():
    """The inverse of the normal distribution function turns uniform numbers into normal ones."""

    def normal(shape, std, rng):
        law = NormalDist(0, std)
        uniform = np.clip(rng.random(math.prod(shape)), 1e-16, None)
        return np.array([law.inv_cdf(u) for u in uniform.tolist()]).reshape(shape)

    return _from_draws(normal, lambda shape, bound, rng: bound - 2 * bound * rng.random(shape))


@variant
def polar_method():
    """Marsaglia: points in the unit disc, found by rejection."""

    def normal(shape, std, rng):
        count, found = math.prod(shape), []
        while sum(map(len, found)) < count:
            points = rng.uniform(-1, 1, (2, count))
            square = (points**2).sum(axis=0)
            inside = (square > 0) & (square < 1)
            found.append((points * np.sqrt(-2 * np.log(square) / square, where=inside, out=0 * square))[0, inside])
        return std * np.concatenate(found)[:count].reshape(shape)

    def uniform(shape, bound, rng):
        return bound * rng.choice([-1.0, 1.0], shape) * rng.random(shape)

    return _from_draws(normal, uniform)


@variant
def one_number_at_a_time():
    """Loops over rows and columns, one draw for each weight, are slow and right."""

    def normal(shape, std, rng):
        w = np.zeros(shape)
        for index in np.ndindex(*shape):
            w[index] = rng.normal(0, std)
        return w

    def uniform(shape, bound, rng):
        rows, columns = shape
        return np.array([[rng.uniform(-bound, bound) for _ in range(columns)] for _ in range(rows)])

    return _from_draws(normal, uniform)


@variant
def float32_weights():
    """Single precision is what deep learning runs in."""
    return _from_draws(
        lambda shape, std, rng: np.float32(std) * rng.standard_normal(shape, dtype=np.float32),
        lambda shape, bound, rng: rng.uniform(-bound, bound, shape).astype(np.float32),
    )


@variant
def filled_in_place():
    """An empty array that the generator fills; columns first, which is another layout in memory."""

    def normal(shape, std, rng):
        w = np.empty(tuple(shape))
        rng.standard_normal(out=w)
        w *= std
        return w

    def uniform(shape, bound, rng):
        w = np.asfortranarray(rng.random(shape))
        w -= 0.5
        w *= 2 * bound
        return w

    return _from_draws(normal, uniform)


@variant
def many_normals_at_once():
    """A multivariate normal law, a spawned generator and a shuffled draw are all independent numbers."""

    def normal(shape, std, rng):
        child = rng.spawn(1)[0]
        pairs = child.multivariate_normal(np.zeros(2), std**2 * np.eye(2), (math.prod(shape) + 1) // 2)
        return pairs.ravel()[: math.prod(shape)].reshape(shape)

    def uniform(shape, bound, rng):
        numbers = rng.uniform(-bound, bound, math.prod(shape))
        rng.shuffle(numbers)
        return numbers.reshape(shape)

    return _from_draws(normal, uniform)


@variant
def helper_and_lists_of_constants():
    """Constants by multiplication and by nested lists, fans by a helper."""

    def fans(shape):
        return reduce(mul, shape[1:], 1)

    def zeros_init(shape):
        return np.zeros(shape, dtype=np.float64)

    def constant_init(shape, value):
        return np.ones(shape) * value

    def he_conv(shape, rng):
        filters = [rng.normal(scale=np.sqrt(2 / fans(shape)), size=shape[1:]) for _ in range(shape[0])]
        return np.stack(filters)

    return {"zeros_init": zeros_init, "constant_init": constant_init, "he_conv": he_conv}


@variant
def constants_filled():
    """Empty arrays, filled afterwards."""

    def zeros_init(shape):
        return np.multiply(np.ones(shape), 0.0)

    def constant_init(shape, value):
        w = np.empty(shape)
        w[...] = value
        return w

    return {"zeros_init": zeros_init, "constant_init": constant_init}


# ── deep stacks ────────────────────────────────────────────────────────────────────────────────


@variant
def a_thousand_examples():
    """More examples than are asked for, and a deviation that divides by one less than their number."""

    def activation_statistics(depth, width, init, activation, rng):
        h, means, stds = rng.normal(size=(1000, width)), [], []
        for _layer in range(depth):
            h = activation(np.dot(h, init(width, width, rng)))
            means.append(float(h.mean()))
            stds.append(float(h.std(ddof=1)))
        return np.array(means), np.array(stds)

    return {"activation_statistics": activation_statistics}


@variant
def columns_as_examples():
    """One example a column, weights transposed, and all of them drawn before the batch."""

    def activation_statistics(depth, width, init, activation, rng):
        weights = [init(width, width, rng) for _ in range(depth)]
        h = rng.standard_normal((width, 300))
        layers = []
        for w in weights:
            h = activation(w.T @ h)
            layers.append(h)
        return np.array([np.mean(h) for h in layers]), np.array([np.std(h) for h in layers])

    return {"activation_statistics": activation_statistics}


@variant
def one_example_at_a_time():
    """Each example takes its own way through the network; moments are collected, and subtracted at the end."""

    def activation_statistics(depth, width, init, activation, rng):
        weights = [init(width, width, rng) for _ in range(depth)]
        total, squares = np.zeros(depth), np.zeros(depth)
        for _ in range(256):
            h = rng.standard_normal(width)
            for layer, w in enumerate(weights):
                h = activation(h @ w)
                total[layer] += h.sum()
                squares[layer] += (h**2).sum()
        means = total / (256 * width)
        return means, np.sqrt(np.maximum(squares / (256 * width) - means**2, 0))

    return {"activation_statistics": activation_statistics}


@variant
def activation_asked_again():
    """The activation is asked anew for the mean, for the deviation and for the next layer."""

    def activation_statistics(depth, width, init, activation, rng):
        h, means, stds = rng.standard_normal((256, width)), np.zeros(depth), np.zeros(depth)
        for layer in range(depth):
            z = h @ init(width, width, rng)
            means[layer] = activation(z).mean()
            stds[layer] = math.sqrt(((activation(z) - means[layer]) ** 2).mean())
            h = activation(z)
        return tuple([means, stds])

    return {"activation_statistics": activation_statistics}


@variant
def sums_in_loops():
    """The matrix product written out for each unit, in single precision."""

    def activation_statistics(depth, width, init, activation, rng):
        h, statistics = rng.standard_normal((256, width)).astype(np.float32), []
        for _ in range(depth):
            w = init(width, width, rng).astype(np.float32)
            z = np.zeros((256, width), dtype=np.float32)
            for unit in range(width):
                for i in range(width):
                    z[:, unit] += h[:, i] * w[i, unit]
            h = activation(z).astype(np.float32)
            statistics.append([h.mean(dtype=np.float64), h.std(dtype=np.float64)])
        return np.float32([mean for mean, _ in statistics]), np.float32([std for _, std in statistics])

    return {"activation_statistics": activation_statistics}


# ── symmetry ───────────────────────────────────────────────────────────────────────────────────


def _keys(params, grads):
    """For each unit, all that it owns, rounded."""
    for unit in range(params["W2"].shape[0]):
        parts = [part for tree in (params, grads) for part in (tree["W1"][:, unit], tree["b1"][unit], tree["W2"][unit])]
        yield unit, tuple(np.round(np.hstack(parts), 8))


@variant
def rounded_keys():
    """A dict by what a unit owns, rounded; tuples of units."""

    def symmetry_report(params, grads):
        groups = {}
        for unit, key in _keys(params, grads):
            groups.setdefault(key, []).append(unit)
        return tuple(tuple(units) for units in groups.values() if len(units) >= 2)

    return {"symmetry_report": symmetry_report}


@variant
def matrix_of_distances():
    """All pairs at once, and the last group first."""

    def symmetry_report(params, grads):
        owned = np.vstack([np.vstack([tree["W1"], tree["b1"], tree["W2"].T]) for tree in (params, grads)]).T
        agree = np.abs(owned[:, None] - owned[None]).max(axis=2) < 1e-9
        groups, seen = [], set()
        for unit in reversed(range(len(owned))):
            if unit not in seen:
                twins = np.flatnonzero(agree[unit])
                seen.update(twins.tolist())
                if twins.size > 1:
                    groups.append(twins)
        return groups

    return {"symmetry_report": symmetry_report}


@variant
def refined_partition():
    """All units begin in one group, and each number that they own splits it."""

    def symmetry_report(params, grads):
        groups = [list(range(len(params["b1"])))]
        for tree in (params, grads):
            for row in [*tree["W1"], tree["b1"], *tree["W2"].T]:
                split = []
                for group in groups:
                    while group:
                        same = [unit for unit in group if math.isclose(row[unit], row[group[0]], rel_tol=1e-9)]
                        split.append(same)
                        group = [unit for unit in group if unit not in same]
                groups = split
        return [group[::-1] for group in groups if len(group) > 1]

    return {"symmetry_report": symmetry_report}


@variant
def unique_rows():
    """np.unique finds the rows that occur more than once."""

    def symmetry_report(params, grads):
        rows = np.array([key for _, key in _keys(params, grads)])
        _, place = np.unique(rows, axis=0, return_inverse=True)
        place = place.ravel()
        return [np.flatnonzero(place == k).tolist() for k in np.unique(place) if (place == k).sum() > 1]

    return {"symmetry_report": symmetry_report}
