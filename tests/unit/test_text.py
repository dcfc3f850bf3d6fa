"""What was probably meant, and files that are written whole or not at all."""

from __future__ import annotations

import pytest

from autograder.text import hint, write_whole


def test_the_nearest_name_is_named():
    assert hint("conv2d_forwrad", ["conv2d_forward", "relu"]) == "did you mean conv2d_forward?"


def test_all_names_are_listed_where_none_is_near():
    assert hint("x", ["conv2d", "relu"]) == "there are conv2d, relu."
    assert hint("x", ["conv2d", "relu"], otherwise="known are {}") == "known are conv2d, relu"
    assert hint("x", []) == "there are none here."
    assert hint(None, ["conv2d"]) == "there are conv2d."


def test_a_file_is_replaced_and_no_part_is_left(tmp_path):
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    write_whole(path, b"new")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"report.json": b"new"}


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_whole(tmp_path / "folder", b"new")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]
