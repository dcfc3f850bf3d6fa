"""What is asked of a transfer submission. A docstring, or the sentence beside the points, is what the student reads.

A model stays in the student's process, and what that says of it can be forged: most points rest on numbers that the
model computes, and that follow from weights which the grader has drawn.
"""

from math import log

import numpy as np

from autograder import CheckFailed, check, expect, expect_shape

from .cases import (
    ALL_OF_IT,
    AS_MANY,
    CUTS,
    CYCLES,
    FEATURES,
    FREEZE,
    FROZEN,
    HEADS,
    MODES,
    NETWORKS,
    PREFIXES,
    TUNE,
    WHOLE,
    batches,
    expect_flags,
    expect_head,
    expect_modes,
    expect_modules,
    features_of,
    frozen_parameters,
    images,
    modes_of,
    modules,
    moving,
    network,
    normalisations,
    numbers,
    parameters,
    right,
    some_parameters,
    tuned,
    within,
)

SOME_OFF = {"0": False, "2": False}  # modes of modules; all others are in training mode


def expect_unchanged(look, case):
    """The modes of a model that was built with SOME_OFF must be what they were, and nothing in it is frozen."""
    expect_modes(look, {name: SOME_OFF.get(name, True) for name in ("", *modules(NETWORKS[case.net]))})
    expect_flags(look, network(case), ())


# ── truncate ───────────────────────────────────────────────────────────────────────────────────


def cut(student, case, n):
    """A model, in evaluation mode, and what truncate makes of it."""
    model = student.build("truncate", network(case), training=False)
    return model, student.truncate(model, n)


def kept(case):
    """How many layers are left, and the normalisations among them."""
    layers = NETWORKS[case.net]
    left = len(layers) - case.n
    return left, [name for name in normalisations(network(case)) if int(name.split(".")[0]) < left]


@check("truncate", points=5, given=CUTS, examples=1)
def truncate_values(student, case):
    """The new model computes what the first layers of the given one compute; a nested Sequential is one layer."""
    _, model = cut(student, case, case.n)
    look = student.look("truncate", model, images(case), training=False)
    outs, _ = right(case, images(case), "x", layers=kept(case)[0])
    expect(student, out=(look.outs[0], outs[0]))


@check("truncate", points=2, given=WHOLE, examples=0, needs=("truncate.values",))
def truncate_none(student, case):
    """With n = 0 no layer is left off, and what you return is still a new model."""
    given, model = cut(student, case, 0)
    look = student.look("truncate", model, images(case), training=True)
    expect(student, out=(look.outs[0], right(case, images(case), "x", normalisations(network(case)))[0][0]))
    if student.look("truncate", given).modes.get("") is not False:
        raise CheckFailed("With n = 0 you return the given model itself; it must be a new nn.Sequential.")


@check("truncate", points=2.5, given=CUTS, examples=0, needs=("truncate.values",))
def truncate_shared(student, case):
    """The layers are those of the given model, not copies: what happens to them in one happens to them in the other."""
    given, model = cut(student, case, case.n)
    left, training = kept(case)
    student.look("truncate", model, images(case), training=True, runs=2)
    _, state = right(case, images(case), "x", training, 2, left)
    expect(student, state=(student.look("truncate", given).state, moving(state)))


@check("truncate", points=1.5, given=CUTS, examples=0, needs=("truncate.values",))
def truncate_left_alone(student, case):
    """The given model is left as it is: it has all its layers, and computes what it did."""
    given, _ = cut(student, case, case.n)
    look = student.look("truncate", given, images(case), training=False)
    expect(student, out=(look.outs[0], right(case, images(case), "x")[0][0]))


@check("truncate", points=0.5, given=CUTS, examples=0, needs=("truncate.values",))
def truncate_unchanged(student, case):
    """Every layer stays in its mode, and its parameters require a gradient as before."""
    model = student.build("truncate", network(case), training=SOME_OFF)
    student.truncate(model, case.n)
    expect_unchanged(student.look("truncate", model), case)


@check("truncate", points=1, given=CUTS, examples=0, needs=("truncate.values",))
def truncate_modules(student, case):
    """What you return is an nn.Sequential of the very same layer objects, nested ones as they were."""
    given, model = cut(student, case, case.n)
    names = list(modules(NETWORKS[case.net][: kept(case)[0]]))
    expect_modules(model, student.look("truncate", model, origin=given), names)


# ── replace_head ───────────────────────────────────────────────────────────────────────────────


def replaced(student, case):
    """A model, in evaluation mode, and what replace_head makes of it."""
    model = student.build("replace_head", network(case), training=False)
    return model, student.replace_head(model, case.classes)


@check("replace_head", points=6, given=HEADS, examples=1)
def replace_head_values(student, case):
    """The new model gives `classes` scores: a new Linear layer of what the last one was given before."""
    _, model = replaced(student, case)
    weight, bias = expect_head(student.look("replace_head", model), case.classes)
    features = right(case, images(case), "x", layers=-1)[0][0]
    expect_shape(weight=(weight, (case.classes, features.shape[1])))
    if not np.ptp(weight) > 0:
        raise CheckFailed("All weights of your new layer are equal; they must be random.", tensor="weight")
    look = student.look("replace_head", model, images(case), training=False)
    expect(student, out=(look.outs[0], features @ weight.T + bias))


@check("replace_head", points=2, given=AS_MANY, examples=0, needs=("replace_head.values",))
def replace_head_new(student, case):
    """The new layer has weights of its own, also where the number of classes stays."""
    _, model = replaced(student, case)
    weight, _ = expect_head(student.look("replace_head", model), case.classes)
    (old,) = (array for name, array in network(case).state.items() if name == f"{len(NETWORKS[case.net]) - 1}.weight")
    if weight.shape == old.shape and (weight == old).any():
        raise CheckFailed("Your new layer has weights of the old one; it must be drawn anew.", tensor="weight")


@check("replace_head", points=0.5, given=HEADS, examples=0, needs=("replace_head.values",))
def replace_head_bias(student, case):
    """The new layer has a bias, one number for each class."""
    _, model = replaced(student, case)
    look = student.look("replace_head", model)
    name = f"{list(look.kinds)[-1]}.bias" if look.kinds else ""
    expect_shape(bias=(look.state.get(name), (case.classes,)))


@check("replace_head", points=2.5, given=HEADS, examples=0, needs=("replace_head.values",))
def replace_head_shared(student, case):
    """All other layers are those of the given model, not copies: what happens to them in one happens in the other."""
    given, model = replaced(student, case)
    student.look("replace_head", model, images(case), training=True, runs=2)
    _, state = right(case, images(case), "x", normalisations(network(case)), 2)
    expect(student, state=(student.look("replace_head", given).state, moving(state)))


@check("replace_head", points=1.5, given=HEADS, examples=0, needs=("replace_head.values",))
def replace_head_left_alone(student, case):
    """The given model is left as it is: it keeps its own last layer, and computes what it did."""
    given, model = replaced(student, case)
    student.look("replace_head", model, training=True)
    student.look("replace_head", given)  # its mode tells a container that is shared from one that is the same
    look = student.look("replace_head", given, images(case), training=False)
    expect(student, out=(look.outs[0], right(case, images(case), "x")[0][0]))


@check("replace_head", points=0.5, given=HEADS, examples=0, needs=("replace_head.values",))
def replace_head_unchanged(student, case):
    """Every layer stays in its mode, and its parameters require a gradient as before."""
    model = student.build("replace_head", network(case), training=SOME_OFF)
    student.replace_head(model, case.classes)
    expect_unchanged(student.look("replace_head", model), case)


@check("replace_head", points=1, given=HEADS, examples=0, needs=("replace_head.values",))
def replace_head_modules(student, case):
    """What you return is an nn.Sequential of the very same layer objects but for the last, a new one."""
    given, model = replaced(student, case)
    names = [*modules(NETWORKS[case.net][:-1]), None]
    expect_modules(model, student.look("replace_head", model, origin=given), names)


# ── freeze ─────────────────────────────────────────────────────────────────────────────────────


def frozen(student, case, *calls, training=True):
    """A model after freeze has been called with each of the lists `calls`, or with the names of the case."""
    model = student.build("freeze", network(case), training=training)
    for names in calls or (list(case.names),):
        student.freeze(model, names)
    return model


def expect_trained(student, case, model, names, training=True):
    """After model.train(), two passes must go as they do where the normalisations in `names` are in evaluation mode."""
    look = student.look("freeze", model, images(case), training=training, runs=2)
    outs, state = right(case, images(case), "x", normalisations(network(case), names), 2)
    expect(student, out=(look.outs[1], outs[1]), state=(look.state, moving(state)))


@check("freeze", points=7, given=FREEZE, examples=1)
def freeze_statistics(student, case):
    """After model.train() a frozen normalisation still uses its running statistics, and they stay; the others move."""
    expect_trained(student, case, frozen(student, case), case.names)


@check("freeze", points=4, given=FREEZE, examples=1)
def freeze_parameters(student, case):
    """The parameters in the named modules, and no others, no longer require a gradient."""
    model, net = frozen(student, case), network(case)
    expect_flags(student.look("freeze", model), net, frozen_parameters(net, case.names))


@check("freeze", points=2, given=PREFIXES, examples=0)
def freeze_exact(student, case):
    """A name is not a prefix: "1" freezes neither "10" nor "11"."""
    model, net = frozen(student, case), network(case)
    expect_trained(student, case, model, case.names)
    expect_flags(student.look("freeze", model), net, frozen_parameters(net, case.names))


@check("freeze", points=2, given=ALL_OF_IT, examples=0)
def freeze_twice(student, case):
    """A second call freezes more, and what was frozen before stays so."""
    others = {"0": "1.0", "1": "0"}
    names = [*case.names, others[case.names[0]]]
    model, net = frozen(student, case, names[:1], names[1:]), network(case)
    expect_trained(student, case, model, names)
    expect_flags(student.look("freeze", model), net, frozen_parameters(net, names))


@check("freeze", points=1, given=ALL_OF_IT, examples=0, needs=("freeze.statistics",))
def freeze_at_once(student, case):
    """A frozen normalisation is in evaluation mode at once, not only from the next model.train() on."""
    expect_trained(student, case, frozen(student, case), case.names, training=None)


@check("freeze", points=1, given=ALL_OF_IT, examples=0, needs=("freeze.statistics",))
def freeze_evaluation(student, case):
    """After model.eval() the model computes what it did before, and its weights are what they were."""
    look = student.look("freeze", frozen(student, case), images(case), training=False)
    net = network(case)
    expect(student, out=(look.outs[0], right(case, images(case), "x")[0][0]), state=(look.state, dict(net.state)))


@check("freeze", points=1, given=WHOLE, examples=0, needs=("freeze.statistics",))
def freeze_nothing(student, case):
    """An empty list freezes nothing."""
    model, net = frozen(student, case, []), network(case)
    expect_flags(student.look("freeze", model), net, ())
    expect_trained(student, case, model, ())


@check("freeze", points=1, given=ALL_OF_IT, examples=0, needs=("freeze.statistics",))
def freeze_modes(student, case):
    """The rest of the model stays in the mode that it was in, be it training or evaluation."""
    model = frozen(student, case, training={name: False for name in ("", *modules(NETWORKS[case.net]))})
    outs, _ = right(case, images(case), "x")
    expect(student, out=(student.look("freeze", model, images(case)).outs[0], outs[0]))


@check("freeze", points=0.5, given=ALL_OF_IT, examples=0, needs=("freeze.statistics",))
def freeze_returns_nothing(student, case):
    """It works in place, and returns None."""
    model = student.build("freeze", network(case))
    if student.freeze(model, list(case.names)) is not None:
        raise CheckFailed("freeze returns something; it works in place, and returns None.", tensor="nothing")


# ── trainable ──────────────────────────────────────────────────────────────────────────────────


def expect_names(student, case, off):
    """trainable must list the parameters but those in `off`, in order."""
    net = network(case)
    found = student.trainable(student.build("trainable", net, frozen=off))
    wanted = [name for name in parameters(net) if name not in off]
    if not isinstance(found, list | tuple) or any(type(name) is not str for name in found):
        raise CheckFailed("names must be a list of str.", tensor="names")
    if list(found) != wanted:
        told = f"yours are {', '.join(found)[:200] or 'none'}; they must be {', '.join(wanted) or 'none'}"
        raise CheckFailed(f"The names are wrong: {told}.", tensor="names")


@check("trainable", points=5, given=WHOLE, examples=2)
def trainable_values(student, case):
    """The names of the parameters that require a gradient, in the order of named_parameters()."""
    expect_names(student, case, some_parameters(case))


@check("trainable", points=1.5, given=WHOLE, examples=0, needs=("trainable.values",))
def trainable_none(student, case):
    """Where everything is frozen, an empty list."""
    expect_names(student, case, parameters(network(case)))


# ── extract_features ───────────────────────────────────────────────────────────────────────────


@check("extract_features", points=7, given=FEATURES, examples=0)
def extract_features_values(student, case):
    """The features are what the model gives in evaluation mode: running statistics, and no dropout."""
    model = student.build("extract_features", network(case))
    look = features_of(student, model, images(case))
    expect(student, features=(look.state["value"], right(case, images(case), "x")[0][0]))


@check("extract_features", points=2, given=FEATURES, examples=0)
def extract_features_statistics(student, case):
    """A second call gives the same: running statistics and weights are left as they were, to the last bit."""
    net = network(case)
    model = student.build("extract_features", net)
    features_of(student, model, images(case))
    look = features_of(student, model, images(case))
    expect(student, features=(look.state["value"], right(case, images(case), "x")[0][0]))
    expect_same_bits(student.look("extract_features", model), net, net.state)


@check("extract_features", points=3, given=MODES, examples=0, needs=("extract_features.values",))
def extract_features_modes(student, case):
    """Every normalisation gets its own mode back: afterwards the model computes what it would have computed before."""
    on = [name for name in normalisations(network(case)) if modes_of(case)[name]]
    outs, state = right(case, images(case), "x", on, 2)
    looks = []
    for whole in (True, False):  # so that its mode is not that of all
        model = student.build("extract_features", network(case), training={**modes_of(case), "": whole})
        features_of(student, model, images(case))
        looks.append(student.look("extract_features", model, images(case), runs=2))
    for look in looks:
        expect(student, out=(look.outs[1], outs[1]), state=(look.state, moving(state)))
        if look.hooks:
            raise CheckFailed("You leave hooks on the model: give it back as it was.", tensor="hooks")


@check("extract_features", points=1, given=MODES, examples=0, needs=("extract_features.values",))
def extract_features_every_mode(student, case):
    """Every module gets its own mode back, containers and layers without statistics, too."""
    model = student.build("extract_features", network(case), training=modes_of(case))
    features_of(student, model, images(case))
    expect_modes(student.look("extract_features", model), modes_of(case))


@check("extract_features", points=2, given=FEATURES, examples=0, needs=("extract_features.values",))
def extract_features_graph(student, case):
    """The features have no graph behind them: they require no gradient."""
    model = student.build("extract_features", network(case))
    if features_of(student, model, images(case)).requires_grad.get("value") is not False:
        raise CheckFailed("Your features require a gradient: there is a graph behind them.", tensor="features")


@check("extract_features", points=1, given=FEATURES, examples=0, needs=("extract_features.values",))
def extract_features_gradients(student, case):
    """The parameters require a gradient, or do not, as before."""
    net, off = network(case), some_parameters(case)
    model = student.build("extract_features", net, frozen=off)
    features_of(student, model, images(case))
    expect_flags(student.look("extract_features", model), net, off)


# ── fine_tune ──────────────────────────────────────────────────────────────────────────────────


def tune(student, case, off=()):
    """The losses of the student's loop, and what is seen of the model afterwards. It begins in evaluation mode."""
    model = student.build("fine_tune", network(case), training=False, frozen=off)
    losses = student.fine_tune(model, batches(case), case.lr, case.steps)
    return losses, student.look("fine_tune", model)


def expect_same_bits(look, net, names):
    """The arrays called `names` must be those of `net`, to the last bit."""
    for name in names:
        found = look.state.get(name)
        if not isinstance(found, np.ndarray) or not np.array_equal(found, net.state[name]):
            raise CheckFailed(
                f"{name} must be what it was before, to the last bit, and it is not.",
                tensor=name,
                **({"actual": found, "expected": net.state[name]} if np.shape(found) == net.state[name].shape else {}),
            )


@check("fine_tune", points=5, given=TUNE, examples=1)
def fine_tune_losses(student, case):
    """The losses are the mean cross-entropy of each batch in training mode, before its step."""
    losses, _ = tune(student, case)
    expect(student, losses=(numbers(losses), tuned(case)[0]), axes=("step",))


@check("fine_tune", points=1, given=WHOLE, examples=0)
def fine_tune_uniform(student, case):
    """A last layer of zeros gives all K classes the same probability: the first loss is ln K."""
    net = network(case)
    last = len(net.layers) - 1
    zeros = {f"{last}.{leaf}": np.zeros(net.state[f"{last}.{leaf}"].shape) for leaf in ("weight", "bias")}
    model = student.build("fine_tune", net.with_state(zeros))
    y = case.labels("y", 3, net.layers[last][-1])
    losses = student.fine_tune(model, [(images(case), y)], 0.1, 1)
    expect(student, losses=(numbers(losses), [log(net.layers[last][-1])]))


@check("fine_tune", points=7, given=TUNE, examples=1)
def fine_tune_parameters(student, case):
    """After each step a parameter is w - lr · gradient, in the model that was given."""
    _, look = tune(student, case)
    state, net = tuned(case)[1], network(case)
    expect(student, state=(look.state, {name: state[name] for name in parameters(net)}))


@check("fine_tune", points=3, given=TUNE, examples=1)
def fine_tune_statistics(student, case):
    """The running statistics move as in training, once a step."""
    _, look = tune(student, case)
    expect(student, state=(look.state, moving(tuned(case)[1])))


@check("fine_tune", points=2, given=CYCLES, examples=0)
def fine_tune_cycled(student, case):
    """The batches are taken in turn, and from the first again when all have been used."""
    losses, _ = tune(student, case)
    expect(student, losses=(numbers(losses), tuned(case)[0]), axes=("step",))


@check("fine_tune", points=2, given=FROZEN, examples=0)
def fine_tune_frozen(student, case):
    """Parameters that require no gradient are the same to the last bit afterwards; the others are trained."""
    net = network(case)
    off = [name for name in frozen_parameters(net, case.names) if not within_normalisation(name, net)]
    _, look = tune(student, case, off)
    expect_same_bits(look, net, off)
    state = tuned(case, off)[1]
    expect(student, state=(look.state, {name: state[name] for name in parameters(net) if name not in off}))


def within_normalisation(name, net):
    """Whether a parameter is one of a normalisation."""
    return name.rpartition(".")[0] in normalisations(net)


@check("fine_tune", points=2, given=FROZEN, examples=0, needs=("fine_tune.parameters", "freeze.statistics"))
def fine_tune_after_freeze(student, case):
    """What your freeze has frozen is the same to the last bit afterwards, running statistics too; the rest is not."""
    net = network(case)
    model = student.build("fine_tune", net)
    student.freeze(model, list(case.names))
    losses = student.fine_tune(model, batches(case), case.lr, case.steps)
    look = student.look("fine_tune", model)
    off = frozen_parameters(net, case.names)
    expect_same_bits(look, net, [name for name in net.state if within(name, case.names)])
    right_losses, state = tuned(case, off, case.names)
    trained = {name: array for name, array in state.items() if name not in off}
    expect(student, losses=(numbers(losses), right_losses), state=(look.state, trained))


@check("fine_tune", points=1, given=FROZEN, examples=0, needs=("fine_tune.parameters",))
def fine_tune_gradients(student, case):
    """Each parameter requires a gradient, or does not, as before."""
    net = network(case)
    off = frozen_parameters(net, ("0.0",))
    _, look = tune(student, case, off)
    expect_flags(look, net, off)


@check("fine_tune", points=0.5, given=TUNE, examples=1, needs=("fine_tune.losses",))
def fine_tune_shape(student, case):
    """losses has exactly the shape (steps,)."""
    losses, _ = tune(student, case)
    expect_shape(losses=(numbers(losses), (case.steps,)))
