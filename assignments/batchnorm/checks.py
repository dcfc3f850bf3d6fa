"""What is asked of a normalisation submission. The sentence that the student reads is a docstring, or stands beside the
points; {one} is what has a mean of its own."""

from functools import partial

import numpy as np

from autograder import CheckFailed, Pair, check, expect, expect_shape, expect_unmodified

from . import arrays, formulas
from .cases import BATCH, LAYER, SPATIAL

# ── what the layers share: questions to the forward pass ───────────────────────────────────────


def called(kind, student, inputs, **options):
    """out, and the new state of a layer that has one."""
    out, _, *state = getattr(student, kind.forward)(*inputs, **options)
    return out, *state


def statistics(kind, student, case):
    """With gamma 1 the mean of each {one} of out is beta, and its variance var / (var + eps), eps in the root."""
    x, gamma, _, *state = kind.arguments(case).values()
    shift = case.given("shift", case.rng("shift").uniform(1, 2))
    inputs = (x, np.ones_like(gamma), np.full_like(gamma, shift), *state)
    out, *_ = called(kind, student, inputs, **kind.options(case))
    expect_shape(out=(out, x.shape))
    out, var = out.astype(float), arrays.variance(x, kind.axes)
    expect(
        student,
        mean_of_out=(out.mean(axis=kind.axes), np.full_like(var, shift)),
        variance_of_out=(arrays.variance(out, kind.axes), var / (var + case.eps)),
    )


def invariance(kind, student, case):
    """Moving and scaling each {one} of x, and reordering the batch, leave out as it was, reordered."""
    x, *others = kind.arguments(case).values()
    a, b = (case.given(name, case.rng(name).uniform(2, 4, kind.one_each(case))) for name in "ab")
    order = np.roll(np.arange(len(x)), 1)
    out, *_ = called(kind, student, ((a * x + b)[order], *others), **kind.options(case))
    expect(student, out=(out, kind.formula(**kind.arguments(case))[order]))


def constant(kind, student, case):
    """Where x does not vary, out is beta."""
    x, gamma, beta, *state = kind.arguments(case).values()
    still = case.given("constant x", np.zeros_like(x) + np.resize([3.0, -2.0, 5.0], kind.one_each(case)))
    out, *_ = called(kind, student, (still, gamma, beta, *state), **kind.options(case))
    expect(student, out=(out, np.zeros_like(x) + arrays.along(x, beta)))


def defaults(kind, student, case):
    """Arguments that are not given are eps=1e-5 and, where they exist, training=True and momentum=0.9."""
    arguments = kind.arguments(case)
    out, *state = called(kind, student, arguments.values())
    expect(student, out=(out, kind.formula(**arguments)))
    if kind.has_state:
        expect(student, state=(*state, formulas.running(arguments["x"], kind.state(case), 0.9, kind.axes)))


def alone(kind, student, case):
    """An example gets the same result alone as it gets in a batch."""
    x, *others = kind.arguments(case).values()
    found = student.each(kind.forward, [(x[[i]], *others) for i in range(len(x))])
    expected = kind.formula(**kind.arguments(case))
    expect(student, **{f"out_{i}": (out, expected[[i]]) for i, (out, _) in enumerate(found)})


# of layers with a state


def running(kind, student, case):
    """Running mean and variance become momentum * running + (1 - momentum) * batch; the variance is over N."""
    _, state = called(kind, student, kind.arguments(case).values(), **kind.options(case))
    expect(student, state=(state, formulas.running(kind.x(case), kind.state(case), case.momentum, kind.axes)))


def state_shape(kind, student, case):
    """The running statistics have one number for each {one}, and no other axis."""
    _, state = called(kind, student, kind.arguments(case).values(), **kind.options(case))
    wanted = (kind.features(case),)
    expect_shape(**{name: (state[name], wanted) for name in ("running_mean", "running_var")})


def evaluation(kind, student, case):
    """With training=False the running statistics take the place of the batch's."""
    options = kind.options(case) | {"training": False}
    out, _ = called(kind, student, kind.arguments(case).values(), **options)
    expect(student, out=(out, kind.evaluated(case)))


def evaluation_unchanged(kind, student, case):
    """With training=False the state comes back as it was, and nothing that was given is changed."""
    arguments = kind.arguments(case)
    _, state = called(kind, student, arguments.values(), training=False)
    expect(student, state=(state, kind.state(case)))
    expect_unmodified(student, kind.forward, {"training": False}, **arguments)


def evaluation_alone(kind, student, case):
    """With training=False an example gets the same result alone as it gets in a batch."""
    x, *others = kind.arguments(case).values()
    expected = kind.evaluated(case)
    found = student.each(kind.forward, [(x[[i]], *others) for i in range(len(x))], training=False)
    expect(student, **{f"out_{i}": (out, expected[[i]]) for i, (out, *_) in enumerate(found)})


# ── what they share: questions to a backward pass ──────────────────────────────────────────────


def orthogonal(layer, kind, student, case):
    """For each {one} dx sums to 0, and dx times xhat does so too: a shift or a scale of x changes nothing."""
    x, gamma = (kind.arguments(case)[name] for name in ("x", "gamma"))
    dx = layer.pull(student, case)["dx"]
    expect_shape(dx=(dx, x.shape))
    if not np.any(dx):
        raise CheckFailed("dx is zero throughout; it must not be.", tensor="dx")
    xhat = formulas.normalisation(x, np.ones_like(gamma), np.zeros_like(gamma), 0.0, kind.axes)
    means = dx.mean(axis=kind.axes, dtype=float), (dx * xhat).mean(axis=kind.axes)
    zeros = np.zeros_like(means[0])
    expect(student, mean_of_dx=(means[0], zeros), mean_of_dx_times_xhat=(means[1], zeros))


def finite(layer, kind, student, case):
    """Where x does not vary dx is finite: eps sees to that."""
    x, *others = kind.arguments(case).values()
    still = x.copy()
    still[(slice(None), 0) if kind.has_state else 0] = 3.0
    still = case.given("x in part constant", still)
    _, cache, *_ = getattr(student, kind.forward)(still, *others, **kind.options(case))
    dx, *_ = getattr(student, layer.backward)(layer.dout(case), cache)
    expect_shape(dx=(dx, x.shape))
    if not np.isfinite(dx).all():
        raise CheckFailed("dx is not finite where x does not vary.", tensor="dx")


# ── the questions and their points ─────────────────────────────────────────────────────────────

NORMALISED = "Each {one} is normalised by its own mean and variance, then scaled by gamma and shifted by beta."
ANOTHER_MOMENTUM = "Another momentum than 0.9 weighs the old statistics by momentum, and the batch's by 1 - momentum."
EPS_IN_EVALUATION = "With training=False eps is added to the running variance, inside the root."
ANY_DOUT = "dx, dgamma and dbeta are the gradients for any dout, through the mean and the variance, too."
LARGE_EPS = "The gradients are right where eps is as large as the variance, and for a mean over two or three numbers."
SHAPES = "dx, dgamma and dbeta have exactly the shapes of x, gamma and beta."


def pair(kind, backward):
    gradients = ("dx", "dgamma", "dbeta")
    return Pair(kind.forward, backward, kind.formula, kind.arguments, gradients, options=kind.options, given=kind.few)


def ask(kind, points, question, given, examples=1, name=None, sentence=None, needs=()):
    """Declare `question` as a check of the forward pass; `needs` are names of its other checks."""
    check(
        kind.forward,
        points=points,
        given=given,
        examples=examples,
        needs=[f"{kind.forward}.{need}" for need in needs],
        name=name or question.__name__,
        sentence=(sentence or question.__doc__).format(one=kind.one),
    )(partial(question, kind))


def ask_backward(layer, kind, points, question, given, examples, name=None, needs=()):
    """The same for a backward pass."""
    check(
        layer.backward,
        points=points,
        given=given,
        examples=examples,
        needs=[f"{layer.backward}.{need}" for need in needs],
        name=name or question.__name__,
        sentence=question.__doc__.format(one=kind.one),
    )(partial(question, layer, kind))


def forward_pass(kind, layer, values, statistics_points, detail):
    """What all three layers are asked, with the points of the values, of the statistics, and of each detail."""
    layer.values(values, NORMALISED.format(one=kind.one), given=kind.plain, examples=2)
    ask(kind, statistics_points, statistics, kind.other_eps, 2)
    ask(kind, detail, invariance, kind.few)
    ask(kind, detail, defaults, kind.near, needs=("values", "running") if kind.has_state else ("values",))
    layer.shape(0.5, "out has exactly x's shape.", given=kind.plain, examples=1)
    layer.pure(detail)


def backward_pass(kind, layer, gradients, eps, consistent, orthogonality, detail):
    """What all four backward passes are asked."""
    layer.gradients(gradients, ANY_DOUT, given=kind.plain, examples=2)
    layer.gradients(eps, LARGE_EPS, given=kind.other_eps, examples=2, name="eps")
    layer.consistent(consistent, given=kind.single, examples=0)
    ask_backward(layer, kind, orthogonality, orthogonal, kind.few, 2)
    layer.shapes(detail, SHAPES, given=kind.plain, examples=1)
    layer.repeatable(detail)


batchnorm = pair(BATCH, "batchnorm_backward")
closed_form = pair(BATCH, "batchnorm_backward_alt")
spatial = pair(SPATIAL, "spatial_batchnorm_backward")
layernorm = pair(LAYER, "layernorm_backward")

forward_pass(BATCH, batchnorm, values=7, statistics_points=3, detail=1)
ask(BATCH, 5, running, BATCH.usual_momentum, 2)
ask(BATCH, 1, running, BATCH.other_momentum, name="momentum", sentence=ANOTHER_MOMENTUM)
ask(BATCH, 5, evaluation, BATCH.plain, 2)
ask(BATCH, 1, evaluation, BATCH.other_eps, name="evaluation_eps", sentence=EPS_IN_EVALUATION)
ask(BATCH, 2, evaluation_unchanged, BATCH.few, needs=("evaluation",))
ask(BATCH, 1, evaluation_alone, BATCH.few)
ask(BATCH, 1, constant, BATCH.near, needs=("values",))
ask(BATCH, 0.5, state_shape, BATCH.plain, needs=("running",))

backward_pass(BATCH, batchnorm, gradients=8, eps=2, consistent=2, orthogonality=1.5, detail=1)
ask_backward(batchnorm, BATCH, 1, finite, BATCH.near, 1, name="constant", needs=("gradients",))

backward_pass(BATCH, closed_form, gradients=7, eps=2, consistent=1, orthogonality=1, detail=0.5)
ask_backward(closed_form, BATCH, 0.5, finite, BATCH.near, 1, name="constant", needs=("gradients",))

forward_pass(SPATIAL, spatial, values=4, statistics_points=1, detail=0.5)
ask(SPATIAL, 1.5, running, SPATIAL.usual_momentum, 2)
ask(SPATIAL, 0.5, running, SPATIAL.other_momentum, name="momentum", sentence=ANOTHER_MOMENTUM)
ask(SPATIAL, 1, evaluation, SPATIAL.plain, 2)
ask(SPATIAL, 0.5, evaluation, SPATIAL.other_eps, name="evaluation_eps", sentence=EPS_IN_EVALUATION)
ask(SPATIAL, 0.5, evaluation_unchanged, SPATIAL.few, needs=("evaluation",))
ask(SPATIAL, 0.5, state_shape, SPATIAL.plain, needs=("running",))

backward_pass(SPATIAL, spatial, gradients=4, eps=0.5, consistent=1, orthogonality=0.5, detail=0.5)

forward_pass(LAYER, layernorm, values=3, statistics_points=1, detail=0.5)
ask(LAYER, 1, alone, LAYER.few)
ask(LAYER, 0.5, constant, LAYER.near, needs=("values",))

backward_pass(LAYER, layernorm, gradients=3, eps=0.5, consistent=0.5, orthogonality=0.5, detail=0.5)
ask_backward(layernorm, LAYER, 0.5, finite, LAYER.near, 1, name="constant", needs=("gradients",))


@check("batchnorm_forward", points=1)
def batchnorm_forward_known_answers(student, case):
    """With eps = 3 rows 1 and 3 become -½ and ½ (variance 1), and with momentum ½ a running_var of 5 becomes 3."""
    x = case.given("x", np.array([[1.0, 30.0], [3.0, 10.0]]))
    gamma, beta = case.given("gamma", np.array([2.0, -1.0])), case.given("beta", np.array([0.5, 4.0]))
    state = {"running_mean": np.array([-4.0, 6.0]), "running_var": np.array([5.0, 60.0])}
    out, _, after = student.batchnorm_forward(x, gamma, beta, state, training=True, momentum=0.5, eps=3.0)
    second = 10 / np.sqrt(103)  # variance 100
    expect(
        student,
        out=(out, [[0.5 - 1, 4 - second], [0.5 + 1, 4 + second]]),
        state=(after, {"running_mean": [-1.0, 13.0], "running_var": [3.0, 80.0]}),
    )


@check("batchnorm_backward", points=1)
def batchnorm_backward_known_answers(student, case):
    """For rows 1 and 3 with eps = 3, dx is ± 3/16 of gamma times the difference of the two douts."""
    x, gamma = case.given("x", np.array([[1.0, 3.0], [3.0, 1.0]])), case.given("gamma", np.array([2.0, -4.0]))
    state = {"running_mean": np.zeros(2), "running_var": np.ones(2)}
    _, cache, _ = student.batchnorm_forward(x, gamma, np.array([0.5, 1.0]), state, training=True, eps=3.0)
    dx, dgamma, dbeta = student.batchnorm_backward(case.given("dout", np.array([[5.0, 1.0], [1.0, 9.0]])), cache)
    # xhat = ± d / √(d² + eps) with d = ± 1 half of the rows' difference; its slope is eps / (d² + eps)^1.5 = 3/8
    expect(
        student,
        dx=(dx, [[1.5, 6.0], [-1.5, -6.0]]),
        dgamma=(dgamma, [-2.0, -4.0]),
        dbeta=(dbeta, [6.0, 10.0]),
    )
