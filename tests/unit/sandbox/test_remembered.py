"""The isolation level that a student's checks keep: found once, and found anew where what it rests on has changed."""

from __future__ import annotations

import pytest

from autograder.model import Isolation, Level
from autograder.sandbox import remembered
from autograder.sandbox.remembered import choose_for_practice, forget


@pytest.fixture
def attacks(monkeypatch, tmp_path):
    """Counts how often the level is found by attacking; nothing outside of `tmp_path` is written."""
    seen = []

    def choose(wanted, at_least):
        seen.append(at_least)
        return Isolation(Level.CONTAINED, {"fs_read": "enforced"})

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(remembered, "choose", choose)
    return seen


def test_a_second_run_takes_what_the_first_found(attacks):
    assert choose_for_practice() == choose_for_practice() == Isolation(Level.CONTAINED, {"fs_read": "enforced"})
    assert attacks == [Level.PROCESS]


def test_it_is_found_anew_once_it_is_forgotten_or_a_day_old(attacks, monkeypatch):
    choose_for_practice()
    forget()
    forget()
    choose_for_practice()
    now = remembered.time.time()
    monkeypatch.setattr(remembered.time, "time", lambda: now + remembered.DAY_S)
    choose_for_practice()
    monkeypatch.setattr(remembered.time, "time", lambda: now - 10)
    choose_for_practice()
    assert len(attacks) == 4


def test_it_is_found_anew_where_bubblewrap_or_the_account_is_another(attacks, monkeypatch, tmp_path):
    for folder in ("with", "without"):
        (tmp_path / folder).mkdir()
    (tmp_path / "with" / "bwrap").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "with"))
    choose_for_practice()
    monkeypatch.setenv("PATH", str(tmp_path / "without"))
    choose_for_practice()
    monkeypatch.setattr(remembered.os, "getuid", lambda: 77)
    choose_for_practice()
    assert len(attacks) == 3


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b'{"key": 1}'])
def test_what_is_damaged_is_not_believed(attacks, content):
    choose_for_practice()
    remembered._path().write_bytes(content)
    choose_for_practice()
    assert len(attacks) == 2


def test_where_nothing_can_be_kept_it_is_found_each_time(attacks, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    choose_for_practice()
    choose_for_practice()
    assert len(attacks) == 2


def test_a_level_that_is_asked_for_is_attacked(attacks, monkeypatch):
    monkeypatch.setattr(remembered, "hold", lambda level: Isolation(level, {}))
    assert choose_for_practice(Level.PROCESS) == Isolation(Level.PROCESS, {})
    assert attacks == []
