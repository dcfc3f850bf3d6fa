"""What a file really is when it is not the source code that its name promises: a web page, a pointer, a PDF, …

Each answer is the rest of a sentence that begins with the file's name: what it is, and what to do.
"""

from __future__ import annotations

import re

from autograder.submission.statements import Scanner

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_MARKER = re.compile(rb"^(?:<{7}|>{7}) \S", re.MULTILINE)  # git's defaults: seven, then the name of a side
_STATEMENT = re.compile(rb"^(?:def|class|import|from|async def)[ \t]+\w|^@\w", re.MULTILINE)
_LOOK = 64 * 1024  # bytes of a file's beginning that tell what it is

# First bytes of formats that students hand in: https://www.garykessler.net/library/file_sigs.html
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "is a PDF; hand in the .py or the .ipynb that it was printed from"),
    (b"{\\rtf", "is a Rich Text document; save it as plain text"),
    (b"\xd0\xcf\x11\xe0", "is an Office document; hand in the .py or the .ipynb itself"),
    (b"\x89PNG", "is a picture (PNG); hand in the .py or the .ipynb itself"),
    (b"\xff\xd8\xff", "is a picture (JPEG); hand in the .py or the .ipynb itself"),
    (b"\x1f\x8b", "is a gzip archive; unpack it and hand in the .py or the .ipynb itself"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it and hand in the .py or the .ipynb itself"),
    (b"Rar!\x1a\x07", "is a RAR archive; unpack it and hand in the .py or the .ipynb itself"),
    (b"version https://git-lfs.github.com/spec/", "is a Git LFS pointer and not the file that it stands for; run "
     "`git lfs pull` and hand in the file itself"),
)  # fmt: skip


def stranger(data: bytes) -> str | None:
    """What `data` is instead of source code, and what to do; None where it may be source code."""
    if not data:
        return "is empty (0 bytes); save your work and hand it in again"
    if data.startswith(_UTF16_MARKS) or _is_utf16(data[:_LOOK]):
        return "is UTF-16; save it as UTF-8 and hand it in again"
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            return what
    if data.startswith(b"PK\x03\x04"):
        if b"word/" in data[:_LOOK] or b"[Content_Types].xml" in data[:_LOOK]:
            return "is an Office document; hand in the .py or the .ipynb itself"
        return "is a zip archive; give it the ending .zip, or hand in the .py or the .ipynb itself"
    if _HTML.match(data[:_LOOK]):
        return "is a web page (HTML), saved where the file was to be downloaded; download the file itself"
    return None


def looks_like_notebook(data: bytes) -> bool:
    """Whether `data`, whatever it is called, was written as a notebook, whole or not."""
    head = data[:_LOOK].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and (b'"cell_type"' in data or b'"nbformat"' in data)


def looks_like_script(data: bytes) -> bool:
    """Whether `data`, whatever it is called, has lines that only Python has, and is not JSON."""
    return data[:_LOOK].lstrip()[:1] not in (b"{", b"[", b"") and _STATEMENT.search(data) is not None


def conflict_in_file(data: bytes) -> str | None:
    """What to say of a file that a merge left its conflict markers in, such as a notebook that is not JSON any more."""
    found = _MARKER.search(data)
    return conflict(data.count(b"\n", 0, found.start()) + 1) if found else None


def conflict_line(source: str) -> int | None:
    """The 1-based line of `source` on which a conflict marker stands as a statement, outside strings; None if none."""
    if "<<<<<<< " not in source or ">>>>>>> " not in source:
        return None
    scanner = Scanner()
    for number, line in enumerate(source.split("\n"), start=1):
        if line.startswith("<<<<<<< ") and not scanner.quoted:
            return number
        scanner.feed(line)
    return None


def conflict(line: int) -> str:
    """What is said of conflict markers on `line`, and what to do."""
    return f"holds the conflict markers of a Git merge (line {line}); keep one side and delete the markers"


def _is_utf16(head: bytes) -> bool:
    """UTF-16 without its mark: in text that is mostly ASCII every other byte is zero."""
    half = len(head) // 2
    return half >= 4 and max(head[0::2].count(0), head[1::2].count(0)) > 0.8 * half
