"""`report`: kept results as a page, as feedback, or in another system's format."""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast
from urllib.parse import quote

import click

from autograder.assignment.discover import Declared
from autograder.cli.common import load, sentences
from autograder.errors import AutograderError
from autograder.model import Cell, GradeReport, SpeedReport
from autograder.store import Store, file_stem, kept_speeds

Sentences = Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """What a folder of results holds, with the assignments that it is of."""

    folder: Path
    reports: list[GradeReport]
    speeds: list[SpeedReport]
    declared: list[Declared]
    sources: Mapping[str, Sequence[Cell]]

    @property
    def sentences(self) -> Sentences:
        return {check: sentence for one in self.declared for check, sentence in sentences(one.checks).items()}

    @property
    def sorted(self) -> list[GradeReport]:
        return sorted(self.reports, key=lambda report: (report.assignment.id, report.submission.id))


@click.command("report", short_help="Write graded results as a page, feedback, or another system's file.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "feedback", "csv", "junit", "gradescope", "classroom50", "github", "canvas", "moodle"]),
    default="html",
    help="What to write. feedback: a page for each student.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write it; default: a name in FOLDER.")
@click.option("--assignment", help="Of the results in FOLDER, those of this assignment alone.")
@click.option(
    "--gradebook",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="canvas, moodle: the CSV that was downloaded there, to be filled in.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="canvas, moodle: a CSV with the columns id (what a submission is called), name, email, section.",
)
@click.option("--column", help="canvas, moodle: the gradebook's column for the scores; default: the assignment's.")
@click.option("--scale", is_flag=True, help="canvas, moodle: scale scores to the gradebook's points.")
def report_command(
    folder: Path,
    form: str,
    out: Path | None,
    assignment: str | None,
    gradebook: Path | None,
    roster: Path | None,
    column: str | None,
    scale: bool,
) -> None:
    """Write the results that `grade --out FOLDER` kept.

    html is the instructor's page on the class (and leaderboard.html, where `speed --out FOLDER` kept times). feedback
    is a page for each student; csv, a table for a spreadsheet; junit, gradescope, classroom50 and github are what those
    systems read; canvas and moodle fill in the CSV that was downloaded from there.
    """
    kept = _kept(folder, assignment)
    if form in ("canvas", "moodle"):
        system = cast(Literal["canvas", "moodle"], form)
        _fill(kept, system, gradebook, roster, column, scale, out)
    elif gradebook or roster or column or scale:
        raise click.UsageError("--gradebook, --roster, --column and --scale go with --format canvas or moodle.")
    else:
        _WRITERS[form](kept, out)


def _kept(folder: Path, assignment: str | None) -> Kept:
    with Store(folder, write=False) as store:
        reports, sources = list(store.reports()), store.sources()
    speeds = kept_speeds(folder)
    if not reports and not speeds:
        raise AutograderError(f"There are no results in {folder}; grade with --out {folder} first.")
    slugs = dict.fromkeys([*(r.assignment.id for r in reports), *(s.assignment.id for s in speeds)])
    if assignment and assignment not in slugs:
        raise AutograderError(f"There are no results of {assignment} in {folder}; there are of {', '.join(slugs)}.")
    wanted = [assignment] if assignment else list(slugs)
    return Kept(
        folder,
        [report for report in reports if report.assignment.id in wanted],
        [speed for speed in speeds if speed.assignment.id in wanted],
        [load(slug) for slug in wanted],
        sources,
    )


# ── pages ──────────────────────────────────────────────────────────────────────────────────────


def _html(kept: Kept, out: Path | None) -> None:
    path = out or kept.folder / "report.html"
    board = path.with_name("leaderboard.html")
    if kept.speeds and board == path:
        raise AutograderError(f"{path} is where the leaderboard goes; choose another --out.")
    assignments = [one.assignment for one in kept.declared]
    if kept.reports:
        from autograder.reports.html import render_class_html

        link = quote(board.name) if kept.speeds else None
        page = render_class_html(
            kept.sorted, assignments, kept.sentences, leaderboard=link, speeds=kept.speeds, sources=kept.sources
        )
        _write(path, page)
    if kept.speeds:
        from autograder.reports.leaderboard import render_leaderboard_html

        link = quote(path.name) if kept.reports else None
        _write(board, render_leaderboard_html(kept.speeds, assignments, report=link))


def _feedback(kept: Kept, out: Path | None) -> None:
    from autograder.reports.html import render_report_html

    assignments = {one.assignment.id: one.assignment for one in kept.declared}

    def page(report: GradeReport) -> str:
        return render_report_html(report, assignments[report.assignment.id], kept.sentences)

    _each(kept, out or kept.folder / "feedback", ".html", page)


# ── files of other systems ─────────────────────────────────────────────────────────────────────


def _csv(kept: Kept, out: Path | None) -> None:
    from autograder.reports.export.table import render_csv

    _write(out or kept.folder / "scores.csv", render_csv(_graded(kept)))


def _junit(kept: Kept, out: Path | None) -> None:
    from autograder.reports.export.junit import render_junit

    _write(out or kept.folder / "junit.xml", render_junit(_graded(kept), kept.sentences))


def _gradescope(kept: Kept, out: Path | None) -> None:
    from autograder.reports.export.gradescope import render_gradescope

    _each(kept, out or kept.folder / "gradescope", ".json", lambda report: render_gradescope(report, kept.sentences))


def _classroom50(kept: Kept, out: Path | None) -> None:
    from autograder.reports.export.classroom50 import render_classroom50, render_release_body

    if len(_graded(kept)) != 1:
        raise AutograderError(
            f"Classroom 50 takes one submission at a time, and there are {len(kept.reports)} in {kept.folder}."
        )
    path = out or Path("result.json")
    report = kept.reports[0]
    _write(path, render_classroom50(report, kept.sentences, os.environ, _committed()))
    _write(path.with_name("release-body.md"), render_release_body(report, kept.sentences))


def _github(kept: Kept, out: Path | None) -> None:
    """The summary and the outputs go where GitHub says, or to --out; the annotations are printed, as it reads them."""
    from autograder.reports.export import github

    reports = _graded(kept)
    for line in github.render_annotations(reports, kept.sentences):
        click.echo(line)
    summary = github.render_summary(reports, kept.sentences)
    if out or "GITHUB_STEP_SUMMARY" not in os.environ:
        _write(out or kept.folder / "summary.md", summary)
    else:
        _append(Path(os.environ["GITHUB_STEP_SUMMARY"]), summary)
    if "GITHUB_OUTPUT" in os.environ:
        _append(Path(os.environ["GITHUB_OUTPUT"]), "".join(f"{line}\n" for line in github.render_outputs(reports)))


_WRITERS: dict[str, Callable[[Kept, Path | None], None]] = {
    "html": _html,
    "feedback": _feedback,
    "csv": _csv,
    "junit": _junit,
    "gradescope": _gradescope,
    "classroom50": _classroom50,
    "github": _github,
}


def _fill(
    kept: Kept,
    system: Literal["canvas", "moodle"],
    gradebook: Path | None,
    roster: Path | None,
    column: str | None,
    scale: bool,
    out: Path | None,
) -> None:
    from autograder.reports.export.gradebook import Book, fill, read_roster

    if gradebook is None:
        raise click.UsageError(f"--format {system} fills in the CSV downloaded from there: name it with --gradebook.")
    if len(kept.declared) != 1:
        slugs = ", ".join(one.assignment.id for one in kept.declared)
        raise AutograderError(f"The results are of {slugs}; choose one with --assignment.")
    people = read_roster(_text(roster)) if roster else []
    filled = fill(Book.read(system, _text(gradebook)), _graded(kept), people, column=column, scale=scale)
    _write(out or kept.folder / f"{kept.declared[0].assignment.id}-{system}.csv", filled.text)
    click.echo(f"{filled.filled} of {len(kept.reports)} submissions are in the column {filled.column}.", err=True)
    for name in filled.without_row:
        click.echo(f"not matched: submission {name} has no row of its own in the gradebook", err=True)
    for name in filled.without_submission:
        click.echo(f"left as it was: {name} has no submission here", err=True)


# ── writing ────────────────────────────────────────────────────────────────────────────────────


def _graded(kept: Kept) -> list[GradeReport]:
    if not kept.reports:
        raise AutograderError(f"There are times in {kept.folder}, and no grades; grade with --out {kept.folder} first.")
    return kept.sorted


def _each(kept: Kept, out: Path, suffix: str, render: Callable[[GradeReport], str]) -> None:
    """A file for each submission in the folder `out`; or the file `out`, where there is one submission and it is named
    like a file."""
    reports = _graded(kept)
    if out.suffix == suffix:
        if len(reports) > 1:
            raise AutograderError(
                f"There are {len(reports)} submissions; name a folder with --out, not the file {out}."
            )
        _write(out, render(reports[0]))
        return
    for report in reports:
        name = file_stem(f"{report.assignment.id}-{report.submission.id}")
        _write(out / f"{name}{suffix}", render(report), quiet=True)
    click.echo(out)


def _write(path: Path, text: str, quiet: bool = False) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise AutograderError(f"{path} cannot be written: {error.strerror}; choose another --out.") from None
    if not quiet:
        click.echo(path)


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AutograderError(f"{path} is not UTF-8; save it as CSV UTF-8.") from None


def _committed() -> str:
    """When the commit that is checked out here was made, in UTC: Classroom 50's time of submission."""
    done = subprocess.run(["git", "show", "-s", "--format=%ct", "HEAD"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AutograderError("The time of submission is that of the commit, and this is not a git checkout.")
    at = datetime.datetime.fromtimestamp(int(done.stdout), datetime.UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
