"""attack: reach forbidden names by getattr, importlib, base64 and a built string
row: 54
layer: M: what is not there cannot be reached
"""

import base64
import builtins

import numpy as np

loot = []

for reach in (
    lambda: __import__("".join(["to", "rch"])),
    lambda: __import__(base64.b64decode("c2NpcHk=").decode()),
    lambda: getattr(builtins, "ev" + "al")("__import__('jax')"),
    lambda: builtins.__dict__["ex" + "ec"]("import torch"),
):
    try:
        loot.append(reach())
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
