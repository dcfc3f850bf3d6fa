"""Times on disk: one file a submission, there in full or not at all."""

from __future__ import annotations

import pytest
from speed_factory import race_report, speed_report

from autograder.errors import AutograderError
from autograder.store import keep_speed, kept_speeds


def test_what_is_kept_is_found_again(tmp_path):
    reports = [speed_report("ada"), speed_report("bob", 0.3), race_report("ada")]
    paths = [keep_speed(tmp_path, report) for report in reports]
    assert paths[0] == tmp_path / "speed" / "conv" / "ada.json"
    assert kept_speeds(tmp_path) == reports


def test_the_last_run_stays(tmp_path):
    for value in (0.3, 0.5):
        keep_speed(tmp_path, speed_report(value=value))
    assert [report.ratio.value for report in kept_speeds(tmp_path)] == [0.5]


@pytest.mark.parametrize("name", ["../../etc/ada", "a/b", "..", "n" * 400, "Zoë", ".hidden"])
def test_every_name_gets_a_file_in_its_folder(tmp_path, name):
    path = keep_speed(tmp_path, speed_report(name))
    assert path.parent.resolve() == (tmp_path / "speed" / "conv").resolve()
    assert [report.submission.id for report in kept_speeds(tmp_path)] == [name]


def test_a_file_that_is_being_written_is_not_read(tmp_path, monkeypatch):
    seen = []
    path = keep_speed(tmp_path, speed_report(value=0.3))
    replace = type(path).replace

    def spy(part, target):
        seen.extend([part.parent == path.parent, kept_speeds(tmp_path)])
        return replace(part, target)

    monkeypatch.setattr(type(path), "replace", spy)
    keep_speed(tmp_path, speed_report(value=0.5))
    assert seen == [True, [speed_report(value=0.3)]]
    assert [file.name for file in path.parent.iterdir()] == ["ada.json"]


def test_nothing_kept_is_nothing(tmp_path):
    assert kept_speeds(tmp_path) == []


@pytest.mark.parametrize("content", ["", "{", '{"schema": "autograder/report/v1"}'])
def test_a_file_that_is_no_report_is_named(tmp_path, content):
    path = keep_speed(tmp_path, speed_report())
    path.write_text(content)
    with pytest.raises(AutograderError) as error:
        kept_speeds(tmp_path)
    assert str(error.value).startswith(f"{path} is not a speed report (")
    assert str(error.value).endswith("); delete it, or time the submission again.")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "speed").write_text("")
    with pytest.raises(AutograderError, match=r"The time cannot be kept in .*; choose another --out\."):
        keep_speed(tmp_path, speed_report())
