"""Which submissions a path stands for: a file, a folder that holds one, or a folder of such, one a student."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from autograder.errors import SubmissionRefused
from autograder.submission.text import folded, printable

SUFFIXES = (".py", ".ipynb", ".zip")
_IGNORED = ("__pycache__", "__macosx", "expected.toml", "thumbs.db", "desktop.ini")
_DEPTH = 4  # nbgrader hands in student/assignment/notebook.ipynb; nobody needs more
_PATH = 200  # characters of a path in a sentence: enough to reach the end, which tells two apart


class _Found(NamedTuple):
    id: str
    origin: Path  # what the student is named after
    path: Path


def find_submissions(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """(student id, path) of every submission, sorted, ids unique; `read_submission(path, id=id)` reads each.

    A folder that directly holds exactly one source is one submission, named for the folder. Any other folder is a
    class, and each thing in it is one submission: what cannot be read is refused by name, never passed over. Equal
    ids are told apart by the folder they came from. Raises SubmissionRefused for an empty folder and for equal ids
    within one.
    """
    expanded = {os.path.abspath(found.path): found for path in paths for found in _expand(path)}
    found = list(expanded.values())
    shared = _shared(found)
    found = [_prefixed(one) if folded(one.id) in shared else one for one in found]
    shared = _shared(found)
    if clash := sorted((folded(one.id), str(one.path)) for one in found if folded(one.id) in shared):
        first, second = (printable(path, _PATH) for _, path in clash[:2])
        raise SubmissionRefused(f"{first} and {second} would both be graded as one student; rename one of them.")
    return sorted((one.id, one.path) for one in found)


def source_in(path: Path) -> Path:
    """The file that is the submission: `path` itself, or the only source in the folder `path`.

    A folder that holds nothing but one folder is looked into. Raises SubmissionRefused if there is none, or several.
    """
    where = printable(str(path), _PATH)
    for _ in range(_DEPTH):
        if not os.path.isdir(path):
            return path
        if os.path.islink(path):
            raise SubmissionRefused(f"{where} is a symbolic link; hand in the folder itself.")
        sources, folders = _sources(path), _folders(path)
        if len(sources) == 1:
            return sources[0]
        if sources:
            names = printable(", ".join(source.name for source in sources[:5]))
            raise SubmissionRefused(f"{where} holds {len(sources)} submissions ({names}); leave exactly one.")
        if len(folders) != 1:
            break
        path = folders[0]
    raise SubmissionRefused(f"{where} holds no .py, .ipynb or .zip; put the solution directly into it.")


def default_id(path: Path) -> str:
    """The student that a path is named after: a file's stem, a folder's name; printable."""
    return _name(path) if os.path.isdir(path) else printable(path.stem, None)


def _expand(path: Path) -> list[_Found]:
    if not os.path.isdir(path):
        return [_Found(default_id(path), path, path)]
    sources = _sources(path)
    if len(sources) == 1 and not any(_holds_source(folder, _DEPTH) for folder in _folders(path)):
        return [_Found(default_id(path), path, sources[0])]
    children = _children(path)
    if not children:
        raise SubmissionRefused(
            f"{printable(str(path), _PATH)} holds no submission; name a folder of .py, .ipynb or .zip."
        )
    return [_Found(default_id(child), child, child) for child in children]


def _children(folder: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise SubmissionRefused(
            f"{printable(str(folder), _PATH)} cannot be listed ({error.strerror}); check its permissions."
        ) from None
    return [folder / name for name in names if not _is_ignored(name)]


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.lower() in _IGNORED or name.lower().startswith("readme")


def _sources(folder: Path) -> list[Path]:
    return [path for path in _children(folder) if path.suffix.lower() in SUFFIXES and not os.path.isdir(path)]


def _folders(folder: Path) -> list[Path]:
    return [path for path in _children(folder) if os.path.isdir(path) and not os.path.islink(path)]


def _holds_source(folder: Path, depth: int) -> bool:
    if not depth:
        return False
    return bool(_sources(folder)) or any(_holds_source(inner, depth - 1) for inner in _folders(folder))


def _name(folder: Path) -> str:
    return printable(Path(os.path.abspath(folder)).name, None) or "submission"


def _shared(found: list[_Found]) -> set[str]:
    return {key for key, count in Counter(folded(one.id) for one in found).items() if count > 1}


def _prefixed(one: _Found) -> _Found:
    return one._replace(id=f"{_name(one.origin.parent)}-{one.id}")
