"""Bytes to text, and a student's text into a sentence: UTF-8 only, nothing invisible unannounced."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from autograder.errors import SubmissionRefused

KB = 1024
MB = 1024 * KB

SOURCE_LIMIT = 256 * KB
"""Bytes of code in one submission. The largest reference is under 40 KB; parsers are attacked with megabytes."""

FILE_LIMIT = 20 * MB
"""Bytes of a notebook (its outputs are skipped) or a zip."""

Place = Callable[[int], str]
"""The student's name of a line of a piece of source, e.g. `cell 3, line 2`."""

# The embeddings, overrides, isolates and marks that reorder what is displayed: https://trojansource.codes
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COOKIE_NAME = re.compile(r"[-_.a-zA-Z0-9]+")
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
    if data.startswith(_UTF16_MARKS):
        raise SubmissionRefused(f"{where} is UTF-16; save it as UTF-8 and hand it in again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"0x{data[error.start]:02X}"
        raise SubmissionRefused(
            f"{where} is not UTF-8 (byte {byte} on line {line}); save it as UTF-8 and hand it in again."
        ) from None


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


def cookie_notes(source: str) -> list[str]:
    """A note if one of the first two lines declares another encoding than the one that was used (PEP 263)."""
    for number, line in enumerate(source.split("\n", 2)[:2], start=1):
        if has_code(line):
            break
        _, found, rest = line.partition("coding")
        name = _COOKIE_NAME.match(rest[1:].lstrip(" \t")) if found and rest[:1] in (":", "=") else None
        if name and name[0].lower().replace("_", "-") not in _HARMLESS_COOKIES:
            return [f"line {number} declares the encoding {printable(name[0], 40)}; the file was read as UTF-8"]
    return []
