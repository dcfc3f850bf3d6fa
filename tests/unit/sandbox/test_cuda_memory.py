"""Memory that a timed fork shares with the grader, with the CPU's in the place of a GPU's."""

from __future__ import annotations

import json
import sys
import types

import numpy as np
import pytest
import torch

from autograder.errors import GraderFault, OutOfMemory
from autograder.sandbox import cuda_memory
from autograder.sandbox.cuda_memory import ARENA_BYTES, DeviceMemory, StagedMemory, alone, device_arena, one_line
from autograder.worker import arena
from autograder.worker.cuda import Shared, Staged, decode, encode

HANDLE = (0, bytes(range(64)), ARENA_BYTES, 0, b"/torch_17_shm", 3, b"\xff" * 64, False)
INPUTS = {"x": torch.arange(6, dtype=torch.float32).reshape(2, 3), "labels": torch.tensor([4, 5])}


@pytest.fixture
def memory():
    with DeviceMemory(torch.zeros(1 << 16, dtype=torch.uint8), encode(HANDLE)) as memory:
        memory.lay_out(INPUTS, {"out": (3, 2)}, {"pad": 1})
        yield memory


def test_a_handle_goes_through_json_and_comes_back_as_it_was():
    assert decode(json.loads(json.dumps(encode(HANDLE)))) == HANDLE


def test_a_fork_is_told_the_handle_and_nothing_of_where_things_lie(memory):
    assert memory.message == {"gpu": {"device": "cuda", "handle": encode(HANDLE)}}
    assert bytes(memory.map[:4]) == bytes(4)


def test_all_of_the_memory_is_forgotten_before_a_launch(memory):
    assert (memory._data == 0xFF).all()
    assert np.isnan(memory.take()["out"].numpy()).all()


def test_inputs_are_shown_and_outputs_taken_as_copies(memory):
    memory.show(INPUTS)
    place, layout = Shared(memory._data), arena.read(memory.map)
    assert layout.options == {"pad": 1}
    given = {slot.name: place.given(slot) for slot in layout.inputs}
    assert torch.equal(given["x"], INPUTS["x"])
    assert given["labels"].dtype == torch.int64
    place.deliver(layout.outputs[0], torch.full((3, 2), 7.0))
    taken = memory.take()
    place.deliver(layout.outputs[0], torch.zeros(3, 2))
    assert (taken["out"] == 7).all()


def test_what_is_poisoned_again_is_gone(memory):
    memory.show(INPUTS)
    Shared(memory._data).deliver(arena.read(memory.map).outputs[0], torch.zeros(3, 2))
    memory.poison()
    assert np.isnan(memory.take()["out"].numpy()).all()


def test_a_shape_that_would_broadcast_is_an_error_on_the_students_side(memory):
    memory.show(INPUTS)
    with pytest.raises(ValueError, match=r"out has shape \(1, 2\); it must be \(3, 2\)"):
        Shared(memory._data).deliver(arena.read(memory.map).outputs[0], torch.zeros(1, 2))


def test_what_does_not_fit_is_refused(memory):
    with pytest.raises(ValueError, match="do not fit into 65536"):
        memory.lay_out(INPUTS, {"out": (1 << 15,)}, {})


def test_a_gpu_without_room_is_the_submissions_doing(memory, monkeypatch):
    def full(data):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(cuda_memory, "settle", full)
    with pytest.raises(OutOfMemory, match="It left no memory on the GPU"):
        memory.take()


def test_another_error_of_the_driver_stays_the_graders(memory, monkeypatch):
    def broken(data):
        raise RuntimeError("CUDA error: unspecified launch failure")

    monkeypatch.setattr(cuda_memory, "settle", broken)
    with pytest.raises(RuntimeError, match="unspecified launch failure"):
        memory.poison()


def test_an_arena_must_be_alone_in_its_allocation():
    segment = {"address": 4096, "total_size": ARENA_BYTES}
    assert alone(0, 4096, [{"address": 0, "total_size": 7}, segment])
    assert not alone(512, 4096, [segment])
    assert not alone(0, 4096, [{**segment, "total_size": 2 * ARENA_BYTES}])
    assert not alone(0, 4096, [])


def test_without_shared_gpu_memory_there_is_a_reason(monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("CUDA error: operation not supported\nCUDA kernel errors might be asynchronously reported")

    fake = types.SimpleNamespace(cuda=types.SimpleNamespace(empty_cache=refuse))
    monkeypatch.setitem(sys.modules, "torch", fake)
    device_arena.cache_clear()
    with pytest.raises(GraderFault, match=r"cannot be shared: RuntimeError: CUDA error: operation not supported$"):
        device_arena()


def _driver(total):
    """As much of torch as sharing an allocation takes, with an arena in an allocation of `total` bytes."""
    handle = (*HANDLE[:-1], True)
    data = types.SimpleNamespace(
        data_ptr=lambda: 4096, untyped_storage=lambda: types.SimpleNamespace(_share_cuda_=lambda: handle)
    )
    cuda = types.SimpleNamespace(
        empty_cache=lambda: None, memory_snapshot=lambda: [{"address": 4096, "total_size": total}]
    )
    return types.SimpleNamespace(cuda=cuda, empty=lambda *_, **__: data, uint8=None)


def test_the_arena_is_shared_once_and_nobody_waits_for_its_event(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", _driver(ARENA_BYTES))
    device_arena.cache_clear()
    data, handle = device_arena()
    assert decode(handle) == HANDLE
    assert device_arena()[0] is data
    device_arena.cache_clear()


def test_an_arena_with_neighbours_is_not_shared(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", _driver(2 * ARENA_BYTES))
    device_arena.cache_clear()
    with pytest.raises(GraderFault, match="the allocation holds more than the arena"):
        device_arena()


def test_memory_of_the_host_carries_tensors_there_and_back():
    with StagedMemory(1 << 16, "cpu") as memory:
        assert memory.message == {"gpu": {"device": "cpu", "handle": None}}
        memory.lay_out(INPUTS, {"out": (3, 2)}, {})
        memory.show(INPUTS)
        place, layout = Staged(memory.map, "cpu"), arena.read(memory.map)
        assert torch.equal(place.given(layout.inputs[0]), INPUTS["x"])
        place.deliver(layout.outputs[0], torch.full((3, 2), 7.0))
        place.settle()
        assert (memory.take()["out"] == 7).all()
        del place


def test_an_error_becomes_a_clause():
    assert one_line(ValueError("a\nb")) == "ValueError: a"
    assert one_line(ValueError()) == "ValueError"
