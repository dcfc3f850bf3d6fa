"""What a network that ran on the meta device must be: its parameters, its layers, its activations and its shortcuts."""

from collections import Counter
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
        raise CheckFailed(f"{name} has the right parameters, but its forward pass never uses {run.unread[0]}.")


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


def expect_activations(name, run, count, six=False):
    """At least `count` activations must run, ReLUs or with `six` ReLU6s, and none behind the last layer."""
    kinds = [kind for kind, _, _, out, _ in run.calls if len(out) > 1]
    last = max((i for i, kind in enumerate(kinds) if kind in ("linear", "conv")), default=0)
    active = [kind for kind in kinds[:last] if kind not in QUIET]
    wanted = "ReLU6" if six else "ReLU"
    others = OTHERS if six else OTHERS | {"hardtanh": "ReLU6 or a hard tanh"}
    if other := next((others[kind] for kind in active if kind in others), None):
        raise CheckFailed(f"{name} has {other} where {wanted} is asked for.", tensor="activations")
    if len(active) < count:
        found = len(active) or "none"
        raise CheckFailed(
            f"{name} must have {count} activations, a {wanted} behind each layer that the handout names; {found} ran.",
            tensor="activations",
            counterexample={"expected_activations": count, "actual_activations": len(active)},
        )
    plain = active.count("relu")  # 6 - relu(6 - relu(x)) is ReLU6 with two of them
    if six and plain < 2 * count and len(active) - plain < count:
        raise CheckFailed(f"{name} has ReLU where ReLU6 is asked for: its values end at 6.", tensor="activations")
    if any(kind in CLIPS for kind in kinds[last:]):
        raise CheckFailed(f"{name} has a ReLU behind its last layer: scores may be negative.", tensor="activations")


def expect_shortcuts(name, run, count):
    """At least `count` sums of images must run."""
    sums = sum(kind in SUMS and len(out) == TALL for kind, _, _, out, _ in run.calls)
    if sums < count:
        raise CheckFailed(
            f"{name} adds a shortcut in {count} of its blocks; {sums or 'no'} sums ran.",
            tensor="shortcuts",
            counterexample={"expected_sums": count, "actual_sums": sums},
        )
