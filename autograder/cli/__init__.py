"""The command line: each command parses, calls the library, renders.

`autograder --help` imports neither NumPy nor torch: a command's module is imported when it is called.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from autograder.text import hint
from autograder.version import VERSION

# Where each command lives; it is imported when it is called or asked for help.
COMMANDS = {
    "check": ("student", "Check your own work on the public checks."),
    "ci": ("ci", "Write the files that a CI system needs to grade."),
    "diff": ("diff", "Say who gains and who loses by a regrade."),
    "doctor": ("system", "Say which isolation holds on this machine, by attacking it."),
    "grade": ("grading", "Grade submissions: files, folders, zips, or a folder of them."),
    "list": ("system", "List the assignments that can be found."),
    "nbgrader": ("nbgrader", "Let an nbgrader course grade in the sandbox."),
    "new": ("author", "Create an assignment from a small working template."),
    "prove": ("author", "Prove that an assignment's grades can be trusted."),
    "release": ("author", "Write what students get: the template notebook and script."),
    "replay": ("student", "Repeat a failure from the token in a report."),
    "report": ("report", "Write graded results as a page, feedback, or another system's file."),
    "schema": ("system", "Print the JSON Schema of a report."),
    "similar": ("similar", "Show pairs of submissions that share passages."),
    "speed": ("speed", "Time submissions against the baselines."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"autograder.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"There is no command {args[0]!r}; {hint(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="autograder")
def cli() -> None:
    """Grade hand-written deep learning with property-based tests and numerical gradients.

    Students run `autograder check`, instructors `autograder grade`. Exit status: 0 done; 1 a check did not pass (check,
    replay, prove, release --check); 2 bad usage or unreadable input; 3 the grader itself failed.
    """


def main() -> None:
    """Run the command line; an error that we know becomes one sentence on stderr and its exit status."""
    from autograder.errors import AutograderError, GraderFault

    # where Hypothesis keeps its table of characters, if a check draws text: not in the folder that is worked in
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", os.path.expanduser("~/.cache/autograder/hypothesis"))
    # One BLAS thread, as in the sandbox: the arrays of checks are small, and --jobs use the cores. With two threads on
    # two cores, proving training's mistakes takes 3.5 times the CPU time. NumPy reads this when it is imported.
    for library in ("OMP", "OPENBLAS", "MKL", "VECLIB"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    # nbformat imports jsonschema, and jsonschema from 4.25 on this package, which then builds 38 grammars: two seconds
    # of CPU time for a format (IRI) that notebooks do not have. With None in its place it counts as not installed.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("Stopped. What was graded is kept.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except AutograderError as error:
        click.echo(str(error), err=True)
        sys.exit(3 if isinstance(error, GraderFault) else 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
