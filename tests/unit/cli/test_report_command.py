"""`autograder report`: every format from kept results, and a sentence for what cannot be written."""

from __future__ import annotations

import csv
import json
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from click.testing import CliRunner
from report_factory import mixed, perfect, report, result

from autograder.cli.report import report_command
from autograder.errors import AutograderError
from autograder.store import Store

GRADEBOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,conv (7)
    Points Possible,,,,,
Ada,1,ada,ada,A,
Tim,2,tim,tim,A,4
"""


@pytest.fixture
def kept(tmp_path):
    """A folder with the results of two submissions."""
    return keep(tmp_path / "results", mixed("ada"), perfect("grace"))


def keep(folder, *reports):
    with Store(folder) as store:
        for one in reports:
            store.put(f"{one.assignment.id}{one.submission.id}", one)
    return folder


def run(*words, environment=None):
    done = CliRunner().invoke(report_command, [str(word) for word in words], env=environment or {})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_feedback_is_a_page_for_each_student(kept):
    assert run(kept, "--format", "feedback").stdout.strip() == str(kept / "feedback")
    pages = {path.name: path.read_text() for path in (kept / "feedback").iterdir()}
    assert sorted(pages) == ["conv-ada.html", "conv-grace.html"]
    assert "conv2d_backward" in pages["conv-ada.html"]
    assert "secret case" not in pages["conv-ada.html"]
    assert "ada" not in pages["conv-grace.html"]


def test_one_submission_may_be_written_to_a_file(tmp_path):
    folder = keep(tmp_path / "results", mixed("ada"))
    run(folder, "--format", "gradescope", "--out", tmp_path / "results.json")
    assert json.loads((tmp_path / "results.json").read_text())["score"] == mixed().score


def test_a_class_does_not_go_into_one_file(kept, tmp_path):
    with pytest.raises(AutograderError, match=r"There are 2 submissions; name a folder with --out, not .*results.json"):
        run(kept, "--format", "gradescope", "--out", tmp_path / "results.json")


def test_csv_and_junit_are_read_by_readers_of_theirs(kept):
    run(kept, "--format", "csv")
    with (kept / "scores.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["submission"] for row in rows] == ["ada", "grace"]
    run(kept, "--format", "junit")
    suites = ElementTree.parse(kept / "junit.xml").getroot().findall("testsuite")
    assert [suite.get("name") for suite in suites] == ["conv.ada", "conv.grace"]


def test_github_gets_its_summary_and_outputs_where_it_says(kept, tmp_path):
    places = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "GITHUB_OUTPUT": str(tmp_path / "output")}
    done = run(kept, "--format", "github", environment=places)
    assert all(line.startswith("::error title=") for line in done.stdout.splitlines())
    assert "| ada | 15 | 44 |" in (tmp_path / "summary").read_text()
    assert "score=75" in (tmp_path / "output").read_text()
    assert not (kept / "summary.md").exists()


def test_classroom50_takes_the_commit_s_time(tmp_path, monkeypatch):
    folder = keep(tmp_path / "results", mixed("ada"))
    monkeypatch.chdir(tmp_path)
    names = ("CLASSROOM", "ASSIGNMENT", "OWNER", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL")
    runner = dict.fromkeys(names, "x") | {"SUBMISSION_TAG": "submit/1"}
    with pytest.raises(AutograderError, match="this is not a git checkout"):
        run(folder, "--format", "classroom50", environment=runner | {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    dated = {"GIT_COMMITTER_DATE": "2026-09-30T23:59:00+02:00"}
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "x"], check=True, env=dated)
    run(folder, "--format", "classroom50", environment=runner)
    found = json.loads((tmp_path / "result.json").read_text())
    assert (found["datetime"], found["score"], found["max-score"]) == ("2026-09-30T21:59:00Z", 15, 44)
    assert "15 of 44 points" in (tmp_path / "release-body.md").read_text()


def test_a_gradebook_is_filled_and_the_rest_is_listed(kept, tmp_path):
    (tmp_path / "book.csv").write_text(GRADEBOOK)
    done = run(kept, "--format", "canvas", "--gradebook", tmp_path / "book.csv", "--out", tmp_path / "filled.csv")
    assert (tmp_path / "filled.csv").read_text().splitlines()[2:] == ["Ada,1,ada,ada,A,15", "Tim,2,tim,tim,A,4"]
    assert done.stderr.splitlines() == [
        "1 of 2 submissions are in the column conv (7).",
        "not matched: submission grace has no row of its own in the gradebook",
        "left as it was: Tim has no submission here",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "canvas"], "--format canvas fills in the CSV downloaded from there: name it with --gradebook."),
        (["--format", "csv", "--scale"], "--gradebook, --roster, --column and --scale go with --format canvas or"),
    ],
)
def test_options_that_do_not_go_together_are_refused(kept, words, message):
    done = run(kept, *words)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.split())


def test_one_assignment_of_several_is_chosen(tmp_path):
    folder = keep(tmp_path / "results", mixed("ada"), report([result("relu_forward.values")], "ada", slug="backprop"))
    run(folder, "--format", "csv", "--assignment", "backprop")
    assert len((folder / "scores.csv").read_text().splitlines()) == 2
    with pytest.raises(AutograderError, match=r"no results of pool in .*; there are of backprop, conv"):
        run(folder, "--assignment", "pool")
    (tmp_path / "book.csv").write_text(GRADEBOOK)
    with pytest.raises(AutograderError, match="The results are of backprop, conv; choose one with --assignment"):
        run(folder, "--format", "canvas", "--gradebook", tmp_path / "book.csv")


def test_what_cannot_be_written_is_said(kept, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AutograderError, match=r"cannot be written: .*; choose another --out"):
        run(kept, "--format", "csv", "--out", tmp_path / "file" / "scores.csv")
