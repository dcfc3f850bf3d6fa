"""Timed code on a GPU, on the student's side: tensors in memory that the grader owns, and no word to the grader.

The grader's handle comes in as plain JSON; nothing that a worker says is ever taken for a handle, and nothing here is
unpickled. Sources: torch/multiprocessing/reductions.py (the eight fields), CUDA C++ Programming Guide, 3.2.9 (IPC).
"""

from __future__ import annotations

import base64
import contextlib
import math
import resource
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.worker.arena import Buffer, Slot

FILES = 1024  # the driver opens one for each device, each library and each stream of its own
SCRATCH_BYTES = 256 * 2**20  # of one file: what a compiler writes is smaller by far


def encode(handle: Sequence[Any]) -> list[Any]:
    """The fields of a shared storage as JSON values: numbers as they are, bytes in base64."""
    return [base64.b64encode(field).decode() if isinstance(field, bytes) else field for field in handle]


def decode(fields: Sequence[Any]) -> tuple[Any, ...]:
    """What `encode` was given."""
    return tuple(base64.b64decode(field) if isinstance(field, str) else field for field in fields)


def place(memory: Buffer, device: str, handle: Sequence[Any] | None) -> Shared | Staged:
    """Where a launch finds its tensors: in the GPU's memory behind `handle`, or, without one, by way of `memory`."""
    import torch

    # float32 means float32: cuDNN's own default is TF32, which the tolerance refuses
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False
    if handle is None:
        return Staged(memory, device)
    torch.cuda.init()
    storage = torch.UntypedStorage._new_shared_cuda(*decode(handle))
    size = storage.nbytes()
    return Shared(torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage, 0, (size,), (1,)))


def tensor_in(data: Any, slot: Slot) -> Any:
    """The tensor at `slot` of `data`, a tensor of bytes on any device."""
    import torch

    kind = torch.from_numpy(np.empty(0, slot.dtype)).dtype
    size = math.prod(slot.shape) * np.dtype(slot.dtype).itemsize
    return data[slot.offset : slot.offset + size].view(kind).view(slot.shape)


class Shared:
    """Tensors that lie in the grader's own GPU memory."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def given(self, slot: Slot) -> Any:
        """An input, where it lies."""
        return tensor_in(self._data, slot)

    def deliver(self, slot: Slot, value: Any) -> None:
        """Copy a result to where the grader looks for it."""
        _copy(tensor_in(self._data, slot), slot, value)

    def settle(self) -> None:
        """Wait until everything has been written: until then there is nothing to look at."""
        import torch

        torch.cuda.synchronize()


class Staged:
    """Tensors that are copied from memory of the host and back: where the GPU's memory cannot be shared."""

    def __init__(self, memory: Buffer, device: str) -> None:
        import torch

        self._device = device
        self._host = torch.from_numpy(np.frombuffer(memory, np.uint8))
        if device == "cuda":
            torch.cuda.init()
            with contextlib.suppress(Exception):  # pinned memory is copied faster; pageable memory is copied, too
                torch.cuda.cudart().cudaHostRegister(self._host.data_ptr(), self._host.numel(), 0)

    def given(self, slot: Slot) -> Any:
        """An input, on the GPU."""
        return tensor_in(self._host, slot).to(self._device)

    def deliver(self, slot: Slot, value: Any) -> None:
        """Copy a result to where the grader looks for it."""
        _copy(tensor_in(self._host, slot), slot, value)

    def settle(self) -> None:
        """A copy to the host has arrived when it returns."""


def _copy(target: Any, slot: Slot, value: Any) -> None:
    """A shape that would only broadcast is an error in the student's code; the grader relies on the values alone."""
    if tuple(value.shape) != tuple(slot.shape):
        raise ValueError(f"{slot.name} has shape {tuple(value.shape)}; it must be {tuple(slot.shape)}")
    target.copy_(value.detach())


def apply_limits(cpu_s: int) -> None:
    """What a process that uses CUDA can be held to. Not its address space: the driver reserves more than any machine
    has."""
    limits = {
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: SCRATCH_BYTES,
        resource.RLIMIT_NOFILE: FILES,
    }
    for which, value in limits.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))
