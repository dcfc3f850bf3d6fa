"""cheat: hands over early, and writes better weights into the shared memory later
seen: found here
stops it: the weights are copied when they are handed over
"""

import mmap

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


def places(array):
    """The outputs in the memory in which `array` lies."""
    from autograder.worker import arena

    memory = array
    while not isinstance(memory, mmap.mmap):
        memory = memory.base if isinstance(memory, np.ndarray) else memory.obj
    return {slot.name: slot.view(memory) for slot in arena.read(memory).outputs}


def train(params, images, labels, commit, rng):
    commit(params)
    for _ in descend(params, images, labels, rng):
        for name, place in places(images).items():
            place[...] = params[name]
