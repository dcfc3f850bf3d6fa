"""`speed`: what a submission's time is worth."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from autograder.assignment.discover import Declared
from autograder.cli.common import ASSIGNMENT, ISOLATION, level, load
from autograder.cli.elsewhere import EXECUTOR, opened
from autograder.errors import AutograderError, GraderFault, SubmissionRefused
from autograder.executors import LocalExecutor
from autograder.model import Isolation, Level, SpeedReport, Submission, Unreadable
from autograder.sandbox.isolation import choose
from autograder.store import keep_speed
from autograder.submission import Entry, find_submissions
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
@EXECUTOR
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=None, help="With slurm: how many jobs, each a worker that times."
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
    executor: str,
    jobs: int | None,
    isolation: str | None,
    as_json: bool,
    out: Path | None,
    repeat: int,
) -> None:
    """Time each FILE of ASSIGNMENT against the assignment's own baselines, in one run and by one clock.

    On a cluster a worker times one FILE and does nothing else beside it: one that offers Dask's resource GPU for CUDA,
    or TIMED for the CPU.
    """
    if jobs and executor != "slurm":
        raise click.UsageError("--jobs goes with --executor slurm: a machine times one file after the other.")
    if gone := [path for path in files if not path.exists() and not path.is_symlink()]:
        raise AutograderError(f"{gone[0]} does not exist; check the path.")
    declared, found = load(assignment), find_submissions(files)
    outcomes: Iterable[Iterator[SpeedReport]]
    if executor == "local":
        held = choose(level(isolation))
        outcomes = (_timed(declared, one.id, one.path, held, device, repeat) for one in found.entries)
    else:
        outcomes = _elsewhere(executor, jobs, declared, found.entries, choose(level(isolation)).level, device, repeat)
    failures: list[AutograderError] = []
    for outcome in outcomes:
        try:
            reports = []
            for report in outcome:
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


def _elsewhere(
    where: str, jobs: int | None, declared: Declared, entries: Sequence[Entry], held: Level, device: str, repeat: int
) -> Iterator[Iterator[SpeedReport]]:
    """The reports on each of `entries`, timed by the workers of the cluster `where`, as they come."""
    from autograder.timing.elsewhere import resources, timed_by

    read = [entry.read() for entry in entries]
    needed = resources(declared, (one for one in read if isinstance(one, Submission)), device)
    with opened(where, jobs, len(entries), dict.fromkeys(needed, 1)) as cluster:
        cluster.require(needed)
        click.echo(f"Timing {len(read)} {'files' if len(read) > 1 else 'file'} on the cluster, one a worker.", err=True)
        time = timed_by(cluster, declared, held, device)

        def work(submission: Submission | Unreadable) -> tuple[list[SpeedReport], AutograderError | None]:
            reports: list[SpeedReport] = []
            if isinstance(submission, Unreadable):
                return reports, SubmissionRefused(submission.reason)
            try:
                reports += (time(submission) for _ in range(repeat))
            except GraderFault as fault:
                return reports, fault
            return reports, None

        for reports, failure in LocalExecutor(min(len(read), cluster.slots), cluster.stop).run(work, read):
            yield _given(reports, failure)


def _given(reports: Sequence[SpeedReport], failure: AutograderError | None) -> Iterator[SpeedReport]:
    yield from reports
    if failure:
        raise failure


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
