"""Files and databases that may fail, and the sentence for each way: full, read-only, damaged, in use.

What the user can mend at once (another folder, a permission, a copy of a file) is an AutograderError; what stops the
grader where it stands is a GraderFault.
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.errors import AutograderError, GraderFault

BUSY_SECONDS = 60.0  # to wait for another process's write, which on a network file system may take seconds

_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)


class Damaged(AutograderError):
    """A database cannot be read any more."""


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Whatever the disk or SQLite raises within it becomes one sentence on the results in `folder`."""
    try:
        yield
    except sqlite3.ProgrammingError:  # ours, and a bug
        raise
    except (OSError, sqlite3.Error) as error:
        raise _sentence(folder, error) from None


def sweep(folder: Path) -> None:
    """Remove the parts of files that processes left in `folder` when they were killed."""
    for part in folder.glob("*.part"):
        with contextlib.suppress(OSError):  # another process may be as quick
            if time.time() - part.stat().st_mtime > BUSY_SECONDS:
                part.unlink()


def damaged(folder: Path, what: str) -> Damaged:
    """What is said of results in `folder` of which `what` cannot be trusted."""
    return Damaged(
        f"The results in {folder} are damaged ({what}); put back a copy of results.sqlite, or begin again with --fresh."
    )


def _sentence(folder: Path, error: OSError | sqlite3.Error) -> AutograderError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the kind, the rest its details
    number = getattr(error, "errno", None)
    if number in _FULL or code == sqlite3.SQLITE_FULL:
        return GraderFault(f"The disk of {folder} is full; what was graded before is kept: make room and run it again.")
    if number in _REFUSED or code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return AutograderError(f"{folder} may not be written to; change its permissions, or choose another --out.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(folder, str(error))
    if code == sqlite3.SQLITE_BUSY:
        return AutograderError(f"The results in {folder} are in use by another process; run it again when that ends.")
    if code == sqlite3.SQLITE_IOERR:
        return GraderFault(f"The disk of {folder} failed ({error}); what was graded before is kept.")
    return AutograderError(f"The results cannot be kept in {folder}: {error}; choose another --out.")
