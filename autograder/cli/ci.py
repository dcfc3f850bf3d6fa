"""`ci`: what a CI system needs to grade."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.cli.common import complete_assignment, load
from autograder.errors import AutograderError
from autograder.model import Level
from autograder.version import VERSION

SYSTEMS = ("github", "gitlab", "gradescope", "classroom50")
# Where each system looks for what is written, as the next step.
NEXT = {
    "github": "Commit it to the students' template repository; each push is then graded.",
    "gitlab": "Commit it to the students' template repository; each push is then graded.",
    "gradescope": "Upload the zip under Configure Autograder; choose a base image with Python 3.11 or later.",
    "classroom50": "Put it into the classroom's folder of the classroom50 repository.",
}


@click.group("ci", short_help="Grade in CI.")
def ci_command() -> None:
    """Grade in CI: GitHub, GitLab, Gradescope, Classroom 50."""


@ci_command.command("init", short_help="Write the files that a CI system needs.")
@click.argument("system", type=click.Choice(SYSTEMS))
@click.argument("assignment", shell_complete=complete_assignment)
@click.option("--file", "handed_in", help="What students hand in, in their repository; default: ASSIGNMENT.ipynb.")
@click.option("--package", help="What pip installs there; default: this version of dl-autograder.")
@click.option(
    "--isolation",
    type=click.Choice([level.value for level in Level]),
    help="gradescope: the level to grade at; default: the strongest that holds there, and never `process`.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Where to write; default: here."
)
@click.option("--force", is_flag=True, help="Write over files that are there.")
def init_command(
    system: str,
    assignment: str,
    handed_in: str | None,
    package: str | None,
    isolation: str | None,
    out: Path,
    force: bool,
) -> None:
    """Write what SYSTEM needs to grade ASSIGNMENT."""
    from autograder.release.ci import Target, ci_files, requirement

    if isolation and system != "gradescope":
        raise click.UsageError("--isolation goes with gradescope; elsewhere edit the file that is written.")
    found = load(assignment).assignment
    file, wanted = handed_in or f"{found.id}.ipynb", package or requirement(found, VERSION)
    if bad := next((text for text in (file, wanted) if any(c in text for c in "\"'\\`$@\n")), None):
        raise AutograderError(f"{bad!r} cannot stand in a script: leave out quotes, $, @, ` and backslashes.")
    files = ci_files(system, Target(found, VERSION, file, wanted, isolation))
    there = [out / name for name in files if (out / name).exists()]
    if there and not force:
        raise AutograderError(f"{there[0]} is already there; write over it with --force, or choose another --out.")
    for name, data in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(data)
        click.echo(out / name)
    click.echo(NEXT[system], err=True)
