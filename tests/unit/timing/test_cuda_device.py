"""Which device is chosen, why, and what nvidia-smi is believed to say."""

from __future__ import annotations

import subprocess

import pytest

from autograder.errors import AutograderError
from autograder.model import Cell
from autograder.timing.cuda import device as cuda_device
from autograder.timing.cuda.device import choose, gpu_state, imports, smi

NUMPY = (Cell(0, 1, "import numpy as np"),)
TORCH = (Cell(1, 1, "import numpy as np"), Cell(2, 1, "def f(x):\n    from torch.nn import functional\n    return x"))


@pytest.fixture
def with_cuda(monkeypatch):
    monkeypatch.setattr(cuda_device, "without_cuda", lambda: None)
    monkeypatch.setattr(cuda_device, "device_name", lambda: "NVIDIA Something")


@pytest.fixture
def without_cuda(monkeypatch):
    monkeypatch.setattr(cuda_device, "without_cuda", lambda: "torch finds no CUDA device here")


@pytest.mark.usefixtures("with_cuda")
def test_auto_takes_the_gpu_for_pytorch_code():
    device = choose("auto", TORCH)
    assert (device.kind, device.name) == ("cuda", "NVIDIA Something")
    assert device.why == "it imports PyTorch, and there is a CUDA device"


@pytest.mark.usefixtures("with_cuda")
@pytest.mark.parametrize(
    ("wanted", "cells", "timed", "why"),
    [
        ("auto", NUMPY, True, "NumPy computes on the CPU"),
        ("cpu", TORCH, True, "asked for"),
        ("auto", TORCH, False, "no GPU is used: the assignment declares no CUDA baselines"),
    ],
)
def test_the_cpu_is_chosen_and_it_is_said_why(wanted, cells, timed, why):
    device = choose(wanted, cells, timed)
    assert (device.kind, device.why) == ("cpu", why)
    assert device.name


@pytest.mark.usefixtures("without_cuda")
def test_auto_without_a_gpu_says_what_is_missing():
    assert choose("auto", TORCH).why == "no GPU is used: torch finds no CUDA device here"


@pytest.mark.usefixtures("without_cuda")
def test_an_explicit_cuda_without_one_is_an_error_in_a_sentence():
    with pytest.raises(AutograderError, match=r"^It cannot be timed on a GPU: torch finds no CUDA device here.$"):
        choose("cuda", TORCH)


@pytest.mark.usefixtures("with_cuda")
def test_cuda_for_numpy_code_is_an_error_too():
    with pytest.raises(AutograderError, match="imports neither torch nor triton"):
        choose("cuda", NUMPY)
    assert choose("cuda", TORCH).why == "asked for"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import triton.language as tl", True),
        ("try:\n    import torch\nexcept ImportError:\n    torch = None", True),
        ("import torchlight", False),
        ("from . import torch", False),
        ("# import torch", False),
        ("this is no Python", False),
    ],
)
def test_an_import_is_read_and_never_run(source, found):
    assert imports((Cell(0, 1, source),), ("torch", "triton")) is found


def test_without_cuda_says_what_is_missing_here():
    missing = cuda_device.without_cuda()
    assert missing is None or missing.startswith(("torch ", "torch is not installed here"))


def _answering(monkeypatch, answers):
    """An nvidia-smi that knows the fields in `answers` and fails at any other."""

    def run(command, **options):
        fields = command[1].removeprefix("--query-gpu=").split(",")
        if not answers.keys() >= set(fields):
            raise subprocess.CalledProcessError(2, command)
        return subprocess.CompletedProcess(command, 0, ", ".join(answers[field] for field in fields) + "\n", "")

    monkeypatch.setattr(cuda_device, "_index", lambda: "0")
    monkeypatch.setattr(cuda_device.subprocess, "run", run)


def test_the_state_of_the_gpu_is_recorded_under_the_old_name_of_a_field_too(monkeypatch):
    state = dict.fromkeys(cuda_device.STATE, "1980 MHz")
    _answering(monkeypatch, {**state, "clocks_throttle_reasons.active": "0x0000000000000004"})
    said = gpu_state("before")
    assert said["clocks.sm before"] == "1980 MHz"
    assert said["throttled before"] == "0x0000000000000004"


def test_what_nvidia_smi_does_not_say_is_unknown(monkeypatch):
    _answering(monkeypatch, {})
    assert set(gpu_state("after").values()) == {"unknown"}
    assert smi(("clocks.sm",)) is None


def test_without_nvidia_smi_everything_is_unknown(monkeypatch):
    def missing(command, **options):
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(cuda_device, "_index", lambda: "0")
    monkeypatch.setattr(cuda_device.subprocess, "run", missing)
    assert set(gpu_state("before").values()) == {"unknown"}
