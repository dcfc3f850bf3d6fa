"""The one source file in a zip, taken from memory: nothing is ever extracted, and no header is believed."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import PurePosixPath

from autograder.errors import SubmissionRefused
from autograder.submission.text import FILE_LIMIT, folded, printable, size

_MEMBER_LIMIT = 200
ENTRY_SIGNATURE = b"PK\x01\x02"
_ENCRYPTED = 0x1
# bz2 and lzma cannot be inflated a little at a time, so a few bytes of them can fill the memory.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_REGULAR = (0, stat.S_IFREG, stat.S_IFDIR)  # 0: made on a system without modes
_UNSEEN = ("__MACOSX", "__pycache__")


def read_member(data: bytes, where: str) -> tuple[str, bytes]:
    """(name, bytes) of the only `.py` or `.ipynb` in the zip `data`. Raises SubmissionRefused for anything else."""
    entries = data.count(ENTRY_SIGNATURE)  # at least as many as zipfile would build records for
    if entries > _MEMBER_LIMIT:
        raise SubmissionRefused(
            f"{where} has {entries} members; the limit is {_MEMBER_LIMIT}: zip your solution alone."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            member = _only_source(archive.infolist(), where)
            with archive.open(member) as file:
                content = file.read(FILE_LIMIT + 1)
    except SubmissionRefused:
        raise
    # zipfile answers damage with a dozen types: BadZipFile, struct.error, zlib.error, EOFError, NotImplementedError, …
    except Exception as error:
        reason = printable(str(error)) or type(error).__name__
        raise SubmissionRefused(f"{where} is not a readable zip ({reason}); zip it again.") from None
    return member.filename, content


def _only_source(members: list[zipfile.ZipInfo], where: str) -> zipfile.ZipInfo:
    seen: set[str] = set()
    for member in members:
        if problem := fault(member):
            raise SubmissionRefused(f"{where}: {printable(member.orig_filename)} {problem}; zip your solution alone.")
        name = folded(member.filename)
        if name in seen:
            raise SubmissionRefused(
                f"{where} holds two members that some systems would write to one file, {printable(member.filename)}; "
                "keep one of them."
            )
        seen.add(name)
    unpacked = sum(member.file_size for member in members)
    if unpacked > FILE_LIMIT:
        raise SubmissionRefused(
            f"{where} unpacks to {size(unpacked)}; the limit is {size(FILE_LIMIT)}: zip your solution alone."
        )
    sources = [member for member in members if _is_source(member)]
    if len(sources) != 1:
        names = printable(", ".join(member.filename for member in sources[:5]))
        raise SubmissionRefused(
            f"{where} holds {len(sources)} .py or .ipynb files{f' ({names})' if names else ''}; zip exactly one."
        )
    return sources[0]


def fault(member: zipfile.ZipInfo, *, nested: bool = False) -> str | None:
    """What is wrong with a member, whether it would be read or not; with `nested` it may be a zip itself."""
    parts = _parts(member)
    if parts[0] == "" or parts[0][1:2] == ":" or ".." in parts:  # /etc/x, C:/x, ../x
        return "leads out of the archive"
    if member.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if stat.S_IFMT(member.external_attr >> 16) not in _REGULAR:
        return "is a link or a device, not a file"
    if member.compress_type not in _METHODS:
        return "is not compressed by deflate"
    if "\0" in member.orig_filename:
        return "has a NUL in its name"
    if parts[-1].lower().endswith(".zip") and not nested:
        return "is a zip inside a zip"
    return None


def _parts(member: zipfile.ZipInfo) -> list[str]:
    return member.orig_filename.replace("\\", "/").split("/")


def _is_source(member: zipfile.ZipInfo) -> bool:
    parts = _parts(member)
    hidden = any(part in _UNSEEN or (part.startswith(".") and part != ".") for part in parts)
    return not hidden and PurePosixPath(parts[-1]).suffix.lower() in (".py", ".ipynb")
