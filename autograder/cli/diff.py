"""`diff`: what a regrade changes."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from autograder.errors import AutograderError
from autograder.model import GradeReport
from autograder.store import Store

_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("diff", short_help="Say who gains and who loses by a regrade.")
@click.argument("run1", type=_FOLDER)
@click.argument("run2", type=_FOLDER, required=False)
@click.option("--json", "as_json", is_flag=True, help="One object on stdout.")
def diff_command(run1: Path, run2: Path | None, as_json: bool) -> None:
    """Compare the results in RUN1 with those in RUN2, folders that `grade --out` wrote.

    Without RUN2, the results in RUN1 are compared with the ones that they replaced there.
    """
    from autograder.reports.diff import diff
    from autograder.reports.diff_table import render_diff
    from autograder.reports.terminal import make_console

    found = diff(_earlier(run1), _latest(run1)) if run2 is None else diff(_latest(run1), _latest(run2))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        make_console().print(render_diff(found))


def _latest(folder: Path) -> list[GradeReport]:
    with Store(folder, write=False) as store:
        reports = list(store.reports())
    if not reports:
        raise AutograderError(f"There are no results in {folder}; grade with --out {folder} first.")
    return reports


def _earlier(folder: Path) -> list[GradeReport]:
    with Store(folder, write=False) as store:
        reports = list(store.earlier())
    if not reports:
        raise AutograderError(f"Nothing in {folder} was graded twice; name the other run.")
    return reports
