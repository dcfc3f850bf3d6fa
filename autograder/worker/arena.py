"""The layout of the memory that the grader and one fork share while code is timed: a header, then arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

Buffer = Any  # an mmap, a memoryview, a bytearray
Shapes = Mapping[str, tuple[str, tuple[int, ...]]]  # name: (dtype, shape)

HEADER_BYTES = 4096
ALIGNMENT = 64  # a cache line: no two arrays share one


class Slot(NamedTuple):
    """Where an array lies."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int

    def view(self, buffer: Buffer) -> np.ndarray[Any, Any]:
        """The array itself, in the shared memory."""
        count = math.prod(self.shape)
        return np.frombuffer(buffer, self.dtype, count, self.offset).reshape(self.shape)


class Layout(NamedTuple):
    """What one launch finds and where it leaves its results."""

    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    options: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        return max(_end(slot) for slot in (*self.inputs, *self.outputs))

    def write(self, buffer: Buffer) -> None:
        """Put the layout itself into the header."""
        text = json.dumps(self).encode()
        if len(text) > HEADER_BYTES - 4:
            raise ValueError("a layout too long for the header")
        buffer[: 4 + len(text)] = len(text).to_bytes(4, "little") + text


def plan(inputs: Shapes, outputs: Shapes, options: Mapping[str, int]) -> Layout:
    """A place for each array, one after the other."""
    placed = list(_place([*inputs.items(), *outputs.items()]))
    return Layout(tuple(placed[: len(inputs)]), tuple(placed[len(inputs) :]), dict(options))


def read(buffer: Buffer) -> Layout:
    """The layout in the header. For the worker: it reads what the grader wrote, never the other way round."""
    length = int.from_bytes(buffer[:4], "little")
    inputs, outputs, options = json.loads(bytes(buffer[4 : 4 + length]))
    return Layout(_slots(inputs), _slots(outputs), options)


def _slots(rows: Iterable[list[Any]]) -> tuple[Slot, ...]:
    return tuple(Slot(name, dtype, tuple(shape), offset) for name, dtype, shape, offset in rows)


def _place(arrays: Iterable[tuple[str, tuple[str, tuple[int, ...]]]]) -> Iterable[Slot]:
    offset = HEADER_BYTES
    for name, (dtype, shape) in arrays:
        slot = Slot(name, dtype, tuple(shape), offset)
        yield slot
        offset = -(-_end(slot) // ALIGNMENT) * ALIGNMENT


def _end(slot: Slot) -> int:
    return slot.offset + math.prod(slot.shape) * np.dtype(slot.dtype).itemsize
