"""The attacks that namespaces stop, where there are none: Landlock, system-call filter and limits must do alone."""

from __future__ import annotations

import sys

import pytest
from hostile_ground import Arena, Ground, children, expectations, mounts
from hostile_judge import judge

from autograder.sandbox import nursery

CONTAINED = [name for name, entry in expectations().items() if entry.get("contained")]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock is Linux's")


@pytest.mark.parametrize("contained_attack", CONTAINED)
def test_attack_fails_without_namespaces(contained_attack: str, contained_arena: Arena, ground: Ground) -> None:
    judge(contained_attack, contained_arena.outcome(contained_attack), ground, contained_arena.honest)


def test_nothing_is_reached_or_left_behind_without_namespaces(contained_arena: Arena, ground: Ground) -> None:
    for attack in CONTAINED:
        contained_arena.outcome(attack)
    assert ground.reached() == []
    assert ground.left_behind() == []
    assert mounts() <= contained_arena.mounts
    nursery.close()
    assert children() <= contained_arena.children


def test_the_important_attacks_are_tried() -> None:
    assert len(CONTAINED) >= 30
