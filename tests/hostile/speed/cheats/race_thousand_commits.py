"""cheat: random weights, a thousand times: some may be lucky
seen: DAWNBench; the seed lottery
stops it: 64 commits, several data sets
"""

import numpy as np


def train(params, images, labels, commit, rng):
    for _ in range(1000):
        commit({name: rng.standard_normal(value.shape).astype(np.float32) for name, value in params.items()})
