"""A zip of a whole class, read member by member: nothing is extracted, and a bad member costs its own student alone."""

from __future__ import annotations

import mmap
import zipfile
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SubmissionRefused
from autograder.submission.archive import ENTRY_SIGNATURE, fault
from autograder.submission.downloads import METADATA, Handed, handed_in
from autograder.submission.text import MB, NOTEBOOK_LIMIT, printable, size

MEMBER_LIMIT = 20_000  # a class of 1,000, of whom each hands in 20 files
_METADATA_LIMIT = 64 * MB


@dataclass(frozen=True)
class ClassZip:
    """The zip that a learning platform made of a class, open for reading (from several threads, as zipfile allows)."""

    archive: zipfile.ZipFile
    handed_in: tuple[Handed, ...]

    def read(self, name: str, where: str) -> bytes:
        """The bytes of the member `name`; SubmissionRefused where it is damaged, too large, or not a plain file."""
        member = self.archive.getinfo(name)
        if problem := fault(member, nested=True):
            raise SubmissionRefused(f"{where} {problem}; hand in your solution alone.")
        data = _inflated(self.archive, member, where, NOTEBOOK_LIMIT)
        if len(data) > NOTEBOOK_LIMIT:  # the size in the header is not believed
            raise SubmissionRefused(f"{where} is more than {size(NOTEBOOK_LIMIT)}, which is the limit.")
        return data


def open_class_zip(path: Path, where: str) -> ClassZip | None:
    """The class in the zip at `path`; None where it is not a download from a platform that we know, and is then read as
    one submission. Raises SubmissionRefused for more members than a class has."""
    try:
        if _has_too_many(path):
            raise SubmissionRefused(f"{where} has more than {MEMBER_LIMIT} members; download the class in parts.")
        archive = zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return None
    try:
        names = [member.filename for member in archive.infolist() if not member.is_dir()]
        found = handed_in(names, lambda name: _inflated(archive, archive.getinfo(name), METADATA, _METADATA_LIMIT))
    except BaseException:
        archive.close()
        raise
    if found is None:
        archive.close()
        return None
    return ClassZip(archive, tuple(found))


def _has_too_many(path: Path) -> bool:
    """Whether there are more members than we want records of: counted before zipfile makes them."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = data.find(ENTRY_SIGNATURE)
        for _ in range(MEMBER_LIMIT):
            if at < 0:
                return False
            at = data.find(ENTRY_SIGNATURE, at + 1)
    return at >= 0


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, limit: int) -> bytes:
    """At most one byte more than `limit` of a member."""
    try:
        with archive.open(member) as file:
            return file.read(limit + 1)
    # zipfile answers damage with a dozen types: BadZipFile, struct.error, zlib.error, EOFError, NotImplementedError, …
    except Exception as error:
        reason = printable(str(error)) or type(error).__name__
        raise SubmissionRefused(f"{where} cannot be unpacked ({reason}); hand it in again.") from None
