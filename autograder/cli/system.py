"""`list`, `doctor` and `schema`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from autograder.errors import AutograderError, IsolationUnavailable
from autograder.model import Level


@click.command("list", short_help="List assignments.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_command(as_json: bool) -> None:
    """List the assignments that can be found from here."""
    from autograder.assignment.discover import assignment_folders

    rows: list[dict[str, Any]] = []
    broken: list[str] = []
    for slug, folder in assignment_folders().items():
        try:
            rows.append(_row(slug, folder))
        except AutograderError as error:
            broken.append(str(error))
    if as_json:
        click.echo(json.dumps(rows))
    else:
        _print_rows(rows)
    for problem in broken:
        click.echo(problem, err=True)
    sys.exit(2 if broken else 0)


def _row(slug: str, folder: Path) -> dict[str, Any]:
    from autograder.assignment.discover import points_in
    from autograder.assignment.load import load_assignment

    assignment = load_assignment(folder)
    return {
        "id": slug,
        "title": assignment.title,
        "entry_points": [entry.name for entry in assignment.entry_points],
        "points": points_in(folder),
        "folder": str(folder),
    }


def _print_rows(rows: list[dict[str, Any]]) -> None:
    if not rows:
        raise AutograderError(
            "There is no assignment here; run this in a course folder, or begin one with `autograder new SLUG`."
        )
    width = max(len(row["id"]) for row in rows)
    for row in rows:
        counts = [f"{len(row['entry_points'])} entry points"]
        if row["points"] is not None:
            counts.append(f"{row['points']:g} points")
        click.echo(f"{row['id']:<{width}}  {row['title']}  ({', '.join(counts)})")


@click.command("doctor", short_help="Say which isolation holds.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor_command(as_json: bool) -> None:
    """Attack this machine's isolation at every level, and say what held. Exit status 0 when grading is safe here."""
    from autograder.sandbox.isolation import hold

    found: dict[str, dict[str, str] | str] = {}
    for level in Level:
        try:
            found[level.value] = hold(level).guarantees
        except IsolationUnavailable as error:
            found[level.value] = str(error)
    held = [name for name, guarantees in found.items() if isinstance(guarantees, dict)]
    usable = [name for name in held if name != Level.PROCESS.value]
    if as_json:
        click.echo(json.dumps({"level": held[0] if held else None, "levels": found}))
    else:
        _print(found, usable)
    sys.exit(0 if usable else 1)


def _print(found: dict[str, dict[str, str] | str], usable: list[str]) -> None:
    from autograder.reports.terminal import make_console

    console = make_console()
    marks = {"enforced": ("✔", "green"), "partial": ("◐", "yellow"), "none": ("✘", "red")}
    for name, guarantees in found.items():
        console.print(name, style="bold")
        if isinstance(guarantees, str):
            console.print(f"  {guarantees}", markup=False, highlight=False, style="yellow")
            continue
        for guarantee, state in guarantees.items():
            mark, style = marks[state]
            console.print(f"  {mark} {guarantee:<12} {state}", style=style, highlight=False)
    verdict = f"Submissions are graded at level {usable[0]}." if usable else "`grade` will refuse to run here."
    console.print(verdict, style="bold", highlight=False)


@click.command("schema", short_help="Print the JSON Schema of a report.")
@click.argument("kind", type=click.Choice(["report", "speed"]), default="report")
def schema_command(kind: str) -> None:
    """Print the JSON Schema of a report, `autograder/report/v1`, or of a time, `autograder/speed/v1`."""
    from autograder.reports.schema import report_schema

    click.echo(json.dumps(report_schema(kind), indent=2))
