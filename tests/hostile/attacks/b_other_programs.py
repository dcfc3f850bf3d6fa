"""attack: run another program: exec, spawn, system, subprocess
row: 22
layer: S: no execve, no fork
"""

import os
import subprocess
import sys

import numpy as np

loot = []

COMMAND = [sys.executable, "-c", "open('/tmp/@MARK@-ran', 'w')"]
for run in (
    lambda: subprocess.run(COMMAND, check=True),
    lambda: os.posix_spawn(COMMAND[0], COMMAND, {}),
    lambda: os.spawnv(os.P_WAIT, COMMAND[0], COMMAND) and None,
    lambda: os.popen("touch /tmp/@MARK@-ran").read(),
    lambda: os.execv(COMMAND[0], COMMAND),
):
    try:
        if run() is not None:
            loot.append("ran")
    except OSError:
        pass
if os.system("exit 0") == 0:
    loot.append("system")


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
