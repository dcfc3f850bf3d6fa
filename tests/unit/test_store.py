"""Results on disk: written whole, kept through a kill, and graded once."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
from tiny_course import MAX_SCORE, replaced

from autograder.errors import AutograderError
from autograder.model import AssignmentRef, Cell, GradeReport, Isolation, Level, SubmissionRef
from autograder.store import FILE_NAME, Store, result_key


def report(name="ada", score=1.0, assignment="tiny"):
    return GradeReport(
        assignment=AssignmentRef(assignment, "sha256:0"),
        submission=SubmissionRef(name, "0" * 64),
        score=score,
        max_score=10.0,
        results=(),
        isolation=Isolation(Level.STRONG, {}),
        seed=0,
        grader="0",
        cpu_s=0.0,
        wall_s=0.0,
    )


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "out") as store:
        yield store


def scores(store):
    return {(one.assignment.id, one.submission.id): one.score for one in store.reports()}


def test_what_is_put_is_got(store):
    assert store.get("k") is None
    store.put("k", report())
    assert store.get("k") == report()
    assert scores(store) == {("tiny", "ada"): 1.0}


def test_a_key_is_written_once(store):
    store.put("k", report(score=1.0))
    store.put("k", report(score=2.0))
    assert store.get("k").score == 1.0


def test_of_two_gradings_the_later_one_counts(store):
    store.put("old", report(score=1.0))
    store.put("new", report(score=2.0))
    assert scores(store) == {("tiny", "ada"): 2.0}


def test_what_a_regrade_replaced_is_kept(store):
    store.put("zoe", report("zoe"))
    assert list(store.earlier()) == []
    for score in (1.0, 2.0, 3.0):
        store.put(str(score), report(score=score))
    assert [(one.submission.id, one.score) for one in store.earlier()] == [("ada", 2.0), ("zoe", 1.0)]


def test_a_grade_that_is_taken_up_again_counts_again(store):
    store.put("old", report(score=1.0))
    store.put("new", report(score=2.0))
    assert store.get("old").score == 1.0
    assert scores(store) == {("tiny", "ada"): 1.0}
    assert [one.score for one in store.earlier()] == [2.0]
    (path,) = (store.folder / "reports").iterdir()
    assert msgspec.json.decode(path.read_bytes(), type=GradeReport).score == 1.0


def test_code_is_kept_beside_its_report(store):
    cells = (Cell(1, 1, "x = 'ö'\n"), Cell(2, 1, "y = 2"))
    store.put("a", report(), cells)
    store.put("b", report("bob"))
    assert store.sources() == {"0" * 64: cells}
    store.clear()
    assert store.sources() == {}


def test_reports_come_by_assignment_and_submission(store):
    for key, (assignment, name) in enumerate([("b", "x"), ("a", "y"), ("a", "x")]):
        store.put(str(key), report(name, assignment=assignment))
    assert list(scores(store)) == [("a", "x"), ("a", "y"), ("b", "x")]


def test_each_report_is_a_file_that_can_be_read(store):
    store.put("k", report("../a b/ö"))
    (path,) = (store.folder / "reports").iterdir()
    assert path.name == "tiny-..%2Fa b%2F%C3%B6.json"
    assert msgspec.json.decode(path.read_bytes(), type=GradeReport) == report("../a b/ö")


def test_results_outlive_the_process(tmp_path):
    with Store(tmp_path) as store:
        store.put("k", report())
    with Store(tmp_path) as again:
        assert again.get("k") == report()


def test_a_file_that_cannot_be_written_leaves_no_row(store, monkeypatch):
    """Killed between the two, a run grades that submission again rather than lack its file for ever."""
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(AutograderError, match="killed"):
        store.put("k", report())
    assert store.get("k") is None


def test_a_seed_is_kept_unless_another_is_wanted(store):
    assert store.seed(None, fresh=11) == 11
    assert store.seed(None, fresh=22) == 11
    assert store.seed(33, fresh=44) == 33
    assert store.seed(None, fresh=55) == 33
    assert store.seed(0, fresh=66) == 0


def test_of_two_that_begin_a_run_together_both_get_the_first_ones_seed(tmp_path):
    """Each process draws a seed of its own, and only then looks whether there is one: whoever comes second takes it."""
    begin = (
        "import sys; from pathlib import Path; from autograder.store import Store\n"
        "sys.stdin.readline(); print(Store(Path(sys.argv[1])).seed(None, fresh=int(sys.argv[2])))"
    )
    command = [sys.executable, "-c", begin, str(tmp_path / "run")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen([*command, str(fresh)], **pipes) for fresh in range(1, 7)]
    for run in runs:
        run.stdin.write("go\n")
        run.stdin.flush()
    seeds = {run.communicate(timeout=120)[0] for run in runs}
    assert len(seeds) == 1
    assert int(seeds.pop()) in range(1, 7)


def test_clearing_forgets_results_files_and_seed(store):
    store.seed(7, fresh=0)
    store.put("k", report())
    store.clear()
    assert store.get("k") is None
    assert list((store.folder / "reports").iterdir()) == []
    assert store.seed(None, fresh=8) == 8


def test_a_folder_that_cannot_be_had_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        AutograderError, match=r"^The results cannot be kept in .*/file/out: .*; choose another --out\.$"
    ):
        Store(tmp_path / "file" / "out")


def test_a_file_that_is_no_database_is_said(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"x" * 4096)
    with pytest.raises(
        AutograderError, match=r"are damaged \(file is not a database\); put back a copy of results\.sqlite, or begin"
    ):
        Store(tmp_path)


def test_everything_that_a_result_depends_on_is_in_its_key():
    key = ("ada", "00", "sha256:1", "0.1", "f.values", 3)
    others = [(*key[:i], 4 if i == 5 else "other", *key[i + 1 :]) for i in range(6)]
    assert len({result_key(*parts) for parts in [key, *others]}) == 7
    assert result_key(*key) == result_key(*key)
    assert result_key("a", "b", "", "", "", 0) != result_key("ab", "", "", "", "", 0)


# ── killed ─────────────────────────────────────────────────────────────────────────────────────

SLOW = replaced("import time\n\ndef double(x):\n    time.sleep(0.15)\n    return x + x")
CLASS = [f"student{number}" for number in range(6)]


def test_a_run_that_is_killed_is_taken_up_and_nothing_is_graded_twice(course, hand_in, tmp_path):
    for name in CLASS:
        folder = hand_in(name, SLOW).parent
    out = tmp_path / "out"
    command = [sys.executable, "-m", "autograder", "grade", "tiny", str(folder), "--out", str(out), "--jobs", "2"]
    first = subprocess.Popen(
        [*command, "--format", "json"],
        cwd=course,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        before = first.stdout.readline(), first.stdout.readline()
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.communicate()
    seen = {json.loads(line)["submission"]["id"] for line in before}
    kept = rows(out)
    assert seen <= kept.keys(), "what was shown must be on disk already"
    assert len(kept) < len(CLASS), "the run must have been killed in the middle"

    second = subprocess.run([*command, "--format", "json"], cwd=course, capture_output=True, text=True, timeout=60)
    assert second.returncode == 0, second.stderr
    after = rows(out)
    assert sorted(after) == CLASS
    assert {name: after[name] for name in kept} == kept, "what was graded must not be graded again"
    shown = [json.loads(line) for line in second.stdout.splitlines()]
    assert sorted(one["submission"]["id"] for one in shown) == CLASS
    assert {one["score"] for one in shown} == {MAX_SCORE}
    assert len({one["seed"] for one in shown}) == 1, "one paper for the whole class"
    assert sorted(path.stem for path in (out / "reports").glob("*.json")) == [f"tiny-{name}" for name in CLASS]


def rows(out: Path) -> dict[str, tuple[int, bytes]]:
    """Row number and bytes of each submission's report; fails if one has two."""
    deadline = time.monotonic() + 5
    while True:  # a hot journal is rolled back by the first reader
        try:
            with sqlite3.connect(out / FILE_NAME) as db:
                found = db.execute("SELECT submission, rowid, report FROM report").fetchall()
            break
        except sqlite3.OperationalError:
            assert time.monotonic() < deadline
    assert len({name for name, _, _ in found}) == len(found)
    return {name: (row, data) for name, row, data in found}
