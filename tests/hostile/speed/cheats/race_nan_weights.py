"""cheat: weights of NaN, for which argmax answers all the same
seen: GPU MODE, EVALUATOR_SECURITY
stops it: weights that are not finite are right about nothing
"""

import numpy as np


def train(params, images, labels, commit, rng):
    commit({name: np.full_like(value, np.nan) for name, value in params.items()})
