"""Timing on workers of a Dask cluster: on those that offer what it asks for, and alone there."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import msgspec
import pytest
from click.testing import CliRunner
from test_timed_part import CODE, SPEED
from tiny_course import write_assignment

from autograder.assignment.discover import discover
from autograder.cli import cli
from autograder.cluster import connect
from autograder.errors import AutograderError
from autograder.model import Level
from autograder.store import kept_speeds
from autograder.submission import read_submission
from autograder.timing.elsewhere import GPU, TIMED, Order, Reply, resource, time_order
from autograder.version import VERSION

distributed = pytest.importorskip("distributed")

CUDA = "FIRST = Kernel((TASK,), CODE, rounds=(2, 2), cuda_baselines=CODE)\n"


@pytest.fixture(scope="module")
def timed_course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("timed")
    assignment = write_assignment(folder, "timed_tiny")
    (assignment / "speed.py").write_text(SPEED)
    for name, source in CODE.items():
        (assignment / f"{name}.py").write_text(source)
    (folder / "ada.py").write_text(CODE["library"])
    (folder / "bob.py").write_text("def double(x):\n    return 3 * x\n")
    return folder


@pytest.mark.filterwarnings("default")  # Dask's own sockets, when its scheduler is ended
def test_what_is_timed_runs_where_its_resource_is_offered(timed_course, tmp_path, monkeypatch):
    """The other worker has no course: whatever it was given would fail."""
    monkeypatch.chdir(timed_course)
    file = tmp_path / "scheduler.json"
    with contextlib.ExitStack() as stack:

        def start(part, *options, where):
            command = [sys.executable, "-m", f"distributed.cli.dask_{part}", "--scheduler-file", str(file)]
            process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--no-dashboard", *options], cwd=where, stderr=subprocess.DEVNULL
            )
            stack.callback(process.wait)
            stack.callback(process.kill)

        start("scheduler", "--port", "0", where=tmp_path)
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        start("worker", "--no-nanny", "--nthreads", "4", where=tmp_path)
        address = msgspec.json.decode(file.read_bytes())["address"].replace("tcp://", "dask://")
        with distributed.Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            arguments = ["speed", "timed_tiny", "ada.py", "bob.py", "--isolation", "process", "--executor", address]
            refused = CliRunner().invoke(cli, arguments)
            assert str(refused.exception).startswith(
                "No worker offers the resource TIMED: in the course's folder start"
            )
            start("worker", "--no-nanny", "--nthreads", "1", "--resources", "TIMED=1", where=timed_course)
            client.wait_for_workers(2, timeout=60)
            done = CliRunner().invoke(cli, [*arguments, "--out", str(tmp_path / "out"), "--json"])
            assert (done.exit_code, done.stderr) == (0, "Timing 2 files on the cluster, one a worker.\n"), (
                done.exception
            )
            with connect(address) as there, pytest.raises(AutograderError, match=r"^No worker offers the resource GPU"):
                there.require([TIMED, GPU])
    reports = {report.submission.id: report for report in kept_speeds(tmp_path / "out")}
    assert reports["ada"].timings
    assert reports["ada"].device.why == "NumPy computes on the CPU"
    assert reports["bob"].reason.startswith("Speed counts once it is right")
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("source", "device", "speed", "asked"),
    [
        ("import torch\n", "auto", CUDA, GPU),
        ("import torch\n", "auto", "", TIMED),
        ("import torch\n", "cpu", CUDA, TIMED),
        ("import numpy\n", "auto", CUDA, TIMED),
        ("import numpy\n", "cuda", CUDA, GPU),
    ],
)
def test_what_is_timed_on_a_gpu_asks_for_one(timed_course, tmp_path, source, device, speed, asked):
    folder = write_assignment(tmp_path, "sometimes_timed")
    (folder / "speed.py").write_text(SPEED.replace(SPEED.splitlines()[-1], speed or SPEED.splitlines()[-1]))
    (tmp_path / "eve.py").write_text(source)
    assert resource(discover(folder), read_submission(tmp_path / "eve.py", id="eve"), device) == asked


@pytest.mark.parametrize(
    ("changed", "error", "failed"),
    [
        ({"grader": "0.0"}, "A worker of the cluster cannot time: it says that it has autograder ", False),
        ({"version": "sha256:1"}, "A worker of the cluster cannot time: it says that it has another version of", False),
        ({"device": "cuda"}, "It cannot be timed on a GPU: the submission imports neither torch nor triton.", False),
    ],
)
def test_a_worker_that_cannot_time_says_why(timed_course, monkeypatch, changed, error, failed):
    monkeypatch.chdir(timed_course)
    version = discover(timed_course / "assignments" / "timed_tiny").assignment.version
    submission = read_submission(timed_course / "ada.py", id="ada")
    order = Order("timed_tiny", version, VERSION, Level.PROCESS, "cpu", submission)
    reply = msgspec.json.decode(time_order(msgspec.json.encode(msgspec.structs.replace(order, **changed))), type=Reply)
    assert reply.error.startswith(error)
    assert (reply.report, reply.failed) == (None, failed)


def test_jobs_go_with_slurm(timed_course, monkeypatch):
    monkeypatch.chdir(timed_course)
    done = CliRunner().invoke(cli, ["speed", "timed_tiny", "ada.py", "--jobs", "2"])
    assert done.exit_code == 2
    assert "--jobs goes with --executor slurm" in done.stderr
