"""An assignment as a student has it: checks that read recorded answers in the place of formulas."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from autograder.assignment.discover import Declared
from autograder.checks.answers import FILE_NAME, Listed, Reader, tape_of
from autograder.checks.case import Case
from autograder.errors import AssignmentError, AutograderError
from autograder.model import Check, Mistake
from autograder.student.seen import RecordedSeen

PRACTICE_SEED = 0  # the same cases every time, so that an edit is all that changes between two runs
Asked = Sequence[tuple[dict[str, Any], int]]


def is_bundle(folder: Path) -> bool:
    """Whether the assignment in `folder` is a student's: it has recorded answers."""
    return (folder / FILE_NAME).is_file()


def with_answers(declared: Declared) -> Declared:
    """`declared` as it is, or, where its folder has recorded answers, with checks that ask the recorded cases.

    Raises AutograderError where the answers were made for other checks."""
    folder = Path(declared.assignment.folder)
    if not is_bundle(folder):
        return declared
    reader = tape_of(folder)
    if not isinstance(reader, Reader):
        return declared  # the record is being made
    answers = reader.answers
    if answers.assignment != declared.assignment.id or answers.source != source_digest(folder):
        raise AutograderError(
            f"The recorded answers in {folder} are not of these checks: files of the bundle were changed, or two "
            "versions were mixed. Unpack the bundle again, into an empty folder."
        )
    checks = tuple(_recorded(check, reader) for check in declared.checks if check.id in answers.cases)
    mistakes = tuple(_mistake(one) for one in answers.mistakes)
    return dataclasses.replace(declared, checks=checks, mistakes=mistakes, recorded=RecordedSeen(reader))


def _mistake(listed: Listed) -> Mistake:
    """A mistake whose numbers are recorded: it has no code to be run."""

    def build() -> dict[str, Callable[..., Any]]:
        raise AssignmentError(listed.name, ["a bundle holds no code of mistakes"])

    return Mistake(listed.name, listed.entry_point, listed.caught_by, listed.says, build, listed.seen_in)


def source_digest(folder: Path) -> str:
    """A digest of everything in an assignment's folder that its checks rest on, but the answers themselves."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".py", ".toml"):
            content = path.read_bytes().replace(b"\r\n", b"\n")  # git and editors on Windows change line ends
            digest.update(f"{path.name}:{len(content)}:".encode() + content)
    return digest.hexdigest()


def _recorded(check: Check, reader: Reader) -> Check:
    known = reader.answers
    space = RecordedSpace(check.strategy, known.cases[check.id], known.simple.get(check.id, []), reader)
    return msgspec.structs.replace(check, strategy=space)


class RecordedSpace:
    """The recorded cases of a check in the place of the space that they were drawn from."""

    def __init__(self, space: Any, asked: Asked, simple: Asked, reader: Reader) -> None:
        self._space = space
        self._asked = tuple(asked)
        self._simple = tuple(simple)
        self._reader = reader

    @property
    def names(self) -> set[str]:
        """The names of the parameters."""
        return self._space.names if self._space is not None else set()

    def parameter(self, name: str, value: Any) -> Any:
        """The value of a parameter that a replay token writes as `value`; ValueError for one that no case has."""
        return self._space.parameter(name, value)

    @functools.cached_property
    def _cases(self) -> tuple[Case, ...]:
        return tuple(self.case(params, seed) for params, seed in self._asked)

    def cases(self, seed: int, count: int) -> tuple[Case, ...]:
        """The recorded cases, whatever the seed: there are answers to no others."""
        return self._cases

    def shrink(self, case: Case, holds: Callable[[Case], bool]) -> Case:
        """The first of the recorded simple cases for which `holds` is true; `case` itself where there is none."""
        simple = (self.case(params, case_seed) for params, case_seed in self._simple)
        return next((one for one in simple if holds(one)), case)

    def case(self, params: dict[str, Any], seed: int) -> Case:
        """One case, whose answers are looked up."""
        return Case({name: _tupled(value) for name, value in params.items()}, seed, self._reader)


def _tupled(value: Any) -> Any:
    """`value` with tuples for lists, as a space gives them: the file knows lists alone."""
    return tuple(_tupled(item) for item in value) if isinstance(value, list | tuple) else value
