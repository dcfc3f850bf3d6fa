"""cheat: every clock of `time` runs thirty times slower
seen: METR; KernelBench submissions; GPU MODE eigh #162
stops it: the clock is in another process
"""

import time

import numpy as np


def honest(a, b):
    out = np.empty((len(a), b.shape[1]), a.dtype)
    for row in range(0, len(a), 64):
        np.matmul(a[row : row + 64], b, out=out[row : row + 64])
    return out


def slowed(clock):
    started = clock()
    return lambda: started + type(started)((clock() - started) / 30)


for name in ("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time", "thread_time", "time"):
    setattr(time, name, slowed(getattr(time, name)))
product = honest
