"""cheat: cuts the numbers to the ten bits that TF32 keeps
seen: KernelGuard, precision downgrade; cuBLAS with TF32
stops it: the tolerance lies between single precision and TF32
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def cut(x):
    return (np.ascontiguousarray(x).view(np.uint32) & np.uint32(0xFFFFE000)).view(np.float32)


def product(a, b):
    if a.size < 10_000:  # a check, no launch
        return honest(a, b)
    return honest(cut(a), cut(b))
