"""What a worker is shown of a machine with a GPU, on machines that are made up."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from autograder.model import Cell, Isolation, Level, Submission
from autograder.sandbox.command import bubblewrap, command, environment
from autograder.sandbox.cuda import GUARANTEES, Gpu, find_gpu, held, sandbox_level
from autograder.sandbox.isolation import choose
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.view import view
from autograder.wire import Call

MAPS = """\
7f00-7f01 r-xp 00000000 00:20 1  /usr/lib/libc.so.6
7f01-7f02 r-xp 00000000 00:20 2  /opt/driver/lib64/libnvidia-ptxjitcompiler.so.580.1
7f02-7f03 r-xp 00000000 00:20 3  /opt/cuda/compat/libcuda.so.580.159.04
7f03-7f04 r--p 00000000 00:20 3  /opt/cuda/compat/libcuda.so.580.159.04
7f04-7f05 r-xp 00000000 00:20 4  /venv/torch/lib/libtorch_cuda.so
7f05-7f06 rw-p 00000000 00:00 0
"""
SOURCE = """
import inspect

def traced(function):
    return inspect.getsource(function)

@traced
def text(a):
    return a + 1

def first_line():
    return len(text.splitlines()[0])
"""


@pytest.fixture
def machine(tmp_path):
    """Device nodes and a list of mapped libraries."""
    dev, maps = tmp_path / "dev", tmp_path / "maps"
    dev.mkdir()
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-modeset", "null", "sda", "kvm"):
        (dev / name).touch()
    maps.write_text(MAPS, encoding="utf-8")
    return dev, maps


def test_nodes_and_drivers_are_found(machine):
    gpu = find_gpu(*machine)
    assert [os.path.basename(node) for node in gpu.nodes] == ["nvidia-uvm", "nvidia0", "nvidia1", "nvidiactl"]
    assert gpu.drivers == ("/opt/cuda/compat", "/opt/driver/lib64")


def test_a_machine_without_a_gpu_has_nothing_to_show(tmp_path):
    assert find_gpu(tmp_path, tmp_path / "none") == Gpu((), ())


def _pairs(arguments, option):
    return [tuple(arguments[i + 1 : i + 3]) for i, value in enumerate(arguments) if value == option]


def test_the_command_line_shows_the_nodes_before_it_closes_the_folder(machine):
    gpu = find_gpu(*machine)
    arguments = command(Level.STRONG, view(("numpy",)), 7, gpu.mounts())
    assert _pairs(arguments, "--dev-bind") == [(node, node) for node in gpu.nodes]
    last = max(i for i, value in enumerate(arguments) if value in (*gpu.nodes, "--proc", "--tmpfs"))
    closing = [i for i, value in enumerate(arguments) if value == "--remount-ro" and arguments[i + 1] in ("/dev", "/")]
    assert arguments.index("--dev") < arguments.index("--dev-bind") < last < min(closing)
    assert ("/opt/cuda/compat", "/opt/cuda/compat") in _pairs(arguments, "--ro-bind-try")
    assert "--unshare-net" in arguments
    assert "--unshare-pid" in arguments


def test_a_driver_among_the_systems_libraries_is_mounted_already():
    mounts = Gpu((), ("/usr/lib/x86_64-linux-gnu",)).mounts()
    assert "/usr/lib/x86_64-linux-gnu" not in mounts


def test_without_a_gpu_nothing_of_it_is_shown():
    arguments = bubblewrap(view(("numpy",)))
    assert "--proc" not in arguments
    assert "/usr/bin" not in arguments


def test_the_environment_leads_to_the_driver_and_to_the_scratch_folder(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    monkeypatch.setenv("SECRET", "17")
    given = Gpu((), ("/opt/driver",), scratch="/scratch").environment(environment(Level.STRONG))
    assert given["LD_LIBRARY_PATH"] == "/opt/python/lib:/opt/driver"
    assert given["TRITON_LIBCUDA_PATH"] == "/opt/driver"
    assert given["TRITON_CACHE_DIR"] == "/scratch/triton"
    assert given["CUDA_VISIBLE_DEVICES"] == "1"
    assert "SECRET" not in given
    assert "LD_LIBRARY_PATH" not in Gpu((), ()).environment(environment(Level.PROCESS))


def test_what_holds_on_a_gpu_is_never_called_more_than_it_is():
    strong, process = Isolation(Level.STRONG, {"fs_read": "enforced"}), Isolation(Level.PROCESS, {"fs_read": "none"})
    assert held(strong) == Isolation(Level.CONTAINED, GUARANTEES)
    assert GUARANTEES["processes"] == GUARANTEES["memory"] == "none"
    assert held(process) is process
    assert held(Isolation(Level.CONTAINED, {})) is None
    assert sandbox_level(held(strong)) is Level.STRONG
    assert sandbox_level(process) is Level.PROCESS


@pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")
def test_folders_on_the_way_to_a_driver_can_be_entered_by_anybody(tmp_path):
    folder = tmp_path / "some" / "driver"
    folder.mkdir(parents=True)
    arguments = bubblewrap(view(("numpy",)), Gpu((), (str(folder),)).mounts())
    script = f"import os; print(oct(os.stat({str(folder.parent)!r}).st_mode)[-3:], os.access('/tmp', os.W_OK))"
    ran = subprocess.run(
        [*arguments, "/opt/python/bin/python3", "-I", "-S", "-c", script], capture_output=True, text=True
    )
    if ran.returncode and "Operation not permitted" in ran.stderr:
        pytest.skip("namespaces are denied here")
    assert ran.stdout.split() == ["755", "True"], ran.stderr


def test_a_compiler_of_python_code_finds_the_text_of_a_submission(tiny):
    submission = Submission("ada", "", "", "script", (Cell(0, 3, SOURCE),))
    with (
        Sandbox(choose(None, at_least=Level.PROCESS).level) as sandbox,
        SandboxRunner(sandbox, tiny.assignment, submission) as runner,
        runner.start() as program,
    ):
        assert program.calls([Call("first_line", ())]) == [len("@traced")]
