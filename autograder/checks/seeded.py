"""Whether all randomness of a function comes from the generator that it is given."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.errors import CheckFailed


def expect_seeded(name: str, first: Any, again: Any, other: Any) -> None:
    """`first` and `again` were drawn from the same seed and must be equal, `other` from another seed and must not.
    Draw so much that two seeds cannot agree by chance: 40 bits or more.

    >>> import numpy as np
    >>> from autograder import expect_seeded
    >>> first, again, other = (np.random.default_rng(seed).normal(size=3) for seed in (1, 1, 2))
    >>> expect_seeded("w", first, again, other)
    >>> expect_seeded("w", first, again, again)
    Traceback (most recent call last):
    ...
    autograder.errors.CheckFailed: Every seed gives the same w; draw from rng, and seed no generator yourself.
    """
    if not np.array_equal(first, again):
        raise CheckFailed(f"The same seed gives different {name}; draw every number from rng, none from np.random.")
    if np.array_equal(first, other):
        raise CheckFailed(f"Every seed gives the same {name}; draw from rng, and seed no generator yourself.")
