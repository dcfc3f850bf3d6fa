"""What mini-batches and a training loop must be, whatever order they draw."""

import numpy as np

from autograder import CheckFailed, Rng, expect

from .problems import Watch

NOT_INDICES = "A batch must be a one-dimensional array of integers."


def batches_of(student, n, batch_size, *seeds):
    """For each seed the mini-batches of one epoch, each a list of arrays of integers."""
    found = student.each("minibatches", [(n, batch_size, Rng(seed)) for seed in seeds])
    return [_listed(batches) for batches in found]


def _listed(batches):
    if not isinstance(batches, list | tuple):
        raise CheckFailed("minibatches must yield its batches, or return them in a list.", tensor="batches")
    return [_indices(batch) for batch in batches]


def _indices(batch):
    """The batch as a one-dimensional array of integers, whatever axes of length one it has."""
    if isinstance(batch, list | tuple) and batch and all(isinstance(i, int | np.integer) for i in batch):
        batch = np.array(batch)
    if not isinstance(batch, np.ndarray) or batch.dtype.kind not in "iu" or batch.size not in (*batch.shape, 1):
        raise CheckFailed(NOT_INDICES, tensor="batches")
    return batch.astype(np.int64).reshape(-1)


def expect_indices(batch):
    """The batch must be a one-dimensional array of integers, or a list of them."""
    if np.ndim(batch) != 1:
        raise CheckFailed(f"{NOT_INDICES[:-1]}; one has the shape {np.shape(batch)}.", tensor="batches")


def expect_every_index_once(batches, n):
    """The batches of one epoch must hold each of the indices below n exactly once."""
    indices = np.concatenate([np.zeros(0, dtype=int), *batches])
    outside = indices[(indices < 0) | (indices >= n)]
    if outside.size:
        raise CheckFailed(f"With n = {n}, a batch holds the index {outside[0]}; the last is {n - 1}.", tensor="batches")
    counts = np.bincount(indices, minlength=n)
    wrong = np.flatnonzero(counts != 1)
    if wrong.size:
        often = "in no batch" if counts[wrong[0]] == 0 else f"in the batches {counts[wrong[0]]} times"
        raise CheckFailed(f"With n = {n}, index {wrong[0]} is {often}; it must be there once.", tensor="batches")


def expect_sizes(batches, n, batch_size):
    """Every batch must be full but the last, which holds the rest."""
    expected = [min(batch_size, n - start) for start in range(0, n, batch_size)]
    sizes = [len(np.unique(batch)) for batch in batches]  # one index again and again is not a batch
    if len(sizes) != len(expected):
        raise CheckFailed(f"The number of batches is {len(sizes)}; it must be {len(expected)}.", tensor="batches")
    if sizes != expected:
        raise CheckFailed(f"The batches have the sizes {sizes}; they must have {expected}.", tensor="batches")


def neighbours(batches):
    """In how many places a batch holds both i and i + 1, whatever the order inside it."""
    return sum(len(np.intersect1d(batch, batch + 1)) for batch in batches)


# ── training ───────────────────────────────────────────────────────────────────────────────────


def trained(student, problem, start, optimizer, batch_size, epochs, seed):
    """What `train` returned, and the watch that saw how."""
    watch = Watch(problem, optimizer)
    arguments = (watch.loss_and_grads, start, watch.step, problem.size, batch_size, epochs, Rng(seed))
    params, history = student.train(*arguments)
    if not watch.batches:
        raise CheckFailed("train takes no step: after each loss_and_grads it must call optimizer.", tensor="params")
    return params, history, watch


def epochs_of(watch, batch_size):
    """The mini-batches that were trained on, epoch by epoch."""
    each = -(-watch.problem.size // batch_size)
    return [watch.batches[i : i + each] for i in range(0, len(watch.batches), each)]


def expect_losses(student, history, losses):
    """The history, a list or an array, must hold these losses."""
    if isinstance(history, list | tuple) and all(np.ndim(loss) == 0 and _is_float(loss) for loss in history):
        history = np.array(history, dtype=np.float64)
    expect(student, axes=("step",), history=(history, losses))


def _is_float(loss):
    return isinstance(loss, float | np.floating) or (isinstance(loss, np.ndarray) and loss.dtype.kind == "f")


def expect_low_loss(problem, params, most):
    """The loss of all examples at `params` must not be above `most`."""
    try:
        loss, _ = problem.loss_and_grads(params, np.arange(problem.size))
    except (TypeError, ValueError, KeyError, IndexError):
        raise CheckFailed("params must be a dict with the keys and shapes of those that train was given.") from None
    if not loss <= most:
        raise CheckFailed(f"Training ends with a loss of {loss:.4g}; it must reach {most:.4g}.", tensor="params")
