"""`python -m bench.wild`: the cases of tests/wild by kind, how many were tried and how many held."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

from autograder.assignment.discover import discover
from autograder.model import Level
from autograder.pipeline import Grading
from autograder.sandbox.isolation import choose
from tests.tiny_course import write_assignment
from tests.wild.wild_cases import cases, shortfall

SEED = 7


def main() -> None:
    """Print the table, and on stderr what falls short; exit status 1 where something does."""
    tried: Counter[str] = Counter()
    held: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as root:
        declared = discover(write_assignment(Path(root)))
        grading = Grading(declared, SEED, choose(None, at_least=Level.PROCESS), declared.checks)
        for case in cases():
            with tempfile.TemporaryDirectory() as folder:
                short = shortfall(case, grading, Path(folder))
            tried[case.kind] += 1
            held[case.kind] += not short
            if short:
                print(f"{case.kind}: {short}", file=sys.stderr)
    print("| kind | tried | held |\n|---|---|---|")
    for kind, count in tried.items():
        print(f"| {kind} | {count} | {held[kind]} |")
    print(f"| all | {tried.total()} | {held.total()} |")
    sys.exit(held != tried)


if __name__ == "__main__":
    main()
