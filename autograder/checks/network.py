"""A network as plain data: its layers, and its weights by the names that PyTorch gives them.

It is built as an `nn.Sequential` where the student's code runs (`Student.build`); what it must compute an assignment's
own formulas say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.checks.case import Case

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Network:
    """Layers in order, each a tuple of its kind and its numbers; a list is an inner `nn.Sequential`.

    ("conv", in, out, kernel, stride, pad), ("linear", in, out), ("batchnorm", channels), ("relu",),
    ("max", kernel, stride), ("average", kernel, stride), ("adaptive", size), ("flatten",), ("dropout", p).
    `state` has float64 arrays by the names of `state_dict`: "0.weight", "2.1.running_mean".

    >>> from autograder import Case, Network
    >>> network = Network([("linear", 3, 2), [("relu",), ("linear", 2, 1)]]).drawn(Case({}, seed=17))
    >>> [name for name, _ in network.named_layers()]
    ['0', '1.0', '1.1']
    >>> {name: array.shape for name, array in network.state.items()}
    {'0.weight': (2, 3), '0.bias': (2,), '1.1.weight': (1, 2), '1.1.bias': (1,)}
    """

    layers: Sequence[Any]
    state: Mapping[str, Array] = field(default_factory=dict)

    def named_layers(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Name and description of each layer in the order of running; an inner `nn.Sequential` is walked into."""
        yield from _named(self.layers, "")

    def drawn(self, case: Case, name: str = "") -> Network:
        """This network with weights of `case`, scaled so that a layer keeps the size of what it is given. Networks of
        one case that differ need each a `name` of their own."""
        state = {
            f"{layer}.{leaf}": _entry(case, f"{name}{layer}.{leaf}", shape)
            for layer, described in self.named_layers()
            for leaf, shape in _shapes(described).items()
        }
        return Network(self.layers, state)

    def with_state(self, changes: Mapping[str, Array]) -> Network:
        """The same with other numbers under the names of `changes`."""
        return Network(self.layers, {**self.state, **changes})


def _named(layers: Sequence[Any], prefix: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for number, layer in enumerate(layers):
        if isinstance(layer, list):
            yield from _named(layer, f"{prefix}{number}.")
        else:
            yield f"{prefix}{number}", layer


def _shapes(layer: tuple[Any, ...]) -> dict[str, tuple[int, ...]]:
    match layer:
        case ("conv", inner, outer, kernel, *_):
            return {"weight": (outer, inner, kernel, kernel), "bias": (outer,)}
        case ("linear", inner, outer):
            return {"weight": (outer, inner), "bias": (outer,)}
        case ("batchnorm", channels):
            return dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (channels,))
    return {}


def _entry(case: Case, name: str, shape: tuple[int, ...]) -> Array:
    known = case.arrays.get(name)
    is_made = known is not None and np.shape(known) == shape
    found: Array = case.given(name, known if is_made else _made(case, name, shape))
    return found


def _made(case: Case, name: str, shape: tuple[int, ...]) -> Array:
    if name.endswith("running_var"):
        return case.unseen(f"spread of {name}", *shape) ** 2 + 0.5  # away from 0, where eps would decide
    values = case.unseen(f"drawn {name}", *shape)
    return values / math.sqrt(math.prod(shape[1:]) or 1) if len(shape) > 1 else values / 2
