"""The worker's parent: what it starts with must exist."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys

import pytest

from autograder.worker.control import Control
from autograder.worker.main import WARM, WARM_IN


@pytest.mark.parametrize("name", [*WARM, *(part for parts in WARM_IN.values() for part in parts)])
def test_what_is_warmed_up_can_be_imported(name):
    assert importlib.import_module(name)


def test_control_messages_arrive_whole_with_their_descriptors():
    left, right = socket.socketpair()
    with left, right:
        Control(left).send({"op": "x", "text": "é" * 10_000})
        message, descriptors = Control(right).receive()
        assert (message["text"][-1], descriptors) == ("é", [])
        left.close()
        with pytest.raises(EOFError):
            Control(right).receive()


GATHERED = """
import os
from autograder.worker import pages
numbers = [str(n) for n in range(200_000)]
places = [id(n) for n in numbers]
moved = pages.gather()
assert 0 <= moved < 1000
if pid := os.fork():
    _, status = os.waitpid(pid, 0)
    assert status == 0 and [id(n) for n in numbers] == places
else:
    numbers.append(str(sum(map(int, numbers)))), os._exit(numbers[-1] != "19999900000")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such pages")
def test_memory_in_large_pages_holds_what_it_held_and_can_be_forked():
    subprocess.run([sys.executable, "-c", GATHERED], check=True)
