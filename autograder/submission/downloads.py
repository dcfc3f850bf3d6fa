"""Whose is what in a download of a whole class: names as Moodle, Canvas and Gradescope write them.

Moodle (mod/assign/classes/downloader.php): `Ada Lovelace_4711_assignsubmission_file/nn.py`, in older versions with a
`_` at the folder's end, or without folders `Ada Lovelace_4711_assignsubmission_file_nn.py`.
Canvas (lib/content_zipper.rb): `lovelaceada_LATE_123_456_nn-1.py`: the sortable name, the user's and the attachment's
number; Canvas adds the `-1` where the same name was uploaded again.
Gradescope: a folder for each submission, and `submission_metadata.yml`, which says whose it is.

Only the part that the system wrote is believed: what follows is a student's own file name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.submission.folder import PATH, SUFFIXES, is_ignored
from autograder.submission.text import folded, printable

METADATA = "submission_metadata.yml"
_MOODLE = re.compile(
    r"(?P<name>[^_/]+)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<flat>[^/]*))?"
)
_CANVAS = re.compile(r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
_AGAIN = re.compile(r"(.*?)(?:-\d+)?(\.\w+)")
# What Ruby's YAML writes: keys of a submission at two spaces, items of its list of submitters as below. A student's
# words (the output of an autograder, a name over several lines) stand deeper.
_SUBMITTER = re.compile(r"(?:  - |    ):(name|sid|email): (.*)")


@dataclass(frozen=True)
class Handed:
    """What one student handed in: the path of the one source in the download, or why there is not one."""

    id: str
    source: str = ""
    refusal: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _File:
    """A file of the download, whose it is, what the student called it, and which of two equal ones is newer."""

    path: str
    student: str
    number: str
    name: str
    late: bool = False
    order: int = 0


def handed_in(paths: Sequence[str], metadata: Callable[[str], bytes]) -> list[Handed] | None:
    """What each student handed in, by the `paths` of all files in a download; None where it is not one of a system that
    we know. `metadata` reads one of the files."""
    top = _wrapper(paths)
    inner = [path.removeprefix(top) for path in paths if not _is_hidden(path)]
    by_student: dict[tuple[str, str], list[_File]] = {}
    if METADATA in inner:
        people = _submitters(metadata(top + METADATA))
        by_student = {(name, _number(folder)): [] for folder, names in people.items() for name in names}
        inner.remove(METADATA)
        files = [file for path in inner for file in _gradescope(path, people)]
    else:
        files = [file for path in inner if (file := _moodle(path))] or _canvas(inner)
    if not files:
        return None
    for file in files:
        by_student.setdefault((file.student, file.number), []).append(file)
    names = [folded(name) for name, _ in by_student]
    known = {file.path for file in files}
    return [
        _chosen(f"{name} ({number})" if names.count(folded(name)) > 1 and number else name, found, top)
        for (name, number), found in by_student.items()
    ] + [_stray(path) for path in inner if path not in known and _is_source(path)]


def _stray(path: str) -> Handed:
    name = printable(path, PATH)
    return Handed(
        name, refusal=f"{name} is not called as the platform calls a submission, so nobody knows whose it is."
    )


def _wrapper(paths: Iterable[str]) -> str:
    """The one folder in which everything lies, where the download was packed again or is Gradescope's."""
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths if not _is_hidden(path)}
    top = next(iter(tops), "")
    return f"{top}/" if len(tops) == 1 and top and not _MOODLE.fullmatch(top) else ""


def _is_hidden(path: str) -> bool:
    return any((part.startswith(".") and part.strip(".")) or part == "__MACOSX" for part in path.split("/"))


def _moodle(path: str) -> _File | None:
    top, _, rest = path.partition("/")
    found = _MOODLE.fullmatch(top)
    if not found:
        return None
    # of a blind marking all are called Participant, and the gradebook has the number too
    anonymous = found["name"] == "Participant"
    name = f"Participant {found['number']}" if anonymous else found["name"].strip()
    return _File(path, name, "" if anonymous else found["number"], rest or found["flat"] or "")


def _canvas(paths: Sequence[str]) -> list[_File]:
    """The files, if all that may be submissions are called as Canvas calls them: no two attachments share a number."""
    named = [(path, found) for path in paths if (found := _CANVAS.fullmatch(path))]
    numbers = {found["attachment"] for _, found in named}
    others = set(paths) - {path for path, _ in named}
    if len(numbers) < len(named) or any(_is_source(path) for path in others):
        return []
    return [
        _File(path, found["name"], found["user"], found["file"], bool(found["late"]), int(found["attachment"]))
        for path, found in named
    ]


def _gradescope(path: str, people: dict[str, list[str]]) -> list[_File]:
    """A file of a group belongs to each of its members, who each get the group's grade."""
    folder, _, rest = path.partition("/")
    return [_File(path, name, _number(folder), rest) for name in people.get(folder, [folder] if rest else [])]


def _number(folder: str) -> str:
    return folder.removeprefix("submission_")


def _submitters(data: bytes) -> dict[str, list[str]]:
    """The names of those who handed in each submission; their student id or address where one has no name."""
    people: dict[str, list[dict[str, str]]] = {}
    submission, listed = "", False
    for line in data.decode("utf-8", "replace").splitlines():
        if line[:1] not in ("", " ", "-", "#"):
            submission, listed = line.rstrip().removesuffix(":"), False
            people[submission] = []
        elif re.match(r"  :\w", line):
            listed = line.startswith("  :submitters:")
        elif listed and (found := _SUBMITTER.fullmatch(line.rstrip())):
            if line.startswith("  - "):
                people[submission].append({})
            if people.get(submission):
                people[submission][-1][found[1]] = _plain(found[2])
    return {
        submission: [name for one in found if (name := one.get("name") or one.get("sid") or one.get("email"))]
        for submission, found in people.items()
    }


def _plain(value: str) -> str:
    """A YAML scalar of one line."""
    if value[:1] == value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("''", "'")
    if value[:1] == '"':
        try:
            return str(json.loads(value))
        except ValueError:
            return value.strip('"')
    return value


def _chosen(id: str, files: Sequence[_File], top: str) -> Handed:
    """The newest of what was handed in again under one name; with other sources beside it, a refusal."""
    id = printable(" ".join(id.split()), PATH)
    late = ("Canvas marks it as late.",) if any(file.late for file in files) else ()
    sources = [file for file in files if _is_source(file.name)]
    if not sources:
        only = printable(", ".join(sorted(file.name for file in files)[:3]), PATH) or "nothing"
        return Handed(id, refusal=f"{id} handed in no .py, .ipynb or .zip, only {only}.", notes=late)
    names = {_AGAIN.sub(r"\1\2", file.name) for file in sources}
    if len(sources) > 1 and (len(names) > 1 or len({file.order for file in sources}) < len(sources)):
        listed = printable(", ".join(sorted(file.name for file in sources)[:5]), PATH)
        return Handed(id, refusal=f"{id} handed in {len(sources)} files that may be the solution ({listed}); keep one.")
    *older, newest = sorted(sources, key=lambda file: file.order)
    if older:
        listed = printable(", ".join(file.name for file in older), PATH)
        late = (*late, f"{printable(newest.name)} was graded: the newest of {len(sources)}; before it came {listed}.")
    return Handed(id, top + newest.path, notes=late)


def _is_source(name: str) -> bool:
    path = PurePosixPath(name)
    return path.suffix.lower() in SUFFIXES and not any(is_ignored(part) for part in path.parts if part != "..")
