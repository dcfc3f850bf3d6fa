"""The seam to nbgrader: ours are grafted, others' are left alone, and nothing runs unguarded by accident."""

from __future__ import annotations

import copy
import gc
import os
import sqlite3
from types import SimpleNamespace

import nbformat
import pytest

pytest.importorskip("nbgrader", reason="nbgrader is an extra: pip install 'dl-autograder[nbgrader]'")

from nbgrader import preprocessors as stock
from nbgrader.nbgraderformat import SchemaTooOldError

from autograder.errors import AutograderError, IsolationUnavailable
from autograder.model import AssignmentRef, CheckResult, GradeReport, Isolation, Level, SubmissionRef, Verdict
from autograder.nbgrader import preprocessors as ours
from autograder.nbgrader.graft import MARK, graft
from autograder.nbgrader.preprocessors import HANDED_IN, ON_TIME, UNREADABLE, Graft, SandboxGrade, SubmissionExporter
from autograder.nbgrader.submitted import read_cells

PATH = "submitted/ada/tiny/tiny.ipynb"
EDITED = "def double(x):\n    return 2 * x"
SANITIZERS = (
    stock.ClearOutput,
    stock.DeduplicateIds,
    ours.OverwriteKernelspec,
    ours.OverwriteCells,
    ours.CheckCellMetadata,
)


def made(**metadata):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Tiny", id="one")], metadata=metadata)


def resources(classroom, path):
    """What the exporter leaves for the preprocessors."""
    about = {"name": path.stem, "path": str(path.parent)}
    return {**classroom.about(), "metadata": about, HANDED_IN: path.read_bytes()}


def solved(classroom, source=EDITED):
    """A submission to the handed-out notebook."""
    notebook = copy.deepcopy(classroom.released)
    find(notebook, "double").source = source
    return notebook


def find(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def sanitized(classroom, exporter, *steps):
    """What the first pass writes of Ada's submission, by the preprocessors `steps`."""
    exporter._preprocessors = []  # as nbgrader does between the passes
    for step in steps:
        exporter.register_preprocessor(step)
    output, _ = exporter.from_filename(str(classroom.root / PATH), classroom.about())
    return output


# ── what is grafted ────────────────────────────────────────────────────────────────────────────


def test_ours_is_grafted(classroom):
    path = classroom.write("submitted/ada", made(evil=True))
    notebook, _ = Graft().preprocess(made(evil=True), resources(classroom, path))
    assert notebook.metadata[MARK]["assignment"] == "tiny"
    assert "evil" not in notebook.metadata


def test_what_is_grafted_are_the_bytes_that_were_read(classroom):
    """A file that is swapped between two reads would be graded as one thing and shown as another."""
    path = classroom.write("submitted/ada", solved(classroom))
    _, found = SubmissionExporter().from_filename(str(path), classroom.about())
    path.write_bytes(b"")
    notebook, left = Graft().preprocess(made(), found)
    assert find(notebook, "double").source == EDITED
    assert HANDED_IN not in left


def test_the_log_says_what_could_not_be_read(classroom, caplog):
    path = classroom.write("submitted/ada", made())
    path.write_bytes(b"")
    graft = Graft()
    graft.log.propagate = True
    with caplog.at_level("WARNING", logger=graft.log.name):
        notebook, _ = graft.preprocess(made(), resources(classroom, path))
    reason = "tiny.ipynb is empty (0 bytes); save your work and hand it in again."
    assert f"ada: {reason}" in caplog.text
    assert notebook.metadata[MARK]["refused"] == reason


@pytest.mark.parametrize("steps", [[], ["source"]])
def test_without_the_handed_out_notebook_nothing_is_run(classroom, steps):
    """Taken for a notebook of another kind it would go to a kernel."""
    (classroom.root / "release/tiny/tiny.ipynb").unlink()
    for step in steps:
        classroom.write(step, made(**{MARK: {"assignment": "tiny"}}))
    classroom.write("submitted/ada", made())
    with pytest.raises(AutograderError, match=r"tiny\.ipynb is missing; run `nbgrader generate_assignment tiny`\.$"):
        sanitized(classroom, SubmissionExporter(), Graft)


# ── what nbgrader overwrites and checks once a batch ───────────────────────────────────────────


def test_a_graft_is_what_nbgrader_would_make_of_it(classroom):
    """Checksums, points, kernel, mark schemes: laid under the student's code once instead of over it each time."""
    find(classroom.released, "check_double").metadata.nbgrader["points"] = 50
    find(classroom.released, "helper").source = "edited since"
    classroom.released.metadata.kernelspec = {"name": "other", "display_name": "Other"}
    classroom.write("release", classroom.released)
    path = classroom.write("submitted/ada", solved(classroom))
    expected = graft(read_cells(path.read_bytes(), path.name), classroom.released).notebook
    for step in (stock.OverwriteKernelspec, stock.OverwriteCells):
        expected, _ = step().preprocess(expected, classroom.about())
    found = nbformat.reads(sanitized(classroom, SubmissionExporter(), Graft, *SANITIZERS), as_version=4)
    assert found == expected
    assert "One point for anything." in find(found, "task").source
    assert find(found, "check_double").metadata.nbgrader["points"] == 5.0
    assert find(found, "helper").source == find(classroom.source, "helper").source
    assert found.metadata.kernelspec.name == "python3"


def test_a_configuration_that_lists_nbgrader_s_own_makes_the_same(classroom):
    classroom.write("submitted/ada", solved(classroom))
    own = [getattr(stock, step.__name__) for step in SANITIZERS]
    new = sanitized(classroom, SubmissionExporter(), Graft, *SANITIZERS)
    assert sanitized(classroom, SubmissionExporter(), Graft, *own) == new


def test_the_class_shares_what_nobody_changes(classroom, monkeypatch):
    asked = []
    monkeypatch.setattr(stock.OverwriteCells, "preprocess", lambda self, nb, found: (asked.append(1) or nb, found))
    exporter = SubmissionExporter()
    for source in ("x = 1", EDITED):
        classroom.write("submitted/ada", solved(classroom, source))
        output = nbformat.reads(sanitized(classroom, exporter, Graft, *SANITIZERS), as_version=4)
        assert find(output, "double").source == source
        assert find(output, "double").metadata[MARK] == {"cell": 3}
    assert asked == [1]


@pytest.mark.parametrize("same_run", [True, False])
def test_an_assignment_that_is_generated_again_is_seen(classroom, same_run):
    """The formgrader's button grades for weeks in one process."""
    exporter = SubmissionExporter()
    classroom.write("submitted/ada", solved(classroom))
    sanitized(classroom, exporter, Graft, *SANITIZERS)
    find(classroom.source, "check_double").metadata.nbgrader["points"] = 7.0
    find(classroom.source, "helper").source = "def helper(x):\n    return -x"
    classroom.generate(classroom.source)
    later = (classroom.root / "release/tiny/tiny.ipynb").stat().st_mtime_ns + 1
    os.utime(classroom.root / "release/tiny/tiny.ipynb", ns=(later, later))  # clocks of file systems are coarse
    exporter = exporter if same_run else SubmissionExporter()
    found = nbformat.reads(sanitized(classroom, exporter, Graft, *SANITIZERS), as_version=4)
    assert find(found, "check_double").metadata.nbgrader["points"] == 7.0
    assert find(found, "helper").source == "def helper(x):\n    return -x"
    assert find(found, "double").source == EDITED


def test_a_gradebook_that_was_replaced_is_seen_by_the_next_run(classroom):
    classroom.write("submitted/ada", solved(classroom))
    sanitized(classroom, SubmissionExporter(), Graft)
    with classroom.gradebook() as book:
        book.find_source_cell("task", "tiny", "tiny").source = "Another scheme."
        book.db.commit()
    with pytest.raises(RuntimeError, match="Inconsistent checksums for cell task"):
        sanitized(classroom, SubmissionExporter(), Graft)


def test_of_a_bad_master_nothing_is_graded(classroom):
    del find(classroom.released, "helper").metadata.nbgrader["schema_version"]
    classroom.write("release", classroom.released)
    classroom.write("submitted/ada", solved(classroom))
    exporter = SubmissionExporter()
    for _ in "ab":  # for each student
        with pytest.raises(SchemaTooOldError):
            sanitized(classroom, exporter, Graft, *SANITIZERS)


def test_what_nbgrader_made_once_it_leaves_out_of_grafts_alone(classroom):
    del classroom.released.metadata[MARK]
    find(classroom.released, "helper").source = "edited"
    graft, other = copy.deepcopy(classroom.released), classroom.released
    graft.metadata[MARK] = {"assignment": "tiny", "repairs": []}
    for step in SANITIZERS:
        graft, _ = step().preprocess(graft, classroom.about())
        other, _ = step().preprocess(other, classroom.about())
    assert find(graft, "helper").source == "edited"
    assert find(other, "helper").source == find(classroom.source, "helper").source
    for notebook in (graft, other):
        find(notebook, "helper").metadata.nbgrader = {}
    ours.CheckCellMetadata().preprocess(graft, classroom.about())
    with pytest.raises(SchemaTooOldError):
        ours.CheckCellMetadata().preprocess(other, classroom.about())


# ── notebooks of another kind ──────────────────────────────────────────────────────────────────


@pytest.fixture
def foreign(classroom):
    """The assignment as if somebody else had made it."""
    del classroom.released.metadata[MARK]
    classroom.write("release", classroom.released)
    return classroom


def test_a_notebook_of_another_kind_goes_on_as_it_came_but_may_not_claim_to_be_ours(foreign):
    path = foreign.write("submitted/ada", made())
    notebook, _ = Graft().preprocess(made(kept=True, **{MARK: {"assignment": "tiny"}}), resources(foreign, path))
    assert notebook.metadata == {"kept": True}


def test_a_claim_saves_nobody_from_nbgrader_s_own(foreign):
    """Every step that a graft is spared is taken."""
    work = solved(foreign)
    work.metadata[MARK] = {"assignment": "tiny", "repairs": []}
    find(work, "helper").source = "def helper(x):\n    raise SystemExit"
    find(work, "check_double").metadata.nbgrader["points"] = 500
    foreign.write("submitted/ada", work)
    exporter = SubmissionExporter()
    claimed = sanitized(foreign, exporter, Graft, *SANITIZERS)
    assert not exporter.optimistic_validation
    del work.metadata[MARK]
    foreign.write("submitted/ada", work)
    own = [getattr(stock, step.__name__) for step in SANITIZERS]
    assert claimed == sanitized(foreign, SubmissionExporter(), *own)
    assert find(nbformat.reads(claimed, as_version=4), "check_double").metadata.nbgrader["points"] == 5.0


def test_a_damaged_notebook_of_another_kind_fails_as_before(foreign):
    path = foreign.write("submitted/ada", made())
    with pytest.raises(ValueError, match="damaged"):
        Graft().preprocess(made(), {**resources(foreign, path), UNREADABLE: ValueError("damaged")})


@pytest.mark.parametrize("odd", ["NaN", '"\\ud800"', '"\t"'])
def test_odd_outputs_are_read_and_written_back(tmp_path, odd):
    text = nbformat.writes(made()).replace('"metadata": {}', f'"metadata": {{"odd": {odd}}}', 1)
    path = tmp_path / "tiny.ipynb"
    path.write_text(text)
    output, found = SubmissionExporter().from_filename(str(path))
    assert UNREADABLE not in found
    assert nbformat.reads(output.encode().decode(), as_version=4).cells[0].source == "# Tiny"


@pytest.mark.parametrize("text", ["{", "[]", "", '{"nbformat": 4, "cells": [3]}', "[" * 100_000])
def test_no_file_stops_the_exporter(tmp_path, text):
    path = tmp_path / "tiny.ipynb"
    path.write_text(text)
    output, found = SubmissionExporter().from_filename(str(path))
    assert nbformat.reads(output, as_version=4).cells == []
    assert UNREADABLE in found


def test_a_link_is_not_followed(tmp_path):
    secret = tmp_path / "secret.ipynb"
    nbformat.write(made(), secret)
    link = tmp_path / "tiny.ipynb"
    link.symlink_to(secret)
    output, found = SubmissionExporter().from_filename(str(link))
    assert "Tiny" not in output
    assert "is a symbolic link" in str(found[UNREADABLE])


# ── the second pass ────────────────────────────────────────────────────────────────────────────


def test_grading_takes_nbgrader_s_options_for_notebooks_of_another_kind():
    assert SandboxGrade().timeout == 30
    assert SandboxGrade.class_own_traits(config=True).keys() == {"assignments", "isolation"}


def test_options_of_nbgrader_s_own_steps_hold_for_ours():
    from traitlets.config import Config

    config = Config({"OverwriteCells": {"add_missing_cells": True}, "CheckCellMetadata": {"enabled": False}})
    assert ours.OverwriteCells(config=config).add_missing_cells
    assert not ours.CheckCellMetadata(config=config).enabled


def test_what_was_filled_is_valid_before_anything_is_recorded(classroom, monkeypatch, tiny):
    """nbconvert validates a graft once, at the end, when its grades are in the gradebook."""
    classroom.write("submitted/ada", solved(classroom))
    work = nbformat.reads(sanitized(classroom, SubmissionExporter(), Graft, *SANITIZERS), as_version=4)

    def spoil(grading, entry, *_):
        find(entry.notebook, "check_double").outputs = [{"output_type": "execute_result"}]

    monkeypatch.setattr(ours, "grade_notebook", spoil)
    monkeypatch.setattr(ours, "find_assignment", lambda slug, where: tiny)
    with pytest.raises(nbformat.ValidationError):
        SandboxGrade().preprocess(work, classroom.about())


def test_grades_and_penalties_of_a_graft_are_recorded(classroom):
    """By one connection for the run, in a session for each notebook."""
    exporter = SubmissionExporter()
    for student in ("ada", "bob"):
        classroom.hand_in(student)
        classroom.write(f"submitted/{student}", solved(classroom))
        work, _ = Graft(parent=exporter).preprocess(made(), resources(classroom, classroom.root / PATH))
        found = classroom.about(student)
        ours.SaveAutoGrades(parent=exporter).preprocess(work, found)
        assert found[ON_TIME]
        ours.AssignLatePenalties(parent=exporter).preprocess(work, found)
        with classroom.gradebook() as book:
            assert book.find_comment("affine", "tiny", "tiny", student).auto_comment == "No response."
            assert book.find_comment("double", "tiny", "tiny", student).auto_comment is None
            assert book.find_grade("check_double", "tiny", "tiny", student).auto_score == 5.0


def test_who_is_late_is_nbgrader_s_and_its_plug_in_s(classroom):
    from traitlets.config import Config

    classroom.hand_in(timestamp="2026-03-01 00:00:00 UTC")
    with classroom.gradebook() as book:
        book.update_or_create_assignment("tiny", duedate="2026-02-01 00:00:00 UTC")
    classroom.write("submitted/ada", solved(classroom))
    work, _ = Graft().preprocess(made(), resources(classroom, classroom.root / PATH))
    found = classroom.about()
    ours.SaveAutoGrades().preprocess(work, found)
    zero = Config({"LateSubmissionPlugin": {"penalty_method": "zero"}})
    ours.AssignLatePenalties(config=zero).preprocess(work, found)
    with classroom.gradebook() as book:
        notebook = book.find_submission_notebook("tiny", "tiny", "ada")
        assert notebook.late_submission_penalty == notebook.score == 7.0


def test_the_next_run_sees_an_assignment_that_was_changed(classroom, monkeypatch, tiny):
    """One run loads it once; what a run has opened is closed when it has ended."""
    loaded, opened = [], []
    report = SimpleNamespace(score=1.0, max_score=2.0)
    monkeypatch.setattr(ours, "find_assignment", lambda slug, where: loaded.append(slug) or tiny)
    monkeypatch.setattr(ours, "grade_notebook", lambda grading, entry, store, *_: opened.append(store) or report)
    for run in (1, 2):
        exporter = SubmissionExporter()
        for _ in "ab":
            SandboxGrade(parent=exporter).preprocess(copy.deepcopy(classroom.released), classroom.about())
        assert len(loaded) == run
        assert opened[-1].seed(None, 0) > 0
        del exporter
        gc.collect()
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            opened[-1].seed(None, 0)


def test_finished_results_need_no_isolation(classroom, monkeypatch, tiny):
    """And nothing is run without one."""

    def unavailable(name):
        raise IsolationUnavailable("No isolation holds here.")

    def graded(grading, submission):
        assert grading.isolation.level is Level.CONTAINED
        results = tuple(
            CheckResult(one.id, one.entry_point, one.visibility, Verdict.PASS, one.points, one.points)
            for one in tiny.checks
        )
        about = {"isolation": grading.isolation, "seed": grading.seed, "grader": "x", "cpu_s": 0.0, "wall_s": 0.0}
        names = AssignmentRef("tiny", "v"), SubmissionRef(submission.id, "0")
        return GradeReport(
            assignment=names[0], submission=names[1], score=10.0, max_score=10.0, results=results, **about
        )

    monkeypatch.setattr(ours, "find_assignment", lambda slug, where: tiny)
    monkeypatch.setattr(ours, "grade_read", graded)
    monkeypatch.setattr(ours, "_isolation", unavailable)
    path = classroom.write("submitted/ada", solved(classroom))
    with pytest.raises(IsolationUnavailable):
        grade(classroom, path)
    monkeypatch.setattr(ours, "_isolation", lambda name: Isolation(Level.CONTAINED, {}))
    once = grade(classroom, path)
    monkeypatch.setattr(ours, "_isolation", unavailable)
    assert grade(classroom, path) == once
    assert find(once, "check_double").outputs[-1].data == {"text/plain": "5.0"}
    with pytest.raises(IsolationUnavailable):
        grade(classroom, classroom.write("submitted/ada", solved(classroom, "def double(x): return x")))


def grade(classroom, path):
    work, _ = Graft().preprocess(made(), resources(classroom, path))
    return SandboxGrade().preprocess(work, classroom.about())[0]


def test_an_assignment_that_changes_hands_meanwhile_is_not_graded_as_an_empty_notebook(classroom):
    """The exporter has left it to `Graft`, for which it was no longer ours."""
    path = classroom.write("submitted/ada", solved(classroom))
    exporter = SubmissionExporter()
    exporter.register_preprocessor(Graft)
    _, found = exporter.from_filename(str(path), classroom.about())
    del classroom.released.metadata[MARK]
    os.utime(classroom.write("release", classroom.released), ns=(1, 1))
    with pytest.raises(
        AutograderError, match=r"^tiny was generated again while .*tiny\.ipynb was graded; run `nbgrader"
    ):
        Graft().preprocess(made(), {**found, HANDED_IN: b""})
