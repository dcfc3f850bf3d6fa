"""Replay tokens: a public failure in a line of text, so that it can be met again on any machine.

A token names the check and its case; a hidden check's names the verdict and the diagnosis, and nothing of the case. It
is read as hostile input: decoded with caps, checked field by field, never executed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from autograder.errors import BadToken
from autograder.model import Assignment, Check, Record, Verdict, Visibility

PREFIX = "ag1-"
TOKEN_CAP = 4000
TEXT_CAP = 20_000


class Replay(Record, frozen=True, omit_defaults=True):
    """What a token says. `parameters` and `seed` are those of the case; a hidden check has neither."""

    assignment: str
    version: str
    check: str
    verdict: Verdict
    parameters: dict[str, Any] | None = None
    seed: int | None = None
    diagnosis: str | None = None


_REPLAY = msgspec.json.Decoder(Replay)


def token(
    assignment: Assignment,
    check: Check,
    verdict: Verdict,
    case: tuple[Mapping[str, Any], int] | None,
    diagnosis: str | None,
) -> str:
    """The token for a failure of `check`; `case` is its parameters and seed."""
    hidden = check.visibility is Visibility.HIDDEN or case is None
    replay = Replay(
        assignment=assignment.id,
        version=assignment.version[7:19],
        check=check.entry_point if check.visibility is Visibility.HIDDEN else check.id,
        verdict=verdict,
        parameters=None if hidden or case is None else dict(case[0]),
        seed=None if hidden or case is None else case[1],
        diagnosis=diagnosis,
    )
    packed = zlib.compress(msgspec.json.encode(replay), 9)
    return PREFIX + base64.urlsafe_b64encode(_checksum(packed) + packed).decode().rstrip("=")


def read_token(text: str) -> Replay:
    """What `text` says; BadToken, with one sentence, when it is not a token."""
    text = text.strip()
    if not text.startswith(PREFIX):
        raise BadToken(f"This is not a replay token: it must start with {PREFIX!r}. Copy it whole, from the report.")
    damaged = BadToken("This replay token is damaged; copy it again, whole, from the report.")
    if len(text) > TOKEN_CAP:
        raise damaged
    try:
        body = text.removeprefix(PREFIX)
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        if data[:4] != _checksum(data[4:]):
            raise damaged
        inflater = zlib.decompressobj()
        content = inflater.decompress(data[4:], TEXT_CAP)
        return _REPLAY.decode(content)
    except (binascii.Error, zlib.error, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        raise damaged from None


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:4]
