"""Stochastic gradient descent, as a first course teaches it."""

import numpy as np

RATE, BATCH, STEPS, EVERY = 0.0002, 16, 24_000, 400


def train(params, images, labels, commit, rng):
    w, b = params["w"], params["b"]
    targets = np.eye(len(b), dtype=np.float32)[labels]
    for step in range(STEPS):
        batch = rng.integers(len(images), size=BATCH)
        scores = np.exp(images[batch] @ w + b)
        error = (scores / scores.sum(axis=1, keepdims=True) - targets[batch]) / BATCH
        w -= RATE * images[batch].T @ error
        b -= RATE * error.sum(axis=0)
        if step % EVERY == EVERY - 1:
            commit({"w": w, "b": b})
