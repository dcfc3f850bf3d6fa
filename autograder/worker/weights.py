"""Which of a module's weights is which, when its author was free to choose the names.

Shapes tell most layers apart, and the order of their registration the rest. Plain data: torch is not needed here.
"""

from __future__ import annotations

Shapes = dict[str, tuple[int, ...]]
Layer = tuple[str, Shapes]


class Mismatch(Exception):
    """The module's layers are not the ones that there are weights for; the text names the first that differs."""


def match(wanted: Shapes, found: Shapes) -> dict[str, str]:
    """For each name in `wanted` the one in `found` that means the same; Mismatch when there is none.

    Names that agree are right. Otherwise layers are told apart by kind and shape, and layers alike by their order. A
    normalisation that directly follows a convolution belongs to it; if that does not come out, each layer stands alone.
    """
    required = {name: shape for name, shape in found.items() if name in wanted or not _optional(name, found)}
    if required == wanted:
        return {name: name for name in wanted}
    for group in (_blocks, _layers):
        ours, theirs = group(wanted), group(required)
        if (pairs := _paired(ours, theirs)) is not None:
            return pairs
    raise Mismatch(_difference(wanted, required))


def _optional(name: str, found: Shapes) -> bool:
    """A counter, or the bias of a convolution or linear layer."""
    prefix, _, leaf = name.rpartition(".")
    return leaf == "num_batches_tracked" or (leaf == "bias" and len(found.get(f"{prefix}.weight", ())) > 1)


def _layers(state: Shapes) -> list[list[Layer]]:
    """Each layer's entries, in order of their registration."""
    layers: dict[str, Shapes] = {}
    for name, shape in state.items():
        prefix, _, leaf = name.rpartition(".")
        layers.setdefault(prefix, {})[leaf] = shape
    return [[layer] for layer in layers.items()]


def _blocks(state: Shapes) -> list[list[Layer]]:
    """The same, with each normalisation beside the convolution that it follows."""
    blocks: list[list[Layer]] = []
    for (layer,) in _layers(state):
        follows = blocks and len(blocks[-1]) == 1 and len(blocks[-1][0][1]) == 1 and len(layer[1]) > 1
        if follows:
            blocks[-1].append(layer)
        else:
            blocks.append([layer])
    return blocks


def _paired(ours: list[list[Layer]], theirs: list[list[Layer]]) -> dict[str, str] | None:
    """Names of `ours` to names of `theirs`, group by group of one kind in order; None when a group is left over."""
    if sorted(map(_kind, ours)) != sorted(map(_kind, theirs)):
        return None
    pairs: dict[str, str] = {}
    left = list(theirs)
    for group in ours:
        other = next(candidate for candidate in left if _kind(candidate) == _kind(group))
        left.remove(other)
        for (mine, leaves), (yours, _) in zip(group, other, strict=True):
            pairs |= {_joined(mine, leaf): _joined(yours, leaf) for leaf in leaves}
    return pairs


def _kind(group: list[Layer]) -> str:
    return repr([sorted(leaves.items()) for _, leaves in group])


def _joined(prefix: str, leaf: str) -> str:
    return f"{prefix}.{leaf}" if prefix else leaf


def _difference(wanted: Shapes, found: Shapes) -> str:
    """The first layer in which the weights differ, named as the handout does."""
    left = [leaves for ((_, leaves),) in _layers(found)]
    for ((prefix, leaves),) in _layers(wanted):
        if leaves not in left:
            return f"Its layers are not those asked for: none can take the weights of {prefix}, {_shapes(leaves)}."
        left.remove(leaves)
    surplus = "; ".join(_shapes(leaves) for leaves in left)
    return f"It has more layers than are asked for, with {surplus}."


def _shapes(leaves: Shapes) -> str:
    return ", ".join(f"{leaf} {shape}" for leaf, shape in leaves.items())
