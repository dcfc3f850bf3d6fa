"""What a network that ran on the meta device must be: its parameters, its layers, its activations and its shortcuts."""

from collections import Counter
from dataclasses import replace
from math import prod

from autograder import CheckFailed

# What runs besides an activation: it lays numbers out anew, adds, averages, normalises or drops them.
QUIET = {
    "conv", "linear", "max", "average", "add", "sub", "rsub", "mul", "div", "sum", "stack", "cat", "mean", "var",
    "var_mean", "pow", "sqrt", "rsqrt", "_adaptive_avg_pool2d", "adaptive_max_pool2d", "avg_pool3d", "amax",
    "native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "cudnn_batch_norm",
    "batch_norm", "native_dropout", "dropout", "bernoulli", "rand_like", "view", "_unsafe_view", "reshape",
    "flatten", "unflatten", "_reshape_alias", "t", "transpose", "permute", "squeeze", "unsqueeze", "expand",
    "alias", "detach", "clone", "contiguous", "copy", "_to_copy", "select", "slice", "split", "split_with_sizes",
    "chunk", "unbind", "as_strided", "constant_pad_nd", "empty", "empty_like", "zeros", "zeros_like", "new_zeros",
    "new_empty", "ones", "full", "arange", "scalar_tensor", "lift_fresh", "_softmax", "_log_softmax", "softmax",
    "log_softmax",
}  # fmt: skip
OTHERS = {
    "tanh": "tanh", "sigmoid": "the sigmoid", "leaky_relu": "a leaky ReLU", "elu": "ELU", "gelu": "GELU",
    "silu": "SiLU", "softplus": "softplus", "hardswish": "hard swish", "mish": "Mish",
}  # fmt: skip
CLIPS = ("relu", "hardtanh", "clamp", "clamp_min", "threshold")
MAXIMA = ("max", "amax", "adaptive_max_pool2d")
SUMS = ("add", "sum", "stack")
TALL = 4  # axes of images
NORMALISATION = "native_batch_norm"
# ResNet-152's ReLUs by channels: behind the two narrow convolutions of each block, and behind its sum.
RELUS = {64: 7, 128: 16, 256: 75, 512: 14, 1024: 36, 2048: 3}


def with_linear_layers(run):
    """The run, with each convolution that sees all of its input at its only place told as what it is, a linear layer on
    the flattened input: LeCun's C5 is one, and so is a 1×1 convolution behind the average."""
    calls, flat = [], Counter()
    for kind, given, weight, out, pad in run.calls:
        if kind == "conv" and (given or [])[1:] == weight[1:] and out[2:] == [1, 1] and not any(pad):
            flat[tuple(weight)] += 1
            kind, weight, pad = "linear", [weight[0], prod(weight[1:])], None
        calls.append([kind, given, weight, out, pad])
    parameters = {}
    for name, shape in run.parameters.items():
        seen = flat[tuple(shape)] > 0
        flat[tuple(shape)] -= seen
        parameters[name] = [shape[0], prod(shape[1:])] if seen else shape
    return replace(run, calls=calls, parameters=parameters)


def expect_parameters(name, run, right):
    """The parameters must have the shapes `right`, in any order, and all of them must be used."""
    found = [tuple(shape) for shape in run.parameters.values()]
    missing, surplus = Counter(right) - Counter(found), Counter(found) - Counter(right)
    if missing or surplus:
        have, must = sum(map(prod, found)), sum(map(prod, right))
        total = f"{name} has {have:,} parameters" + (
            f", and must have {must:,}" if have != must else ", but not all of the right shapes"
        )
        differ = ((missing, "missing"), (surplus, "too many"))
        parts = ", and ".join(f"{_listed(shapes)} {what}" for shapes, what in differ if shapes)
        raise CheckFailed(
            f"{total}: {parts}.",
            tensor="parameters",
            counterexample={"missing": _rows(missing), "too_many": _rows(surplus)},
        )
    if run.unread:
        raise CheckFailed(f"{name} has the right parameters, but its scores do not depend on {run.unread[0]}.")
    called = Counter(tuple(weight) for kind, _, weight, *_ in run.calls if kind in ("conv", "linear"))
    if idle := Counter(shape for shape in found if len(shape) > 1) - called:
        raise CheckFailed(
            f"{name} has the right parameters, but never calls the layer with weights {max(idle, key=prod)}."
        )


def _listed(shapes):
    """The largest of some shapes, and how many more there are."""
    shape = max(shapes, key=prod)
    more = sum(shapes.values()) - 1
    return f"{shape} and {more} more are" if more else f"{shape} is"


def _rows(counted):
    return [f"{count} × {key}" for key, count in counted.items()][:8]


# ── layers ─────────────────────────────────────────────────────────────────────────────────────


def expect_layers(name, run, right, out):
    """Convolutions, linear layers and poolings must take and give maps of the right size, and the network `out`."""
    found = Counter(layers_of(run.calls))
    expected = [*right["layers"], *(second if found[second] else first for first, second in right["either"])]
    missing, surplus = Counter(expected) - found, found - Counter(expected)
    if missing:
        first = next(row for row in expected if missing[row])
        raise _wrong_layer(name, first, _counterpart(first, surplus))
    if surplus:
        raise CheckFailed(f"{name} has a layer too many: {_told(next(iter(surplus)))}.", tensor="layers")
    if tuple(run.out) != out:
        raise CheckFailed(f"{name} returns a tensor of shape {tuple(run.out)}; it must be {out}.", tensor="out")


def layers_of(calls):
    """[kind, sides in, weight or window, sides out, padding] of each layer that counts. An average over a whole map, or
    over nothing, counts as none, and a padding in front of a convolution as the convolution's own."""
    rows, before = [], ("", None, None, None, None)
    for kind, given, weight, out, pad in calls:
        if kind == "linear":
            rows.append((kind, None, tuple(weight), None, None))
        elif kind in ("conv", "average", *MAXIMA) and len(given or ()) == len(out) == TALL:
            padded = before[0] == "constant_pad_nd" and before[3] == given
            source = before[1] if padded else given
            sides, after = tuple(source[2:]), tuple(out[2:])
            if kind == "conv":
                edges = tuple((a - b) // 2 + p for a, b, p in zip(given[2:], sides, pad, strict=True))
                rows.append((kind, sides, tuple(weight), after, edges))
            elif kind == "average":
                rows += [(kind, sides, tuple(weight), after, None)] if after not in (sides, (1, 1)) else []
            elif sides != after or weight:
                rows.append(("max", sides, tuple(weight or sides), after, None))
        before = (kind, given, weight, out, pad)
    return rows


def _counterpart(missing, surplus):
    """The layer that stands for the missing one: of the same kind and weights, or a pooling of the same maps."""
    kind, sides, weight, _, _ = missing
    alike = [row for row in surplus if row[0] == kind and row[2] == weight]
    if kind != "conv":
        alike += [row for row in surplus if row[0] in ("max", "average") and row[1] in (sides, None)]
    return min(alike, key=lambda row: row[1] != sides, default=None)


def _wrong_layer(name, missing, yours):
    told = f"yours is {_told(yours)}" if yours else "yours has none"
    return CheckFailed(
        f"{name} must have {_told(missing)}; {told}.",
        tensor="layers",
        counterexample={"expected_layer": _told(missing), "actual_layer": _told(yours) if yours else "none"},
    )


def _told(row):
    kind, sides, weight, after, pad = row
    if kind == "linear":
        return f"a linear layer with weights {weight}"
    maps = f"from {sides[0]} × {sides[1]} to {after[0]} × {after[1]}"
    if kind == "conv":
        return f"a convolution with weights {weight} and padding {pad[0] if pad[0] == pad[1] else pad} {maps}"
    return f"{'max' if kind == 'max' else 'average'} pooling of {weight[0]} × {weight[1]} windows {maps}"


# ── what has no weights ────────────────────────────────────────────────────────────────────────


def expect_activations(name, run, six=False):
    """Behind each layer an activation must run, a ReLU or with `six` a ReLU6, and a normalisation before it: not behind
    the last layer, nor where a block of MobileNetV2 ends. ResNet's are counted elsewhere."""
    *rows, last = layers_and_what_follows(run.calls) or [((), [])]
    if not rows:
        raise _wrong_activation(f"{name} has no layers between its input and its scores.")
    wanted, others = ("ReLU6", OTHERS) if six else ("ReLU", OTHERS | {"hardtanh": "ReLU6 or a hard tanh"})
    for weight, kinds in rows:
        active = [kind for kind in kinds if kind not in QUIET]
        if other := next((others[kind] for kind in active if kind in others), None):
            raise _wrong_activation(f"{name} has {other} where {wanted} is asked for.")
        if active and NORMALISATION in kinds and kinds.index(active[0]) < kinds.index(NORMALISATION):
            raise _wrong_activation(f"{name} has an activation before a normalisation, behind the weights {weight}.")
        ends_a_block = six and weight[2:] == (1, 1) and weight[0] < weight[1]
        if ends_a_block and any(kind in CLIPS for kind in active):
            raise _wrong_activation(f"{name} has a {wanted} at the narrow end of a block, behind the weights {weight}.")
        widens = name == "ResNet152" and weight[2:] == (1, 1) and weight[0] > weight[1]
        if widens and _clipped_before_the_sum(kinds):
            raise _wrong_activation(f"{name} has a ReLU before the sum with the shortcut, behind the weights {weight}.")
        if name != "ResNet152" and not active and not ends_a_block:
            raise _wrong_activation(f"{name} has no {wanted} behind the layer with weights {weight}.")
    if any(kind in CLIPS for kind in last[1]):
        raise _wrong_activation(f"{name} has a {wanted} behind its last layer: scores may be negative.")


def _clipped_before_the_sum(kinds):
    first = next((kind for kind in kinds if kind in CLIPS or kind in SUMS), None)
    return first in CLIPS


def expect_normalisations(name, run):
    """As many normalisations must run on maps of a shape as convolutions give such maps. One that is written by hand
    cannot be told from other arithmetic, so code without PyTorch's passes."""
    maps = Counter(tuple(out[1:]) for kind, _, _, out, _ in run.calls if kind == "conv")
    found = Counter(tuple(out[1:]) for kind, _, _, out, _ in run.calls if kind == NORMALISATION)
    if found and (missing := maps - found):
        shape = next(iter(missing))
        raise _wrong_activation(
            f"{maps[shape]} convolutions of {name} give maps of {' × '.join(map(str, shape))}, and {found[shape]} "
            "normalisations run on such maps: one follows each convolution."
        )


def expect_bounds(name, run, count):
    """Of the activations at least `count` must end at 6."""
    active = [kind for _, kinds in layers_and_what_follows(run.calls)[:-1] for kind in kinds if kind not in QUIET]
    plain = active.count("relu")  # 6 - relu(6 - relu(x)) is ReLU6 with two of them
    if plain < 2 * count and len(active) - plain < count:
        raise _wrong_activation(f"{name} has ReLU where ReLU6 is asked for: its values end at 6.")


def expect_relus_of_resnet(run):
    """Which of its branches runs first is free, so its ReLUs are counted by the channels of what they give."""
    found = Counter(out[1] for kind, _, _, out, _ in run.calls if kind not in QUIET and len(out) == TALL)
    for channels, count in RELUS.items():
        if found[channels] < count:
            ran = found[channels] or "none"
            raise _wrong_activation(f"Of ResNet152's {count} ReLUs on maps of {channels} channels {ran} ran.")


def layers_and_what_follows(calls):
    """For each layer with weights their shape, and the operations up to the next one."""
    rows = []
    for kind, _, weight, out, _ in calls:
        if kind in ("conv", "linear"):
            rows.append((tuple(weight), []))
        elif rows and len(out) > 1:
            rows[-1][1].append(kind)
    return rows


def _wrong_activation(sentence):
    return CheckFailed(sentence, tensor="activations")


def expect_shortcuts(name, run, count):
    """At least `count` sums of images must run."""
    sums = sum(kind in SUMS and len(out) == TALL for kind, _, _, out, _ in run.calls)
    if sums < count:
        raise CheckFailed(
            f"{name} adds a shortcut in {count} of its blocks; {sums or 'no'} sums ran.",
            tensor="shortcuts",
            counterexample={"expected_sums": count, "actual_sums": sums},
        )
