"""`speed`: what a submission's time is worth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from autograder.assignment.discover import Declared
from autograder.cli.common import ASSIGNMENT, ISOLATION, level, load
from autograder.errors import AutograderError, GraderFault, SubmissionRefused
from autograder.model import Isolation, SpeedReport
from autograder.sandbox.isolation import choose
from autograder.store import keep_speed
from autograder.submission import find_submissions
from autograder.timing.run import time_submission

Advance = Callable[[str, int, int], None]


@click.command("speed", short_help="Time submissions against the baselines.")
@ASSIGNMENT
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="What to run on; auto says what it chose and why.",
)
@ISOLATION
@click.option("--json", "as_json", is_flag=True, help="Print the reports alone, one a line.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep each report here, where `report` finds it for the leaderboard; of several runs the last.",
)
@click.option(
    "--repeat",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    metavar="N",
    help="Time each file N times, and show how much the ratios vary.",
)
def speed_command(
    assignment: str,
    files: tuple[Path, ...],
    device: str,
    isolation: str | None,
    as_json: bool,
    out: Path | None,
    repeat: int,
) -> None:
    """Time each FILE of ASSIGNMENT against the assignment's own baselines, in one run and by one clock."""
    if gone := [path for path in files if not path.exists() and not path.is_symlink()]:
        raise AutograderError(f"{gone[0]} does not exist; check the path.")
    declared, found = load(assignment), find_submissions(files)
    held = choose(level(isolation))
    failures: list[AutograderError] = []
    for entry in found.entries:
        try:
            reports = []
            for report in _timed(declared, entry.id, entry.path, held, device, repeat):
                reports.append(report)
                if out:
                    keep_speed(out, report)
                if as_json:
                    click.echo(msgspec.json.encode(report).decode())
            _show(reports, declared.assignment.title, as_json)
        except (SubmissionRefused, GraderFault) as failure:
            failures.append(failure)
            click.echo(str(failure), err=True)
    if failures:
        sys.exit(3 if any(isinstance(failure, GraderFault) for failure in failures) else 2)


def _timed(
    declared: Declared, name: str, path: Path, isolation: Isolation, device: str, repeat: int
) -> Iterator[SpeedReport]:
    """A report for each run, with a progress bar on stderr."""
    for run in range(repeat):
        label = f"{name}, run {run + 1} of {repeat}" if repeat > 1 else name
        with _bar(label) as progress:
            report = time_submission(declared, path, isolation=isolation, name=name, device=device, progress=progress)
        yield report


@contextmanager
def _bar(label: str) -> Iterator[Advance]:
    """A progress bar that counts rounds, gone when it is done; nothing where stderr is not a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from autograder.reports.terminal import make_console
    from autograder.reports.text import one_line

    console = make_console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        TextColumn("{task.fields[rounds]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        shown = one_line(label, 40)
        task = bar.add_task(f"{shown}: checking", total=None, rounds="")

        def advance(name: str, done: int, most: int) -> None:
            # one more than there are rounds: a task that is complete stops rich's clock for good
            bar.update(task, completed=done, total=most + 1, rounds=f"round {done} of at most {most}")
            bar.update(task, description=f"{shown}: {one_line(name, 20)}")

        yield advance


def _show(reports: Sequence[SpeedReport], title: str, as_json: bool) -> None:
    """The report, or the noise of several; with --json the noise alone, and on stderr."""
    from autograder.reports.speed import render_noise, render_speed
    from autograder.reports.terminal import make_console

    if len(reports) > 1:
        make_console(stderr=as_json).print(render_noise(reports))
    elif not as_json:
        make_console().print(render_speed(reports[0], title))
