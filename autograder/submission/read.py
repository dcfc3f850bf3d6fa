"""From a path to a Submission, or to one sentence that says why not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

from autograder.errors import SubmissionRefused
from autograder.model import Submission
from autograder.submission.archive import read_member
from autograder.submission.files import read_bytes
from autograder.submission.folder import PATH, source_in
from autograder.submission.identify import looks_like_notebook, looks_like_script, stranger
from autograder.submission.notebook import read_notebook
from autograder.submission.pieces import Pieces
from autograder.submission.python_file import read_script
from autograder.submission.text import FILE_LIMIT, NOTEBOOK_LIMIT, SOURCE_LIMIT, printable, size

_PIECE_LIMIT = 1000
_NOTE_LIMIT = 20
_ABSENT = "does not exist; check the path"
_UNKNOWN = "is not a .py, an .ipynb or a .zip; hand in one of these"


class _Format(NamedTuple):
    kind: Literal["script", "notebook"]
    limit: int
    advice: str
    pieces: Callable[[bytes, str], Pieces]


_SCRIPT = _Format("script", SOURCE_LIMIT, "delete what is not your solution", read_script)
_NOTEBOOK = _Format("notebook", NOTEBOOK_LIMIT, "clear its outputs and save it", read_notebook)
_FORMATS = {".py": _SCRIPT, ".ipynb": _NOTEBOOK}


def read_submission(path: Path, *, id: str | None = None, where: str | None = None) -> Submission:
    """The submission at `path`: a `.py`, an `.ipynb`, a `.zip` that holds one of them, or a folder that holds one.

    `id` names the student, by default after the file or folder; `where` is what sentences call the path. `sha256` is of
    the bytes of the file handed in, the zip's own if it is one. Nothing is run or parsed as Python. Raises
    SubmissionRefused, and nothing else.
    """
    where = printable(path.name) if where is None else where
    file = source_in(path, where)
    where = where if file == path else f"{where}/{printable(file.relative_to(path).as_posix(), PATH)}"
    suffix = file.suffix.lower()
    if suffix not in (".zip", *_FORMATS):
        raise SubmissionRefused(f"{where} {_UNKNOWN if os.path.lexists(file) else _ABSENT}.")
    id, origin = default_id(path) if id is None else id, printable(str(file), None)
    if suffix != ".zip":
        data = read_bytes(file, where, NOTEBOOK_LIMIT, _FORMATS[suffix].advice)
        return submission_of(data, id=id, where=where, suffix=suffix, path=origin)
    data = read_bytes(file, where, FILE_LIMIT, "zip your solution alone")
    return submission_in_zip(data, id=id, where=where, path=origin)


def submission_in_zip(data: bytes, *, id: str, where: str, path: str = "") -> Submission:
    """The submission that the zip `data` holds. Raises SubmissionRefused."""
    name, content = read_member(data, where)
    where, suffix = f"{where}: {printable(name)}", PurePosixPath(name).suffix.lower()
    return submission_of(content, id=id, where=where, suffix=suffix, path=path, handed_in=data)


def submission_of(
    data: bytes, *, id: str, where: str, suffix: str, path: str = "", handed_in: bytes | None = None
) -> Submission:
    """The submission whose source file holds `data`, under a name that ends in `suffix`; a script under a notebook's
    name is read as a script, and the reverse. `sha256` is of `handed_in`, by default of `data`. Raises
    SubmissionRefused."""
    form, notes = _format(data, where, suffix)
    if len(data) > form.limit:
        raise SubmissionRefused(f"{where} is {size(len(data))}; the limit is {size(form.limit)}: {form.advice}.")
    pieces = form.pieces(data, where)
    if len(pieces.cells) > _PIECE_LIMIT:
        raise SubmissionRefused(
            f"{where} is {len(pieces.cells)} pieces of code; the limit is {_PIECE_LIMIT}: join some."
        )
    return Submission(
        id=id,
        path=path,
        sha256=hashlib.sha256(data if handed_in is None else handed_in).hexdigest(),
        kind=form.kind,
        cells=tuple(pieces.cells),
        notes=_capped([*notes, *pieces.notes]),
        dropped=tuple(pieces.dropped),
    )


def default_id(path: Path) -> str:
    """The student that a path is named after: a file's stem, a folder's name; printable."""
    if os.path.isdir(path):
        return printable(Path(os.path.abspath(path)).name, None) or "submission"
    return printable(path.stem, None)


def _format(data: bytes, where: str, suffix: str) -> tuple[_Format, list[str]]:
    """What `data` is, and a note where its name says otherwise. Raises SubmissionRefused for what is neither."""
    if what := stranger(data):
        raise SubmissionRefused(f"{where} {what}.")
    form = _FORMATS[suffix]
    if form is _SCRIPT and looks_like_notebook(data):
        return _NOTEBOOK, [f"{where} is a notebook under a script's name and was read as a notebook; call it .ipynb"]
    if form is _NOTEBOOK and looks_like_script(data):
        return _SCRIPT, [f"{where} is a Python script under a notebook's name and was read as a script; call it .py"]
    return form, []


def _capped(notes: list[str]) -> tuple[str, ...]:
    if len(notes) <= _NOTE_LIMIT:
        return tuple(notes)
    return (*notes[:_NOTE_LIMIT], f"and {len(notes) - _NOTE_LIMIT} more notes like these")
