"""A sandbox holds one submission: a warm parent inside it, and one fork at a time that runs the student's code."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import signal
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from autograder.errors import GraderFault, SubmissionFault
from autograder.model import Level, Limits
from autograder.patience import PATIENCE_S, SHORT_SENTENCE, patiently
from autograder.sandbox import nursery
from autograder.sandbox.account import THREADS, next_account, task_limit
from autograder.sandbox.arena import Memory
from autograder.sandbox.cuda import Gpu
from autograder.sandbox.nursery import Forked
from autograder.sandbox.printed import Printed
from autograder.sandbox.process import Process, fault, receive, send
from autograder.sandbox.view import View, view

CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT)  # what faulthandler writes of
PREPARED_CAP = 200_000  # characters of a submission that is kept compiled; its code takes some hundred times as much
# Address space that a worker has before student code asks for any, with room to spare (VmSize: NumPy 98 MB, torch 597).
OVERHEAD_MB = {"numpy": 256, "torch": 1024}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a fork ended, by the kernel's account: its wait status, CPU seconds, and greatest resident size in KB; and
    whether it was waiting for a thread that the grader's account had no place for."""

    status: int
    cpu_s: float
    rss: int
    starved: bool = False

    @property
    def signal(self) -> int:
        """The signal that ended it, or 0."""
        return os.WTERMSIG(self.status) if os.WIFSIGNALED(self.status) else 0


class Sandbox:
    """One worker's parent. Closing it kills everything inside. With `gpu` its forks reach a GPU, and no list of
    system calls holds them. `warm` are modules that are imported before the clock of a fork starts."""

    def __init__(
        self,
        level: Level,
        packages: Sequence[str] = ("numpy",),
        gpu: Gpu | None = None,
        warm: Sequence[str] = (),
    ) -> None:
        self.level = level
        self.gpu = gpu
        self.view: View = view(tuple(packages))
        self.overhead_mb = max(OVERHEAD_MB.get(name, 128) for name in (*packages, "numpy"))
        self.cpu_s = 0.0
        self._parent: Process | Forked
        self.identity = patiently(lambda: self._start(packages, warm))
        self._tasks = None if gpu else task_limit(level, self.identity["uid"] != os.getuid())

    def _start(self, packages: Sequence[str], warm: Sequence[str]) -> dict[str, Any]:
        config = self._config()
        if self.gpu is None:
            with contextlib.suppress(nursery.NoNursery):
                kind = nursery.Kind(self.level, tuple(packages), tuple(warm))
                self._parent, identity = nursery.start(kind, config)
                return identity
        self._parent = Process(self.level, self.view, self.gpu)
        about = {"packages": packages, "warm": warm, "modules": self.view.modules, "alone": config}
        try:
            return self._ask(about)
        except BaseException:
            self.close()
            raise

    def _config(self) -> dict[str, Any]:
        return {
            "uid": next_account() if os.getuid() == 0 and self._leaves_root() else None,
            "threads": THREADS if self._is_filtered else None,
            "patience_s": PATIENCE_S,
            "landlock": self.level is Level.CONTAINED,
            "readable": self.view.readable if self.level is Level.CONTAINED else [],
            "listable": self.view.listable,
        }

    @property
    def _is_filtered(self) -> bool:
        """Whether a list of system calls holds its forks."""
        return self.level is not Level.PROCESS and self.gpu is None

    def _leaves_root(self) -> bool:
        return not (self.gpu and self.gpu.same_account) and self._reachable_by_others()

    def _reachable_by_others(self) -> bool:
        """Whether an unprivileged account could read the standard library: a Python below /root cannot be."""
        if self.level is Level.STRONG:
            return True  # mounted where everybody may go
        paths = (*self.view.package_folders, self.view.stdlib, self.view.worker[0])
        parents = {parent for path in paths for parent in _parents(path)}
        return all(os.stat(parent).st_mode & 0o001 for parent in parents)

    def _ask(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        try:
            send(self._parent.control, message, descriptors)
            return receive(self._parent.control)
        except OSError:
            raise fault(self._parent.words()) from None

    @contextlib.contextmanager
    def fork(self, limits: Limits, memory: Memory | None = None, printed: Printed | None = None) -> Iterator[Fork]:
        """A fresh, confined process for as long as the context lasts, which shares `memory` with the grader. What it
        prints goes to `printed`, or nowhere."""
        body_cap = limits.reply_mb * 2**20
        message = {
            "op": "fork",
            "cpu_s": cpu_ceiling(limits),
            "address_space": (limits.memory_mb + self.overhead_mb) * 2**20 + (memory.size if memory else 0),
            "body_cap": body_cap,
            "seccomp": self._is_filtered,
            "gpu": self.gpu is not None,
            "heard": printed is not None,
            "tasks": self._tasks,
        }
        shared = [*([memory.descriptor] if memory else []), *([printed.writer] if printed else [])]
        ours, pid = patiently(lambda: self._fork(message, shared))
        with ours:
            fork = Fork(self, ours, pid, body_cap, printed)
            try:
                yield fork
            finally:
                fork.end()

    def _fork(self, message: dict[str, Any], shared: Sequence[int]) -> tuple[socket.socket, int]:
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as undo, theirs:
            undo.enter_context(ours)
            answer = self._ask(message, [theirs.fileno(), *shared])
            if number := answer.get("errno"):
                raise OSError(number, os.strerror(number))
            undo.pop_all()
        return ours, answer["pid"]

    def prepare(self, cells: Sequence[tuple[int, int, str]], forbid: Sequence[str] = ()) -> None:
        """Have all later forks begin with `cells` read and compiled, in double precision, and with what `forbid` names
        looked up. Only for what a fork has read to its end: the parser can be made to crash."""
        if sum(len(source) for _, _, source in cells) <= PREPARED_CAP:
            self._ask({"op": "prepare", "cells": list(cells), "forbid": list(forbid)})

    def cpu_seconds(self, pid: int) -> float:
        """CPU seconds of fork `pid` so far, read from outside it."""
        return float(self._ask({"op": "cpu", "pid": pid})["cpu_s"])

    def ask_stack(self, pid: int) -> None:
        """Have fork `pid` print where it stands."""
        self._ask({"op": "stack", "pid": pid})

    def end(self, pid: int) -> Ending:
        """Kill fork `pid` and learn how it ended."""
        return Ending(**self._ask({"op": "end", "pid": pid}))

    def close(self) -> None:
        """End the sandbox with everything in it, and wait until it is gone. Afterwards `cpu_s` is all that it used, but
        for what its nursery has imported."""
        self.cpu_s = self._parent.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Sandboxes:
    """The sandboxes of one submission, a sandbox for each set of packages, started when it is first asked for: in one
    that has no torch no code can come by torch, whatever it does."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._started: dict[tuple[str, ...], Sandbox] = {}

    def holding(self, packages: tuple[str, ...], warm: tuple[str, ...] = ()) -> Sandbox:
        """The sandbox in which `packages` exist, and no others; when it is started, it imports `warm`, too."""
        if packages not in self._started:
            self._started[packages] = Sandbox(self._level, packages, warm=warm)
        return self._started[packages]

    @property
    def cpu_s(self) -> float:
        """CPU seconds that all of them have used, once they are closed."""
        return sum(sandbox.cpu_s for sandbox in self._started.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for sandbox in self._started.values():
            sandbox.close()


@dataclass
class Fork:
    """A running fork: its socket, and how it ended once it has."""

    sandbox: Sandbox
    sock: socket.socket
    pid: int
    body_cap: int
    printed: Printed | None = None
    ending: Ending | None = None

    def cpu_seconds(self) -> float:
        """CPU seconds that it has used so far."""
        return self.ending.cpu_s if self.ending else self.sandbox.cpu_seconds(self.pid)

    def stack(self) -> str:
        """Where the submission stands now, ` (cell 4, line 3)`; nothing where that is not heard, or not known."""
        if self.printed is None or self.ending is not None:
            return ""
        self.sandbox.ask_stack(self.pid)
        return self.printed.place()

    def crash_site(self, ending: Ending) -> str:
        """Where the submission stood when the interpreter crashed: `, cell 4, line 3`; nothing where nobody knows."""
        place = self.printed.place() if self.printed and ending.signal in CRASHES else ""
        return place.strip("()").replace(" (", ", ")

    def end(self) -> Ending:
        """Kill it, if it still runs, and say how it ended."""
        if self.ending is None:
            self.ending = self.sandbox.end(self.pid)
        return self.ending

    def end_for(self, fault: SubmissionFault) -> SubmissionFault:
        """End it for `fault`, which is the submission's. GraderFault where it was waiting for a thread of its own that
        the grader's account had no place for: that is not the student's."""
        if self.end().starved:
            raise GraderFault(SHORT_SENTENCE.format(reason=os.strerror(errno.EAGAIN)))
        return fault


def cpu_ceiling(limits: Limits) -> int:
    """CPU seconds after which the kernel kills a fork. It counts whole seconds, a load takes its share, and a fork that
    serves several checks is replaced once they have used one check's allowance."""
    return math.ceil(limits.load_cpu_s + 2 * limits.cpu_s)


def _parents(path: str) -> Iterator[str]:
    while (parent := os.path.dirname(path)) != path:
        yield parent
        path = parent
