"""What is asked of a training submission before it may race. A docstring is what the student reads."""

import numpy as np

from autograder import CheckFailed, Rng, check, expect, expect_shape, expect_unmodified, vjp

from . import formulas
from .networks import NAMES, ODD, RACE, SMALL, batch, in_float32, network, right_gradient, right_logits, right_loss
from .trials import as_weights, expect_accurate, expect_weights, run, trial

# ── the forward pass ───────────────────────────────────────────────────────────────────────────


@check("network_forward", points=5, given=SMALL)
def network_forward_values(student, case):
    """The logits are those of two convolutions with ReLU, and an affine layer."""
    images, _ = batch(case)
    logits, _ = student.network_forward(network(case), images)
    expect(student, logits=(logits, right_logits(case)))


@check("network_forward", points=1, given=ODD, examples=2, needs=("network_forward.values",))
def network_forward_odd_sizes(student, case):
    """A height or width that cannot be halved evenly is rounded up."""
    network_forward_values(student, case)


@check("network_forward", points=2, given=RACE, examples=0)
def network_forward_race(student, case):
    """The logits are right for a network of the race's size, in float32."""
    params, images = in_float32(network(case)), batch(case)[0].astype(np.float32)
    logits, _ = student.network_forward(params, images)
    expect(student, logits=(logits, case.once("float32", lambda: formulas.logits(params, images.astype(np.float64)))))


@check("network_forward", points=0.5, given=SMALL, examples=1, needs=("network_forward.values",))
def network_forward_shape(student, case):
    """The logits have a row for each image and a column for each class."""
    logits, _ = student.network_forward(network(case), batch(case)[0])
    expect_shape(logits=(logits, (case.n, case.classes)))


@check("network_forward", points=0.5, given=SMALL, examples=1, needs=("network_forward.values",))
def network_forward_pure(student, case):
    """params and images are left as they were."""
    expect_unmodified(student, "network_forward", params=network(case), images=batch(case)[0])


# ── the loss and its gradients ─────────────────────────────────────────────────────────────────


def loss_of(student, case):
    return student.network_loss(network(case), *batch(case))


def expect_gradients(student, case, *names):
    """grads must be a dict, and right for these params."""
    _, grads = loss_of(student, case)
    expect(student, grads=(grads, {name: right_gradient(case, name) for name in names}))


@check("network_loss", points=3, given=SMALL)
def network_loss_loss(student, case):
    """The loss is the mean cross-entropy of the softmax."""
    loss, _ = loss_of(student, case)
    expect(student, loss=(loss, right_loss(case)))


@check("network_loss", points=3, given=SMALL, examples=4)
def network_loss_affine(student, case):
    """The gradients of W3 and b3 are right."""
    expect_gradients(student, case, "W3", "b3")


@check("network_loss", points=4, given=SMALL, examples=4)
def network_loss_second(student, case):
    """The gradients of W2 and b2 are right."""
    expect_gradients(student, case, "W2", "b2")


@check("network_loss", points=4, given=SMALL, examples=4)
def network_loss_first(student, case):
    """The gradients of W1 and b1 are right."""
    expect_gradients(student, case, "W1", "b1")


@check("network_loss", points=1, given=ODD, examples=1, needs=("network_loss.first",))
def network_loss_odd_sizes(student, case):
    """The gradients are right for a height or width that cannot be halved evenly."""
    expect_gradients(student, case, *NAMES)


@check("network_loss", points=1, given=SMALL, examples=1)
def network_loss_large(student, case):
    """Logits of many thousands for one image overflow nothing, and change nothing for the others."""
    params, (images, labels) = network(case), batch(case)
    bright = images * np.where(np.arange(case.n) == 0, 1e4, 1.0)[:, None, None, None]
    loss, grads = student.network_loss(params, bright, labels)
    expect(student, loss=(loss, case.once("large", lambda: float(formulas.loss(params, bright, labels)))))
    db3 = case.once(
        "large b3",
        lambda: vjp(lambda b3: formulas.loss({**params, "b3": b3}, bright, labels), [params["b3"]], 1.0, (0,))[0],
    )
    expect(student, grads=(grads, {"b3": db3}))


@check("network_loss", points=0.5, given=SMALL, examples=1, needs=("network_loss.affine", "network_loss.first"))
def network_loss_shapes(student, case):
    """The loss is one number; grads has the keys and the shapes of params, and nothing else."""
    loss, grads = loss_of(student, case)
    expect_shape(loss=(loss, ()))
    expect_weights(grads, network(case), "grads")


@check("network_loss", points=0.5, given=SMALL, examples=1, needs=("network_loss.first",))
def network_loss_pure(student, case):
    """params, images and labels are left as they were."""
    images, labels = batch(case)
    expect_unmodified(student, "network_loss", params=network(case), images=images, labels=labels)


# ── training ───────────────────────────────────────────────────────────────────────────────────

# Sound trainers that need 100 steps or more for the race's 4000 images take 20 for 800 of these, which are easier, and
# reach 80 %; plain gradient descent with a small rate, momentum, Adam all reach 95 % and more. Chance is 10 %.
LEAST = 0.7


@check("train", points=14)
def train_learns(student, case):
    """Of 800 small and easy glyphs it learns enough to get 70 % of others right, with some weights that it commits."""
    task = trial(case, 800)
    run(student, task)
    if not task.commits:
        raise CheckFailed("train never calls commit(params), so no weights count.", tensor="params")
    expect_accurate(task, task.commits, LEAST)


@check("train", points=7, needs=("train.learns",))
def train_any_order(student, case):
    """It learns as well from 903 images that come sorted by class."""
    task = trial(case, 903, in_order=True)
    run(student, task)
    expect_accurate(task, task.commits, LEAST)


@check("train", points=4, needs=("train.learns",))
def train_commits(student, case):
    """For as many images as in the race, 4000, it commits at most 64 times."""
    run(student, trial(case, 4000, size=2))


@check("train", points=2.5, needs=("train.learns",))
def train_returns(student, case):
    """It returns trained params, as good as those that it commits."""
    task = trial(case, 800)
    expect_accurate(task, [as_weights(run(student, task), task.start, "What train returns")], LEAST)


@check("train", points=0.5, needs=("train.returns",))
def train_shapes(student, case):
    """What it commits and what it returns has exactly the shapes of params."""
    task = trial(case, 800)
    params = run(student, task)
    for weights in (*task.offered, params):
        expect_weights(weights, task.start, "A dict of weights")


@check("train", points=2, needs=("train.learns",))
def train_pure(student, case):
    """params, images and labels are left as they were."""
    task = trial(case, 200, size=8)
    expect_unmodified(
        student, "train", params=task.start, images=task.images, labels=task.labels, commit=task.commit, rng=Rng(0)
    )
