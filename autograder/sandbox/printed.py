"""What a student's code prints while it runs, and the line on which it stood when it was ended, for the student alone.

A pipe takes the standard output and error of a fork. Python's faulthandler writes the stack there when it is asked to,
and when the interpreter crashes. All of it is the submission's own word, and nothing is decided by it.
"""

from __future__ import annotations

import fcntl
import os
import re
import time

CAP = 20_000  # bytes that are kept of one fork; the rest is read and thrown away
TAIL = 16_000  # bytes: faulthandler writes at most 100 frames
PIPE = 2**20  # bytes that a fork may write before it must wait for the next look; the kernel's default is 64 KB
PATIENCE_S = 0.2  # for a stack that was asked for
_STACK = re.compile(rb"(?:Fatal Python error: |Stack \(most recent|Current thread 0x)")
_PLACE = re.compile(rb'  File "<(?:cell (\d{1,6})|submission)>", line (\d{1,7}) in ([^\n]{1,100})')


class Printed:
    """The reading end of one fork's pipe, and what came through it. `writer` is the end for the fork."""

    def __init__(self) -> None:
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(self._reader, fcntl.F_SETPIPE_SZ, PIPE)
        self._kept = self._tail = b""

    def handed_over(self) -> None:
        """The fork has its end; ours is closed, so that the pipe ends with the fork."""
        os.close(self.writer)
        self.writer = -1

    def drain(self) -> None:
        """Take what has been written, so that the fork need not wait."""
        while self._reader >= 0:
            try:
                chunk = os.read(self._reader, 65536)
            except BlockingIOError:
                return
            if not chunk:
                return
            self._kept += chunk[: max(0, CAP - len(self._kept))]
            self._tail = (self._tail + chunk)[-TAIL:]

    def take(self) -> str:
        """What was printed since the last time."""
        self.drain()
        kept, self._kept = self._kept, b""
        return _STACK.split(kept, maxsplit=1)[0].decode("utf-8", "replace")

    def place(self) -> str:
        """Where the submission stood, by the stack that was written: ` (cell 4, line 3)`, or nothing."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            self.drain()
            stack = list(_STACK.finditer(self._tail))
            found = _PLACE.search(self._tail, stack[-1].end()) if stack else None
            if found or time.monotonic() > deadline:
                break
            time.sleep(0.005)
        if not found:
            return ""
        line = f"line {int(found[2])}"
        return f" (cell {int(found[1])}, {line})" if found[1] else f" ({line})"

    def close(self) -> None:
        """Nothing more is read."""
        for descriptor in (self._reader, self.writer):
            if descriptor >= 0:
                os.close(descriptor)
        self._reader = self.writer = -1
