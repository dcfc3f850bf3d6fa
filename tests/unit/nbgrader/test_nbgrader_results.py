"""Reports into notebooks: what is finished is taken, what would be wrong is not recorded."""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.errors import AutograderError, GraderFault
from autograder.executors import LocalExecutor
from autograder.model import AssignmentRef, CheckResult, GradeReport, Isolation, Level, SubmissionRef, Verdict
from autograder.nbgrader import results
from autograder.nbgrader.course import class_seed, open_course, source_notebook
from autograder.nbgrader.graft import MARK
from autograder.nbgrader.results import Entry, grade_notebook, graded, graft_file
from autograder.pipeline import Grading
from autograder.store import Store

LABEL = {"grade": True, "solution": False, "locked": True, "schema_version": 3, "task": False}


@pytest.fixture
def grading(tiny):
    return Grading(tiny, 3, Isolation(Level.PROCESS, {}), tiny.checks)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "results") as store:
        yield store


@pytest.fixture
def graded_as(monkeypatch, grading, tiny):
    """Makes grading a function: every check gets the verdict given, and what was graded is counted."""
    asked = []

    def install(verdict=Verdict.PASS):
        def one(grading, submission):
            asked.append(submission)
            name = submission.id
            found = tuple(
                CheckResult(
                    c.id, c.entry_point, c.visibility, verdict, c.points if verdict is Verdict.PASS else 0.0, c.points
                )
                for c in tiny.checks
            )
            score = sum(result.points for result in found)
            return GradeReport(
                assignment=AssignmentRef("tiny", "v"), submission=SubmissionRef(name, "0"), score=score, max_score=10.0,
                results=found, isolation=grading.isolation, seed=3, grader="x", cpu_s=0.0, wall_s=0.0,
                notes=("Cell 3: NameError.",),
            )  # fmt: skip

        monkeypatch.setattr("autograder.pipeline.grade_read", one)
        return asked

    return install


def cell(name, source, **label):
    return nbformat.v4.new_code_cell(source, id=name, metadata={"nbgrader": {**LABEL, "grade_id": name, **label}})


def notebook(*tests):
    work = nbformat.v4.new_code_cell("def double(x):\n    return 2 * x", id="own-2", metadata={MARK: {"cell": 2}})
    cells = [cell("setup", "from autograder import check", grade=False), work, *tests]
    return nbformat.v4.new_notebook(cells=cells, metadata={MARK: {"assignment": "tiny", "repairs": ["One repair."]}})


DOUBLE = cell("check_double", 'check("double")', points=5.0)


def test_a_test_cell_gets_the_points_of_its_entry_point_hidden_checks_too(grading, store, graded_as):
    graded_as()
    filled = notebook(copy.deepcopy(DOUBLE), cell("check_affine_forward", 'check("affine_forward")', points=2.0))
    grade_notebook(grading, Entry("ada", "tiny", filled), store, {})
    assert [one.outputs[-1]["data"]["text/plain"] for one in filled.cells[2:]] == ["5.0", "2.0"]
    nbformat.validate(filled)


def test_how_it_was_graded_and_what_was_put_right_is_said_once(grading, store, graded_as):
    graded_as()
    filled = notebook(copy.deepcopy(DOUBLE))
    grade_notebook(grading, Entry("ada", "tiny", filled), store, {})
    assert filled.cells[0].outputs[0].data["text/plain"] == (
        "Graded by autograder x, isolation process.\n  One repair.\n  Cell 3: NameError."
    )


def test_a_finished_result_is_not_graded_again(grading, store, graded_as):
    asked = graded_as()
    entry = Entry("ada", "tiny", notebook(copy.deepcopy(DOUBLE)))
    first = list(graded(grading, [entry], LocalExecutor(1), store))
    again = grade_notebook(grading, entry, store, {})
    assert [again] == first
    assert len(asked) == 1
    assert asked[0].id == "ada"
    assert [(cell.number, cell.source) for cell in asked[0].cells] == [(2, "def double(x):\n    return 2 * x")]


def test_when_the_grader_breaks_no_score_is_recorded_and_it_grades_again(grading, store, graded_as):
    graded_as(Verdict.GRADER_ERROR)
    filled = notebook(copy.deepcopy(DOUBLE))
    with pytest.raises(GraderFault, match=r"^The grader failed on ada; no score was recorded\."):
        grade_notebook(grading, Entry("ada", "tiny", filled), store, {})
    assert filled.cells[2].outputs == []
    (kept,) = store.reports()  # so that `report` lists whom the grader failed
    assert {result.verdict for result in kept.results} == {Verdict.GRADER_ERROR}
    graded_as()
    assert grade_notebook(grading, Entry("ada", "tiny", filled), store, {}).score > 0
    assert [report.score > 0 for report in store.reports()] == [True]


def test_points_that_do_not_agree_are_not_recorded(grading, store, graded_as):
    graded_as()
    with pytest.raises(
        GraderFault, match=r"^The checks of double are worth 5 points, and its test cell 3; run `autograder"
    ):
        grade_notebook(
            grading, Entry("ada", "tiny", notebook(cell("check_double", 'check("double")', points=3.0))), store, {}
        )


@pytest.mark.parametrize("source", ["assert double(1) == 2", 'check("dubble")', 'check("double")\n1.0', ""])
def test_a_test_that_is_not_ours_is_not_given_points(grading, store, graded_as, source):
    """nbgrader gives full marks to a test cell without outputs."""
    graded_as()
    with pytest.raises(
        GraderFault, match=r"^Test cell other is `.*`, which autograder does not grade; make it a check of tiny"
    ):
        grade_notebook(grading, Entry("ada", "tiny", notebook(cell("other", source, points=1.0))), store, {})


def test_what_a_person_grades_is_left_to_her(grading, store, graded_as):
    graded_as()
    answer = cell("answer", "pass", solution=True, points=4.0)
    filled = notebook(copy.deepcopy(DOUBLE), answer)
    grade_notebook(grading, Entry("ada", "tiny", filled), store, {})
    assert answer.outputs == []


def test_an_unreadable_file_is_a_blank_notebook(tmp_path):
    released = notebook(copy.deepcopy(DOUBLE))
    (tmp_path / "tiny.ipynb").write_text("{")
    refused = graft_file(tmp_path / "tiny.ipynb", released).notebook
    assert refused.metadata[MARK]["refused"].startswith("tiny.ipynb is cut off: its JSON ends half-way; ")


def test_an_unreadable_file_is_told_in_every_cell_and_costs_no_sandbox(grading, store, tmp_path):
    (tmp_path / "tiny.ipynb").write_bytes(b"")
    released = notebook(copy.deepcopy(DOUBLE))
    entry = Entry("ada", "tiny", graft_file(tmp_path / "tiny.ipynb", released).notebook)
    report = grade_notebook(grading, entry, store, {})
    reason = "tiny.ipynb is empty (0 bytes); save your work and hand it in again."
    assert {(result.verdict, result.message) for result in report.results} == {(Verdict.UNREADABLE, reason)}
    locked, test = entry.notebook.cells[0], entry.notebook.cells[-1]
    assert reason in locked.outputs[0].data["text/plain"]
    assert reason in test.outputs[0].data["text/plain"]
    assert test.outputs[1].data["text/plain"] == "0.0"


def test_a_script_under_the_notebooks_name_is_graded(grading, store, graded_as, tmp_path):
    asked = graded_as()
    (tmp_path / "tiny.ipynb").write_text("import numpy as np\n\ndef double(x):\n    return 2 * x\n")
    made = graft_file(tmp_path / "tiny.ipynb", notebook(copy.deepcopy(DOUBLE))).notebook
    grade_notebook(grading, Entry("ada", "tiny", made), store, {})
    assert "def double" in asked[0].cells[0].source


def test_the_seed_of_a_class_is_drawn_once(store):
    first = class_seed(store)
    assert class_seed(store) == first
    assert class_seed(store, 5) == 5
    assert class_seed(store) == 5


def test_what_is_no_course_is_named(tmp_path):
    with pytest.raises(
        AutograderError, match=r"is not an nbgrader course: it has no nbgrader_config\.py; run `autograder nbgrader"
    ):
        open_course(tmp_path)


def test_a_missing_extra_is_named_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        AutograderError, match=r"^nbgrader is not installed; run: pip install 'dl-autograder\[nbgrader\]'$"
    ):
        open_course(tmp_path)


def test_a_course_s_own_folder_names_hold(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.submitted_directory = "in"\nc.SandboxGrade.assignments = "/srv/dl"\n'
    )
    for student in ("bob", "ada"):
        path = tmp_path / "in" / student / "tiny" / "tiny.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    course = open_course(tmp_path)
    assert [student for student, _ in course.submitted("tiny")] == ["ada", "bob"]
    assert str(course.assignments) == "/srv/dl"
    with pytest.raises(
        AutograderError, match=r"release/tiny/tiny\.ipynb is missing; run `nbgrader generate_assignment tiny`"
    ):
        results.course_entries(course, "tiny")


def test_a_notebook_that_is_replaced_is_kept_out_of_the_reach_of_students(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    folder = tmp_path / "source" / "tiny"
    folder.mkdir(parents=True)
    course = open_course(tmp_path)
    assert course.keep("tiny", {"tiny.ipynb": b"new"}, folder) is None
    (folder / "tiny.ipynb").write_bytes(b"edited")
    kept = course.keep("tiny", {"tiny.ipynb": b"new"}, folder)
    assert kept is not None
    assert kept.read_bytes() == b"edited"
    assert kept.is_relative_to(tmp_path / ".autograder")
    assert course.keep("tiny", {"tiny.ipynb": b"edited"}, folder) is None


def test_the_instructor_s_notebook_holds_solutions_in_their_markers(tmp_path):
    from autograder.assignment.load import load_assignment
    from autograder.release.new import scaffold

    scaffold("scale", tmp_path)
    assignment = load_assignment(tmp_path / "assignments" / "scale")
    made = source_notebook(assignment, {"scale_forward": 4.0, "scale_backward": 6.0})
    assert made == source_notebook(assignment, {"scale_forward": 4.0, "scale_backward": 6.0})
    whole = nbformat.reads(made.decode(), as_version=4)
    nbformat.validate(whole)
    cells = {one.id: one for one in whole.cells}
    assert "### BEGIN SOLUTION" in cells["scale"].source
    assert cells["check_scale_backward"].metadata.nbgrader.points == 6.0
    assert all(one.id == one.metadata.nbgrader.grade_id for one in whole.cells if "nbgrader" in one.metadata)
    assert whole.metadata[MARK] == {"assignment": "scale"}
