"""Which submissions a path stands for."""

from pathlib import Path

import pytest

from autograder.errors import SubmissionRefused
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
    return [(id, str(path.relative_to(root))) for id, path in find_submissions([root / path for path in paths])]


def test_file_is_one_submission(tree):
    assert found(tree("ada.py"), "ada.py") == [("ada", "ada.py")]


def test_folder_that_holds_one_source_is_one_submission_named_for_the_folder(tree):
    root = tree(
        "ada/nn.ipynb", "ada/data/x.csv", "ada/README.md", "ada/expected.toml", "ada/.ipynb_checkpoints/nn.ipynb"
    )
    assert found(root, "ada") == [("ada", "ada/nn.ipynb")]


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
    with pytest.raises(SubmissionRefused, match=r"hw holds no submission; name a folder of \.py, \.ipynb or \.zip\.$"):
        find_submissions([tree("hw/", "hw/README.md") / "hw"])


def test_equal_ids_are_told_apart_by_their_folders(tree):
    root = tree("one/ada.py", "one/bob.py", "two/Ada.py", "three/ada/nn.py")
    assert found(root, "one/ada.py", "two/Ada.py", "one/bob.py", "three/ada") == [
        ("bob", "one/bob.py"),
        ("one-ada", "one/ada.py"),
        ("three-ada", "three/ada/nn.py"),
        ("two-Ada", "two/Ada.py"),
    ]


def test_equal_ids_in_one_folder_are_refused(tree):
    root = tree("hw/ada.py", "hw/ada.ipynb", "hw/bob.py")
    with pytest.raises(
        SubmissionRefused, match=r"ada\.ipynb and .*ada\.py would both be graded as one student; rename one of them\.$"
    ):
        find_submissions([root / "hw"])


def test_the_same_path_twice_is_one_submission(tree):
    root = tree("hw/ada.py", "hw/bob.py")
    assert found(root, "hw", "hw/ada.py") == [("ada", "hw/ada.py"), ("bob", "hw/bob.py")]


def test_working_directory_is_named_by_its_real_name(tree, monkeypatch):
    root = tree("ada/nn.py")
    monkeypatch.chdir(root / "ada")
    assert find_submissions([Path(".")]) == [("ada", Path("nn.py"))]
    assert read_submission(Path(".")).id == "ada"


def test_the_instructors_own_link_to_a_class_is_followed_but_not_a_students(tree):
    root = tree("real/ada.py", "real/bob.py", "else/nn.py")
    (root / "hw").symlink_to(root / "real")
    (root / "real/eve").symlink_to(root / "else")
    assert found(root, "hw") == [("ada", "hw/ada.py"), ("bob", "hw/bob.py"), ("eve", "hw/eve")]
    with pytest.raises(SubmissionRefused, match="symbolic link"):
        read_submission(root / "hw/eve")


def test_missing_path_is_left_for_reading_to_refuse(tmp_path):
    assert find_submissions([tmp_path / "ada.py"]) == [("ada", tmp_path / "ada.py")]
