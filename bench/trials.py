"""Trials of the gradient checker itself: `python -m bench.trials [--trials 30000]`.

Correct operations over eight regimes count false alarms; injected errors count what is found. Small, because rates
need many trials. Convolution and pooling are written over windows, so that the operations do not share a bug.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from autograder.checks.gradcheck import gradcheck
from autograder.checks.gradient_pair import rng
from bench.regimes import REGIMES, Shape, draw

Array = NDArray[np.float64]
Gradients = tuple[Array, ...]


@dataclass(frozen=True)
class Op:
    """A forward, its correct backward, the shapes of its float arguments and what follows them."""

    name: str
    forward: Callable[..., Any]
    backward: Callable[..., Gradients]
    shapes: tuple[Shape, ...]
    rest: tuple[Any, ...] = ()

    def arguments(self, regime: str, seed: int) -> tuple[Any, ...]:
        tensors = [draw(regime, shape, rng(seed, self.name, regime, i)) for i, shape in enumerate(self.shapes)]
        return (*tensors, *self.rest)


# ── correct operations ─────────────────────────────────────────────────────────────────────────


def affine(x: Array, w: Array, b: Array) -> Array:
    return np.asarray(x @ w + b)


def affine_backward(dout: Array, x: Array, w: Array, b: Array) -> Gradients:
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def conv(x: Array, w: Array, b: Array) -> Array:
    windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), w.shape[2:], axis=(2, 3))
    return np.tensordot(windows, w, ([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + b[:, None, None]


def conv_backward(dout: Array, x: Array, w: Array, b: Array) -> Gradients:
    windows = sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), w.shape[2:], axis=(2, 3))
    dw = np.tensordot(dout, windows, ([0, 2, 3], [0, 2, 3]))
    turned = w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
    return conv(dout, turned, np.zeros(w.shape[1])), dw, dout.sum(axis=(0, 2, 3))


def batchnorm(x: Array, gamma: Array, beta: Array) -> Array:
    centred = x - x.mean(axis=0)
    return np.asarray(gamma * centred / np.sqrt((centred**2).mean(axis=0) + 1e-5) + beta)


def batchnorm_backward(dout: Array, x: Array, gamma: Array, beta: Array) -> Gradients:
    centred = x - x.mean(axis=0)
    std = np.sqrt((centred**2).mean(axis=0) + 1e-5)
    xhat = centred / std
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def softmax_loss(scores: Array, labels: NDArray[np.int64]) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    picked = shifted[np.arange(len(labels)), labels]
    return float((np.log(np.exp(shifted).sum(axis=1)) - picked).mean())


def softmax_loss_backward(dout: Array, scores: Array, labels: NDArray[np.int64]) -> Gradients:
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return (dout * p / len(labels),)


def max_pool(x: Array) -> Array:
    n, c, h, w = x.shape
    return np.asarray(x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5)))


def max_pool_backward(dout: Array, x: Array) -> Gradients:
    n, c, h, w = x.shape
    tiles = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
    dx = np.zeros_like(tiles)
    np.put_along_axis(dx, tiles.argmax(axis=-1)[..., None], dout[..., None], axis=-1)
    return (dx.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(x.shape),)


def residual(x: Array, w1: Array, w2: Array) -> Array:
    return np.asarray(np.maximum(x + np.maximum(x @ w1, 0) @ w2, 0))


def residual_backward(dout: Array, x: Array, w1: Array, w2: Array) -> Gradients:
    z = x @ w1
    hidden = np.maximum(z, 0)
    dsum = dout * (x + hidden @ w2 > 0)
    dz = (dsum @ w2.T) * (z > 0)
    return dsum + dz @ w1.T, x.T @ dz, hidden.T @ dsum


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1, e) / (1 + e))


def sigmoid_backward(dout: Array, x: Array) -> Gradients:
    y = sigmoid(x)
    return (dout * y * (1 - y),)


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def relu_backward(dout: Array, x: Array) -> Gradients:
    return (dout * (x > 0),)


def tanh(x: Array) -> Array:
    return np.tanh(x)


def tanh_backward(dout: Array, x: Array) -> Gradients:
    return (dout * (1 - np.tanh(x) ** 2),)


def gelu(x: Array) -> Array:
    return np.asarray(0.5 * x * (1 + np.tanh(_GELU * (x + 0.044715 * x**3))))


def gelu_backward(dout: Array, x: Array) -> Gradients:
    t = np.tanh(_GELU * (x + 0.044715 * x**3))
    return (dout * 0.5 * (1 + t + x * (1 - t**2) * _GELU * (1 + 3 * 0.044715 * x**2)),)


def two_layer(x: Array, w1: Array, b1: Array, w2: Array, b2: Array, labels: NDArray[np.int64]) -> float:
    return softmax_loss(relu(x @ w1 + b1) @ w2 + b2, labels)


def two_layer_backward(
    dout: Array, x: Array, w1: Array, b1: Array, w2: Array, b2: Array, labels: NDArray[np.int64]
) -> Gradients:
    z = x @ w1 + b1
    (dscores,) = softmax_loss_backward(dout, relu(z) @ w2 + b2, labels)
    dhidden, dw2, db2 = affine_backward(dscores, relu(z), w2, b2)
    (dz,) = relu_backward(dhidden, z)
    dx, dw1, db1 = affine_backward(dz, x, w1, b1)
    return dx, dw1, db1, dw2, db2


_GELU = np.sqrt(2 / np.pi)
_LABELS = np.array([0, 2, 1, 3, 2])

OPS = (
    Op("affine", affine, affine_backward, ((4, 6), (6, 3), (3,))),
    Op("conv3x3", conv, conv_backward, ((2, 2, 5, 4), (3, 2, 3, 3), (3,))),
    Op("batchnorm", batchnorm, batchnorm_backward, ((7, 4), (4,), (4,))),
    Op("softmax loss", softmax_loss, softmax_loss_backward, ((5, 4),), (_LABELS,)),
    Op("max-pool", max_pool, max_pool_backward, ((2, 2, 4, 6),)),
    Op("residual", residual, residual_backward, ((4, 5), (5, 6), (6, 5))),
    Op("sigmoid", sigmoid, sigmoid_backward, ((4, 6),)),
    Op("relu", relu, relu_backward, ((4, 6),)),
    Op("tanh", tanh, tanh_backward, ((4, 6),)),
    Op("gelu", gelu, gelu_backward, ((4, 6),)),
    Op("two-layer net", two_layer, two_layer_backward, ((5, 6), (6, 7), (7,), (7, 4), (4,)), (_LABELS,)),
)


# ── wrong ones ─────────────────────────────────────────────────────────────────────────────────

Damage = Callable[[list[Array], list[Array], np.random.Generator], None]
"""Spoils gradients in place. The second list is what the gradients are for a fixed cotangent: choices rest on it, so
that every call is spoilt alike."""


def uniform(size: float) -> Damage:
    """Every element of every gradient off by the relative error `size`."""

    def damage(gradients: list[Array], fixed: list[Array], draw: np.random.Generator) -> None:
        for gradient in gradients:
            gradient *= 1 + size

    return damage


def single(size: float) -> Damage:
    """One element of one gradient off by the relative error `size`; not one that hardly counts (below a tenth)."""

    def damage(gradients: list[Array], fixed: list[Array], draw: np.random.Generator) -> None:
        which = draw.integers(len(gradients))
        strong = np.flatnonzero(np.abs(fixed[which]) >= 0.1 * np.abs(fixed[which]).max())
        gradients[which].flat[draw.choice(strong)] *= 1 + size

    return damage


def scaled(factor: float) -> Damage:
    """One gradient times `factor`."""

    def damage(gradients: list[Array], fixed: list[Array], draw: np.random.Generator) -> None:
        gradients[draw.integers(len(gradients))] *= factor

    return damage


def swapped(gradients: list[Array], fixed: list[Array], draw: np.random.Generator) -> None:
    """Two elements of one gradient exchanged: the largest and the smallest, lest they be equal."""
    which = draw.integers(len(gradients))
    pair = [int(fixed[which].argmin()), int(fixed[which].argmax())]
    gradients[which].flat[pair] = gradients[which].flat[pair[::-1]]


def damaged(op: Op, damage: Damage, args: tuple[Any, ...], seed: int) -> Callable[..., Gradients]:
    """The backward of `op` near `args` with one and the same damage in every call."""
    dout = rng(seed, "fixed").standard_normal(np.shape(op.forward(*args)))
    fixed = list(op.backward(dout, *args))

    def backward(dout: Array, *args: Any) -> Gradients:
        gradients = [np.array(g) for g in op.backward(dout, *args)]
        damage(gradients, fixed, rng(seed, "damage"))
        return tuple(gradients)

    return backward


def in_float32(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function computed in float32 behind a float64 interface."""

    def run(*args: Any) -> Any:
        small = [a.astype(np.float32) if isinstance(a, np.ndarray) and a.dtype.kind == "f" else a for a in args]
        value = function(*small)
        if isinstance(value, tuple):
            return tuple(np.asarray(part, np.float32).astype(np.float64) for part in value)
        return np.asarray(value, np.float32).astype(np.float64)

    return run


# ── counts ─────────────────────────────────────────────────────────────────────────────────────


def correct(op: Op, regime: str, trials: int, *, single: bool = False) -> Counter[str]:
    """Verdicts on the correct `op`; a FAIL is a false alarm. Also sums `forward_calls`."""
    wrap = in_float32 if single else lambda function: function
    forward, backward = wrap(op.forward), wrap(op.backward)
    counts: Counter[str] = Counter()
    for seed in range(trials):
        verdict = gradcheck(forward, backward, op.arguments(regime, seed), seed=seed)
        counts[verdict.status] += 1
        counts["forward_calls"] += verdict.forward_calls
    return counts


def found(op: Op, damage: Damage, trials: int, regime: str = "normal") -> int:
    """How many of `trials` damaged backward passes earn a FAIL."""
    count = 0
    for seed in range(trials):
        args = op.arguments(regime, seed)
        count += gradcheck(op.forward, damaged(op, damage, args, seed), args, seed=seed).status == "FAIL"
    return count


def false_alarms(trials: int, write: Callable[[str], object], *, single: bool = False) -> None:
    """A table of the verdicts of correct operations, one row a regime, `trials` in all."""
    each = max(1, -(-trials // (len(OPS) * len(REGIMES))))
    write(f"correct operations{' in float32' if single else ''}: {len(OPS)} ops, {each} trials each\n")
    write(f"{'regime':<12}{'trials':>8}{'FAIL':>6}{'UNCHECKED':>11}{'forward calls':>15}\n")
    total: Counter[str] = Counter()
    for regime in REGIMES:
        counts = sum((correct(op, regime, each, single=single) for op in OPS), Counter[str]())
        total += counts
        _row(regime, counts, each * len(OPS), write)
    _row("all", total, each * len(OPS) * len(REGIMES), write)


def _row(name: str, counts: Counter[str], trials: int, write: Callable[[str], object]) -> None:
    calls = counts["forward_calls"] / trials
    write(f"{name:<12}{trials:>8}{counts['FAIL']:>6}{counts['UNCHECKED']:>11}{calls:>15.1f}\n")


DAMAGES: dict[str, Damage] = {
    "uniform 1e-6": uniform(1e-6),
    "uniform 1e-7": uniform(1e-7),
    "one 1e-5": single(1e-5),
    "one 1e-6": single(1e-6),
    "x0": scaled(0),
    "x2": scaled(2),
    "x-1": scaled(-1),
    "swap": swapped,
}


def sensitivity(trials: int, write: Callable[[str], object]) -> None:
    """A table of the share of injected errors found on normal inputs, one row an operation."""
    write(f"injected errors found on normal inputs, {trials} tries each\n")
    write(f"{'op':<14}" + "".join(f"{name:>14}" for name in DAMAGES) + "\n")
    for op in OPS:
        write(f"{op.name:<14}" + "".join(f"{found(op, d, trials) / trials:>14.1%}" for d in DAMAGES.values()) + "\n")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.trials", description=__doc__)
    parser.add_argument("--trials", type=int, default=30_000, help="correct trials in all (default: %(default)s)")
    parser.add_argument("--float32", type=int, default=2_400, help="correct trials in float32 (default: %(default)s)")
    parser.add_argument("--tries", type=int, default=50, help="tries of each injected error (default: %(default)s)")
    options = parser.parse_args(argv)
    started = time.process_time()
    false_alarms(options.trials, sys.stdout.write)
    false_alarms(options.float32, sys.stdout.write, single=True)
    sensitivity(options.tries, sys.stdout.write)
    sys.stdout.write(f"{time.process_time() - started:.0f} s of CPU time\n")


if __name__ == "__main__":
    main()
