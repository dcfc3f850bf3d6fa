"""What a fork of a submission has answered, for its other checks that ask the same again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

KEPT_CAP = 2**22  # bytes of arrays that are kept of a fork's answers; the gradients of a layer's case take some hundred


@dataclass(frozen=True)
class Answered:
    """The value of a question, the outputs of each call that it took, and what was noted of these calls."""

    value: Any
    outputs: tuple[tuple[str, tuple[Any, ...]], ...]
    options: Mapping[str, Any]
    precision: str
    total: int = 0  # bytes of all that is kept up to this one


def keep(kept: dict[Any, Answered], key: Any, answered: Answered) -> None:
    """Keep a copy of `answered` under `key`, where there is room for it; else the question is asked anew."""
    before = kept[next(reversed(kept))].total if kept else 0
    total = before + sum(array.nbytes for array in _arrays((answered.value, answered.outputs)))
    if total <= KEPT_CAP:
        value, outputs = copied((answered.value, answered.outputs))
        kept[key] = Answered(value, outputs, answered.options, answered.precision, total)


def copied(value: Any) -> Any:
    """`value` with copies of its containers and arrays."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(copied(item) for item in value)
    return value


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict | tuple | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _arrays(item)
