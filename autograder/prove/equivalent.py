"""The mutants that nobody can kill because they compute the same, listed by hand, each with its reason.

`assignments/<slug>/equivalent.toml` holds one table for each:

    [[mutant]]
    id = "relu_backward:comparison:c62b5ae5"
    before = "x > 0"
    after = "x >= 0"
    reason = "the gradient at exactly 0 is a convention, and both pass"
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.errors import AssignmentError
from autograder.model import Record
from autograder.prove.mutants import Mutant

_KEYS = ("id", "before", "after", "reason")


class Equivalent(Record, frozen=True):
    """One listed mutant. `before` and `after` are for the reader, and keep a hash from covering for another edit."""

    id: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""


def read_equivalent(path: Path) -> list[Equivalent]:
    """The entries as they stand, for `check_equivalent`; none if there is no file.

    Raises AssignmentError that lists everything which makes the file no list of mutants."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AssignmentError(str(path), [f"not TOML: {error}"]) from error
    tables = document.get("mutant", [])
    problems = [f"unknown key {key!r}; the file holds only [[mutant]] tables" for key in document if key != "mutant"]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append("mutant must be a list of tables; head each one [[mutant]]")
    else:
        problems += [problem for number, table in enumerate(tables, 1) for problem in _malformed(number, table)]
    if problems:
        raise AssignmentError(str(path), problems)
    return [Equivalent(**table) for table in tables]


def _malformed(number: int, table: dict[str, object]) -> Iterator[str]:
    for key, value in table.items():
        if key not in _KEYS:
            yield f"[[mutant]] {number} has an unknown key {key!r}; it may have {', '.join(_KEYS)}"
        elif not isinstance(value, str):
            yield f"[[mutant]] {number}: {key} must be a string but is {value!r} ({type(value).__name__})"
    if not table.get("id"):
        yield f"[[mutant]] {number} has no id; `prove --mutants` prints the ids of survivors"


def check_equivalent(entries: Sequence[Equivalent], mutants: Sequence[Mutant]) -> list[str]:
    """What is wrong with the list, given all mutants of the reference; one sentence each, empty if it is sound."""
    known = {mutant.id: mutant for mutant in mutants}
    problems = [
        f"mutant {identity!r} is listed {count} times; keep one entry"
        for identity, count in Counter(entry.id for entry in entries).items()
        if count > 1
    ]
    for entry in entries:
        if not entry.reason.strip():
            problems.append(f"mutant {entry.id!r} is listed without a reason; say why no input can tell it apart")
        if entry.id not in known:
            problems.append(f"mutant {entry.id!r} does not exist; {_way_out(entry, mutants)}")
        elif (known[entry.id].before, known[entry.id].after) != (entry.before, entry.after):
            mutant = known[entry.id]
            problems.append(
                f"mutant {entry.id!r} turns {mutant.before!r} into {mutant.after!r}, but its entry says that it turns "
                f"{entry.before!r} into {entry.after!r}; look again whether the reason is about this mutant"
            )
    return problems


def _way_out(entry: Equivalent, mutants: Sequence[Mutant]) -> str:
    """The same edit in the same function may live on under another id, if its statement was rewritten."""
    fault = (*entry.id.split(":")[:2], entry.before, entry.after)
    heirs = [
        mutant.id for mutant in mutants if (mutant.function, mutant.operator, mutant.before, mutant.after) == fault
    ]
    if heirs:
        return f"the same edit is now {' or '.join(map(repr, heirs))}: check that the reason still holds"
    return "the reference has changed: delete the entry"
