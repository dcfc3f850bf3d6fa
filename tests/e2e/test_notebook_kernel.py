"""`check(…)` and `%%check` in a real kernel: it lives on, and says what `autograder check` says of the file."""

from __future__ import annotations

import json
import queue
import sys
import time

import pytest
from click.testing import CliRunner
from tiny_course import RIGHT

from autograder.cli.student import check_command

pytest.importorskip("ipykernel", reason="a kernel comes with nbgrader: pip install 'dl-autograder[nbgrader]'")
pytestmark = pytest.mark.filterwarnings("ignore")  # pyzmq's and asyncio's, on their way through a kernel's start


class Kernel:
    """A kernel, and what a front end does with it: cells have an identity, outputs are collected."""

    def __init__(self, folder):
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager(kernel_name="python3")
        self.manager.kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.manager.start_kernel(cwd=str(folder))
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run(self, source, cell=None):
        """What a cell shows, as (text, HTML, the value); what goes to stderr is an error."""
        message = self.client.session.msg(
            "execute_request",
            {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False},
            metadata={"cellId": cell} if cell else {},
        )
        self.client.shell_channel.send(message)
        shown, deadline = {"text": "", "html": "", "value": None, "error": None}, time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                said = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                assert self.manager.is_alive(), "the kernel died"
                continue
            if said["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            content = said["content"]
            if said["msg_type"] == "status" and content["execution_state"] == "idle":
                return shown
            self._collect(said["msg_type"], content, shown)
        raise AssertionError("the cell does not end")

    def _collect(self, kind, content, shown):
        if kind == "display_data":
            shown["text"] += content["data"]["text/plain"]
            shown["html"] += content["data"].get("text/html", "")
        elif kind == "execute_result":
            shown["value"] = content["data"]["text/plain"]
        elif kind == "error":
            shown["error"] = content["ename"]
        elif kind == "stream":
            assert content["name"] != "stderr", content["text"]
            shown["text"] += content["text"]


@pytest.fixture(scope="module")
def kernel(course):
    running = Kernel(course)
    running.run("from autograder import check\nimport numpy as np\nkept = [1]", "imports")
    yield running
    running.client.stop_channels()
    running.manager.shutdown_kernel(now=True)


WRONG = {
    "endless": ("def double(x):\n    while True:\n        pass", "TIMEOUT"),
    "dies": ("import os\ndef double(x):\n    os._exit(0)", "CRASH"),
    "segfault": ("import ctypes\ndef double(x):\n    ctypes.string_at(0)", "CRASH"),
    "hog": ("def double(x):\n    return np.ones(10**9)", "MEMORY"),
    "leaves": ("def double(x):\n    exit()", "CRASH"),
    "forbidden": ("def double(x):\n    return np.einsum('i->i', x) * 2", "FORBIDDEN"),
    "short": ("def double(x):\n    return (x * np.array(2.0, 'f4') * np.array(1.0000001, 'float32'))", "FAIL"),
    "absent": ("import pandas\ndef double(x):\n    return pandas.Series(2 * x).values", "CRASH"),
    "raises": ("np.seterr(all='raise')\ndef double(x):\n    np.log(np.zeros(1))\n    return 2 * x", "CRASH"),
    "squares": ("def double(x):\n    return x * x", "FAIL"),
    "keeps": ("def double(x):\n    x *= 2\n    return x", "FAIL"),
    "writes": ("def double(x):\n    globals().update(kept=None); open('left', 'w')\n    return 2 * x", "CRASH"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_verdicts_are_those_of_the_file_and_the_kernel_lives_on(kernel, hand_in, course, monkeypatch, name):
    source, verdict = WRONG[name]
    kernel.run(f"import numpy as np\n{source}", "solution")
    before = kernel.run("len(kept)")["value"]
    shown = kernel.run('check("double")')
    assert shown["error"] is None
    assert verdict in shown["text"]
    assert kernel.run("len(kept)")["value"] == before, "its state was changed"
    assert not (course / "left").exists()
    monkeypatch.chdir(course)
    file = hand_in("ada", ["import numpy as np", f"import numpy as np\n{source}"])
    told = json.loads(
        CliRunner().invoke(check_command, ["tiny", str(file), "--only", "double", "--format", "json"]).stdout
    )
    assert float(shown["value"]) == told["score"]
    for verdict in {result["verdict"] for result in told["results"]} - {"PASS"}:
        assert f" {verdict:<8} " in shown["text"]
    assert ("passed" in shown["text"]) == any(result["verdict"] == "PASS" for result in told["results"])


def test_what_is_right_earns_its_points_by_both_ways_of_asking(kernel):
    assert kernel.run(f"%%check double\n{RIGHT}", "solution")["value"] == "3.0"
    shown = kernel.run('check("affine_backward")')
    assert (shown["value"], shown["error"]) == ("3.0", None)
    assert kernel.run("double(3.0)")["value"] == "6.0", "%%check runs its cell in the notebook, too"


def test_an_earlier_text_of_a_cell_does_not_count(kernel):
    """It is not in the saved file, so a function that only it defined is missing there."""
    kernel.run(f"{RIGHT}\ndef double(x): return helper(x)\ndef helper(x): return x + x", "again")
    assert kernel.run('check("double")')["value"] == "3.0"
    kernel.run(f"{RIGHT}\ndef double(x): return helper(x)", "again")
    assert kernel.run("helper(1)")["value"] == "2", "the kernel still knows it"
    shown = kernel.run('check("double")')
    assert shown["value"] == "0.0"
    assert "NameError: name 'helper' is not defined" in shown["text"]


def test_a_place_is_told_by_the_number_beside_the_cell(kernel):
    kernel.run("def double(x):\n    return x.nothing", "again")
    number = int(kernel.run("len(In) - 2")["value"])
    shown = kernel.run('check("double")')
    assert f"(cell {number}, line 2)" in shown["text"]
    assert "cell 4 is the one with [4]" in shown["text"]


def test_the_kernel_keeps_its_numbers_and_its_draws(kernel):
    kernel.run(
        "import random; random.seed(1); np.random.seed(1); before = random.getstate(), str(np.random.get_state())"
    )
    kernel.run('check("double")')
    state = "(random.getstate(), str(np.random.get_state())) == before, np.float32(1).nbytes"
    assert kernel.run(state)["value"] == "(True, 4)"
