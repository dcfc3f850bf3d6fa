"""`mistakes.toml`: what a course's teacher says of wrong answers that no listed mistake explains."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.assignment.load import unknown_keys
from autograder.errors import AssignmentError
from autograder.model import Taught, WrongAnswer
from autograder.text import hint

FILE = "mistakes.toml"
_KEYS = ("check", "fingerprint", "says")


def load_taught(folder: Path, checks: Sequence[str]) -> tuple[Taught, ...]:
    """The mistakes in `folder`/mistakes.toml, none where the file is absent. AssignmentError lists everything that
    is wrong with it."""
    path = folder / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(str(path), [f"this is not TOML: {error}"]) from None
    listed = table.get("mistake", [])
    problems = list(unknown_keys("", table, ("mistake",)))
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        problems.append("write each mistake as a table, [[mistake]]")
        listed = []
    for number, one in enumerate(listed, start=1):
        problems += [f"mistake {number}: {problem}" for problem in _problems(one, checks)]
    if problems:
        raise AssignmentError(str(path), problems)
    return tuple(Taught(one["check"], WrongAnswer.read(one["fingerprint"]), one["says"]) for one in listed)


def _problems(one: Mapping[str, Any], checks: Sequence[str]) -> Iterator[str]:
    yield from unknown_keys("", one, _KEYS)
    for key in _KEYS:
        if not isinstance(one.get(key), str) or not one[key].strip():
            yield f"{key} must be a sentence, not {one[key]!r}" if key in one else f"{key} is missing"
    if isinstance(one.get("check"), str) and one["check"] not in checks:
        yield f"there is no check {one['check']!r}; {hint(one['check'], checks)}"
    if isinstance(one.get("fingerprint"), str):
        try:
            WrongAnswer.read(one["fingerprint"])
        except ValueError:
            yield "fingerprint is damaged; copy it from the class report"
