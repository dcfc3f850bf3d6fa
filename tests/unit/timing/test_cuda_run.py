"""The GPU's whole way, rehearsed on the CPU: sandboxes, memory, blocks, the judge, and the race's PyTorch track."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import pytest

from autograder.assignment.discover import Declared, beside, find_assignment
from autograder.errors import AutograderError, GraderFault, IsolationUnavailable, OutOfMemory, SubmissionFault
from autograder.model import Cell, Isolation, Level, Standing, Submission, Verdict
from autograder.sandbox.cuda import Gpu
from autograder.sandbox.cuda_memory import ARENA_BYTES, StagedMemory
from autograder.sandbox.isolation import choose
from autograder.speed.award import Outcome, refused
from autograder.timing import run
from autograder.timing.cuda import blocks as cuda_blocks
from autograder.timing.cuda import device as cuda_device
from autograder.timing.cuda import setup as cuda_setup
from autograder.timing.cuda.run import graders_own, on_device, oracle, time_kernel
from autograder.timing.entry import Track

ROOT = Path(__file__).parents[3]
SHIFTED = """
import torch
from torch.nn.functional import pad as enlarge

def conv2d_fast_forward(x, w, b, stride=1, pad=0):
    rows, columns = ((x.shape[axis] + 2 * pad - w.shape[axis]) // stride + 1 for axis in (2, 3))
    padded, out = enlarge(x, (pad, pad, pad, pad)), b[None, :, None, None]
    for p in range(w.shape[2]):
        for q in range(w.shape[3]):
            out = out + torch.einsum("nchw,fc->nfhw", padded[:, :, p : p + rows, q : q + columns], w[:, :, p, q])
    return out, None

def conv2d_fast_backward(dout, cache):
    return None
"""


@pytest.fixture(scope="module")
def conv() -> Declared:
    return find_assignment("conv", ROOT)


@pytest.fixture
def kernel(conv, monkeypatch):
    """The forward pass alone, on the layers that are timed on a CPU, in few launches."""
    monkeypatch.setattr(cuda_blocks, "LAUNCHES", 6)
    monkeypatch.setattr(cuda_blocks, "DRIFT", 9.0)  # what the machine does beside this is not the point
    module = beside(conv.assignment, "speed")
    task = dataclasses.replace(module.KERNEL.tasks[0], cuda_draw=module.draw)
    return dataclasses.replace(module.KERNEL, tasks=(task,), target=50.0)  # nor how fast it is


@pytest.fixture
def setup(conv):
    level = choose(None, at_least=Level.PROCESS).level
    isolation = Isolation(Level.PROCESS if level is Level.PROCESS else Level.CONTAINED, {})
    track = Track("torch", "wall", partial(StagedMemory, 64 * 2**20, "cpu"), cuda_setup.LIMITS)
    if cuda_setup.sandbox_level(isolation) is not level:
        pytest.skip("a GPU's sandbox takes bubblewrap")
    return cuda_setup.Setup(conv.assignment, isolation, Gpu((), ()), track, device="cpu")


def submission(source: str) -> Submission:
    return Submission("ada", "", "", "script", (Cell(0, 1, source),))


def test_honest_code_is_timed(setup, kernel):
    judged = time_kernel(setup, kernel, submission(SHIFTED), 5, lambda task, done, most: None)
    assert judged.outcome.award.standing in (Standing.SCORED, Standing.HELD), judged.outcome.award.reason
    (timing,) = judged.outcome.timings
    assert timing.verdict is Verdict.PASS
    assert set(timing.costs) == {"null", "naive", "im2col", "library", "submission"}
    assert 0.0 < judged.alike[0] < cuda_blocks.ALIKE


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import torch\ndef conv2d_fast_forward(x): return torch.nn.functional.conv2d(x)", "uses torch.nn.functional."),
        ("import torch", "conv2d_fast_forward is not defined"),
    ],
)
def test_what_may_not_or_cannot_run_is_refused_before_anything_is_timed(setup, kernel, source, why):
    outcome = time_kernel(setup, kernel, submission(source), 5, lambda task, done, most: None).outcome
    assert outcome.award.standing is Standing.REFUSED
    assert why in outcome.award.reason


def test_the_judge_is_the_library_in_float64_and_is_judged_itself(setup, kernel):
    (task,) = kernel.tasks
    problem = on_device(task, oracle(setup, kernel, task), "cpu").draw(np.random.default_rng(1), True)
    assert oracle(setup, kernel, task)(problem)["out"].dtype == np.float64
    lying = dataclasses.replace(task, expected=lambda problem: {"out": np.ones(problem.outputs["out"])})
    with pytest.raises(GraderFault, match="The library's own out is off by"):
        oracle(setup, kernel, lying)


def test_what_pytorch_raises_in_the_grader_is_not_the_submissions_fault():
    with pytest.raises(GraderFault, match="The grader could not use the GPU: RuntimeError: CUDA error"), graders_own():
        raise RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA")
    with pytest.raises(OutOfMemory), graders_own():
        raise OutOfMemory("It left no memory on the GPU.")
    with pytest.raises(GraderFault), graders_own(SubmissionFault):
        raise OutOfMemory("It left no memory on the GPU.")


def test_a_task_must_say_how_large_it_is_on_a_gpu(kernel):
    silent = dataclasses.replace(kernel.tasks[0], cuda_draw=None)
    with pytest.raises(GraderFault, match="Task forward says nothing about its size on a GPU; give it a cuda_draw"):
        on_device(silent, lambda problem: {}, "cpu")


def test_the_layers_for_a_gpu_are_equally_large_and_fit_into_the_arena(conv):
    family = beside(conv.assignment, "speed").CUDA_FAMILY
    work = [n * c * f * height * width * 9 for n, c, f, height, width in family]
    assert max(work) / min(work) < 1.05
    for n, c, f, height, width in family:  # x, dout, dx, and w and dw, in float32
        assert 4 * (n * (2 * c + f) * height * width + 2 * 9 * c * f) < ARENA_BYTES
        assert n * height * width < 30_000, "a plain float32 sum of more terms comes near the tolerance"


def test_a_ground_is_tried_out_before_it_is_believed(setup):
    cuda_setup.try_out(setup)
    deaf = dataclasses.replace(setup, device="cuda")
    if cuda_device.without_cuda():
        with pytest.raises((GraderFault, RuntimeError, AssertionError)):
            cuda_setup.try_out(deaf)


def test_the_level_between_is_not_to_be_had_on_a_gpu(conv):
    with (
        pytest.raises(IsolationUnavailable, match=r"Install bubblewrap .* or ask for --isolation process"),
        cuda_setup.prepare(conv.assignment, Isolation(Level.CONTAINED, {})),
    ):
        pass


def test_without_bubblewrap_compilers_get_a_folder_that_goes_with_the_run(conv, monkeypatch):
    monkeypatch.setattr("torch.cuda.init", lambda: None)
    monkeypatch.setattr(cuda_setup, "find_gpu", lambda: Gpu(("/dev/nvidia0",), ()))
    monkeypatch.setattr(cuda_setup, "_first_that_works", lambda setup, route: setup)
    with cuda_setup.prepare(conv.assignment, Isolation(Level.PROCESS, {}), same_account=True) as setup:
        scratch = Path(setup.gpu.scratch)
        assert scratch.stat().st_mode & 0o7777 == 0o1777
        assert setup.gpu.same_account
    assert not scratch.exists()
    with cuda_setup.prepare(conv.assignment, Isolation(Level.STRONG, {})) as setup:
        assert setup.gpu.scratch == "/tmp"
        assert setup.isolation.level is Level.CONTAINED


def test_the_first_route_that_works_is_taken_and_the_other_is_explained(setup, monkeypatch):
    def only_host(name):
        if name == "ipc":
            raise GraderFault("The GPU's memory cannot be shared: not here.")
        return Track("torch", "wall")

    monkeypatch.setattr(cuda_setup, "_track", only_host)
    monkeypatch.setattr(cuda_setup, "try_out", lambda setup: None)
    (note,) = cuda_setup._first_that_works(setup, "auto").notes
    assert note.endswith("by way of the host: The GPU's memory cannot be shared: not here.")
    with pytest.raises(GraderFault, match=r"No worker reaches the GPU. The GPU's memory cannot be shared: not here."):
        cuda_setup._first_that_works(setup, "ipc")


def test_cuda_without_a_device_is_an_error_of_the_whole_command(conv, tmp_path, monkeypatch):
    monkeypatch.setattr(cuda_device, "without_cuda", lambda: "torch finds no CUDA device here")
    path = tmp_path / "ada.py"
    path.write_text("import torch\n", encoding="utf-8")
    with pytest.raises(AutograderError, match="It cannot be timed on a GPU: torch finds no CUDA device here"):
        run.time_submission(conv, path, isolation=Isolation(Level.PROCESS, {}), device="cuda")


def test_a_report_from_a_gpu_says_what_held_and_in_what_state_it_was(conv, tmp_path, monkeypatch):
    held = Isolation(Level.CONTAINED, {"processes": "none"})
    monkeypatch.setattr(cuda_device, "without_cuda", lambda: None)
    monkeypatch.setattr(cuda_device, "device_name", lambda: "NVIDIA Something")
    monkeypatch.setattr(run, "gpu_state", lambda when: {f"clocks.sm {when}": "1980 MHz"})
    monkeypatch.setattr(run, "versions", lambda: {"torch": "2.x"})
    outcome = Outcome(refused("It is wrong."), isolation=held, notes=("by way of the host",))
    monkeypatch.setattr(run, "_on_gpu", lambda *_: outcome)
    path = tmp_path / "ada.py"
    path.write_text("import torch\n", encoding="utf-8")
    report = run.time_submission(conv, path, isolation=Isolation(Level.STRONG, {}))
    assert (report.track, report.clock, report.device.kind) == ("torch", "wall", "cuda")
    assert report.isolation == held
    assert report.notes[-1] == "by way of the host"
    assert report.environment["clocks.sm before"] == report.environment["clocks.sm after"] == "1980 MHz"


TRAINER = """
import torch
from torch.nn.functional import conv2d, cross_entropy

def logits(params, images):
    hidden = conv2d(images, params["W1"], params["b1"], stride=2, padding=2).relu()
    hidden = conv2d(hidden, params["W2"], params["b2"], stride=2, padding=2).relu()
    return hidden.flatten(1) @ params["W3"] + params["b3"]

def train(params, images, labels, commit, rng):
    params = {name: weights.clone().requires_grad_() for name, weights in params.items()}
    optimizer = torch.optim.Adam(list(params.values()), 0.003)
    for step in range(1, 401):
        batch = torch.randint(len(labels), (64,), generator=rng)
        loss = cross_entropy(logits(params, images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0:
            commit(params)
"""


def test_pytorch_code_races_against_pytorch_code_on_the_cpu(tmp_path, monkeypatch):
    training = find_assignment("training", ROOT)
    race = dataclasses.replace(beside(training.assignment, "speed").RACE, draws=1, target=0.6, budget=20.0)
    monkeypatch.setattr(run, "timed_part", lambda declared: race)
    path = tmp_path / "ada.py"
    path.write_text(TRAINER, encoding="utf-8")
    report = run.time_submission(training, path, isolation=choose(None, at_least=Level.PROCESS), device="cpu", seed=3)
    assert (report.track, report.clock, report.device.why) == ("torch", "cpu", "asked for")
    assert report.standing is Standing.SCORED, report.reason
    assert report.timings[0].verdict is Verdict.PASS
    assert report.timings[0].costs.keys() == {"baseline", "submission"}
    msgspec.json.encode(report)
