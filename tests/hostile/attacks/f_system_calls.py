"""attack: namespaces, mounts, bpf, io_uring, keys, userfaultfd, perf, modules: what opens a way out
row: 74
layer: S: a closed list
"""

import ctypes
import os
import platform

import numpy as np

loot = []

libc = ctypes.CDLL(None, use_errno=True)

FORBIDDEN = {
    "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "bpf": 321,
    "io_uring_setup": 425, "userfaultfd": 323, "keyctl": 250, "add_key": 248, "request_key": 249, "perf_event_open": 298,
    "init_module": 175, "finit_module": 313, "kexec_load": 246, "open_by_handle_at": 304, "name_to_handle_at": 303,
    "personality": 135, "shmget": 29, "semget": 64, "msgget": 68, "mq_open": 240, "memfd_create": 319, "memfd_secret": 447,
    "prctl": 157, "pidfd_open": 434, "process_madvise": 440, "mount_setattr": 442, "fsopen": 430, "open_tree": 428,
    "move_mount": 429, "clone3": 435, "seccomp": 317, "setuid": 105, "setresuid": 117, "capset": 126, "setrlimit": 160,
    "timer_create": 222, "eventfd2": 290, "epoll_create1": 291, "inotify_init1": 294, "fanotify_init": 300, "socket": 41,
    "socketpair": 53, "sendmsg": 46, "sendmmsg": 307, "ioperm": 173, "iopl": 172, "modify_ldt": 154, "reboot": 169,
    "swapon": 167, "quotactl": 179, "acct": 163, "syslog": 103, "vmsplice": 278, "splice": 275, "tee": 276,
    "landlock_create_ruleset": 444, "sched_setaffinity": 203, "setpriority": 141, "rt_sigqueueinfo": 129,
}
if platform.machine() == "x86_64":
    for name, number in FORBIDDEN.items():
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() not in (1, 38):
            loot.append((name, ctypes.get_errno()))


def affine_forward(x, w, b):
    assert not loot, f"BREACHED {loot}"
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    assert not loot, f"BREACHED {loot}"
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def total(x):
    assert not loot, f"BREACHED {loot}"
    return np.sum(x)
