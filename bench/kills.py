"""Kill a running `autograder grade` again and again: `python -m bench.kills --count 25 --isolation strong`.

A class is graded into one folder. Again and again the driver is killed (SIGKILL) at a random moment and started anew.
Afterwards every student must have one report, that of an undisturbed run; what was kept before a kill must stand as it
was; the database must be sound; and no process may be left. The killer adopts orphans, so that one which outlives the
driver is seen.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np

from autograder.model import GradeReport, Level
from autograder.store import FILE_NAME

PR_SET_CHILD_SUBREAPER = 36
SEED = 17
GONE_S = 20.0  # for everything to be gone after a kill, on a busy machine


@dataclass
class Killing:
    """What was found."""

    kills: int = 0
    while_grading: int = 0
    runs: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.while_grading} of them with reports kept and others to come; "
            f"{self.runs} classes finished; {len(self.faults)} faults"
        )


def kill_gradings(assignment: str, source: str, level: Level, count: int, seed: int, students: int = 12) -> Killing:
    """Kill `count` drivers that grade a class of `students` who all hand in `source`."""
    found, rng = Killing(), np.random.default_rng([seed, count, 20])
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        folder = Path(name)
        (folder / "class").mkdir()
        for student in range(students):
            (folder / "class" / f"student{student:02}.py").write_text(f"{source}\n# {student}\n")
        wanted = _finish(folder, folder / "undisturbed", assignment, level, found)
        while found.kills < count:
            out = folder / f"run{found.runs}"
            kept: dict[str, bytes] = {}
            while found.kills < count and len(kept) < students:
                wait_for = len(kept) + int(rng.integers(0, max(1, (students - len(kept)) // 2)))
                moment = (wait_for, float(rng.uniform(0.0, 1.5)))
                kept = _kill_once(folder, out, assignment, level, moment, kept, found)
                found.while_grading += 0 < len(kept) < students
            done = _finish(folder, out, assignment, level, found)
            _compare(kept, done, wanted, found)
    return found


def _command(folder: Path, out: Path, assignment: str, level: Level) -> subprocess.Popen[bytes]:
    arguments = ["grade", assignment, str(folder / "class"), "--out", str(out), "--seed", str(SEED), "--jobs", "2"]
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", *arguments, "--isolation", level],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _kill_once(
    folder: Path,
    out: Path,
    assignment: str,
    level: Level,
    moment: tuple[int, float],
    before: dict[str, bytes],
    found: Killing,
) -> dict[str, bytes]:
    """Start, wait for so many reports and then so many seconds, and kill; the reports that are kept then."""
    driver = _command(folder, out, assignment, level)
    reports, seconds = moment
    while driver.poll() is None and not (_begun(out) and len(_rows(out)) >= reports):
        time.sleep(0.02)
    with contextlib.suppress(subprocess.TimeoutExpired):
        driver.wait(seconds)
    killed = driver.poll() is None
    driver.kill()
    driver.wait()
    found.kills += killed
    if left := _left():
        found.faults.append(f"after kill {found.kills} these go on: {left}")
    kept = _rows(out)
    _check_database(out, f"after kill {found.kills}", found)
    if lost := [key for key in before if before[key] != kept.get(key)]:
        found.faults.append(f"after kill {found.kills} {len(lost)} reports are lost or changed")
    return kept


def _finish(folder: Path, out: Path, assignment: str, level: Level, found: Killing) -> dict[str, bytes]:
    found.runs += 1
    if status := _command(folder, out, assignment, level).wait():
        found.faults.append(f"an undisturbed run ends with status {status}")
    if left := _left():
        found.faults.append(f"after an undisturbed run these go on: {left}")
    if parts := [path.name for path in out.rglob("*.part")]:
        found.faults.append(f"half-written files are left: {parts}")
    _check_database(out, "after an undisturbed run", found)
    return _rows(out)


def _begun(out: Path) -> bool:
    return (out / FILE_NAME).exists()


def _rows(out: Path) -> dict[str, bytes]:
    """The reports that are kept, by key; there may be no results yet."""
    if not _begun(out):
        return {}
    with contextlib.closing(sqlite3.connect(out / FILE_NAME, timeout=60)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'report'").fetchall():
            return {}  # killed before it made the table
        return dict(db.execute("SELECT key, report FROM report").fetchall())


def _check_database(out: Path, when: str, found: Killing) -> None:
    if not _begun(out):
        return
    with contextlib.closing(sqlite3.connect(out / FILE_NAME, timeout=60)) as db:
        if (said := db.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
            found.faults.append(f"{when} the database is damaged: {said[:3]}")


def _compare(kept: dict[str, bytes], done: dict[str, bytes], wanted: dict[str, bytes], found: Killing) -> None:
    if changed := [key for key in kept if kept[key] != done.get(key)]:
        found.faults.append(f"{len(changed)} reports were lost, or graded twice")
    ours, theirs = ([msgspec.json.decode(row, type=GradeReport) for row in rows.values()] for rows in (done, wanted))
    if sorted(map(_grade, ours)) != sorted(map(_grade, theirs)):
        found.faults.append("the reports are not those of an undisturbed run")


def _grade(report: GradeReport) -> tuple[str, float, tuple[str, ...]]:
    return report.submission.id, report.score, tuple(result.verdict for result in report.results)


def _left() -> list[str]:
    """Descendants that are still there once there was time to go; they are ended then."""
    end = time.monotonic() + GONE_S
    while children := _children():
        if time.monotonic() > end:
            words = [Path(f"/proc/{pid}/cmdline").read_bytes()[:80].decode("utf-8", "replace") for pid in children]
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            return words
        time.sleep(0.05)
    return []


def _children() -> list[int]:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return [int(pid) for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()]


def main() -> None:
    """Say what was found; exit status 1 when a report was lost, or something goes on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--isolation", type=Level, choices=list(Level), default=Level.STRONG)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--assignment", default="backprop", help="a name, or an assignment's folder")
    parser.add_argument("--source", type=Path, help="what every student hands in; default: one function of backprop")
    parser.add_argument("--students", type=int, default=12)
    options = parser.parse_args()
    relu = "import numpy as np\n\n\ndef relu_forward(x):\n    return np.maximum(x, 0), x\n"
    source = options.source.read_text() if options.source else relu
    found = kill_gradings(options.assignment, source, options.isolation, options.count, options.seed, options.students)
    print(f"{options.isolation}: {found}", *found.faults, sep="\n")
    raise SystemExit(bool(found.faults))


if __name__ == "__main__":
    main()
