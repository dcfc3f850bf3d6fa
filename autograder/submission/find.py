"""Which submissions a path stands for: a file, a folder that holds one, or a class: a folder of such, one a student, or
what a learning platform made of one, packed or unpacked."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import msgspec

from autograder.errors import SubmissionRefused
from autograder.model import Submission, Unreadable
from autograder.submission.class_zip import ClassZip, open_class_zip
from autograder.submission.downloads import Handed, handed_in
from autograder.submission.files import read_bytes
from autograder.submission.folder import DEPTH, PATH, children, folders, holds_source, passed_over, sources
from autograder.submission.read import default_id, read_submission, submission_in_zip, submission_of
from autograder.submission.text import NOTEBOOK_LIMIT, folded, printable


@dataclass(frozen=True)
class Entry:
    """A submission that is read when its turn comes: whose it is, where it lies, and what sentences call it.

    `refusal` says why it is not read at all, where that is known before. In a zip of a class it is the `member` of
    `packed`; `notes` are what is known of it from there."""

    id: str
    path: Path
    where: str
    refusal: str = ""
    packed: ClassZip | None = None
    member: str = ""
    notes: tuple[str, ...] = ()

    def read(self) -> Submission | Unreadable:
        """What was handed in, from the bytes of this moment."""
        if self.refusal:
            return Unreadable(self.id, self.refusal)
        try:
            found = self._unpacked() if self.packed else read_submission(self.path, id=self.id, where=self.where)
        except SubmissionRefused as refusal:
            return Unreadable(self.id, str(refusal))
        return msgspec.structs.replace(found, notes=(*self.notes, *found.notes))

    def _unpacked(self) -> Submission:
        assert self.packed is not None
        data, path = self.packed.read(self.member, self.where), printable(f"{self.path}/{self.member}", None)
        suffix = PurePosixPath(self.member).suffix.lower()
        if suffix == ".zip":
            return submission_in_zip(data, id=self.id, where=self.where, path=path)
        return submission_of(data, id=self.id, where=self.where, suffix=suffix, path=path)


@dataclass(frozen=True)
class HandedIn:
    """What was found: a submission for each student, ids unique and sorted, and the files that were passed over."""

    entries: tuple[Entry, ...]
    passed_over: tuple[str, ...] = ()


def find_submissions(paths: Sequence[Path]) -> HandedIn:
    """Every submission that `paths` stand for; none is opened.

    A zip or a folder in which things are called as Moodle, Canvas or Gradescope call them is a class. Any other zip is
    one submission, and so is every zip that lies in a class: its student wrote the names in it. A folder that directly
    holds exactly one source is one submission, named for the folder. Any other folder is a class, and each thing in it
    is one submission: what cannot be read is refused by name, never passed over, and never costs anybody else. Equal
    ids are told apart by the folder they came from; those that stay equal are refused.
    """
    found: dict[tuple[str, str], Entry] = {}
    over: list[str] = []
    for path in paths:
        entries, names = _expand(path)
        found |= {(os.path.abspath(entry.path), entry.id): entry for entry in entries}
        over += [printable(name) for name in names]
    return HandedIn(tuple(sorted(_told_apart(list(found.values())), key=lambda entry: entry.id)), tuple(over))


def _expand(path: Path) -> tuple[list[Entry], list[str]]:
    """The entries of one path, and the names that were passed over in it."""
    name = printable(path.name or _name(path), PATH)
    try:
        if downloaded := _downloaded(path, name):
            return downloaded, []
        if not os.path.isdir(path):
            return [Entry(default_id(path), path, name)], []
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


def _downloaded(path: Path, where: str) -> list[Entry] | None:
    """The class at `path`, where it is one that a learning platform named. Raises SubmissionRefused."""
    if os.path.isdir(path):
        found = handed_in(
            list(_files(path)), lambda name: read_bytes(path / name, name, NOTEBOOK_LIMIT, "download it again")
        )
        return None if found is None else [_entry(one, path / one.source, where) for one in found]
    packed = open_class_zip(path, where) if path.suffix.lower() == ".zip" else None
    if packed is None:
        return None
    return [replace(_entry(one, path, where), packed=packed, member=one.source) for one in packed.handed_in]


def _entry(one: Handed, path: Path, where: str) -> Entry:
    return Entry(one.id, path, printable(one.source or where, PATH), one.refusal, notes=one.notes)


def _files(folder: Path, depth: int = DEPTH, above: str = "") -> Iterator[str]:
    """The files in `folder`, as paths from there; links are not followed, nor is a folder inside it that cannot be
    listed: its student is told so when the submission is read."""
    for path in children(folder):
        if not os.path.isdir(path) or os.path.islink(path):
            yield f"{above}{path.name}"
        elif depth:
            with contextlib.suppress(SubmissionRefused):
                yield from _files(path, depth - 1, f"{above}{path.name}/")


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
