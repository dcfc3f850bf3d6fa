"""`nbgrader_config.py` amended: nothing of the course's own is lost, and twice is once."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest
from traitlets.config.loader import PyFileConfigLoader
from traitlets.utils.importstring import import_item

from autograder.errors import AutograderError
from autograder.nbgrader.config import BEGIN, END, amend

OWN = 'c = get_config()\nc.CourseDirectory.course_id = "dl"\n'


def settings(text):
    """The configuration that `text` makes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.py").write_text(text)
        return PyFileConfigLoader("config.py", path=folder).load_config()


def test_a_new_course_gets_a_whole_configuration(tmp_path):
    amendment = amend(tmp_path / "dl101", tmp_path)
    assert amendment.write() is None
    config = settings((tmp_path / "dl101" / "nbgrader_config.py").read_text())
    assert config.CourseDirectory.course_id == "dl101"
    assert config.SandboxGrade.assignments == str(tmp_path)
    assert config.Autograde.autograde_preprocessors[0] == "autograder.nbgrader.preprocessors.SandboxGrade"
    assert config.Autograde.sanitize_preprocessors[0] == "autograder.nbgrader.preprocessors.Graft"
    assert not any(name.endswith(".Execute") for name in config.Autograde.autograde_preprocessors)


def test_the_steps_are_nbgrader_s_own_in_their_order(tmp_path):
    """But that reading and running a submission are ours; whatever is named can be imported."""
    autograde = pytest.importorskip("nbgrader.converters", reason="nbgrader is an extra").Autograde
    config = settings(amend(tmp_path, tmp_path).after).Autograde
    for stage in ("sanitize_preprocessors", "autograde_preprocessors"):
        steps = [import_item(name) for name in config[stage]]
        stock = [step for step in steps if step.__name__ not in ("Graft", "SandboxGrade", "Execute")]
        own = [step for step in getattr(autograde, stage).default_args[0] if step.__name__ != "Execute"]
        assert [issubclass(ours, step) for ours, step in zip(stock, own, strict=True)] == [True] * len(own)


def test_an_existing_one_keeps_every_line_and_a_copy(tmp_path):
    path = tmp_path / "nbgrader_config.py"
    path.write_text(OWN)
    amendment = amend(tmp_path, tmp_path / "authors")
    backup = amendment.write()
    assert backup == tmp_path / "nbgrader_config.py.backup-1"
    assert backup.read_text() == OWN
    assert path.read_text().startswith(OWN)
    assert settings(path.read_text()).CourseDirectory.course_id == "dl"
    assert amendment.diff.startswith("--- nbgrader_config.py (before)\n+++ nbgrader_config.py\n")
    assert not [line for line in amendment.diff.splitlines()[2:] if line.startswith("-")]


def test_the_second_time_nothing_changes(tmp_path):
    path = tmp_path / "nbgrader_config.py"
    path.write_text(OWN)
    amend(tmp_path, tmp_path).write()
    again = amend(tmp_path, tmp_path)
    assert again.diff == ""
    assert again.write() is None
    assert len(list(tmp_path.iterdir())) == 2


def test_only_our_lines_are_replaced(tmp_path):
    path = tmp_path / "nbgrader_config.py"
    path.write_text(OWN)
    amend(tmp_path, tmp_path / "old").write()
    path.write_text(path.read_text() + "c.Exchange.root = '/srv'\n")
    amend(tmp_path, tmp_path / "new").write()
    text = path.read_text()
    assert (text.count(BEGIN), text.count(END)) == (1, 1)
    assert text.endswith("c.Exchange.root = '/srv'\n")
    assert settings(text).SandboxGrade.assignments == str(tmp_path / "new")
    assert (tmp_path / "nbgrader_config.py.backup-2").is_file()


def test_settings_that_ours_override_are_named(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        f"{OWN}c.Autograde.autograde_preprocessors = []\n# c.Autograde.exporter_class = 3\n"
    )
    assert amend(tmp_path, tmp_path).overridden == ("Autograde.autograde_preprocessors",)


@pytest.mark.parametrize("text", [f"{BEGIN}\n", f"{END}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n" * 2])
def test_a_damaged_block_is_refused(tmp_path, text):
    (tmp_path / "nbgrader_config.py").write_text(text)
    with pytest.raises(AutograderError, match=r"nbgrader_config\.py has a damaged autograder block; delete its lines"):
        amend(tmp_path, tmp_path)


def test_alembic_is_found_though_the_environment_is_not_active(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    settings(amend(tmp_path / "new", tmp_path).after)
    assert os.environ["PATH"] == f"{os.path.dirname(sys.executable)}{os.pathsep}{tmp_path}"
