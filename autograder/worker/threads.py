"""Threads of a submission, counted by the worker's parent, which the kernel asks before one starts or ends.

RLIMIT_NPROC counts all processes of an account, so where sandboxes share one (an ordinary user, no user namespace) one
submission could use up the places of another. Therefore a filter that every fork inherits hands each `clone` of a
thread, and each `exit` of one, to the parent. Only arguments in registers are looked at, and `confine`'s own filter
judges the same call as well, so to let it go on is safe. Source: seccomp_unotify(2), Linux 5.5 or later.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import time
from dataclasses import dataclass, field

from autograder.worker import confine

RET_USER_NOTIF = 0x7FC00000
RECEIVE, SEND = 0xC0502100, 0xC0182101  # ioctl(2): SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND
QUESTION, ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")  # seccomp_notif, seccomp_notif_resp
CONTINUE = 1

STARTS = 1000  # of threads in one fork: each is a little work for the parent, which is not charged
GRACE_S = 0.1  # Python lets go of a thread a moment before the kernel does
TICK_MS = 10


def filter_program(machine: str) -> bytes:
    """The filter that asks about threads on `machine` and allows all else; KeyError on another machine."""
    arch, column = confine.ARCHITECTURES[machine]
    ask, allow = (confine.RET, 0, 0, RET_USER_NOTIF), (confine.RET, 0, 0, confine.RET_ALLOW)
    code = [
        (confine.LD, 0, 0, confine.ARCH),
        (confine.JEQ, 1, 0, arch),
        allow,  # which the other filter kills
        (confine.LD, 0, 0, confine.NR),
        (confine.JEQ, 0, 1, confine.ALLOWED["exit"][column]),
        ask,
        (confine.JEQ, 0, 3, confine.CLONE[column]),
        (confine.LD, 0, 0, confine.ARG0),
        (confine.JSET, 0, 1, confine.CLONE_THREAD),
        ask,
        allow,
    ]
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


@dataclass
class _Fork:
    """The threads of one fork beside its first: how many were started and not yet seen to be gone, which say that they
    end, how many were ever started, and since when one waits for a place in the account."""

    living: int = 0
    leaving: set[int] = field(default_factory=set)
    started: int = 0
    short_since: float | None = None


@dataclass
class _Waiting:
    """A thread that could not start at once."""

    question: int
    pid: int
    until: float


class ThreadGuard:
    """Allows each fork of this process `limit` threads at once beside its first. A thread for which the account has no
    place waits for one; a fork that has waited for `patience_s` seconds is killed, and `forget` says why. OSError where
    the kernel cannot do it."""

    def __init__(self, limit: int, patience_s: float) -> None:
        self._limit = limit
        self._patience_s = patience_s
        self._forks: dict[int, _Fork] = {}
        self._waiting: list[_Waiting] = []
        self._machine = os.uname().machine
        self._clone = confine.CLONE[confine.ARCHITECTURES[self._machine][1]]
        self._listener = confine.install_listener(self._machine, filter_program(self._machine))

    def watch(self, pid: int) -> None:
        """Count the threads of fork `pid`."""
        self._forks[pid] = _Fork()

    def forget(self, pid: int) -> bool:
        """`pid` is gone. Whether it ended while it waited for a place in the account."""
        self._waiting = [waiting for waiting in self._waiting if waiting.pid != pid]
        fork = self._forks.pop(pid, None)
        return fork is not None and fork.short_since is not None

    def serve_until(self, control: socket.socket) -> None:
        """Answer the kernel until there is something to read from `control`."""
        poll = select.poll()
        poll.register(control, select.POLLIN)
        poll.register(self._listener, select.POLLIN)
        while True:
            ready = {descriptor for descriptor, _ in poll.poll(TICK_MS if self._waiting else None)}
            if self._listener in ready:
                self._receive()
            for waiting in list(self._waiting):
                self._decide(waiting)
            if control.fileno() in ready:
                return

    def _receive(self) -> None:
        data = bytearray(QUESTION.size)
        try:
            fcntl.ioctl(self._listener, RECEIVE, data)
        except OSError:
            return  # who asked is gone
        question, tid, _, number, *_ = QUESTION.unpack(data)
        pid = next((pid for pid in self._forks if confine.has_thread(self._machine, pid, tid)), None)
        if number == self._clone and pid is not None:
            self._waiting.append(_Waiting(question, pid, time.monotonic() + GRACE_S))
            return
        if pid is not None:
            self._forks[pid].leaving.add(tid)
        self._answer(question, 0)

    def _decide(self, waiting: _Waiting) -> None:
        """Let a thread start, refuse it, or leave it waiting."""
        fork, now = self._forks[waiting.pid], time.monotonic()
        if self._is_full(waiting.pid, fork):
            if now > waiting.until:
                self._waiting.remove(waiting)
                self._answer(waiting.question, errno.EAGAIN)
        elif not _has_place():
            fork.short_since = fork.short_since or now
            if now > fork.short_since + self._patience_s:
                self._waiting.remove(waiting)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(waiting.pid, signal.SIGKILL)
        else:
            self._waiting.remove(waiting)
            fork.short_since = None
            if self._answer(waiting.question, 0):
                fork.living += 1
                fork.started += 1

    def _is_full(self, pid: int, fork: _Fork) -> bool:
        """Whether `fork` may start no other thread now. Only a thread that said that it ends and is not there any more
        has ended: a signal can call it back from the one to the other."""
        if fork.started >= STARTS:
            return True
        if fork.living >= self._limit:
            gone = {tid for tid in fork.leaving if not confine.has_thread(self._machine, pid, tid)}
            fork.leaving -= gone
            fork.living -= len(gone)
        return fork.living >= self._limit

    def _answer(self, question: int, error: int) -> bool:
        """Let a call go on, or fail with `error`. False when who asked does not wait for it any more."""
        try:
            fcntl.ioctl(self._listener, SEND, ANSWER.pack(question, 0, -error, 0 if error else CONTINUE))
        except OSError:
            return False
        return True


def _has_place() -> bool:
    """Whether this account may have another process: one is begun and ends before it runs anything."""
    try:
        os.posix_spawn("", ["nothing"], {})
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.ENOMEM)
    return True
