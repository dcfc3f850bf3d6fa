"""Scripts: bytes to cells, and what is refused or noted on the way."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import SubmissionRefused
from autograder.model import Cell, Dropped
from autograder.submission import read_submission
from autograder.submission.python_file import _sections

CODE = "def relu(x):\n    return x\n"


def read(tmp_path, data, name="ada.py"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_submission(path)


def refusal(tmp_path, data, name="ada.py"):
    with pytest.raises(SubmissionRefused) as caught:
        read(tmp_path, data, name)
    return str(caught.value)


def test_script_without_markers_is_one_cell(tmp_path):
    submission = read(tmp_path, CODE)
    assert submission.cells == (Cell(number=0, line=1, source=CODE),)
    assert (submission.id, submission.kind, submission.notes) == ("ada", "script", ())
    assert submission.sha256 == hashlib.sha256(CODE.encode()).hexdigest()
    assert submission.path == str(tmp_path / "ada.py")


def test_id_can_be_given(tmp_path):
    (tmp_path / "ada.py").write_text(CODE)
    assert read_submission(tmp_path / "ada.py", id="Ada Lovelace").id == "Ada Lovelace"


@pytest.mark.parametrize("suffix", [".py", ".PY", ".Py"])
def test_suffix_in_any_case(tmp_path, suffix):
    assert read(tmp_path, CODE, f"ada{suffix}").kind == "script"


# ── encoding ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfx = 1\r\ny = 2\r", b"x = 1\ry = 2\r\n", b"x = 1\ny = 2\n"])
def test_bom_is_dropped_and_line_endings_are_one_kind(tmp_path, data):
    assert read(tmp_path, data).cells[0].source == "x = 1\ny = 2\n"


def test_form_feeds_and_unicode_separators_end_no_line(tmp_path):
    source = "x = 'a\u2028b\x0c'\ny = 1\n"
    assert read(tmp_path, source).cells[0].source == source


def test_latin_1_is_refused_with_its_line(tmp_path):
    assert refusal(tmp_path, "x = 1\n# caf\xe9\n".encode("latin-1")) == (
        "ada.py is not UTF-8 (byte 0xE9 on line 2); save it as UTF-8 and hand it in again."
    )


def test_utf_16_is_refused_by_name(tmp_path):
    assert refusal(tmp_path, CODE.encode("utf-16")) == "ada.py is UTF-16; save it as UTF-8 and hand it in again."


def test_encoded_surrogate_is_refused(tmp_path):
    assert "not UTF-8 (byte 0xED on line 1)" in refusal(tmp_path, b"x = '\xed\xa0\x80'\n")


def test_nul_is_refused_with_its_line(tmp_path):
    assert refusal(tmp_path, "x = 1\r\ny = '\0'\n") == (
        "ada.py holds a NUL character on line 2; delete it, or save the file as plain text."
    )


@pytest.mark.parametrize(
    ("head", "line", "name"),
    [
        ("# -*- coding: utf-7 -*-\n", 1, "utf-7"),
        ("#!/usr/bin/python\n# vim: set fileencoding=latin_1 :\n", 2, "latin_1"),
    ],
)
def test_cookie_has_no_effect_but_a_note(tmp_path, head, line, name):
    source = head + "x = '+AGE-'\n"
    submission = read(tmp_path, source)
    assert submission.cells[0].source == source
    assert submission.notes == (f"line {line} declares the encoding {name}; the file was read as UTF-8",)


@pytest.mark.parametrize(
    "head", ["# -*- coding: UTF_8 -*-", "# coding=ascii", "x = 1\n# coding: utf-7", "# coding is fun"]
)
def test_harmless_cookies_get_no_note(tmp_path, head):
    assert read(tmp_path, head + "\nx = 1\n").notes == ()


def test_bidi_control_gets_a_note_and_stays(tmp_path):
    source = "ok = 1\nif access != 'user\u202e \u2066# admin':\n    pass\n"
    submission = read(tmp_path, source)
    assert submission.cells[0].source == source
    assert submission.notes == (
        "line 2 holds the invisible character U+202E; the code may not do what it seems to say",
    )


# ── size and emptiness ─────────────────────────────────────────────────────────────────────────


def test_source_at_the_limit_passes_and_one_byte_more_does_not(tmp_path):
    most = b"x = 1\n".ljust(256 * 1024, b"#")
    assert len(read(tmp_path, most).cells[0].source) == 256 * 1024
    assert refusal(tmp_path, most + b"#") == (
        "ada.py is 257 KB; the limit is 256 KB: delete what is not your solution."
    )


@pytest.mark.parametrize("data", ["\n\n  \n", "# only\n   # comments", "\ufeff", "# %%\n# %% [markdown]\n# text"])
def test_no_code_is_refused(tmp_path, data):
    assert refusal(tmp_path, data) == "ada.py holds no code; hand in the file that defines your functions."


def test_names_in_sentences_are_printable(tmp_path):
    message = refusal(tmp_path, "#", "a\x1b[31m\u202e\n.py")
    assert message.startswith("a\\x1b[31m\\u202e\\n.py holds no code")


def test_file_name_that_is_not_utf_8_can_be_reported(tmp_path):
    path = tmp_path / b"\xff.py".decode("utf-8", "surrogateescape")
    try:
        path.write_text(CODE)
    except OSError:
        pytest.skip("this file system wants UTF-8 names")
    submission = read_submission(path)
    assert submission.id == "\\udcff"
    assert submission.path.encode().endswith(b"\\udcff.py")


# ── percent sections ───────────────────────────────────────────────────────────────────────────


def sections(tmp_path, source):
    return [(cell.number, cell.line, cell.source) for cell in read(tmp_path, source).cells]


def test_each_percent_section_is_a_cell_that_knows_its_line(tmp_path):
    source = "# ---\n# jupytext: x\n# ---\n\n# %% [markdown]\n# # Title\n\n# %%\nx = (\n\n#%% second\ny = 2\n"
    assert sections(tmp_path, source) == [(0, 8, "# %%\nx = (\n"), (0, 11, "#%% second\ny = 2\n")]


def test_code_before_the_first_marker_is_kept(tmp_path):
    assert sections(tmp_path, "import numpy\n# %%\nx = 1") == [(0, 1, "import numpy"), (0, 2, "# %%\nx = 1")]


def test_marker_inside_a_string_splits_nothing(tmp_path):
    source = 's = """\n# %%\n"""\n# %%\nx = 1'
    assert sections(tmp_path, source) == [(0, 1, 's = """\n# %%\n"""'), (0, 4, "# %%\nx = 1")]


def test_string_that_never_closes_costs_only_its_own_section(tmp_path):
    assert sections(tmp_path, '# %%\ns = """\n# %%\nx = 1') == [(0, 1, '# %%\ns = """'), (0, 3, "# %%\nx = 1")]


def test_marker_inside_a_block_is_a_comment_as_in_python(tmp_path):
    source = "def f(x):\n    y = x\n# %% part two\n\n    return y\n# %%\nz = 1"
    assert sections(tmp_path, source) == [
        (0, 1, "def f(x):\n    y = x\n# %% part two\n\n    return y"),
        (0, 6, "# %%\nz = 1"),
    ]


@pytest.mark.parametrize("line", ["# %%time", "## %%", "    # %%", "# % %", "x = '# %%'"])
def test_lines_that_are_no_markers(tmp_path, line):
    assert len(sections(tmp_path, f"x = 1\n{line}\ny = 2")) == 1


def test_too_many_sections_are_refused(tmp_path):
    assert refusal(tmp_path, "#%%\na\n" * 1001) == "ada.py is 1001 pieces of code; the limit is 1000: join some."


@settings(deadline=None, derandomize=True, database=None)
@given(st.lists(st.sampled_from(["x = 1", "# %%", "# %% [markdown]", "", "# text", "y = [", "]", '"""', "    z = 2"])))
def test_sections_lose_no_code_and_keep_line_numbers(lines):
    found = _sections(lines or [""])
    assert "\n".join(source for _, source in found) == "\n".join(lines)
    assert all(lines[line - 1 :][:1] == source.split("\n")[:1] for line, source in found if lines)


# ── commands ───────────────────────────────────────────────────────────────────────────────────


def test_commands_in_a_script_are_dropped_and_named_by_the_line_of_the_file(tmp_path):
    submission = read(tmp_path, "!pip install numpy\nx = 1\n# %%\n%matplotlib inline\ny = 2\n")
    assert [cell.source for cell in submission.cells] == ["\nx = 1", "# %%\n\ny = 2\n"]
    assert submission.notes == (
        "line 1: `!pip install numpy` is a notebook command and was dropped",
        "line 4: `%matplotlib inline` is a notebook command and was dropped",
    )


def test_notes_are_capped(tmp_path):
    notes = read(tmp_path, "x = 1\n" + "%a\n" * 1000).notes
    assert len(notes) == 21
    assert notes[-1] == "and 980 more notes like these"


# ── what Git and other encodings leave ─────────────────────────────────────────────────────────

SIDES = "<<<<<<< HEAD\ndef f(x):\n    return x\n=======\ndef g(x):\n    return -x\n>>>>>>> theirs\n"


def test_declared_encoding_is_read_as_python_reads_it(tmp_path):
    submission = read(tmp_path, "# coding: latin-1\ns = 'caf\xe9'\n".encode("latin-1"))
    assert "s = 'café'" in submission.cells[0].source
    assert submission.notes == ()


@pytest.mark.parametrize("name", ["unicode_escape", "utf-7", "nosuch", "hex"])
def test_encoding_that_is_more_than_text_is_not_used(tmp_path, name):
    assert refusal(tmp_path, f"# coding: {name}\ns = '\xe9'\n".encode("latin-1")).startswith("ada.py is not UTF-8 ")


def test_script_with_conflict_markers_is_refused_by_line(tmp_path):
    assert refusal(tmp_path, f"x = 1\n{SIDES}") == (
        "ada.py holds the conflict markers of a Git merge (line 2); keep one side and delete the markers."
    )


def test_conflict_in_one_section_costs_that_section(tmp_path):
    submission = read(tmp_path, f"x = 1\n# %%\ny = 2\n{SIDES}# %%\nz = 3\n")
    assert [cell.source for cell in submission.cells] == ["x = 1", "# %%\nz = 3\n"]
    what = "holds the conflict markers of a Git merge (line 4); keep one side and delete the markers"
    assert submission.notes == (f"this file {what}; that part was not run",)
    assert submission.dropped == (Dropped(("f", "g"), f"stands where the file {what}"),)


def test_conflict_markers_in_a_string_are_text(tmp_path):
    assert read(tmp_path, f"s = '''\n{SIDES}'''\n").notes == ()
