"""The warm parent of one submission: forks a fresh, confined process for the checks of each entry point.

It never runs student code and never computes (a torch parent that has computed makes its forks hang), so what one fork
does to its own memory cannot reach the next. What a fork has read to its end it compiles for the others. It is steered
over a control socket that no fork inherits.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import signal
import socket
import sys
import time
import traceback
from typing import Any

from autograder.worker import compiled, confine, cuda, policy
from autograder.worker.control import Control
from autograder.worker.serve import Server
from autograder.worker.threads import ThreadGuard

STACK_SIGNAL = signal.SIGUSR1
CPUCLOCK_SCHED = 2  # clock_getcpuclockid(3): the CPU clock of a process is (~pid << 3) | 2


def serve(control: Control, config: dict[str, Any]) -> None:
    """Be the parent of one submission's forks, until the grader closes `control`."""
    identity = give_up_privileges(config)
    guard = guard_threads(config)
    control.send({"ready": True, **identity})
    with contextlib.suppress(EOFError):
        while True:
            if guard:
                guard.serve_until(control.sock)
            message, descriptors = control.receive()
            match message["op"]:
                case "fork":
                    control.send(fork(control, message, descriptors, guard))
                case "prepare":
                    prepare(message["cells"], message["forbid"])
                    control.send({})
                case "cpu":
                    control.send({"cpu_s": cpu_seconds(message["pid"])})
                case "stack":
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(message["pid"], STACK_SIGNAL)
                    control.send({})
                case "end":
                    control.send(end(message["pid"], guard))


def give_up_privileges(config: dict[str, Any]) -> dict[str, Any]:
    """Leave root for good, tie this process to the grader's life, and close the file system behind it."""
    confine.leave_root(config["uid"])
    applied = []
    if sys.platform == "linux":
        confine.die_with_parent()
        if config["landlock"] and confine.landlock_abi() > 0:
            confine.apply_landlock(config["readable"], config["listable"])
            applied.append("landlock")
    return {"uid": os.getuid(), "applied": applied}


def guard_threads(config: dict[str, Any]) -> ThreadGuard | None:
    """Who counts the threads of forks; None where it is not asked for, or where the kernel cannot do it: the probe of
    the isolation level then shows whether something else bounds them."""
    if config["threads"] is None:
        return None
    try:
        return ThreadGuard(config["threads"], config["patience_s"])
    except OSError:
        return None


def fork(
    control: Control, message: dict[str, Any], descriptors: list[int], guard: ThreadGuard | None
) -> dict[str, Any]:
    """Start a confined child on the socket that is the first of `descriptors`; then comes memory to share, and last a
    pipe for what the child prints, as far as the message says so. Where the
    system is short of something, the grader learns of what, and may try again."""
    try:
        pid = os.fork()
    except OSError as error:
        for descriptor in descriptors:
            os.close(descriptor)
        return {"errno": error.errno}
    if pid == 0:
        status = 1
        try:
            control.sock.close()
            sock = socket.socket(fileno=descriptors[0])
            confine_child(message, descriptors, descriptors.pop() if message["heard"] else None)
            Server(sock, message["body_cap"], *descriptors[1:]).run()
            status = 0
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(status)
    for descriptor in descriptors:
        os.close(descriptor)
    if guard:
        guard.watch(pid)
    return {"pid": pid}


def prepare(cells: list[Any], forbid: list[str]) -> None:
    """Read `cells` for all later forks, and look up what `forbid` names. Whatever goes wrong, they do so themselves."""
    with contextlib.suppress(Exception):
        policy.prepare(forbid)
        compiled.prepare(cells)
    gc.freeze()


def confine_child(message: dict[str, Any], descriptors: list[int], heard: int | None = None) -> None:
    """Everything that the child gives up, before it reads a byte of the submission. What it prints goes to `heard`, or
    nowhere."""
    confine.close_all_but(descriptors if heard is None else [*descriptors, heard])
    if sys.platform == "linux":
        confine.die_with_parent()
    program = confine.seccomp_program(os.uname().machine, os.getpid()) if message["seccomp"] else None
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null if heard is None or not stream else heard, stream)
    os.close(null)
    if heard is not None:
        os.close(heard)
        speak_up()
    if message["gpu"]:
        cuda.apply_limits(message["cpu_s"])
    else:
        confine.apply_limits(message["cpu_s"], message["address_space"], message["tasks"])
    if program is not None:
        confine.apply_seccomp(program)


def speak_up() -> None:
    """Print line by line, and write the stack on a crash and when the grader asks for it (`op` stack)."""
    sys.stdout, sys.stderr = (os.fdopen(stream, "w", 1, "utf-8", "backslashreplace") for stream in (1, 2))
    faulthandler.enable(2, all_threads=False)
    faulthandler.register(STACK_SIGNAL, 2, all_threads=False)


def cpu_seconds(pid: int) -> float:
    """What process `pid` and its threads have used so far; its CPU clock stands still once it is dead."""
    try:
        return time.clock_gettime((~pid << 3) | CPUCLOCK_SCHED)
    except OSError:
        return 0.0


def end(pid: int, guard: ThreadGuard | None) -> dict[str, Any]:
    """Kill child `pid` and say how it ended, what the kernel counted for it and its threads, and whether it waited for
    a thread that the account has no place for."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    starved = guard is not None and guard.forget(pid)
    used = usage.ru_utime + usage.ru_stime
    return {"status": status, "cpu_s": used, "rss": usage.ru_maxrss, "starved": starved}
