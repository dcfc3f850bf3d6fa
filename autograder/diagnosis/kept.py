"""What was worked out for a class and may be worked out again, within a limit of memory."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeVar, cast

import numpy as np

T = TypeVar("T")


class Kept:
    """Values by key. When their arrays take more than `limit` bytes, those that were used longest ago go first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value of `compute`, worked out where it is not kept under `key`."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return cast(T, self._values[key][0])
        value = compute()
        self._keep(key, value, size_of(value))
        return value

    def _keep(self, key: Hashable, value: Any, size: int) -> None:
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._values[key] = value, size
            self.size += size - before
            while self.size > self.limit:
                _, (_, gone) = self._values.popitem(last=False)
                self.size -= gone


def size_of(value: Any) -> int:
    """Bytes of the arrays in `value`, and a little for each array and each value around them; an array that stands in
    it twice counts once."""
    arrays = {id(array): ARRAY + array.nbytes for array in _arrays(value)}
    return SMALL + sum(arrays.values())


SMALL = 2000  # bytes of a trace and a fault without arrays, about
ARRAY = 200  # bytes of an array beside its numbers: a trace of small ones takes many times as much as these


def _arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _arrays(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _arrays(item)
    elif isinstance(value, BaseException):
        yield from _arrays(vars(value))
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _arrays(getattr(value, field.name))
