"""A new assignment works before anybody has changed it."""

import ast
import tomllib

import pytest

from autograder.assignment.discover import discover
from autograder.checks.run import attempt, cases_of
from autograder.checks.student import Student
from autograder.errors import AutograderError
from autograder.model import Verdict
from autograder.prove.sample_class import wanted_verdicts
from autograder.release.new import scaffold
from autograder.sandbox.local import LocalProgram


@pytest.fixture
def declared(tmp_path):
    scaffold("group_norm", tmp_path)
    return discover(tmp_path / "assignments" / "group_norm")


def verdicts(declared, **replacements):
    own = {entry.name: getattr(declared.reference, entry.name) for entry in declared.assignment.entry_points}
    program = LocalProgram({**own, **replacements})
    return {
        check.id: attempt(check, Student(declared.assignment, program), cases_of(check, seed=1)).verdict
        for check in declared.checks
    }


def test_files(tmp_path):
    made = [path.relative_to(tmp_path).as_posix() for path in scaffold("conv", tmp_path)]
    assert made[0] == "reference/conv.py"
    assert set(made[1:]) == {
        f"assignments/conv/{name}"
        for name in (
            "assignment.toml", "checks.py", "formulas.py", "hidden.py", "mistakes.py", "variants.py",
            "submissions/ada.py", "submissions/grace.py", "submissions/expected.toml",
        )
    }  # fmt: skip


def test_no_placeholder_is_left(tmp_path):
    for path in scaffold("group_norm", tmp_path):
        text = path.read_text()
        assert "@title@" not in text
        assert max(len(line) for line in text.splitlines() if "nbgrader=" not in line) <= 120


def test_reference_and_variants_pass_every_check(declared):
    assert declared.assignment.title == "Group norm"
    assert set(verdicts(declared).values()) == {Verdict.PASS}
    assert len(declared.variants) == 2
    for variant in declared.variants:
        assert set(verdicts(declared, **variant.replacements).values()) == {Verdict.PASS}, variant.name


def test_every_mistake_is_caught_by_the_checks_it_names(declared):
    assert len(declared.mistakes) >= 3
    for mistake in declared.mistakes:
        found = verdicts(declared, **mistake.replacements)
        assert {found[check] for check in mistake.caught_by} == {Verdict.FAIL}, mistake.name


def test_sample_submissions_get_what_is_expected(declared, tmp_path):
    folder = tmp_path / "assignments" / "group_norm" / "submissions"
    expected = tomllib.loads((folder / "expected.toml").read_text())
    for name, entry in expected.items():
        namespace = {}
        exec(compile(ast.parse((folder / entry["file"]).read_text()), name, "exec"), namespace)  # noqa: S102
        found = verdicts(declared, **{n: f for n, f in namespace.items() if n.startswith("scale_")})
        needs = {check.id: check.needs for check in declared.checks}
        wanted = {check: wanted_verdicts(check, entry, needs) for check in needs}
        # skipping is the pipeline's, here all checks are asked
        for check, verdict in found.items():
            assert verdict in wanted[check] or wanted[check] == (Verdict.SKIPPED,), (name, check)
        earned = sum(check.points for check in declared.checks if wanted[check.id] == (Verdict.PASS,))
        assert earned == entry["score"]


@pytest.mark.parametrize("slug", ["", "Conv", "3d", "a-b", "../conv", "class", "é"])
def test_names_that_no_assignment_may_have(tmp_path, slug):
    with pytest.raises(AutograderError) as caught:
        scaffold(slug, tmp_path)
    assert str(caught.value) == (
        f"{slug!r} cannot name an assignment; use lower-case letters, digits and _, starting with a letter, "
        "and not a keyword of Python."
    )
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "assignments" / "conv").mkdir(parents=True)
    with pytest.raises(AutograderError) as caught:
        scaffold("conv", tmp_path)
    assert str(caught.value) == f"{tmp_path}/assignments/conv is already there; choose another name, or remove it."
    assert not (tmp_path / "reference").exists()
