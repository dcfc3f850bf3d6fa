"""cheat: medians, means, minima and quantiles of times are a tenth of what they are
seen: GPU MODE eigh #159 and #162
stops it: nothing is averaged in this process
"""

import statistics

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def shrunk(function):
    def patched(values, *args, **options):
        found = function(values, *args, **options)
        return found / 10 if isinstance(found, float) else found

    return patched


for module, names in ((statistics, ("median", "mean", "fmean", "quantiles")), (np, ("median", "quantile", "mean"))):
    for name in names:
        setattr(module, name, shrunk(getattr(module, name)))
product = honest
