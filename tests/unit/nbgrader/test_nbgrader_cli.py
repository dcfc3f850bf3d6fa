"""The commands for courses of nbgrader's: what they print, write and refuse."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from autograder.cli import cli


@pytest.fixture
def run(course, monkeypatch):
    monkeypatch.chdir(course)

    def call(*arguments):
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    return call


def test_init_shows_the_change_and_makes_a_course(run, tmp_path):
    done = run("nbgrader", "init", tmp_path / "dl101")
    assert done.exit_code == 0
    assert done.output.startswith("--- nbgrader_config.py (before)\n+++ nbgrader_config.py\n")
    assert '+c.CourseDirectory.course_id = "dl101"\n' in done.output
    assert (tmp_path / "dl101" / "source").is_dir()
    assert run("nbgrader", "init", tmp_path / "dl101").output.endswith("nbgrader_config.py is up to date.\n")


def test_a_dry_run_writes_nothing(run, tmp_path):
    assert "+c.CourseDirectory" in run("nbgrader", "init", "--dry-run", tmp_path / "dl101").output
    assert not (tmp_path / "dl101").exists()


def test_settings_that_lose_are_named(run, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.Autograde.exporter_class = 'mine'\n")
    done = run("nbgrader", "init", tmp_path)
    assert "also sets c.Autograde.exporter_class; the lines of autograder come after it and win." in done.output
    assert "The file that was there is kept as" in done.output


def test_a_course_says_what_is_graded(run, tmp_path):
    both = run("grade", "tiny", "work.ipynb", "--course", tmp_path)
    assert both.exit_code == 2
    assert "--course says what is graded and where results are kept; name neither beside it." in both.output
    neither = run("grade", "tiny")
    assert neither.exit_code == 2
    assert "Missing argument 'SUBMISSIONS...'." in neither.output


@pytest.mark.parametrize("command", ["grade", "release"])
def test_a_folder_that_is_no_course_is_refused(run, tmp_path, command):
    done = run(command, "tiny", "--course", tmp_path)
    assert str(done.exception).startswith(
        f"{tmp_path} is not an nbgrader course: it has no nbgrader_config.py; run `autograder"
    )
