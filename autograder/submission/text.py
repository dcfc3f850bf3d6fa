"""Bytes to text, and a student's text into a sentence: UTF-8 only, nothing invisible unannounced."""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata
from collections.abc import Callable

from autograder.errors import SubmissionRefused

KB = 1024
MB = 1024 * KB

SOURCE_LIMIT = 256 * KB
"""Bytes of code in one submission. The largest reference is under 40 KB; parsers are attacked with megabytes."""

FILE_LIMIT = 20 * MB
"""Bytes of a zip, packed or unpacked."""

NOTEBOOK_LIMIT = 100 * MB
"""Bytes of a notebook. Its outputs are skipped, not built, so that they cost no more than the file itself."""

Place = Callable[[int], str]
"""The student's name of a line of a piece of source, e.g. `cell 3, line 2`."""

# The embeddings, overrides, isolates and marks that reorder what is displayed: https://trojansource.codes
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_COOKIE_NAME = re.compile(r"[-_.a-zA-Z0-9]+")
_COOKIE_ROOM = 1000  # bytes of the first two lines
# What PEP 263 lets a file declare, of the encodings that hold text alone (unicode_escape, utf-7 and idna do not).
_OTHER_ENCODINGS = (
    "iso8859-1", "iso8859-15", "cp1252", "cp1250", "cp1251", "koi8-r", "mac-roman", "gb2312", "gbk", "gb18030", "big5",
    "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
_HARMLESS_COOKIES = ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii")


def printable(text: str, limit: int | None = 80) -> str:
    """`text` cut to `limit` characters, with all that a terminal would obey or hide written as an escape."""
    if limit is not None and len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def folded(name: str) -> str:
    """Equal for names that some file systems take for one: those that differ by case or by Unicode composition."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def size(count: int) -> str:
    """`count` bytes as a student reads them, rounded up so that one byte too many never reads as the limit."""
    unit, name = (MB, "MB") if count >= MB else (KB, "KB")
    return f"{-(-count // unit)} {name}"


def decode(data: bytes, where: str) -> str:
    """`data` as UTF-8, without its byte order mark. Raises SubmissionRefused, naming the first line that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        raise SubmissionRefused(
            f"{where} is not UTF-8 (byte {byte} on line {line}); save it as UTF-8 and hand it in again."
        ) from None


def decode_script(data: bytes, where: str) -> tuple[str, list[str]]:
    """`data` as text, with notes: UTF-8, or else what one of its first two lines declares (PEP 263)."""
    declared = _cookie(data[:_COOKIE_ROOM].decode("latin-1"))
    try:
        text = decode(data, where)
    except SubmissionRefused:
        name = declared[1] if declared else ""
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            if codecs.lookup(name).name in _OTHER_ENCODINGS:
                return data.decode(name), []
        raise
    if declared is None or declared[1].lower().replace("_", "-") in _HARMLESS_COOKIES:
        return text, []
    line, name = declared
    return text, [f"line {line} declares the encoding {printable(name, 40)}; the file was read as UTF-8"]


def clean(source: str, where: str) -> str:
    """`source` with every line ending in `\\n`. Raises SubmissionRefused for a NUL, which no Python source may hold."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    nul = source.find("\0")
    if nul >= 0:
        raise SubmissionRefused(
            f"{where} holds a NUL character on line {line_of(source, nul)}; delete it, or save the file as plain text."
        )
    return source


def line_of(source: str, index: int) -> int:
    """The 1-based line of `source` on which the character at `index` stands."""
    return source.count("\n", 0, index) + 1


def has_code(source: str) -> bool:
    """Whether anything but blank lines and comments is there."""
    return any(line.strip() and not line.lstrip().startswith("#") for line in source.split("\n"))


def bidi_notes(source: str, place: Place) -> list[str]:
    """A note if `source` holds characters that make it read differently from what it does."""
    found = None if source.isascii() else _BIDI.search(source)
    if found is None:
        return []
    where = place(line_of(source, found.start()))
    return [f"{where} holds the invisible character U+{ord(found[0]):04X}; the code may not do what it seems to say"]


def _cookie(source: str) -> tuple[int, str] | None:
    """The line, one of the first two, that declares an encoding, and the encoding."""
    for number, line in enumerate(source.split("\n", 2)[:2], start=1):
        if has_code(line):
            break
        _, found, rest = line.partition("coding")
        name = _COOKIE_NAME.match(rest[1:].lstrip(" \t")) if found and rest[:1] in (":", "=") else None
        if name:
            return number, name[0]
    return None
