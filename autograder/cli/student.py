"""`check` and `replay`: what students run."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import click
import msgspec

from autograder.assignment.discover import Declared, find_assignment
from autograder.cli.common import ASSIGNMENT, ISOLATION, chosen_checks, exit_if_unread, level, load, sentences
from autograder.cli.live import live_line, saves
from autograder.errors import AutograderError
from autograder.model import Assignment, GradeReport, Verdict
from autograder.pipeline import Grading, grade_read
from autograder.reports.digest import unread
from autograder.sandbox.remembered import choose_for_practice, forget
from autograder.sandbox.warm import WarmSandboxes
from autograder.score import grader_failed
from autograder.student.load import PRACTICE_SEED, with_answers
from autograder.submission import Entry, find_submissions


@click.command("check", short_help="Check your own work.")
@ASSIGNMENT
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="NAME", help="Only this entry point or check; may be repeated.")
@click.option("--watch", is_flag=True, help="Check again whenever the file is saved, until Ctrl-C.")
@click.option("--show-output", is_flag=True, help="Show what your code prints.")
@ISOLATION
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def check_command(
    assignment: str,
    file: Path,
    only: tuple[str, ...],
    watch: bool,
    show_output: bool,
    isolation: str | None,
    form: str,
) -> None:
    """Run the public checks of ASSIGNMENT on FILE. Exit status 0 only when every check passes."""
    declared = load(assignment)
    checks = chosen_checks(declared, only, public_only=True)
    held = choose_for_practice(level(isolation))
    grading = Grading(declared, PRACTICE_SEED, held, checks, heard=True)

    def show(report: GradeReport) -> None:
        _show(report, form, grading, file, show_output)

    if watch:
        _exit(_watch(grading, file, show))
    report = _checked(grading, file)
    show(report)
    _exit(report)


def _checked(grading: Grading, file: Path, warm: WarmSandboxes | None = None) -> GradeReport:
    submission = _one(file).read()
    with live_line(grading, file.name) as live:
        return grade_read(live, submission, warm)


def _watch(grading: Grading, file: Path, show: Callable[[GradeReport], None]) -> GradeReport:
    """Check `file` whenever it is saved, until Ctrl-C; the last report. What cannot be read, gone or half written,
    leaves the last result on the screen."""
    last, warm = None, WarmSandboxes(grading.isolation.level)
    try:
        for there in saves(file):
            try:
                report = _checked(grading, file, warm) if there else None
            except AutograderError as error:  # it has gone between a look and the next
                click.echo(str(error), err=True)
                continue
            if report is None:
                click.echo(f"{file} is not there. What stands above is of the last save.", err=True)
            elif reason := unread(report):
                click.echo(reason, err=True)
            else:
                last = report
                click.clear()
                show(report)
                click.echo(f"Watching {file}: save it to check again; Ctrl-C ends.", err=True)
    except KeyboardInterrupt:
        click.echo(err=True)
    if last is None:
        raise AutograderError(f"Nothing was checked: {file} could not be read.")
    return last


def _one(file: Path) -> Entry:
    entries = find_submissions([file]).entries
    if len(entries) != 1:
        raise AutograderError(f"{file} holds {len(entries)} submissions; name one of them.")
    return entries[0]


def _show(report: GradeReport, form: str, grading: Grading, file: Path, show_output: bool) -> None:
    asked = sentences(grading.checks)
    if form == "json":
        click.echo(msgspec.json.encode(report).decode())
    elif form == "html":
        from autograder.reports.html import render_report_html

        click.echo(render_report_html(report, sentences=asked))
    elif unread(report) is None:  # then a sentence on stderr says it all
        _print(report, grading.declared.assignment, asked, file, _program(), show_output)


def _print(
    report: GradeReport, assignment: Assignment, asked: dict[str, str], file: Path, program: str, printed: bool
) -> None:
    from autograder.reports.terminal import make_console, render_report

    drawn = render_report(report, assignment, asked, file=str(file), program=program, printed=printed)
    make_console().print(drawn)


def _program() -> str:
    """What runs this program when it is pasted: its name where the shell finds it, else how it was called."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m autograder"
    found = shutil.which("autograder")
    if called.name != "autograder" or (found and called.is_file() and Path(found).samefile(called)):
        return "autograder"
    return shlex.quote(str(called))


def _exit(report: GradeReport) -> NoReturn:
    if grader_failed(report.results):
        forget()
        sys.exit(3)
    exit_if_unread([report])
    sys.exit(0 if all(result.verdict is Verdict.PASS for result in report.results) else 1)


@click.command("replay", short_help="Repeat a failure.")
@click.argument("token")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--script",
    type=click.Path(path_type=Path, dir_okay=False),
    is_flag=False,
    flag_value="",
    metavar="[PATH]",
    help="Write a Python file of the case instead, to run and to debug; default: a name in this folder.",
)
@ISOLATION
def replay_command(token: str, file: Path, script: Path | None, isolation: str | None) -> None:
    """Run on FILE the one check and case that TOKEN, from a report, stands for, and show what your code prints. Exit
    status 0 when it passes now."""
    from autograder.replay import grading_of

    entry = _one(file)
    grading = grading_of(token, choose_for_practice(level(isolation)), _by_name)
    if script is not None:
        click.echo(_write_script(grading, entry, script))
        return
    report = _checked(grading, file)
    if all(result.verdict is Verdict.PASS for result in report.results):
        click.echo(f"This failure is gone: {report.results[0].check} passes on this case.")
    _print(report, grading.declared.assignment, sentences(grading.checks), file, "", printed=True)
    _exit(report)


def _by_name(slug: str) -> Declared:
    """By name, never by folder: a token may come from anybody, and loading an assignment runs its files."""
    return with_answers(find_assignment(slug))


def _write_script(grading: Grading, entry: Entry, path: Path) -> Path:
    from autograder.script import script_of

    path = path if path.name else Path(f"replay_{grading.checks[0].id.replace('.', '_')}.py")
    if path.exists():
        raise AutograderError(f"{path} is there already; name another file with --script.")
    path.write_text(script_of(grading, entry.read()), encoding="utf-8")
    return path
