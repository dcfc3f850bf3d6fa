"""What a student sees while checks run: a line that names the check. And the saves of a file, for `--watch`."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from autograder.model import Check
from autograder.pipeline import Grading

LOOK_S = 0.2  # between two looks at a file
SETTLED_S = 0.05  # a file that stays the same for so long is written


@contextlib.contextmanager
def live_line(grading: Grading, name: str) -> Iterator[Grading]:
    """`grading`, whose checks name themselves on standard error while they run; only on a terminal. It starts with
    `name`, what is checked."""
    if not sys.stderr.isatty():
        yield grading
        return
    from autograder.reports.ink import make_console, say

    with make_console(stderr=True).status(say(f"{name}: starting")) as status:
        yield named(grading, lambda check: status.update(say(f"{name}: {check}")))


def named(grading: Grading, tell: Callable[[str], None]) -> Grading:
    """`grading`, whose checks call `tell` with their id whenever they ask a case."""

    def telling(check: Check) -> Check:
        def run(student: Any, case: Any) -> None:
            tell(check.id)
            check.run(student, case)

        return msgspec.structs.replace(check, run=run)

    declared = dataclasses.replace(grading.declared, checks=tuple(map(telling, grading.declared.checks)))
    return dataclasses.replace(grading, declared=declared, checks=tuple(map(telling, grading.checks)))


def saves(file: Path) -> Iterator[bool]:
    """True now and for each time that `file` has been saved; False for each time that it has gone. It ends never."""
    last: tuple[int, ...] | None = ()
    while True:
        now = _stamp(file)
        if now != last:
            time.sleep(SETTLED_S)
            if _stamp(file) == now:
                last = now
                yield now is not None
                continue
        time.sleep(LOOK_S)


def _stamp(file: Path) -> tuple[int, ...] | None:
    """What changes when `file` is saved: editors write over it, or put another in its place. None where it is not."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
