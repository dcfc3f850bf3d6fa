"""What the kernel of a notebook has run, and the cell magic `%%check`. IPython is looked at only where it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from autograder.errors import SubmissionRefused
from autograder.model import Submission
from autograder.submission import read_submission
from autograder.submission.history import Run, read_history

_cells: dict[int, str] = {}  # the identity of the cell that was run under a number, where the front end sends one


def shell() -> Any:
    """The IPython shell of this process, or None."""
    running = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return running() if running is not None else None


def source_of(namespace: Mapping[str, Any]) -> Submission:
    """The code that stands around a caller with the globals `namespace`: the cells that its kernel has run, or else the
    file that it is in. Raises SubmissionRefused where there is neither."""
    running = shell()
    if running is not None and namespace is running.user_ns:
        note_cell(running)
        history = enumerate(running.history_manager.input_hist_raw)
        return read_history(Run(number, _cells.get(number), source) for number, source in history if source.strip())
    if file := namespace.get("__file__"):
        return read_submission(Path(str(file)))
    raise SubmissionRefused("check() reads the cells of a notebook or the file of a script, and there is neither here.")


def note_cell(running: Any, number: int | None = None) -> None:
    """Remember which cell of the notebook runs now, or ran as `number`. JupyterLab and VS Code send its identity."""
    parent = running.get_parent() if hasattr(running, "get_parent") else {}
    if cell := (parent.get("metadata") or {}).get("cellId"):
        _cells[number or len(running.history_manager.input_hist_raw) - 1] = str(cell)


def attach(check: Callable[[str], Any]) -> None:
    """Where IPython runs, let `%%check NAME` run `check` behind its cell, and follow which cell is run."""
    running = shell()
    if running is None or "check" in running.magics_manager.magics["cell"]:
        return

    def check_cell(line: str, cell: str) -> Any:
        """%%check NAME: run the cell, then check(NAME)."""
        running.run_cell(cell)
        return check(line.strip().strip("\"'"))

    def follow(result: Any) -> None:
        if result.info.store_history:  # not what a magic runs
            note_cell(running, result.execution_count)

    note_cell(running)
    running.register_magic_function(check_cell, "cell", "check")
    running.events.register("post_run_cell", follow)
