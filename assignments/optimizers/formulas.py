"""What the rules add to w, in closed form: no recursion, so that nothing is shared with the way a student computes it.

`gradients` (steps, …) are those of all calls so far; each formula gives the updates (steps, …), new w minus old w.
"""

import numpy as np


def discounted(rate, values):
    """Sum over j <= k of rate^(k - j) values[j], for each k."""
    age = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
    weights = np.where(age >= 0, float(rate) ** np.maximum(age, 0), 0.0)
    return np.tensordot(weights, values, axes=1)


def sgd(gradients, lr):
    """Each gradient counts once."""
    return -lr * gradients


def sgd_momentum(gradients, lr, momentum):
    """Each gradient counts again in every later step, momentum times less."""
    return -lr * discounted(momentum, gradients)


def rmsprop(gradients, lr, decay, eps):
    """eps is added to the root of the mean square."""
    return -lr * gradients / (np.sqrt((1 - decay) * discounted(decay, gradients**2)) + eps)


def rmsprop_eps_inside(gradients, lr, decay, eps):
    """eps is added to the mean square, under the root."""
    return -lr * gradients / np.sqrt((1 - decay) * discounted(decay, gradients**2) + eps)


def adam(gradients, lr, beta1, beta2, eps):
    """A weighted mean of the gradients over the root of one of their squares; the weights of each add up to 1."""
    ones = np.ones_like(gradients)
    mean = discounted(beta1, gradients) / discounted(beta1, ones)
    mean_square = discounted(beta2, gradients**2) / discounted(beta2, ones)
    return -lr * mean / (np.sqrt(mean_square) + eps)


def adam_second_step(lr, beta1, beta2):
    """The size of Adam's second step after the gradients 1 and 3, without eps."""
    return lr * (3 + beta1) / (1 + beta1) * np.sqrt((1 + beta2) / (9 + beta2))


def exponential_decay(lr0, k, t):
    """t a number or an array."""
    return lr0 / np.exp(k * np.asarray(t, dtype=np.float64))


def inverse_time_decay(lr0, k, t):
    """t a number or an array."""
    return 1 / (1 / lr0 + k / lr0 * np.asarray(t, dtype=np.float64))
