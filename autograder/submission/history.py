"""A kernel's history as a submission: what a notebook would hold if it were saved with the cells as they were run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from autograder.errors import SubmissionRefused
from autograder.model import Submission
from autograder.submission.notebook import read_cell
from autograder.submission.pieces import Pieces
from autograder.submission.text import SOURCE_LIMIT, size

WHERE = "this notebook"


class Run(NamedTuple):
    """One run of a cell: the number beside it, which cell of the notebook it was (None if unknown), and its text."""

    number: int
    cell: str | None
    source: str


def read_history(runs: Iterable[Run]) -> Submission:
    """The cells that `runs` are of: each once, with the text and the number of its last run, in the order in which they
    were run first, which is that of a notebook written from top to bottom. An earlier text of a cell is not in the
    saved file, so it does not count. Runs of an unknown cell are one cell where their text is the same.

    Raises SubmissionRefused where there is no code, or more of it than a submission may hold."""
    latest: dict[str, Run] = {}
    for run in runs:
        latest[run.cell or run.source] = run  # a key keeps the place of its first insertion
    if sum(len(run.source.encode()) for run in latest.values()) > SOURCE_LIMIT:
        raise SubmissionRefused(
            f"The cells that ran in this kernel are more than {size(SOURCE_LIMIT)} of source; restart the kernel and "
            "run the cells of your solution."
        )
    pieces = Pieces()
    for run in latest.values():
        read_cell(run.source, run.number, WHERE, pieces)
    if not pieces.cells:
        raise SubmissionRefused("No cell of this notebook has been run; run those that define your functions.")
    digest = hashlib.sha256("\0".join(cell.source for cell in pieces.cells).encode())
    return Submission(
        "notebook", "", digest.hexdigest(), "notebook", tuple(pieces.cells), dropped=tuple(pieces.dropped)
    )
