"""The grader's side of the memory that it shares with a timed fork: it owns the memory, the layout and the poison."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import tempfile
from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from autograder.worker.arena import Layout, plan

Array = np.ndarray[Any, Any]
OUTPUT = "<f4"


class Memory:
    """`size` bytes that a fork may map too. Nobody can shrink it afterwards: a file cut short under a mapping kills
    whoever reads it (SIGBUS), which would be the grader."""

    def __init__(self, size: int) -> None:
        self.size = size
        if hasattr(os, "memfd_create"):
            self.descriptor = os.memfd_create("arena", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
            os.ftruncate(self.descriptor, size)
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        else:
            with tempfile.TemporaryFile() as file:
                self.descriptor = os.dup(file.fileno())
            os.ftruncate(self.descriptor, size)
        self.map = mmap.mmap(self.descriptor, size)
        self.layout: Layout | None = None
        self.message: dict[str, Any] = {}  # what a fork must be told to find the arrays

    def lay_out(
        self, inputs: Mapping[str, Array], outputs: Mapping[str, tuple[int, ...]], options: Mapping[str, int]
    ) -> None:
        """Decide where everything lies, and poison what is to be written: NaN is never a right answer."""
        shapes = {name: (array.dtype.str, array.shape) for name, array in inputs.items()}
        self.layout = plan(shapes, {name: (OUTPUT, shape) for name, shape in outputs.items()}, options)
        if self.layout.size > self.size:
            raise ValueError(f"{self.layout.size} bytes do not fit into {self.size}")
        self.poison()

    def poison(self) -> None:
        """Forget what stands in the outputs."""
        assert self.layout is not None
        for slot in self.layout.outputs:
            slot.view(self.map)[...] = np.nan

    def show(self, inputs: Mapping[str, Array]) -> None:
        """Let the fork see the inputs. Until now it could not know them, nor where to look."""
        assert self.layout is not None
        for slot in self.layout.inputs:
            slot.view(self.map)[...] = inputs[slot.name]
        self.layout.write(self.map)

    def take(self) -> dict[str, Array]:
        """What stands in the outputs now, as copies that later writes cannot change."""
        assert self.layout is not None
        return {slot.name: slot.view(self.map).copy() for slot in self.layout.outputs}

    def close(self) -> None:
        """Give the memory back."""
        with contextlib.suppress(BufferError):  # an array over it still lives; it goes with that
            self.map.close()
        os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
