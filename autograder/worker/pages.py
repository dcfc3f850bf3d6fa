"""The memory of a process that is forked from again and again, in pages of two megabytes.

A fork copies the entries of its parent's page tables, and drops them when it ends. With PyTorch imported there are
fifty thousand, which take some 8 ms: a quarter of what a group of checks costs before its first call. Large pages have
a hundred. What a fork writes to it copies in pages of 4 KB all the same.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import sys

COLLAPSE = 25  # madvise(2): MADV_COLLAPSE, since Linux 6.1
SIZE = 2**21  # of a large page, on x86-64, and on ARM where small ones have 4 KB
SHORT = (errno.ENOMEM, errno.EAGAIN)  # the kernel found no large page; it would look for the next as long


def gather() -> int:
    """Have the kernel move the memory in which Python's objects lie into large pages, and say how many: none where it
    cannot. Addresses stay as they are."""
    if sys.platform != "linux":
        return 0
    madvise = ctypes.CDLL(None, use_errno=True).madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    moved = 0
    for place in sorted({id(thing) // SIZE * SIZE for thing in gc.get_objects()}):
        if madvise(place, SIZE, COLLAPSE) == 0:
            moved += 1
        elif ctypes.get_errno() in SHORT:
            break
    return moved
