"""Threads are counted for each submission, and a grader that runs short waits before it says anything."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading

import pytest

from autograder.errors import IsolationUnavailable
from autograder.model import Level, Limits
from autograder.sandbox import account, sandbox
from autograder.sandbox.account import PARENTS, SHARED_THREADS, THREADS, next_account, task_limit, tasks_of
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
    try:
        hold(level)
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    with Sandbox(level) as box, box.fork(LIMITS) as fork:
        program = SandboxProgram(fork, LIMITS)
        program.load([(0, 1, GREEDY)])
        return program.calls(list(calls))


@linux
@pytest.mark.parametrize("level", [Level.STRONG, Level.CONTAINED])
def test_threads_of_a_submission_are_counted(level: Level) -> None:
    """At `contained` an ordinary user's sandboxes share one account, which has room for the threads of others, too."""
    (started,) = answers(level, Call("threads", (1000,)))
    if os.getuid() == 0 and hold(level).guarantees["identity"] != "enforced":
        pytest.skip("root, whose threads the kernel does not count, cannot leave its account: only it can read Python")
    apart = level is Level.STRONG or os.getuid() == 0
    most = THREADS + PARENTS if apart else SHARED_THREADS + 50
    assert THREADS <= started <= most


@linux
@pytest.mark.parametrize("level", list(Level))
def test_honest_threads_start(level: Level) -> None:
    assert answers(level, Call("pool", ([1.0, 2.0],))) == [[2.0, 4.0]]


@linux
def test_two_submissions_are_counted_apart() -> None:
    """What one has used up the other still has."""
    try:
        level = hold(Level.STRONG).level
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    with Sandbox(level) as one, Sandbox(level) as other, one.fork(LIMITS) as first, other.fork(LIMITS) as second:
        counts = []
        for fork in (first, second):
            program = SandboxProgram(fork, LIMITS)
            program.load([(0, 1, GREEDY)])
            counts += program.calls([Call("threads", (1000,))])
        assert min(counts) >= THREADS
        with one.fork(LIMITS):
            pass  # the full sandbox can still fork


@linux
def test_threads_of_an_account_are_those_of_its_processes() -> None:
    before, done = tasks_of(os.getuid()), threading.Event()
    workers = [threading.Thread(target=done.wait) for _ in range(5)]
    for worker in workers:
        worker.start()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert child.stdin is not None
    try:
        assert tasks_of(os.getuid()) >= before + 4  # others of this account may have ended
    finally:
        done.set()
        child.communicate(b"\n")
    assert tasks_of(2**31 - 2) == 0


@linux
@pytest.mark.parametrize(
    ("uid", "level", "leaves_root", "limit"),
    [
        (0, Level.STRONG, True, PARENTS + THREADS),
        (0, Level.CONTAINED, True, PARENTS + THREADS),
        (0, Level.CONTAINED, False, 7 + SHARED_THREADS),
        (1000, Level.STRONG, False, PARENTS + THREADS),
        (1000, Level.CONTAINED, False, 7 + SHARED_THREADS),
    ],
)
def test_an_account_of_its_own_is_counted_apart(monkeypatch, uid, level, leaves_root, limit) -> None:
    monkeypatch.setattr(account.os, "getuid", lambda: uid)
    monkeypatch.setattr(account, "tasks_of", lambda uid: 7)
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

    monkeypatch.setattr(sandbox.subprocess, "Popen", popen)
    assert answers(Level.PROCESS, Call("pool", ([1.0],))) == [[2.0]]
    assert refusals == []
