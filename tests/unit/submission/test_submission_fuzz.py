"""Whatever the bytes, the answer is a Submission or one sentence, soon."""

import io
import json
import time
import zipfile

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionRefused
from autograder.model import Submission
from autograder.submission import read_submission

FUZZ = settings(max_examples=200, deadline=None, derandomize=True, database=None)

_TOKENS = [
    "'",
    '"',
    '"""',
    "'''",
    "\\",
    "\n",
    "\r",
    "#",
    "# %%",
    "(",
    "]",
    "%",
    "!",
    "?",
    "=",
    " ",
    "x",
    "\u202e",
    "\0",
]
_SOURCE = st.lists(st.sampled_from(_TOKENS), max_size=40).map("".join)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5) | _SOURCE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["nbformat", "cells", "source", "cell_type", "worksheets", "x"]), inner)
    ),
    max_leaves=12,
)
_NOTEBOOK = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([3, 4, 5]) | _JSON},
    optional={
        "cells": st.lists(st.fixed_dictionaries({"cell_type": st.just("code"), "source": _SOURCE | _JSON})) | _JSON,
        "worksheets": _JSON,
    },
)


def assert_read_or_refused(path):
    try:
        submission = read_submission(path)
    except SubmissionRefused as refused:
        sentence = str(refused)
    else:
        assert submission.cells
        assert msgspec.json.decode(msgspec.json.encode(submission), type=Submission) == submission
        return
    assert sentence.endswith(".")
    assert sentence.isprintable()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@FUZZ
@given(data=st.binary(max_size=200) | _SOURCE.map(str.encode), suffix=st.sampled_from(["py", "ipynb", "zip"]))
def test_any_bytes(folder, data, suffix):
    path = folder / f"bytes.{suffix}"
    path.write_bytes(data)
    assert_read_or_refused(path)


@FUZZ
@given(content=_NOTEBOOK | _JSON)
@example(content={"nbformat": 4, "cells": [{"cell_type": "code", "source": "\ud800"}]})
def test_any_json(folder, content):
    path = folder / "json.ipynb"
    path.write_text(json.dumps(content))
    assert_read_or_refused(path)


@FUZZ
@given(data=st.data())
def test_damaged_zip(folder, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/nn.py", "x = 1\n" * 20)
        archive.writestr("b.txt", "y")
    damaged = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = folder / "damaged.zip"
    path.write_bytes(damaged)
    assert_read_or_refused(path)


@pytest.mark.parametrize(
    "unit",
    ["'", '"""', "\\\n", "#%%\n", "# %% [markdown]\n#\n", "(", "!\n", "x=!\n", "a?\n", "    #\n", "coding:", "''' "],
)
def test_time_is_linear_in_the_source(folder, unit):
    """256 KB of each repeated token: anything quadratic would take minutes."""
    path = folder / "long.py"
    path.write_text("x = 1\n" + unit * (250_000 // len(unit)))
    start = time.process_time()
    assert_read_or_refused(path)
    assert time.process_time() - start < 5.0  # measured at most 0.4 s on a busy core
