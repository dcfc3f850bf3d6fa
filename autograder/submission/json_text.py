"""JSON as notebooks hold it: NaN, halves of surrogate pairs and raw bytes in outputs keep nobody from reading the rest.

Jupyter writes and reads what the standard refuses (https://docs.python.org/3/library/json.html#infinite-and-nan-number-values),
so a file that a strict reader refuses is repaired and read again: only the code in it matters.
"""

from __future__ import annotations

import re
import threading
from typing import Any, TypeVar

import msgspec

from autograder.errors import SubmissionRefused
from autograder.submission.identify import conflict_in_file
from autograder.submission.text import printable

T = TypeVar("T")

# Possessive, so that a hostile file costs time in its length alone. The first alternative passes over all that needs no
# mending: text outside strings, and strings without control characters and without escapes of surrogates.
_TOKEN = re.compile(
    rb'(?:[^"NI-]++|-(?!I)|"[^"\\\x00-\x1f]*+(?:\\(?!u[dD][89a-fA-F])[^\x00-\x1f][^"\\\x00-\x1f]*+)*+")++'
    rb'|(?P<number>-?(?:NaN|Infinity))|(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)|.',
    re.DOTALL,
)
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)
_CONTROL = re.compile(rb"[\x00-\x1f]")
_SAVE = "open it in Jupyter and save it again"


_making = threading.Lock()  # two threads that meet a type for the first time at once crash in msgspec 0.22
_made: dict[type, msgspec.json.Decoder[Any]] = {}


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    with _making:
        if shape not in _made:
            _made[shape] = msgspec.json.Decoder(shape)
        return _made[shape]


def parse_json(data: bytes, where: str, shape: type[T]) -> T:
    """The JSON `data` as a `shape`, a msgspec Struct; what `shape` does not name is skipped, never built. Raises
    SubmissionRefused, with what is wrong."""
    try:
        return _decoder(shape).decode(strict_json(data))
    except msgspec.ValidationError as error:
        reason = printable(str(error).replace("`", ""))
        raise SubmissionRefused(f"{where} is JSON but not a notebook ({reason}); {_SAVE}.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SubmissionRefused(f"{where} {_fault(data, error)}.") from None


def strict_json(data: bytes) -> bytes:
    """`data` as a strict reader takes it, if it is JSON at all: numbers that JSON lacks as null, half a surrogate pair
    and a byte that is not UTF-8 as U+FFFD, control characters in strings as their escapes."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode()
        msgspec.json.decode(data, type=msgspec.Raw)
    except ValueError:
        pass
    except (RecursionError, MemoryError):
        return data  # which no repair would change
    else:
        return data
    return _TOKEN.sub(_token, data.decode("utf-8", "replace").encode())


def _token(found: re.Match[bytes]) -> bytes:
    if found["number"]:
        return b"null"
    if (string := found["string"]) is None:
        return found[0]
    string = _ESCAPE.sub(lambda escape: rb"\ufffd" if escape[1] else escape[0], string)
    return _CONTROL.sub(lambda control: rb"\u%04x" % control[0][0], string)


def _fault(data: bytes, error: Exception) -> str:
    if what := conflict_in_file(data):
        return what
    if isinstance(error, RecursionError):
        return f"is not valid JSON (nested too deeply); {_SAVE}"
    if "truncated" in str(error):
        return "is cut off: its JSON ends half-way; save it again, or download it again, and hand in the whole file"
    return f"is not valid JSON ({printable(str(error)) or 'out of memory'}); {_SAVE}"
