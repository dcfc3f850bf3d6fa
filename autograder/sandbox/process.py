"""A worker's process: an interpreter that sees its packages alone, and the socket that steers it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from typing import IO, Any

from autograder.errors import GraderFault
from autograder.model import Level
from autograder.patience import SHORT
from autograder.sandbox.command import command, environment
from autograder.sandbox.cuda import Gpu
from autograder.sandbox.view import View

START_SECONDS = 60.0  # a cold disk under a busy machine; only a broken installation takes longer
GRACE_SECONDS = 2.0


class Process:
    """A worker that has been started and not been told yet what it is for. OSError where the system is short of
    something."""

    def __init__(self, level: Level, view: View, gpu: Gpu | None = None) -> None:
        self.cpu_s = 0.0
        with contextlib.ExitStack() as undo:
            self._errors = undo.enter_context(tempfile.TemporaryFile())
            ours, theirs = socket.socketpair()
            self.control = undo.enter_context(ours)
            with theirs:
                self._process = self._open(level, view, gpu, theirs.fileno())
            undo.pop_all()

    def _open(self, level: Level, view: View, gpu: Gpu | None, control: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command(level, view, control, gpu.mounts() if gpu else ()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            env=gpu.environment(environment(level)) if gpu else environment(level),
            pass_fds=[control],
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process that was started: bubblewrap's, or the worker's own."""
        return self._process.pid

    def words(self) -> str:
        """The last line of what it said on its standard error."""
        return last_line(self._errors)

    def end(self) -> float:
        """End it with everything in it, wait until it is gone, and say how many CPU seconds all of it took."""
        hang_up(self.control)
        deadline = time.monotonic() + GRACE_SECONDS
        while not self._wait(os.WNOHANG) and time.monotonic() < deadline:
            time.sleep(0.002)  # it leaves by itself, and its CPU time is counted
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._wait(0)
        self._errors.close()
        return self.cpu_s

    def _wait(self, options: int) -> bool:
        """Reap the process, with the kernel's account of it and its descendants: Popen.wait would lose that."""
        if self._process.returncode is None:
            try:
                pid, status, usage = os.wait4(self._process.pid, options)
            except ChildProcessError:  # whoever this process belongs to has reaped it
                self._process.returncode = 0
                return True
            if pid:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                self.cpu_s = usage.ru_utime + usage.ru_stime
        return self._process.returncode is not None

    def disown(self) -> None:
        """Let go of it in a fork of the grader: it is the grader's to steer and to end."""
        self.control.close()
        self._errors.close()
        self._process.returncode = 0


def send(control: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message. OSError when the worker is gone, or does not listen."""
    control.settimeout(START_SECONDS)
    data = json.dumps(message).encode() + b"\n"
    sent = socket.send_fds(control, [data], list(descriptors))
    control.sendall(data[sent:])


def receive(control: socket.socket) -> dict[str, Any]:
    """The answer. OSError when the worker is gone, or does not answer."""
    deadline = time.monotonic() + START_SECONDS
    control.settimeout(START_SECONDS)
    answer = b""
    while not answer.endswith(b"\n"):
        if not (chunk := control.recv(65536)) or time.monotonic() > deadline:
            raise OSError
        answer += chunk
    reply: dict[str, Any] = json.loads(answer)
    return reply


def hang_up(control: socket.socket) -> None:
    """Close `control` for good, whoever else holds it: a fork of the grader may."""
    with contextlib.suppress(OSError):  # it is closed already
        control.shutdown(socket.SHUT_RDWR)
    control.close()


def last_line(errors: IO[bytes]) -> str:
    """The last line that was written to `errors`, cut."""
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - 2000))
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def fault(words: str) -> GraderFault | OSError:
    """What is wrong with a worker that is gone and said `words`: OSError where the system was short of something."""
    for number in SHORT:
        if os.strerror(number) in words:
            return OSError(number, words)
    said = f"It said: {words}" if words else "It said nothing."
    return GraderFault(f"The worker could not be started or steered. {said}")
