"""What is asked of an optimizers submission. A docstring (or `sentence`) is what the student reads."""

from math import log

import numpy as np

from autograder import CheckFailed, Rng, check, expect, expect_shape, expect_unmodified

from . import formulas
from .cases import (
    ADAPTIVE,
    BATCHES,
    EPOCHS,
    EPS,
    LOOP,
    OTHER,
    PLAIN,
    SCHEDULE,
    TIMES,
    constant,
    gradients,
    loop_problem,
    narrow,
    over_steps,
    three_clouds,
)
from .loops import (
    batches_of,
    epochs_of,
    expect_every_index_once,
    expect_indices,
    expect_losses,
    expect_low_loss,
    expect_sizes,
    neighbours,
    trained,
)
from .problems import Watch, plain, rolling
from .rules import Rule, Schedule
from .walks import expect_updates

# ── update rules ───────────────────────────────────────────────────────────────────────────────

SGD = Rule("sgd", PLAIN, (formulas.sgd,), {"lr": 1e-2})
SGD_MOMENTUM = Rule("sgd_momentum", PLAIN, (formulas.sgd_momentum,), {"lr": 1e-2, "momentum": 0.9})
RMS_FORMS = (formulas.rmsprop, formulas.rmsprop_eps_inside)
RMS = Rule("rmsprop", ADAPTIVE, RMS_FORMS, {"lr": 1e-2, "decay": 0.99, "eps": 1e-8})
ADAM = Rule("adam", ADAPTIVE, (formulas.adam,), {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8})
MEANINGS = {
    SGD: (1.5, "Each step adds -lr * dw to w."),
    SGD_MOMENTUM: (4, "Each step adds v to w, where v = momentum * v - lr * dw starts at 0."),
    RMS: (4, "Each step is -lr * dw over the root of s, where s = decay * s + (1 - decay) * dw² starts at 0."),
    ADAM: (6, "Each step is -lr times the corrected mean over the root of the corrected mean square."),
}

for rule, (points, meaning) in MEANINGS.items():
    name, given, value = rule.name, rule.given, (f"{rule.name}.values",)
    others = ", ".join(option for option in rule.defaults if option != "eps")
    defaults = ", ".join(f"{option}={default:g}" for option, default in rule.defaults.items() if option != "eps")
    check(name, points=points, given=given, examples=5, sentence=meaning)(rule.values)
    check(name, points=0.5, given=given, examples=1, needs=value)(rule.shape)
    check(name, points=0.5, given=given, examples=1, needs=value)(rule.pure)
    check(name, points=0.5, needs=value, sentence=f"Defaults: {defaults}.")(rule.default_options)
    check(
        name,
        points=0.5 if rule is SGD else 1,
        given=OTHER[name],
        examples=2,
        needs=value,
        sentence=f"Values that are not the defaults are used as they are given: {others}.",
    )(rule.other_options)
for rule in (SGD_MOMENTUM, RMS, ADAM):
    check(rule.name, points=2, given=rule.given, examples=1)(rule.separate)


# ── gradient descent, momentum ─────────────────────────────────────────────────────────────────


@check("sgd", points=1)
def sgd_bowl(student, case):
    """On the bowl ½ λ w² each step multiplies w by 1 - lr λ."""
    curvature, start = np.array([15.0, 30.0, 150.0]), case.array("w", 3)
    walker = SGD.walk(student, case, start)
    for _ in range(10):
        walker.step(curvature * walker.w)
    expect(student, w=(walker.w, (1 - 0.01 * curvature) ** 10 * start))


@check("sgd_momentum", points=2, given=PLAIN, examples=2)
def sgd_momentum_constant(student, case):
    """With the same gradient at every step, step k adds -lr g (1 - momentum^k) / (1 - momentum)."""
    g = constant(case)
    lengths = over_steps([0.01 * (1 - 0.9**k) / (1 - 0.9) for k in range(1, case.steps + 1)], g)
    expect_updates(student, SGD_MOMENTUM.updates(student, case, g, -lengths * g), -lengths * g)


@check("sgd_momentum", points=2, given=PLAIN, examples=2)
def sgd_momentum_impulse(student, case):
    """After a single push w glides on, each step momentum times the one before."""
    push = gradients(case)[0]
    g = np.stack([push, *[np.zeros_like(push)] * (case.steps - 1)])
    expected = np.stack([-0.01 * 0.9**k * push for k in range(case.steps)])
    expect_updates(student, SGD_MOMENTUM.updates(student, case, g, expected), expected)


@check("sgd_momentum", points=1, given=PLAIN, examples=2, needs=("sgd_momentum.other_options",))
def sgd_momentum_without(student, case):
    """With momentum = 0 it is plain gradient descent."""
    expected = -0.01 * gradients(case)
    expect_updates(student, SGD_MOMENTUM.updates(student, case, gradients(case), expected, momentum=0.0), expected)


@check("sgd_momentum", points=2)
def sgd_momentum_ravine(student, case):
    """In a ravine of condition number 300, 80 steps lead ten times closer than gradient descent can."""
    curvature, lowest = np.array([1.0, 300.0]), np.array([3.0, -2.0])  # not 0, where a rule that returns zeros would be
    # With lr = 0.01 and momentum = 0.9 both errors shrink by √0.9 = 0.949 a step; without momentum the best learning
    # rate, 2 / (1 + 300), gives 299/301: after 80 steps 17 times as much is left.
    walker = SGD_MOMENTUM.walk(student, case, lowest + 1.0)
    for _ in range(80):
        walker.step(curvature * (walker.w - lowest))
    distance, plain = float(np.linalg.norm(walker.w - lowest)), (299 / 301) ** 80
    if not distance <= plain / 10:
        raise CheckFailed(f"After 80 steps w is {distance:.3g} from the minimum; it must be within {plain / 10:.3g}.")


# ── RMSProp, Adam ──────────────────────────────────────────────────────────────────────────────


@check("rmsprop", points=2, given=ADAPTIVE, examples=2)
def rmsprop_constant(student, case):
    """With the same gradient at every step, step t has the length lr / √(1 - decay^t), whatever the gradient."""
    g = constant(case)
    lengths = over_steps([0.01 / np.sqrt(1 - 0.99**t) for t in range(1, case.steps + 1)], g)
    expected = -lengths * np.sign(g)
    expect_updates(student, RMS.updates(student, case, g, expected), expected)


@check("adam", points=2, given=ADAPTIVE, examples=2)
def adam_first_step(student, case):
    """The first step has the length lr in every element, whatever the gradient and the betas."""
    g = constant(case)
    walker = ADAM.walk(student, case)
    first = walker.step(g[0])
    try:
        expect_updates(student, first[None], -0.001 * np.sign(g[:1]))
    except CheckFailed:
        for dw in g[1:]:
            walker.step(dw)  # many mistakes make the same first step; the next ones tell them apart
        raise


@check("adam", points=2, given=ADAPTIVE, examples=2)
def adam_constant(student, case):
    """With the same gradient at every step, every step has the length lr."""
    g = constant(case)
    expected = -0.001 * np.sign(g)
    expect_updates(student, ADAM.updates(student, case, g, expected), expected)


@check("adam", points=3, given=ADAPTIVE, examples=2)
def adam_second_step(student, case):
    """After gradients of 1 and 3 the second step is lr (3 + β₁) / (1 + β₁) · √((1 + β₂) / (9 + β₂))."""
    g = constant(case)[:2]
    expected = -np.sign(g) * over_steps([0.001, formulas.adam_second_step(0.001, 0.9, 0.999)], g)
    expect_updates(student, ADAM.updates(student, case, g * over_steps([1.0, 3.0], g), expected), expected)


for rule in (RMS, ADAM):
    check(rule.name, points=1, given=ADAPTIVE, examples=1)(rule.scale)
    check(rule.name, points=1, given=ADAPTIVE, examples=1, needs=(f"{rule.name}.values",))(rule.zero_gradient)

for rule, points, where in (
    (RMS, 1, "eps is added to the root or under it."),
    (ADAM, 1.5, "eps is added to the root of the corrected mean square, outside it."),
):
    check(rule.name, points=points, given=EPS, examples=2, needs=(f"{rule.name}.values",), sentence=where)(rule.eps)
    is_given = (f"{rule.name}.eps",)
    check(rule.name, points=0.5, needs=is_given, sentence="Default: eps=1e-8.")(rule.default_eps)


# ── schedules ──────────────────────────────────────────────────────────────────────────────────

SCHEDULES = {
    Schedule("exponential_decay", formulas.exponential_decay, lambda k: log(2) / k): (
        "The learning rate is lr0 * exp(-k * t).",
        "The learning rate is lr0 at t = 0, and half of it at t = ln 2 / k.",
    ),
    Schedule("inverse_time_decay", formulas.inverse_time_decay, lambda k: 1 / k): (
        "The learning rate is lr0 / (1 + k * t).",
        "The learning rate is lr0 at t = 0, and half of it at t = 1 / k.",
    ),
}

for schedule, (meaning, known) in SCHEDULES.items():
    name = schedule.name
    check(name, points=2, given=SCHEDULE, sentence=meaning)(schedule.values)
    check(name, points=0.5, sentence=known)(schedule.known_answers)
    check(name, points=0.5, given=TIMES, examples=2)(schedule.arrays)
    check(name, points=0.5, given=TIMES, examples=1, needs=(f"{name}.arrays",))(schedule.shape)
    check(name, points=0.5, given=TIMES, examples=1, needs=(f"{name}.arrays",))(schedule.pure)


# ── mini-batches ───────────────────────────────────────────────────────────────────────────────


@check("minibatches", points=4, given=BATCHES)
def minibatches_indices(student, case):
    """In one epoch every index from 0 to n - 1 comes exactly once."""
    (batches,) = batches_of(student, case.n, case.batch_size, case.seed)
    expect_every_index_once(batches, case.n)


@check("minibatches", points=2, given=BATCHES)
def minibatches_sizes(student, case):
    """Every batch holds batch_size indices but the last, which holds those that are left."""
    (batches,) = batches_of(student, case.n, case.batch_size, case.seed)
    expect_sizes(batches, case.n, case.batch_size)


@check("minibatches", points=0.5, given=BATCHES, examples=1, needs=("minibatches.indices",))
def minibatches_shape(student, case):
    """Every batch is a one-dimensional array of integers."""
    for batch in student.minibatches(case.n, case.batch_size, Rng(case.seed)):
        expect_indices(batch)


@check("minibatches", points=2.5, needs=("minibatches.indices",))
def minibatches_shuffled(student, case):
    """Which examples share a batch is random: neighbours share one no more often than others."""
    (batches,) = batches_of(student, 60, 4, case.seed)
    # In random order i and i + 1 share a batch in 3 places on average, in the given order in 45. The count is nearly
    # Poisson's (400,000 simulated orders have mean and variance 3.0 and 2.8): more than 20 comes once in 1e10 times.
    if (found := neighbours(batches)) > 20:
        raise CheckFailed(f"{found} of 60 examples share a batch of 4 with the next one: the order is not random.")


@check("minibatches", points=2, needs=("minibatches.indices",))
def minibatches_rng(student, case):
    """The order comes from rng alone: the same seed gives the same batches, another seed others."""
    # two random orders of 30 examples agree once in 30! times
    first, again, other = (
        [index for batch in batches for index in batch.tolist()]
        for batches in batches_of(student, 30, 7, case.seed, case.seed, case.seed + 1)
    )
    if first != again:
        raise CheckFailed("Two generators with the same seed give different batches: draw from rng and nothing else.")
    if first == other:
        raise CheckFailed("Generators with different seeds give the same batches: draw the order from rng.")


# ── training ───────────────────────────────────────────────────────────────────────────────────


GENTLE, ROLLING = plain(0.3), rolling(0.1, 0.8)


def loop(student, case, optimizer):
    """Where training starts, and what became of it; asked once by the checks that share the case."""
    problem, start = loop_problem(case)

    def ask():
        return trained(student, problem, start, optimizer, case.batch_size, case.epochs, case.seed)

    return start, *student.once(("train", optimizer, case.identity), ask)


@check("train", points=3.5, given=LOOP, examples=4)
def train_params(student, case):
    """Each step takes the gradients of one mini-batch at the current params and updates every array with its own."""
    start, params, _, watch = loop(student, case, GENTLE)
    expect(student, params=(params, watch.replay(start)[0]))


@check("train", points=2, given=LOOP, examples=4)
def train_history(student, case):
    """history holds the loss of every step, in order."""
    start, _, history, watch = loop(student, case, GENTLE)
    expect_losses(student, history, watch.replay(start)[1])


@check("train", points=3, given=LOOP, examples=4)
def train_state(student, case):
    """Each array has an optimizer state of its own, None at first and handed on from step to step."""
    start, params, _, watch = loop(student, case, ROLLING)
    expect(student, params=(params, watch.replay(start)[0]))


@check("train", points=3, given=EPOCHS, examples=4)
def train_epochs(student, case):
    """Every epoch goes through all examples once, batch_size at a time."""
    *_, watch = loop(student, case, GENTLE)
    epochs = epochs_of(watch, case.batch_size)
    if len(epochs) != case.epochs:
        raise CheckFailed(f"train goes through the examples {len(epochs)} times; epochs is {case.epochs}.")
    for batches in epochs:
        expect_every_index_once(batches, case.n)
        expect_sizes(batches, case.n, case.batch_size)


@check("train", points=2, needs=("train.epochs",))
def train_order(student, case):
    """The order is random, new in each epoch, and comes from rng alone."""
    problem, start = narrow(case, (1.0, 1.0))

    def orders(seed):
        *_, watch = trained(student, problem, start, plain(0.1), 6, 3, seed)
        return [[index for batch in batches for index in batch.tolist()] for batches in epochs_of(watch, 6)]

    # two random orders of 20 examples agree once in 20! times
    first, again, other = orders(case.seed), orders(case.seed), orders(case.seed + 1)
    if any(order in first[:k] for k, order in enumerate(first)):
        raise CheckFailed("Two epochs go through the examples in the same order; draw a new one for each.")
    if first != again:
        raise CheckFailed("Two generators with the same seed give different orders: draw from rng and nothing else.")
    if any(order in first for order in other):
        raise CheckFailed("Generators with different seeds give the same order: draw it from rng.")


@check("train", points=1)
def train_bowl(student, case):
    """Gradient descent reaches the bottom of a bowl."""
    problem, start = narrow(case, (1.0, 2.0))
    params, _, _ = trained(student, problem, start, plain(0.4), 5, 5, case.seed)
    # 20 steps shrink the loss of 1.5 to less than a millionth; the examples differ by 0.01, and the noise stays
    # below 1e-4
    expect_low_loss(problem, params, problem.lowest() + 1e-3)


@check("train", points=1.5)
def train_ravine(student, case):
    """With momentum it reaches the bottom of a ravine of condition number 25, which gradient descent does not."""
    problem, start = narrow(case, (0.4, 10.0))
    params, _, _ = trained(student, problem, start, rolling(4 / 14.4, (2 / 3) ** 2), 20, 30, case.seed)
    # 2/3 a step leaves 5e-6 of the way after 30 steps, times a hundred for the start; without momentum lr λ > 2
    expect_low_loss(problem, params, problem.lowest() + 1e-4)


@check("train", points=1.5)
def train_classifier(student, case):
    """A classifier of three clouds of points learns to tell them apart."""
    problem, start = three_clouds(case)
    params, _, _ = trained(student, problem, start, plain(0.7), 8, 12, case.seed)
    # from log 3 = 1.1; right solutions reach 0.04, whatever their order, and one epoch 0.09
    expect_low_loss(problem, params, 0.06)


@check("train", points=0.5, given=LOOP, examples=1, needs=("train.params", "train.history"))
def train_shapes(student, case):
    """params has exactly the keys and the shapes that training started from; history has one number for each step."""
    start, params, history, watch = loop(student, case, GENTLE)
    if params.keys() != start.keys():
        raise CheckFailed(f"params has the keys {', '.join(map(str, params))[:80]}; they must be {', '.join(start)}.")
    expect_shape(**{name: (params[name], w.shape) for name, w in start.items()})
    expect_shape(history=(np.asarray(history, dtype=np.float64), (len(watch.batches),)))


@check("train", points=0.5, given=LOOP, examples=1, needs=("train.params",))
def train_pure(student, case):
    """The params that it is given are left as they were."""
    problem, start = loop_problem(case)
    watch = Watch(problem, GENTLE)
    expect_unmodified(
        student,
        "train",
        loss_and_grads=watch.loss_and_grads,
        params=start,
        optimizer=watch.step,
        data_size=problem.size,
        batch_size=case.batch_size,
        epochs=case.epochs,
        rng=Rng(case.seed),
    )
