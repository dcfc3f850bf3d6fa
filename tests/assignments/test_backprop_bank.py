"""The bank of `backprop` is large enough and well formed. That it proves the checks is for `prove` to show."""

import re
import tomllib
import tracemalloc
from collections import defaultdict
from pathlib import Path

import nbformat
import pytest

from autograder.assignment.discover import discover
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.sandbox.local import LocalRunner

FOLDER = Path(__file__).parents[2] / "assignments" / "backprop"
SUBMISSIONS = FOLDER / "submissions"
DECLARED = discover(FOLDER)
EXPECTED = tomllib.loads((SUBMISSIONS / "expected.toml").read_text(encoding="utf-8"))
VERDICTS = {"PASS", "FAIL", "CRASH", "TIMEOUT", "MEMORY", "MISSING", "SKIPPED", "FORBIDDEN"}
NOTEBOOKS = [entry["file"] for entry in EXPECTED.values() if entry["file"].endswith(".ipynb")]


def test_the_bank_is_large_enough() -> None:
    assert len(DECLARED.mistakes) >= 30
    assert len(DECLARED.variants) >= 10
    assert len(EXPECTED) >= 15


def test_every_entry_point_has_mistakes_and_variants() -> None:
    names = {entry.name for entry in DECLARED.assignment.entry_points}
    assert {mistake.entry_point for mistake in DECLARED.mistakes} == names
    assert {name for variant in DECLARED.variants for name in variant.replacements} == names


@pytest.mark.parametrize("mistake", DECLARED.mistakes, ids=lambda mistake: mistake.name)
def test_a_teacher_says_one_short_sentence(mistake) -> None:
    says = mistake.says
    assert len(says) <= 200
    assert says.endswith(".")
    assert not re.search(r"[.!?] +[A-Z]", says)


def test_no_sentence_is_said_for_two_mistakes_of_one_entry_point() -> None:
    said = defaultdict(list)
    for mistake in DECLARED.mistakes:
        said[mistake.entry_point, mistake.says].append(mistake.name)
    assert [names for names in said.values() if len(names) > 1] == []


def test_every_variant_says_why_it_is_right() -> None:
    assert [variant.name for variant in DECLARED.variants if not variant.why.endswith(".")] == []


def test_the_sample_class_is_what_lies_in_its_folder() -> None:
    files = {path.name for path in SUBMISSIONS.iterdir()} - {"expected.toml"}
    assert files == {entry["file"] for entry in EXPECTED.values()}
    assert [name for name, entry in EXPECTED.items() if Path(entry["file"]).stem != name] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_names_what_exists(name: str) -> None:
    entry = EXPECTED[name]
    checks = {check.id for check in DECLARED.checks}
    entry_points = {check.entry_point for check in DECLARED.checks}
    mistakes = {mistake.name for mistake in DECLARED.mistakes}
    assert entry.get("verdicts", {}).keys() <= checks | entry_points
    assert set(entry.get("verdicts", {}).values()) | {entry.get("default", "PASS")} <= VERDICTS
    assert entry.get("diagnoses", {}).keys() <= checks
    assert set(entry.get("diagnoses", {}).values()) <= mistakes
    assert entry["why"]


@pytest.mark.parametrize("file", NOTEBOOKS)
def test_notebooks_are_valid_and_small(file: str) -> None:
    text = (SUBMISSIONS / file).read_text(encoding="utf-8")
    assert len(text) < 12_000
    if EXPECTED[Path(file).stem].get("refused") == "is cut off":
        return
    notebook = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    nbformat.validate(notebook)


def test_matching_a_failed_deep_linear_takes_little_memory() -> None:
    def wrong(dout, cache):
        dx, dw, db = DECLARED.reference.affine_backward(dout, cache)
        return dx, 2 * dw, db

    check = next(check for check in DECLARED.checks if check.id == "affine_backward.deep_linear")
    runner = LocalRunner({**vars(DECLARED.reference), "affine_backward": wrong})
    tracemalloc.start()
    try:
        result = Examiner(DECLARED, 7).examine(check, runner)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.verdict is Verdict.FAIL
    assert peak <= 50e6  # 100 × 100 weights are 80 kB; one of the listed mistakes used to take 800 MB for them
