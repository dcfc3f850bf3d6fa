"""What is asked of an optimizers submission. A docstring (or `sentence`) is what the student reads."""

from math import log

import numpy as np

from autograder import CheckFailed, Rng, check, expect, expect_unmodified

from . import formulas
from .cases import (
    ADAM,
    ADAM_EPS,
    BATCHES,
    EPOCHS,
    LOOP,
    MOMENTUM,
    PLAIN,
    RMSPROP,
    RMSPROP_EPS,
    SCHEDULE,
    TIMES,
    constant,
    gradients,
    loop_problem,
    narrow,
    options,
    three_clouds,
    weights,
)
from .loops import (
    batches_of,
    epochs_of,
    expect_every_index_once,
    expect_losses,
    expect_low_loss,
    expect_sizes,
    neighbours,
    trained,
)
from .problems import Watch, plain, rolling
from .rules import Rule, Schedule
from .walks import Walker, expect_updates, updates

# ── update rules ───────────────────────────────────────────────────────────────────────────────

SGD = Rule("sgd", PLAIN, (formulas.sgd,), {"lr": 1e-2})
SGD_MOMENTUM = Rule("sgd_momentum", MOMENTUM, (formulas.sgd_momentum,), {"lr": 1e-2, "momentum": 0.9})
RMS_FORMS = (formulas.rmsprop, formulas.rmsprop_eps_inside)
RMS = Rule("rmsprop", RMSPROP, RMS_FORMS, {"lr": 1e-2, "decay": 0.99, "eps": 1e-8})
ADAPTIVE = Rule("adam", ADAM, (formulas.adam,), {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8})
MEANINGS = {
    SGD: (2, "Each step adds -lr * dw to w."),
    SGD_MOMENTUM: (5, "Each step adds v to w, where v = momentum * v - lr * dw starts at 0."),
    RMS: (5, "Each step is -lr * dw over the root of s, where s = decay * s + (1 - decay) * dw² starts at 0."),
    ADAPTIVE: (7, "Each step is -lr times the corrected mean over the root of the corrected mean square."),
}

for rule, (points, meaning) in MEANINGS.items():
    name, given, value = rule.name, rule.given, (f"{rule.name}.values",)
    check(name, points=points, given=given, examples=5, sentence=meaning)(rule.values)
    check(name, points=0.5, given=given, examples=1, needs=value)(rule.shape)
    check(name, points=0.5, given=given, examples=1, needs=value)(rule.pure)
    text = ", ".join(f"{option}={default:g}" for option, default in rule.defaults.items() if option != "eps")
    check(name, points=0.5, needs=value, sentence=f"The defaults are {text}.")(rule.default_options)
for rule in (SGD_MOMENTUM, RMS, ADAPTIVE):
    check(rule.name, points=2, given=rule.given, examples=1)(rule.separate)


# ── gradient descent, momentum ─────────────────────────────────────────────────────────────────


@check("sgd", points=1)
def sgd_bowl(student, case):
    """On the bowl ½ λ w² each step multiplies w by 1 - lr λ."""
    curvature, start = np.array([0.5, 1.0, 5.0]), case.array("w", 3)
    walker = Walker(student, "sgd", start, lr=0.3)
    for _ in range(10):
        walker.step(curvature * walker.w)
    expect(student, w=(walker.w, (1 - 0.3 * curvature) ** 10 * start))


@check("sgd_momentum", points=2, given=MOMENTUM, examples=2)
def sgd_momentum_constant(student, case):
    """With the same gradient at every step, step k adds -lr g (1 - momentum^k) / (1 - momentum)."""
    g = constant(case)
    k = np.arange(1, case.steps + 1).reshape(-1, *[1] * len(case.shape))
    found = updates(student, "sgd_momentum", weights(case), g, **options(case))
    expect_updates(student, found, -case.lr * g * (1 - case.momentum**k) / (1 - case.momentum))


@check("sgd_momentum", points=2, given=MOMENTUM, examples=2)
def sgd_momentum_impulse(student, case):
    """After a single push w glides on, each step momentum times the one before."""
    push = gradients(case)[0]
    g = np.stack([push, *[np.zeros_like(push)] * (case.steps - 1)])
    found = updates(student, "sgd_momentum", weights(case), g, **options(case))
    expect_updates(student, found, np.stack([-case.lr * case.momentum**k * push for k in range(case.steps)]))


@check("sgd_momentum", points=1, given=PLAIN, examples=2, needs=("sgd_momentum.values",))
def sgd_momentum_without(student, case):
    """With momentum = 0 it is plain gradient descent."""
    found = updates(student, "sgd_momentum", weights(case), gradients(case), lr=case.lr, momentum=0.0)
    expect_updates(student, found, -case.lr * gradients(case))


@check("sgd_momentum", points=2)
def sgd_momentum_ravine(student, case):
    """In a ravine of condition number 100 a hundred steps lead a thousand times closer than gradient descent can."""
    curvature, start = np.array([1.0, 100.0]), np.array([1.0, 1.0])
    # Polyak's choice: the error shrinks by 9/11 a step, where the best learning rate without momentum gives 99/101
    walker = Walker(student, "sgd_momentum", start, lr=4 / 121, momentum=(9 / 11) ** 2)
    for _ in range(100):
        walker.step(curvature * walker.w)
    distance, plain = float(np.linalg.norm(walker.w)), (99 / 101) ** 100
    if not distance <= plain / 1000:
        raise CheckFailed(
            f"After 100 steps w is {distance:.3g} from the minimum; it must be within {plain / 1000:.3g}."
        )


# ── RMSProp, Adam ──────────────────────────────────────────────────────────────────────────────


@check("rmsprop", points=2, given=RMSPROP, examples=2)
def rmsprop_constant(student, case):
    """With the same gradient at every step, step t has the length lr / √(1 - decay^t), whatever the gradient."""
    g = constant(case)
    t = np.arange(1, case.steps + 1).reshape(-1, *[1] * len(case.shape))
    found = updates(student, "rmsprop", weights(case), g, **options(case))
    expect_updates(student, found, -case.lr * np.sign(g) / np.sqrt(1 - case.decay**t))


@check("adam", points=2, given=ADAM, examples=2)
def adam_first_step(student, case):
    """The first step has the length lr in every element, whatever the gradient and the betas."""
    g = constant(case)[:1]
    expect_updates(student, updates(student, "adam", weights(case), g, **options(case)), -case.lr * np.sign(g))


@check("adam", points=2, given=ADAM, examples=2)
def adam_constant(student, case):
    """With the same gradient at every step, every step has the length lr."""
    g = constant(case)
    expect_updates(student, updates(student, "adam", weights(case), g, **options(case)), -case.lr * np.sign(g))


@check("adam", points=3, given=ADAM, examples=2)
def adam_second_step(student, case):
    """After gradients of 1 and 3 the second step is lr (3 + β₁) / (1 + β₁) · √((1 + β₂) / (9 + β₂))."""
    g = constant(case)[:2] * np.array([1.0, 3.0]).reshape(-1, *[1] * len(case.shape))
    second = formulas.adam_second_step(case.lr, case.beta1, case.beta2)
    found = updates(student, "adam", weights(case), g, **options(case))
    expect_updates(student, found, -np.sign(g) * np.array([case.lr, second]).reshape(-1, *[1] * len(case.shape)))


for rule in (RMS, ADAPTIVE):
    check(rule.name, points=1, given=rule.given, examples=1)(rule.scale)
    check(rule.name, points=1, given=rule.given, examples=1, needs=(f"{rule.name}.values",))(rule.zero_gradient)

for rule, given, points, where in (
    (RMS, RMSPROP_EPS, 1, "eps is added to the root or under it."),
    (ADAPTIVE, ADAM_EPS, 1.5, "eps is added to the root of the corrected mean square, outside it."),
):
    check(rule.name, points=points, given=given, examples=2, needs=(f"{rule.name}.values",), sentence=where)(rule.eps)
    is_given = (f"{rule.name}.eps",)
    check(rule.name, points=0.5, needs=is_given, sentence="eps is 1e-8 if it is not given.")(rule.default_eps)


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
    check(name, points=1, given=TIMES, examples=2)(schedule.arrays)
    check(name, points=0.5, given=TIMES, examples=1, needs=(f"{name}.arrays",))(schedule.pure)


# ── mini-batches ───────────────────────────────────────────────────────────────────────────────


@check("minibatches", points=4, given=BATCHES)
def minibatches_indices(student, case):
    """In one epoch every index from 0 to n - 1 comes exactly once."""
    (batches,) = batches_of(student, case.n, case.batch_size, case.seed)
    expect_every_index_once(batches, case.n)


@check("minibatches", points=2.5, given=BATCHES)
def minibatches_sizes(student, case):
    """Every batch holds batch_size indices but the last, which holds those that are left."""
    (batches,) = batches_of(student, case.n, case.batch_size, case.seed)
    expect_sizes(batches, case.n, case.batch_size)


@check("minibatches", points=2.5, needs=("minibatches.indices",))
def minibatches_shuffled(student, case):
    """Which examples meet in a batch is left to chance: neighbours are no likelier than others."""
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


def loop(student, case, optimizer):
    problem, start = loop_problem(case)
    return start, *trained(student, problem, start, optimizer, case.batch_size, case.epochs, case.seed)


@check("train", points=4, given=LOOP, examples=4)
def train_params(student, case):
    """Each step takes the gradients of one mini-batch at the current params and updates every array with its own."""
    start, params, _, watch = loop(student, case, plain(0.3))
    expect(student, params=(params, watch.replay(start)[0]))


@check("train", points=2, given=LOOP, examples=4)
def train_history(student, case):
    """history holds the loss of every step, in order."""
    start, _, history, watch = loop(student, case, plain(0.3))
    expect_losses(student, history, watch.replay(start)[1])


@check("train", points=3, given=LOOP, examples=4)
def train_state(student, case):
    """Each array has an optimizer state of its own, None at first and handed on from step to step."""
    start, params, _, watch = loop(student, case, rolling(0.1, 0.8))
    expect(student, params=(params, watch.replay(start)[0]))


@check("train", points=3, given=EPOCHS, examples=4, needs=("minibatches.indices",))
def train_epochs(student, case):
    """Every epoch goes through all examples once, batch_size at a time."""
    *_, watch = loop(student, case, plain(0.3))
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
    params, _, _ = trained(student, problem, start, plain(0.2), 5, 10, case.seed)
    # 40 steps shrink the loss of 1.5 to a millionth; the examples differ by 0.01, and the noise stays below 1e-4
    expect_low_loss(problem, params, problem.lowest() + 1e-3)


@check("train", points=1.5)
def train_ravine(student, case):
    """With momentum it reaches the bottom of a ravine of condition number 100, which gradient descent does not."""
    problem, start = narrow(case, (0.1, 10.0))
    params, _, _ = trained(student, problem, start, rolling(4 / 12.1, (9 / 11) ** 2), 20, 60, case.seed)
    # 9/11 a step leaves 1e-8 of the way after 60 steps, times a hundred for the start; without momentum lr λ > 2
    expect_low_loss(problem, params, problem.lowest() + 1e-4)


@check("train", points=1.5)
def train_classifier(student, case):
    """A classifier of three clouds of points learns to tell them apart."""
    problem, start = three_clouds(case)
    params, _, _ = trained(student, problem, start, plain(0.5), 8, 20, case.seed)
    expect_low_loss(problem, params, 0.06)  # from log 3 = 1.1; right solutions reach 0.03, whatever their order


@check("train", points=0.5, given=LOOP, examples=1, needs=("train.params",))
def train_pure(student, case):
    """The params that it is given are left as they were."""
    problem, start = loop_problem(case)
    watch = Watch(problem, plain(0.3))
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
