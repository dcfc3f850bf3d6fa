"""A short run of the structural fuzzer; `python -m bench.wire_fuzz --minutes 5` is the long one."""

from __future__ import annotations

import numpy as np
import pytest
from hostile_ground import COURSE

from autograder import wire
from autograder.assignment.discover import discover
from bench.wire_fuzz import Tally, bend, fuzz

GRADER_S = 10.0  # CPU seconds of the grader for one check, whatever it is sent


def test_nothing_that_a_worker_answers_breaks_the_grader() -> None:
    tally = fuzz(discover(COURSE / "assignments" / "target"), 20, 20.0, Tally(), rounds=12)
    assert tally.broken == []
    assert tally.bent > 50
    assert len(tally.verdicts) >= 3, "some answers are honest, some wrong, some no answers"
    assert tally.slowest_s < GRADER_S


@pytest.mark.parametrize("seed", range(3))
def test_a_frame_is_bent_alike_by_the_same_seed(seed: int) -> None:
    def frames() -> list[bytes]:
        rng = np.random.default_rng([seed, 20])
        header = {"seq": 2, "kind": "outcomes", "outcomes": [["value", ["t", [["a", 0], ["f", "0x1p+0"]]]]]}
        return [bend(header, [np.arange(6.0).reshape(2, 3)], rng) for _ in range(30)]

    assert frames() == frames()
    honest = sum(frame.startswith(wire.MAGIC) for frame in frames())
    assert honest >= 28, "frames are valid, and what they hold is not"
