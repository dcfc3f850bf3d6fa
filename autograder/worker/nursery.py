"""A nursery: a worker with its packages imported, from which the parent of each submission is forked.

It never reads a byte of a submission and never computes. A submission's parent runs below a keeper, which ends it when
the grader lets go, and tells what it and its forks have used; nothing comes back to the nursery, not even how they
ended. Where the nursery stands in namespaces, the keeper first makes others, below them, for this one submission.
"""

from __future__ import annotations

import contextlib
import functools
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from autograder.worker import confine, namespaces
from autograder.worker.control import Control

Serve = Callable[[Control, dict[str, Any]], None]
TICK_S = 0.001


def serve(control: Control, parent: Serve) -> None:
    """Fork a `parent` for each submission that the grader announces, until it closes `control`."""
    if sys.platform == "linux":
        confine.die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers are gone when they end
    control.send({"ready": True})
    with contextlib.suppress(EOFError):
        while True:
            config, descriptors = control.receive()
            try:
                pid = os.fork()
            except OSError as error:
                _refuse(Control(socket.socket(fileno=descriptors.pop(0))), error)
            else:
                if pid == 0:
                    _leave(functools.partial(keep, parent, config, *descriptors))
            for descriptor in descriptors:
                os.close(descriptor)


def keep(parent: Serve, config: dict[str, Any], control: int, ending: int, errors: int) -> None:
    """Fork the parent of one submission, in namespaces of its own where `config` says so. It is steered over `control`,
    and its errors go to `errors`. Once the grader's side of `ending` is shut the parent gets `grace_s` seconds to leave
    by itself; how many CPU seconds all of it took is the answer."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    confine.close_all_but([control, ending, errors])
    steering = Control(socket.socket(fileno=control))
    try:
        if config["namespaces"]:
            confine.leave_root(config["uid"])
            namespaces.enter()
        if sys.platform == "linux":
            confine.die_with_parent()
        pid = os.fork()
    except OSError as error:
        return _refuse(steering, error)
    if pid == 0:
        os.close(ending)
        os.dup2(errors, 2)
        os.close(errors)
        _leave(lambda: parent(steering, config))
    steering.sock.close()
    with socket.socket(fileno=ending) as grader:
        grader.recv(1)  # nothing is sent: it is shut, or the grader is gone
        _end(pid, config["grace_s"])
        with contextlib.suppress(OSError):
            grader.sendall(repr(_used()).encode())


def _refuse(steering: Control, error: OSError) -> None:
    with contextlib.suppress(OSError), steering.sock:  # the grader may have given up
        steering.send({"errno": error.errno})


def _leave(work: Callable[[], None]) -> None:
    """Do `work` in a process that has just been forked, and end it."""
    status = 1
    try:
        work()
        status = 0
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _end(pid: int, grace_s: float) -> None:
    deadline = time.monotonic() + grace_s
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return
        time.sleep(TICK_S)


def _used() -> float:
    """CPU seconds of this process since its fork, and of those below it that have been waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
