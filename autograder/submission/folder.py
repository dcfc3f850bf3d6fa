"""What a folder holds: the sources in it, what is passed over, and the one file that is a student's submission."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.errors import SubmissionRefused
from autograder.submission.text import printable

SUFFIXES = (".py", ".ipynb", ".zip")
DEPTH = 4  # nbgrader hands in student/assignment/notebook.ipynb; nobody needs more
PATH = 200  # characters of a path in a sentence: enough to reach the end, which tells two apart
RULE = 'names that begin with a dot or with "readme" are not read as submissions; rename a file to have it graded'
_IGNORED = ("__pycache__", "__macosx", "expected.toml", "thumbs.db", "desktop.ini")


def children(folder: Path) -> list[Path]:
    """Everything in `folder` that may be a submission, sorted. Raises SubmissionRefused if it cannot be listed."""
    return [folder / name for name in _names(folder) if not is_ignored(name)]


def passed_over(folder: Path) -> list[str]:
    """The names of source files in `folder` that `children` leaves out: those that `RULE` is about."""
    names = _names(folder)
    beside = {name for name in names if not name.startswith(".")}
    return [
        name
        for name in names
        if is_ignored(name)
        and Path(name).suffix.lower() in SUFFIXES
        and not os.path.isdir(folder / name)
        and not (
            name.startswith("._") and name[2:] in beside
        )  # macOS writes ._nn.py beside nn.py, and it holds no code
    ]


def sources(folder: Path) -> list[Path]:
    """The files directly in `folder` that may be submissions."""
    return [path for path in children(folder) if path.suffix.lower() in SUFFIXES and not os.path.isdir(path)]


def folders(folder: Path) -> list[Path]:
    """The folders directly in `folder`; links are not followed."""
    return [path for path in children(folder) if os.path.isdir(path) and not os.path.islink(path)]


def holds_source(folder: Path, depth: int = DEPTH) -> bool:
    """Whether a source lies in `folder`, at most `depth` levels down."""
    if not depth:
        return False
    return bool(sources(folder)) or any(holds_source(inner, depth - 1) for inner in folders(folder))


def source_in(path: Path, where: str) -> Path:
    """The file that is the submission: `path` itself, or the only source in the folder `path`, called `where`.

    A folder that holds nothing but one folder is looked into. Raises SubmissionRefused if there is none, or several.
    """
    for _ in range(DEPTH):
        if not os.path.isdir(path):
            return path
        if os.path.islink(path):
            raise SubmissionRefused(f"{where} is a symbolic link; hand in the folder itself.")
        found, inner = sources(path), folders(path)
        if len(found) == 1:
            return found[0]
        if found:
            names = printable(", ".join(source.name for source in found[:5]))
            raise SubmissionRefused(f"{where} holds {len(found)} submissions ({names}); leave exactly one.")
        if len(inner) != 1:
            break
        path = inner[0]
    raise SubmissionRefused(f"{where} holds no .py, .ipynb or .zip{_instead(path)}; put the solution directly into it.")


def _instead(folder: Path) -> str:
    names = [path.name for path in children(folder)] if os.path.isdir(folder) else []
    return f", only {printable(', '.join(names[:3]))}{', …' if len(names) > 3 else ''}" if names else ""


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise SubmissionRefused(
            f"{printable(folder.name, PATH)} cannot be listed ({error.strerror}); check its permissions."
        ) from None


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is never a submission."""
    return name.startswith(".") or name.lower() in _IGNORED or name.lower().startswith("readme")
