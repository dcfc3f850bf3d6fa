"""From a path to a Submission, or to one sentence that says why not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from autograder.errors import SubmissionRefused
from autograder.model import Cell, Submission
from autograder.submission.archive import read_member
from autograder.submission.files import read_bytes
from autograder.submission.find import default_id, source_in
from autograder.submission.notebook import read_notebook
from autograder.submission.python_file import read_script
from autograder.submission.text import FILE_LIMIT, SOURCE_LIMIT, decode, printable, size

_PIECE_LIMIT = 1000
_NOTE_LIMIT = 20
_ABSENT = "does not exist; check the path"


class _Format(NamedTuple):
    kind: Literal["script", "notebook"]
    limit: int
    advice: str
    cells: Callable[[str, str], tuple[list[Cell], list[str]]]


_FORMATS = {
    ".py": _Format("script", SOURCE_LIMIT, "delete what is not your solution", read_script),
    ".ipynb": _Format("notebook", FILE_LIMIT, "clear its outputs and save it", read_notebook),
}


def read_submission(path: Path, *, id: str | None = None) -> Submission:
    """The submission at `path`: a `.py`, an `.ipynb`, a `.zip` that holds one of them, or a folder that holds one.

    `id` names the student, by default after the file or folder. `sha256` is of the bytes of the file handed in, the
    zip's own if it is one. Nothing is run or parsed as Python. Raises SubmissionRefused, and nothing else.
    """
    file = source_in(path)
    where = printable(file.name if file == path else f"{path.name}/{file.relative_to(path)}")
    suffix = file.suffix.lower()
    if suffix == ".zip":
        data = read_bytes(file, where, FILE_LIMIT, "zip your solution alone")
        name, content = read_member(data, where)
        where, suffix = f"{where}: {printable(name)}", PurePosixPath(name).suffix.lower()
        _check_size(content, where, _FORMATS[suffix])
    elif suffix in _FORMATS:
        data = content = read_bytes(file, where, _FORMATS[suffix].limit, _FORMATS[suffix].advice)
    else:
        problem = "is not a .py, an .ipynb or a .zip; hand in one of these" if os.path.lexists(file) else _ABSENT
        raise SubmissionRefused(f"{where} {problem}.")
    cells, notes = _FORMATS[suffix].cells(decode(content, where), where)
    if len(cells) > _PIECE_LIMIT:
        raise SubmissionRefused(f"{where} is {len(cells)} pieces of code; the limit is {_PIECE_LIMIT}: join some.")
    return Submission(
        id=default_id(path) if id is None else id,
        path=printable(str(file), None),
        sha256=hashlib.sha256(data).hexdigest(),
        kind=_FORMATS[suffix].kind,
        cells=tuple(cells),
        notes=_capped(notes),
    )


def _check_size(content: bytes, where: str, form: _Format) -> None:
    if len(content) > form.limit:
        raise SubmissionRefused(f"{where} is {size(len(content))}; the limit is {size(form.limit)}: {form.advice}.")


def _capped(notes: list[str]) -> tuple[str, ...]:
    if len(notes) <= _NOTE_LIMIT:
        return tuple(notes)
    return (*notes[:_NOTE_LIMIT], f"and {len(notes) - _NOTE_LIMIT} more notes like these")
