"""Which submissions a path stands for: a file, a folder that holds one, or a folder of such, one a student."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import SubmissionRefused
from autograder.model import Submission, Unreadable
from autograder.submission.folder import PATH, children, folders, holds_source, passed_over, sources
from autograder.submission.read import default_id, read_submission
from autograder.submission.text import folded, printable


@dataclass(frozen=True)
class Entry:
    """A submission that is read when its turn comes: whose it is, where it lies, and what sentences call it.

    `refusal` says why it is not read at all, where that is known before."""

    id: str
    path: Path
    where: str
    refusal: str = ""

    def read(self) -> Submission | Unreadable:
        """What was handed in, from the bytes of this moment."""
        if self.refusal:
            return Unreadable(self.id, self.refusal)
        try:
            return read_submission(self.path, id=self.id, where=self.where)
        except SubmissionRefused as refusal:
            return Unreadable(self.id, str(refusal))


@dataclass(frozen=True)
class HandedIn:
    """What was found: a submission for each student, ids unique and sorted, and the files that were passed over."""

    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...] = ()


def find_submissions(paths: Sequence[Path]) -> HandedIn:
    """Every submission that `paths` stand for; none is opened.

    A folder that directly holds exactly one source is one submission, named for the folder. Any other folder is a
    class, and each thing in it is one submission: what cannot be read is refused by name, never passed over, and never
    costs anybody else. Equal ids are told apart by the folder they came from; those that stay equal are refused.
    """
    found: dict[str, Entry] = {}
    over: list[str] = []
    for path in paths:
        entries, names = _expand(path)
        found |= {os.path.abspath(entry.path): entry for entry in entries}
        over += [printable(name) for name in names]
    return HandedIn(tuple(sorted(_told_apart(list(found.values())), key=lambda entry: entry.id)), tuple(over))


def _expand(path: Path) -> tuple[list[Entry], list[str]]:
    """The entries of one path, and the names that were passed over in it."""
    name = printable(path.name or _name(path), PATH)
    if not os.path.isdir(path):
        return [Entry(default_id(path), path, name)], []
    try:
        over = passed_over(path)
        if len(sources(path)) == 1 and not over and not any(holds_source(folder) for folder in folders(path)):
            return [Entry(default_id(path), path, name)], []
        found = children(path)
    except SubmissionRefused as refusal:
        return [Entry(default_id(path), path, name, str(refusal))], []
    if not found:
        empty = f"{name} holds no submission; hand in a .py, an .ipynb or a .zip, or name a folder of such."
        return [Entry(default_id(path), path, name, empty)], over
    return [Entry(default_id(child), child, printable(child.name, PATH)) for child in found], over


def _told_apart(found: list[Entry]) -> list[Entry]:
    """The entries under ids that no two share: by the folder that they lie in, or else by their whole name, refused."""
    shared = _shared(found)
    found = [
        replace(one, id=f"{_name(one.path.parent)}-{one.id}") if _by_folder(one, found, shared) else one
        for one in found
    ]
    shared = _shared(found)
    return [_refused(one, found) if folded(one.id) in shared else one for one in found]


def _by_folder(one: Entry, found: list[Entry], shared: set[str]) -> bool:
    """Whether the folder tells `one` from those with its id: not from those that lie beside it."""
    if folded(one.id) not in shared:
        return False
    parents = [other.path.parent for other in found if folded(other.id) == folded(one.id)]
    return len(set(parents)) > 1


def _refused(one: Entry, found: list[Entry]) -> Entry:
    names = sorted(other.where for other in found if folded(other.id) == folded(one.id))
    refusal = f"{' and '.join(names)} would both be graded as {one.id}; leave one of them."
    return replace(one, id=f"{one.id} ({one.where})", refusal=refusal)


def _name(folder: Path) -> str:
    return printable(Path(os.path.abspath(folder)).name, None) or "submission"


def _shared(found: list[Entry]) -> set[str]:
    return {key for key, count in Counter(folded(one.id) for one in found).items() if count > 1}
