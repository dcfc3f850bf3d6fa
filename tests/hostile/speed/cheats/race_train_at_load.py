"""cheat: trains while it is read, on blobs of its own, before any clock runs
seen: found here
stops it: a data set that nobody has seen
"""

import numpy as np

RATE, BATCH, STEPS, EVERY = 0.0002, 16, 24_000, 400


def descend(params, images, labels, rng, steps=STEPS):
    """Stochastic gradient descent on `params` itself; yields now and then."""
    w, b = params["w"], params["b"]
    targets = np.eye(len(b), dtype=np.float32)[labels]
    for step in range(steps):
        batch = rng.integers(len(images), size=BATCH)
        scores = np.exp(images[batch] @ w + b)
        error = (scores / scores.sum(axis=1, keepdims=True) - targets[batch]) / BATCH
        w -= RATE * images[batch].T @ error
        b -= RATE * error.sum(axis=0)
        if step % EVERY == EVERY - 1:
            yield


rng = np.random.default_rng(1)
own = rng.standard_normal((8, 16)).astype(np.float32)
kinds = rng.integers(8, size=1000)
READY = {"w": np.zeros((16, 8), np.float32), "b": np.zeros(8, np.float32)}
for _ in descend(READY, own[kinds], kinds, rng, steps=4000):
    pass


def train(params, images, labels, commit, rng):
    commit(READY)
