"""The worker's parent: what it starts with must exist."""

from __future__ import annotations

import importlib
import os
import platform
import socket
import subprocess
import sys

import pytest

from autograder.model import Level
from autograder.sandbox.command import environment
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


LOOP = """
import resource
import numpy as np
from autograder.worker.main import keep_freed_memory
{first}
faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(200):
    np.full(2**17, 1.0) + np.full(2**17, 2.0)  # three arrays of 1 MB
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults)
"""


def page_faults(first):
    """Of a loop that makes arrays, after the statement `first`, in the environment that a worker has: Dask, in the
    process of another test, sets MALLOC_TRIM_THRESHOLD_ (distributed.yaml)."""
    env = {**environment(Level.PROCESS), "PYTHONPATH": os.pathsep.join(sys.path)}
    program = [sys.executable, "-c", LOOP.format(first=first)]
    return int(subprocess.run(program, env=env, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide otherwise")
def test_what_is_freed_is_used_again_without_the_kernel():
    """Else each page of each array is a fault again, in each of 200 rounds; with this, in a few of them at most."""
    assert page_faults("keep_freed_memory()") < page_faults("") / 10
