"""What a kernel has run, read as the notebook that it would be if it were saved."""

from __future__ import annotations

import pytest

from autograder.errors import SubmissionRefused
from autograder.submission.history import Run, read_history


def cells(*runs):
    return [(cell.number, cell.source) for cell in read_history([Run(*run) for run in runs]).cells]


def test_of_a_cell_that_was_run_again_the_last_text_counts_in_its_first_place():
    runs = [(1, "a", "def f(): return 1"), (2, "b", "y = f()"), (3, "a", "def f(): return 2")]
    assert cells(*runs) == [(3, "def f(): return 2"), (2, "y = f()")]


def test_where_no_front_end_says_which_cell_it_was_equal_texts_are_one_cell():
    runs = [(1, None, "x = 1"), (2, None, "y = 2"), (3, None, "x = 1"), (4, None, "x = 3")]
    assert cells(*runs) == [(3, "x = 1"), (2, "y = 2"), (4, "x = 3")]


def test_cells_are_read_as_in_a_file():
    submission = read_history([Run(1, None, "%matplotlib inline\nx = 1"), Run(2, None, "%%bash\ndef f(): pass")])
    assert [cell.source for cell in submission.cells] == ["\nx = 1"]
    assert submission.dropped[0].names == ("f",)


def test_the_cell_magic_of_this_package_leaves_its_body():
    assert cells((4, "a", "%%check double\ndef double(x): ...")) == [(4, "\ndef double(x): ...")]


@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        ([], "No cell of this notebook has been run; run those that define your functions."),
        ([Run(1, None, "%%html\n<b>")], "No cell of this notebook has been run"),
        ([Run(1, None, f"x = '{'a' * 300_000}'")], "more than 256 KB of source; restart the kernel"),
    ],
)
def test_what_holds_no_submission_is_refused(runs, sentence):
    with pytest.raises(SubmissionRefused) as refused:
        read_history(runs)
    assert sentence in str(refused.value)
