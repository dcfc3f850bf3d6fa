"""Eight kinds of input on which a gradient check must neither cry wolf nor sleep.

`draw(name, shape, rng)` gives one float64 tensor; `REGIMES` holds the generators by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
Regime = Callable[[Shape, np.random.Generator], NDArray[np.float64]]


def normal(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Standard normal."""
    return np.asarray(rng.standard_normal(shape), dtype=np.float64)


def tiny(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal times 1e-6: absolute steps and tolerances are far too large here."""
    return 1e-6 * normal(shape, rng)


def huge(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal times 1e6: absolute steps drown in roundoff."""
    return 1e6 * normal(shape, rng)


def scaled(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal times one scale for the whole tensor, log-uniform in 1e-6..1e6."""
    return float(10.0 ** rng.uniform(-6, 6)) * normal(shape, rng)


def mixed(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal times a scale for each element, log-uniform in 1e-6..1e6."""
    return np.asarray(10.0 ** rng.uniform(-6, 6, shape) * normal(shape, rng), dtype=np.float64)


def saturated(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Normal times 40: sigmoids are flat, softmax is one-hot."""
    return 40.0 * normal(shape, rng)


def offset(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """1e4 plus normal: the spread, not the size, is the scale that matters."""
    return 1e4 + normal(shape, rng)


def kinks(shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """Exact zeros, exact ties (halves) and ±1e-9, a quarter each, among normal numbers."""
    x = normal(shape, rng)
    kind = rng.integers(0, 4, shape)
    near = 1e-9 * rng.choice((-1.0, 1.0), shape)
    return np.asarray(np.select([kind == 0, kind == 1, kind == 2], [0.0, np.rint(2 * x) / 2, near], x), np.float64)


REGIMES: Mapping[str, Regime] = MappingProxyType(
    {regime.__name__: regime for regime in (normal, tiny, huge, scaled, mixed, saturated, offset, kinks)}
)


def draw(name: str, shape: Shape, rng: np.random.Generator) -> NDArray[np.float64]:
    """A tensor of the regime `name`; KeyError lists the regimes if there is none of that name."""
    if name not in REGIMES:
        raise KeyError(f"no regime {name!r}; there are {', '.join(REGIMES)}")
    return REGIMES[name](shape, rng)
