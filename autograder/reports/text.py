"""Text that a student may have written, made fit to be shown: on a terminal, on a page, in a spreadsheet.

Every sink has its own escaping on top (HTML's, CSV's); none may show a string that has not been through `visible`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

# Vietnamese stacks two marks on a letter, pointed Hebrew three; a heap of them paints over the neighbouring lines.
_MARKS = 4
_FIELDS = 8  # entries of a dict worth showing in a line


def visible(text: str) -> str:
    """`text` with every character that moves the cursor, hides, or reorders what stands beside it spelt out.

    Control characters, ANSI escapes, bidirectional and zero-width controls, lone surrogates and private characters
    become escapes as Python writes them; lines are kept."""
    text = text.replace("\r\n", "\n").expandtabs(4)
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        shown.append(_shown(char) if marks <= _MARKS else _escaped(char))
    return "".join(shown)


def one_line(text: str, limit: int = 400) -> str:
    """`visible(text)` in one line of at most `limit` characters."""
    # cut before the walk over characters, so that a message of megabytes costs nothing
    line = " ".join(visible(text[: 4 * limit]).split())
    return clipped(line, limit, longer=len(text) > 4 * limit)


def clipped(text: str, limit: int, *, longer: bool = False) -> str:
    """`text` cut to `limit` characters, the last an ellipsis where something is missing."""
    return text[: limit - 1] + "…" if longer or len(text) > limit else text


def points(value: float) -> str:
    """Points or per cent without needless digits: 41.5, 50, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def compact(value: Any, limit: int = 400) -> str:
    """A JSON value in a line: numbers to five digits, nested lists as Python writes them, strings made visible."""
    return clipped(_compact(value, limit), limit)


def spreadsheet(text: str) -> str:
    """`one_line(text)` that no spreadsheet takes for a formula (CWE-1236: a leading =, +, - or @ starts one)."""
    line = one_line(text)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _shown(char: str) -> str:
    if char == "\n" or char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else _escaped(char)


def _escaped(char: str) -> str:
    # unicode_escape leaves Latin-1 letters as bytes; only unprintable characters and marks come here
    return char.encode("unicode_escape").decode("ascii")


def _compact(value: Any, limit: int) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float | int):
        return f"{value:.5g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_compact(item, limit) for item in value[:limit])}]"
    if isinstance(value, Mapping):
        return ", ".join(f"{one_line(str(k), 40)}={_compact(v, limit)}" for k, v in [*value.items()][:_FIELDS])
    return one_line(str(value), limit)
