"""What is asked of a visualization submission. Students read the docstring, or the sentence beside the points."""

import numpy as np

from autograder import CheckFailed, check, expect, expect_shape, expect_unmodified

from . import formulas
from .cases import (
    ASKED,
    BORDER,
    CLIMB,
    CLIMB_MOODY,
    FILTER_GUARD,
    FILTERS,
    FLAT,
    FOOL,
    FOOL_MOODY,
    INNER,
    INSIDE,
    LAYERS,
    LAYERS_MOODY,
    MOODY,
    MOODY_NET,
    NEAR,
    NESTED,
    ONE,
    PARTS,
    SPREAD,
    STEP_GUARD,
    class_image_expected,
    classes,
    climbing,
    count,
    expect_image_untouched,
    expect_indices,
    expect_modes,
    expect_patches,
    expect_untouched,
    filters,
    fooling,
    fooling_expected,
    gradient,
    images,
    layer_expected,
    linear,
    nearest_expected,
    neighbours,
    network,
    patching,
    pca_expected,
    ranked,
    spread,
    top_patches_expected,
    with_its_signs,
)

EVALUATION = (
    "In training mode the model is switched to evaluation mode for the question: no batch statistics, no dropout."
)


def built(student, name, case):
    """The model of the case: in training mode where its modes make a difference, in evaluation mode otherwise."""
    return student.build(name, network(case), training=case.net == MOODY_NET)


# ── saliency ───────────────────────────────────────────────────────────────────────────────────


def saliency_expected(case):
    return np.abs(gradient(case)).max(axis=1)


@check("saliency", points=2, given=MOODY, examples=1, name="evaluation", sentence=EVALUATION)
@check("saliency", points=6, given=ASKED, examples=2)
def saliency_values(student, case):
    """maps is abs(∂s_y/∂x) of each image's own score, and of the channels the largest."""
    maps = student.saliency(built(student, "saliency", case), images(case), classes(case))
    expect(student, maps=(maps, saliency_expected(case)))


@check("saliency", points=2)
def saliency_linear(student, case):
    """Of a linear model the saliency is the largest of abs(w_y) over the channels, whatever the image."""
    weights = case.given("weights", np.array([[[[1.0, -2.0]], [[-3.0, 0.5]]], [[[0.25, 4.0]], [[0.5, -6.0]]]]))
    model = student.build("saliency", linear(weights, np.array([5.0, 0.0])))
    x = case.array("x", 3, 2, 1, 2)
    maps = student.saliency(model, x, case.given("y", np.array([0, 1, 0])))
    expect(student, maps=(maps, [[[3.0, 2.0]], [[0.5, 6.0]], [[3.0, 2.0]]]))


# ── guided backpropagation ─────────────────────────────────────────────────────────────────────


@check("guided_backprop", points=2, given=MOODY, examples=1, name="evaluation", sentence=EVALUATION)
@check(
    "guided_backprop",
    points=3,
    given=NESTED,
    examples=1,
    name="nested",
    sentence="ReLUs inside of nested sequences, too.",
)
@check("guided_backprop", points=6, given=FLAT, examples=2)
def guided_backprop_values(student, case):
    """The gradient passes a ReLU where both its input and the gradient are positive, at every ReLU."""
    found = student.guided_backprop(built(student, "guided_backprop", case), images(case), classes(case))
    expect(student, gradient=(found, gradient(case, guided=True)))


@check("guided_backprop", points=1)
def guided_backprop_linear(student, case):
    """A model without a ReLU has nothing to stop: its gradient is w_y, negative weights and all."""
    weights = case.array("weights", 3, *(2, 3, 2))
    model = student.build("guided_backprop", linear(weights, case.array("biases", 3)))
    y = case.given("y", np.array([2, 0]))
    expect(student, gradient=(student.guided_backprop(model, case.array("x", 2, 2, 3, 2), y), weights[y]))


# ── an image of a class ────────────────────────────────────────────────────────────────────────


@check("class_image", points=1.5, given=CLIMB_MOODY, examples=1, name="evaluation", sentence=EVALUATION)
@check("class_image", points=6, given=CLIMB, examples=2)
def class_image_values(student, case):
    """Each step is I ← I + lr(∂s_c/∂I - 2·lam·I), from x0."""
    image = student.class_image(built(student, "class_image", case), *climbing(case))
    expect(student, image=(image, class_image_expected(case)))


def linear_climb(case):
    """A linear model, its weights, and where to begin."""
    weights, biases = case.array("weights", 3, *(2, 2, 3)), case.array("biases", 3)
    return linear(weights, biases), weights, biases, case.array("x0", 1, 2, 2, 3)


@check("class_image", points=1.5)
def class_image_converges(student, case):
    """On a linear model many steps lead to w_c / (2·lam), the top of s_c - lam·‖I‖²."""
    net, weights, _, x0 = linear_climb(case)
    # each step takes away a half of what is missing
    image = student.class_image(student.build("class_image", net), 2, x0, 50, 1.0, 0.25)
    expect(student, image=(image, 2 * weights[2:]))


@check("class_image", points=1.5)
def class_image_ascends(student, case):
    """Each step of a linear model's ascent raises s_c - lam·‖I‖²."""
    net, weights, biases, x0 = linear_climb(case)
    model, before = student.build("class_image", net), -np.inf
    for steps in range(4):
        image = student.class_image(model, 1, x0, steps, 0.1, 0.05)
        expect_shape(image=(image, x0.shape))
        objective = (weights[1] * image).sum() + biases[1] - 0.05 * (image**2).sum()
        if not objective > before:
            raise CheckFailed(f"After {steps} steps s_c - lam·‖I‖² is {objective:.4g}, and was {before:.4g} before.")
        before = objective


@check("class_image", points=0.5, given=CLIMB, examples=0, needs=("class_image.values",))
def class_image_start(student, case):
    """After 0 steps the image is x0."""
    c, x0, _, lr, lam = climbing(case)
    model = student.build("class_image", network(case), training=False)
    expect(student, image=(student.class_image(model, c, x0, 0, lr, lam), x0))


# ── fooling ────────────────────────────────────────────────────────────────────────────────────


def expect_fooled(student, found, image, updates):
    """`found` must be the image and the number of updates."""
    mine, made = found
    expect(student, STEP_GUARD, image=(mine, image))
    made = count("updates", made)
    if made != updates:
        raise CheckFailed(f"updates is wrong: yours is {made:g}, it must be {updates}.", tensor="updates")


@check("fooling_image", points=1.5, given=FOOL_MOODY, examples=1, name="evaluation", sentence=EVALUATION)
@check("fooling_image", points=5, given=FOOL, examples=2)
def fooling_image_values(student, case):
    """Each update is a step of length lr along the gradient of the target's score, until the target is predicted."""
    found = student.fooling_image(built(student, "fooling_image", case), *fooling(case))
    expect_fooled(student, found, *fooling_expected(case))


def orthonormal(case):
    """A linear model whose rows are orthonormal, its rows, and an image with the scores 2, 0.3 and 1.1."""
    rows = np.linalg.qr(case.unseen("drawn", 12, 3))[0].T.copy()
    biases = np.array([0.5, -0.25, 1.0])
    x = rows.T @ (np.array([2.0, 0.3, 1.1]) - biases)
    return linear(case.given("weights", rows.reshape(3, 2, 3, 2)), biases), rows, case.given("x", x.reshape(1, 2, 3, 2))


@check("fooling_image", points=2)
def fooling_image_linear(student, case):
    """On a linear model with orthonormal rows it takes ⌊gap/lr⌋ + 1 updates: 4 for a gap of 1.7 and lr 0.5."""
    net, rows, x = orthonormal(case)
    model = student.build("fooling_image", net)
    for lr, updates in ((0.5, 4), (0.25, 7)):
        found = student.fooling_image(model, x, 1, lr, 20)
        expect_fooled(student, found, x + updates * lr * rows[1].reshape(x.shape), updates)


@check("fooling_image", points=1, needs=("fooling_image.values",))
def fooling_image_already(student, case):
    """An image that is taken for the target comes back as it is, after 0 updates."""
    net, _, x = orthonormal(case)
    expect_fooled(student, student.fooling_image(student.build("fooling_image", net), x, 0, 0.5, 20), x, 0)


@check("fooling_image", points=1)
def fooling_image_gives_up(student, case):
    """After max_steps updates it gives up; 0 of them leave the image as it is."""
    net, rows, x = orthonormal(case)
    model = student.build("fooling_image", net)
    for limit in (3, 0):
        found = student.fooling_image(model, x, 1, 0.25, limit)
        expect_fooled(student, found, x + limit * 0.25 * rows[1].reshape(x.shape), limit)


@check("fooling_image", points=1, given=FOOL, examples=0, needs=("fooling_image.values",))
def fooling_image_no_way_up(student, case):
    """Where the gradient is 0 the image stays as it is: nothing is divided by 0."""
    net = network(case)
    first = next(name for name in net.state if name.endswith("bias"))
    net = net.with_state({first: np.full(net.state[first].shape, -1e3)})  # no unit of the first layer is on
    x, *_ = fooling(case)
    (scores,) = case.once("dead", lambda: formulas.scores(net, x))
    model = student.build("fooling_image", net, training=False)
    image, updates = student.fooling_image(model, x, int(np.argmin(scores)), 0.5, 3)
    expect(student, image=(image, x))
    count("updates", updates)


# ── feature maps ───────────────────────────────────────────────────────────────────────────────


@check("feature_maps", points=1.5, given=LAYERS_MOODY, examples=1, name="evaluation", sentence=EVALUATION)
@check(
    "feature_maps",
    points=0.5,
    given=PARTS,
    examples=1,
    name="parts",
    sentence="A nested sequence gives what its last layer gives.",
)
@check(
    "feature_maps",
    points=2,
    given=INNER,
    examples=2,
    name="nested",
    sentence="Layers inside of nested sequences have names such as 2.1.",
)
@check("feature_maps", points=4, given=LAYERS, examples=2)
def feature_maps_values(student, case):
    """maps is what the layer of that name gives, after all layers before it."""
    maps = student.feature_maps(built(student, "feature_maps", case), images(case), case.layer)
    expect(student, maps=(maps, layer_expected(case)))


# ── what holds of all that are given a model ───────────────────────────────────────────────────

MODES = "Each module is afterwards in the mode in which it was, also where modules differ."
MODEL = "The model is left as it was found: parameters, running statistics, gradients, flags, no hook left."
IMAGE = "The image keeps its values, and its .grad stays None."
SHAPES = {
    "saliency": "maps has exactly the shape (N, H, W).",
    "guided_backprop": "The gradient has exactly the shape of x.",
    "class_image": "The image has exactly the shape of x0.",
    "fooling_image": "The image has exactly the shape of x.",
    "feature_maps": "maps has exactly the shape that the layer gives.",
}


def ask(student, name, model, x, case):
    """What the entry point `name` gives first for a model and its image."""
    y = int(ranked(case)[1])
    asked = {
        "saliency": (x, np.array([y])),
        "guided_backprop": (x, np.array([y])),
        "class_image": (y, x, 2, 0.3, 0.1),
        "fooling_image": (x, y, 0.3, 2),
        "feature_maps": (x, "0.3"),
    }
    found = getattr(student, name)(model, *asked[name])
    return found[0] if name == "fooling_image" else found


def declare(name, sentence):
    known = {"given": ONE, "examples": 0, "needs": (f"{name}.values",)}

    @check(name, points=0.5, name="modes", sentence=MODES, **known)
    def modes(student, case):
        expect_modes(student, name, lambda model: ask(student, name, model, images(case), case), case)

    @check(name, points=1, name="model", sentence=MODEL, **known)
    def model(student, case):
        expect_untouched(student, name, lambda model: ask(student, name, model, images(case), case), case)

    @check(name, points=0.5, name="image", sentence=IMAGE, **known)
    def image(student, case):
        expect_image_untouched(student, name, lambda model, x: ask(student, name, model, x, case), case)

    @check(name, points=0.5, name="shape", sentence=sentence, **known)
    def shape(student, case):
        model, x = student.build(name, network(case), training=False), images(case)
        wanted = {"saliency": (1, *x.shape[2:]), "feature_maps": (1, 3, 3, 2)}.get(name, x.shape)
        expect_shape(**{"maps" if "maps" in sentence else "image": (ask(student, name, model, x, case), wanted)})


for entry_point, sentence in SHAPES.items():
    declare(entry_point, sentence)


# ── filters ────────────────────────────────────────────────────────────────────────────────────


@check("scaled_filters", points=3, given=FILTERS, examples=3)
def scaled_filters_values(student, case):
    """Each filter is stretched by its own minimum and maximum over C, H and W, so that it fills [0, 1]."""
    w = filters(case)
    expect(student, FILTER_GUARD, filters=(student.scaled_filters(w), formulas.scaled_filters(w)))


@check("scaled_filters", points=0.5)
def scaled_filters_known_answer(student, case):
    """The weights -1, 0, 1, 3 become 0, 0.25, 0.5, 1, and so do weights that are ten times as small."""
    w = case.given("w", np.array([[[[-1.0, 0.0]], [[1.0, 3.0]]], [[[0.3, 0.1]], [[0.0, -0.1]]]]))
    right = np.array([[[[0.0, 0.25]], [[0.5, 1.0]]], [[[1.0, 0.5]], [[0.25, 0.0]]]])
    expect(student, FILTER_GUARD, filters=(student.scaled_filters(w), right))


@check("scaled_filters", points=0.5, needs=("scaled_filters.values",))
def scaled_filters_constant(student, case):
    """A constant filter becomes 0: nothing is divided by 0."""
    w = np.stack([np.full((2, 2, 3), 0.7), case.unseen("drawn", 2, 2, 3), np.zeros((2, 2, 3))])
    expect(student, FILTER_GUARD, filters=(student.scaled_filters(case.given("w", w)), formulas.scaled_filters(w)))


@check("scaled_filters", points=0.5, given=FILTERS, examples=1, needs=("scaled_filters.values",))
def scaled_filters_shape(student, case):
    """filters has exactly the shape of w."""
    expect_shape(filters=(student.scaled_filters(filters(case)), (case.f, case.c, case.h, case.w)))


@check("scaled_filters", points=0.5, given=FILTERS, examples=0, needs=("scaled_filters.values",))
def scaled_filters_pure(student, case):
    """w is left as it was."""
    expect_unmodified(student, "scaled_filters", w=filters(case))


# ── patches ────────────────────────────────────────────────────────────────────────────────────


@check(
    "top_patches",
    points=2.5,
    given=BORDER,
    examples=2,
    name="border",
    sentence="At the border a patch is clipped to what the image has of it.",
)
@check("top_patches", points=4, given=INSIDE, examples=3)
def top_patches_values(student, case):
    """The patch of cell (i, j) is rows i·stride - field//2 to i·stride + field//2 of its image, columns alike."""
    found, _ = student.top_patches(*patching(case))
    expect_patches(student, found, top_patches_expected(case)[0])


@check("top_patches", points=1, given=BORDER, examples=2)
def top_patches_scores(student, case):
    """scores are the k largest numbers of the channel over all images and places, the largest first."""
    _, scores = student.top_patches(*patching(case))
    expect(student, scores=(_listed(scores), top_patches_expected(case)[1]))


def _listed(found):
    """A list of single numbers as an array; anything else as it is."""
    single = isinstance(found, list | tuple) and all(
        isinstance(one, float | np.floating | np.ndarray)
        and np.asarray(one).shape == ()
        and np.asarray(one).dtype.kind == "f"
        for one in found
    )
    return np.array([float(one) for one in found]) if single else found


@check("top_patches", points=0.5, given=INSIDE, examples=0, needs=("top_patches.scores",))
def top_patches_shape(student, case):
    """scores has exactly the shape (k,)."""
    _, scores = student.top_patches(*patching(case))
    expect_shape(scores=(_listed(scores), (case.k,)))


@check("top_patches", points=0.5, given=INSIDE, examples=0, needs=("top_patches.values",))
def top_patches_pure(student, case):
    """maps and images are left as they were."""
    names = ("maps", "images", "channel", "k", "field", "stride")
    expect_unmodified(student, "top_patches", **dict(zip(names, patching(case), strict=True)))


# ── features ───────────────────────────────────────────────────────────────────────────────────


@check("nearest_neighbors", points=2.5, given=NEAR, examples=3)
def nearest_neighbors_values(student, case):
    """indices are those of the k features nearest to the query, the nearest first."""
    expect_indices(student.nearest_neighbors(*neighbours(case)), nearest_expected(case))


@check("nearest_neighbors", points=1)
def nearest_neighbors_known_answer(student, case):
    """From (1, 1) the distances to (4, 4), (6, 1), (-1, 2), (1, 1) and (4.5, 1) are √18, 5, √5, 0 and 3.5."""
    features = case.given("features", np.array([[4.0, 4.0], [6.0, 1.0], [-1.0, 2.0], [1.0, 1.0], [4.5, 1.0]]))
    expect_indices(student.nearest_neighbors(features, case.given("query", np.ones(2)), 5), (3, 2, 4, 0, 1))


@check("nearest_neighbors", points=0.5, given=NEAR, examples=0, needs=("nearest_neighbors.values",))
def nearest_neighbors_pure(student, case):
    """features and query are left as they were."""
    features, query, k = neighbours(case)
    expect_unmodified(student, "nearest_neighbors", features=features, query=query, k=k)


@check("pca", points=3.5, given=SPREAD, examples=3)
def pca_projection(student, case):
    """projection is that of the centred features onto the k directions of largest variance, with signs as they come."""
    found, _ = student.pca(spread(case), case.k)
    expect(student, projection=(found, with_its_signs(pca_expected(case)[0], found)))


@check("pca", points=2, given=SPREAD, examples=3)
def pca_variances(student, case):
    """variances are those along the directions, with 1/N, falling."""
    _, variances = student.pca(spread(case), case.k)
    expect(student, variances=(variances, pca_expected(case)[1]))


@check("pca", points=1)
def pca_known_answer(student, case):
    """(1, 1), (3, 3), (3, 1) and (1, 3), stretched threefold along one axis, have the variances 9 and 1."""
    features = case.given("features", np.array([[1.0, 3.0], [3.0, 9.0], [3.0, 3.0], [1.0, 9.0]]))
    projection, variances = student.pca(features, 2)
    right = with_its_signs(np.array([[-3.0, -1.0], [3.0, 1.0], [-3.0, 1.0], [3.0, -1.0]]), projection)
    expect(student, variances=(variances, [9.0, 1.0]), projection=(projection, right))


@check("pca", points=0.5, given=SPREAD, examples=1, needs=("pca.projection", "pca.variances"))
def pca_shapes(student, case):
    """projection has exactly the shape (N, k), and variances (k,)."""
    projection, variances = student.pca(spread(case), case.k)
    expect_shape(projection=(projection, (case.n, case.k)), variances=(variances, (case.k,)))


@check("pca", points=0.5, given=SPREAD, examples=0, needs=("pca.projection",))
def pca_pure(student, case):
    """features are left as they were."""
    expect_unmodified(student, "pca", features=spread(case), k=case.k)
