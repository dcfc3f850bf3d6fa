"""The cases that are asked about: their networks, their arrays, and what is right for them."""

import numpy as np

from autograder import CheckFailed, Network, Space

from . import formulas

# Each is known by its layers, which is what a student reads of it.
PLAIN = "conv batchnorm relu max flatten linear"
NESTED = "[conv batchnorm relu] [[conv batchnorm] relu] adaptive flatten linear"
LONG = "conv batchnorm relu conv batchnorm relu conv batchnorm relu conv batchnorm conv batchnorm flatten linear"
BODY = "conv [batchnorm relu] max"
DROPPING = "conv batchnorm relu average dropout [flatten linear dropout linear]"
# Small, since every gradient is a complex step.
NETWORKS = {
    PLAIN: [("conv", 1, 2, 3, 1, 1), ("batchnorm", 2), ("relu",), ("max", 2, 2), ("flatten",), ("linear", 8, 3)],
    NESTED: [
        [("conv", 2, 3, 2, 1, 0), ("batchnorm", 3), ("relu",)],
        [[("conv", 3, 2, 2, 1, 0), ("batchnorm", 2)], ("relu",)],
        ("adaptive", 1),
        ("flatten",),
        ("linear", 2, 4),
    ],
    # with layers "1", "10" and "11"
    LONG: [
        *[("conv", 1, 1, 1, 1, 0), ("batchnorm", 1), ("relu",)] * 3,
        ("conv", 1, 2, 1, 1, 0),
        ("batchnorm", 2),
        ("conv", 2, 1, 1, 1, 0),
        ("batchnorm", 1),
        ("flatten",),
        ("linear", 6, 2),
    ],
    # without a head
    BODY: [("conv", 2, 3, 2, 2, 1), [("batchnorm", 3), ("relu",)], ("max", 2, 1)],
    DROPPING: [
        ("conv", 1, 3, 2, 1, 0),
        ("batchnorm", 3),
        ("relu",),
        ("average", 2, 1),
        ("dropout", 0.5),
        [("flatten",), ("linear", 12, 5), ("dropout", 0.3), ("linear", 5, 2)],
    ],
}
INPUTS = {BODY: (2, 4, 5), PLAIN: (1, 4, 4), NESTED: (2, 4, 3), LONG: (1, 2, 3), DROPPING: (1, 4, 4)}
STATISTICS = ("running_mean", "running_var")


def network(case):
    """The network of a case, with its weights."""
    return Network(NETWORKS[case.net]).drawn(case)


def images(case, name="x", count=3):
    """(count, C, H, W), as the network takes them."""
    return case.array(name, count, *INPUTS[case.net])


def modules(layers, prefix=""):
    """The names of all modules but the outermost, in the order of named_modules()."""
    for index, layer in enumerate(layers):
        yield f"{prefix}{index}"
        if isinstance(layer, list):
            yield from modules(layer, f"{prefix}{index}.")


def within(name, names):
    """Whether the module or parameter called `name` is one of the modules `names`, or is in one of them."""
    return any(f"{name}.".startswith(f"{container}.") for container in names)


def parameters(net):
    """The names of the parameters, in the order of named_parameters()."""
    return [name for name in net.state if not name.endswith(STATISTICS)]


def normalisations(net, frozen=()):
    """The names of the normalisations that are not in one of the modules `frozen`."""
    return [name for name, layer in net.named_layers() if layer[0] == "batchnorm" and not within(name, frozen)]


def right(case, x, key, training=(), runs=1, layers=None):
    """The outputs of `runs` passes of x, and the state afterwards: with the first `layers` layers alone, if it is said;
    the class shares the work under `key`."""
    net = network(case)
    cut = Network(net.layers[:layers], net.state)
    return case.once(("passes", key, tuple(training), runs, layers), lambda: formulas.passes(cut, x, training, runs))


def moving(state):
    """The running statistics among `state`, the student's or those that are right."""
    return {name: array for name, array in state.items() if str(name).endswith(STATISTICS)}


# ── layers ─────────────────────────────────────────────────────────────────────────────────────

CUTS = Space(
    rows=[{"net": PLAIN, "n": 2}, {"net": NESTED, "n": 1}, {"net": NESTED, "n": 4}],
    net=(PLAIN, NESTED),
    n=(1, 2, 3),
)
WHOLE = Space(rows=[{"net": NESTED}], net=(PLAIN, NESTED))
HEADS = Space(
    rows=[{"net": PLAIN, "classes": 5}, {"net": NESTED, "classes": 3}],
    net=(PLAIN, NESTED),
    classes=(2, 1),
)
AS_MANY = Space(rows=[{"net": PLAIN, "classes": 3}, {"net": NESTED, "classes": 4}], net=(PLAIN,), classes=(3,))


def expect_modules(model, look, names):
    """`model`, a handle, must be an nn.Sequential whose modules are those called `names` in the model it was made of;
    None stands for a module of its own."""
    if model.type != "Sequential":
        raise CheckFailed(f"You return a value of type {model.type}; it must be an nn.Sequential.", tensor="model")
    # a container of one's own around them is as good
    found = [name for own, name in look.same.items() if name is not None or look.kinds.get(own) != "Sequential"]
    if found != names:
        raise CheckFailed(
            f"Of the given model's modules yours has {_told(found)}; it must have {_told(names)}.", tensor="model"
        )


def _told(names):
    """Modules by their names; None is a new one."""
    return ", ".join("a new one" if name is None else f'"{name}"'[:20] for name in names) or "none"


def expect_head(look, classes):
    """The weight (classes, D) and bias (classes,) of the last layer of a model, which must be an nn.Linear."""
    name, kind = list(look.kinds.items())[-1] if look.kinds else ("", "nothing")
    if kind != "Linear":
        raise CheckFailed(f"The last layer of your model is {kind}; it must be a new nn.Linear.", tensor="model")
    weight, bias = look.state.get(f"{name}.weight"), look.state.get(f"{name}.bias", np.zeros(classes))
    for leaf, array in (("weight", weight), ("bias", bias)):
        if not isinstance(array, np.ndarray) or array.dtype != np.float64 or not np.isfinite(array).all():
            raise CheckFailed(f"The {leaf} of your new layer is not an array of finite floats.", tensor=leaf)
    return weight, bias


# ── freezing ───────────────────────────────────────────────────────────────────────────────────

FREEZE = Space(
    rows=[
        {"net": NESTED, "names": ("0",)},
        {"net": NESTED, "names": ("1.0.1", "3", "0.0")},
        {"net": NESTED, "names": ("1", "0.1")},
        {"net": PLAIN, "names": ("0", "1")},
    ],
    net=(NESTED,),
    names=(("0",), ("1",), ("0.1",)),
)
ALL_OF_IT = Space(rows=[{"net": NESTED, "names": ("1",)}], net=(NESTED,), names=(("0",), ("1",)))
PREFIXES = Space(
    rows=[{"net": LONG, "names": ("1",)}, {"net": LONG, "names": ("0", "1", "2")}], net=(LONG,), names=(("1",),)
)


def expect_flags(look, net, frozen):
    """requires_grad must be False for the parameters named in `frozen`, and True for all others of `net`."""
    for name in parameters(net):
        # a frozen parameter may have become a buffer, as in torchvision's FrozenBatchNorm2d
        if (look.requires_grad.get(name, False) is True) is (name in frozen):
            wanted = f"must {'not ' if name in frozen else ''}require a gradient"
            raise CheckFailed(f"The parameter {name} {wanted} afterwards.", tensor="requires_grad")


def frozen_parameters(net, names):
    """The parameters in the modules `names`."""
    return [name for name in parameters(net) if within(name, names)]


def some_parameters(case):
    """A part of the parameters, neither none nor all of them, in an order of its own."""
    names = parameters(network(case))
    rng = case.rng("frozen")
    return [str(name) for name in rng.permutation(names)[: rng.integers(1, len(names))]]


# ── features ───────────────────────────────────────────────────────────────────────────────────

FEATURES = Space(
    rows=[{"net": PLAIN}, {"net": BODY}, {"net": NESTED}, {"net": DROPPING}],
    net=(BODY, DROPPING),
)
# the second normalisation is in training mode, and the first one is not; and the other way round
MODES = Space(
    rows=[{"net": NESTED, "off": ("", "0.1", "1.1")}, {"net": NESTED, "off": ("1", "1.0.1", "2")}],
    net=(NESTED,),
    off=(("0.1",), ("1.0.1",)),
)
KINDS = ("Tensor", "Parameter", "ndarray")


def modes_of(case):
    """{module: mode}, "" for the whole model."""
    return {name: name not in case.off for name in ("", *modules(NETWORKS[case.net]))}


def expect_modes(look, modes):
    """Each module must be in the mode that `modes` has for it, "" being the whole model."""
    for name, mode in modes.items():
        if look.modes.get(name) is not mode:
            what = f'The module "{name}"' if name else "The model itself"
            told = f"{what} was in {'training' if mode else 'evaluation'} mode, and is not afterwards."
            told = told if name in look.modes else f"{what} is not in the given model any more."
            raise CheckFailed(told, tensor="modes")


def features_of(student, model, x):
    """What is seen of the features that the student extracts: a Look whose `state` has "value"."""
    features = student.extract_features(model, x)
    if features.type not in KINDS:
        raise CheckFailed(f"features is a value of type {features.type}; it must be a tensor.", tensor="features")
    return student.look("extract_features", features)


# ── fine-tuning ────────────────────────────────────────────────────────────────────────────────

TUNE = Space(
    rows=[
        {"net": PLAIN, "count": 2, "steps": 2, "lr": 0.1},
        {"net": NESTED, "count": 1, "steps": 1, "lr": 0.5},
    ],
    net=(PLAIN, NESTED),
    count=(2,),
    steps=(1, 2),
    lr=(0.1,),
)
CYCLES = Space(
    rows=[{"net": PLAIN, "count": 2, "steps": 4, "lr": 0.2}], net=(PLAIN,), count=(2,), steps=(3,), lr=(0.2,)
)
FROZEN = Space(
    rows=[{"net": NESTED, "count": 2, "steps": 2, "lr": 0.3, "names": ("0",)}],
    net=(NESTED,),
    count=(2,),
    steps=(2,),
    lr=(0.3,),
    names=(("0",), ("1",)),
)
BATCH = (5, 4, 6)  # images in each batch


def batches(case):
    """A list of x (N, C, H, W) and y (N,), the batches of different sizes."""
    scores = NETWORKS[case.net][-1][-1]
    return [(images(case, f"x {i}", n), case.labels(f"y {i}", n, scores)) for i, n in enumerate(BATCH[: case.count])]


def tuned(case, frozen=(), still=()):
    """The losses and the state that are right: with the parameters `frozen`, and the normalisations in the modules
    `still` in evaluation mode."""
    net = network(case)
    trained = [name for name in parameters(net) if name not in frozen]
    training = normalisations(net, still)
    return case.once(
        ("tuned", tuple(frozen), tuple(still)),
        lambda: formulas.fine_tune(net, batches(case), case.lr, case.steps, training, trained),
    )


def numbers(found):
    """`found`, the student's answer, with an array for a list or tuple of floats, or of arrays of one number."""
    if isinstance(found, list | tuple) and all(
        isinstance(one, float | np.floating)
        or (isinstance(one, np.ndarray) and one.size == 1 and one.dtype.kind == "f")
        for one in found
    ):
        return np.array([np.asarray(one).item() for one in found], dtype=np.float64)
    return found
