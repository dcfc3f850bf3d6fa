"""What timed code may carry along, and what it may not."""

from __future__ import annotations

import ast
import random
import re
import string
from pathlib import Path

import pytest

from autograder.model import Cell
from autograder.speed.policy import CODE_BYTES, LITERAL_CHARS, LITERAL_ITEMS, PACKED_BYTES, objection, packed_bytes
from autograder.submission import read_submission

ROOT = Path(__file__).parents[3]


def said(*sources: str, script: bool = True) -> str | None:
    return objection([Cell(0 if script else number, 1, source) for number, source in enumerate(sources, 1)])


@pytest.mark.parametrize(
    ("literal", "what"),
    [
        (repr("x" * 601), "a literal of 601 characters"),
        (repr(b"x" * 601), "a literal of 601 characters"),
        ("9" * 700, "a literal of 775 characters"),
        (repr(list(range(301))), "a literal of 301 items"),
        (repr(tuple(range(301))), "a literal of 301 items"),
        (repr(set(range(301))), "a literal of 301 items"),
        (repr(dict.fromkeys(range(301))), "a literal of 301 items"),
        ("'a' " * 601, "a literal of 601 characters"),
        (f"f({[0] * 301})", "a literal of 301 items"),
    ],
)
def test_packed_data_is_refused_with_its_place(literal, what):
    assert said(f"import numpy\n\ntable = {literal}\n") == (
        f"Line 3 holds {what}; timed code computes its tables instead of carrying them."
    )


@pytest.mark.parametrize(
    "literal",
    [
        repr("x" * LITERAL_CHARS),
        "9" * 500,
        repr(list(range(LITERAL_ITEMS))),
        repr(dict.fromkeys(range(LITERAL_ITEMS))),
        "[i for i in range(10_000)]",
        "'x' * 10_000",
        "1e308",
    ],
)
def test_small_literals_and_computed_tables_pass(literal):
    assert said(f"table = {literal}\n") is None


def test_the_cell_of_a_notebook_is_named():
    assert said("x = 1", f"y = {'x' * 601!r}", script=False).startswith("Cell 2, line 1 holds a literal")


def test_lines_of_a_script_count_from_its_beginning():
    cells = [Cell(0, 1, "x = 1\n"), Cell(0, 10, f"\ny = {'x' * 601!r}\n")]
    assert objection(cells).startswith("Line 11 holds a literal")


def test_docstrings_and_old_code_in_strings_are_no_data():
    text = "x" * 5000
    assert said(f'"""{text}"""\n\ndef f():\n    """{text}"""\n    return 1\n\nclass A:\n    """{text}"""\n') is None
    assert said(f'x = 1\n"""{text}"""\n') is None


def test_long_code_is_refused():
    line = "value = first + second * third\n"
    long = line * (CODE_BYTES // len(line) + 2)
    assert said(long).endswith(f"bytes of code without comments; timed code has {CODE_BYTES} at most.")
    assert said(long[: CODE_BYTES // 2 - CODE_BYTES // 2 % len(line)]) is None


def test_code_is_measured_over_all_cells_and_without_comments():
    part = "value = first + second * third\n" * (CODE_BYTES // 60)
    assert said(part) is None
    assert "bytes of code" in said(part, part, part)
    assert said("# a long story\n" * 10_000) is None


@pytest.mark.parametrize("broken", ["def f(:", "\0", "(" * 10_000])
def test_what_is_no_python_is_no_objection(broken):
    assert said(broken) is None
    assert said(broken, f"y = {'x' * 601!r}") is not None


def test_every_reference_of_this_course_could_be_timed():
    for path in sorted((ROOT / "reference").glob("*.py")):
        assert objection(read_submission(path, id=path.stem).cells) is None, path


NUMBERS = random.Random(3)


def names(count):
    return ["".join(NUMBERS.choices("abcdefghijklmnopqrstuvwxyz", k=12)) for _ in range(count)]


SPREAD = {
    "constants": "\n".join(f"t{i} = {NUMBERS.getrandbits(160)}" for i in range(40)),
    "names": "\n".join(f"{one} = 0" for one in names(140)),
    "lines": "\n".join(f"x = {'+'.join(NUMBERS.choices(string.ascii_letters, k=20))}" for _ in range(220)),
}


@pytest.mark.parametrize("what", sorted(SPREAD))
def test_what_is_spread_over_much_text_is_bounded_in_sum(what):
    problem = said(*SPREAD[what].split("\n"))
    assert problem is not None
    assert re.match(
        rf"Its {what} hold \d+ bytes of information, compressed; those of timed code hold \d+ at most", problem
    )


@pytest.mark.parametrize("path", sorted((ROOT / "assignments").glob("training/submissions/*.py")), ids=lambda p: p.stem)
def test_honest_code_holds_less_than_half_of_what_is_allowed(path):
    found = packed_bytes([ast.parse(path.read_text(encoding="utf-8"))])
    assert all(found[what] < PACKED_BYTES[what] / 2 for what in found), found
