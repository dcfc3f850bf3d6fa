"""Results of a run on disk: one durable row a submission, so that a run can be killed anywhere and taken up again."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import msgspec

from autograder.errors import AutograderError
from autograder.model import GradeReport, SpeedReport
from autograder.text import write_whole

SCHEMA = """
CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS report (
    key TEXT PRIMARY KEY, submission TEXT NOT NULL, assignment TEXT NOT NULL, report BLOB NOT NULL
);
"""
FILE_NAME = "results.sqlite"
SPEED = "speed"
BUSY_SECONDS = 60.0  # to wait for another process's write, which on a network file system may take seconds


def result_key(submission: str, sha256: str, version: str, grader: str, checks: str, seed: int) -> str:
    """What a result depends on: while none of it changes, a submission need not be graded again."""
    return hashlib.sha256(repr((submission, sha256, version, grader, checks, seed)).encode()).hexdigest()


class Store:
    """The results in one folder. Rows are written whole and synced before `put` returns; a key is written once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        try:
            (folder / "reports").mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                folder / FILE_NAME, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
            )
            # a rollback journal, not WAL: results often live on network file systems, where WAL loses data
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise AutograderError(f"The results cannot be kept in {folder}: {error}; choose another --out.") from None

    def seed(self, wanted: int | None, fresh: int) -> int:
        """The grading seed of this run: the one it was begun with, unless another is `wanted`. Of two processes that
        begin one run at the same time, both get the seed of the first."""
        with self._lock:
            if wanted is not None:
                self._db.execute("INSERT OR REPLACE INTO run VALUES ('seed', ?)", (str(wanted),))
            else:
                self._db.execute("INSERT OR IGNORE INTO run VALUES ('seed', ?)", (str(fresh),))
            (seed,) = self._db.execute("SELECT value FROM run WHERE name = 'seed'").fetchone()
        return int(seed)

    def get(self, key: str) -> GradeReport | None:
        """The report under `key`, if that submission has been graded."""
        with self._lock:
            row = self._db.execute("SELECT report FROM report WHERE key = ?", (key,)).fetchone()
        return msgspec.json.decode(row[0], type=GradeReport) if row else None

    def put(self, key: str, report: GradeReport) -> None:
        """Keep `report`; an earlier one under the same key stays."""
        data = msgspec.json.encode(report)
        path = self.folder / "reports" / f"{file_stem(f'{report.assignment.id}-{report.submission.id}')}.json"
        with self._lock:  # the file first: what has a row is not graded again, so a file that is missing then stays so
            write_whole(path, msgspec.json.format(data, indent=1))
            self._db.execute(
                "INSERT INTO report VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (key, report.submission.id, report.assignment.id, data),
            )

    def reports(self) -> Iterator[GradeReport]:
        """Everything that has been graded, by assignment and submission; the latest where one was graded twice."""
        with self._lock:
            rows = self._db.execute("SELECT report FROM report ORDER BY assignment, submission, rowid").fetchall()
        latest = {}
        for (data,) in rows:
            report = msgspec.json.decode(data, type=GradeReport)
            latest[report.assignment.id, report.submission.id] = report
        yield from latest.values()

    def clear(self) -> None:
        """Forget everything: a fresh run."""
        with self._lock:
            self._db.execute("DELETE FROM report")
            self._db.execute("DELETE FROM run")
        for path in (self.folder / "reports").glob("*.json"):
            path.unlink()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def keep_speed(folder: Path, report: SpeedReport) -> Path:
    """Keep `report` as speed/<assignment>/<submission>.json in `folder`, in place of an earlier one: the file's path.

    Raises AutograderError where nothing can be written."""
    path = folder / SPEED / report.assignment.id / f"{file_stem(report.submission.id)}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.format(msgspec.json.encode(report), indent=1))
    except OSError as error:
        raise AutograderError(f"The time cannot be kept in {folder}: {error}; choose another --out.") from None
    return path


def kept_speeds(folder: Path) -> list[SpeedReport]:
    """What `keep_speed` kept in `folder`, by assignment and submission; AutograderError for a file that it did not
    write."""
    return [_speed_in(path) for path in sorted((folder / SPEED).glob("*/*.json"))]


def _speed_in(path: Path) -> SpeedReport:
    try:
        return msgspec.json.decode(path.read_bytes(), type=SpeedReport)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise AutograderError(
            f"{path} is no speed report ({error}); delete it, or time the submission again."
        ) from None


def file_stem(name: str) -> str:
    """A file name, without its ending, for `name` that every system takes; a long one keeps a digest, so that two do
    not become one."""
    quoted = urllib.parse.quote(name, safe=" ")
    if len(quoted) > 180:
        quoted = f"{quoted[:160]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return quoted
