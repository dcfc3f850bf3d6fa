"""How much memory trusted code may take in the grading process: a listed mistake is not worth a gigabyte.

The soft limit of the address space is lowered while such code runs. It is the process's, so gradings side by side share
what is left of it; a process that is started meanwhile inherits it and lifts it (`worker/main.py`).
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator

HEADROOM_MB = 160
TORCH_MB = 1024  # PyTorch loads parts of itself when they are first used
# Linux alone says how much address space a process has, and holds it to a limit.
_BOUNDED = sys.platform == "linux" and importlib.util.find_spec("resource") is not None


class _Inside:
    """How many blocks are open, and the soft limit outside them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 0
        self.soft = 0


_inside = _Inside()


@contextlib.contextmanager
def headroom(megabytes: int = 0) -> Iterator[None]:
    """A block in which this process may take `megabytes` more than it has, by default what suits NumPy, or PyTorch
    where that is loaded; beyond that Python raises MemoryError."""
    if not _BOUNDED:
        yield
        return
    with _inside.lock:
        if _inside.count == 0:
            _lower(megabytes or (TORCH_MB if "torch" in sys.modules else HEADROOM_MB))
        _inside.count += 1
    try:
        yield
    finally:
        with _inside.lock:
            _inside.count -= 1
            if _inside.count == 0:
                _restore()


def _lower(megabytes: int) -> None:
    import resource

    statm = os.open("/proc/self/statm", os.O_RDONLY)  # for every call: a file object takes four times as long
    try:
        pages = int(os.read(statm, 100).split()[0])
    finally:
        os.close(statm)
    _inside.soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * os.sysconf("SC_PAGE_SIZE") + megabytes * 2**20
    bounds = [limit for limit in (_inside.soft, hard) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min([wanted, *bounds]), hard))


def _restore() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_inside.soft, resource.getrlimit(resource.RLIMIT_AS)[1]))
