"""Nurseries: workers with their packages imported and nothing of any student in them, from which the parent of each
submission is forked. To import NumPy takes a tenth of a CPU second, PyTorch one and a half; a fork, milliseconds.

A nursery serves one sandbox at a time and then waits for the next with the same packages, so there are as many as there
are sandboxes at once. It ends with the thread that started it, or with this process.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.model import Level
from autograder.patience import PATIENCE_S, SHORT
from autograder.sandbox.process import GRACE_SECONDS, Process, fault, hang_up, last_line, receive, send
from autograder.sandbox.view import view


class NoNursery(Exception):
    """This system does not let a nursery make namespaces for a submission."""


@dataclass(frozen=True)
class Kind:
    """What nurseries have in common that can stand for each other."""

    level: Level
    packages: tuple[str, ...]
    warm: tuple[str, ...] = ()


class Nursery:
    """A worker that has its packages imported. OSError where the system is short of something, GraderFault where it
    does not start."""

    def __init__(self, kind: Kind) -> None:
        self.kind, self.thread = kind, threading.current_thread()
        visible = view(kind.packages)
        self.process = Process(kind.level, visible)
        _all.add(self)
        about = {"packages": kind.packages, "warm": kind.warm, "modules": visible.modules, "alone": None}
        try:
            send(self.process.control, about)
            receive(self.process.control)
        except OSError:
            words = self.process.words()
            self.process.end()
            raise fault(words) from None
        except BaseException:
            self.process.end()
            raise

    def may_serve(self, kind: Kind) -> bool:
        """Whether a sandbox of `kind`, in this thread, may be forked from it: the kernel kills it when the thread ends
        that started it, so another thread may rely on the main thread's alone."""
        return self.kind == kind and self.thread in (threading.current_thread(), threading.main_thread())


class Forked:
    """A submission's parent that was forked from a nursery: like `Process`, but what it used is told without the
    nursery's imports."""

    def __init__(self, nursery: Nursery) -> None:
        self._nursery, self._ended, self.cpu_s = nursery, False, 0.0
        with contextlib.ExitStack() as undo:
            self._errors = undo.enter_context(tempfile.TemporaryFile())
            self.control, self._theirs = (undo.enter_context(end) for end in socket.socketpair())
            self._ending, self._keeper = (undo.enter_context(end) for end in socket.socketpair())
            self.close = undo.pop_all().close

    def begin(self, config: dict[str, Any]) -> dict[str, Any]:
        """Have it forked, and hear what became of that. OSError when the nursery is gone."""
        with self._theirs, self._keeper:
            given = [self._theirs.fileno(), self._keeper.fileno(), self._errors.fileno()]
            namespaces = self._nursery.kind.level is Level.STRONG
            message = {**config, "namespaces": namespaces, "grace_s": GRACE_SECONDS}
            send(self._nursery.process.control, message, given)
        return receive(self.control)

    def words(self) -> str:
        """The last line of what it, or else its nursery, said on its standard error."""
        return last_line(self._errors) or self._nursery.process.words()

    def end(self) -> float:
        """End it with everything in it, wait until it is gone, and say how many CPU seconds all of it took."""
        if self._ended:
            return self.cpu_s
        self._ended, is_well = True, False
        hang_up(self.control)
        try:
            with contextlib.suppress(OSError, ValueError):  # its keeper is gone, or stuck
                self.cpu_s = self._farewell()
                is_well = True
        finally:
            self.close()
            if is_well:
                _waiting.give(self._nursery)
            else:
                self._nursery.process.end()
        return self.cpu_s

    def _farewell(self) -> float:
        """What its keeper says of it."""
        self._ending.settimeout(2 * GRACE_SECONDS + PATIENCE_S)
        self._ending.shutdown(socket.SHUT_WR)
        return float(b"".join(iter(lambda: self._ending.recv(64), b"")))


class _Waiting:
    """The nurseries that wait for a submission."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nurseries: list[Nursery] = []

    def take(self, kind: Kind) -> Iterator[Nursery]:
        """Those of this kind, each taken from the others as it is reached, and last a new one."""
        self.close(lambda nursery: not nursery.thread.is_alive())
        while found := self._remove(lambda nursery: nursery.may_serve(kind), 1):
            yield found[0]
        yield Nursery(kind)

    def give(self, nursery: Nursery) -> None:
        """Let `nursery` wait for the next submission."""
        with self._lock:
            self._nurseries.append(nursery)

    def close(self, which: Callable[[Nursery], bool] = lambda _: True) -> None:
        """End those that wait."""
        for nursery in self._remove(which):
            nursery.process.end()

    def _remove(self, which: Callable[[Nursery], bool], most: int | None = None) -> list[Nursery]:
        with self._lock:
            found = [nursery for nursery in reversed(self._nurseries) if which(nursery)][:most]
            self._nurseries = [nursery for nursery in self._nurseries if nursery not in found]
            return found


_all: weakref.WeakSet[Nursery] = weakref.WeakSet()
_waiting = _Waiting()
_refused: set[Level] = set()


def start(kind: Kind, config: dict[str, Any]) -> tuple[Forked, dict[str, Any]]:
    """A parent for one submission, and what it says of itself. A nursery that has died meanwhile is replaced. NoNursery
    where this system does not allow it; OSError where it is short of something; GraderFault where no worker starts."""
    if kind.level in _refused:
        raise NoNursery
    words = ""
    for nursery in _waiting.take(kind):
        with contextlib.ExitStack() as undo:
            undo.callback(nursery.process.end)
            forked = Forked(nursery)
            undo.callback(forked.close)
            try:
                answer = forked.begin(config)
            except OSError:
                words = forked.words()
                continue
            if (number := answer.get("errno")) is None:
                undo.pop_all()
                return forked, answer
            if number not in SHORT:
                _refused.add(kind.level)
                raise NoNursery(os.strerror(number))
            forked.close()
            undo.pop_all()
            _waiting.give(nursery)
            raise OSError(number, os.strerror(number))
    raise fault(words)


def close() -> None:
    """End the nurseries that wait."""
    _waiting.close()


def _forget() -> None:
    """In a fork of this process: the nurseries are not its own."""
    global _waiting
    for nursery in list(_all):
        nursery.process.disown()
    _waiting = _Waiting()


atexit.register(close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
