"""Lines of Python and TOML by room and by assignment, at a revision and now: `python -m bench.lines REVISION`.

It reads git alone, so that both sides are counted by the same rule."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import PurePosixPath

EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git's tree without files
ROOMS = ("autograder", "assignments", "bench", "reference", "tests")
KINDS = (".py", ".toml")


def lines_by_room(revision: str) -> Counter[str]:
    """Lines at `revision`, by room: a folder of the package, an assignment, or a top-level folder."""
    command = ["git", "diff", "--numstat", EMPTY, revision, "--", *ROOMS]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    counted: Counter[str] = Counter()
    for line in listed.splitlines():
        added, _, name = line.split("\t")
        path = PurePosixPath(name)
        if added != "-" and path.suffix in KINDS:
            counted[_room(path)] += int(added)
    return counted


def _room(path: PurePosixPath) -> str:
    top, *rest = path.parts
    inside = top in ("autograder", "assignments", "tests") and len(rest) > 1
    return f"{top}/{rest[0]}" if inside else top


def main() -> None:
    """Print the table."""
    before, now = lines_by_room(sys.argv[1] if len(sys.argv) > 1 else "HEAD~1"), lines_by_room("HEAD")
    print("| room | before | now |\n|---|---:|---:|")
    for room in sorted(before | now):
        print(f"| {room} | {before[room]:,} | {now[room]:,} |")
    print(f"| **all** | {before.total():,} | {now.total():,} |")


if __name__ == "__main__":
    main()
