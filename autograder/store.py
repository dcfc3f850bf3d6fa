"""Results of a run on disk: one durable row a submission, so that a run can be killed anywhere and taken up again."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
import urllib.parse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import msgspec

from autograder.disk import BUSY_SECONDS, Damaged, damaged, sweep, told
from autograder.errors import AutograderError
from autograder.model import Cell, GradeReport, SpeedReport
from autograder.text import write_whole

FILE_NAME = "results.sqlite"
SPEED = "speed"
# Made here, once: two threads that decode a type for the first time at the same moment crash in msgspec 0.22, where the
# second one sees what the first has half made.
_GRADE, _SPEED = msgspec.json.Decoder(GradeReport), msgspec.json.Decoder(SpeedReport)
_CELLS = msgspec.json.Decoder(tuple[Cell, ...])

# Version 0 is what was written before versions were counted; each step leads from one version to the next.
_MIGRATIONS = (
    (
        "CREATE TABLE IF NOT EXISTS run (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS report "
        "(key TEXT PRIMARY KEY, submission TEXT NOT NULL, assignment TEXT NOT NULL, report BLOB NOT NULL)",
        "ALTER TABLE report ADD COLUMN digest TEXT",  # of the report, so that a byte that rots is noticed
        "UPDATE report SET digest = digest_of(report)",
    ),
    # the code that was graded, by what its report calls the submission: to be looked at beside another's
    ("CREATE TABLE source (sha256 TEXT PRIMARY KEY, cells BLOB NOT NULL)",),
)
VERSION = len(_MIGRATIONS)
# Where the assignment is again what it was, the grade is, too: of a submission's rows the last one counts.
_MAKE_LATEST = """
    UPDATE report SET rowid = (SELECT max(rowid) + 1 FROM report) WHERE key = ? AND EXISTS (
        SELECT 1 FROM report AS newer WHERE newer.rowid > report.rowid
        AND newer.submission = report.submission AND newer.assignment = report.assignment)
"""


def result_key(submission: str, sha256: str, version: str, grader: str, checks: str, seed: int) -> str:
    """What a result depends on: while none of it changes, a submission need not be graded again."""
    return hashlib.sha256(repr((submission, sha256, version, grader, checks, seed)).encode()).hexdigest()


class Store:
    """The results in one folder. Rows are written whole and synced before `put` returns; a key is written once.

    With `mend` a damaged database is begun anew; without `write` nothing is made or changed.
    Every method raises AutograderError, in one sentence, where the disk or what it holds does not let it."""

    def __init__(self, folder: Path, *, mend: bool = False, write: bool = True) -> None:
        self.folder, self._writes = folder, write
        self._lock = threading.Lock()
        try:
            self._db = self._open(write)
        except Damaged:
            if not mend:
                raise
            with told(folder):
                (folder / FILE_NAME).unlink()
            self._db = self._open(write)

    def _open(self, write: bool) -> sqlite3.Connection:
        path = self.folder / FILE_NAME
        with told(self.folder), contextlib.ExitStack() as opened:
            if write:
                (self.folder / "reports").mkdir(parents=True, exist_ok=True)
                sweep(self.folder / "reports")
            where = path.absolute().as_uri() + ("?mode=rwc" if write else "?mode=ro")
            where = where if write or path.exists() else ":memory:"
            db = sqlite3.connect(where, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
            opened.callback(db.close)
            # a rollback journal, not WAL: results often live on network file systems, where WAL loses data
            db.execute("PRAGMA synchronous = FULL")
            if (found := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise damaged(self.folder, found.splitlines()[-1])
            db.create_function("digest_of", 1, _digest, deterministic=True)
            self._migrate(db, write or where == ":memory:")
            opened.pop_all()
        return db

    def _migrate(self, db: sqlite3.Connection, write: bool) -> None:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise AutograderError(
                f"The results in {self.folder} were written by a newer autograder; install that one, or choose another "
                "--out."
            )
        if not write:
            return
        db.execute("BEGIN IMMEDIATE")  # which a read-only file refuses here, before anything is graded
        try:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            for statement in (one for step in _MIGRATIONS[version:] for one in step):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {VERSION}")
            db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise

    def seed(self, wanted: int | None, fresh: int) -> int:
        """The grading seed of this run: the one it was begun with, unless another is `wanted`. Of two processes that
        begin one run at the same time, both get the seed of the first. Results without their seed never get `fresh`:
        half of a class would be graded on other cases than the rest."""
        with self._lock, told(self.folder):
            if wanted is not None:
                self._db.execute("INSERT OR REPLACE INTO run VALUES ('seed', ?)", (str(wanted),))
            elif not self._seeds() and self._holds_results():
                raise AutograderError(
                    f"{self.folder / FILE_NAME} has lost the seed of its results; put back a copy of it, name the seed "
                    "by --seed, or begin again with --fresh."
                )
            else:
                self._db.execute("INSERT OR IGNORE INTO run VALUES ('seed', ?)", (str(fresh),))
            (seed,) = self._seeds()
        if not seed.isdecimal():
            raise AutograderError(
                f"The seed in {self.folder / FILE_NAME} is damaged; name it by --seed, or begin again with --fresh."
            )
        return int(seed)

    def _seeds(self) -> list[str]:
        return [value for (value,) in self._db.execute("SELECT value FROM run WHERE name = 'seed'")]

    def _holds_results(self) -> bool:
        (rows,) = self._db.execute("SELECT count(*) FROM report").fetchone()
        return rows > 0 or any((self.folder / "reports").glob("*.json"))

    def get(self, key: str) -> GradeReport | None:
        """The report under `key`, if that submission has been graded; it is its latest again."""
        with self._lock, told(self.folder):
            row = self._db.execute(f"{self._rows()} WHERE key = ?", (key,)).fetchone()
            if row and self._writes and self._db.execute(_MAKE_LATEST, (key,)).rowcount:
                write_whole(self._path(report := self._report(*row)), msgspec.json.format(row[1], indent=1))
                return report
        return self._report(*row) if row else None

    def put(self, key: str, report: GradeReport, cells: Sequence[Cell] = ()) -> None:
        """Keep `report`, and `cells`, what was graded; an earlier one under the same key stays. GraderFault where the
        disk is full."""
        data, path = msgspec.json.encode(report), self._path(report)
        # the file first: what has a row is not graded again, so a file that is missing then stays so
        with self._lock, told(self.folder):
            write_whole(path, msgspec.json.format(data, indent=1))
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute(
                    "INSERT INTO report VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    (key, report.submission.id, report.assignment.id, data, _digest(data)),
                )
                if cells:
                    source = (report.submission.sha256, msgspec.json.encode(cells))
                    self._db.execute("INSERT INTO source VALUES (?, ?) ON CONFLICT DO NOTHING", source)
                self._db.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise

    def sources(self) -> dict[str, tuple[Cell, ...]]:
        """The code that was graded, by the `sha256` of its submission; nothing of what an older version kept."""
        with self._lock, told(self.folder):
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            rows = self._db.execute("SELECT sha256, cells FROM source").fetchall() if version > 1 else []
        try:
            return {sha256: _CELLS.decode(cells) for sha256, cells in rows}
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise damaged(self.folder, "a submission's code") from None

    def _path(self, report: GradeReport) -> Path:
        return self.folder / "reports" / f"{file_stem(f'{report.assignment.id}-{report.submission.id}')}.json"

    def reports(self) -> Iterator[GradeReport]:
        """Everything that has been graded, by assignment and submission; the latest where one was graded twice."""
        yield from (versions[-1] for versions in self._versions())

    def earlier(self) -> Iterator[GradeReport]:
        """What `reports` were before the last time that something was graded anew; nothing where nothing was."""
        found = list(self._versions())
        if any(len(versions) > 1 for versions in found):
            yield from (versions[-2] if len(versions) > 1 else versions[-1] for versions in found)

    def _versions(self) -> Iterator[list[GradeReport]]:
        """The reports of each submission, the oldest first."""
        with self._lock, told(self.folder):
            rows = self._db.execute(f"{self._rows()} ORDER BY assignment, submission, rowid").fetchall()
        found: dict[tuple[str, str], list[GradeReport]] = {}
        for row in rows:
            report = self._report(*row)
            found.setdefault((report.assignment.id, report.submission.id), []).append(report)
        yield from found.values()

    def _rows(self) -> str:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        return f"SELECT submission, report, {'digest' if version else 'NULL'} FROM report"

    def _report(self, submission: str, data: bytes, digest: str | None) -> GradeReport:
        if digest is not None and _digest(data) != digest:
            raise damaged(self.folder, f"the report of {submission}")
        try:
            return _GRADE.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise AutograderError(
                f"The report of {submission} in {self.folder} was written by another version of autograder; install "
                "that one, or begin again with --fresh."
            ) from None

    def clear(self, *, keep_seed: bool = False) -> None:
        """Forget everything: a fresh run. With `keep_seed` it is on the same cases."""
        with self._lock, told(self.folder):
            self._db.execute("DELETE FROM report")
            self._db.execute("DELETE FROM source")
            if not keep_seed:
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


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


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
        return _SPEED.decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise AutograderError(
            f"{path} is not a speed report ({error}); delete it, or time the submission again."
        ) from None


def file_stem(name: str) -> str:
    """A file name, without its ending, for `name` that every system takes; a long one keeps a digest, so that two do
    not become one."""
    quoted = urllib.parse.quote(name, safe=" ")
    if len(quoted) > 180:
        quoted = f"{quoted[:160]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return quoted
