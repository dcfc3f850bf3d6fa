"""`grade`."""

from __future__ import annotations

import contextlib
import secrets
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click
import msgspec

from autograder.assignment.discover import Declared
from autograder.cli.common import ASSIGNMENT, ISOLATION, default_jobs, exit_if_unread, level, load, sentences
from autograder.cli.elsewhere import EXECUTOR, opened
from autograder.errors import AutograderError
from autograder.executors import Executor, LocalExecutor
from autograder.model import GradeReport
from autograder.pipeline import Grading, grade_class, grade_read
from autograder.sandbox.isolation import choose
from autograder.score import grader_failed
from autograder.store import Store
from autograder.submission import RULE, find_submissions


@click.command("grade", short_help="Grade submissions.")
@ASSIGNMENT
@click.argument("submissions", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="Grade what was handed in to the nbgrader course in DIR; `nbgrader autograde` then takes these results.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep results here, and take up a run that was stopped.",
)
@EXECUTOR
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=None,
    help="Submissions at a time; default: one a core. With slurm: how many jobs, each a worker.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=None,
    help="The grading seed; default: secret and new for each run.",
)
@ISOLATION
@click.option("--resume/--fresh", default=True, help="Take up the run in --out, or begin again.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="json: one report a line on stdout."
)
def grade_command(
    assignment: str,
    submissions: tuple[Path, ...],
    course: Path | None,
    out: Path | None,
    executor: str,
    jobs: int | None,
    seed: int | None,
    isolation: str | None,
    resume: bool,
    form: str,
) -> None:
    """Grade SUBMISSIONS of ASSIGNMENT on all its checks, public and hidden.

    A submission is a .py, an .ipynb, a .zip, or a folder that holds one; a folder of such is a class, and so is the zip
    of all submissions that Moodle, Canvas or Gradescope make.
    """
    if course:
        if executor != "local":
            raise click.UsageError("--course grades on this machine; --executor goes with SUBMISSIONS.")
        if submissions or out:
            raise click.UsageError("--course says what is graded and where results are kept; name neither beside it.")
        _grade_course(assignment, course, jobs or default_jobs(), seed, isolation, resume, form)
        return
    if not submissions:
        raise click.UsageError("Missing argument 'SUBMISSIONS...'.")
    declared = load(assignment)
    if gone := [path for path in submissions if not path.exists() and not path.is_symlink()]:
        raise AutograderError(f"{gone[0]} does not exist; check the path.")
    found = find_submissions(submissions)
    if found.passed_over:
        click.echo(f"Passed over: {', '.join(found.passed_over)}; {RULE}.", err=True)
    held = choose(level(isolation))
    store = Store(out, mend=not resume) if out else None
    if store and not resume:
        store.clear()
    fresh = secrets.randbits(48)
    seed = store.seed(seed, fresh) if store else fresh if seed is None else seed
    before = [one for one in store.reports() if one.assignment.id == declared.assignment.id] if store else []
    grading = Grading(declared, seed, held, declared.checks)
    with _executor(executor, jobs, len(found.entries)) as (slots, grade):
        running = grade_class(grading, found.entries, slots, store, grade)
        reports = list(_shown(running, len(found.entries), form))
    if store:
        store.close()
    if form == "text":
        _print_reports(reports, declared, out, before)
    _exit(reports)


@contextlib.contextmanager
def _executor(where: str, jobs: int | None, count: int) -> Iterator[tuple[Executor, Callable[..., GradeReport]]]:
    """What runs `count` submissions side by side, and what grades one."""
    if where == "local":
        yield LocalExecutor(jobs or default_jobs()), grade_read
        return
    with opened(where, jobs, count) as cluster:
        # two in flight for each slot: a worker need not wait for the driver
        at_once = jobs if jobs and where != "slurm" else 2 * cluster.slots
        yield LocalExecutor(at_once, cluster.stop), cluster.grade


def _grade_course(
    assignment: str, root: Path, jobs: int, seed: int | None, isolation: str | None, resume: bool, form: str
) -> None:
    """Grade everybody's notebook, grafted as `nbgrader autograde` grafts it, into the results that it takes."""
    from autograder.nbgrader.course import class_seed, open_course
    from autograder.nbgrader.results import course_entries, graded

    course = open_course(root)
    declared = course.load(assignment) if course.assignments else load(assignment)
    entries = course_entries(course, declared.assignment.id)
    with course.store(declared.assignment.id, mend=not resume) as store:
        if not resume:
            store.clear(keep_seed=True)  # those who are graded again later get the same cases as the others
        seed = class_seed(store, seed)
        grading = Grading(declared, seed, choose(level(isolation)), declared.checks)
        reports = list(_shown(graded(grading, entries, LocalExecutor(jobs), store), len(entries), form))
    if form == "text":
        _print_reports(reports, declared, store.folder)
    _exit(reports)


def _shown(reports: Iterable[GradeReport], count: int, form: str) -> Iterator[GradeReport]:
    """The reports as they come, with a progress bar on stderr and, for json, a line each on stdout."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from autograder.reports.terminal import make_console

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = make_console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal or count < 2) as progress:
        task = progress.add_task("grading", total=count)
        for report in reports:
            if form == "json":
                click.echo(msgspec.json.encode(report).decode())
            progress.advance(task)
            yield report


def _print_reports(
    reports: list[GradeReport], declared: Declared, kept: Path | None, before: Sequence[GradeReport] = ()
) -> None:
    from autograder.reports.terminal import make_console, render_class, render_report

    console = make_console()
    if len(reports) == 1:
        console.print(render_report(reports[0], sentences=sentences(declared.checks)))
        return
    ordered = sorted(reports, key=lambda report: report.submission.id)
    console.print(render_class(ordered, [declared.assignment], list(_where_to_look(reports, kept, before))))


def _where_to_look(reports: Sequence[GradeReport], kept: Path | None, before: Sequence[GradeReport]) -> Iterator[str]:
    from autograder.reports.diff import diff, summary

    if kept is None:
        yield "Nothing of this was kept: --out DIR keeps it."
        return
    folder = shlex.quote(str(kept))
    graded = {report.submission.id for report in reports}
    for one in diff([report for report in before if report.submission.id in graded], reports).assignments:
        if one.changes:
            yield f"Since the last time {summary(one)}: autograder diff {folder}"
    yield f"Each student's answers: autograder report {folder} --format html"


def _exit(reports: list[GradeReport]) -> None:
    """3 when the grader broke, 2 when the only submission could not be read; a class goes on without it."""
    broken = [report.submission.id for report in reports if grader_failed(report.results)]
    if broken:
        click.echo(f"The grader failed on {', '.join(broken[:5])}; that score does not count.", err=True)
        sys.exit(3)
    exit_if_unread(reports)
