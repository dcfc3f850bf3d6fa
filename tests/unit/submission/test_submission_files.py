"""Opening what a student left in the way: links, pipes, devices, folders. Nothing waits, nothing is followed."""

import os
import socket
from pathlib import Path

import pytest

from autograder.errors import SubmissionRefused
from autograder.submission import read_submission
from autograder.submission.files import read_bytes


def refusal(path):
    with pytest.raises(SubmissionRefused) as caught:
        read_submission(path)
    return str(caught.value)


def test_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "ada.py")
    assert refusal(tmp_path / "ada.py") == "ada.py is not a regular file; hand in a .py, an .ipynb or a .zip."


def test_pipe_inside_a_folder_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "nn.zip")
    assert "nn.zip is not a regular file" in refusal(tmp_path)


def test_symbolic_link_is_not_followed(tmp_path):
    (tmp_path / "secret.txt").write_text("x = 1")
    (tmp_path / "ada.py").symlink_to(tmp_path / "secret.txt")
    assert refusal(tmp_path / "ada.py") == "ada.py is a symbolic link; hand in the file itself."


def test_link_that_appears_after_the_look_is_not_followed_either(tmp_path, monkeypatch):
    (tmp_path / "ada.py").symlink_to("/etc/passwd")
    monkeypatch.setattr(os.path, "islink", lambda path: False)
    assert refusal(tmp_path / "ada.py").startswith("ada.py cannot be opened (")


def test_linked_folder_is_not_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "nn.py").write_text("x = 1")
    (tmp_path / "ada").symlink_to(tmp_path / "real")
    assert refusal(tmp_path / "ada").endswith("ada is a symbolic link; hand in the folder itself.")


def test_device_is_refused():
    with pytest.raises(SubmissionRefused, match=r"^zero is not a regular file; hand in"):
        read_bytes(Path("/dev/zero"), "zero", 10, "")


def test_socket_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's path may have no more than 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("ada.py")
        assert refusal(tmp_path / "ada.py").startswith("ada.py cannot be opened (")


def test_file_that_hides_its_size_is_still_capped():
    """Files under /proc report 0 bytes."""
    path = Path("/proc/self/maps")
    if not path.exists():
        pytest.skip("no /proc here")
    with pytest.raises(SubmissionRefused, match=r"^maps is more than 1 KB, which is the limit: shorten it\.$"):
        read_bytes(path, "maps", 1024, "shorten it")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("bob.py", "bob.py does not exist; check the path."),
        ("bob", "bob does not exist; check the path."),
        ("a\0.py", "a\\x00.py cannot be opened (its name is not a valid path); hand in a readable file."),
        ("\ud800.py", "\\ud800.py cannot be opened (its name is not a valid path); hand in a readable file."),
        ("a" * 300 + ".py", "a" * 79 + "… cannot be opened (File name too long); hand in a readable file."),
    ],
)
def test_paths_that_lead_nowhere(tmp_path, name, sentence):
    assert refusal(tmp_path / name) == sentence


@pytest.mark.parametrize("name", ["ada.docx", "ada.tar.gz", "ada.pyc", "ada.npz", "ada"])
def test_other_suffix_is_refused(tmp_path, name):
    (tmp_path / name).write_text("x = 1")
    assert refusal(tmp_path / name) == f"{name} is not a .py, an .ipynb or a .zip; hand in one of these."


def test_unreadable_file_is_refused(tmp_path):
    path = tmp_path / "ada.py"
    path.write_text("x = 1")
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert refusal(path) == "ada.py cannot be opened (Permission denied); hand in a readable file."


def test_large_notebook_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "ada.ipynb", "wb") as file:
        file.truncate(100 << 30)  # sparse
    assert refusal(tmp_path / "ada.ipynb") == (
        "ada.ipynb is 102400 MB; the limit is 100 MB: clear its outputs and save it."
    )
