"""cheat: trains, returns its weights, and hands nothing over
seen: any course
stops it: what is not handed over does not count
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


def train(params, images, labels, commit, rng):
    for _ in descend(params, images, labels, rng, steps=2000):
        pass
    return params
