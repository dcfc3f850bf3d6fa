"""The grader's side of GPU memory that it shares with a timed fork, and what stands in where it cannot be shared."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from autograder.errors import GraderFault, OutOfMemory
from autograder.sandbox.arena import OUTPUT, Memory
from autograder.worker.arena import HEADER_BYTES, plan
from autograder.worker.cuda import encode, tensor_in

ARENA_BYTES = 512 * 2**20  # a multiple of 2 MiB, so that the allocation that a handle opens holds nothing else
DTYPES = {"torch.float32": "<f4", "torch.float64": "<f8", "torch.int64": "<i8", "torch.int32": "<i4"}


class DeviceMemory(Memory):
    """Arrays in the GPU's memory. What says where they lie stands on the host, as ever: it is shown last.

    `data` is one tensor of bytes, the same for all who are timed: each launch begins with all of it forgotten."""

    def __init__(self, data: Any, handle: list[Any] | None) -> None:
        super().__init__(HEADER_BYTES)
        self._data = data
        self.message = {"gpu": {"device": "cuda", "handle": handle}}

    def lay_out(
        self, inputs: Mapping[str, Any], outputs: Mapping[str, tuple[int, ...]], options: Mapping[str, int]
    ) -> None:
        """Decide where everything lies, and forget everything that lay there before."""
        shapes = {name: (DTYPES[str(tensor.dtype)], tuple(tensor.shape)) for name, tensor in inputs.items()}
        self.layout = plan(shapes, {name: (OUTPUT, shape) for name, shape in outputs.items()}, options)
        if self.layout.size > self._data.numel():
            raise ValueError(f"{self.layout.size} bytes do not fit into {self._data.numel()}")
        self.poison()

    def poison(self) -> None:
        """All bits set: NaN in every kind of float, wherever an output will lie."""
        with room():
            self._data.fill_(0xFF)
            settle(self._data)

    def show(self, inputs: Mapping[str, Any]) -> None:
        """Let the fork see the inputs: the numbers first, then where they are."""
        assert self.layout is not None
        with room():
            for slot in self.layout.inputs:
                tensor_in(self._data, slot).copy_(inputs[slot.name])
            settle(self._data)
        self.layout.write(self.map)

    def take(self) -> dict[str, Any]:
        """What stands in the outputs now, as copies that later writes cannot change."""
        assert self.layout is not None
        with room():
            taken = {slot.name: tensor_in(self._data, slot).clone() for slot in self.layout.outputs}
            settle(self._data)
        return taken


class StagedMemory(Memory):
    """Memory of the host, for code that computes on the GPU: everyone pays for the way there and back."""

    def __init__(self, size: int, device: str = "cuda") -> None:
        super().__init__(size)
        self.message = {"gpu": {"device": device, "handle": None}}
        self._private: dict[str, Any] = {}

    def lay_out(
        self, inputs: Mapping[str, Any], outputs: Mapping[str, tuple[int, ...]], options: Mapping[str, int]
    ) -> None:
        """As ever. What comes from the GPU is fetched now, before any clock runs."""
        self._private = {name: to_host(value) for name, value in inputs.items()}
        super().lay_out(self._private, outputs, options)

    def show(self, inputs: Mapping[str, Any]) -> None:
        """Let the fork see the inputs."""
        super().show(self._private)


@functools.cache
def device_arena() -> tuple[Any, list[Any]]:
    """The grader's GPU memory and the handle by which a worker opens it. One for the whole process: PyTorch keeps
    what it has shared until all who opened it have let go in an orderly way, which a killed worker never does.

    Raises GraderFault, with the reason, where a GPU's memory cannot be shared."""
    import torch

    try:
        torch.cuda.empty_cache()
        data = torch.empty(ARENA_BYTES, dtype=torch.uint8, device="cuda")
        handle = list(data.untyped_storage()._share_cuda_())
    except Exception as error:
        raise GraderFault(f"The GPU's memory cannot be shared: {one_line(error)}") from None
    if not alone(handle[3], data.data_ptr(), torch.cuda.memory_snapshot()):
        raise GraderFault("The GPU's memory cannot be shared: the allocation holds more than the arena.")
    handle[-1] = False  # nobody waits for the grader's event: the grader waits itself before it says go
    return data, encode(handle)


def alone(offset: int, address: int, segments: list[dict[str, Any]]) -> bool:
    """Whether the arena at `address` fills its allocation: a handle opens the whole of it, neighbours included."""
    whole = [segment["total_size"] for segment in segments if segment["address"] == address]
    return offset == 0 and whole == [ARENA_BYTES]


def to_host(value: Any) -> Any:
    """A tensor as an array; an array as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def settle(data: Any) -> None:
    """Wait until everything asked of the tensor's device is done."""
    if data.device.type == "cuda":
        import torch

        torch.cuda.synchronize()


def one_line(error: BaseException) -> str:
    """An exception as a clause: PyTorch adds paragraphs of advice to its first line."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__


@contextmanager
def room() -> Iterator[None]:
    """The submission may fill the GPU's memory; then it is the one that fails: OutOfMemory."""
    try:
        yield
    except RuntimeError as error:
        if "out of memory" in str(error):
            raise OutOfMemory("It left no memory on the GPU for its inputs and results.") from None
        raise
