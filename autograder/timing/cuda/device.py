"""Which device a submission is timed on, why, and the state that the device was in."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import platform
import subprocess
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import AutograderError
from autograder.model import Cell, Device

TENSOR_PACKAGES = ("torch", "triton")
STATE = ("driver_version", "clocks.sm", "clocks.mem", "clocks.max.sm", "temperature.gpu", "power.draw")
# One field under its new and its old name (nvidia-smi --help-query-gpu).
THROTTLED = ("clocks_event_reasons.active", "clocks_throttle_reasons.active")
SMI_SECONDS = 10.0


def choose(wanted: str, cells: Iterable[Cell], timed_on_cuda: bool = True) -> Device:
    """The device for a submission when `wanted` ("auto", "cpu", "cuda") was asked for. `timed_on_cuda` says whether the
    assignment has anything to time on one. AutograderError when CUDA was asked for and cannot be had."""
    tensors = imports(cells, TENSOR_PACKAGES)
    missing = None if tensors else "the submission imports neither torch nor triton"
    missing = missing or (None if timed_on_cuda else "the assignment declares no CUDA baselines")
    missing = missing or without_cuda()
    if wanted == "cuda" and missing:
        raise AutograderError(f"It cannot be timed on a GPU: {missing}.")
    if wanted == "cpu":
        return Device("cpu", processor(), "asked for")
    if missing:
        why = f"no GPU is used: {missing}" if tensors else "NumPy computes on the CPU"
        return Device("cpu", processor(), why)
    why = "asked for" if wanted == "cuda" else "it imports PyTorch, and there is a CUDA device"
    return Device("cuda", device_name(), why)


def imports(cells: Iterable[Cell], packages: Iterable[str]) -> bool:
    """Whether any cell imports one of `packages`, at its top or inside a function. The text is read and never run."""
    wanted = set(packages)
    return any(name.partition(".")[0] in wanted for cell in cells for name in _imported(cell.source))


def _imported(source: str) -> Iterable[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def without_cuda() -> str | None:
    """What is missing for CUDA, as a clause; None when nothing is."""
    if importlib.util.find_spec("torch") is None:
        return "torch is not installed here"
    import torch

    if torch.version.cuda is None:
        return f"torch {torch.__version__} is built without CUDA"
    try:
        return None if torch.cuda.is_available() else "torch finds no CUDA device here"
    except RuntimeError as error:  # a driver that is too old says so
        return f"torch cannot start CUDA: {error}"


def device_name() -> str:
    """The GPU's name, as its driver tells it."""
    import torch

    return str(torch.cuda.get_device_name(0))


def gpu_state(when: str) -> dict[str, str]:
    """The device's clocks, driver and reasons for throttling `when` ("before", "after") it was used; "unknown" where
    nvidia-smi cannot say."""
    found = smi(STATE) or {}
    throttled = next((answer for name in THROTTLED if (answer := smi((name,)))), {"": "unknown"})
    state = {f"{name} {when}": found.get(name, "unknown") for name in STATE}
    return {**state, f"throttled {when}": next(iter(throttled.values()))}


def smi(fields: tuple[str, ...]) -> dict[str, str] | None:
    """What nvidia-smi says of the first visible GPU; None when it cannot be asked."""
    query = ["nvidia-smi", f"--query-gpu={','.join(fields)}", "--format=csv,noheader", "-i", str(_index())]
    try:
        said = subprocess.run(query, capture_output=True, text=True, timeout=SMI_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    values = [value.strip() for value in said.strip().split(",")]
    return dict(zip(fields, values, strict=True)) if len(values) == len(fields) else None


def _index() -> str:
    """Which of the machine's GPUs is the first that this process sees, as nvidia-smi names it."""
    import torch

    try:
        return f"GPU-{torch.cuda.get_device_properties(0).uuid}"
    except (AttributeError, RuntimeError, AssertionError):
        return "0"


def versions() -> dict[str, str]:
    """PyTorch's version, and that of the CUDA, cuDNN and Triton that come with it."""
    import torch

    triton = importlib.util.find_spec("triton")
    return {
        "torch": str(torch.__version__),
        "cuda": str(torch.version.cuda),
        "cudnn": str(torch.backends.cudnn.version()),
        **({"triton": importlib.metadata.version("triton")} if triton else {}),
    }


def processor() -> str:
    """The processor's name, as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
