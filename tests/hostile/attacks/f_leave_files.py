"""attack: leave files, folders, links and pipes wherever one can
row: 73
layer: M: nothing is writable
"""

import os
import sys

import numpy as np

loot = []

packages = [f"{os.path.dirname(os.__file__)}/{name}" for name in ("site-packages", "dist-packages")]
for folder in (*packages, *sys.path, "/usr/lib/python3", "/dev/pts", "/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/dev/mqueue", "/run", "/opt", "/opt/packages", ".", "@FOLDER@", "@COURSE@", os.path.expanduser("~")):
    path = f"{folder}/@MARK@-left"
    for leave in (os.mkdir, os.mkfifo, lambda p: os.symlink("/etc", p), lambda p: os.mknod(p), lambda p: open(p, "w").close(),
                  lambda p: os.link("@CANARY@", p), lambda p: os.rename("@CANARY@", p)):
        try:
            leave(path)
            loot.append(path)
        except OSError:
            pass
for change in (lambda: os.truncate("@CANARY@", 0), lambda: os.chmod("@CANARY@", 0o777), lambda: os.unlink("@CANARY@"), lambda: os.utime("@CANARY@")):
    try:
        change()
        loot.append("canary")
    except OSError:
        pass


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
