"""Files that are not what their name promises: what each is, and what to do, in the sentence that its student reads."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from autograder.errors import SubmissionRefused
from autograder.submission import read_submission

SOURCE = "import numpy as np\n\n\ndef f(x):\n    return 2 * x\n"
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": SOURCE, "outputs": []}], "nbformat": 4})


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x = 1")
    return buffer.getvalue()


ITSELF = "hand in the .py or the .ipynb itself"
PAGE = "is a web page (HTML), saved where the file was to be downloaded; download the file itself"
STRANGERS = [
    (b"", "is empty (0 bytes); save your work and hand it in again"),
    (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", PAGE),
    (b"\n <!-- saved from url -->\n<HTML lang=en>", PAGE),
    (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
        "is a Git LFS pointer and not the file that it stands for; run `git lfs pull` and hand in the file itself",
    ),
    (b"%PDF-1.7\n", "is a PDF; hand in the .py or the .ipynb that it was printed from"),
    (b"{\\rtf1\\ansi x = 1}", "is a Rich Text document; save it as plain text"),
    (zipped("[Content_Types].xml", "word/document.xml"), f"is an Office document; {ITSELF}"),
    (zipped("nn.py"), f"is a zip archive; give it the ending .zip, or {ITSELF}"),
    (b"\x1f\x8b\x08", f"is a gzip archive; unpack it and {ITSELF}"),
    (b"Rar!\x1a\x07\x00", f"is a RAR archive; unpack it and {ITSELF}"),
    (b"\x89PNG\r\n", f"is a picture (PNG); {ITSELF}"),
    (SOURCE.encode("utf-16"), "is UTF-16; save it as UTF-8 and hand it in again"),
    (SOURCE.encode("utf-16-le"), "is UTF-16; save it as UTF-8 and hand it in again"),
]


@pytest.mark.parametrize("suffix", ["py", "ipynb"])
@pytest.mark.parametrize(("data", "what"), STRANGERS, ids=lambda value: str(value)[:20])
def test_a_file_says_what_it_is(tmp_path, data, what, suffix):
    path = tmp_path / f"ada.{suffix}"
    path.write_bytes(data)
    with pytest.raises(SubmissionRefused) as refused:
        read_submission(path)
    assert str(refused.value) == f"ada.{suffix} {what}."


@pytest.mark.parametrize(
    "text", ["# <html>\nx = 1\n", "'''<!DOCTYPE html>'''\n", "{'a': 1}['a']\n", "# %PDF-\nx = 1\n", "s = '\\0'\n"]
)
def test_source_that_speaks_of_them_is_source(tmp_path, text):
    (tmp_path / "ada.py").write_text(text)
    assert read_submission(tmp_path / "ada.py").cells[0].source == text


def test_a_script_under_a_notebooks_name_is_a_script(tmp_path):
    (tmp_path / "ada.ipynb").write_text(SOURCE)
    submission = read_submission(tmp_path / "ada.ipynb")
    assert (submission.kind, submission.cells[0].source) == ("script", SOURCE)
    assert submission.notes == (
        "ada.ipynb is a Python script under a notebook's name and was read as a script; call it .py",
    )


@pytest.mark.parametrize("text", [NOTEBOOK, "\n" + json.dumps(json.loads(NOTEBOOK), indent=1), "\ufeff" + NOTEBOOK])
def test_a_notebook_under_a_scripts_name_is_a_notebook(tmp_path, text):
    (tmp_path / "ada.py").write_text(text)
    submission = read_submission(tmp_path / "ada.py")
    assert (submission.kind, [(cell.number, cell.source) for cell in submission.cells]) == ("notebook", [(1, SOURCE)])
    assert submission.notes == (
        "ada.py is a notebook under a script's name and was read as a notebook; call it .ipynb",
    )


def test_half_a_notebook_under_a_scripts_name_is_cut_off(tmp_path):
    (tmp_path / "ada.py").write_text(NOTEBOOK[:-30])
    with pytest.raises(SubmissionRefused, match=r"^ada\.py is cut off: its JSON ends half-way; "):
        read_submission(tmp_path / "ada.py")


def test_what_is_neither_is_not_taken_for_a_script(tmp_path):
    (tmp_path / "ada.ipynb").write_text("My homework is defined elsewhere.\n")
    with pytest.raises(SubmissionRefused, match=r"^ada\.ipynb is not valid JSON \(.*\); open it in Jupyter"):
        read_submission(tmp_path / "ada.ipynb")


def test_outputs_of_many_megabytes_are_read_past(tmp_path):
    """More than the 20 MB that a zip may have; only sources are read, so only they are counted."""
    picture = json.dumps({"cells": [{"cell_type": "code", "source": SOURCE, "outputs": ["@"]}], "nbformat": 4})
    (tmp_path / "ada.ipynb").write_text(picture.replace("@", "A" * 30_000_000))
    assert [cell.source for cell in read_submission(tmp_path / "ada.ipynb").cells] == [SOURCE]
