"""cheat: NumPy's copying and asarray do nothing, so that delivering costs nothing
seen: Sakana's AI CUDA Engineer; found here
stops it: what was not delivered is NaN
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
    np.copyto = lambda *args, **options: None
    return np.broadcast_to(np.float32(0), (len(a), b.shape[1]))
