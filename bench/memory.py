"""The most memory that a grading process takes: for each assignment a process of its own, which grades the reference
and then the sample class. It imports only what grading needs; `autograder grade` also keeps and prints results.

VmHWM of proc_pid_status(5) is read, because `ru_maxrss` counts what the starting process took as well.
"""

from __future__ import annotations

import multiprocessing
import re
import sys
from pathlib import Path

from autograder.assignment.discover import assignment_folders, discover
from autograder.pipeline import Grading, grade_one
from autograder.sandbox.isolation import choose


def main() -> None:
    """Print the table, of the assignments that are named or of all."""
    print(f"{'one grading process, MB':<32}{'ready':>9}{'reference':>11}{'class':>9}")
    from autograder.prove.sample_class import sample_class  # not for the processes: grading does not import the proof

    for slug in sys.argv[1:] or assignment_folders():
        files = [entry["file"] for entry in sample_class(Path(assignment_folders()[slug])).values()]
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print(f"{slug:<32}" + "{:>9}{:>11}{:>9}".format(*pool.apply(taken, (slug, files))))


def taken(slug: str, files: list[str]) -> tuple[int, int, int]:
    """MB of this process with the assignment `slug` read, its reference graded, and its sample class, `files`."""
    declared = discover(assignment_folders()[slug])
    grading = Grading(declared, 20, choose(None), declared.checks)
    folder = Path(declared.assignment.folder)
    ready = _megabytes()
    grade_one(grading, "reference", Path(declared.assignment.reference))
    reference = _megabytes()
    for file in files:
        grade_one(grading, Path(file).stem, folder / "submissions" / file)
    return ready, reference, _megabytes()


def _megabytes() -> int:
    (peak,) = re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return int(peak) // 1024


if __name__ == "__main__":
    main()
