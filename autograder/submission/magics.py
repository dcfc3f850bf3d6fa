"""IPython's own syntax, which is not Python: its commands are dropped, line numbers kept, and the student is told.

What counts as a command: https://ipython.readthedocs.io/en/stable/interactive/reference.html
"""

from __future__ import annotations

from autograder.submission.statements import Scanner
from autograder.submission.text import Place, printable

_MARKS = ("%", "!", "?")
_RUNS_ITS_BODY = ("time", "timeit", "capture", "prun")


def drop_cell_magic(source: str) -> tuple[str | None, str | None]:
    """`source` without the `%%` line that it may begin with, and that line.

    The source is None if the rest is not Python of this notebook (`%%bash`, `%%html`, `%%writefile`, …).
    """
    body = source.lstrip()
    if not body.startswith("%%"):
        return source, None
    line, newline, rest = body.partition("\n")
    name = line[2:].split(maxsplit=1)[:1]
    if not name or name[0] not in _RUNS_ITS_BODY:
        return None, line
    blank_lines = source[: len(source) - len(body)].count("\n")
    return "\n" * blank_lines + newline + rest, line


def drop_commands(source: str, place: Place) -> tuple[str, list[str]]:
    """`source` with every line magic, shell command and help request blanked, and a note for each."""
    if not any(mark in source for mark in _MARKS):
        return source, []
    scanner = Scanner()
    kept, notes = [], []
    dropping = False
    for number, line in enumerate(source.split("\n"), start=1):
        command = scanner.fresh and not dropping and _is_command(line)
        if command:
            notes.append(f"{place(number)}: `{printable(line.strip(), 40)}` is a notebook command and was dropped")
        if command or dropping:
            kept.append(_blank(line) if command else "")
            dropping = line.endswith("\\")
        else:
            kept.append(line)
            scanner.feed(line)
    return "\n".join(kept), notes


def _is_command(line: str) -> bool:
    """Whether a line that begins a statement is IPython's; none of these is Python, so no honest line is lost."""
    line = line.strip()
    return line.startswith(_MARKS) or _asks_for_help(line) or _assigns_command(line)


def _asks_for_help(line: str) -> bool:
    """`np.dot?`, `loss??`: a name and nothing else."""
    name = line.rstrip("?")
    return name != line and name != "" and all(c.isalnum() or c in "_.*%[]" for c in name)


def _assigns_command(line: str) -> bool:
    """`files = !ls`, `t = %timeit -o f()`: Python has no operator that begins `=%` or `=!`."""
    target, equals, value = line.partition("=")
    return equals != "" and value.lstrip().startswith(("%", "!")) and not any(c in target for c in "'\"#(")


def _blank(line: str) -> str:
    """An indented command may be all that a block holds."""
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if indent and line.strip() else ""
