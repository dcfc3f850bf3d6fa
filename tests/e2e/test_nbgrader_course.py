"""A real nbgrader course from its source to the export: honest students, and every attack that works on a stock one."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader_attacks import CODE, EDITS, FILES, NAMES, SLEEPER
from nbgrader_browser import CHROMIUM, TOKEN, ask, formgrader, press_autograde, screenshot
from nbgrader_course import POINTS, SLUG, TESTS, NbCourse, filled, find

pytest.importorskip("nbgrader", reason="nbgrader is an extra: pip install 'dl-autograder[nbgrader]'")

SEED = 7
VICTIM = "ada"
HOSTILE = "m2_script_in_an_exception"
IMPORTS = "import numpy as np"


# ── the class ──────────────────────────────────────────────────────────────────────────────────


def lost_labels(released):
    """As Colab and plain editors save it: no metadata, and no cell ids."""
    notebook = filled(released)
    for cell in notebook.cells:
        cell.metadata = {}
        cell.pop("id")
    notebook.nbformat_minor = 4
    return notebook


def duplicated(released):
    """A solution copied with its label, the copy holding something else: stops a whole batch of stock nbgrader."""
    notebook = filled(released)
    for name, source in (("doubling", "print(double(np.ones(3)))"), ("check_double", None)):
        copied = nbformat.from_dict(find(notebook, name))
        notebook.cells.append(
            nbformat.from_dict({**copied, "id": f"copy-{name}"} | ({"source": source} if source else {}))
        )
    return notebook


def deleted(released):
    notebook = filled(released)
    notebook.cells = [cell for cell in notebook.cells if cell.id not in ("affine", "check_double", "setup")]
    return notebook


def reordered(released):
    notebook = filled(released)
    imports = next(cell for cell in notebook.cells if cell.source == IMPORTS)
    others = [cell for cell in notebook.cells if cell is not imports]
    notebook.cells = [imports, *reversed(others)]
    return notebook


def helped(released):
    """A solution that calls a helper in a cell of the student's own."""
    notebook = filled(released, "def double(x):\n    return twice(x)")
    helper = nbformat.v4.new_code_cell("def twice(x):\n    return x + x", id="mine")
    notebook.cells.insert(notebook.cells.index(find(notebook, "doubling")), helper)
    return notebook


def odd_outputs(released):
    """What Jupyter writes, and no strict reader of JSON takes."""
    output = (
        '[{"output_type": "display_data", "data": {"application/json": [NaN, -Infinity, "\\ud800"]}, "metadata": {}}]'
    )
    return nbformat.writes(filled(released)).replace('"outputs": []', f'"outputs": {output}')


def by_pylab(released):
    """`%pylab` in the place of the imports."""
    notebook = filled(released)
    next(cell for cell in notebook.cells if cell.source == IMPORTS).source = "%pylab inline"
    return notebook


NOISY = (
    "import sys, warnings\nprint('loading', file=sys.stderr)\nwarnings.warn('careful')\n"
    "def double(x):\n    print('noise', file=sys.stderr)\n    warnings.warn('careful')\n    return np.multiply(2.0, x)"
)
HONEST = {
    VICTIM: (filled, 10.0),
    "wrong": (lambda released: filled(released, "def double(x):\n    return x * x"), 5.0),
    "blank": (lambda released: released, 0.0),
    "crashed": (lambda released: filled(released, "def double(x):\n    return x.nothing"), 5.0),
    "broken": (lambda released: filled(released, "def double(x:\n    return x"), 5.0),
    "endless": (lambda released: filled(released, "def double(x):\n    while True:\n        pass"), 5.0),
    "noisy": (lambda released: filled(released, NOISY), 10.0),
    "nan": (lambda released: filled(released, "def double(x):\n    return x * float('nan')"), 5.0),
    "lost": (lost_labels, 10.0),
    "duplicated": (duplicated, 10.0),
    "deleted": (deleted, 5.0),
    "reordered": (reordered, 10.0),
    "helped": (helped, 10.0),
    "odd_outputs": (odd_outputs, 10.0),
    "by_pylab": (by_pylab, 10.0),
}
ODD = {
    "junk": "{not json",
    "list": "[1, 2]",
    "empty": "",
    "conflict": '{"nbformat": 4,\n<<<<<<< HEAD\n "cells": []\n=======\n>>>>>>> theirs\n}',
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course after one run of everything, with attackers and honest students in one batch."""
    course = NbCourse.make(tmp_path_factory.mktemp("nbgrader"))
    released = course.handed_out
    for student, (make, _) in HONEST.items():
        course.hand_in(student, make(course.handed_out))
    for student, text in ODD.items():
        course.hand_in(student, text)
    for name, code in CODE.items():
        course.hand_in(
            name, filled(released, code.replace("@ROOT@", str(course.root)).replace("@VICTIM@", VICTIM), None)
        )
    for name, edit in EDITS.items():
        notebook = course.handed_out
        edit(notebook)
        course.hand_in(name, notebook)
    for name, files in FILES.items():
        folder = course.hand_in(name, released).parent
        for path, text in files.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(text)
    course.before = source_cells(course)
    first = course.autograder("grade", SLUG, "--course", course.root, "--seed", SEED, "--format", "json", "--jobs", 4)
    course.reports = {report["submission"]["id"]: report for report in map(json.loads, first.stdout.splitlines())}
    course.log = course.nbgrader("autograde", SLUG).stderr
    course.nbgrader("generate_feedback", SLUG, "--student=[abemw]*")
    course.nbgrader("export")
    return course


def source_cells(course):
    with course.gradebook() as book:
        return {cell.name: (cell.source, cell.checksum) for cell in book.find_notebook(SLUG, SLUG).source_cells}


def everybody():
    return [*HONEST, *ODD, *NAMES]


# ── what instructors rely on ───────────────────────────────────────────────────────────────────


def test_everybody_is_graded_and_nothing_waits_for_a_person(course):
    assert sorted(course.scores()) == sorted(everybody())
    with course.gradebook() as book:
        waiting = [s.student.id for s in book.find_assignment(SLUG).submissions if s.needs_manual_grade]
    assert waiting == []
    assert "ERROR" not in course.log
    assert "Attribute" not in course.log, "stock nbgrader warns of a changed checksum in every honest test cell"


@pytest.mark.parametrize("student", HONEST)
def test_an_honest_score_is_what_it_should_be(course, student):
    assert sum(course.scores()[student].values()) == HONEST[student][1]


def test_scores_are_those_of_autograder_grade_on_the_same_files(course, tmp_path):
    grafted = set(HONEST) - {"endless", "noisy", "nan", "crashed", "by_pylab"}  # those say nothing of the graft
    for student in grafted:
        shutil.copy(course.notebook("submitted", student), tmp_path / f"{student}.ipynb")
    done = course.autograder("grade", SLUG, tmp_path, "--seed", SEED, "--format", "json", "--jobs", 4)
    alone = {report["submission"]["id"]: report["score"] for report in map(json.loads, done.stdout.splitlines())}
    assert alone == {name: sum(cells.values()) for name, cells in course.scores().items() if name in grafted}


def test_every_cell_is_worth_its_entry_point_in_the_report(course):
    for student, cells in course.scores().items():
        for name, score in cells.items():
            results = [r for r in course.reports[student]["results"] if f"check_{r['entry_point']}" == name]
            assert score == sum(result["points"] for result in results), (student, name)
            assert POINTS[name] == sum(result["max_points"] for result in results)


def test_finished_results_are_taken_not_graded_again(course):
    import msgspec

    from autograder.model import GradeReport
    from autograder.store import Store

    with Store(course.root / ".autograder" / SLUG) as store:
        kept = {report.submission.id: report for report in store.reports()}
        (rows,) = store._db.execute("SELECT count(*) FROM report").fetchone()
    assert rows == len(everybody()), "nbgrader autograde made results of its own"
    assert kept == {name: msgspec.convert(report, GradeReport) for name, report in course.reports.items()}


def test_results_and_seed_are_the_instructor_s_alone(course):
    assert (course.root / ".autograder").stat().st_mode & 0o077 == 0


def test_export_has_the_scores(course):
    rows = (course.root / "grades.csv").read_text().splitlines()
    head = rows[0].split(",")
    scores = {row.split(",")[head.index("student_id")]: float(row.split(",")[head.index("score")]) for row in rows[1:]}
    assert scores == {student: sum(cells.values()) for student, cells in course.scores().items()}


def test_what_was_put_right_is_said(course):
    said = {
        student: course.outputs(student, "setup") for student in ("lost", "duplicated", "deleted", "reordered", "junk")
    }
    assert "Labels were lost" in said["lost"]
    assert "recognised by the functions defined there" in said["lost"]
    assert "all carry the label doubling" in said["duplicated"]
    assert "Missing: affine; shown as handed out." in said["deleted"]
    assert "Missing and put back: setup, check_double." in said["deleted"]
    assert "Cells had been moved" in said["reordered"]
    assert "tiny.ipynb is not valid JSON (" in said["junk"]
    assert "Missing" not in course.outputs(VICTIM, "setup")


def test_the_log_says_what_could_not_be_read_and_why(course):
    assert "conflict: tiny.ipynb holds the conflict markers of a Git merge (line 2); keep one side" in course.log
    assert "empty: tiny.ipynb is empty (0 bytes); save your work and hand it in again." in course.log
    for student in ODD:
        assert {result["verdict"] for result in course.reports[student]["results"]} == {"UNREADABLE"}


# ── what students read ─────────────────────────────────────────────────────────────────────────


def feedback(course, student):
    return (course.root / "feedback" / student / SLUG / f"{SLUG}.html").read_text()


def test_feedback_names_what_is_asked_what_was_found_and_the_mistake(course):
    page = feedback(course, "wrong")
    for words in (
        "Twice every number.",
        "out is wrong at [0]",
        "You square x instead of doubling it.",
        "case",
        "hidden check",
    ):
        assert words in page, words
    assert "took too long" in feedback(course, "endless") or "TIMEOUT" in feedback(course, "endless")
    assert "SyntaxError" in feedback(course, "broken") or "could not be read" in feedback(course, "broken")


def test_hidden_checks_stay_hidden(course):
    for folder in ("release", "autograded", "feedback"):
        for path in (course.root / folder).rglob("*"):
            if path.is_file():
                text = path.read_text(errors="replace")
                for secret in ("Right on longer inputs", "double_long", "double.long", "hidden.py"):
                    assert secret not in text, (path, secret)


def test_the_students_notebook_holds_no_solution_and_no_test_but_calls(course):
    cells = course.handed_out.cells
    assert "x @ w" not in str(cells)
    assert [cell.source for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")] == [
        'check("double")',
        'check("affine_forward")',
        'check("affine_backward")',
    ]
    assert all(cell.id == cell.metadata.nbgrader.grade_id for cell in cells if "nbgrader" in cell.metadata)


def test_a_script_arrives_as_text(course):
    for student in ("m1_script_in_output", "m2_script_in_an_exception", "m3_stored_outputs"):
        page = feedback(course, student)
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in feedback(course, "m2_script_in_an_exception")
    assert feedback(course, "m2_script_in_an_exception").count("<script") == feedback(course, VICTIM).count("<script")


def test_pages_stay_small(course):
    sizes = {path: path.stat().st_size for path in (course.root / "autograded").rglob("*.ipynb")}
    assert max(sizes.values()) < 100_000


# ── what attackers get ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_earns_nothing(course, name):
    assert course.scores()[name] == dict.fromkeys(TESTS, 0.0)


def test_attacks_leave_the_gradebook_as_it_was(course):
    assert source_cells(course) == course.before
    with course.gradebook() as book:
        for submission in book.find_assignment(SLUG).submissions:
            for grade in submission.notebooks[0].grades:
                assert (grade.manual_score, grade.extra_credit) == (None, None), submission.student.id


def test_attacks_leave_nothing_running_and_nothing_behind(course):
    running = [
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline")
    ]
    assert [line for line in running if SLEEPER in line or str(course.root) in line] == []
    assert not (Path.home() / ".ipython/profile_default/startup/00-autograder-e2e.py").exists()


# ── what nbgrader goes on doing ────────────────────────────────────────────────────────────────


def test_manual_scores_extra_credit_and_late_penalties_survive(course):
    from datetime import UTC, datetime

    course.hand_in("late", filled(course.handed_out), late="2026-03-01 00:00:00 UTC")
    with course.gradebook() as book:
        book.update_or_create_assignment(SLUG, duedate=datetime(2026, 2, 1, tzinfo=UTC).replace(tzinfo=None))
        grade = book.find_grade("check_double", SLUG, SLUG, "wrong")
        grade.manual_score, grade.extra_credit = 3.0, 1.5
        book.db.commit()
    try:
        course.nbgrader(
            "autograde", SLUG, "--force", "--student=[lw][ar][to][en]*", "--LateSubmissionPlugin.penalty_method=zero"
        )
        with course.gradebook() as book:
            assert book.find_submission(SLUG, "wrong").score == 3.0 + 1.5 + 5.0
            late = book.find_submission(SLUG, "late")
            assert (late.score, late.late_submission_penalty) == (10.0, 10.0)
    finally:
        with course.gradebook() as book:
            grade = book.find_grade("check_double", SLUG, SLUG, "wrong")
            grade.manual_score = grade.extra_credit = None
            book.remove_submission(SLUG, "late")
            book.db.commit()


def test_release_is_the_same_bytes_every_time(course):
    assert course.autograder("release", SLUG, "--course", course.root, "--check").stderr == ""


def test_init_is_done_once(course):
    config = course.root / "nbgrader_config.py"
    before = config.read_bytes()
    assert course.autograder("nbgrader", "init", course.root).stdout == f"{config} is up to date.\n"
    assert config.read_bytes() == before
    assert [path.name for path in course.root.glob("nbgrader_config.py.*")] == ["nbgrader_config.py.backup-1"]


def test_a_grader_that_fails_records_nothing_and_the_batch_goes_on(course):
    """The points of a check change after the release: neither the old maximum nor the new one would be right."""
    checks = course.home / "assignments" / SLUG / "checks.py"
    source = checks.read_text()
    checks.write_text(source.replace('@check("affine_forward", points=2', '@check("affine_forward", points=4'))
    unlucky = "nan"  # whose notebook no other test reads
    try:
        before = course.scores()[unlucky]
        done = course.nbgrader("autograde", SLUG, "--force", f"--student={unlucky}", status=1)
        assert "The checks of affine_forward are worth 4 points, and its test cell 2" in done.stderr
        assert course.scores()[unlucky] == before
    finally:
        checks.write_text(source)


# ── without our configuration, and on the student's side ───────────────────────────────────────


def test_a_stock_nbgrader_grades_in_the_kernel_and_says_so(course):
    stock = NbCourse(course.home, course.home / "stock")
    for step in ("source", "release"):
        shutil.copytree(course.root / step, stock.root / step)
    shutil.copy(course.root / "gradebook.db", stock.root)
    (stock.root / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "stock"\n')
    squared = "def double(x):\n    np.log(-1.0)\n    return np.square(x)"
    stock.hand_in("right_in_stock", filled(stock.handed_out))
    stock.hand_in("noisy_in_stock", filled(stock.handed_out, squared))
    stock.nbgrader("autograde", SLUG)
    scores = stock.scores()
    assert scores["right_in_stock"] == POINTS
    assert scores["noisy_in_stock"] == {**POINTS, "check_double": 0.0}
    said = stock.outputs("right_in_stock", "check_double")
    assert "The points come from the notebook's own process, where code can change them." in said
    assert said.endswith("\n5.0")
    assert "You square x instead of doubling it." in stock.outputs("noisy_in_stock", "check_double")


def test_validate_shows_the_public_checks(course):
    folder = course.home / "student"
    folder.mkdir()
    right, wrong = folder / "right.ipynb", folder / "wrong.ipynb"
    nbformat.write(filled(course.handed_out), right)
    nbformat.write(filled(course.handed_out, "def double(x):\n    return x * x"), wrong)
    hidden = course.home / "assignments" / SLUG / "hidden.py"
    hidden.rename(folder / "hidden.py")  # what a student does not have
    try:
        passed, failed = course.run("nbgrader", "validate", right, wrong, cwd=folder).stdout.split("VALIDATION", 1)
        assert "Success! Your notebook passes all the tests." in passed
        assert failed.startswith(" FAILED ON 1 CELL(S)!")
        course.autograder("check", SLUG, wrong, "--isolation", "process", status=1)
    finally:
        (folder / "hidden.py").rename(hidden)


def test_pages_carry_no_script_of_a_student_s(course):
    """Every <script> of a hostile page is one that nbgrader's own template puts on an honest page too."""
    scripts = re.compile(r"<script\b[^>]*>.*?</script>", re.DOTALL)
    ours = set(scripts.findall(feedback(course, VICTIM)))
    pages = [name for name in NAMES if (course.root / "feedback" / name).exists()]
    assert len(pages) > 10
    for name in pages:
        assert set(scripts.findall(feedback(course, name))) <= ours, name


def test_the_formgrader_s_button_grades_in_the_sandbox_and_its_pages_open(course, tmp_path):
    with formgrader(course, tmp_path) as address:
        before = course.scores()["wrong"]
        pressed = press_autograde(address, SLUG, "wrong")
        assert pressed["success"], pressed
        assert course.scores()["wrong"] == before
        assert "isolation" in course.outputs("wrong", "setup")
        with course.gradebook() as book:
            ids = {name: book.find_submission_notebook(SLUG, SLUG, name).id for name in ("wrong", HOSTILE)}
        grades = json.loads(ask(f"{address}/formgrader/api/grades?submission_id={ids['wrong']}"))
        assert sorted(grade["auto_score"] for grade in grades) == [0.0, 2.0, 3.0]
        page = ask(f"{address}/formgrader/submissions/{ids['wrong']}/")
        assert "You square x instead of doubling it." in page
        assert "<script>alert(1)" not in ask(f"{address}/formgrader/submissions/{ids[HOSTILE]}/")
        if CHROMIUM is None:
            pytest.skip("the rest needs chromium: apt-get install chromium")
        shots = Path(os.environ.get("SCREENSHOTS", tmp_path))
        seen = {
            "formgrader": f"{address}/formgrader/submissions/{ids[HOSTILE]}/?token={TOKEN}",
            "feedback": (course.root / "feedback" / HOSTILE / SLUG / f"{SLUG}.html").as_uri(),
        }
        for name, where in seen.items():
            dom = screenshot(where, shots / f"{name}.png", tmp_path / "profile")
            assert (shots / f"{name}.png").read_bytes().startswith(b"\x89PNG")
            assert "check_double" in dom or "double" in dom, name
            assert "<script>alert(1)" not in dom
            assert "onerror=" not in dom.replace("onerror=alert(1)&gt;", ""), name
