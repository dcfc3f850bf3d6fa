"""Every output's exact shape costs something: an axis lost, an axis more, or axes exchanged, in each assignment."""

import inspect
from pathlib import Path

import numpy as np
import pytest

from autograder.assignment.discover import assignment_folders, discover
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(slug for slug, folder in assignment_folders(ROOT).items() if folder.parent == ROOT / "assignments")
ALTERATIONS = {"squeezed": np.squeeze, "with an axis more": lambda a: a[None], "transposed": lambda a: a.T}

# Of a single feature np.cov makes a single number, so shapes are asked of several: which axis is lost there is free.
FREE = {"perceptron": {"gaussian_fit: mu0 squeezed", "gaussian_fit: mu1 squeezed", "gaussian_fit: sigma squeezed"}}


def altered(function, position, alter):
    """`function` with one of its outputs altered, and a list that is empty as long as no shape has changed by it."""
    changed = []

    def change(value):
        if isinstance(value, dict):
            return {name: change(part) for name, part in value.items()}
        if not isinstance(value, np.ndarray | float):
            return value
        array = np.asarray(value)
        found = alter(array)
        changed.extend([found.shape] if found.shape != array.shape else [])
        return found if found.shape != array.shape else value

    def run(*args, **options):
        outputs = function(*args, **options)
        if position is None:
            return change(outputs)
        return tuple(change(output) if i == position else output for i, output in enumerate(outputs))

    return run, changed


def outputs_of(entry):
    """The outputs that are not opaque, by name, with their places; None where there is only one."""
    alone = len(entry.returns) == 1
    return {name: None if alone else i for i, name in enumerate(entry.returns) if name not in entry.opaque}


def passes(declared, entry, name, position, how):
    """Whether the reference with this output altered passes every check of the entry point, though a shape changed."""
    function, changed = altered(getattr(declared.reference, entry.name), position, ALTERATIONS[how])
    runner = LocalRunner({**vars(declared.reference), entry.name: function})
    examiner = Examiner(declared, 1, explain=False, shrink=False)
    checks = [check for check in declared.checks if check.entry_point == entry.name]
    for check in sorted(checks, key=lambda check: "shape" not in check.id):
        if examiner.examine(check, runner).verdict is not Verdict.PASS:
            return False
    return bool(changed)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_output_has_a_shape_that_counts(slug):
    declared = discover(ROOT / "assignments" / slug)
    free = [
        f"{entry.name}: {name} {how}"
        for entry in declared.assignment.entry_points
        if inspect.isfunction(getattr(declared.reference, entry.name))
        for name, position in outputs_of(entry).items()
        for how in ALTERATIONS
        if passes(declared, entry, name, position, how)
    ]
    assert set(free) == FREE.get(slug, set())


def test_a_shape_that_nobody_asks_about_would_be_found(tiny):
    entry = tiny.assignment.entry_point("affine_backward")
    assert passes(tiny, entry, "dw", 1, "with an axis more")
    assert not passes(tiny, entry, "dw", 1, "transposed")  # 3 x 4 in the first case, whatever is drawn
