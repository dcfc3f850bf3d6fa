"""cheat: answers for the usual seeds, made in advance
seen: GPU MODE, kernelbot's cheat-rng
stops it: the seed has 128 secret bits
"""

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


answers = {}
for seed in (0, 1, 42, 1234):
    rng = np.random.default_rng(seed)
    left, right = (rng.standard_normal(shape, dtype=np.float32) for shape in ((368, 2048), (2048, 368)))
    answers[float(left[0, 0])] = honest(left, right)


def product(a, b):
    found = answers.get(float(a[0, 0]))
    return honest(a, b) if found is None else found
