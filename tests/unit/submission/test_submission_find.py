"""Which submissions a path stands for."""

from pathlib import Path

import pytest

from autograder.errors import SubmissionRefused
from autograder.model import Unreadable
from autograder.submission import find_submissions, read_submission


@pytest.fixture
def tree(tmp_path):
    def tree(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir() if name.endswith("/") else path.write_text("x = 1\n")
        return tmp_path

    return tree


def found(root, *paths):
    entries = find_submissions([root / path for path in paths]).entries
    return [(entry.id, str(entry.path.relative_to(root))) for entry in entries]


def refusals(path):
    """Why each submission at `path` cannot be read, by student."""
    read = [entry.read() for entry in find_submissions([path]).entries]
    return {one.id: one.reason for one in read if isinstance(one, Unreadable)}


def test_file_is_one_submission(tree):
    assert found(tree("ada.py"), "ada.py") == [("ada", "ada.py")]


def test_folder_that_holds_one_source_is_one_submission_named_for_the_folder(tree):
    root = tree(
        "ada/nn.ipynb", "ada/data/x.csv", "ada/README.md", "ada/expected.toml", "ada/.ipynb_checkpoints/nn.ipynb"
    )
    assert found(root, "ada") == [("ada", "ada")]


def test_class_folder_is_one_submission_a_child(tree):
    root = tree(
        "hw/zoe/nn.py", "hw/bob.ipynb", "hw/ada.py", "hw/eve.zip", "hw/README.md", "hw/expected.toml", "hw/.DS_Store",
        "hw/__pycache__/ada.pyc",
    )  # fmt: skip
    assert found(root, "hw") == [
        ("ada", "hw/ada.py"),
        ("bob", "hw/bob.ipynb"),
        ("eve", "hw/eve.zip"),
        ("zoe", "hw/zoe"),
    ]


def test_one_file_beside_folders_of_sources_is_a_class(tree):
    root = tree("hw/ada.py", "hw/bob/ps1/nn.ipynb")
    assert found(root, "hw") == [("ada", "hw/ada.py"), ("bob", "hw/bob")]


def test_what_cannot_be_read_is_a_submission_too_so_that_nobody_is_passed_over(tree):
    root = tree("hw/ada.py", "hw/bob/", "hw/eve.docx", "hw/zoe.py")
    assert [id for id, _ in found(root, "hw")] == ["ada", "bob", "eve", "zoe"]
    with pytest.raises(
        SubmissionRefused, match=r"bob holds no \.py, \.ipynb or \.zip; put the solution directly into it\.$"
    ):
        read_submission(root / "hw/bob")


def test_nbgrader_tree_is_a_class(tree):
    root = tree("submitted/ada/ps1/nn.py", "submitted/ada/ps1/timestamp.txt", "submitted/bob/ps1/nn.py")
    assert found(root, "submitted") == [("ada", "submitted/ada"), ("bob", "submitted/bob")]
    submission = read_submission(root / "submitted/ada")
    assert (submission.id, submission.path) == ("ada", str(root / "submitted/ada/ps1/nn.py"))


def test_several_sources_in_a_students_folder_are_refused_by_name(tree):
    root = tree("hw/ada/nn.py", "hw/ada/helper.py", "hw/bob.py")
    assert found(root, "hw")[0] == ("ada", "hw/ada")
    with pytest.raises(
        SubmissionRefused, match=r"ada holds 2 submissions \(helper\.py, nn\.py\); leave exactly one\.$"
    ):
        read_submission(root / "hw/ada")


def test_folder_nested_too_deep_is_refused(tree):
    with pytest.raises(SubmissionRefused, match=r"holds no \.py"):
        read_submission(tree("a/b/c/d/e/nn.py") / "a")


def test_empty_folder_is_refused(tree):
    assert refusals(tree("hw/", "hw/README.md") / "hw") == {
        "hw": "hw holds no submission; hand in a .py, an .ipynb or a .zip, or name a folder of such."
    }


def test_equal_ids_are_told_apart_by_their_folders(tree):
    root = tree("one/ada.py", "one/bob.py", "two/Ada.py", "three/ada/nn.py")
    assert found(root, "one/ada.py", "two/Ada.py", "one/bob.py", "three/ada") == [
        ("bob", "one/bob.py"),
        ("one-ada", "one/ada.py"),
        ("three-ada", "three/ada"),
        ("two-Ada", "two/Ada.py"),
    ]


def test_equal_ids_in_one_folder_are_refused_for_those_alone(tree):
    root = tree("hw/ada.py", "hw/ada.ipynb", "hw/bob.py")
    assert found(root, "hw") == [
        ("ada (ada.ipynb)", "hw/ada.ipynb"),
        ("ada (ada.py)", "hw/ada.py"),
        ("bob", "hw/bob.py"),
    ]
    sentence = "ada.ipynb and ada.py would both be graded as ada; leave one of them."
    assert refusals(root / "hw") == {"ada (ada.ipynb)": sentence, "ada (ada.py)": sentence}


def test_what_is_passed_over_is_listed_and_makes_the_folder_a_class(tree):
    root = tree("hw/readme_bob.py", "hw/.carl.py", "hw/README.md", "hw/.DS_Store", "hw/ada.py", "hw/._ada.py")
    handed_in = find_submissions([root / "hw"])
    assert [(entry.id, entry.where) for entry in handed_in.entries] == [("ada", "ada.py")]
    assert handed_in.passed_over == (".carl.py", "readme_bob.py")


def test_sentences_name_paths_relative_to_the_class(tree):
    root = tree("hw/ada.py", "hw/bob/deep/", "hw/eve/one.py", "hw/eve/two.py", "hw/sue/report.pdf", "hw/tim/nn.py")
    (root / "hw/tim/nn.py").write_bytes(b"caf\xe9")
    assert refusals(root / "hw") == {
        "bob": "bob holds no .py, .ipynb or .zip; put the solution directly into it.",
        "eve": "eve holds 2 submissions (one.py, two.py); leave exactly one.",
        "sue": "sue holds no .py, .ipynb or .zip, only report.pdf; put the solution directly into it.",
        "tim": "tim/nn.py is not UTF-8 (byte 0xE9 on line 1); save it as UTF-8 and hand it in again.",
    }


def test_the_same_path_twice_is_one_submission(tree):
    root = tree("hw/ada.py", "hw/bob.py")
    assert found(root, "hw", "hw/ada.py") == [("ada", "hw/ada.py"), ("bob", "hw/bob.py")]


def test_working_directory_is_named_by_its_real_name(tree, monkeypatch):
    root = tree("ada/nn.py")
    monkeypatch.chdir(root / "ada")
    assert [(entry.id, entry.where) for entry in find_submissions([Path(".")]).entries] == [("ada", "ada")]
    assert read_submission(Path(".")).id == "ada"


def test_the_instructors_own_link_to_a_class_is_followed_but_not_a_students(tree):
    root = tree("real/ada.py", "real/bob.py", "else/nn.py")
    (root / "hw").symlink_to(root / "real")
    (root / "real/eve").symlink_to(root / "else")
    assert found(root, "hw") == [("ada", "hw/ada.py"), ("bob", "hw/bob.py"), ("eve", "hw/eve")]
    with pytest.raises(SubmissionRefused, match="symbolic link"):
        read_submission(root / "hw/eve")


def test_missing_path_is_left_for_reading_to_refuse(tmp_path):
    (entry,) = find_submissions([tmp_path / "ada.py"]).entries
    assert entry.read() == Unreadable("ada", "ada.py does not exist; check the path.")
