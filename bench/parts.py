"""Where the CPU seconds of one right submission go, as one of a class.

`start` is its sandbox, with all that its parent does for it; `load` are its forks until they have read it; `student`
the functions themselves, called in this process; `wire` what else the forks use; `grader` this process. Medians.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from autograder.assignment.discover import assignment_folders, discover
from autograder.examine import Examiner
from autograder.model import Isolation
from autograder.pipeline import Grading, grade_one
from autograder.sandbox.isolation import choose
from autograder.sandbox.local import LocalRunner
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Sandbox

REPEATS = 7
COLUMNS = ("loads", "start", "load", "student", "wire", "grader", "all")


def main() -> None:
    """Print the table, of the assignments that are named or of all."""
    isolation = choose(None)
    print(f"isolation: {isolation.level}")
    table(isolation, sys.argv[1:] or tuple(assignment_folders()))


def table(isolation: Isolation, slugs: tuple[str, ...] | list[str]) -> None:
    """A row for each of `slugs`."""
    print(f"{'one reference submission, CPU s':<32}" + "".join(f"{name:>9}" for name in COLUMNS))
    for slug in slugs:
        declared = discover(assignment_folders()[slug])
        grading = Grading(declared, 20, isolation, declared.checks)
        _metered(grading)  # the first draws the cases
        meters = [_metered(grading) for _ in range(REPEATS)]
        student = statistics.median(_alone(grading) for _ in range(3))
        found = {name: statistics.median(getattr(meter, name) for meter in meters) for name in vars(meters[0])}
        row = (
            found["worker"] - found["forks"],
            found["load"],
            student,
            found["forks"] - found["load"] - student,
            found["everything"] - found["worker"],
            found["everything"],
        )
        print(f"{slug:<32}{found['loads']:>9.0f}" + "".join(f"{seconds:>9.3f}" for seconds in row))


@dataclass
class _Meter:
    """CPU seconds of one submission: until its forks had read it, of its forks, of its sandboxes with their forks, and
    with the grader's own."""

    loads: int = 0
    load: float = 0.0
    forks: float = 0.0
    worker: float = 0.0
    everything: float = 0.0


def _metered(grading: Grading) -> _Meter:
    meter = _Meter()
    load, end, close = SandboxProgram.load, Sandbox.end, Sandbox.close

    def loading(program: SandboxProgram, *args: Any, **options: Any) -> Any:
        loaded = load(program, *args, **options)
        meter.loads += 1
        meter.load += program.fork.cpu_seconds()
        return loaded

    def ending(sandbox: Sandbox, pid: int) -> Any:
        ended = end(sandbox, pid)
        meter.forks += ended.cpu_s
        return ended

    def closing(sandbox: Sandbox) -> None:
        close(sandbox)
        meter.worker += sandbox.cpu_s

    with contextlib.ExitStack() as undo:
        for owner, name, by in (
            (SandboxProgram, "load", loading), (Sandbox, "end", ending), (Sandbox, "close", closing),
        ):  # fmt: skip
            undo.enter_context(patch.object(owner, name, by))
        meter.everything = grade_one(grading, "reference", Path(grading.declared.assignment.reference)).cpu_s
    return meter


def _alone(grading: Grading) -> float:
    """CPU seconds that the reference's functions use for all checks, called in this process."""
    clock = _Clock()
    found = vars(grading.declared.reference)
    names = [entry.name for entry in grading.declared.assignment.entry_points if inspect.isfunction(found[entry.name])]
    runner = LocalRunner(found | {name: clock.timing(found[name]) for name in names})
    Examiner(grading.declared, grading.seed, explain=False).examine_all(grading.checks, runner)
    return clock.cpu_s


class _Clock:
    """CPU seconds inside the functions that it times, without those that they are given and call."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self._inside = False
        self._begun = 0.0

    def timing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, timed; what it is given is not."""

        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            named = {name: self._outside(arg) for name, arg in options.items()}
            return self._at(True, function)(*map(self._outside, args), **named)

        return call

    def _outside(self, given: Any) -> Any:
        return self._at(False, given) if callable(given) else given

    def _at(self, inside: bool, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            before = self._switch(inside)
            try:
                return function(*args, **options)
            finally:
                self._switch(before)

        return call

    def _switch(self, inside: bool) -> bool:
        now, before = time.thread_time(), self._inside
        self.cpu_s += (now - self._begun) * before
        self._inside, self._begun = inside, now
        return before


if __name__ == "__main__":
    main()
