"""What is kept of a submission's text is what a fork would have read itself, and runs nothing."""

from __future__ import annotations
import __future__

import warnings

import pytest

from autograder.worker import compiled
from autograder.worker.compiled import prepare, read

CELLS = [
    [1, 1, "import os\nx = 1"],
    [2, 1, "def f(:\n    pass"],
    [3, 5, "from __future__ import annotations\ny: Later = 2\nz = 'float32'"],
    [4, 1, "return 1\nw = '\\d'"],
]


@pytest.fixture(autouse=True)
def nothing_is_kept():
    compiled._kept.clear()
    yield
    compiled._kept.clear()


def run(found):
    names = {}
    for statements in found:
        for statement in statements if isinstance(statements, list) else []:
            try:
                exec(statement.compiled(), names)  # noqa: S102 — a line of this file
            except SyntaxError:
                names["outside"] = True
    return {name: names.get(name) for name in ("x", "y", "z", "w", "outside")}


@pytest.mark.filterwarnings("ignore:.*invalid escape:Warning")
def test_what_was_prepared_is_what_is_read():
    fresh = read(CELLS, double=True)
    prepare(CELLS)
    kept = read([tuple(cell) for cell in CELLS], double=True)
    assert kept is not fresh
    assert kept[0][0].code is not None
    assert kept[3][0].code is None  # `return` outside a function: whoever comes to it raises it again
    assert isinstance(kept[1], SyntaxError)
    assert run(kept) == run(fresh) == {"x": 1, "y": 2, "z": "float64", "w": "\\d", "outside": True}
    lines = [[(one.node.lineno, one.filename, one.flags) for one in cell] for cell in kept if isinstance(cell, list)]
    assert lines == [[(one.node.lineno, one.filename, one.flags) for one in cell] for cell in fresh if cell != fresh[1]]
    assert lines[1][1] == (6, "<cell 3>", __future__.annotations.compiler_flag)


def test_other_text_or_precision_is_read_afresh():
    prepare(CELLS)
    assert read(CELLS, double=False)[0][0].code is None
    assert read([*CELLS, [5, 1, "v = 1"]], double=True)[0][0].code is None
    prepare([[1, 1, "u = 1"]])
    assert read(CELLS, double=True)[0][0].code is None


def test_preparing_says_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        prepare(CELLS)
