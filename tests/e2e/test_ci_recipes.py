"""What `autograder ci init` writes, run as each system runs it: its own commands, in a folder of its own.

`sudo` and `sysctl` are stood in for: they are the machine's, not ours. Where a step installs this package, pip finds it
in the environment that runs the tests."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from tiny_course import MAX_SCORE, RIGHT, replaced

from autograder.cli.ci import SYSTEMS, init_command
from autograder.errors import AutograderError

BIN = Path(sys.executable).parent
WRONG = replaced("def double(x):\n    return x * x")
SHIM = {"sudo": 'exec "$@"', "sysctl": "exit 1", "python": f'exec "{sys.executable}" "$@"'}


@pytest.fixture
def repository(course, tmp_path, monkeypatch):
    """A student's repository of the tiny course, with a right solution in it."""
    root = tmp_path / "repository"
    shutil.copytree(course, root)
    (root / "tiny.py").write_text(RIGHT)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def environment(tmp_path):
    """What steps of a job find around them, with the stand-ins first on the path."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, line in SHIM.items():
        (tools / name).write_text(f"#!/bin/sh\n{line}\n")
        (tools / name).chmod(0o755)
    return {**os.environ, "PATH": f"{tools}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}", "CI": "true"}


def init(*words):
    done = CliRunner().invoke(init_command, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def shell(script, environment, cwd=None):
    """One step, by the shell and options that GitHub uses."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=120)


def steps(environment, scripts):
    for script in scripts:
        done = shell(script, environment)
        assert done.returncode == 0, done.stdout + done.stderr
        yield done


def test_github_grades_and_reports(repository, environment, tmp_path):
    init("github", "tiny", "--file", "tiny.py")
    (repository / "tiny.py").write_text(WRONG)
    workflow = yaml.safe_load((repository / ".github/workflows/autograder.yml").read_text())
    places = {name: str(tmp_path / name) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    jobs = workflow["jobs"]["grade"]["steps"]
    *_, report = steps(environment | places, [step["run"] for step in jobs if "run" in step])
    assert report.stdout.startswith("::error title=double%3A values::")
    assert f"| tiny | 5 | {MAX_SCORE:g} |" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    assert "score=5\n" in (tmp_path / "GITHUB_OUTPUT").read_text()
    kept = [path for step in jobs if "upload-artifact" in step.get("uses", "") for path in step["with"]["path"].split()]
    assert kept == ["results/feedback", "results/junit.xml"]
    assert all((repository / path).exists() for path in kept)


def test_gitlab_grades_and_reports(repository, environment):
    init("gitlab", "tiny", "--file", "tiny.py")
    job = yaml.safe_load((repository / ".gitlab-ci.yml").read_text())["autograder"]
    list(steps(environment, [*job["before_script"], *job["script"]]))
    suite = ElementTree.parse(repository / job["artifacts"]["reports"]["junit"]).getroot().find("testsuite")
    assert (suite.get("name"), suite.get("failures")) == ("tiny.tiny", "0")
    assert all((repository / path).exists() for path in job["artifacts"]["paths"])


@pytest.fixture
def gradescope(repository, tmp_path, environment):
    """Gradescope's own layout, set up from the zip; `grade(files)` hands files in and returns the finished run."""
    init("gradescope", "tiny", "--out", tmp_path)
    root = tmp_path / "autograder"
    with zipfile.ZipFile(tmp_path / "tiny-gradescope.zip") as archive:
        archive.extractall(root / "source")
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert all(modes[name] & stat.S_IXUSR for name in ("setup.sh", "run_autograder"))
    (root / "venv").symlink_to(BIN.parent)  # setup.sh installs the same packages with pip and apt

    def grade(files):
        shutil.rmtree(root / "submission", ignore_errors=True)
        (root / "submission").mkdir()
        (root / "results").mkdir(exist_ok=True)
        (root / "results" / "results.json").unlink(missing_ok=True)
        for name, text in files.items():
            (root / "submission" / name).write_text(text)
        done = subprocess.run(  # as a program of its own, as Gradescope's harness does: without the shell's -e
            ["bash", root / "source" / "run_autograder"], env=environment | {"AUTOGRADER_ROOT": str(root)}, cwd=root,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        path = root / "results" / "results.json"
        return done, json.loads(path.read_text()) if path.exists() else None

    grade.root = root
    return grade


def test_gradescope_grades_whatever_is_uploaded(gradescope):
    done, results = gradescope({"anything.py": RIGHT})
    assert done.returncode == 0, done.stderr
    assert (results["score"], len(results["tests"])) == (MAX_SCORE, 5)
    done, results = gradescope({"a.py": RIGHT, "b.py": RIGHT})
    assert results, done.stderr
    assert results["score"] == 0
    assert "holds 2 submissions (a.py, b.py); leave exactly one" in json.dumps(results)


def test_gradescope_gets_no_result_where_the_grader_fails(gradescope):
    (gradescope.root / "source" / "assignments" / "tiny" / "checks.py").write_text("raise RuntimeError('broken')\n")
    done, results = gradescope({"tiny.py": RIGHT})
    assert done.returncode != 0
    assert results is None


def test_gradescope_s_scripts_are_shell_and_its_zip_holds_no_sample(gradescope):
    source = gradescope.root / "source"
    for name in ("setup.sh", "run_autograder"):
        assert subprocess.run(["bash", "-n", source / name], check=False).returncode == 0
    assert "numpy>=2.0" in (source / "requirements.txt").read_text().splitlines()
    names = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {"assignments/tiny/checks.py", "reference/tiny.py", "autograder/cli/__init__.py"} <= names
    ours = [name for name in names if name.startswith("assignments/")]
    assert not any(part in name for name in ours for part in ("submissions", "variants", "equivalent", "__pycache__"))


def test_classroom50_writes_its_result_in_the_checkout(repository, environment, tmp_path):
    init("classroom50", "tiny", "--file", "tiny.py", "--out", tmp_path / "classroom")
    script = tmp_path / "classroom" / "autograders" / "tiny" / "autograder.py"
    facts = ("CLASSROOM", "ASSIGNMENT", "OWNER", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL")
    runner = dict.fromkeys(facts, "x") | {"SUBMISSION_TAG": "submit/20260930T235900Z-0a1b2c3"}
    commit = "git init -q && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x"
    list(steps(environment | runner, [commit, f'"{sys.executable}" "{script}"']))
    result = json.loads((repository / "result.json").read_text())
    assert (result["score"], result["max-score"]) == (MAX_SCORE, MAX_SCORE)
    assert (repository / "release-body.md").read_text().startswith(f"{MAX_SCORE:g} of {MAX_SCORE:g} points")


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_file_that_is_there_is_kept_unless_forced(repository, system):
    init(system, "tiny")
    with pytest.raises(AutograderError, match=r"is already there; write over it with --force, or choose another --out"):
        init(system, "tiny")
    assert init(system, "tiny", "--force").exit_code == 0


def test_what_cannot_stand_in_a_script_is_refused(repository):
    with pytest.raises(AutograderError, match=r"cannot stand in a script: leave out quotes, \$, @, ` and backslashes"):
        init("github", "tiny", "--file", '"; rm -rf /"')
    assert init("gitlab", "tiny", "--isolation", "process").exit_code == 2
