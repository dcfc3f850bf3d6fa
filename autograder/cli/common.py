"""What several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from autograder.assignment.discover import Declared, assignment_folders, discover, find_assignment
from autograder.errors import AutograderError
from autograder.model import Check, GradeReport, Level, Visibility
from autograder.reports.digest import unread
from autograder.student.load import with_answers
from autograder.text import hint


def complete_assignment(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Assignments that begin with what has been typed, for the shell."""
    return [slug for slug in assignment_folders() if slug.startswith(incomplete)]


ASSIGNMENT = click.argument("assignment", shell_complete=complete_assignment)
ISOLATION = click.option(
    "--isolation",
    type=click.Choice([level.value for level in Level]),
    help="Isolation level of the worker; default: the strongest that holds on this machine.",
)


def load(name: str) -> Declared:
    """The assignment called `name`, or in the folder `name`."""
    path = Path(name)
    found = discover(path.resolve()) if (path / "assignment.toml").is_file() else find_assignment(name)
    return with_answers(found)


def level(name: str | None) -> Level | None:
    """The isolation level asked for, if one was."""
    return Level(name) if name else None


def chosen_checks(declared: Declared, only: Sequence[str], public_only: bool) -> tuple[Check, ...]:
    """The checks to ask: all, or those named or of the entry points named in `only`."""
    checks = tuple(c for c in declared.checks if not (public_only and c.visibility is Visibility.HIDDEN))
    if not only:
        return checks
    unknown = [name for name in only if not any(name in (check.id, check.entry_point) for check in checks)]
    if unknown:
        entry_points = ", ".join(dict.fromkeys(c.entry_point for c in checks))
        names = [*(c.entry_point for c in checks), *(c.id for c in checks)]
        meant = hint(unknown[0], names, otherwise=f"entry points are {entry_points}.")
        raise AutograderError(f"{declared.assignment.id} has no check or entry point {unknown[0]!r}; {meant}")
    return tuple(check for check in checks if check.id in only or check.entry_point in only)


def sentences(checks: Iterable[Check]) -> dict[str, str]:
    """What each check asks, as the student reads it."""
    return {check.id: check.sentence for check in checks}


def exit_if_unread(reports: Sequence[GradeReport]) -> None:
    """Exit status 2, and the reason on stderr, when the only submission could not be read."""
    reason = unread(reports[0]) if len(reports) == 1 else None
    if reason:
        click.echo(reason, err=True)
        sys.exit(2)


def default_jobs() -> int:
    """One job a core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
