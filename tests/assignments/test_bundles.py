"""A student's bundle gives the verdicts and the names that the full assignment gives, and holds no secret."""

import dataclasses
from pathlib import Path

import pytest

from autograder.assignment.discover import assignment_folders, discover
from autograder.checks.answers import FILE_NAME, unpack_answers
from autograder.examine import Examiner
from autograder.model import Visibility
from autograder.prove.prove import entry_point_points
from autograder.release import render
from autograder.sandbox.local import LocalRunner
from autograder.student.bundle import PRACTICE_SEED, bundle_files, write_tree
from autograder.student.load import with_answers
from autograder.student.secrets import secrets_in

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(slug for slug, folder in assignment_folders(ROOT).items() if folder.parent == ROOT / "assignments")
# Checks that ask about numbers of the student's own, which no record can hold: at most this part of the public points.
LEFT_OUT = {"training": 0.75}
SIZE_CAP = 3_000_000
EVERY = 24  # of the mistakes, one in so many, and of the variants one in four: the same code judges the others


@pytest.mark.parametrize("slug", SLUGS)
def test_the_bundle_judges_as_the_full_assignment_does(slug, tmp_path):
    full = discover(ROOT / "assignments" / slug)
    files = bundle_files(full, render(full.assignment, entry_point_points(full.checks)))
    assert sum(map(len, files.values())) < SIZE_CAP
    full = discover(ROOT / "assignments" / slug)
    assert secrets_in(files, full) == []
    answers = unpack_answers(files[f"assignments/{slug}/{FILE_NAME}"], Path(FILE_NAME))
    public = [check for check in full.checks if check.visibility is Visibility.PUBLIC]
    lost = sum(check.points for check in public if check.id in answers.left_out)
    assert lost <= LEFT_OUT.get(slug, 0.1) * sum(check.points for check in public), answers.left_out
    programs = {variant.name: variant.replacements for variant in full.variants[::4]}
    programs |= {mistake.name: mistake.replacements for mistake in full.mistakes[::EVERY]}
    reference = dict(vars(full.reference))
    asked = dataclasses.replace(full, checks=tuple(check for check in public if check.id in answers.cases))
    expected = {name: results(asked, {**reference, **functions}) for name, functions in programs.items()}
    write_tree(files, tmp_path)
    student = with_answers(discover(tmp_path / "assignments" / slug))
    found = {name: results(student, {**reference, **functions}) for name, functions in programs.items()}
    assert {name: verdicts(side) for name, side in found.items()} == {
        name: verdicts(side) for name, side in expected.items()
    }
    named = [
        (found[program][check], one) for program, side in expected.items() for check, one in side.items() if one[1]
    ]
    other = [(mine, theirs) for mine, theirs in named if mine != theirs]
    assert len(other) <= 0.05 * len(named), other


def verdicts(side):
    return {check: verdict for check, (verdict, _) in side.items()}


def results(declared, functions):
    found = Examiner(declared, PRACTICE_SEED).examine_all(declared.checks, LocalRunner(functions))
    return {r.check: (r.verdict, r.diagnosis.mistake if r.diagnosis else None) for r in found}
