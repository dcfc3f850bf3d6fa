"""IPython's own syntax, which is not Python. Commands that run Python in the notebook become that Python, all others
are dropped; line numbers are kept, and the student is told.

What counts as a command: https://ipython.readthedocs.io/en/stable/interactive/reference.html
"""

from __future__ import annotations

import re

from autograder.submission.statements import Scanner
from autograder.submission.text import Place, printable

_MARKS = ("%", "!", "?")
_RUNS_ITS_BODY = ("time", "timeit", "capture", "prun", "check")  # `%%check` is this package's own
_FORM = re.compile(r"^#[ \t]*@")  # Colab's title of a cell, which may stand above the cell's magic

# IPython's automagic takes these first words for a command; two words in a row are never Python.
_SHELL_WORDS = ("pip", "conda", "mamba", "cd", "ls", "ll", "cat", "mkdir", "cp", "mv", "rm", "pylab", "matplotlib",
                "load_ext", "time", "timeit", "env", "config")  # fmt: skip
_AUTOMAGIC = re.compile(
    rf"\b(?:{'|'.join(_SHELL_WORDS)})[ \t]+(?!(?:in|is|and|or|if|not|else)\b)(?:\w|[~/]\w|\.{{1,2}}/|\.\.$|-\w)"
)

_PYLAB = re.compile(r"%?pylab\b(?P<options>[^#]*)")
_TIME = re.compile(r"%time[ \t]+(?!-)(?P<statement>\S.*)")  # runs the statement in the notebook, which keeps its names
# What `%pylab` does, on its line (IPython/core/pylabtools.py, matplotlib/pylab.py); each statement is run by itself.
_NUMPY = "import numpy; import numpy as np"
_PLOTS = "import matplotlib; from matplotlib import pyplot; import matplotlib.pyplot as plt"
_STARS = (
    "from numpy.fft import *; from numpy.random import *; from numpy.linalg import *; from numpy import *; "
    "import numpy.ma as ma; import datetime; from builtins import abs, bool, bytes, max, min, pow, round"
)


def drop_cell_magic(source: str) -> tuple[str | None, str | None]:
    """`source` without the `%%` line that it may begin with, and that line.

    The source is None if the rest is not Python of this notebook (`%%bash`, `%%html`, `%%writefile`, …).
    """
    lines = source.split("\n")
    start = next((index for index, line in enumerate(lines) if line.strip() and not _FORM.match(line)), 0)
    line = lines[start]
    if not line.startswith("%%"):
        return source, None
    name = line[2:].split(maxsplit=1)[:1]
    if not name or name[0] not in _RUNS_ITS_BODY:
        return None, line
    return "\n".join([*lines[:start], "", *lines[start + 1 :]]), line


def drop_commands(source: str, place: Place) -> tuple[str, list[str]]:
    """`source` with every line magic, shell command and help request blanked, or put into Python where that is what it
    runs, and a note for each."""
    if not any(mark in source for mark in _MARKS) and not _AUTOMAGIC.search(source):
        return source, []
    scanner = Scanner()
    kept, notes = [], []
    dropping = False
    for number, line in enumerate(source.split("\n"), start=1):
        command = scanner.fresh and not dropping and _is_command(line)
        if command and (python := _as_python(line)) is not None:
            kept.append(python)
            if python.strip() != line.strip().removeprefix("%time").strip():
                told = "is a notebook command and was read as its imports"
                notes.append(f"{place(number)}: `{printable(line.strip(), 40)}` {told}")
            scanner.feed(python)
            continue
        if command:
            notes.append(f"{place(number)}: `{printable(line.strip(), 40)}` is a notebook command and was dropped")
        if command or dropping:
            kept.append(_blank(line) if command else "")
            dropping = line.endswith("\\")
        else:
            kept.append(line)
            scanner.feed(line)
    return "\n".join(kept), notes


def _as_python(line: str) -> str | None:
    """What a command runs in the notebook, if that is Python: `%pylab` imports, `%time x = f()` sets x."""
    command = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    if found := _TIME.fullmatch(command):
        return f"{indent}{found['statement']}"
    if found := _PYLAB.fullmatch(command):
        stars = () if "--no-import-all" in found["options"] else (_STARS,)
        return indent + "; ".join((_NUMPY, *stars, _PLOTS))
    return None


def _is_command(line: str) -> bool:
    """Whether a line that begins a statement is IPython's; none of these is Python, so no honest line is lost."""
    line = line.strip()
    return (
        line.startswith(_MARKS) or _asks_for_help(line) or _assigns_command(line) or _AUTOMAGIC.match(line) is not None
    )


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
