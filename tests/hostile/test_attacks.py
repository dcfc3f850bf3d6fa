"""Each attack is a submission, graded for real: it must neither gain, nor learn, nor leave, nor break anything."""

from __future__ import annotations

import re

import msgspec
import pytest
from hostile_ground import ATTACKS, Arena, Ground, children, expectations, mounts
from hostile_judge import judge

from autograder.sandbox import nursery

EXPECTED = expectations()
HEADER = re.compile(r'"""attack: \S.*\nrow: \d+\nlayer: \S.*\n"""\n')


@pytest.mark.parametrize("attack", EXPECTED)
def test_attack_fails(attack: str, arena: Arena, ground: Ground) -> None:
    judge(attack, arena.outcome(attack), ground, arena.honest)


def test_honest_submission_earns_everything(arena: Arena) -> None:
    report = msgspec.json.decode(arena.honest)
    assert report["score"] == report["max_score"] == 12.0


def test_nothing_is_reached_or_left_behind(arena: Arena, ground: Ground) -> None:
    for attack in EXPECTED:
        arena.outcome(attack)
    assert ground.reached() == []
    assert ground.left_behind() == []
    assert mounts() <= arena.mounts
    nursery.close()
    assert children() <= arena.children
    assert ground.canary.read_text() == ground.secret


def test_each_attack_says_what_it_is() -> None:
    for path in ATTACKS.glob("*.py"):
        assert HEADER.match(path.read_text()), f"{path.name}: the docstring must say attack, row and layer"


def test_each_attack_is_in_the_table() -> None:
    assert sorted(path.stem for path in ATTACKS.glob("*.py")) == sorted(EXPECTED)
