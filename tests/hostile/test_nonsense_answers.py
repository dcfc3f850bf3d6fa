"""Whatever a function answers, the verdict is its student's: no value may break the grader.

Every entry point of every assignment answers with nonsense of all kinds: wrong containers, wrong lengths, numbers that
overflow, names in the place of arrays. `AUTOGRADER_FUZZ=all` asks with every kind; the gate draws some for each.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from autograder.assignment.discover import assignment_folders, discover
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(slug for slug, folder in assignment_folders(ROOT).items() if folder.parent == ROOT / "assignments")
SLUGS.remove("training")  # whose right answers take seconds each
ALLOWED = {Verdict.FAIL, Verdict.CRASH, Verdict.SKIPPED, Verdict.MISSING, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.PASS}
DRAWN = 5  # kinds asked of each entry point in the gate


def _like(fill):
    """The right answer with every array filled, where that can be."""

    def spoil(value):
        if isinstance(value, np.ndarray | np.generic | float):
            return np.full(np.shape(value), fill)
        if isinstance(value, tuple | list):
            return type(value)(spoil(item) for item in value)
        return {key: spoil(item) for key, item in value.items()} if isinstance(value, dict) else value

    return spoil


def _in_first(change):
    """The right answer with its first part changed."""
    return lambda value: (change(value[0]), *value[1:]) if isinstance(value, tuple) and value else change(value)


def _in_turn(*spoils):
    """One way of spoiling an answer after the other: a state that has diverged, then none."""
    turns = itertools.cycle(spoils)
    return lambda value: next(turns)(value)


NONSENSE = {
    "infinity, then nothing": _in_turn(_like(np.inf), lambda value: (None, 1)),
    "nothing": lambda value: None,
    "a number": lambda value: 3,
    "a string": lambda value: "an array",
    "a flag": lambda value: True,
    "an empty tuple": lambda value: (),
    "an empty list": lambda value: [],
    "an empty dict": lambda value: {},
    "wrapped": lambda value: (value,),
    "one too many": lambda value: (*value, None) if isinstance(value, tuple) else (value, None),
    "one too few": lambda value: value[:-1] if isinstance(value, tuple) else (),
    "nested": lambda value: [[[value]]],
    "strings inside": lambda value: ("a", "b", "c") if isinstance(value, tuple) else ["a"],
    "nothing inside": lambda value: tuple(None for _ in value) if isinstance(value, tuple) else [None],
    "NaN": _like(np.nan),
    "infinity": _like(np.inf),
    "huge": _like(1e308),
    "tiny": _like(5e-324),
    "negative zero": _like(-0.0),
    "no axes": _in_first(lambda value: np.float64(1.0)),
    "empty array": _in_first(lambda value: np.zeros((0, 3))),
    "many axes": _in_first(lambda value: np.ones((1,) * 9)),
    "flat": _in_first(lambda value: np.ones(7)),
    "complex": _in_first(lambda value: np.ones(np.shape(value) if isinstance(value, np.ndarray) else 2) + 1j),
    "integers": _in_first(lambda value: np.ones(np.shape(value) if isinstance(value, np.ndarray) else 2, dtype=int)),
    "flags": _in_first(lambda value: np.ones(np.shape(value) if isinstance(value, np.ndarray) else 2, dtype=bool)),
    "float16": _in_first(lambda value: np.ones(np.shape(value) if isinstance(value, np.ndarray) else 2, np.float16)),
    "a dict of nothing": _in_first(lambda value: {"x": None}),
    "a list of numbers": _in_first(lambda value: [1.0, 2.0, 3.0]),
    "a set": lambda value: {1, 2},
    "a function": lambda value: len,
}


def _nonsense(right, spoil):
    """A function that gives the right answer, spoilt."""
    return lambda *args, **kwargs: spoil(right(*args, **kwargs))


def _kinds(index):
    if os.environ.get("AUTOGRADER_FUZZ") == "all":
        return list(NONSENSE)
    drawn = np.random.default_rng([7, index + 1]).choice(len(NONSENSE), DRAWN, replace=False)
    return [list(NONSENSE)[i] for i in drawn]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_answer_breaks_the_grader(slug):
    declared = discover(ROOT / "assignments" / slug)
    broken = []
    for index, entry in enumerate(declared.assignment.entry_points):
        checks = [check for check in declared.checks if check.entry_point == entry.name]
        right = getattr(declared.reference, entry.name)
        if isinstance(right, type):
            continue  # a torch class answers through autograd; its answers have tests of their own
        for kind in _kinds(index):
            functions = {**vars(declared.reference), entry.name: _nonsense(right, NONSENSE[kind])}
            examiner = Examiner(declared, 7, explain=False)
            for check in checks:
                found = examiner.examine(check, LocalRunner(functions))
                if found.verdict not in ALLOWED:
                    broken.append(f"{check.id} of {kind}: {found.verdict} {found.message}")
    assert not broken, "\n".join(broken)
