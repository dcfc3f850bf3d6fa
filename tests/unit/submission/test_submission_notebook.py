"""Notebooks: which cells come back, under which numbers, and what is no notebook."""

import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat import v3, v4

from autograder.errors import SubmissionRefused
from autograder.submission import read_submission
from autograder.submission.notebook import read_notebook


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | more


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None} | more


def read(content):
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    pieces = read_notebook(text if isinstance(text, bytes) else text.encode(), "nn.ipynb")
    return pieces.cells, pieces.notes


def refusal(content):
    with pytest.raises(SubmissionRefused) as caught:
        read(content)
    return str(caught.value)


def sources(content):
    return [(cell.number, cell.line, cell.source) for cell in read(content)[0]]


def test_numbers_count_all_cells(tmp_path):
    path = tmp_path / "ada.ipynb"
    markdown = {"cell_type": "markdown", "source": ["# Title\n", "text"], "metadata": {}}
    path.write_text(json.dumps(notebook(markdown, code(["x = 1\n", "y = 2"]), code(""), code("z = 3"))))
    submission = read_submission(path)
    assert [(cell.number, cell.line, cell.source) for cell in submission.cells] == [
        (2, 1, "x = 1\ny = 2"),
        (4, 1, "z = 3"),
    ]
    assert (submission.id, submission.kind, submission.notes) == ("ada", "notebook", ())


def test_format_3_is_read_across_worksheets():
    old = v3.new_notebook(
        worksheets=[
            v3.new_worksheet(cells=[v3.new_heading_cell("Title"), v3.new_code_cell("x = 1\ny = 2")]),
            v3.new_worksheet(cells=[v3.new_code_cell("z = 3")]),
        ]
    )
    assert sources(v3.writes_json(old)) == [(2, 1, "x = 1\ny = 2"), (3, 1, "z = 3")]


def test_code_where_jupyter_shows_none_is_not_read():
    assert "holds no code" in refusal(notebook(code("", input="x = 1")))
    assert "holds no code" in refusal(notebook(code("# nothing"), worksheets=[{"cells": [code("x = 1")]}]))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (notebook(), "nn.ipynb holds no code in its 0 cells; hand in the notebook that defines your functions."),
        (
            notebook(code("%cd"), code("# x"), code(" \n")),
            "nn.ipynb holds no code in its 3 cells; hand in the notebook that defines your functions.",
        ),
        (
            {"nbformat": 2, "cells": []},
            "nn.ipynb is in notebook format 2, not 4; open it in Jupyter and save it again.",
        ),
        (
            {"cells": []},
            "nn.ipynb is JSON but not a notebook (Object missing required field nbformat); "
            "open it in Jupyter and save it again.",
        ),
        (
            notebook(code(["x = 1", 2])),
            "nn.ipynb is JSON but not a notebook (Expected str, got int - at $.cells[0].source[1]); "
            "open it in Jupyter and save it again.",
        ),
        (" \n", "nn.ipynb is empty (nothing but blank lines); save your work and hand it in again."),
        (
            json.dumps(notebook(code("x = 1")))[:60],
            "nn.ipynb is cut off: its JSON ends half-way; save it again, or download it again, and hand in the whole "
            "file.",
        ),
        (
            '{"nbformat": 4,\n<<<<<<< HEAD\n"cells": []\n=======\n>>>>>>> theirs\n}',
            "nn.ipynb holds the conflict markers of a Git merge (line 2); keep one side and delete the markers.",
        ),
        (
            notebook(code("x = 1\0")),
            "nn.ipynb, cell 1, holds a NUL character on line 1; delete it, or save the file as plain text.",
        ),
        (
            notebook(*[code("x = 1" * 1000)] * 60),
            "nn.ipynb is 293 KB of source; the limit is 256 KB: delete what is not your solution.",
        ),
        (
            notebook(*[{"cell_type": "raw"}] * 2001),
            "nn.ipynb has 2001 cells; the limit is 2000: delete what is not your solution.",
        ),
    ],
)
def test_refusals(content, sentence):
    assert refusal(content) == sentence


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "null",
        '"cells"',
        notebook(nbformat="4"),
        notebook(nbformat=True),
        notebook(nbformat=4.0),
        notebook(cells={}),
        notebook(cells=None),
        notebook(3),
        notebook({"source": "x"}),
        notebook(code({"x": 1})),
        notebook(code(None)),
        notebook(worksheets=[[]]),
    ],
)
def test_other_shapes_are_no_notebook(content):
    assert "is JSON but not a notebook (" in refusal(content)


# ── hostile JSON ───────────────────────────────────────────────────────────────────────────────


def with_metadata(text):
    return f'{{"nbformat": 4, "metadata": {text}, "cells": [{json.dumps(code("x = 1"))}]}}'


@pytest.mark.parametrize("depth", [100_000, 5_000_000])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_refused(opening, depth):
    assert refusal(with_metadata(opening * depth)) == (
        "nn.ipynb is not valid JSON (nested too deeply); open it in Jupyter and save it again."
    )


def test_integer_of_a_million_digits_is_skipped_or_refused_by_place():
    assert sources(with_metadata("1" * 10**6)) == [(1, 1, "x = 1")]
    assert "Integer value out of range - at $.nbformat" in refusal('{"nbformat": ' + "1" * 10**6 + "}")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", '"a\tb\nc"', '"\\ud83d"', '{"x": [NaN, "NaN"]}'])
def test_what_no_browser_reads_beside_the_code_is_passed_over(number):
    """Python's json module writes the first three, and Jupyter reads them."""
    assert sources(with_metadata(number)) == [(1, 1, "x = 1")]


def test_repairs_leave_code_as_it_is():
    tricky = 's = \'NaN "NaN" \\ud800 \\"\'  # Infinity, \\'
    text = json.dumps(notebook(code(tricky))).replace('"metadata": {}', '"metadata": {"x": NaN}', 1)
    assert sources(text) == [(1, 1, tricky)]


def test_bytes_that_are_no_text_matter_only_in_code():
    text = json.dumps(notebook(code("x = 1", outputs=["@"]))).encode()
    assert sources(text.replace(b"@", b"caf\xe9")) == [(1, 1, "x = 1")]
    text = json.dumps(notebook(code("x = '@'"))).encode()
    assert refusal(text.replace(b"@", b"caf\xe9")) == (
        "nn.ipynb is not UTF-8 (byte 0xE9 on line 1); save it as UTF-8 and hand it in again."
    )


def test_a_number_where_none_may_stand_is_no_repair():
    assert "is JSON but not a notebook (Expected" in refusal('{"nbformat": NaN, "cells": []}')


def test_number_that_overflows_is_skipped_and_never_a_format():
    assert sources(with_metadata("1e999")) == [(1, 1, "x = 1")]
    assert "not a notebook" in refusal('{"nbformat": 1e999, "cells": []}')


def test_of_equal_keys_the_last_counts_as_in_jupyter():
    text = json.dumps(notebook(code("hidden")))[:-1] + f', "cells": [{json.dumps(code("shown", id="a"))}]}}'
    assert sources(text) == [(1, 1, "shown")]
    assert nbformat.reads(text, as_version=4).cells[0].source == "shown"


@pytest.mark.parametrize("half", [r"\ud800", r"\ud800 and more text", r"\uDC00x", r"\udbff\u0041 and more"])
def test_half_of_a_surrogate_pair_is_replaced(half):
    text = json.dumps(notebook(code("s = '@'"), code("x = 1"))).replace("@", half)
    (_, _, source), other = sources(text)
    assert source.startswith("s = '\N{REPLACEMENT CHARACTER}")
    assert other == (2, 1, "x = 1")


def test_whole_surrogate_pair_is_a_character():
    assert sources(json.dumps(notebook(code("s = '😀'")))) == [(1, 1, "s = '😀'")]


def test_outputs_and_metadata_are_not_looked_at():
    html = {"output_type": "display_data", "data": {"text/html": "<script>" * 100_000}, "metadata": 3}
    cell = code("x = 1", outputs=[html] * 10, metadata={"tags": ["skip-execution"], "html": "<b>"}, id=None)
    assert sources(notebook(cell)) == [(1, 1, "x = 1")]


# ── what IPython does to a cell ────────────────────────────────────────────────────────────────


def test_dropped_commands_are_noted_by_cell_and_line():
    cells, notes = read(notebook(code("import numpy as np\n%matplotlib inline\nx = 1"), code("%%bash\nrm -rf /")))
    assert [cell.source for cell in cells] == ["import numpy as np\n\nx = 1"]
    assert notes == [
        "cell 1, line 2: `%matplotlib inline` is a notebook command and was dropped",
        "cell 2: begins with `%%bash` and was dropped whole",
    ]


PYLAB = notebook(code("%pylab inline\nx = zeros(3)"))


def test_pylab_imports_what_it_imports_in_jupyter():
    ((_, _, source),) = sources(PYLAB)
    first, second = source.split("\n")
    assert first.startswith("import numpy; import numpy as np; from numpy.fft import *; ")
    assert "from builtins import abs, bool, bytes, max, min, pow, round" in first
    assert second == "x = zeros(3)"
    assert read(PYLAB)[1] == ["cell 1, line 1: `%pylab inline` is a notebook command and was read as its imports"]
    names: dict = {}
    exec(first[: first.index("; import matplotlib")], names)  # noqa: S102 — our own text
    assert names["tanh"] is names["np"].tanh
    assert names["round"] is round


def dropped(*cells):
    pieces = read_notebook(json.dumps(notebook(*cells, code("x = 1"))).encode(), "nn.ipynb")
    return [(one.names, one.why) for one in pieces.dropped]


@pytest.mark.parametrize("line", ["%%writefile nn.py", "%%bash", "%%cython", "#@title Layers\n%%writefile nn.py"])
def test_functions_in_a_cell_that_is_not_run_are_remembered(line):
    found = dropped(code(f"{line}\ndef f(x):\n    return x\n\nclass Layer:\n    def g(self): ..."))
    magic = line.split("\n")[-1]
    why = f"stands in cell 1, which begins with `{magic}` and is not run; delete that line"
    assert found == [(("f", "Layer", "g"), why)]


def test_functions_in_a_cell_of_another_type_are_remembered():
    cell = {"cell_type": "markdown", "source": "def f(x):\n    return x", "metadata": {}}
    why = "stands in cell 1, which is a markdown cell; make it a code cell"
    assert dropped(cell) == [(("f",), why)]


def test_cell_with_conflict_markers_costs_that_cell():
    cell = code("<<<<<<< HEAD\ndef f(x): ...\n=======\n>>>>>>> theirs")
    what = "holds the conflict markers of a Git merge (line 1); keep one side and delete the markers"
    assert dropped(cell) == [(("f",), f"stands in cell 1, which {what}")]
    assert read(notebook(cell, code("x = 1")))[1] == [f"cell 1: {what}; the cell was not run"]


def test_timed_cell_keeps_its_code_and_lines():
    assert sources(notebook(code("%%time\nx = 1\n!ls\n"))) == [(1, 1, "\nx = 1\n\n")]


def test_cell_indented_as_a_whole_runs_as_in_jupyter():
    assert sources(notebook(code("\n    x = 1\n    if x:\n        y = 2\n"))) == [(1, 1, "\nx = 1\nif x:\n    y = 2\n")]


def test_line_endings_are_one_kind():
    assert sources(notebook(code("x = 1\r\ny = 2\r"))) == [(1, 1, "x = 1\ny = 2\n")]


def test_bidi_control_gets_a_note():
    assert read(notebook(code("x = 1\ny = 'a\u202e'")))[1] == [
        "cell 1, line 2 holds the invisible character U+202E; the code may not do what it seems to say"
    ]


def test_command_inside_an_unclosed_bracket_is_left_for_the_parser_to_name():
    assert sources(notebook(code("x = (\n!ls"), code("y = 1"))) == [(1, 1, "x = (\n!ls"), (2, 1, "y = 1")]


_LINES = st.text(st.characters(codec="utf-8", exclude_characters="\0\r%!?", exclude_categories=["Cs"]), max_size=30)
_CODE = st.lists(_LINES, max_size=4).map(lambda lines: "\n".join(["x = 1", *lines]))
_CELLS = st.lists(st.one_of(_CODE.map(v4.new_code_cell), _LINES.map(v4.new_markdown_cell)), min_size=1, max_size=8)


@settings(deadline=None, derandomize=True, database=None)
@given(_CELLS, st.booleans())
def test_what_nbformat_writes_comes_back(cells, split_lines):
    expected = [(number, 1, cell.source) for number, cell in enumerate(cells, 1) if cell.cell_type == "code"]
    text = nbformat.v4.writes(v4.new_notebook(cells=cells), split_lines=split_lines)
    if expected:
        assert sources(text) == expected
    else:
        assert "holds no code" in refusal(text)
