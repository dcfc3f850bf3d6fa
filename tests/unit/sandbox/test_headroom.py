"""What trusted code may take of the grading process's memory: a listed mistake that asks for a gigabyte is refused."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from autograder.errors import OutOfMemory
from autograder.sandbox.headroom import headroom
from autograder.sandbox.local import LocalProgram
from autograder.wire import Call

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="address space is limited on Linux")
MB = 2**20


def limits() -> tuple[int, int]:
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)


def take(megabytes: float) -> int:
    return len(np.ones(int(megabytes) * MB, np.uint8))


def test_a_mistake_that_takes_too_much_is_out_of_memory_and_the_next_one_runs() -> None:
    before = limits()
    greedy, modest, again = LocalProgram({"take": take}).calls(
        [Call("take", (1500.0,)), Call("take", (20.0,)), Call("take", (1500.0,))]
    )
    assert (type(greedy), type(again)) == (OutOfMemory, OutOfMemory)
    assert str(greedy) == "take asked for more memory than the check allows."
    assert modest == 20 * MB
    assert limits() == before


def test_the_limit_lasts_while_anybody_needs_it() -> None:
    before, entered, leave = limits(), threading.Event(), threading.Event()

    def other() -> None:
        with headroom():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert entered.wait(10)
    with headroom():
        assert limits()[0] != before[0]
    with pytest.raises(MemoryError):
        take(1500)
    leave.set()
    thread.join()
    assert limits() == before
    assert take(1) == MB


def test_an_exception_restores_the_limit() -> None:
    before = limits()
    with pytest.raises(KeyError), headroom():
        raise KeyError
    assert limits() == before


def test_a_worker_that_starts_meanwhile_is_not_held_to_it() -> None:
    lift = "from autograder.worker import confine; confine.lift_address_space(); import resource; "
    code = f"{lift}print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    with headroom(600):
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert int(said) == limits()[1]
