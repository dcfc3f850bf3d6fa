"""cheat: weights of another shape, which would broadcast
seen: found here
stops it: the shapes are the grader's
"""

import numpy as np


def train(params, images, labels, commit, rng):
    commit({"w": np.ones((16, 1), np.float32), "b": np.zeros(8, np.float32)})
