"""What isolation costs: a call in the sandbox against one in this process, and CPU seconds for a whole submission.

CPU time is the grader's thread and the worker's process tree together, as the kernel counts them; medians over repeats.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import msgspec
import numpy as np

from autograder.assignment.discover import assignment_folders, discover
from autograder.model import Isolation, Limits, Visibility
from autograder.pipeline import Grading, grade_one
from autograder.sandbox.isolation import choose
from autograder.sandbox.local import LocalProgram
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Sandbox
from autograder.wire import Call

SOURCE = "def affine(x, w, b):\n    return x @ w + b, (x, w, b)\n"
REPEATS = 7
CALLS = 400
BATCH = 20


def main() -> None:
    """Print the tables; with the argument `sandboxes` the last one alone."""
    isolation = choose(None)
    print(f"isolation: {isolation.level}")
    if sys.argv[1:] != ["sandboxes"]:
        calls(isolation.level)
        print()
        submissions(Grading, isolation)
        print()
    sandboxes(isolation)


def calls(level: object) -> None:
    """CPU time of one affine call on 4 x 5 inputs, by route."""
    rng = np.random.default_rng(20)
    args = (rng.standard_normal((4, 5)), rng.standard_normal((5, 3)), rng.standard_normal(3))
    namespace: dict[str, Callable[..., object]] = {}
    exec(SOURCE, namespace)
    call = Call("affine", args, keep=(1,))
    direct = _median(lambda: [namespace["affine"](*args) for _ in range(CALLS)], time.process_time)
    local = LocalProgram(namespace)
    encoded = _median(lambda: [local.calls([call]) for _ in range(CALLS)], time.process_time)
    print(f"{'one call, CPU µs':<44}{'grader':>9}{'worker':>9}{'both':>9}")
    print(f"{'in this process, called directly':<44}{direct:>9.1f}{'':>9}{direct:>9.1f}")
    print(f"{'in this process, values taken over the wire':<44}{encoded:>9.1f}{'':>9}{encoded:>9.1f}")
    for name, batch in (("in the sandbox, one at a time", 1), (f"in the sandbox, batches of {BATCH}", BATCH)):
        grader, worker = _sandboxed(level, call, batch)
        print(f"{name:<44}{grader:>9.1f}{worker:>9.1f}{grader + worker:>9.1f}")


def _sandboxed(level: object, call: Call, batch: int) -> tuple[float, float]:
    limits = Limits(cpu_s=60, load_cpu_s=1)

    def run(count: int) -> tuple[float, float]:
        with Sandbox(level) as sandbox, sandbox.fork(limits) as fork:  # type: ignore[arg-type]
            program = SandboxProgram(fork, limits)
            program.load([(0, 1, SOURCE)])
            started = time.process_time()
            for _ in range(count // batch):
                program.calls([call] * batch)
            return time.process_time() - started, fork.end().cpu_s

    many, few = [run(4 * CALLS) for _ in range(REPEATS)], [run(0) for _ in range(REPEATS)]
    grader = statistics.median(pair[0] for pair in many) / (4 * CALLS)
    # the load is in both runs, so the difference is the calls alone
    worker = (statistics.median(p[1] for p in many) - statistics.median(p[1] for p in few)) / (4 * CALLS)
    return grader * 1e6, worker * 1e6


def _median(work: Callable[[], object], clock: Callable[[], float]) -> float:
    times = []
    for _ in range(REPEATS):
        started = clock()
        work()
        times.append(clock() - started)
    return statistics.median(times) / CALLS * 1e6


def submissions(make: type[Grading], isolation: object) -> None:
    """CPU seconds to grade each reference as one of a class, and how often it is loaded for all checks; the first,
    which draws the cases, stands apart."""
    heads = f"{'checks':>8}{'loads':>7}{'public':>9}{'all':>9}{'first':>9}{'score':>9}"
    print(f"{'one reference submission, CPU s':<32}{heads}")
    for slug, folder in assignment_folders().items():
        declared = discover(folder)
        public = tuple(check for check in declared.checks if check.visibility is Visibility.PUBLIC)
        path = Path(declared.assignment.reference)
        times = {}
        for name, checks in (("all", declared.checks), ("public", public)):
            grading = make(declared, 20, isolation, checks)  # type: ignore[arg-type]
            with patch.object(SandboxProgram, "load", autospec=True, side_effect=SandboxProgram.load) as load:
                reports = [grade_one(grading, "reference", path) for _ in range(REPEATS + 1)]
            times[name] = statistics.median(report.cpu_s for report in reports[1:])
            if name == "all":
                first, last, loads = reports[0], reports[-1], load.call_count // len(reports)
        score = f"{last.score:g}/{last.max_score:g}"
        print(
            f"{slug:<32}{len(declared.checks):>8}{loads:>7}{times['public']:>9.3f}{times['all']:>9.3f}"
            f"{first.cpu_s:>9.3f}{score:>9}"
        )


def sandboxes(isolation: Isolation) -> None:
    """CPU seconds of a reference whose entry points have packages of their own, each set of packages in a sandbox, and
    of the same in one sandbox that holds all packages."""
    print(f"{'sandboxes, CPU s':<32}{'one':>9}{'each':>9}{'more':>9}")
    for slug, folder in assignment_folders().items():
        declared = discover(folder)
        assignment = declared.assignment
        if len({assignment.packages_of(entry.name) for entry in assignment.entry_points}) < 2:
            continue
        shared = tuple(msgspec.structs.replace(entry, packages=()) for entry in assignment.entry_points)
        whole = dataclasses.replace(declared, assignment=msgspec.structs.replace(assignment, entry_points=shared))
        one, each = (_submission(Grading(which, 20, isolation, which.checks)) for which in (whole, declared))
        print(f"{slug:<32}{one:>9.3f}{each:>9.3f}{each - one:>9.3f}")


def _submission(grading: Grading) -> float:
    """CPU seconds of the reference as one of a class."""
    path = Path(grading.declared.assignment.reference)
    return statistics.median([grade_one(grading, "reference", path).cpu_s for _ in range(REPEATS + 1)][1:])


if __name__ == "__main__":
    main()
