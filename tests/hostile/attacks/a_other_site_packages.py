"""attack: read other installed packages (a course pack, torch) by their paths
row: 9
layer: M; L: rules leave out site-packages
"""

import os
import sys

import numpy as np

loot = []

stdlib = os.path.dirname(os.__file__)
folders = [f"{stdlib}/site-packages", f"{stdlib}/dist-packages", "/usr/lib/python3/dist-packages", *sys.path]
for folder in folders:
    for name in ("pip/__init__.py", "setuptools/__init__.py", "hypothesis/__init__.py", "msgspec/__init__.py", "yaml/__init__.py"):
        try:
            open(f"{folder}/{name}").close()
            loot.append(f"{folder}/{name}")
        except OSError:
            pass
sys.path += folders
for name in ("hypothesis", "msgspec", "torch", "scipy", "yaml", "setuptools"):
    try:
        module = __import__(name)
        loot += [name] if module.__file__ else []
    except ImportError:
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
