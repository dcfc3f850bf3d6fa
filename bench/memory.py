"""Memory that a grading process takes (`ru_maxrss`): for each assignment a process of its own, which grades the
reference and then the sample class. It imports only what grading needs; `autograder grade` also keeps and prints
results."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tomllib
from pathlib import Path

from autograder.assignment.discover import assignment_folders, discover
from autograder.pipeline import Grading, grade_one
from autograder.sandbox.isolation import choose


def main() -> None:
    """Print the table, of the assignments that are named or of all."""
    print(f"{'one grading process, MB':<32}{'ready':>9}{'reference':>11}{'class':>9}")
    for slug in sys.argv[1:] or assignment_folders():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(f"{slug:<32}" + "{:>9}{:>11}{:>9}".format(*pool.apply(taken, (slug,))))


def taken(slug: str) -> tuple[int, int, int]:
    """MB of this process with the assignment `slug` read, its reference graded, and its sample class."""
    declared = discover(assignment_folders()[slug])
    grading = Grading(declared, 20, choose(None), declared.checks)
    folder = Path(declared.assignment.folder)
    ready = _megabytes()
    grade_one(grading, "reference", Path(declared.assignment.reference))
    reference = _megabytes()
    # read here: the proof, which has a function for it, would count as memory of this process
    for student, entry in tomllib.loads((folder / "submissions" / "expected.toml").read_text(encoding="utf-8")).items():
        grade_one(grading, student, folder / "submissions" / entry["file"])
    return ready, reference, _megabytes()


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
