"""`pytest --assignment`: a test for each public check, failures as a student reads them."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from tiny_course import RIGHT, replaced

SQUARED = replaced("def double(x):\n    return x * x")


@pytest.fixture
def run(course, tmp_path):
    """Runs pytest on a submission of the tiny course, as a student would: outside of this project's settings."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    def call(source, *options, name="work.py", assignment="tiny"):
        (tmp_path / name).write_text(source)
        command = [sys.executable, "-m", "pytest", "-p", "autograder.pytest_plugin", "-q", "--rootdir", str(tmp_path)]
        command += ["-c", str(tmp_path / "pytest.ini"), "-p", "no:cacheprovider", "--assignment", assignment]
        command += [*options, str(tmp_path / name)]
        return subprocess.run(command, cwd=course, capture_output=True, text=True, check=False, timeout=120)

    return call


def test_each_public_check_is_a_test(run):
    done = run(RIGHT, "--collect-only")
    names = [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line]
    assert names == ["double.values", "double.purity", "affine_forward.values", "affine_backward.gradients"]


def test_a_right_submission_passes_and_hidden_checks_are_not_asked(run, tmp_path):
    done = run(RIGHT, "--junitxml", str(tmp_path / "junit.xml"))
    assert done.returncode == 0, done.stdout
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("4", "0")


def test_a_failure_is_told_as_a_report_tells_it(run):
    done = run(SQUARED)
    assert done.returncode == 1
    assert "asked: Twice every number." in done.stdout
    assert "why: You square x instead of doubling it." in done.stdout
    assert "again: autograder replay ag1-" in done.stdout
    assert "Traceback" not in done.stdout
    assert "1 failed, 2 passed, 1 skipped" in done.stdout


def test_one_check_is_selected_and_asked_alone(run):
    done = run(SQUARED, "-k", "affine_forward")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 3 deselected" in done.stdout


def test_the_submission_is_never_imported(run, tmp_path):
    done = run(f"open({str(tmp_path / 'mark')!r}, 'w').close()\n{RIGHT}")
    assert "passed" in done.stdout
    assert not (tmp_path / "mark").exists()


def test_an_unknown_assignment_is_a_sentence(run):
    done = run(RIGHT, assignment="tinny")
    assert done.returncode == 2
    assert "There is no assignment 'tinny'; did you mean tiny?" in done.stdout
    assert "Traceback" not in done.stdout
