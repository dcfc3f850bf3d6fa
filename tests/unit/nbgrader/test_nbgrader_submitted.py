"""Submitted notebooks of any make, read without trusting a byte of them."""

from __future__ import annotations

import json
import os

import pytest

from autograder.errors import SubmissionRefused
from autograder.nbgrader.submitted import read_cells, read_file


def read(path):
    return read_cells(read_file(path), path.name)


@pytest.fixture
def write(tmp_path):
    def make(content):
        path = tmp_path / "tiny.ipynb"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return make


def cell(source="x = 1", **more):
    return {"cell_type": "code", "source": source, "outputs": [], **more}


def test_cells_are_counted_from_one_with_their_labels(write):
    label = {"nbgrader": {"grade_id": "a", "points": 2}, "tags": ["t"]}
    first, second = read(write({"nbformat": 4, "cells": [cell(["x\n", "y"], metadata=label), cell()]}))
    assert (first.number, first.source, first.grade_id, first.tags) == (1, "x\ny", "a", ("t",))
    assert (second.number, second.label) == (2, {})


def test_format_3_is_read_too(write):
    page = {"cells": [{"cell_type": "code", "input": "x = 1"}]}
    assert read(write({"nbformat": 3, "worksheets": [page]}))[0].source == "x = 1"


@pytest.mark.parametrize(
    "metadata", [None, [], "x", {"nbgrader": [1]}, {"nbgrader": {"grade_id": {"a": 1}}}, {"tags": 3}]
)
def test_metadata_of_another_shape_is_no_label(write, metadata):
    assert read(write({"nbformat": 4, "cells": [cell(metadata=metadata)]}))[0].grade_id == ""


def test_line_ends_and_nul_are_made_plain(write):
    assert read(write({"nbformat": 4, "cells": [cell("a\r\nb\rc\0")]}))[0].source == "a\nb\nc\ufffd"


@pytest.mark.parametrize("text", ["", "{not json", "[]", "{}", '{"nbformat": 4, "cells": 3}', "[" * 100_000])
def test_what_is_no_notebook_is_refused_in_a_sentence(write, text):
    words = r"^tiny\.ipynb is (empty|not valid JSON|JSON but not a notebook) \(.+\); (open|save)"
    with pytest.raises(SubmissionRefused, match=words):
        read(write(text))


def test_too_many_cells_and_too_much_source_are_refused(write):
    with pytest.raises(SubmissionRefused, match=r"has 2001 cells; the limit is 2000"):
        read(write({"nbformat": 4, "cells": [cell()] * 2001}))
    with pytest.raises(SubmissionRefused, match=r"of source; the limit is 256 KB"):
        read(write({"nbformat": 4, "cells": [cell("x" * 300_000)]}))


def test_a_link_and_a_pipe_are_refused(write, tmp_path):
    target = write({"nbformat": 4, "cells": []})
    link, pipe = tmp_path / "link.ipynb", tmp_path / "pipe.ipynb"
    link.symlink_to(target)
    os.mkfifo(pipe)
    with pytest.raises(SubmissionRefused, match=r"link\.ipynb is a symbolic link"):
        read(link)
    with pytest.raises(SubmissionRefused, match=r"pipe\.ipynb is not a regular file"):
        read(pipe)


def test_what_jupyter_reads_in_outputs_is_no_matter(write):
    text = json.dumps({"nbformat": 4, "cells": [cell(outputs=[float("nan"), "@"])]}).replace("@", "\\ud800")
    assert read(write(text))[0].source == "x = 1"


def test_a_script_is_one_cell(write):
    (one,) = read(write("def f(x):\n    return x\n"))
    assert (one.number, one.kind, one.source) == (1, "code", "def f(x):\n    return x\n")
