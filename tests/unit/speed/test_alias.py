"""The name for the leaderboard, which is read off a comment."""

from __future__ import annotations

import pytest

from autograder.model import Cell
from autograder.speed.alias import alias_of


def alias(*sources: str) -> str | None:
    return alias_of([Cell(0, 1, source) for source in sources])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("# leaderboard: im2col enjoyer", "im2col enjoyer"),
        ("#leaderboard:x", "x"),
        ("    # Leaderboard:   O'Neil-2  ", "O'Neil-2"),
        ("# leaderboard: Zoë", "Zoë"),
        ("# leaderboard: a   b", "a b"),
        ("# leaderboard: " + "a" * 30, "a" * 30),
    ],
)
def test_a_name_on_a_line_of_its_own_is_found(line, name):
    assert alias(f"import numpy\n{line}\nx = 1\n") == name


@pytest.mark.parametrize(
    "line",
    [
        "# leaderboard:",
        "# leaderboard:    ",
        "x = 1  # leaderboard: me",
        "# leaderboard me",
        "# the leaderboard: me",
        "# leaderboard: <b>me</b>",
        "# leaderboard: \x1b[31mred",
        "# leaderboard: a|b",
        "# leaderboard: " + "a" * 31,
    ],
)
def test_anything_else_is_no_name(line):
    assert alias(line) is None


def test_the_next_line_is_never_part_of_a_name():
    assert alias("# leaderboard:\nmine = 1") is None
    assert alias("# leaderboard: me\nmine = 1") == "me"


def test_the_first_name_counts():
    assert alias("x = 1", "# leaderboard: first", "# leaderboard: second") == "first"
    assert alias() is None
