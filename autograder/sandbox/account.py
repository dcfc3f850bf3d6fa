"""The account that submissions run as, and its threads: one student's must not cost another a verdict."""

from __future__ import annotations

import itertools
import os
import sys

from autograder.model import Level

# Accounts that own nothing on an ordinary system: above the range for people (60000), below nobody's (65534).
UNPRIVILEGED_UID = 64321
ACCOUNTS = 1000
THREADS = 16  # of a submission, at once: more than any honest one starts
PARENTS = 4  # bubblewrap, the worker's parent and its fork

_serial = itertools.count(16 * os.getpid())  # two graders at once begin at different accounts


def next_account() -> int:
    """An account for one sandbox, so that the kernel counts its processes apart from those of any other."""
    return UNPRIVILEGED_UID + next(_serial) % ACCOUNTS


def task_limit(level: Level, leaves_root: bool) -> int | None:
    """The number of processes and threads at which the kernel refuses more to a fork of a sandbox; None where it would
    count those of other sandboxes, too. It counts those of an account, within a user namespace. This stands behind the
    count of threads by the worker's parent (`worker/threads.py`)."""
    if sys.platform != "linux":
        return None
    apart = leaves_root if os.getuid() == 0 else level is Level.STRONG
    return PARENTS + THREADS if apart else None
