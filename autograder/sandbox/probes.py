"""Attacks on ourselves: which guarantees hold here is found out by trying to break them, not by reading a version."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.model import Level, Limits
from autograder.sandbox.account import PARENTS, THREADS
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.view import PYTHON
from autograder.wire import Call

LIMITS = Limits(cpu_s=2, wall_s=30, load_cpu_s=2, memory_mb=64, reply_mb=1)

# What a submission would try. Each function returns "denied" or what it got.
ATTACKS = """
import _thread, mmap, os, resource, socket

def denied(attack):
    def run(*args):
        try:
            return str(attack(*args))
        except BaseException:
            return "denied"
    return run

@denied
def read(path):
    with open(path) as file:
        return file.read()

@denied
def write(folder, keep):
    path = os.path.join(folder, "autograder-probe")
    with open(path, "w"):
        pass
    if not keep:
        os.unlink(path)
    return path

@denied
def connect(port):
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"

@denied
def signal_parent(pid):
    os.kill(os.getppid() if pid == 0 else pid, 0)
    return "signalled"

@denied
def fork():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"

@denied
def threads(most):
    lock = _thread.allocate_lock()
    lock.acquire()
    for _ in range(most):
        _thread.start_new_thread(lock.acquire, ())
    return "started"

@denied
def allocate(megabytes):
    return len(bytearray(megabytes * 2**20))

@denied
def map_shared(megabytes):
    with mmap.mmap(-1, megabytes * 2**20) as area:
        area[::4096] = b"x" * (len(area) // 4096)
        return len(area)

@denied
def memory_file(megabytes):
    handle = os.memfd_create("hidden")
    return sum(os.write(handle, b"x" * 2**20) for _ in range(megabytes))

@denied
def more_cpu(seconds):
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return "raised"

@denied
def cpu_limit():
    return resource.getrlimit(resource.RLIMIT_CPU)[1]

def identity():
    return os.getuid()
"""


@dataclass(frozen=True)
class _Targets:
    """Things outside the sandbox that must stay out of its reach."""

    canary: Path
    secret: str
    folders: tuple[str, ...]
    listener: socket.socket

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def reached(self) -> bool:
        self.listener.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            self.listener.accept()[0].close()
            return True
        return False


def probe(level: Level) -> dict[str, str]:
    """Each guarantee at `level`: enforced, partial, or none. Raises GraderFault where `level` cannot even start."""
    with _targets() as targets, Sandbox(level) as sandbox:
        answers = _attack(sandbox, targets)
        left_behind = [folder for folder in targets.folders if os.path.exists(os.path.join(folder, "autograder-probe"))]
        network = answers["connect"] == "denied" and not targets.reached()
    memory = [answers[name] == "denied" for name in ("allocate", "map_shared", "memory_file")]
    cpu_limited = answers["cpu_limit"].isdigit()
    held = {
        "fs_read": answers["read"] == "denied",
        "fs_write": answers["write"] == "denied" and not left_behind,
        "network": network,
        "signals": answers["signal_parent"] == "denied",
        "processes": answers["fork"] == "denied",
        # at `process` only the account's limit refuses some: how many depends on what else the account runs
        "threads": answers["threads"] == "denied" and level is not Level.PROCESS,
        "memory": all(memory) or (any(memory) and None),
        "cpu": (cpu_limited and answers["more_cpu"] == "denied") or (cpu_limited and None),
        "identity": _identity(level, answers["identity"]),
        "persistence": answers["fork"] == "denied" and not left_behind,
    }
    words = {True: "enforced", None: "partial", False: "none"}
    return {name: words[value] for name, value in held.items()}


def _identity(level: Level, uid: str) -> bool | None:
    """Whether the worker is another account than the grader. In a user namespace an ordinary user's worker only looks
    like one: without its capabilities, but with its files if it could see them."""
    if os.getuid() == 0:
        return uid != "0"
    return None if level is Level.STRONG else False


def _attack(sandbox: Sandbox, targets: _Targets) -> dict[str, str]:
    attacks: dict[str, list[tuple[object, ...]]] = {
        "read": [(str(targets.canary),)],
        # what is written into our own folders stays, for us to find; elsewhere it is taken away again
        "write": [
            *((folder, True) for folder in targets.folders),
            *((path, False) for path in ("/", "/opt", "/dev", f"/opt/python/lib/{PYTHON}/site-packages", ".")),
        ],
        "connect": [(targets.port,)],
        "signal_parent": [(0,), (os.getpid(),)],
        "fork": [()],
        "threads": [(THREADS + PARENTS + 1,)],
        "allocate": [(1024,)],
        "map_shared": [(1024,)],
        "memory_file": [(1024,)],
        "more_cpu": [(3600,)],
        "cpu_limit": [()],
        "identity": [()],
    }
    answers = {}
    for name, argument_lists in attacks.items():
        with sandbox.fork(LIMITS) as fork:
            program = SandboxProgram(fork, LIMITS)
            program.load([(0, 1, ATTACKS)])
            outcomes = [str(outcome) for outcome in program.calls([Call(name, args) for args in argument_lists])]
        answers[name] = next((outcome for outcome in outcomes if outcome != "denied"), "denied")
    if targets.secret not in answers["read"]:
        answers["read"] = "denied"  # it read something, but not ours: the same path inside is another file
    return answers


@contextlib.contextmanager
def _targets() -> Iterator[_Targets]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-probe-")))
        folder.chmod(0o777)  # only the sandbox may be what stands in the way, not a file mode
        canary = folder / "canary"
        secret = secrets.token_hex(8)
        canary.write_text(secret)
        folders = [str(folder)]
        if os.access("/dev/shm", os.W_OK):
            shared = stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-probe-", dir="/dev/shm"))
            os.chmod(shared, 0o777)
            folders.append(shared)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        yield _Targets(canary, secret, tuple(folders), listener)
