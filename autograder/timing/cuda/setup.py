"""The setup in which kernels are timed on a GPU: how a worker reaches it, and what memory it shares with us."""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from autograder.errors import AutograderError, GraderFault, IsolationUnavailable
from autograder.model import Assignment, Cell, Isolation, Level, Limits, Policy, Submission
from autograder.sandbox.arena import Memory
from autograder.sandbox.cuda import Gpu, find_gpu, held, sandbox_level
from autograder.sandbox.cuda_memory import ARENA_BYTES, DeviceMemory, StagedMemory, device_arena, one_line
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.speed.declare import Problem, Step, Task
from autograder.timing.entry import Entry, Track

PACKAGES = ("numpy", "torch")
# To import Triton takes seconds, and a compiler's time is the submission's; a launch has a budget of its own.
LOADING = Limits(
    cpu_s=60.0,
    wall_s=300.0,
    load_cpu_s=60.0,
    statement_cpu_s=30.0,
    memory_mb=4096,
    total_cpu_s=600.0,
    total_wall_s=1800.0,
)
LIMITS = Limits(cpu_s=600.0, wall_s=1800.0, load_cpu_s=60.0, statement_cpu_s=30.0, memory_mb=4096)

TRIAL = "def double(a):\n    return a + a\n"
PEAK = "def multiply(a, b):\n    return a @ b\n"
# Three float32 matrices of it fit into the arena, and a product takes milliseconds.
PEAK_SIZE = {"cuda": 6144, "cpu": 768}
PEAK_LAUNCHES = 6


@dataclass(frozen=True)
class Setup:
    """Where all entries are timed. `notes` say what a reader of the result should know of it. On the `device` "cpu"
    all of it can be rehearsed where there is no GPU."""

    assignment: Assignment
    isolation: Isolation
    gpu: Gpu
    track: Track
    notes: tuple[str, ...] = ()
    device: str = "cuda"

    @contextlib.contextmanager
    def sandbox(self) -> Iterator[Sandbox]:
        """A fresh sandbox. When it is left, everything that was started in it is dead."""
        with Sandbox(sandbox_level(self.isolation), PACKAGES, self.gpu) as sandbox:
            yield sandbox

    def runner(self, sandbox: Sandbox, submission: Submission, forbid: tuple[str, ...] = ()) -> SandboxRunner:
        """`submission` in `sandbox`, under what a GPU's driver and compilers need."""
        assignment = replace(self.assignment, limits=LOADING, policy=Policy(PACKAGES, forbid))
        return SandboxRunner(sandbox, assignment, submission)


@dataclass(frozen=True)
class Fresh:
    """A submission that gets a sandbox of its own whenever it is timed, and leaves nothing alive: without the list of
    system calls it can start processes, and only the end of its sandbox ends those."""

    setup: Setup
    submission: Submission

    @contextlib.contextmanager
    def share(self, memory: Memory, limits: Limits) -> Iterator[SandboxProgram]:
        """The loaded submission in a fork with which the grader shares `memory`."""
        with (
            self.setup.sandbox() as sandbox,
            self.setup.runner(sandbox, self.submission) as runner,
            runner.share(memory, limits) as program,
        ):
            yield program


@contextlib.contextmanager
def prepare(
    assignment: Assignment, isolation: Isolation, route: str = "auto", same_account: bool = False
) -> Iterator[Setup]:
    """The setup at `isolation`, after a trial. `route` is how inputs and outputs travel: "ipc" (memory of the
    GPU that is shared), "host", or "auto": the first that works, with a note when that is not the first.

    Raises IsolationUnavailable where `isolation` cannot be kept on a GPU, GraderFault where no worker reaches it."""
    left = held(isolation)
    if left is None:
        raise IsolationUnavailable(
            f"Code on a GPU cannot be held at level {isolation.level}: the list of system calls would keep the driver "
            "out. Install bubblewrap (apt-get install bubblewrap), or ask for --isolation process."
        )
    import torch

    torch.cuda.init()  # the driver's libraries are where this process has found them
    with tempfile.TemporaryDirectory(prefix="autograder-gpu-", ignore_cleanup_errors=True) as folder:
        gpu = dataclasses.replace(find_gpu(), same_account=same_account)
        if left.level is Level.PROCESS:
            gpu = dataclasses.replace(gpu, scratch=_open_to_all(folder))
        yield _first_that_works(Setup(assignment, left, gpu, Track()), route)


def _open_to_all(folder: str) -> str:
    Path(folder).chmod(0o1777)  # a worker of root's runs under another account
    return folder


def _first_that_works(setup: Setup, route: str) -> Setup:
    names = ("ipc", "host") if route == "auto" else (route,)
    reasons: list[str] = []
    for name in names:
        notes = (f"The GPU's memory is not shared but copied by way of the host: {reasons[-1]}",) if reasons else ()
        try:
            tried = dataclasses.replace(setup, track=_track(name), notes=notes)
            try_out(tried)
            return tried
        except AutograderError as error:
            reasons.append(str(error))
        except (RuntimeError, OSError) as error:  # PyTorch's own
            reasons.append(one_line(error))
    raise GraderFault(f"No worker reaches the GPU. {' '.join(reasons)}")


def _track(route: str) -> Track:
    """The track by this route. Raises GraderFault where the GPU's memory cannot be shared."""
    memory: Callable[[], Memory]
    memory = partial(DeviceMemory, *device_arena()) if route == "ipc" else partial(StagedMemory, ARENA_BYTES)
    return Track("torch", "wall", memory, LIMITS)


def try_out(setup: Setup) -> None:
    """Double some numbers on the GPU, in a worker. Raises GraderFault, with the reason, when nothing comes of it."""
    task = Task("trial", "Twice.", (Step("double", ("a",), ("out",)),), partial(_trial, setup.device), lambda _: {})
    with setup.sandbox() as sandbox:
        one = launched(setup, sandbox, task, TRIAL, launches=1)
    out = one.landed[0]["out"]
    if not np.array_equal(out, np.full(out.shape, 2.0, np.float32)):
        raise GraderFault("A worker's results do not arrive in the memory that it shares with the grader.")


def _trial(device: str, rng: np.random.Generator, small: bool) -> Problem:
    import torch

    return Problem({"a": torch.ones(1024, device=device)}, {}, {"out": (1024,)}, 1024.0)


def peak_flops(setup: Setup, sandbox: Sandbox) -> float:
    """Floating-point operations a second of the library's matrix product in float32, the best of a few."""
    size = PEAK_SIZE[setup.device]
    draw = partial(_peak, setup.device, size)
    task = Task("peak", "A matrix product.", (Step("multiply", ("a", "b"), ("out",)),), draw, lambda _: {})
    one = launched(setup, sandbox, task, PEAK, PEAK_LAUNCHES)
    return 2.0 * size**3 / min(one.costs.values())


def _peak(device: str, size: int, rng: np.random.Generator, small: bool) -> Problem:
    import torch

    a, b = (torch.randn(size, size, device=device) for _ in "ab")
    return Problem({"a": a, "b": b}, {}, {"out": (size, size)}, 2.0 * size**3)


def launched(setup: Setup, sandbox: Sandbox, task: Task, source: str, launches: int) -> Entry:
    """Our own `source` on one of the task's problems, launch after launch."""
    submission = Submission(task.name, "", "", "script", (Cell(0, 1, source),))
    problem = task.draw(np.random.default_rng(0), False)
    with (
        setup.runner(sandbox, submission) as runner,
        Entry(task.name, runner, setup.track).ready(task) as one,
    ):
        for number in range(launches):
            one.run(number, problem, problem.flops, budget=120.0, keep=number == 0)
    if one.fault:
        raise GraderFault(f"{one.fault}")
    return one
