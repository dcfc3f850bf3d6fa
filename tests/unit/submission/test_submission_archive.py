"""Zips: one source is read from memory; everything odd is refused with a sentence and never unpacked."""

import hashlib
import io
import stat
import struct
import time
import zipfile

import pytest

from autograder.errors import SubmissionRefused
from autograder.submission import read_submission

CODE = b"x = 1\n"


def member(name, **fields):
    info = zipfile.ZipInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path):
    def read(data):
        (tmp_path / "ada.zip").write_bytes(data)
        return read_submission(tmp_path / "ada.zip")

    return read


@pytest.fixture
def refusal(read):
    def refusal(data):
        with pytest.raises(SubmissionRefused) as caught:
            read(data)
        return str(caught.value)

    return refusal


def test_the_only_source_is_read_and_nothing_is_unpacked(read, tmp_path):
    data = zipped(
        ("hw1/", b""),
        ("./hw1/nn.py", CODE),
        ("hw1/data.csv", b"1,2"),
        ("__MACOSX/hw1/._nn.py", b"\0"),
        ("hw1/.ipynb_checkpoints/nn-checkpoint.ipynb", b"{}"),
    )
    submission = read(data)
    assert (submission.id, submission.kind) == ("ada", "script")
    assert [cell.source for cell in submission.cells] == ["x = 1\n"]
    assert submission.sha256 == hashlib.sha256(data).hexdigest()
    assert [path.name for path in tmp_path.iterdir()] == ["ada.zip"]


def test_backslashes_of_old_windows_zips_are_separators(read):
    assert read(zipped(("hw1\\nn.py", CODE))).kind == "script"


def test_refusals_name_the_member(refusal):
    assert refusal(zipped(("hw1/nn.py", b"# nothing"))) == (
        "ada.zip: hw1/nn.py holds no code; hand in the file that defines your functions."
    )


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ([("a.txt", b"")], "ada.zip holds 0 .py or .ipynb files; zip exactly one."),
        (
            [("a.py", CODE), ("b/c.ipynb", b"{}")],
            "ada.zip holds 2 .py or .ipynb files (a.py, b/c.ipynb); zip exactly one.",
        ),
        (
            [("a.py", CODE), ("../../evil.txt", b"")],
            "ada.zip: ../../evil.txt leads out of the archive; zip your solution alone.",
        ),
        ([("/etc/passwd.py", CODE)], "ada.zip: /etc/passwd.py leads out of the archive; zip your solution alone."),
        ([("C:\\a.py", CODE)], "ada.zip: C:\\a.py leads out of the archive; zip your solution alone."),
        ([("..\\a.py", CODE)], "ada.zip: ..\\a.py leads out of the archive; zip your solution alone."),
        (
            [(member("a.py", external_attr=(stat.S_IFLNK | 0o777) << 16), b"/etc/passwd")],
            "ada.zip: a.py is a link or a device, not a file; zip your solution alone.",
        ),
        (
            [("a.py", CODE), (member("pipe", external_attr=(stat.S_IFIFO | 0o777) << 16), b"")],
            "ada.zip: pipe is a link or a device, not a file; zip your solution alone.",
        ),
        (
            [("a.py", CODE), ("A.PY", CODE)],
            "ada.zip holds two members that some systems would write to one file, A.PY; keep one of them.",
        ),
        (
            [("d\u00e9.txt", b""), ("de\u0301.txt", b"")],
            "ada.zip holds two members that some systems would write to one file, de\u0301.txt; keep one of them.",
        ),
        ([("a.py", CODE), ("b.ZIP", b"")], "ada.zip: b.ZIP is a zip inside a zip; zip your solution alone."),
        (
            [(f"{n}.txt", b"") for n in range(201)],
            "ada.zip has 201 members; the limit is 200: zip your solution alone.",
        ),
        (
            [("a.py", CODE), ("bomb.bin", b"\0" * (63 << 20))],
            "ada.zip unpacks to 64 MB; the limit is 20 MB: zip your solution alone.",
        ),
        (
            [("a.py", b"#" * (300 << 10))],
            "ada.zip: a.py is 300 KB; the limit is 256 KB: delete what is not your solution.",
        ),
        (
            [("\x1b[2J\u202e.txt", b""), ("../\x1b", b"")],
            "ada.zip: ../\\x1b leads out of the archive; zip your solution alone.",
        ),
    ],
)
def test_refusals(refusal, members, sentence):
    assert refusal(zipped(*members)) == sentence


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["a.py", "a"])
def test_duplicate_names_are_refused(refusal, name):
    assert "write to one file" in refusal(zipped((name, CODE), (name, b"x = 2\n")))


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_inflated_in_steps_are_refused(refusal, compression):
    assert refusal(zipped(("a.py", CODE), compression=compression)) == (
        "ada.zip: a.py is not compressed by deflate; zip your solution alone."
    )


def central(data, offset, form, value):
    """`data` with a field of its last central directory record replaced."""
    at = data.rfind(b"PK\x01\x02") + offset
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def test_encrypted_member_is_refused(refusal):
    assert "ada.zip: a.py is encrypted;" in refusal(central(zipped(("a.py", CODE)), 8, "<H", 1))


def test_bomb_that_lies_about_its_size_is_never_inflated_past_the_lie(refusal):
    data = zipped(("a.py", b"#" * (100 << 20)))
    assert len(data) < 200_000
    assert "ada.zip is not a readable zip (Bad CRC-32" in refusal(central(data, 24, "<I", 10))


def test_size_said_too_large_is_counted_as_said(refusal):
    assert "unpacks to 4096 MB" in refusal(central(zipped(("a.py", CODE)), 24, "<I", 0xFFFFFFFE))


def test_nul_cannot_hide_a_suffix(refusal):
    data = zipped(("aXpy.txt", CODE)).replace(b"aXpy", b"a\0py")
    assert "ada.zip: a\\x00py.txt has a NUL in its name;" in refusal(data)


def test_a_hundred_thousand_entries_cost_no_time(refusal):
    record = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 18) + b""
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(record) * 100_000, 0, 0)
    start = time.process_time()
    assert refusal(record * 100_000 + end).startswith("ada.zip has 100000 members; the limit is 200")
    assert time.process_time() - start < 1.0  # measured 5 ms; zipfile alone would take over a second


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", zipped(("a.py", CODE))[:-5], b"PK\x05\x06" + b"\xff" * 18])
def test_damage_is_refused(refusal, data):
    message = refusal(data)
    assert message.startswith("ada.zip is not a readable zip (")
    assert message.endswith("); zip it again.")
