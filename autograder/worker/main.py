"""Where a worker begins: imports its packages once, before anything of a student is near.

Then it is a nursery, from which the parent of each submission is forked (`nursery.py`), or the parent of one submission
itself (`parent.py`).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import socket
from collections.abc import Sequence

from autograder.worker import absent, confine, nursery, parent, years
from autograder.worker.control import Control

# What submissions import most; loaded once here rather than in every fork.
WARM = (
    "abc", "array", "bisect", "collections", "copy", "dataclasses", "enum", "fractions", "functools", "heapq",
    "inspect", "itertools", "json", "math", "numbers", "operator", "os", "pickle", "random", "re", "statistics",
    "string", "time", "types", "typing", "warnings",
)  # fmt: skip
WARM_IN = {"numpy": ("numpy.fft", "numpy.linalg", "numpy.random", "numpy.lib.stride_tricks", "numpy.ma")}


def main(descriptor: int) -> None:
    """Run on control socket `descriptor` until the grader closes it."""
    control = Control(socket.socket(fileno=descriptor))
    confine.lift_address_space()
    config, _ = control.receive()
    warm_up(config["packages"], config["warm"])
    keep_freed_memory()
    absent.install(config["modules"])
    with contextlib.suppress(KeyError):  # a machine that has no filter
        confine.seccomp_filter(os.uname().machine)
    gc.collect()
    gc.freeze()
    if config["alone"]:
        parent.serve(control, config["alone"])
    else:
        nursery.serve(control, parent.serve)
    os._exit(0)  # there is nothing that the interpreter would have to put in order


def keep_freed_memory() -> None:
    """Let the C library keep memory that a program frees for what it asks next. glibc gives blocks of 128 kB back to
    the kernel, and the arrays of a training loop are then zeroed page by page again: a fifth of its CPU time. The free
    of a block of up to 32 MB raises that limit to its size, for the forks as well (mallopt(3), M_MMAP_THRESHOLD).
    Nothing is written to the block, so that it takes no memory."""
    bytes(31 * 2**20)


def warm_up(packages: list[str], more: Sequence[str] = ()) -> None:
    """Import the assignment's packages, what is commonly used of them, and what else is asked for; and give NumPy the
    names that it has dropped, which every fork needs and would take as long for as for the submission itself."""
    for name in (*WARM, *packages, *more, *(part for package in packages for part in WARM_IN.get(package, ()))):
        importlib.import_module(name)
    years.put_back()
