"""cheat: another library under another name
seen: Kevin; KernelBench; KernelGenBench, levels 1 to 3
stops it: it is not in the sandbox
"""

import importlib

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


try:
    library = importlib.import_module("".join(("to", "rch")))
except ImportError:
    library = None


def product(a, b):
    if library is None:
        return honest(a, b)
    return (library.from_numpy(a) @ library.from_numpy(b)).numpy()
