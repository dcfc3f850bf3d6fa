"""Released files on disk: written whole or not at all, and compared with what is there."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from pathlib import Path


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Put `files` into `folder`. Each is complete before any takes its place, so a full disk changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    staged = {folder / f".{name}.{os.getpid()}.new": name for name in files}
    try:
        for path, name in staged.items():
            path.write_bytes(files[name])
        for path, name in staged.items():
            path.replace(folder / name)
    finally:
        for path in staged:
            path.unlink(missing_ok=True)


def drift(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """How `folder` differs from `files`, each difference in a sentence; none where it is up to date. Hidden files and
    folders are the tools' own."""
    there = {path.name for path in folder.glob("*") if path.is_file() and not path.name.startswith(".")}
    found = [f"{folder / name} is missing; run `autograder release`." for name in sorted(files.keys() - there)]
    found += [f"{folder / name} is not of the release; remove it." for name in sorted(there - files.keys())]
    for name in sorted(files.keys() & there):
        content = (folder / name).read_bytes()
        if content != files[name]:
            found.append(f"{folder / name} differs from the release {_first_difference(content, files[name])}.")
    return found


def _first_difference(mine: bytes, released: bytes) -> str:
    pairs = itertools.zip_longest(_lines(mine), _lines(released))
    for number, (left, right) in enumerate(pairs, start=1):
        if left != right:
            return f"in line {number}: it has {_shown(left)}, the release {_shown(right)}"
    return "in its line ends"


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()


def _shown(line: str | None) -> str:
    return "nothing" if line is None else f"`{line.strip()[:60]}`"
