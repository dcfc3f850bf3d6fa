"""The seam to nbgrader: ours are grafted, others' are left alone, and nothing runs unguarded by accident."""

from __future__ import annotations

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="nbgrader is an extra: pip install 'dl-autograder[nbgrader]'")

from autograder.errors import AutograderError
from autograder.nbgrader.graft import MARK
from autograder.nbgrader.preprocessors import HANDED_IN, UNREADABLE, Graft, SandboxGrade, SubmissionExporter

SOLUTION = {"grade_id": "f", "solution": True, "grade": False, "locked": False, "task": False, "schema_version": 3}
ABOUT = {"nbgrader": {"student": "ada", "assignment": "tiny", "notebook": "tiny"}}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder; `course(step, notebook)` writes a notebook where nbgrader keeps it."""
    monkeypatch.chdir(tmp_path)

    def write(step, notebook):
        path = tmp_path / step / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return path

    return write


def made(**metadata):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Tiny", id="one")], metadata=metadata)


def resources(path):
    """What the exporter leaves for the preprocessors."""
    about = {"name": path.stem, "path": str(path.parent)}
    return {**ABOUT, "metadata": about, HANDED_IN: path.read_bytes()}


def test_ours_is_grafted(course):
    course("source", made(**{MARK: {"assignment": "tiny"}}))
    course("release", made(**{MARK: {"assignment": "tiny"}}))
    path = course("submitted/ada", made(evil=True))
    notebook, _ = Graft().preprocess(made(evil=True), resources(path))
    assert notebook.metadata == {MARK: {"assignment": "tiny", "repairs": []}}


def test_what_is_grafted_are_the_bytes_that_were_read(course):
    """A file that is swapped between two reads would be graded as one thing and shown as another."""
    task = nbformat.v4.new_code_cell("def f(): ...", id="f", metadata={"nbgrader": SOLUTION})
    course("release", nbformat.v4.new_notebook(cells=[task], metadata={MARK: {"assignment": "tiny"}}))
    solved = nbformat.v4.new_code_cell("def f(): return 1", id="f", metadata={"nbgrader": SOLUTION})
    path = course("submitted/ada", nbformat.v4.new_notebook(cells=[solved]))
    _, found = SubmissionExporter().from_filename(str(path), {**ABOUT})
    path.write_bytes(b"")
    notebook, left = Graft().preprocess(made(), found)
    assert notebook.cells[0].source == "def f(): return 1"
    assert HANDED_IN not in left


def test_the_log_says_what_could_not_be_read(course, caplog):
    course("release", made(**{MARK: {"assignment": "tiny"}}))
    path = course("submitted/ada", made())
    path.write_bytes(b"")
    graft = Graft()
    graft.log.propagate = True
    with caplog.at_level("WARNING", logger=graft.log.name):
        notebook, _ = graft.preprocess(made(), resources(path))
    reason = "tiny.ipynb is empty (0 bytes); save your work and hand it in again."
    assert f"ada: {reason}" in caplog.text
    assert notebook.metadata[MARK]["refused"] == reason


@pytest.mark.parametrize("odd", ["NaN", '"\\ud800"', '"\t"'])
def test_odd_outputs_are_read_and_written_back(course, tmp_path, odd):
    text = nbformat.writes(made()).replace('"metadata": {}', f'"metadata": {{"odd": {odd}}}', 1)
    path = tmp_path / "tiny.ipynb"
    path.write_text(text)
    output, found = SubmissionExporter().from_filename(str(path), {**ABOUT})
    assert UNREADABLE not in found
    assert nbformat.reads(output.encode().decode(), as_version=4).cells[0].source == "# Tiny"


def test_a_notebook_of_another_kind_goes_on_as_it_came_but_may_not_claim_to_be_ours(course):
    course("source", made())
    course("release", made())
    path = course("submitted/ada", made())
    notebook, _ = Graft().preprocess(made(kept=True, **{MARK: {"assignment": "tiny"}}), resources(path))
    assert notebook.metadata == {"kept": True}


@pytest.mark.parametrize("steps", [[], ["source"]])
def test_without_the_handed_out_notebook_nothing_is_run(course, steps):
    """Taken for a notebook of another kind it would go to a kernel."""
    for step in steps:
        course(step, made(**{MARK: {"assignment": "tiny"}}))
    path = course("submitted/ada", made())
    with pytest.raises(AutograderError, match=r"tiny\.ipynb is missing; run `nbgrader generate_assignment tiny`\.$"):
        Graft().preprocess(made(), resources(path))


def test_a_damaged_notebook_of_another_kind_fails_as_before(course):
    course("release", made())
    path = course("submitted/ada", made())
    with pytest.raises(ValueError, match="damaged"):
        Graft().preprocess(made(), {**resources(path), UNREADABLE: ValueError("damaged")})


@pytest.mark.parametrize("text", ["{", "[]", "", '{"nbformat": 4, "cells": [3]}', "[" * 100_000])
def test_no_file_stops_the_exporter(course, tmp_path, text):
    path = tmp_path / "tiny.ipynb"
    path.write_text(text)
    output, found = SubmissionExporter().from_filename(str(path), {**ABOUT})
    assert nbformat.reads(output, as_version=4).cells == []
    assert UNREADABLE in found


def test_a_link_is_not_followed(course, tmp_path):
    secret = course("source", made())
    link = tmp_path / "tiny.ipynb"
    link.symlink_to(secret)
    output, found = SubmissionExporter().from_filename(str(link), {**ABOUT})
    assert "Tiny" not in output
    assert "is a symbolic link" in str(found[UNREADABLE])


def test_grading_takes_nbgrader_s_options_for_notebooks_of_another_kind():
    assert SandboxGrade().timeout == 30
    assert SandboxGrade.class_own_traits(config=True).keys() == {"assignments", "isolation"}
