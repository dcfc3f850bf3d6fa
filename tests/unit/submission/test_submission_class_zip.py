"""Downloads of a whole class: whose is what, which of several counts, and what a hostile member costs."""

import io
import stat
import zipfile

import pytest

from autograder.model import Submission, Unreadable
from autograder.submission import class_zip, find_submissions

CODE = b"x = 1\n"
MOODLE = "Ada Lovelace_4711_assignsubmission_file_/nn.py"


def packed(path, members):
    """A zip at `path`: of `members`, names or (name, bytes) or (ZipInfo, bytes)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            name, data = member if isinstance(member, tuple) else (member, CODE)
            archive.writestr(name, data)
    return path


def small_zip(*members):
    buffer = io.BytesIO()
    packed(buffer, members)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path):
    """What each student handed in, by id, in a zip of `members` and, the same, where they are files of a folder."""

    def read(*members, folder=True):
        path = packed(tmp_path / "class.zip", members)
        found = {entry.id: entry.read() for entry in find_submissions([path]).entries}
        if folder:
            unpacked = tmp_path / "unpacked"
            zipfile.ZipFile(path).extractall(unpacked)
            again = {entry.id: entry.read() for entry in find_submissions([unpacked]).entries}
            assert {id: told(one) for id, one in again.items()} == {id: told(one) for id, one in found.items()}
        return found

    return read


def told(one):
    return one.reason if isinstance(one, Unreadable) else (one.cells, one.notes, one.sha256)


def test_moodle_folders_are_named_for_their_students(read):
    found = read(
        MOODLE, "Søren Kierkegaard_88_assignsubmission_file/src/nn.ipynb.py",
        "Participant_12_assignsubmission_file_/nn.py", "Ada Lovelace_4711_assignsubmission_onlinetext_/onlinetext.html",
    )  # fmt: skip
    assert sorted(found) == ["Ada Lovelace", "Participant 12", "Søren Kierkegaard"]
    assert all(isinstance(one, Submission) for one in found.values())
    assert found["Ada Lovelace"].path.endswith(f"class.zip/{MOODLE}")


def test_moodle_without_folders(read):
    found = read("Ada Lovelace_4711_assignsubmission_file_my_nn.py", "Bo_12_assignsubmission_file_nn.py")
    assert sorted(found) == ["Ada Lovelace", "Bo"]


def test_equal_names_are_told_apart_by_the_platforms_number(read):
    found = read(MOODLE, MOODLE.replace("4711", "12"), MOODLE.replace("Ada Lovelace_4711", "Bo_3"))
    assert sorted(found) == ["Ada Lovelace (12)", "Ada Lovelace (4711)", "Bo"]


def test_who_handed_in_no_source_is_not_passed_over(read):
    found = read(MOODLE, "Bo_3_assignsubmission_onlinetext_/onlinetext.html", "Cy_4_assignsubmission_file_/hw.pdf")
    assert told(found["Bo"]) == "Bo handed in no .py, .ipynb or .zip, only onlinetext.html."
    assert told(found["Cy"]) == "Cy handed in no .py, .ipynb or .zip, only hw.pdf."


def test_two_sources_cost_their_own_student_alone(read):
    found = read(MOODLE, MOODLE.replace("nn", "old"), "Bo_3_assignsubmission_file_/nn.py")
    reason = "Ada Lovelace handed in 2 files that may be the solution (nn.py, old.py); keep one."
    assert told(found["Ada Lovelace"]) == reason
    assert isinstance(found["Bo"], Submission)


def test_canvas_names_late_and_the_newest_counts(read):
    found = read(
        ("lovelaceada_LATE_123_4567_nn.py", b"x = 1\n"),
        ("lovelaceada_LATE_123_4569_nn-2.py", b"x = 3\n"),
        ("lovelaceada_LATE_123_4568_nn-1.py", b"x = 2\n"),
        ("hopper_77_4570_my_net_1_234_x.ipynb", b'{"cells": [], "nbformat": 4}'),
    )
    assert sorted(found) == ["hopper", "lovelaceada"]
    assert found["lovelaceada"].cells[0].source.strip() == "x = 3"
    assert found["lovelaceada"].notes == (
        "Canvas marks it as late.",
        "nn-2.py was graded: the newest of 3; before it came nn.py, nn-1.py.",
    )


GRADESCOPE = """\
submission_409:
  :submitters:
  - :name: Ada Lovelace
    :sid: '123'
    :email: ada@example.org
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :results:
    output: |-
      evil:
        :submitters:
        - :name: Nobody
submission_410:
  :submitters:
  - :name: 'Conan O''Brien'
    :sid: '7'
  - :sid: '8'
submission_411:
  :submitters:
  - :name: "J\\u00fcrgen"
"""


def test_gradescope_says_whose_each_folder_is(read):
    found = read(
        ("assignment_1_export/submission_metadata.yml", GRADESCOPE.encode()),
        "assignment_1_export/submission_409/nn.py", "assignment_1_export/submission_410/nn.py",
        "assignment_1_export/submission_500/nn.py", "assignment_1_export/stray.py",
    )  # fmt: skip
    assert sorted(found) == ["8", "Ada Lovelace", "Conan O'Brien", "Jürgen", "stray.py", "submission_500"]
    assert told(found["8"]) == told(found["Conan O'Brien"])  # a group: each of its members gets its grade
    assert told(found["Jürgen"]) == "Jürgen handed in no .py, .ipynb or .zip, only nothing."
    assert told(found["stray.py"]).startswith("stray.py is not called as the platform calls a submission")


@pytest.mark.parametrize(
    "names",
    [
        ("src/nn.py", "src/data.csv"),
        ("hw_1_2_ada.py", "hw_1_2_bob.py"),
        ("hw_100_200_ada.py", "hw_100_200_bob.py"),
        ("layer_12_345_a.py", "main.py"),
    ],
)
def test_other_zips_are_one_submission(tmp_path, names):
    (entry,) = find_submissions([packed(tmp_path / "ada.zip", names)]).entries
    assert (entry.id, entry.packed) == ("ada", None)


def test_a_students_zip_in_a_class_names_nobody_else(tmp_path):
    (tmp_path / "hw").mkdir()
    packed(tmp_path / "hw/eve.zip", [MOODLE])
    packed(tmp_path / "hw/bob.zip", ["nn.py"])
    assert [entry.id for entry in find_submissions([tmp_path / "hw"]).entries] == ["bob", "eve"]


def test_a_students_zip_in_a_class_zip_is_read(read):
    found = read(
        (MOODLE.replace(".py", ".zip"), small_zip("src/nn.py")), ("Bo_3_assignsubmission_file_/hw.zip", b"PK no")
    )
    assert found["Ada Lovelace"].cells[0].source == "x = 1\n"
    assert told(found["Bo"]).startswith("Bo_3_assignsubmission_file_/hw.zip is not a readable zip")


# ── hostile members ────────────────────────────────────────────────────────────────────────────


def linked(name):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ((linked("Eve_6_assignsubmission_file_/nn.py"), b"/etc/passwd"), "is a link or a device, not a file"),
        (("Eve_6_assignsubmission_file_/../../nn.py", CODE), "leads out of the archive"),
    ],
)
def test_a_hostile_member_costs_its_own_student_alone(read, member, reason):
    found = read(MOODLE, member, folder=False)
    assert reason in told(found["Eve"])
    assert isinstance(found["Ada Lovelace"], Submission)


def test_a_bomb_is_not_unpacked(read, monkeypatch):
    monkeypatch.setattr(class_zip, "NOTEBOOK_LIMIT", 1024 * 1024)
    found = read(MOODLE, ("Eve_6_assignsubmission_file_/nn.py", bytes(2 * 1024 * 1024)), folder=False)
    assert told(found["Eve"]).endswith("nn.py is more than 1 MB, which is the limit.")
    assert isinstance(found["Ada Lovelace"], Submission)


def test_too_many_members_are_counted_before_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(class_zip, "MEMBER_LIMIT", 2)
    path = packed(tmp_path / "class.zip", [MOODLE, MOODLE.replace("nn", "a"), MOODLE.replace("nn", "b")])
    (entry,) = find_submissions([path]).entries
    assert entry.read().reason == "class.zip has more than 2 members; download the class in parts."


def test_names_are_printable(read):
    found = read("Eve\x1b[2J_6_assignsubmission_file_/n\u202en.py", MOODLE, folder=False)
    assert "Eve\\x1b[2J" in found


def test_damage_costs_its_own_student_alone(tmp_path):
    path = packed(tmp_path / "class.zip", [(MOODLE, CODE * 50), "Bo_3_assignsubmission_file_/nn.py"])
    data = bytearray(path.read_bytes())
    data[len(MOODLE) + 32] ^= 0xFF
    path.write_bytes(data)
    found = {entry.id: entry.read() for entry in find_submissions([path]).entries}
    assert "cannot be unpacked" in told(found["Ada Lovelace"])
    assert isinstance(found["Bo"], Submission)
