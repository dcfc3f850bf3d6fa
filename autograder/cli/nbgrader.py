"""`nbgrader`: make a course of nbgrader's grade through the sandbox."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.assignment.discover import course_folders
from autograder.errors import AutograderError


@click.group("nbgrader", short_help="Work with nbgrader courses.")
def nbgrader_command() -> None:
    """Work with nbgrader courses; `release --course` and `grade --course` do the rest."""


@nbgrader_command.command("init", short_help="Make a course grade through the sandbox.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--dry-run", is_flag=True, help="Show the change and write nothing.")
def init_command(folder: Path, dry_run: bool) -> None:
    """Begin an nbgrader course in DIR, or make the one that is there grade through the sandbox.

    Shows how nbgrader_config.py changes, and keeps the file that was there. Does nothing the second time.
    """
    from autograder.nbgrader.config import amend
    from autograder.nbgrader.course import require_nbgrader

    require_nbgrader()
    courses = course_folders()
    if not courses:
        raise AutograderError("There is no assignment here; run this where `autograder list` shows the course's own.")
    amendment = amend(folder, courses[0].parent)
    if not amendment.diff:
        click.echo(f"{amendment.path} is up to date.")
        return
    click.echo(amendment.diff, nl=False)
    for name in amendment.overridden:
        click.echo(f"{amendment.path} also sets c.{name}; the lines of autograder come after it and win.", err=True)
    if dry_run:
        return
    (folder / "source").mkdir(parents=True, exist_ok=True)
    if backup := amendment.write():
        click.echo(f"The file that was there is kept as {backup}.", err=True)
