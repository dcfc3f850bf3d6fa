"""Timed code, on the student's side: arrays lie in memory that the grader owns, and only single bytes are exchanged.

Nothing here is trusted. A submission may send any byte at any time and write anything into the arrays; the grader reads
its own clock and judges what it finds in the memory at that moment.
"""

from __future__ import annotations

import mmap
import os
import socket
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from autograder.worker import arena, cuda
from autograder.worker.faults import describe_error

GO, END, ACKNOWLEDGED = b"G", b"E", b"A"  # the grader says
DONE, RAISED, COMMITTED = b"D", b"X", b"C"  # the worker says


class Place(Protocol):
    """Where a launch finds its inputs and leaves its outputs."""

    def given(self, slot: arena.Slot) -> Any: ...

    def deliver(self, slot: arena.Slot, value: Any) -> None: ...

    def settle(self) -> None: ...


class Launcher:
    """Runs what the grader asks for as often as it says GO, until it says END."""

    def __init__(
        self,
        sock: socket.socket,
        descriptor: int,
        lookup: Callable[[str], Callable[..., Any] | None],
        explain: Callable[[BaseException], dict[str, Any]] = describe_error,
    ) -> None:
        self.sock = sock
        self.memory = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
        os.close(descriptor)
        self.lookup = lookup
        self.explain = explain

    def serve(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """Answer launches; the last exception that the submission raised, if any."""
        run = self._race if request["op"] == "race" else self._launch
        fault: dict[str, Any] | None = None
        place: Place | None = None
        while self.sock.recv(1) == GO:
            try:
                place = place or self._place(request)  # here, so that a GPU that cannot be reached is said to be one
                run(request, place)
                self.sock.sendall(DONE)
            except BaseException as error:
                fault = self.explain(error)
                self.sock.sendall(RAISED)
        return fault

    def _place(self, request: dict[str, Any]) -> Place:
        if gpu := request.get("gpu"):
            return cuda.place(self.memory, gpu["device"], gpu["handle"])
        return Host(self.memory, request["tensors"])

    def _launch(self, request: dict[str, Any], place: Place) -> None:
        layout = arena.read(self.memory)
        values = {slot.name: place.given(slot) for slot in layout.inputs}
        for name, takes, gives, with_options in request["steps"]:
            function = self._function(name)
            result = function(*[values[take] for take in takes], **(layout.options if with_options else {}))
            values.update(zip(gives, result if len(gives) > 1 else [result], strict=True))
        for slot in layout.outputs:
            place.deliver(slot, values[slot.name])
        place.settle()

    def _race(self, request: dict[str, Any], place: Place) -> None:
        layout = arena.read(self.memory)
        tensors = request["tensors"]
        values = {slot.name: place.given(slot) for slot in layout.inputs}
        images, labels = values.pop("images"), values.pop("labels")

        def commit(params: dict[str, Any]) -> None:
            for slot in layout.outputs:
                place.deliver(slot, params[slot.name])
            place.settle()
            self.sock.sendall(COMMITTED)
            if self.sock.recv(1) != ACKNOWLEDGED:
                raise SystemExit

        params = {name: value.clone() if tensors else value.copy() for name, value in values.items()}
        self._function(request["function"])(params, images, labels, commit, _generator(layout.options["seed"], tensors))

    def _function(self, name: str) -> Callable[..., Any]:
        function = self.lookup(name)
        if function is None:
            raise NameError(f"{name} is not defined")
        return function


class Host:
    """Arrays in the shared memory itself, or tensors over it."""

    def __init__(self, memory: arena.Buffer, tensors: bool) -> None:
        self._memory, self._tensors = memory, tensors

    def given(self, slot: arena.Slot) -> Any:
        """An input, where it lies."""
        view = slot.view(self._memory)
        if not self._tensors:
            return view
        import torch

        return torch.from_numpy(view)

    def deliver(self, slot: arena.Slot, value: Any) -> None:
        """Copy a result to where the grader looks for it. A shape that would only broadcast is an error in the
        student's code, and said so here, where the student's process is; the grader relies on the values alone."""
        place = slot.view(self._memory)
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
        if array.shape != place.shape:
            raise ValueError(f"{slot.name} has shape {array.shape}; it must be {place.shape}")
        np.copyto(place, array, casting="same_kind")

    def settle(self) -> None:
        """What was copied has been copied."""


def _generator(seed: int, tensors: bool) -> Any:
    if not tensors:
        return np.random.default_rng(seed)
    import torch

    return torch.Generator().manual_seed(seed)
