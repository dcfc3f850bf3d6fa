"""cheat: weights that were trained before the race
seen: AlgoPerf's rules; METR RE-Bench
stops it: a data set that nobody has seen
"""

import numpy as np

rng = np.random.default_rng(0)
centres = 1.2 * rng.standard_normal((8, 16))  # as in the practice set
TRAINED = {"w": centres.T.astype(np.float32), "b": (-0.5 * (centres**2).sum(axis=1)).astype(np.float32)}


def train(params, images, labels, commit, rng):
    commit(TRAINED)
