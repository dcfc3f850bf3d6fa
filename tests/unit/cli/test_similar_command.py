"""`similar`: the page, and what is said where there is nothing to compare."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from report_factory import perfect
from tiny_course import RIGHT, write_assignment

from autograder.cli.similar import similar_command
from autograder.errors import AutograderError
from autograder.model import AssignmentRef, Cell, SubmissionRef
from autograder.store import Store


@pytest.fixture
def kept(tmp_path, monkeypatch):
    def kept(*sources):
        write_assignment(tmp_path)
        monkeypatch.chdir(tmp_path)
        with Store(Path("out")) as store:
            for number, source in enumerate(sources):
                report = of_tiny(perfect(f"s{number}"), number)
                store.put(str(number), report, (Cell(0, 1, source),) if source else ())

    return kept


def of_tiny(report, number):
    submission = SubmissionRef(report.submission.id, f"{number:064}")
    return msgspec.structs.replace(report, assignment=AssignmentRef("tiny", "sha256:0"), submission=submission)


def run(*arguments):
    done = CliRunner().invoke(similar_command, list(arguments))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_page_is_written_and_named(kept):
    kept(RIGHT, RIGHT)
    done = run("out")
    assert done.stdout == "out/similar.html\n"
    assert done.stderr == "1 pair of 2 submissions to look at.\n"
    assert "s0 – s1" in Path("out/similar.html").read_text()


def test_results_without_code_are_refused(kept):
    kept("")
    with pytest.raises(AutograderError, match=r"No code is kept in out; grade again with --out out --fresh\."):
        run("out")


def test_an_assignment_that_is_not_there_is_refused(kept):
    kept(RIGHT)
    with pytest.raises(AutograderError, match=r"There are no results of conv in out; there are of tiny\."):
        run("out", "--assignment", "conv")
