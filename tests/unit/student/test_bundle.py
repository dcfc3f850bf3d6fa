"""A student's bundle of the tiny course: what is in it, what is not, and that it judges as the full assignment does."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from tiny_course import RIGHT, replaced, write_assignment

from autograder.assignment.discover import discover
from autograder.checks.answers import (
    FILE_NAME,
    MAGIC,
    Unanswerable,
    decode,
    encode,
    read_answers,
    unpack_answers,
    write_answers,
)
from autograder.checks.answers import (
    question as digest,
)
from autograder.checks.fingerprint import Fingerprint, fingerprint
from autograder.cli.author import release_command
from autograder.diagnosis.replay import read_token
from autograder.errors import AutograderError, GraderFault
from autograder.examine import Examiner
from autograder.model import Verdict
from autograder.prove.prove import entry_point_points
from autograder.replay import question
from autograder.sandbox.local import LocalRunner
from autograder.student.bundle import release_bundle
from autograder.student.load import with_answers
from autograder.wire import Handle, Opaque

FORMULAS = '''\
"""What is right."""

import numpy as np

AXES = (1, 0)


def affine(x, w):
    """x (N, 3), w (3, M) → (N, M)."""
    return np.tensordot(x, w, axes=(AXES[:1], AXES[1:]))
'''
CELL = '# %% nbgrader={"grade": false, "grade_id": "@", "locked": false, "schema_version": 3, "solution": true}'
REFERENCE = '''\
# %% [markdown]
# # Tiny

# %%
import numpy as np


<double>
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    doubled_by_a_product = 2.0 * np.asarray(x)
    return doubled_by_a_product
    ### END SOLUTION


<affine_forward>
def affine_forward(x, w):
    """x @ w, and a cache."""
    ### BEGIN SOLUTION
    return x @ w, (x, w)
    ### END SOLUTION


<affine_backward>
def affine_backward(dout, cache):
    """dx and dw."""
    ### BEGIN SOLUTION
    x, w = cache
    return dout @ w.T, x.T @ dout
    ### END SOLUTION
'''


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The tiny assignment, with a reference that can be released."""
    root = tmp_path_factory.mktemp("full")
    write_assignment(root, reference=re.sub(r"<(\w+)>", lambda found: CELL.replace("@", found[1]), REFERENCE))
    folder = root / "assignments" / "tiny"
    (folder / "formulas.py").write_text(FORMULAS)
    return discover(folder)


@pytest.fixture(scope="module")
def bundle(full, tmp_path_factory):
    """The folder of the unpacked bundle."""
    made = release_bundle(full, entry_point_points(full.checks))
    root = tmp_path_factory.mktemp("bundle")
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        archive.extractall(root)
    return root / "tiny-student"


def opened(bundle):
    return with_answers(discover(bundle / "assignments" / "tiny"))


@pytest.fixture
def copy(bundle, tmp_path):
    """A bundle that may be damaged."""
    return shutil.copytree(bundle, tmp_path / "copy")


def results(declared, functions):
    found = Examiner(declared, 0).examine_all(declared.checks, LocalRunner(functions))
    return {r.check: (r.verdict, r.diagnosis and r.diagnosis.mistake) for r in found}


def test_what_is_in_a_bundle(bundle):
    names = sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file())
    assert names == [
        "README.md",
        "assignments/tiny/answers.agr",
        "assignments/tiny/assignment.toml",
        "assignments/tiny/checks.py",
        "assignments/tiny/formulas.py",
        "reference/tiny.py",
        "tiny.ipynb",
        "tiny.py",
    ]
    text = (bundle / "README.md").read_text()
    assert "autograder check tiny tiny.ipynb" in text
    assert "pip install" in text


def test_the_same_assignment_gives_the_same_bytes(full):
    points = entry_point_points(full.checks)
    assert release_bundle(full, points).data == release_bundle(full, points).data


def test_a_bundle_judges_and_names_as_the_full_assignment_does(full, bundle):
    reference = dict(vars(full.reference))
    public = dataclasses.replace(full, checks=tuple(c for c in full.checks if c.visibility == "public"))
    student = opened(bundle)
    assert [c.id for c in student.checks] == [c.id for c in public.checks]
    programs = [{}, *(mistake.replacements for mistake in full.mistakes), {"double": lambda x: x * x}]
    for functions in programs:
        assert results(student, {**reference, **functions}) == results(public, {**reference, **functions})


def test_a_bundle_answers_where_the_formula_is_not(bundle):
    student = opened(bundle)
    with pytest.raises(GraderFault, match="the bundle holds no answer of affine for this case"):
        sys.modules["autograder_assignments.tiny.formulas"].affine(np.ones((1, 3)), np.ones((3, 1)))
    assert student.variants == ()


def test_check_works_from_the_bundle_alone(bundle, tmp_path):
    (tmp_path / "wrong.py").write_text(replaced("def double(x):\n    return x * x"))
    for name, text, status in (("right", RIGHT, 0), ("wrong", replaced("def double(x):\n    return x * x"), 1)):
        (tmp_path / f"{name}.py").write_text(text)
        command = [sys.executable, "-m", "autograder", "check", "tiny", str(tmp_path / f"{name}.py")]
        command += ["--isolation", "process"]
        done = subprocess.run(
            command, cwd=bundle, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
        )
        assert done.returncode == status, done.stdout + done.stderr
    assert "You square x instead of doubling it." in done.stdout


@pytest.mark.parametrize(
    ("check", "wrong", "right"),
    [
        ("double.values", {"double": lambda x: x * x}, {"double": lambda x: x + x}),
        (
            "affine_backward.gradients",
            {"affine_backward": lambda dout, cache: (2 * dout @ cache[1].T, cache[0].T @ dout)},
            {"affine_backward": lambda dout, cache: (dout @ cache[1].T, cache[0].T @ dout)},
        ),
    ],
)
def test_a_failure_is_repeated_from_the_bundle_alone(full, bundle, check, wrong, right):
    """The record answers for the token's case, also where a check keeps what it computes (`case.once`)."""
    student, reference = opened(bundle), dict(vars(full.reference))
    met = {r.check: r for r in Examiner(student, 0).examine_all(student.checks, LocalRunner({**reference, **wrong}))}
    for functions, verdict in ((wrong, Verdict.FAIL), (right, Verdict.PASS)):
        asked = question(student, read_token(met[check].replay))
        again = Examiner(student, 0).examine(asked, LocalRunner({**reference, **functions}))
        assert (again.verdict, again.message) == (verdict, met[check].message if verdict == "FAIL" else "")


def test_a_wheel_is_installed_by_pip_and_found(full, tmp_path):
    made = release_bundle(full, entry_point_points(full.checks), wheel=True)
    (tmp_path / made.name).write_bytes(made.data)
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    done = subprocess.run([*install, str(tmp_path / made.name)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    empty = tmp_path / "empty"
    empty.mkdir()
    listed = subprocess.run(
        [sys.executable, "-m", "autograder", "list"],
        cwd=empty,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "tiny" in listed.stdout, listed.stderr


# ── secrets ────────────────────────────────────────────────────────────────────────────────────


def test_no_file_holds_a_solution_a_formula_or_a_hidden_name(full, bundle):
    texts = {path.name: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    texts[FILE_NAME] = msgspec.msgpack.encode(read_answers(bundle / "assignments" / "tiny" / FILE_NAME))
    hidden = [check.id for check in full.checks if check.visibility == "hidden"]
    for secret in ["np.tensordot(x, w", "doubled_by_a_product", "np.asarray(x) ** 2", *hidden]:
        assert not [name for name, data in texts.items() if secret.encode() in data], secret


def test_a_solution_in_a_shared_file_is_found_before_it_is_released(full, tmp_path):
    root = shutil.copytree(Path(full.assignment.folder).parent.parent, tmp_path / "leaky")
    settings = root / "assignments" / "tiny" / "assignment.toml"
    settings.write_text("# doubled_by_a_product = 2.0 * np.asarray(x)\n" + settings.read_text())
    leaky = discover(root / "assignments" / "tiny")
    with pytest.raises(AutograderError, match=r"must not have: assignments/tiny/assignment.toml holds a line of the s"):
        release_bundle(leaky, entry_point_points(leaky.checks))


# ── damaged, mixed, of another version ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a file of recorded answers; download the bundle again"),
        (
            MAGIC[:-2] + b"7\n",
            "has format 7, and this autograder reads format 1; install the version that the bun",
        ),
        (MAGIC + b"nonsense", "is damaged; download the bundle again"),
        (None, "is cut off or too large; download the bundle again"),
    ],
)
def test_a_damaged_record_is_a_sentence(copy, content, message):
    path = copy / "assignments" / "tiny" / FILE_NAME
    path.write_bytes(path.read_bytes()[:-20] if content is None else content)
    with pytest.raises(AutograderError, match=message):
        opened(copy)


def test_a_record_of_other_checks_is_a_sentence(copy):
    checks = copy / "assignments" / "tiny" / "checks.py"
    checks.write_text(checks.read_text() + "\n# changed\n")
    with pytest.raises(AutograderError, match=r"are not of these checks: files of the bundle were changed, or two ver"):
        opened(copy)


def test_line_ends_of_windows_are_no_change(copy):
    checks = copy / "assignments" / "tiny" / "checks.py"
    checks.write_bytes(checks.read_bytes().replace(b"\n", b"\r\n"))
    assert opened(copy).checks


def test_a_record_may_not_say_what_is_not_plain(bundle):
    answers = read_answers(bundle / "assignments" / "tiny" / FILE_NAME)
    assert unpack_answers(write_answers(answers), Path(FILE_NAME)) == answers
    for node in (["z", 1], ["a", "<O8", [1], b"12345678"], ["a", "<f8", [2], b"123"], 7, ["v", {"a": 1}]):
        with pytest.raises(GraderFault, match="a recorded answer is damaged"):
            decode(node)


# ── values, questions, fingerprints ────────────────────────────────────────────────────────────


def test_values_come_back_as_they_were():
    array = np.arange(6.0).reshape(2, 3)
    value = {"a": (1, 2.5, None, "x", True), "b": [array, np.float64(3)], "c": [Handle(3, "tuple"), Opaque("set")]}
    found = decode(encode(value))
    assert found["a"] == value["a"]
    assert isinstance(found["a"], tuple)
    assert np.array_equal(found["b"][0], array)
    assert not found["b"][0].flags.writeable
    assert isinstance(found["b"][1], np.float64)
    assert found["c"] == [Handle(0, "tuple"), Opaque("set")]
    with pytest.raises(Unanswerable):
        encode({1, 2})


def test_questions_are_equal_for_equal_values_alone():
    x = np.arange(6.0).reshape(2, 3)
    assert digest("f", x) == digest("f", np.asfortranarray(x))
    assert digest("f", x * 0) == digest("f", x * -0.0)
    different = [
        ("f", x),
        ("g", x),
        ("f", x.T),
        ("f", x.astype(np.float32)),
        ("f", x + 1e-12),
        ("f", x, 1),
        ("f", x, 1.0),
    ]
    assert len({digest(*parts) for parts in different}) == len(different)
    with pytest.raises(Unanswerable):
        digest("f", object())


def test_a_fingerprint_knows_its_array_and_no_other():
    rng = np.random.default_rng(3)
    for shape in ((3,), (4, 5), (2, 3, 4, 5)):
        array = rng.standard_normal(shape)
        kept = fingerprint(array)
        assert isinstance(kept, Fingerprint)
        assert kept.matches(array, 1e-9)
        assert kept.matches(array * (1 + 1e-11), 1e-9)
        assert not kept.matches(array * (1 + 1e-6), 1e-9)
        assert not kept.matches(array.T, 1e-9) or array.ndim == 1
        one = array.copy()
        one.flat[0] += 1e-5
        assert not kept.matches(one, 1e-9)
        assert not kept.matches(np.full(shape, np.nan), 1e-9)


def test_small_arrays_and_such_that_are_not_finite_are_kept_whole():
    for array in (np.zeros(2), np.array([1.0, np.nan, 2.0])):
        assert isinstance(fingerprint(array), np.ndarray)


def test_release_writes_the_bundle_and_says_what_is_not_in_it(full, tmp_path, monkeypatch):
    monkeypatch.chdir(Path(full.assignment.folder).parent.parent)
    done = CliRunner().invoke(release_command, ["tiny", "--student", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "tiny-student.zip").is_file()
    assert CliRunner().invoke(release_command, ["tiny", "--wheel"]).exit_code == 2
