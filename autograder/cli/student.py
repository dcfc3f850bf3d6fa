"""`check` and `replay`: what students run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from autograder.assignment.discover import find_assignment
from autograder.cli.common import ASSIGNMENT, ISOLATION, chosen_checks, exit_if_unread, level, load, sentences
from autograder.errors import AutograderError
from autograder.model import GradeReport, Level, Verdict
from autograder.pipeline import Grading, grade_read
from autograder.reports.digest import unread
from autograder.sandbox.isolation import choose
from autograder.score import grader_failed
from autograder.student.load import PRACTICE_SEED, with_answers
from autograder.submission import Entry, find_submissions


@click.command("check", short_help="Check your own work.")
@ASSIGNMENT
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="NAME", help="Only this entry point or check; may be repeated.")
@click.option("--watch", is_flag=True, help="Check again whenever the file is saved.")
@ISOLATION
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def check_command(
    assignment: str, file: Path, only: tuple[str, ...], watch: bool, isolation: str | None, form: str
) -> None:
    """Run the public checks of ASSIGNMENT on FILE. Exit status 0 only when every check passes."""
    declared = load(assignment)
    checks = chosen_checks(declared, only, public_only=True)
    held = choose(level(isolation), at_least=Level.PROCESS)
    grading = Grading(declared, PRACTICE_SEED, held, checks, heard=True)
    report = None
    for _ in _saves(file) if watch else [None]:
        if watch:
            click.clear()
        report = grade_read(grading, _one(file).read())
        _show(report, form, sentences(checks))
    assert report is not None
    if grader_failed(report.results):
        sys.exit(3)
    exit_if_unread([report])
    sys.exit(0 if all(result.verdict is Verdict.PASS for result in report.results) else 1)


def _one(file: Path) -> Entry:
    entries = find_submissions([file]).entries
    if len(entries) != 1:
        raise AutograderError(f"{file} holds {len(entries)} submissions; name one of them.")
    return entries[0]


def _show(report: GradeReport, form: str, asked: dict[str, str]) -> None:
    if form == "json":
        click.echo(msgspec.json.encode(report).decode())
    elif form == "html":
        from autograder.reports.html import render_report_html

        click.echo(render_report_html(report, sentences=asked))
    elif unread(report) is None:  # then a sentence on stderr says it all
        from autograder.reports.terminal import make_console, render_report

        make_console().print(render_report(report, sentences=asked))


def _saves(file: Path) -> Iterator[None]:
    """Once now, and once for each time that `file` is saved, until the student stops it."""
    try:
        import watchfiles  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        raise AutograderError("--watch needs watchfiles: pip install 'dl-autograder[watch]'.") from None
    yield
    for changes in watchfiles.watch(file.parent):
        if any(Path(path).name == file.name for _, path in changes):
            yield


@click.command("replay", short_help="Repeat a failure.")
@click.argument("token")
@click.argument("file", type=click.Path(path_type=Path))
@ISOLATION
def replay_command(token: str, file: Path, isolation: str | None) -> None:
    """Run on FILE the one check and case that TOKEN, from a report, stands for. Exit status 0 when it passes now."""
    from autograder.replay import grading_of
    from autograder.reports.terminal import make_console, render_report

    entry = _one(file)
    # by name, never by folder: a token may come from anybody, and loading an assignment runs its files
    grading = grading_of(
        token, choose(level(isolation), at_least=Level.PROCESS), lambda slug: with_answers(find_assignment(slug))
    )
    report = grade_read(grading, entry.read())
    make_console().print(render_report(report, sentences=sentences(grading.checks)))
    exit_if_unread([report])
    sys.exit(3 if grader_failed(report.results) else 0 if report.results[0].verdict is Verdict.PASS else 1)
