"""IPython's commands go; everything that is Python stays."""

import argparse
import ast
import inspect
import sysconfig
from pathlib import Path

import pytest

from autograder.submission.magics import drop_cell_magic, drop_commands
from autograder.submission.prompts import without_prompts
from autograder.submission.statements import Scanner


def place(line):
    return f"line {line}"


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!ls -l",
        "?np.dot",
        "??np.dot",
        "np.dot?",
        "np.dot??",
        "%timeit?",
        "layers[0].forward?",
        "files = !ls *.py",
        "t = %timeit -o f(x)",
        "a, b = %foo",
        "t=%time",
        "%%bash",
        "!echo \"it's",
        "!echo '''",
        "pip install numpy",
        "cd ../data",
        "ls -l",
    ],
)
def test_command_is_blanked_with_a_note(line):
    assert drop_commands(f"x = 1\n{line}\ny = 2", place) == (
        "x = 1\n\ny = 2",
        [f"line 2: `{line}` is a notebook command and was dropped"],
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = (a\n% b)",
        "x = [\n  a\n  % b,\n]",
        "x = a \\\n% b",
        's = """\n%matplotlib\n!ls\nx?\n"""',
        "s = 'a\\\n!b'",
        "s = r'\\'\n# 100 %\nx %= 2",
        "assert x != y  # why?",
        "f'{x=!r}'",
        "d['a=!'] = '%d' % 3",
        "x = y == '%'",
        "s = '''it's'''\nx = 'a?'",
        'f(a, "\'",\n%\n)',
        "def f(x):\n    '''doc\n    %d\n    '''",
        's = ""\nt = """%""" "?"',
        "print('what?')",
        "pip = 3\ntime -= 1\ntime .sleep(1)\nls in x\nconfig if x else 1  # %",
        "# ?",
    ],
)
def test_python_is_left_alone(source):
    assert drop_commands(source, place) == (source, [])


def test_command_goes_on_behind_a_backslash():
    source, notes = drop_commands("!a \\\n  b \\\n'c\nx = 1", place)
    assert source == "\n\n\nx = 1"
    assert len(notes) == 1


def test_indented_command_leaves_its_block_valid():
    source, _ = drop_commands("if x:\n    !ls\ny = 1", place)
    assert source == "if x:\n    pass\ny = 1"


def test_notes_quote_a_printable_and_short_command():
    _, (note,) = drop_commands("!\x1b[2J" + "a" * 100, place)
    assert note == "line 1: `!\\x1b[2J" + "a" * 34 + "…` is a notebook command and was dropped"


@pytest.mark.parametrize("name", ["time", "timeit -n 3", "capture out", "prun"])
def test_timing_magics_keep_their_body_and_its_lines(name):
    assert drop_cell_magic(f"\n%%{name}\nx = 1") == ("\n\nx = 1", f"%%{name}")


@pytest.mark.parametrize("line", ["%%bash", "%%html", "%%writefile nn.py", "%%", "%%timer"])
def test_other_cell_magics_drop_the_cell(line):
    assert drop_cell_magic(f"{line}\nx = 1") == (None, line)


def test_cell_magic_counts_only_at_the_start():
    assert drop_cell_magic("x = 1\n%%bash") == ("x = 1\n%%bash", None)


@pytest.mark.parametrize("module", [inspect, ast, argparse])
def test_real_modules_pass_unchanged(module):
    source = inspect.getsource(module)
    assert drop_commands(source, place) == (source, [])


def test_scanner_agrees_with_the_parser_on_where_statements_begin():
    """Every top-level statement of the standard library's larger modules begins on a fresh line."""
    library = Path(sysconfig.get_paths()["stdlib"])
    for name in ("typing.py", "tokenize.py", "textwrap.py", "difflib.py", "string.py", "pdb.py"):
        source = (library / name).read_text(encoding="utf-8")
        scanner = Scanner()
        fresh = set()
        for number, line in enumerate(source.split("\n"), start=1):
            if scanner.fresh:
                fresh.add(number)
            scanner.feed(line)
        assert scanner.fresh
        statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
        assert {node.lineno for node in statements} <= fresh
        inner = {
            n for node in statements if not hasattr(node, "body") for n in range(node.lineno + 1, node.end_lineno + 1)
        }
        assert not (inner & fresh), name


def test_closing_bracket_without_opening_one_is_forgiven():
    scanner = Scanner()
    scanner.feed("x = 1)")
    assert scanner.fresh


def test_time_runs_its_statement_in_the_notebook():
    assert drop_commands("if x:\n    %time y = f()\nz = 1", place) == ("if x:\n    y = f()\nz = 1", [])


def test_pylab_without_its_stars_imports_its_modules_alone():
    source, _ = drop_commands("%pylab --no-import-all", place)
    assert source == (
        "import numpy; import numpy as np; import matplotlib; from matplotlib import pyplot; "
        "import matplotlib.pyplot as plt"
    )


def test_title_of_a_form_may_stand_above_the_magic():
    assert drop_cell_magic("#@title Timing\n%%time\nx = 1") == ("#@title Timing\n\nx = 1", "%%time")


# ── prompts ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        (">>> def f(x):\n...     return x\n...\n>>> f(1)", "def f(x):\n    return x\n\nf(1)"),
        ("    >>> def f(x):\n    ...     return x", "def f(x):\n    return x"),
        ("x = 1\n\n>>> y = 2\n>>> s = '''a\n... b'''", "x = 1\n\ny = 2\ns = '''a\n... b'''"),
        ("\nIn [1]: def f(x):\n   ...:     return x\n   ...:\nIn [2]: f(1)", "\ndef f(x):\n    return x\n\nf(1)"),
        ("[ins] In [1]: x = 1", "x = 1"),
        (">>>", ""),
    ],
)
def test_prompts_are_taken_off(pasted, plain):
    assert without_prompts(pasted) == plain


@pytest.mark.parametrize(
    "source",
    ["x = 1\ny = 2\n... + 3", "def f(): ...\n...", "# >>> x", "s = '''\n\n>>> x\n'''", "In [1]:x", "x = a >>> b"],
)
def test_what_is_not_a_prompt_stays(source):
    assert without_prompts(source) == source


@pytest.mark.parametrize("source", [">>> if x:\n...     y = 1\n>>> z", "In [1]: x = 1\nIn [2]: y = 2", "x = 1\n..."])
def test_prompts_go_where_the_installed_ipython_takes_them_off(source):
    from IPython.core.inputtransformer2 import classic_prompt, ipython_prompt

    assert without_prompts(source) == "".join(ipython_prompt(classic_prompt(source.splitlines(keepends=True))))
