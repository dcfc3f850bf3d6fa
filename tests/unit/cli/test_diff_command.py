"""`diff`: two folders, or one that was graded twice."""

import json

import pytest
from click.testing import CliRunner
from report_factory import perfect, report, wrong

from autograder.cli.diff import diff_command
from autograder.errors import AutograderError
from autograder.store import Store


def run(*arguments):
    done = CliRunner().invoke(diff_command, list(map(str, arguments)))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.stdout


def kept(folder, *reports):
    with Store(folder) as store:
        for number, one in enumerate(reports):
            store.put(str(number), one)
    return folder


def test_two_folders(tmp_path):
    before, after = kept(tmp_path / "a", report([wrong()])), kept(tmp_path / "b", perfect("ada"))
    assert "1 gains, 0 lose, 0 as before." in run(before, after)
    (found,) = json.loads(run(before, after, "--json"))["assignments"]
    assert (found["changes"][0]["submission"], found["changes"][0]["after"]) == ("ada", 60.0)


def test_one_folder_that_was_graded_twice(tmp_path):
    folder = kept(tmp_path / "a", report([wrong()]), perfect("zoe"), perfect("ada"))
    assert "1 gains, 0 lose, 1 as before." in run(folder)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_compare_is_said(tmp_path, count):
    folder = kept(tmp_path / "a", *[perfect()] * count)
    with pytest.raises(AutograderError, match=r"Nothing in .* was graded twice; name the other run\."):
        run(folder)
    if not count:
        with pytest.raises(AutograderError, match=r"There are no results in .*; grade with --out"):
            run(folder, folder)
