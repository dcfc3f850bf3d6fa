"""What a disk and a damaged file do to results: one sentence, nothing lost, and never a new seed in silence."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time

import msgspec
import pytest
from test_store import report

from autograder.disk import Damaged
from autograder.errors import AutograderError, GraderFault
from autograder.store import FILE_NAME, VERSION, Store
from autograder.text import write_whole


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 256 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder):
        yield folder


@contextlib.contextmanager
def mounted(folder, size="256k"):
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True)
    if made.returncode:
        pytest.skip("only root with the right to mount can make a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextlib.contextmanager
def read_only(folder):
    """`folder` may be read and not written to: by its mode, or for root by its mount."""
    if os.geteuid():
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with mounted(folder, "4m"):
        for name, data in kept.items():
            (folder / name).write_bytes(data)
        (folder / "reports").mkdir()
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        yield


def scores(store):
    return {one.submission.id: one.score for one in store.reports()}


@pytest.fixture
def results(tmp_path):
    """A folder with the results of two."""
    folder = tmp_path / "out"
    with Store(folder) as store:
        store.seed(7, fresh=0)
        for name in ("ada", "bob"):
            store.put(name, report(name, 2.0))
    return folder


def execute(folder, statement, *values):
    with contextlib.closing(sqlite3.connect(folder / FILE_NAME)) as db, db:
        db.execute(statement, values)


# ── the disk ───────────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_is_said_and_what_was_graded_is_kept(small_disk):
    out = small_disk / "out"
    with Store(out) as store:
        store.put("first", report("first"))
        (small_disk / "ballast").write_bytes(bytes(os.statvfs(small_disk).f_bavail * 4096 - 8192))
        with pytest.raises(GraderFault) as fault:
            for number in range(20):
                store.put(f"next{number}", report("next" + "x" * 3000))
        assert str(fault.value) == (
            f"The disk of {out} is full; what was graded before is kept: make room and run it again."
        )
        assert scores(store)["first"] == 1.0
    (small_disk / "ballast").unlink()
    assert list(out.rglob("*.part")) == []
    with Store(out) as store:
        store.put("later", report("later"))
        assert {"first", "later"} <= scores(store).keys()


def test_no_part_is_left_where_a_file_cannot_be_written(tmp_path):
    (tmp_path / "taken.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "taken.json", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.json"]


def test_parts_of_killed_processes_are_swept_and_those_of_others_left(results):
    old, new = results / "reports" / "a.json.1.part", results / "reports" / "b.json.2.part"
    for part in (old, new):
        part.write_bytes(b"{")
    os.utime(old, (time.time() - 3600,) * 2)
    with Store(results):
        assert (old.exists(), new.exists()) == (False, True)


def test_a_folder_that_may_not_be_written_to_can_be_read(results):
    with read_only(results):
        sentence = f"{results} may not be written to; change its permissions, or choose another --out."
        with pytest.raises(AutograderError) as refused:
            Store(results)
        assert str(refused.value) == sentence
        with Store(results, write=False) as store:
            assert scores(store) == {"ada": 2.0, "bob": 2.0}


def test_reading_makes_nothing(tmp_path):
    with Store(tmp_path, write=False) as store:
        assert list(store.reports()) == []
    assert list(tmp_path.iterdir()) == []


# ── the file ───────────────────────────────────────────────────────────────────────────────────

DAMAGED = r"^The results in .* are damaged \(.+\); put back a copy of results\.sqlite, or begin again with --fresh\.$"


def overwrite(folder, at, data):
    with open(folder / FILE_NAME, "r+b") as file:
        file.seek(at)
        file.write(data)


def test_a_damaged_page_is_said_and_nothing_is_lost(results):
    pages = (results / FILE_NAME).stat().st_size // 4096
    for page in range(1, pages):
        overwrite(results, page * 4096, b"\xff" * 512)
    before = (results / FILE_NAME).read_bytes()
    with pytest.raises(Damaged, match=DAMAGED):
        Store(results)
    assert (results / FILE_NAME).read_bytes() == before
    assert len(list((results / "reports").glob("*.json"))) == 2


def test_a_byte_that_rots_in_a_score_is_noticed(results):
    data = (results / FILE_NAME).read_bytes()
    at = data.index(b'"score":2.0') + len(b'"score":')
    overwrite(results, at, b"9")
    with Store(results) as store, pytest.raises(Damaged, match=DAMAGED):
        list(store.reports())


def test_a_damaged_file_can_be_begun_anew(results):
    overwrite(results, 0, b"no database")
    with pytest.raises(Damaged, match=DAMAGED):
        Store(results)
    with Store(results, mend=True) as store:
        store.clear()
        assert (store.seed(None, fresh=9), scores(store)) == (9, {})


def test_a_report_of_another_version_is_said(results):
    data = msgspec.json.encode({**msgspec.to_builtins(report("ada")), "schema": "autograder/report/v2"})
    execute(results, "UPDATE report SET report = ?, digest = NULL WHERE submission = 'ada'", data)
    sentence = (
        f"The report of ada in {results} was written by another version of autograder; install that one, or begin "
        "again with --fresh."
    )
    with Store(results) as store:
        for ask in (lambda: store.get("ada"), lambda: list(store.reports())):
            with pytest.raises(AutograderError) as refused:
                ask()
            assert str(refused.value) == sentence


def test_results_of_a_newer_version_are_left_alone(results):
    execute(results, f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(AutograderError, match=r"were written by a newer autograder; install that one, or choose"):
        Store(results)


def test_results_from_before_versions_are_taken_over(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        db.execute("CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        columns = "key TEXT PRIMARY KEY, submission TEXT NOT NULL, assignment TEXT NOT NULL, report BLOB NOT NULL"
        db.execute(f"CREATE TABLE report ({columns})")
        db.execute("INSERT INTO run VALUES ('seed', '7')")
        db.execute("INSERT INTO report VALUES ('k', 'ada', 'tiny', ?)", (msgspec.json.encode(report("ada", 3.0)),))
    for write in (False, True, True):  # read as it is, taken over, and then known
        with Store(tmp_path, write=write) as store:
            assert (scores(store), store.get("k").score) == ({"ada": 3.0}, 3.0)
    with Store(tmp_path) as store:
        assert store.seed(None, fresh=1) == 7
        store.put("l", report("bob"))
        assert store._db.execute("SELECT count(digest) FROM report").fetchone() == (2,)


# ── the seed ───────────────────────────────────────────────────────────────────────────────────

LOST = r"results\.sqlite has lost the seed of its results; put back a copy of it, name the seed by --seed, or begin"


def test_an_emptied_file_gives_no_new_seed(results):
    (results / FILE_NAME).write_bytes(b"")
    with Store(results) as store:
        with pytest.raises(AutograderError, match=LOST):
            store.seed(None, fresh=8)
        assert len(list((results / "reports").glob("*.json"))) == 2
        assert store.seed(7, fresh=8) == 7
        store.clear()
        assert store.seed(None, fresh=8) == 8


def test_a_seed_that_is_gone_or_damaged_is_not_drawn_again(results):
    execute(results, "UPDATE run SET value = 'x'")
    with (
        Store(results) as store,
        pytest.raises(AutograderError, match=r"^The seed in .* is damaged; name it by"),
    ):
        store.seed(None, fresh=8)
    execute(results, "DELETE FROM run")
    with Store(results) as store, pytest.raises(AutograderError, match=LOST):
        store.seed(None, fresh=8)
