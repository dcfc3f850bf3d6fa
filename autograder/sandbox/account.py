"""The account that submissions run as, and its threads: one student's must not cost another a verdict."""

from __future__ import annotations

import contextlib
import itertools
import os
import sys

from autograder.model import Level

# Accounts that own nothing on an ordinary system: above the range for people (60000), below nobody's (65534).
UNPRIVILEGED_UID = 64321
ACCOUNTS = 1000
THREADS = 16  # of a submission, at once: more than any honest one starts
PARENTS = 4  # bubblewrap, the worker's parent and its fork
# Where only the whole account can be counted: room for others to grow, so that an honest thread can still start.
SHARED_THREADS = 64

_serial = itertools.count(16 * os.getpid())  # two graders at once begin at different accounts


def next_account() -> int:
    """An account for one sandbox, so that the kernel counts its processes apart from those of any other."""
    return UNPRIVILEGED_UID + next(_serial) % ACCOUNTS


def task_limit(level: Level, leaves_root: bool) -> int | None:
    """The number of processes and threads at which those who start more are refused, for a fork of a sandbox; None
    where the system does not count them for us. The kernel counts those of an account, within a user namespace."""
    if sys.platform != "linux":
        return None
    apart = leaves_root if os.getuid() == 0 else level is Level.STRONG
    return PARENTS + THREADS if apart else tasks_of(os.getuid()) + SHARED_THREADS


def tasks_of(uid: int) -> int:
    """How many threads account `uid` has, by /proc, whose folders belong to root where a process hides its memory."""
    return sum(_threads(pid, uid) for pid in os.listdir("/proc") if pid.isdigit())


def _threads(pid: str, uid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
        fields = dict(line.split(":", 1) for line in status if ":" in line)
        if int(fields["Uid"].split()[0]) == uid:
            return int(fields["Threads"])
    return 0
