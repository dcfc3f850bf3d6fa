"""Threads are counted for each submission, and a grader that runs short waits before it says anything."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from autograder.errors import GraderFault, IsolationUnavailable
from autograder.model import Level, Limits
from autograder.sandbox import account, nursery, process, sandbox
from autograder.sandbox.account import PARENTS, THREADS, next_account, task_limit
from autograder.sandbox.isolation import hold
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Sandbox
from autograder.wire import Call

LIMITS = Limits(cpu_s=4, wall_s=60, memory_mb=256, reply_mb=1)
GREEDY = """
import _thread, threading

def threads(most):
    threading.stack_size(32768)
    lock = _thread.allocate_lock()
    lock.acquire()
    for count in range(most):
        try:
            _thread.start_new_thread(lock.acquire, ())
        except RuntimeError:
            return count
    return most

def pool(numbers):
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as workers:
        return list(workers.map(lambda x: 2 * x, numbers))
"""

linux = pytest.mark.skipif(sys.platform != "linux", reason="threads of an account are counted on Linux")


def answers(level: Level, *calls: Call) -> list[object]:
    held(level)
    with Sandbox(level) as box, box.fork(LIMITS) as fork:
        program = SandboxProgram(fork, LIMITS)
        program.load([(0, 1, GREEDY)])
        return program.calls(list(calls))


def held(level: Level) -> None:
    try:
        hold(level)
    except IsolationUnavailable as error:
        pytest.skip(str(error))


@linux
@pytest.mark.parametrize("level", [Level.STRONG, Level.CONTAINED])
def test_threads_of_a_submission_are_counted(level: Level) -> None:
    """Those that have ended make room for others."""
    call = Call("pool", ([1.0] * 8,))
    *pools, started = answers(level, *[call] * 12, Call("threads", (1000,)))
    assert pools == [[2.0] * 8] * 12
    assert started == THREADS


@linux
@pytest.mark.parametrize("level", list(Level))
def test_honest_threads_start(level: Level) -> None:
    assert answers(level, Call("pool", ([1.0, 2.0],))) == [[2.0, 4.0]]


@linux
@pytest.mark.parametrize("level", [Level.STRONG, Level.CONTAINED])
def test_two_submissions_are_counted_apart(level: Level) -> None:
    """What one has used up the other still has."""
    held(level)
    with Sandbox(level) as one, Sandbox(level) as other, one.fork(LIMITS) as first, other.fork(LIMITS) as second:
        counts = []
        for fork in (first, second):
            program = SandboxProgram(fork, LIMITS)
            program.load([(0, 1, GREEDY)])
            counts += program.calls([Call("threads", (1000,))])
        assert counts == [THREADS, THREADS]
        with one.fork(LIMITS):
            pass  # the full sandbox can still fork


def parent_of(box: Sandbox) -> int:
    """The process that forks, as this process names it: below bubblewrap, a nursery and a keeper."""
    process = box._parent._nursery.process.pid
    for _ in range(3 if box.level is Level.STRONG else 2):
        (process,) = map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
    return process


@linux
@pytest.mark.parametrize("level", [Level.STRONG, Level.CONTAINED])
def test_a_thread_that_the_account_has_no_place_for_waits_and_is_nobodys_fault(monkeypatch, level: Level) -> None:
    """A place that becomes free is taken; where none does, it is the grader that was short, not the student."""
    held(level)
    monkeypatch.setattr(sandbox, "PATIENCE_S", 1.5)
    with Sandbox(level) as box, box.fork(LIMITS) as fork:
        if os.getuid() == 0:
            pytest.skip("the limit of root's processes is not root's to set here: test_other_account.py runs this, too")
        parent = parent_of(box)
        hard = resource.prlimit(parent, resource.RLIMIT_NPROC)[1]
        program = SandboxProgram(fork, LIMITS)
        program.load([(0, 1, GREEDY)])
        resource.prlimit(parent, resource.RLIMIT_NPROC, (1, hard))
        free = threading.Timer(0.3, resource.prlimit, (parent, resource.RLIMIT_NPROC, (hard, hard)))
        free.start()
        assert program.calls([Call("pool", ([1.0],))]) == [[2.0]]
        free.join()
        resource.prlimit(parent, resource.RLIMIT_NPROC, (1, hard))
        with pytest.raises(GraderFault, match=r"^This machine is short of processes, .* raise the account's limits"):
            program.calls([Call("pool", ([1.0],))])


@linux
@pytest.mark.parametrize(
    ("uid", "level", "leaves_root", "limit"),
    [
        (0, Level.STRONG, True, PARENTS + THREADS),
        (0, Level.CONTAINED, True, PARENTS + THREADS),
        (0, Level.CONTAINED, False, None),
        (1000, Level.STRONG, False, PARENTS + THREADS),
        (1000, Level.CONTAINED, False, None),
    ],
)
def test_an_account_of_its_own_is_counted_apart(monkeypatch, uid, level, leaves_root, limit) -> None:
    monkeypatch.setattr(account.os, "getuid", lambda: uid)
    assert task_limit(level, leaves_root) == limit


def test_each_sandbox_has_an_account_that_nobody_owns() -> None:
    found = {next_account() for _ in range(account.ACCOUNTS)}
    assert len(found) == account.ACCOUNTS
    assert min(found) > 60_000
    assert max(found) < 65_534


def test_a_sandbox_starts_once_processes_are_to_be_had_again(monkeypatch) -> None:
    """First the grader has no process, then bubblewrap says that it has none."""
    refusals = ["raise", "say"]
    really = subprocess.Popen

    def popen(arguments, **options):
        match refusals.pop(0) if refusals else "":
            case "raise":
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            case "say":
                sentence = f"bwrap: Creating new namespace failed: {os.strerror(errno.EAGAIN)}"
                arguments = [sys.executable, "-c", f"import sys; sys.exit({sentence!r})"]
        return really(arguments, **options)

    nursery.close()
    monkeypatch.setattr(process.subprocess, "Popen", popen)
    assert answers(Level.PROCESS, Call("pool", ([1.0],))) == [[2.0]]
    assert refusals == []
