"""The isolation level of a student's own checks, kept from run to run: an attack on oneself takes 0.3 s of CPU.

A grade never rests on it: `grade`, `speed`, `prove` and `doctor` attack anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import time
from pathlib import Path

import msgspec

from autograder.model import Isolation, Level, Record
from autograder.sandbox.isolation import choose, hold
from autograder.text import write_whole
from autograder.version import VERSION

DAY_S = 24 * 3600


class Kept(Record, frozen=True):
    """What held, when, and on which machine: `key` is a digest of what it rests on."""

    key: str
    at: float
    isolation: Isolation


_DECODER = msgspec.json.Decoder(Kept)  # made once: threads that decode a type for the first time together crash


def choose_for_practice(wanted: Level | None = None) -> Isolation:
    """The level that was asked for, or the strongest that holds, as `choose` finds it; or as it found it within a day,
    since this machine was booted, with the same Python, account, namespaces and bubblewrap."""
    if wanted is not None:
        return hold(wanted)
    key = _key()
    if key and (kept := _read()) and kept.key == key and 0 <= time.time() - kept.at < DAY_S:
        return kept.isolation
    found = choose(None, at_least=Level.PROCESS)
    if key:
        _write(Kept(key, time.time(), found))
    return found


def forget() -> None:
    """Attack anew the next time: a worker did not start."""
    with contextlib.suppress(OSError):
        _path().unlink(missing_ok=True)


def _path() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "autograder" / "isolation.json"


def _key() -> str | None:
    """A digest of what the level rests on; None where it cannot be told, and nothing is kept."""
    try:
        bwrap = shutil.which("bwrap")
        parts = [
            VERSION,
            sys.version,
            sys.executable,
            str(os.getuid()),
            Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii"),
            *(os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "mnt", "pid", "net")),
            Path("/proc/self/status").read_text(encoding="utf-8").partition("Seccomp:")[2][:4],
            f"{bwrap} {os.stat(bwrap).st_mtime_ns}" if bwrap else "",
        ]
    except OSError:
        return None
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _read() -> Kept | None:
    try:
        return _DECODER.decode(_path().read_bytes())
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None


def _write(kept: Kept) -> None:
    with contextlib.suppress(OSError):  # a home that cannot be written to
        _path().parent.mkdir(parents=True, exist_ok=True)
        write_whole(_path(), msgspec.json.encode(kept))
