"""`prove`, `release` and `new`: what an assignment's author runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from autograder.assignment.discover import Declared, assignment_folders, course_folders
from autograder.cli.common import ASSIGNMENT, complete_assignment, default_jobs, load
from autograder.errors import AutograderError
from autograder.pipeline import Grading
from autograder.prove.bundle import prove_bundle
from autograder.prove.prove import Finding, Options, entry_point_points, prove, prove_mutants
from autograder.prove.sample_class import prove_sample_class, sample_class
from autograder.prove.summary import Summary
from autograder.sandbox.isolation import choose


def _read_part(context: click.Context, option: click.Parameter, value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    number, slash, parts = value.partition("/")
    if not (slash and number.isdecimal() and parts.isdecimal() and 1 <= int(number) <= int(parts)):
        raise click.BadParameter(f"{value!r} is not a part; write K/N with K from 1 to N, as in 3/10.")
    return int(number), int(parts)


@click.command("prove", short_help="Prove that grades can be trusted.")
@click.argument("assignments", nargs=-1, shell_complete=complete_assignment)
@click.option(
    "--mutants",
    is_flag=True,
    help="Also break the reference in every small way, and require that each is caught; and make the student's bundle, "
    "and require that it judges as the assignment does.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 10_000),
    default=3,
    show_default=True,
    help="Grading seeds that correct code must pass.",
)
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Forks at a time; default: one a core.")
@click.option(
    "--part",
    metavar="K/N",
    callback=_read_part,
    help="With --mutants, which it implies: only the K-th of N parts, as in 3/10.",
)
@click.option("--json", "as_json", is_flag=True, help="One finding a line, and a summary.")
def prove_command(
    assignments: tuple[str, ...],
    mutants: bool,
    seeds: int,
    jobs: int | None,
    part: tuple[int, int] | None,
    as_json: bool,
) -> None:
    """Show for each of ASSIGNMENTS (default: all) that its grades can be trusted. Exit status 0 when all holds."""
    names = assignments or tuple(assignment_folders())
    if not names:
        raise AutograderError("There is no assignment here; begin one with `autograder new SLUG`.")
    options = Options(seeds=range(seeds), jobs=jobs or default_jobs(), part=part or (1, 1))
    proven = [_prove_one(load(name), options, mutants or part is not None, as_json) for name in names]
    sys.exit(0 if all(proven) else 1)


def _prove_one(declared: Declared, options: Options, mutants: bool, as_json: bool) -> bool:
    from autograder.reports.terminal import make_console

    slug = declared.assignment.id
    summary = Summary(whole=options.part == (1, 1))
    console = make_console(stderr=True)
    with console.status(f"proving {slug}") as status:
        for finding in _findings(declared, options, mutants):
            summary.add(finding)
            status.update(f"proving {slug}: {summary.count} findings")
            if as_json:
                click.echo(json.dumps({"assignment": slug, **msgspec.to_builtins(finding)}))
    if as_json:
        asked = {"seeds": len(options.seeds), "mutants": mutants, "part": "/".join(map(str, options.part))}
        click.echo(json.dumps({"assignment": slug, **asked, "proven": summary.proven, "claims": summary.claims()}))
    else:
        make_console().print(summary.render(slug))
    return summary.proven


def _findings(declared: Declared, options: Options, mutants: bool) -> Iterator[Finding]:
    has_class = sample_class(Path(declared.assignment.folder))
    held = choose(None) if has_class else None  # now: where nothing isolates, nobody should wait an hour to hear it
    yield from prove(declared, options)
    if mutants:
        yield from prove_mutants(declared, options)
    if held:
        yield from prove_sample_class(Grading(declared, options.seeds[0], held, declared.checks), options.part)
    if mutants:  # last: its files are loaded under the names of the assignment's modules
        yield from prove_bundle(declared, options)


@click.command("release", short_help="Write what students get.")
@ASSIGNMENT
@click.option("--check", "check_only", is_flag=True, help="Write nothing; fail when what is there differs.")
@click.option(
    "--course",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write DIR/source/ASSIGNMENT of an nbgrader course instead.",
)
@click.option(
    "--student", is_flag=True, help="Write ASSIGNMENT-student.zip instead: all that a student needs to check."
)
@click.option("--wheel", is_flag=True, help="With --student: as a wheel, to be installed by pip.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="With --student: where to write it; default: here.",
)
def release_command(
    assignment: str, check_only: bool, course: Path | None, student: bool, wheel: bool, out: Path
) -> None:
    """Write student_templates/ASSIGNMENT: the reference without its solutions, as a notebook and a script.

    With --student the templates, the public checks and recorded answers go into one file. It holds no solution, no
    formula, no hidden check and no code of a mistake; `autograder check` works from it.
    """
    from autograder.release import drift, leaks, render, write

    declared = load(assignment)
    if student:
        _release_to_students(declared, wheel, out)
        return
    if wheel:
        raise click.UsageError("--wheel goes with --student.")
    if course:
        _release_to_course(declared, course, check_only)
        return
    folder = Path(declared.assignment.folder).parent.parent / "student_templates" / declared.assignment.id
    files = render(declared.assignment, entry_point_points(declared.checks))
    if leaked := leaks(declared.assignment, files):
        raise AutograderError("The solution would leak into the template: " + "; ".join(leaked[:3]))
    if check_only:
        problems = drift(files, folder)
        for problem in problems:
            click.echo(problem, err=True)
        sys.exit(1 if problems else 0)
    write(files, folder)
    for name in files:
        click.echo(folder / name)


def _release_to_students(declared: Declared, wheel: bool, out: Path) -> None:
    """One file that is complete before it takes its place."""
    from autograder.reports.terminal import make_console
    from autograder.student.bundle import release_bundle
    from autograder.text import write_whole

    with make_console(stderr=True).status(f"recording answers of {declared.assignment.id}"):
        bundle = release_bundle(declared, entry_point_points(declared.checks), wheel=wheel)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / bundle.name, bundle.data)
    click.echo(out / bundle.name)
    for check, why in bundle.left_out.items():
        click.echo(f"not in it: {check}: {why}", err=True)


def _release_to_course(declared: Declared, root: Path, check_only: bool) -> None:
    """The instructor's notebook, from which `nbgrader generate_assignment` makes the students' one."""
    from autograder.nbgrader.course import open_course, source_files
    from autograder.release import drift, write

    slug = declared.assignment.id
    course = open_course(root)
    files = source_files(declared)
    folder = course.notebook("source", ".", slug, slug).parent
    if check_only:
        problems = drift(files, folder)
        for problem in problems:
            click.echo(problem, err=True)
        sys.exit(1 if problems else 0)
    if kept := course.keep(slug, files, folder):
        click.echo(f"The notebook that was there differs; it is kept as {kept}.", err=True)
    write(files, folder)
    click.echo(folder / f"{slug}.ipynb")
    click.echo(f"Now run, in {course.root}: nbgrader generate_assignment {slug}", err=True)


@click.command("new", short_help="Create an assignment.")
@click.argument("slug")
def new_command(slug: str) -> None:
    """Create assignment SLUG from a small working template."""
    from autograder.release.new import scaffold

    courses = course_folders()
    own = Path(__file__).resolve().parents[2] / "assignments"
    root = courses[0].parent if courses and (courses[0] != own or Path.cwd().is_relative_to(own.parent)) else Path.cwd()
    for path in scaffold(slug, root):
        click.echo(path)
    click.echo(f"Now run: autograder prove {slug}", err=True)
