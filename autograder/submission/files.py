"""A file's bytes, read once: everything later works from these, so nothing can be swapped underneath."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from autograder.errors import SubmissionRefused
from autograder.submission.text import size

# A FIFO must not make the open wait, a symbolic link must not lead to another file, a terminal must not become ours.
# Windows has none of these flags, and needs O_BINARY.
_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY"):
    _FLAGS |= getattr(os, _name, 0)


def read_bytes(path: Path, where: str, limit: int, advice: str) -> bytes:
    """The at most `limit` bytes of the regular file `path`. Raises SubmissionRefused for anything else."""
    if os.path.islink(path):
        raise SubmissionRefused(f"{where} is a symbolic link; hand in the file itself.")
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise SubmissionRefused(f"{where} does not exist; check the path.") from None
    except (OSError, ValueError) as error:
        raise SubmissionRefused(f"{where} cannot be opened ({_reason(error)}); hand in a readable file.") from None
    try:
        return _read_regular(descriptor, where, limit, advice)
    except OSError as error:
        raise SubmissionRefused(f"{where} cannot be read ({_reason(error)}); hand it in again.") from None
    finally:
        os.close(descriptor)


def _read_regular(descriptor: int, where: str, limit: int, advice: str) -> bytes:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise SubmissionRefused(f"{where} is not a regular file; hand in a .py, an .ipynb or a .zip.")
    if status.st_size > limit:
        raise SubmissionRefused(f"{where} is {size(status.st_size)}; the limit is {size(limit)}: {advice}.")
    with open(descriptor, "rb", closefd=False) as file:
        data = file.read(limit + 1)
    if len(data) > limit:  # it grew after fstat, or lies in a file system that reports no sizes
        raise SubmissionRefused(f"{where} is more than {size(limit)}, which is the limit: {advice}.")
    return data


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "its name is not a valid path"
