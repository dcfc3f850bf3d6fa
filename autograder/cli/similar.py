"""`similar`: pairs of submissions to look at."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignment.discover import Declared
from autograder.cli.common import load
from autograder.errors import AutograderError
from autograder.model import Cell, GradeReport
from autograder.release.template import cut
from autograder.store import Store


@click.command("similar", short_help="Show pairs of submissions that share passages.")
@click.argument("run", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--assignment", help="Of the results in RUN, those of this assignment; default: the only one.")
@click.option("--most", type=click.IntRange(1, 1000), default=30, help="How many pairs at most.", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the page; default: similar.html in RUN.")
def similar_command(run: Path, assignment: str | None, most: int, out: Path | None) -> None:
    """Write a page on which pairs of submissions in RUN, a folder that `grade --out` wrote, stand side by side.

    It shows who shares passages that few others in the class have. It is evidence for a person to look at: there is no
    score, and no grade changes.
    """
    from autograder.reports.html import render_similar_html
    from autograder.reports.similar import code, pairs

    reports, sources = _kept(run)
    declared = _declared(run, reports, assignment)
    template = cut(Path(declared.assignment.reference).read_text(encoding="utf-8"))
    handed_in = [
        one for one in reports if one.assignment.id == declared.assignment.id and one.submission.sha256 in sources
    ]
    if not handed_in:
        raise AutograderError(f"No code is kept in {run}; grade again with --out {run} --fresh.")
    codes = [code(sources[report.submission.sha256], template) for report in handed_in]
    found = pairs(handed_in, codes, most)
    path = out or run / "similar.html"
    names = [report.submission.id for report in handed_in]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_similar_html(declared.assignment.title, names, codes, found), encoding="utf-8")
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}; choose another --out.") from None
    many = "1 pair" if len(found) == 1 else f"{len(found)} pairs"
    click.echo(f"{many} of {len(names)} submissions to look at.", err=True)
    click.echo(path)


def _kept(run: Path) -> tuple[list[GradeReport], dict[str, tuple[Cell, ...]]]:
    with Store(run, write=False) as store:
        reports, sources = list(store.reports()), store.sources()
    if not reports:
        raise AutograderError(f"There are no results in {run}; grade with --out {run} first.")
    return reports, sources


def _declared(run: Path, reports: list[GradeReport], wanted: str | None) -> Declared:
    slugs = dict.fromkeys(report.assignment.id for report in reports)
    if wanted is not None and wanted not in slugs:
        raise AutograderError(f"There are no results of {wanted} in {run}; there are of {', '.join(slugs)}.")
    if wanted is None and len(slugs) > 1:
        raise AutograderError(f"The results are of {', '.join(slugs)}; choose one with --assignment.")
    return load(wanted or next(iter(slugs)))
