"""`assignment.toml`: every mistake that an author can make, and the sentence it earns."""

from __future__ import annotations

import pytest
from tiny_course import CHECKS, REFERENCE, TOML, write_assignment

from autograder.assignment.load import load_assignment
from autograder.errors import AssignmentError
from autograder.model import EntryPoint, Limits, Policy

F = '[entry_points.f]\nsignature = "x"\nreturns = ["out"]\n'
KNOWN = "known are title, summary, entry_points, limits, policy, conventions"

ROWS = [
    ("", "title is missing", "entry_points is missing"),
    (F, "title is missing"),
    ('title = ""\n' + F, "title must be a non-empty string, not ''"),
    ("title = 3\n" + F, "title must be a non-empty string, not 3"),
    ('title = "T"', "entry_points is missing"),
    ('title = "T"\nentry_points = "f"', "entry_points must be a non-empty table, not 'f'"),
    ('title = "T"\n[entry_points]', "entry_points must be a non-empty table, not {}"),
    ('title = "T"\nsummary = 1\n' + F, "summary must be a string, not 1"),
    ('title = "T"\ntilte = "U"\n' + F, "unknown key tilte; did you mean title?"),
    ('title = "T"\nzzz = 1\n' + F, f"unknown key zzz; {KNOWN}"),
    ('title = "T"\nconventions = "x"\n' + F, "conventions must be a table, not 'x'"),
    (
        'title = "T"\n[entry_points.f]\nreturns = ["out"]',
        'entry_points.f.signature is missing: write the parameters, as in "x, w, b"',
    ),
    (
        'title = "T"\n[entry_points.f]\nsignature = "x"',
        'entry_points.f.returns must list the names of what it returns, as in ["out", "cache"]',
    ),
    (
        'title = "T"\n[entry_points.f]\nsignature = "x"\nreturns = "out"',
        'entry_points.f.returns must list the names of what it returns, as in ["out", "cache"]',
    ),
    (
        'title = "T"\n[entry_points.f]\nsignature = "x"\nreturns = []',
        'entry_points.f.returns must list the names of what it returns, as in ["out", "cache"]',
    ),
    (
        'title = "T"\n' + F + 'opaque = ["cache"]',
        "entry_points.f.opaque must list names out of returns (out), not ['cache']",
    ),
    (
        'title = "T"\n' + F + 'gradients = ["dx"]',
        "entry_points.f.gradients must list names out of returns (out), not ['dx']",
    ),
    (
        'title = "T"\n' + F + 'packages = ["torch"]',
        "entry_points.f.packages must list names out of policy.packages (numpy), not ['torch']",
    ),
    ('title = "T"\n' + F + "summary = 1", "entry_points.f.summary must be a string, not 1"),
    ('title = "T"\n' + F + 'retruns = ["a"]', "unknown key entry_points.f.retruns; did you mean returns?"),
    (
        'title = "T"\n[entry_points."f-g"]\nsignature = "x"\nreturns = ["out"]',
        "entry_points.f-g: 'f-g' is not a function's name",
    ),
    (
        'title = "T"\n[entry_points]\nf = "x"',
        "entry_points.f must be a table with signature and returns, not 'x'",
    ),
    ('title = "T"\nlimits = 3\n' + F, "limits must be a table, not 3"),
    ('title = "T"\n' + F + "[limits]\ncpu = 3", "unknown key limits.cpu; did you mean cpu_s?"),
    (
        'title = "T"\n' + F + "[limits]\ncpu_s = 0",
        "limits.cpu_s must be finite and more than 0, not 0",
    ),
    (
        'title = "T"\n' + F + "[limits]\nwall_s = nan",
        "limits.wall_s must be finite and more than 0, not nan",
    ),
    (
        'title = "T"\n' + F + "[limits]\ncpu_s = inf",
        "limits.cpu_s must be finite and more than 0, not inf",
    ),
    (
        'title = "T"\n' + F + '[limits]\nmemory_mb = "big"',
        "limits.memory_mb: Expected `int`, got `str`, not 'big'",
    ),
    (
        'title = "T"\n' + F + '[policy]\nforbid = "torch"',
        "policy.forbid: Expected `array`, got `str`, not 'torch'",
    ),
    ('title = "T"\n' + F + "[policy]\nforbids = []", "unknown key policy.forbids; did you mean forbid?"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:50])
def test_a_wrong_file_is_refused_with_the_sentence(row, tmp_path):
    toml, *problems = row
    folder = write_assignment(tmp_path, assignment=toml)
    with pytest.raises(AssignmentError) as refused:
        load_assignment(folder)
    assert list(refused.value.problems) == problems
    assert str(refused.value) == "\n".join(f"{folder}/assignment.toml: {problem}" for problem in problems)


def test_all_problems_are_said_at_once(tmp_path):
    folder = write_assignment(tmp_path, assignment='tilte = "T"\n[entry_points.f]\n[limits]\ncpu_s = -1')
    with pytest.raises(AssignmentError) as refused:
        load_assignment(folder)
    assert refused.value.problems == (
        "unknown key tilte; did you mean title?",
        "title is missing",
        "limits.cpu_s must be finite and more than 0, not -1",
        'entry_points.f.signature is missing: write the parameters, as in "x, w, b"',
        'entry_points.f.returns must list the names of what it returns, as in ["out", "cache"]',
    )


def test_what_is_not_toml_is_refused_with_its_place(tmp_path):
    folder = write_assignment(tmp_path, assignment="title = ")
    with pytest.raises(AssignmentError, match=r"assignment\.toml: this is not TOML: Invalid value \(at .*\)$"):
        load_assignment(folder)


def test_what_is_not_utf8_is_refused(tmp_path):
    folder = write_assignment(tmp_path)
    (folder / "assignment.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(AssignmentError, match=r"assignment\.toml: this is not TOML: 'utf-8' codec can't decode"):
        load_assignment(folder)


def test_a_folder_without_the_file_is_refused(tmp_path):
    with pytest.raises(
        AssignmentError, match=r"tmp.*: there is no assignment\.toml here$|there is no assignment\.toml"
    ):
        load_assignment(tmp_path)


def test_a_name_that_is_none_and_a_reference_that_is_not_there_are_refused(tmp_path):
    folder = write_assignment(tmp_path, slug="Tiny-1")
    (tmp_path / "reference" / "Tiny-1.py").unlink()
    with pytest.raises(AssignmentError) as refused:
        load_assignment(folder)
    assert refused.value.problems == (
        "the folder is called 'Tiny-1'; an assignment's name is lower-case letters, digits and _",
        "there is no reference/Tiny-1.py beside assignments/",
    )


def test_a_right_file_is_read_as_it_says(course):
    folder = course / "assignments" / "tiny"
    assignment = load_assignment(folder)
    assert (assignment.id, assignment.title) == ("tiny", "Tiny")
    assert assignment.entry_point("affine_forward") == EntryPoint(
        "affine_forward", "x, w", returns=("out", "cache"), opaque=("cache",)
    )
    assert assignment.entry_point("double").opaque == ()
    assert assignment.limits == Limits(0.8, 30.0, 2.0, 0.2, 128, 4)
    assert assignment.policy == Policy(forbid=("numpy.einsum", "eval"))
    with pytest.raises(KeyError, match="nosuch"):
        assignment.entry_point("nosuch")


def test_opaque_outputs_can_be_named_or_denied(tmp_path):
    toml = 'title = "T"\n[entry_points.f]\nsignature = "x"\nreturns = ["out", "cache"]\n'
    assert load_assignment(write_assignment(tmp_path, assignment=toml)).entry_points[0].opaque == ("cache",)
    none = load_assignment(write_assignment(tmp_path, assignment=toml + "opaque = []"))
    assert none.entry_points[0].opaque == ()


def test_what_is_called_like_a_gradient_is_to_be_derived_by_hand(tmp_path):
    toml = 'title = "T"\n[entry_points.f]\nsignature = "x"\nreturns = ["out", "dx", "grads", "depth", "dgamma"]\n'
    found = load_assignment(write_assignment(tmp_path, assignment=toml)).entry_points[0].gradients
    assert found == ("dx", "grads", "depth", "dgamma")  # a name too many is compared more closely than it need be
    named = load_assignment(write_assignment(tmp_path, assignment=toml + 'gradients = ["dx"]'))
    assert named.entry_points[0].gradients == ("dx",)


def test_an_entry_point_may_use_fewer_packages_than_the_assignment(tmp_path):
    toml = 'title = "T"\n[entry_points.f]\nsignature = "x"\nreturns = ["out"]\npackages = ["numpy"]\n'
    toml += '[entry_points.g]\nsignature = "x"\nreturns = ["out"]\n[policy]\npackages = ["numpy", "torch"]\n'
    assignment = load_assignment(write_assignment(tmp_path, assignment=toml))
    assert assignment.packages_of("f") == ("numpy",)
    assert assignment.packages_of("g") == assignment.packages_of(None) == ("numpy", "torch")


@pytest.mark.parametrize("stem", ["assignment", "checks", "hidden", "mistakes", "formulas", "reference"])
def test_every_file_that_can_change_a_grade_changes_the_version(stem, tmp_path):
    before = load_assignment(write_assignment(tmp_path)).version
    assert load_assignment(write_assignment(tmp_path)).version == before
    changed = {"assignment": TOML, "reference": REFERENCE}.get(stem, CHECKS) + "\n# changed\n"
    assert load_assignment(write_assignment(tmp_path, **{stem: changed})).version != before
    assert before.startswith("sha256:")
