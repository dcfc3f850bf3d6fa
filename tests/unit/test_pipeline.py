"""A submission graded from end to end in the real sandbox: verdicts, sentences, and what is kept."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tiny_course import CHECK_IDS, CHECKS, MAX_SCORE, RIGHT, TOML, replaced, write_assignment

from autograder import grade
from autograder.assignment.discover import discover
from autograder.errors import AssignmentError
from autograder.examine import Examiner, hidden_message
from autograder.executors import LocalExecutor
from autograder.model import Environment, GradeReport, Level, Verdict
from autograder.pipeline import Grading, environment, grade_class, grade_one
from autograder.sandbox.isolation import choose
from autograder.sandbox.local import LocalRunner
from autograder.score import grader_failed
from autograder.store import Store
from autograder.submission import Entry, find_submissions

SEED = 5


def entry(name, path):
    return Entry(name, path, path.name)


@pytest.fixture(scope="module")
def held():
    return choose(None, at_least=Level.PROCESS)


@pytest.fixture
def graded(tiny, held, hand_in):
    """Grades a source on the tiny assignment: `{check id: result}`."""

    def run(source, declared=tiny):
        report = grade_one(Grading(declared, SEED, held, declared.checks), "ada", hand_in("ada", source))
        assert msgspec.json.decode(msgspec.json.encode(report), type=GradeReport) == report
        assert report.score == sum(result.points for result in report.results)
        return {result.check: result for result in report.results}

    return run


def verdicts(results):
    return {name: result.verdict.value for name, result in results.items()}


ALL_PASS = dict.fromkeys(CHECK_IDS, "PASS")


@pytest.mark.parametrize("as_notebook", [False, True])
def test_a_right_submission_earns_everything(tiny, held, hand_in, as_notebook):
    path = hand_in("ada", RIGHT.split("\n\n") if as_notebook else RIGHT)
    report = grade_one(Grading(tiny, SEED, held, tiny.checks), "ada", path)
    assert (report.score, report.max_score) == (MAX_SCORE, MAX_SCORE)
    assert {result.verdict for result in report.results} == {Verdict.PASS}
    assert (report.notes, report.seed, report.isolation) == ((), SEED, held)
    assert report.cpu_s > 0
    assert report.environment == Environment(platform.python_version(), np.__version__, None)


def test_a_known_mistake_is_named_shrunk_and_replayable(graded):
    results = graded(replaced("def double(x):\n    return x * x"))
    values = results["double.values"]
    assert values.verdict is Verdict.FAIL
    assert values.message.startswith("out is wrong at [0]: yours is ")
    assert values.diagnosis.mistake == "squared"
    assert values.counterexample["parameters"] == {"n": 1}
    assert values.counterexample["shapes"] == {"x": [1]}
    assert values.replay.startswith("ag1-")
    assert results["double.purity"].verdict is Verdict.SKIPPED
    assert results["double.purity"].message == "Not graded: it counts only once double.values passes."
    assert verdicts(results)["affine_backward.gradients"] == "PASS"


def test_a_hidden_failure_tells_the_category_and_nothing_of_the_case(graded):
    hidden = graded(replaced("def double(x):\n    return x * x"))["double.long"]
    assert hidden.message == "double gives a wrong answer on a hidden case."
    assert hidden.counterexample is None
    assert hidden.diagnosis.mistake == "squared"
    crash = graded(replaced("def double(x):\n    assert len(x) < 5, x\n    return 2 * x"))["double.long"]
    assert crash.verdict is Verdict.CRASH
    assert crash.message == "double raises an exception or ends the program on a hidden case."
    assert crash.diagnosis is None


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in (Verdict.PASS, Verdict.SKIPPED)])
def test_every_hidden_message_is_a_sentence_without_numbers(tiny, verdict):
    message = hidden_message(tiny.checks[-1], verdict)
    assert message.startswith("double ")
    assert message.endswith(" on a hidden case.")
    assert not any(letter.isdigit() for letter in message)


ODD = [
    ("def double(x):\n    raise NotImplementedError", "MISSING", "double is not written yet."),
    ("del double", "MISSING", "double is not defined."),
    (
        "def double(x):\n    return eval('x')",
        "FORBIDDEN",
        "double uses eval (line 13), which this assignment does not allow.",
    ),
    ("def double(x):\n    raise ValueError('\\ud800')", "CRASH", "double raised ValueError: ? (line 13)."),
    ("def double(x):\n    return None", "FAIL", "out is None; it must be a NumPy array of floats."),
    (
        "def double(x):\n    return np.ones(2**26)",
        "MEMORY",
        "double asked for more memory than the check allows (line 13).",
    ),
]


@pytest.mark.parametrize("row", ODD, ids=lambda row: row[1])
def test_each_verdict_costs_its_entry_point_and_no_other(row, graded):
    definition, verdict, message = row
    results = graded(replaced(definition))
    assert (results["double.values"].verdict, results["double.values"].message) == (verdict, message)
    assert results["double.values"].points == 0
    assert [results[name].verdict.value for name in CHECK_IDS[2:4]] == ["PASS", "PASS"]


def test_code_that_never_ends_is_a_timeout_and_costs_no_other_its_points(graded):
    results = graded(replaced("def double(x):\n    while True: pass"))
    assert verdicts(results) == {
        **ALL_PASS,
        "double.values": "TIMEOUT",
        "double.purity": "SKIPPED",
        "double.long": "TIMEOUT",
    }


def test_code_that_draws_random_numbers_fails_and_harms_nobody(graded):
    results = graded(replaced("def double(x):\n    return 2 * x + (np.random.rand() < 0.6)"))
    assert results["double.values"].verdict in (Verdict.FAIL, Verdict.PASS)
    assert results["affine_forward.values"].verdict is Verdict.PASS


def test_an_argument_that_is_written_to_is_noticed(graded):
    results = graded(replaced("def double(x):\n    x *= 2\n    return x"))
    assert results["double.values"].verdict is Verdict.PASS
    assert (results["double.purity"].verdict, results["double.purity"].message) == (
        Verdict.FAIL,
        "double changes its argument x.",
    )


def test_float32_code_passes(graded):
    f4 = "def double(x):\n    return 2 * x.astype(np.float32)"
    assert verdicts(graded(replaced(f4)))["double.values"] == "PASS"


def test_a_file_that_cannot_be_read_gets_a_report_that_says_so(tiny, held, tmp_path):
    (tmp_path / "ada.py").write_bytes(b"\xff\xfe\x00")
    report = grade_one(Grading(tiny, SEED, held, tiny.checks), "ada", tmp_path / "ada.py")
    assert {result.verdict for result in report.results} == {Verdict.UNREADABLE}
    assert {result.message for result in report.results} == {"ada.py is UTF-16; save it as UTF-8 and hand it in again."}
    assert (report.score, report.max_score, report.submission.sha256, report.notes) == (0.0, MAX_SCORE, "", ())


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            ["%%writefile nn.py\n{}"],
            "double stands in cell 2, which begins with `%%writefile nn.py` and is not run; delete that line.",
        ),
        (
            ["<<<<<<< HEAD\n{}\n=======\n>>>>>>> theirs"],
            "double stands in cell 2, which holds the conflict markers of a Git merge (line 1); keep one side and "
            "delete the markers.",
        ),
    ],
)
def test_a_function_that_is_written_and_not_run_says_why(graded, cells, message):
    results = graded([replaced("del double"), *(cell.format("def double(x):\n    return 2 * x") for cell in cells)])
    assert (results["double.values"].verdict, results["double.values"].message) == (Verdict.CRASH, message)
    assert results["affine_forward.values"].verdict is Verdict.PASS


def test_a_function_that_is_dropped_and_defined_elsewhere_is_the_one_that_is_defined(graded):
    assert verdicts(graded([RIGHT, "%%writefile nn.py\ndef double(x): ..."])) == ALL_PASS


def test_pylab_binds_what_it_binds_in_jupyter(graded):
    code = replaced("def double(x):\n    return add(x, x) * np.cos(zeros(1))").replace("import numpy as np", "")
    assert verdicts(graded(["%pylab inline", code])) == ALL_PASS


def test_pasted_prompts_are_taken_off(graded):
    lines = "\n".join(f"{'...' if line[:1] in (' ', '') else '>>>'} {line}" for line in RIGHT.split("\n"))
    assert verdicts(graded([lines])) == ALL_PASS


# ── the grader at fault ────────────────────────────────────────────────────────────────────────

BROKEN = CHECKS.replace("expect(student, out=(student.double(x), 2 * x))", "student.double(x).nosuch")


@pytest.fixture
def broken(tmp_path):
    return discover(write_assignment(tmp_path / "broken", checks=BROKEN, hidden=None))


def test_a_broken_check_is_the_graders_error(broken, graded):
    results = graded(RIGHT, broken)
    assert results["double.values"].verdict is Verdict.GRADER_ERROR
    assert results["double.values"].message.startswith("check double.values broke on {'n': ")
    assert results["affine_forward.values"].verdict is Verdict.PASS


def test_what_the_grader_broke_is_listed_and_graded_again(broken, tiny, held, hand_in, tmp_path):
    with Store(tmp_path / "out") as store:
        grading = Grading(broken, SEED, held, broken.checks)
        (report,) = grade_class(grading, [entry("ada", hand_in("ada", RIGHT))], LocalExecutor(1), store)
        assert grader_failed(report.results)
        assert [kept.submission.id for kept in store.reports()] == ["ada"]
        (again,) = grade_class(grading, [entry("ada", hand_in("ada", RIGHT))], LocalExecutor(1), store)
        assert again.wall_s != report.wall_s  # not taken from the store


def test_a_grader_that_raises_gives_a_report_all_the_same(tiny, held, hand_in, tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError("the sandbox fell over")

    monkeypatch.setattr("autograder.pipeline.Examiner.examine_all", broken)
    with Store(tmp_path / "out") as store:
        grading = Grading(tiny, SEED, held, tiny.checks)
        (report,) = grade_class(grading, [entry("ada", hand_in("ada", RIGHT))], LocalExecutor(1), store)
        assert {result.verdict for result in report.results} == {Verdict.GRADER_ERROR}
        assert report.notes == ("The grader failed on this submission (RuntimeError); please tell the instructor.",)
        assert [kept.submission.id for kept in store.reports()] == ["ada"]


def test_a_package_that_is_not_installed_is_the_graders_error(held, hand_in, tmp_path):
    toml = TOML.replace("[policy]", '[policy]\npackages = ["numpy", "nosuch"]')
    declared = discover(write_assignment(tmp_path / "nosuch", assignment=toml))
    report = grade_one(Grading(declared, SEED, held, declared.checks), "ada", hand_in("ada", RIGHT))
    assert {result.verdict for result in report.results} == {Verdict.GRADER_ERROR}
    assert report.notes == ("The assignment needs nosuch, which is not installed here: pip install nosuch.",)


# ── a class ────────────────────────────────────────────────────────────────────────────────────


def test_a_class_is_graded_once_and_equal_code_earns_equal_marks(tiny, held, hand_in, tmp_path):
    wrong = replaced("def double(x):\n    return x * x")
    entries = [entry(name, hand_in(name, wrong if name < "c" else RIGHT)) for name in "abcd"]
    with Store(tmp_path / "out") as store:
        grading = Grading(tiny, SEED, held, tiny.checks)
        first = {r.submission.id: r for r in grade_class(grading, entries, LocalExecutor(2), store)}
        again = {r.submission.id: r for r in grade_class(grading, entries, LocalExecutor(2), store)}
        assert again == first
        hand_in("a", RIGHT)
        changed = {r.submission.id: r for r in grade_class(grading, entries, LocalExecutor(2), store)}
    assert {name: report.score for name, report in first.items()} == {"a": 5.0, "b": 5.0, "c": 10.0, "d": 10.0}
    for one, other in zip(first["a"].results, first["b"].results, strict=True):
        assert (one.verdict, one.message, one.replay) == (other.verdict, other.message, other.replay)
    assert changed["a"].score == MAX_SCORE
    assert {name: changed[name] for name in "bcd"} == {name: first[name] for name in "bcd"}


def test_a_submission_is_read_once(tiny, held, hand_in, tmp_path, monkeypatch):
    """What is read a second time may be another file by then: the key, the hash and the grade are of the same bytes."""
    wrong, reads = replaced("def double(x):\n    return x * x"), []
    path = hand_in("ada", wrong)
    real = os.open

    def swapping(name, *arguments, **options):
        descriptor = real(name, *arguments, **options)
        if Path(name) == path:
            reads.append(os.fstat(descriptor).st_ino)
            path.unlink()
            path.write_text(RIGHT)
        return descriptor

    monkeypatch.setattr("autograder.submission.files.os.open", swapping)
    with Store(tmp_path / "out") as store:
        grading = Grading(tiny, SEED, held, tiny.checks)
        (report,) = grade_class(grading, [entry("ada", path)], LocalExecutor(1), store)
    assert len(reads) == 1
    assert report.score < MAX_SCORE
    assert report.submission.sha256 == hashlib.sha256(wrong.encode()).hexdigest()


def test_one_that_cannot_be_read_costs_nobody_else(tiny, held, hand_in, tmp_path):
    folder = hand_in("ada", RIGHT).parent
    for name in ("bob.py", "bob.ipynb"):
        (folder / name).write_text(RIGHT)
    (folder / "eve.ipynb").write_bytes(b"")
    (folder / "tim").mkdir()
    grading = Grading(tiny, SEED, held, tiny.checks)
    with Store(tmp_path / "out") as store:
        first = list(grade_class(grading, find_submissions([folder]).entries, LocalExecutor(2), store))
        again = list(grade_class(grading, find_submissions([folder]).entries, LocalExecutor(2), store))
    assert sorted(first, key=str) == sorted(again, key=str)
    said = {report.submission.id: {(r.verdict, r.message) for r in report.results} for report in first}
    clash = "bob.ipynb and bob.py would both be graded as bob; leave one of them."
    assert said == {
        "ada": {(Verdict.PASS, "")},
        "bob (bob.ipynb)": {(Verdict.UNREADABLE, clash)},
        "bob (bob.py)": {(Verdict.UNREADABLE, clash)},
        "eve": {(Verdict.UNREADABLE, "eve.ipynb is empty (0 bytes); save your work and hand it in again.")},
        "tim": {(Verdict.UNREADABLE, "tim holds no .py, .ipynb or .zip; put the solution directly into it.")},
    }


def test_the_front_door_grades_by_folder(course, hand_in, monkeypatch):
    path = hand_in("ada", RIGHT)
    assert grade(course / "assignments" / "tiny", path, isolation="process").score == MAX_SCORE
    monkeypatch.chdir(course / "assignments")
    assert grade(Path("tiny"), path, isolation="process").score == MAX_SCORE
    with pytest.raises(AssignmentError, match=r"there is no assignment\.toml here$"):
        grade(Path("nosuch"), path)


# ── with and without a sandbox ─────────────────────────────────────────────────────────────────

SOURCES = {
    "right": RIGHT,
    "squared": replaced("def double(x):\n    return x * x"),
    "shape": replaced("def double(x):\n    return (2 * x)[:-1]"),
    "crash": replaced("def double(x):\n    return x.nosuch"),
    "unwritten": replaced("def affine_backward(dout, cache):\n    raise NotImplementedError"),
    "one output": replaced("def affine_forward(x, w):\n    return x @ w"),
    "in place": replaced("def double(x):\n    x *= 2\n    return x"),
    "swapped": replaced("def affine_backward(dout, cache):\n    return cache['x'].T @ dout, dout @ cache['w'].T"),
}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_trusted_forks_and_the_sandbox_give_the_same_results(source, tiny, graded):
    functions: dict = {}
    exec(compile(source, "<submission>", "exec"), functions)  # noqa: S102 — the sources above
    local = Examiner(tiny, SEED).examine_all(tiny.checks, LocalRunner(functions))
    for one, other in zip(graded(source).values(), local, strict=True):
        assert one.verdict is other.verdict, one.check
        assert one.message.partition(" (line")[0] == other.message.partition(" (line")[0]
        assert (one.diagnosis, one.counterexample, one.replay) == (other.diagnosis, other.counterexample, other.replay)


def test_torch_is_named_where_the_assignment_uses_it():
    pytest.importorskip("torch")
    assert environment(("numpy", "torch")).torch == importlib.metadata.version("torch")
