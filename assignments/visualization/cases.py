"""The cases that are asked about: their networks, their arrays, and what is right for them."""

from math import prod

import numpy as np

from autograder import Case, CheckFailed, Network, Space, expect, expect_shape

from . import formulas

# ── networks ───────────────────────────────────────────────────────────────────────────────────

# Images are (2, 6, 5): all sizes differ. A case names its network, so that a student reads what it was asked of. Those
# with modes are given in evaluation mode, but for MOODY_NET.
PLAIN = "conv relu max linear"
FLAT_NET = "conv relu conv relu average linear"
DEEP = "[conv relu] [conv relu average] [linear relu linear]"
NORMALISED = "conv batchnorm relu average linear"
MOODY_NET = "[conv batchnorm relu max] dropout linear relu dropout linear"
SHAPE = (2, 6, 5)
NETWORKS = {
    PLAIN: [("conv", 2, 3, 3, 1, 1), ("relu",), ("max", 2, 2), ("flatten",), ("linear", 18, 4)],
    FLAT_NET: [
        ("conv", 2, 3, 3, 2, 1), ("relu",), ("conv", 3, 4, 2, 1, 1), ("relu",),
        ("adaptive", 2), ("flatten",), ("linear", 16, 5),
    ],
    DEEP: [
        [("conv", 2, 3, 3, 1, 1), ("relu",)],
        [("conv", 3, 4, 3, 2, 1), ("relu",), ("average", 2, 1)],
        [("flatten",), ("linear", 16, 9), ("relu",), ("linear", 9, 4)],
    ],
    NORMALISED: [
        ("conv", 2, 3, 3, 1, 1), ("batchnorm", 3), ("relu",), ("adaptive", 2), ("flatten",), ("linear", 12, 5)
    ],
    MOODY_NET: [
        [("conv", 2, 3, 3, 1, 1), ("batchnorm", 3), ("relu",), ("max", 2, 2)],
        ("flatten",), ("dropout", 0.5), ("linear", 18, 9), ("relu",), ("dropout", 0.3), ("linear", 9, 4),
    ],
}  # fmt: skip
# Modes of MOODY_NET as a fine-tuned network has them, with normalisation in evaluation, and the other way round.
MIXED = ({"": True, "0.1": False, "2": False}, {"": False, "0": True, "5": True})
FROZEN = ("0.0.weight", "0.1.bias", "3.weight")


def network(case):
    """The network of the case with its weights. Biases are positive, so that few networks have no unit that is on."""
    scratch = Case(case.params, case.seed)  # a student is shown the weights, and not what they were made of
    drawn = case.once("weights", lambda: dict(Network(NETWORKS[case.net]).drawn(scratch).state))
    biases = case.once("biases", lambda: {name: np.abs(b) + 0.2 for name, b in drawn.items() if name.endswith("bias")})
    return Network(NETWORKS[case.net], {name: case.given(name, a) for name, a in {**drawn, **biases}.items()})


def images(case):
    """x (N, 2, 6, 5); a single image where the case does not say how many."""
    return case.array("x", case.params.get("n", 1), *SHAPE)


def classes(case):
    """A class for each image, not the same for all where there are several."""
    count = NETWORKS[case.net][-1][-1]
    count = count if isinstance(count, int) else count[-1]
    return case.given("y", (case.rng("y").integers(0, count) + np.arange(case.n)) % count)


def linear(weights, biases):
    """A linear model with weights (K, C, H, W) and biases (K,)."""
    state = {"1.weight": weights.reshape(len(weights), -1), "1.bias": biases}
    return Network([("flatten",), ("linear", prod(weights.shape[1:]), len(weights))], state)


COUNTS = {"n": (2, 1, 3)}
ASKED = Space(
    rows=[{"net": PLAIN, "n": 3}, {"net": NORMALISED, "n": 2}, {"net": DEEP, "n": 2}],
    net=(PLAIN, NORMALISED, DEEP),
    **COUNTS,
)
FLAT = Space(rows=[{"net": FLAT_NET, "n": 3}, {"net": NORMALISED, "n": 2}], net=(NORMALISED, FLAT_NET), **COUNTS)
NESTED = Space(rows=[{"net": DEEP, "n": 2}], net=(DEEP,), **COUNTS)
MOODY = Space(rows=[{"net": MOODY_NET, "n": 3}], net=(MOODY_NET,), n=(2, 3))
ONE = Space(rows=[{"net": MOODY_NET, "n": 1}], net=(MOODY_NET,), n=(1,))


def gradient(case, guided=False):
    """∂s_y/∂x of the case's images."""
    key = ("gradient", guided)
    return case.once(key, lambda: formulas.score_gradient(network(case), images(case), classes(case), guided))


# ── gradient ascent ────────────────────────────────────────────────────────────────────────────

CLIMB = Space(
    rows=[
        {"net": PLAIN, "c": 2, "steps": 3, "lr": 0.3, "lam": 0.1},
        {"net": DEEP, "c": 0, "steps": 2, "lr": 0.5, "lam": 0.2},
    ],
    net=(PLAIN, DEEP),
    c=(0, 1, 3),
    steps=(1, 2),
    lr=(0.5, 0.2),
    lam=(0.1, 0.3),
)
CLIMB_MOODY = Space(
    rows=[{"net": MOODY_NET, "c": 1, "steps": 2, "lr": 0.3, "lam": 0.1}],
    net=(MOODY_NET,), c=(0, 1, 3), steps=(2,), lr=(0.3,), lam=(0.1,),
)  # fmt: skip


def climbing(case):
    """c, x0, steps, lr, lam."""
    return case.c, images(case), case.steps, case.lr, case.lam


def class_image_expected(case):
    return case.once("class image", lambda: formulas.class_image(network(case), *climbing(case)))


FOOL = Space(
    rows=[
        {"net": PLAIN, "rank": 1, "lr": 0.3, "max_steps": 8},
        {"net": DEEP, "rank": 2, "lr": 0.6, "max_steps": 6},
    ],
    net=(PLAIN, DEEP),
    rank=(1, 2),
    lr=(0.5, 0.3),
    max_steps=(5,),
)
FOOL_MOODY = Space(
    rows=[{"net": MOODY_NET, "rank": 1, "lr": 0.5, "max_steps": 4}],
    net=(MOODY_NET,), rank=(1,), lr=(0.5,), max_steps=(4,),
)  # fmt: skip


def ranked(case):
    """The classes of the case's first image, the one with the largest score first."""
    (scores,) = case.once("scores", lambda: formulas.scores(network(case), images(case)[:1]))
    return np.argsort(-scores)


def fooling(case):
    """x, target, lr, max_steps: the target is the second or third of the classes for x."""
    return images(case), int(ranked(case)[case.rank]), case.lr, case.max_steps


def fooling_expected(case):
    """The image and the number of updates."""
    image, updates, _ = case.once("fooled", lambda: formulas.fooling_image(network(case), *fooling(case)))
    return image, updates


def count(name, found):
    """`found`, a count that may be any type of number, as a float; CheckFailed for anything else."""
    number = np.asarray(found if isinstance(found, bool | int | float | np.generic | np.ndarray) else None)
    if number.size != 1 or number.dtype.kind not in "biuf":
        raise CheckFailed(f"{name} must be a number.", tensor=name)
    return float(number.reshape(()))


# ── layers, filters, patches ───────────────────────────────────────────────────────────────────

LAYERS = Space(
    rows=[
        {"net": PLAIN, "n": 2, "layer": "0"},
        {"net": PLAIN, "n": 3, "layer": "2"},
        {"net": PLAIN, "n": 2, "layer": "4"},
    ],
    net=(PLAIN,),
    n=(1, 2),
    layer=("0", "1", "2", "3"),
)
INNER = Space(
    rows=[{"net": DEEP, "n": 2, "layer": "1.0"}, {"net": DEEP, "n": 2, "layer": "2.1"}],
    net=(DEEP,),
    n=(1, 2),
    layer=("0.1", "1.2", "2.3"),
)
PARTS = Space(rows=[{"net": DEEP, "n": 2, "layer": "1"}], net=(DEEP,), n=(1, 2), layer=("0", "2"))
LAYERS_MOODY = Space(rows=[{"net": MOODY_NET, "n": 3, "layer": "3"}], net=(MOODY_NET,), n=(3,), layer=("0.2", "4"))


def layer_expected(case):
    return case.once("maps", lambda: formulas.feature_maps(network(case), images(case), case.layer))


FILTERS = Space(
    rows=[{"f": 4, "c": 3, "h": 3, "w": 2, "content": "normal"}, {"f": 1, "c": 2, "h": 2, "w": 3, "content": "normal"}],
    f=(1, 2, 3),
    c=(1, 2),
    h=(1, 3),
    w=(2, 3),
    content=("normal",),
)
# A guard of 1e-8 in the denominator moves the numbers of a filter whose span is 0.4 by 2.5e-8, and each step along a
# gradient whose norm is 0.01 by 1e-6 of its length.
FILTER_GUARD, STEP_GUARD = 5e-7, 1e-5


def filters(case):
    """w (F, C, H, W). A filter whose numbers are nearer to each other than 0.5 is stretched until they are not."""
    drawn = case.unseen("drawn", case.f, case.c, case.h, case.w)
    low, high = (extreme(drawn, axis=(1, 2, 3), keepdims=True) for extreme in (np.min, np.max))
    return case.given("w", low + (drawn - low) * np.maximum(1.0, 0.5 / (high - low)))


# Where the best places are inside, each square lies within its image; the rest meets the border.
PATCHES = {"n": (1, 2, 3), "f": (1, 2, 3), "c": (1, 2), "k": (1, 2, 3)}
INSIDE = Space(
    rows=[
        {"n": 3, "f": 3, "c": 2, "k": 5, "field": 3, "stride": 1, "inside": True},
        {"n": 2, "f": 2, "c": 1, "k": 3, "field": 5, "stride": 2, "inside": True},
    ],
    **PATCHES,
    field=(3,),
    stride=(1, 2),
    inside=(True,),
)
BORDER = Space(
    rows=[
        {"n": 2, "f": 3, "c": 2, "k": 9, "field": 3, "stride": 2, "inside": False},
        {"n": 1, "f": 2, "c": 1, "k": 12, "field": 5, "stride": 3, "inside": False},
    ],
    **{**PATCHES, "k": (6, 9)},
    field=(3, 5),
    stride=(1, 2),
    inside=(False,),
)
HEIGHT, WIDTH = 5, 4  # of the maps


def patching(case):
    """maps (N, F, 5, 4), images, channel, k, field, stride. No two numbers of the maps are near each other, and those
    below 0 are the larger ones in size."""
    order = case.rng("order").permutation(case.n * case.f * HEIGHT * WIDTH).reshape(case.n, case.f, HEIGHT, WIDTH)
    if case.inside:
        order[:, :, 1:-1, 1:-1] += order.size
    _, ranks = np.unique(order, return_inverse=True)
    maps = case.given("maps", (ranks.reshape(order.shape) - 2 * order.size // 3) / 8)
    height, width = (HEIGHT - 1) * case.stride + 1, (WIDTH - 1) * case.stride + 1
    return maps, case.array("images", case.n, case.c, height, width), case.f // 2, case.k, case.field, case.stride


def top_patches_expected(case):
    """The patches, and the scores."""
    return case.once("patches", lambda: formulas.top_patches(*patching(case)))


def expect_patches(student, found, expected):
    """`found` must be the patches `expected`: in a list, a tuple, or an array where all have one shape."""
    if not isinstance(found, list | tuple) and not (isinstance(found, np.ndarray) and found.ndim):
        raise CheckFailed("patches must be a list of arrays.", tensor="patches")
    if len(found) != len(expected):
        raise CheckFailed(f"patches has {len(found)} entries; it must have {len(expected)}.", tensor="patches")
    for i, (patch, right) in enumerate(zip(found, expected, strict=True)):
        expect_shape(**{f"patches[{i}]": (patch, right.shape)})
        expect(student, **{f"patches[{i}]": (patch, right)})


# ── features ───────────────────────────────────────────────────────────────────────────────────

NEAR = Space(rows=[{"n": 6, "d": 3, "k": 4}, {"n": 5, "d": 2, "k": 5}], n=(3, 5, 8), d=(2, 3, 4), k=(1, 2, 3))


def neighbours(case):
    """features (N, D), query (D,), k. Distances from the query differ by 0.2 at least, in directions of all kinds."""
    query, directions = case.array("query", case.d), case.unseen("directions", case.n, case.d)
    rng = case.rng("distances")
    distances = (rng.permutation(case.n) + rng.uniform(0.2, 0.8, case.n)) / 2 + 0.1
    features = query + distances[:, None] * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    return case.given("features", features), query, case.k


def nearest_expected(case):
    return case.once("nearest", lambda: formulas.nearest_neighbors(*neighbours(case)))


def expect_indices(found, expected):
    """`found` must be these indices in this order, numbers of any type: an array, a list or a tuple."""
    numbers = _numbers(found)
    if numbers is None or numbers.size != len(expected):
        raise CheckFailed(f"indices must be {len(expected)} whole numbers.", tensor="indices")
    if not (numbers == expected).all():
        mine = ", ".join(f"{number:g}" for number in numbers)
        raise CheckFailed(
            f"indices is wrong: yours is [{mine}], it must be {list(map(int, expected))}.", tensor="indices"
        )


def _numbers(found):
    """The numbers of an array, or of a list or tuple of single numbers, as floats; None for anything else."""
    parts = [found] if isinstance(found, np.ndarray) else found
    if not isinstance(parts, list | tuple) or not all(
        isinstance(part, int | float | np.generic | np.ndarray) and np.asarray(part).dtype.kind in "biuf"
        for part in parts
    ):
        return None
    if parts is found and any(np.size(part) != 1 for part in parts):
        return None
    return np.concatenate([np.asarray(part, dtype=np.float64).reshape(-1) for part in parts] or [np.zeros(0)])


SPREAD = Space(rows=[{"n": 6, "d": 3, "k": 2}, {"n": 4, "d": 6, "k": 3}], n=(5, 6, 8), d=(3, 4), k=(1, 2, 3))


def spread(case):
    """features (N, D) around a mean that is not 0, whose variances along the directions of PCA are far apart."""
    rank = min(case.n - 1, case.d)
    beside_ones = np.column_stack([np.ones(case.n), case.unseen("left", case.n, rank)])
    along, axes = (np.linalg.qr(drawn)[0] for drawn in (beside_ones, case.unseen("right", case.d, rank)))
    lengths = 3 * 0.6 ** np.arange(rank) * np.sqrt(case.n)
    return case.given("features", (along[:, 1:] * lengths) @ axes.T + case.unseen("mean", case.d))


def pca_expected(case):
    """The projection, and the variances."""
    return case.once("pca", lambda: formulas.pca(spread(case), case.k))


def with_its_signs(expected, projection):
    """`expected` with each column's sign as it is in `projection`, a student's answer."""
    if not isinstance(projection, np.ndarray) or projection.shape != expected.shape or projection.dtype.kind != "f":
        return expected
    with np.errstate(all="ignore"):
        turned = np.nan_to_num((projection * expected).sum(axis=0)) < 0
    return np.where(turned, -expected, expected)


# ── the model and the image afterwards ─────────────────────────────────────────────────────────


def expect_modes(student, name, ask, case):
    """Each module must be in the mode in which it was, after `ask(model)`, a call of the entry point `name`."""
    seen = []
    for modes in MIXED:
        model = student.build(name, network(case), training=modes)
        before = student.look(name, model).modes
        ask(model)
        seen.append((before, student.look(name, model).modes))
    for before, after in seen:
        for module, mode in before.items():
            if after.get(module) is not mode:
                which = f"the module {module}" if module else "the model"
                kept = "training" if mode else "evaluation"
                raise CheckFailed(f"{name} leaves {which} in another mode than it was in: {kept} mode.")


def expect_untouched(student, name, ask, case):
    """The model must be what it was after `ask(model)`, a call of the entry point `name`: its numbers, and so what it
    computes; no gradient may be left in it, no hook on it, and its flags must be as they were."""
    net, x = network(case), images(case)
    model = student.build(name, net, training=True, frozen=FROZEN)
    kinds = student.look(name, model).kinds
    ask(model)
    left, seen = student.look(name, model), student.look(name, model, x, training=False)
    if left.kinds != kinds:
        raise CheckFailed(f"{name} leaves other modules in the model than those that were there.")
    for entry, array in net.state.items():
        if not np.array_equal(seen.state.get(entry), array):
            raise CheckFailed(f"{name} changes {entry} of the model.", tensor=entry)
    out = case.once("out", lambda: formulas.scores(net, x))
    expect(student, scores_afterwards=(seen.outs[0] if seen.outs else None, out))
    for entry in net.state:
        if left.grads.get(entry) is not None:
            raise CheckFailed(f"{name} leaves a gradient in {entry} of the model; its .grad was None.", tensor=entry)
        wanted = "running" not in entry and entry not in FROZEN
        if left.requires_grad.get(entry, False) is not wanted:
            raise CheckFailed(f"{name} changes {entry}.requires_grad of the model; it was {wanted}.", tensor=entry)
    if left.hooks:
        raise CheckFailed(f"{name} leaves {left.hooks} hook{'s' if left.hooks != 1 else ''} on the model.")


def expect_image_untouched(student, name, ask, case):
    """The image must have the values that it had, and no gradient, after `ask(model, x)`."""
    x = images(case)
    model, held = student.build(name, network(case), training=False), student.tensor(name, x)
    ask(model, held)
    seen = student.look(name, held)
    if not np.array_equal(seen.state.get("value"), x):
        raise CheckFailed(f"{name} changes the image that it is given; work on a copy.", tensor="x")
    if seen.grads.get("value") is not None:
        raise CheckFailed(f"{name} leaves a gradient in the image that it is given; its .grad was None.", tensor="x")
