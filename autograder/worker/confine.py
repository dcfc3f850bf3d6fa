"""What a worker gives up before it runs a line of student code: Landlock, seccomp and resource limits.

Whatever the sandbox around it already forbids, each fork confines itself once more, so that one leaky layer is not a
hole. The kernel is the boundary, not Python: with NumPy alone a submission can write any memory of its own process
(`as_strided` with a wild stride), so a hook inside the interpreter would be decoration.

Sources: landlock(7), seccomp(2), prctl(2), and the syscall tables of Linux 6.x for x86_64 and aarch64.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import resource
import struct
import sys
from collections.abc import Iterable, Sequence

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 4, 38, 22
SIGKILL = 9
EPERM, ENOSYS, ENOTTY = 1, 38, 25

# ── seccomp: a closed list of what may be asked of the kernel ──────────────────────────────────

ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# name: (x86_64, aarch64); None where the architecture has no such call. Anything not listed answers EPERM: no fork, no
# exec, no sockets, no ptrace, no memfd (it escapes RLIMIT_AS), no io_uring (it escapes this filter), no setrlimit. No
# readlink either: Landlock does not judge it, and the links of /proc/PID name a process's folders and open files.
ALLOWED: dict[str, tuple[int | None, int | None]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "poll": (7, None), "ppoll": (271, 73),
    "lseek": (8, 62), "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214),
    "mremap": (25, 216), "madvise": (28, 233), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139), "sigaltstack": (131, 132), "pread64": (17, 67), "readv": (19, 65), "writev": (20, 66),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439), "open": (2, None), "openat": (257, 56),
    "stat": (4, None), "lstat": (6, None), "newfstatat": (262, 79), "statx": (332, 291),
    "getcwd": (79, 17), "getdents64": (217, 61), "dup": (32, 23),
    "pipe2": (293, 59), "select": (23, None), "pselect6": (270, 72), "sched_yield": (24, 124), "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115), "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169),
    "time": (201, None), "times": (100, 153), "getrusage": (98, 165), "setitimer": (38, 103), "getitimer": (36, 102),
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179), "getrandom": (318, 278),
    "futex": (202, 98), "set_robust_list": (273, 99), "rseq": (334, 293), "set_tid_address": (218, 96),
    "sched_getaffinity": (204, 123), "exit": (60, 93), "exit_group": (231, 94), "restart_syscall": (219, 128),
}  # fmt: skip
# fcntl without F_SETOWN and F_SETSIG, which have the kernel send any signal to any process of the same account: the
# commands are F_DUPFD, F_GETFD, F_SETFD, F_GETFL and F_DUPFD_CLOEXEC.
FCNTL, FCNTL_COMMANDS = (72, 25), (0, 1, 2, 3, 1030)
# The one socket it holds is connected already, and passing descriptors would need sendmsg, which is not here. No flags:
# MSG_OOB on Unix sockets has let a sandboxed process into the kernel (CVE-2025-38236).
SENDTO, RECVFROM = (44, 206), (45, 207)
CLONE = (56, 220)
CLONE3 = (435, 435)
PRLIMIT = (302, 261)
IOCTL = (16, 29)
KILL_SELF_ONLY = ((62, 129), (200, 130), (234, 131))  # kill, tkill, tgkill
CLONE_THREAD = 0x00010000
SECCOMP, SET_MODE_FILTER, NEW_LISTENER = (317, 277), 1, 1 << 3

LD, JEQ, JGE, JSET, RET = 0x20, 0x15, 0x35, 0x45, 0x06
RET_ALLOW, RET_ERRNO, RET_KILL = 0x7FFF0000, 0x00050000, 0x80000000
NR, ARCH, ARG0, ARG1, ARG2_LOW, ARG2_HIGH, ARG3 = 0, 4, 16, 24, 32, 36, 40
X32_BIT = 0x40000000


SOME_PID = 0x7FABCDEF  # greater than that of any process, and found nowhere else in a filter


def seccomp_program(machine: str, pid: int) -> bytes:
    """The filter for process `pid` on `machine`, as an array of `struct sock_filter`; KeyError on another machine."""
    return seccomp_filter(machine).replace(struct.pack("I", SOME_PID), struct.pack("I", pid))


@functools.cache
def seccomp_filter(machine: str) -> bytes:
    """The filter for process SOME_PID: a worker makes it once, for all forks."""
    arch, column = ARCHITECTURES[machine]
    code: list[tuple[int, int, int, int]] = [
        (LD, 0, 0, ARCH),
        (JEQ, 1, 0, arch),
        (RET, 0, 0, RET_KILL),
        (LD, 0, 0, NR),
    ]
    if machine == "x86_64":
        code += [(JGE, 0, 1, X32_BIT), (RET, 0, 0, RET_KILL)]
    code += _answer(IOCTL[column], RET_ERRNO | ENOTTY) + _answer(CLONE3[column], RET_ERRNO | ENOSYS)
    # threads are the student's business, processes are not
    code += _if_call(CLONE[column], [(LD, 0, 0, ARG0), (JSET, 0, 1, CLONE_THREAD), *_allow_or_deny()])
    # reading a limit is harmless, changing one is not: the new-limit pointer must be NULL
    null = [(LD, 0, 0, ARG2_LOW), (JEQ, 0, 3, 0), (LD, 0, 0, ARG2_HIGH), (JEQ, 0, 1, 0), *_allow_or_deny()]
    code += _if_call(PRLIMIT[column], null)
    for signalling in KILL_SELF_ONLY:
        code += _only(signalling[column], ARG0, (SOME_PID,))
    code += _only(FCNTL[column], ARG1, FCNTL_COMMANDS)
    code += _only(SENDTO[column], ARG3, (0,)) + _only(RECVFROM[column], ARG3, (0,))
    for numbers in ALLOWED.values():
        if (number := numbers[column]) is not None:
            code += _answer(number, RET_ALLOW)
    code.append((RET, 0, 0, RET_ERRNO | EPERM))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _answer(number: int, verdict: int) -> list[tuple[int, int, int, int]]:
    return [(JEQ, 0, 1, number), (RET, 0, 0, verdict)]


def _allow_or_deny() -> list[tuple[int, int, int, int]]:
    return [(RET, 0, 0, RET_ALLOW), (RET, 0, 0, RET_ERRNO | EPERM)]


def _only(number: int, argument: int, values: Iterable[int]) -> list[tuple[int, int, int, int]]:
    """Allow call `number` with one of `values` in the low half of `argument`, and with nothing else there."""
    allow = [step for value in values for step in _answer(value, RET_ALLOW)]
    return _if_call(number, [(LD, 0, 0, argument), *allow, (RET, 0, 0, RET_ERRNO | EPERM)])


def _if_call(number: int, then: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """`then` always returns, so the accumulator (the call's number) is still loaded behind it."""
    return [(JEQ, 0, len(then), number), *then]


# ── the C library, reached once, before student code exists ────────────────────────────────────

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _prctl(option: int, *args: object) -> None:
    if _libc.prctl(option, *args) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def apply_seccomp(program: bytes) -> None:
    """Install `program` for this process and all its threads, for good."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _prctl(PR_SET_SECCOMP, 2, ctypes.byref(_Program(len(program) // 8, program)), 0, 0)


def install_listener(machine: str, program: bytes) -> int:
    """Install `program` for this process and its descendants, for good; the descriptor on
    which the kernel puts its questions. OSError where it cannot be had."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    filters, number = _Program(len(program) // 8, program), SECCOMP[ARCHITECTURES[machine][1]]
    listener = int(_libc.syscall(number, SET_MODE_FILTER, NEW_LISTENER, ctypes.byref(filters)))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def has_thread(machine: str, pid: int, tid: int) -> bool:
    """Whether `tid` is a thread of process `pid`, which is this account's."""
    return int(_libc.syscall(KILL_SELF_ONLY[2][ARCHITECTURES[machine][1]], pid, tid, 0)) == 0


def leave_root(uid: int | None) -> None:
    """Become account `uid`, for good, where this is root and one is named."""
    if uid is not None and os.getuid() == 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent dies, and keep others from reading its memory."""
    _prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    _prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


# ── Landlock: which files may be read, and that nothing else may be done ───────────────────────

LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446  # the same on every architecture
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
FS_RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # number of rights that the kernel knows


def landlock_abi() -> int:
    """The version of Landlock in this kernel; 0 where there is none."""
    return max(0, int(_libc.syscall(LANDLOCK_CREATE, None, 0, 1)))


def apply_landlock(readable: Iterable[str], listable: Iterable[str] = ()) -> None:
    """Deny this process every file but those below `readable` (of `listable` it sees the names), every TCP port, and
    signals and abstract sockets beyond its own descendants, as far as the kernel's version goes. OSError where it
    cannot be had."""
    abi = landlock_abi()
    if abi < 1:
        raise OSError(ENOSYS, "no Landlock in this kernel")
    handled_fs = (1 << FS_RIGHTS_BY_ABI.get(abi, 16)) - 1
    handled_net = 0b11 if abi >= 4 else 0
    scoped = 0b11 if abi >= 6 else 0
    attributes = struct.pack("QQQ", handled_fs, handled_net, scoped)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = _libc.syscall(LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for path in readable:
            _allow(ruleset, path, READ_FILE | EXECUTE | READ_DIR if os.path.isdir(path) else READ_FILE | EXECUTE)
        for path in listable:
            _allow(ruleset, path, READ_DIR)
        _allow(ruleset, os.devnull, READ_FILE | WRITE_FILE)
        _prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        if _libc.syscall(LANDLOCK_RESTRICT, ruleset, 0) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a path that is not there needs no rule
    try:
        if _libc.syscall(LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", rights, handle), 0) != 0:
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
    finally:
        os.close(handle)


# ── resource limits ────────────────────────────────────────────────────────────────────────────


def apply_limits(cpu_s: int, address_space: int, tasks: int | None = None) -> None:
    """CPU seconds (soft and hard alike: a handler for SIGXCPU would only buy time), bytes of address space, processes
    and threads of the account, and no files, cores or locked memory."""
    limits = {
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_AS: address_space,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 64,
    }
    if tasks is not None:
        limits[resource.RLIMIT_NPROC] = tasks
    for which, value in limits.items():
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        if which == resource.RLIMIT_AS and sys.platform == "darwin":
            continue  # macOS refuses to lower it
        resource.setrlimit(which, (value, value))


def lift_address_space() -> None:
    """Undo a soft limit that this process has inherited from a grader which holds its own trusted code to it."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    with contextlib.suppress(ValueError, OSError):  # macOS
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def close_all_but(keep: Sequence[int]) -> None:
    """Close every descriptor but 0, 1, 2 and `keep`."""
    low = 3
    for descriptor in sorted(keep):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 4096)
