"""Nothing: what a launch costs before any work is done."""

import numpy as np


def product(a, b):
    return np.broadcast_to(np.float32(0), (len(a), b.shape[1]))
