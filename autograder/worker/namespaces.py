"""Namespaces for one submission, below those of the nursery.

A process without a capability may make a user namespace, in which it has all of them, and with these the others; then
it drops them for good. No account is mapped into the user namespace: there is none that code inside could become, and a
file that it made would have no owner, so the kernel refuses to make it (EOVERFLOW). Mounts that come from the nursery's
namespace can neither be taken away nor made writable.

Sources: user_namespaces(7), mount_namespaces(7), capabilities(7).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def enter() -> None:
    """Enter new user, mount, network, ipc and uts namespaces without a capability; the next fork is the first process
    of a new pid namespace. OSError where the kernel refuses: it allows this only to a process with one thread."""
    _check(_libc.unshare(NEWUSER | NEWNS | NEWNET | NEWIPC | NEWUTS | NEWPID), "unshare")
    drop_capabilities()


def drop_capabilities() -> None:
    """Give up every capability, and with the bounding set the way back to it. OSError where that is refused."""
    number = 0
    while _libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0:  # EINVAL behind the last one that this kernel knows
        number += 1
    if ctypes.get_errno() != errno.EINVAL:
        raise OSError(ctypes.get_errno(), "prctl PR_CAPBSET_DROP")
    _check(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl PR_CAP_AMBIENT")
    _check(_libc.capset(struct.pack("=Ii", CAPABILITY_VERSION_3, 0), bytes(24)), "capset")


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")
