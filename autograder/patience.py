"""Trying again while the machine is short of something: a shortage is the grader's, and never costs a student."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from typing import TypeVar

from autograder.errors import GraderFault

T = TypeVar("T")

SHORT = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
PATIENCE_S = 30.0
SHORT_SENTENCE = (
    "This machine is short of processes, memory or open files ({reason}): "
    "lower --jobs, or raise the account's limits (ulimit -u, ulimit -n)."
)


def patiently(start: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """What `start` gives, tried again while this machine is short of processes, memory or open files. GraderFault, and
    never a verdict, where it stays so for `patience_s` seconds."""
    deadline, pause = time.monotonic() + patience_s, 0.02
    while True:
        try:
            return start()
        except OSError as error:
            if error.errno not in SHORT:
                raise
            if time.monotonic() > deadline:
                raise GraderFault(SHORT_SENTENCE.format(reason=os.strerror(error.errno))) from None
        time.sleep(pause)
        pause = min(2 * pause, 1.0)
