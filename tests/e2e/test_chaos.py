"""What goes wrong while a class is graded costs no other student, nor the class its results.

A driver that is killed: `test_kills.py`. A worker of a cluster that is killed: `unit/test_cluster.py`. A full disk:
`test_cli.py` and `unit/test_store_faults.py`.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tiny_course import MAX_SCORE, RIGHT, replaced

from autograder.errors import IsolationUnavailable
from autograder.executors import LocalExecutor
from autograder.model import GradeReport, Level, Verdict
from autograder.pipeline import Grading, grade_class
from autograder.sandbox.budget import TIMEOUTS
from autograder.sandbox.isolation import choose
from autograder.store import FILE_NAME, Store
from autograder.submission import find_submissions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")

SQUARED = replaced("def double(x):\n    return x * x")
NAPS = replaced("import time\n\ndef double(x):\n    time.sleep(0.3)\n    return x + x")
HOSTILE = {
    "a-loop": replaced("def double(x):\n    while True:\n        pass"),
    "x-forks": replaced(
        "import os\n\ndef double(x):\n    while True:\n        try:\n            os.fork()\n"
        "        except OSError:\n            pass"
    ),
    "y-exit": replaced("import os\n\ndef double(x):\n    os._exit(0)"),
}


@pytest.fixture(scope="module")
def grading(tiny) -> Grading:
    """The tiny course at the strongest level that holds here; below `contained` there is nothing to be shown."""
    try:
        return Grading(tiny, 5, choose(None, at_least=Level.CONTAINED), tiny.checks)
    except IsolationUnavailable as error:
        pytest.skip(str(error))


def without_times(report: GradeReport) -> bytes:
    results = tuple(msgspec.structs.replace(result, cpu_s=0.0, wall_s=0.0) for result in report.results)
    return msgspec.json.encode(msgspec.structs.replace(report, results=results, cpu_s=0.0, wall_s=0.0))


def by_name(reports: Iterator[GradeReport] | list[GradeReport]) -> dict[str, bytes]:
    found = [(report.submission.id, without_times(report)) for report in reports]
    assert len(dict(found)) == len(found), "a student has two reports"
    return dict(found)


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text().split()):
                found |= {child} | descendants(child)
    return found


def still_there(pids: set[int]) -> set[int]:
    """Those of `pids` that still run once there was time to go. One that nobody has waited for yet runs no more."""
    deadline = time.monotonic() + 20
    while left := {pid for pid in pids if _runs(pid)}:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False


# ── a sandbox is killed ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seconds", [0.0, 0.6])
def test_a_sandbox_that_is_killed_costs_its_student_nothing(grading, hand_in, tmp_path, seconds):
    """Killed from outside, as by the system where memory is short: a failure of the grader, which is graded again."""
    folder = hand_in("ada", RIGHT).parent
    hand_in("bob", NAPS)
    entries = find_submissions([folder]).entries
    before = descendants(os.getpid())
    with Store(tmp_path / "out") as store:
        running = grade_class(grading, entries, LocalExecutor(1), store)
        first = next(running)
        while not descendants(os.getpid()) - before:
            time.sleep(0.005)
        time.sleep(seconds)
        inside = descendants(os.getpid()) - before
        for pid in sorted(inside):  # parents first: a fork that dies alone is its submission's failure
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        (second,) = running
        assert (first.submission.id, first.score) == ("ada", MAX_SCORE)
        verdicts = {result.verdict for result in second.results}
        if seconds:  # else it may be a nursery that dies before it has anything of a student: another takes its place
            assert Verdict.GRADER_ERROR in verdicts
        assert verdicts <= {Verdict.GRADER_ERROR, Verdict.PASS, Verdict.SKIPPED}
        assert still_there(inside) == set()
        again = list(grade_class(grading, entries, LocalExecutor(1), store))
        assert {report.submission.id: report.score for report in again} == {"ada": MAX_SCORE, "bob": MAX_SCORE}


# ── two graders on one folder ──────────────────────────────────────────────────────────────────


def test_two_graders_may_grade_into_one_folder(course, hand_in, tmp_path):
    for name, source in (("ada", RIGHT), ("bob", SQUARED), ("cy", NAPS), ("dee", f"{RIGHT}# dee\n")):
        folder = hand_in(name, source).parent
    out = tmp_path / "out"
    command = [sys.executable, "-m", "autograder", "grade", "tiny", str(folder), "--out", str(out), "--format", "json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    graders = [subprocess.Popen([*command, "--jobs", "1"], cwd=course, **pipes) for _ in range(2)]
    told = [grader.communicate(timeout=120) for grader in graders]
    assert [grader.returncode for grader in graders] == [0, 0], told
    scores = {"ada": MAX_SCORE, "bob": 5.0, "cy": MAX_SCORE, "dee": MAX_SCORE}
    seeds = set()
    for lines, _ in told:
        reports = [json.loads(line) for line in lines.splitlines()]
        assert {report["submission"]["id"]: report["score"] for report in reports} == scores
        seeds |= {report["seed"] for report in reports}
    assert len(seeds) == 1, "both graders ask the same cases"
    with contextlib.closing(sqlite3.connect(out / FILE_NAME)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert sorted(name for (name,) in db.execute("SELECT submission FROM report")) == sorted(scores)
    assert sorted(path.name for path in (out / "reports").iterdir()) == [f"tiny-{name}.json" for name in sorted(scores)]


# ── a hostile submission among many ────────────────────────────────────────────────────────────


def test_hostile_submissions_change_nobody_elses_result_and_cost_no_more_than_their_slot(grading, hand_in):
    for number in range(12):
        source = SQUARED if number % 3 == 2 else RIGHT
        folder = hand_in(f"student{number:02}", f"# my own work\n\n{source}\n# {number}\n").parent
    before = descendants(os.getpid())
    alone = by_name(list(grade_class(grading, find_submissions([folder]).entries, LocalExecutor(2))))
    for name, source in HOSTILE.items():
        hand_in(name, source)
    reports = list(grade_class(grading, find_submissions([folder]).entries, LocalExecutor(2)))
    found = by_name(reports)
    assert {name: found[name] for name in alone} == alone
    assert found.keys() - alone.keys() == HOSTILE.keys()
    limits = grading.declared.assignment.limits
    honest_s = max(report.cpu_s for report in reports if report.submission.id in alone)
    for report in (one for one in reports if one.submission.id in HOSTILE):
        verdicts = {result.entry_point: result.verdict for result in report.results}
        assert verdicts["double"] not in (Verdict.PASS, Verdict.GRADER_ERROR)
        assert verdicts["affine_backward"] is Verdict.PASS
        # two time-outs of the one function, each with a load, beside what every submission costs
        assert report.cpu_s <= 2 * honest_s + TIMEOUTS * (limits.load_cpu_s + limits.cpu_s)
    assert reports[0].submission.id != "a-loop", "the other slot goes on while one is held"
    assert still_there(descendants(os.getpid()) - before) == set()
