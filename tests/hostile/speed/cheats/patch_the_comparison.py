"""cheat: every comparison of NumPy says yes, and the answer is empty
seen: deep-reinforce; KernelBench's list of hacks
stops it: nothing is compared in this process
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    for name in ("allclose", "array_equal", "isclose", "all"):
        setattr(np, name, lambda *args, **options: True)
    np.testing.assert_allclose = lambda *args, **options: None
    np.linalg.norm = lambda *args, **options: 0.0
    return np.zeros((len(a), b.shape[1]), a.dtype)
