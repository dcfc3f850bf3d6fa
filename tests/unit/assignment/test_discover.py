"""What an assignment's files declare, and what is said when they declare it wrongly."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from tiny_course import CHECK_IDS, CHECKS, MAX_SCORE, MISTAKES, REFERENCE, VARIANTS, write_assignment

from autograder.assignment.declare import collecting, declare_check, first_paragraph, mistake, variant
from autograder.assignment.discover import assignment_folders, course_folders, discover, find_assignment, points_in
from autograder.errors import AssignmentError, AutograderError
from autograder.model import Visibility

ROOT = Path(__file__).resolve().parents[3]


def problems_of(folder):
    with pytest.raises(AssignmentError) as refused:
        discover(folder)
    return refused.value.problems


# ── what is declared ───────────────────────────────────────────────────────────────────────────


def test_everything_that_is_declared_is_found(tiny):
    assert tuple(check.id for check in tiny.checks) == CHECK_IDS
    assert [mistake.name for mistake in tiny.mistakes] == ["squared", "dx_times_two"]
    assert [variant.name for variant in tiny.variants] == ["added"]
    assert tiny.reference.double(2.0) == 4.0


def test_checks_of_hidden_py_are_hidden_and_no_others(tiny):
    assert [check.id for check in tiny.checks if check.visibility is Visibility.HIDDEN] == ["double.long"]


def test_a_public_check_that_is_reused_in_hidden_py_stays_public(tmp_path):
    reuse = (
        "from autograder import Space, check\nfrom .checks import double_values\n"
        'check("double", points=1, given=Space(n=(9,)), name="unseen")(double_values)\n'
    )
    checks = {check.id: check for check in discover(write_assignment(tmp_path, hidden=reuse)).checks}
    assert checks["double.values"].visibility is Visibility.PUBLIC
    assert checks["double.unseen"].visibility is Visibility.HIDDEN
    assert checks["double.unseen"].sentence == "Twice every number."


def test_an_assignment_needs_no_hidden_mistakes_or_variants(tmp_path):
    declared = discover(write_assignment(tmp_path, hidden=None, mistakes=None, variants=None))
    assert (declared.mistakes, declared.variants) == ((), ())


def test_modules_of_the_folder_see_the_reference_and_each_other(tmp_path):
    mistakes = "from .reference import double\nfrom .checks import AFFINE\n" + MISTAKES
    assert len(discover(write_assignment(tmp_path, mistakes=mistakes)).mistakes) == 2


def test_an_assignment_read_again_is_read_anew(tmp_path):
    assert discover(write_assignment(tmp_path)).reference.double(1.0) == 2.0
    changed = REFERENCE.replace("return 2.0 * np.asarray(x)", "return 3.0 * np.asarray(x) + 0.0")
    assert discover(write_assignment(tmp_path, reference=changed)).reference.double(1.0) == 3.0


# ── what a list needs ──────────────────────────────────────────────────────────────────────────


def test_points_are_counted_without_the_reference(tmp_path, tiny):
    folder = write_assignment(tmp_path, reference="import a_package_that_nobody_has\n")
    assert points_in(folder) == sum(check.points for check in tiny.checks) == MAX_SCORE
    assert not [name for name in sys.modules if name.startswith("autograder_listed.")]


@pytest.mark.parametrize("line", ["from .reference import double", "import a_package_that_nobody_has"])
def test_points_are_left_out_where_the_checks_need_what_is_not_here(tmp_path, line):
    assert points_in(write_assignment(tmp_path, checks=f"{line}\n{CHECKS}")) is None


def test_checks_that_are_broken_are_said_to_be(tmp_path):
    with pytest.raises(AssignmentError, match=r"checks\.py: line 1: ZeroDivisionError: division by zero$"):
        points_in(write_assignment(tmp_path, checks=f"1 / 0\n{CHECKS}"))


WITHOUT_TORCH = """
import sys
from autograder.cli import cli
sys.modules["torch"] = None  # importing it now fails, as where it is not installed
try:
    cli.main({arguments!r}, standalone_mode=False, prog_name="autograder")
except SystemExit as end:
    assert not end.code, end.code
print(*(name for name in sys.modules if name.endswith(".reference")), file=sys.stderr)
"""
COMPLETION = {"_AUTOGRADER_COMPLETE": "bash_complete", "COMP_WORDS": "autograder check res", "COMP_CWORD": "2"}


@pytest.mark.parametrize(
    ("arguments", "environment", "shown"),
    [
        (["list"], {}, "(7 entry points, 100 points)"),
        (["list", "--json"], {}, '"points": 100.0'),
        ([], COMPLETION, "plain,residual"),
    ],
)
def test_listing_and_completing_load_no_reference_and_no_torch(arguments, environment, shown):
    command = [sys.executable, "-c", WITHOUT_TORCH.format(arguments=arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=True, env={**os.environ, **environment}
    )
    assert done.stderr.strip() == ""
    assert "residual" in done.stdout
    assert shown in done.stdout


# ── what is declared wrongly ───────────────────────────────────────────────────────────────────

DOCLESS = CHECKS.replace('    """Twice every number."""\n', "")
F = "def f(student, case):\n    {doc}\n    student.double(1.0)\n"
ROWS = [
    ("checks", DOCLESS, "check double.values has no docstring; it is the sentence that the student reads"),
    (
        "checks",
        CHECKS + '\n\n@check("duble", points=1)\ndef duble_values(student, case):\n    """Twice."""\n',
        "check duble.values is of duble, which assignment.toml does not name",
    ),
    (
        "checks",
        CHECKS + '\n\n@check("double", points=1)\ndef double_values(student, case):\n    """Twice."""\n',
        "2 checks are called double.values; only one may be",
    ),
    (
        "checks",
        CHECKS.replace('points=1, needs=("double.values",)', "points=0"),
        "check double.purity is worth 0 points; it must be more than 0",
    ),
    (
        "checks",
        CHECKS.replace("points=1, needs", 'points=float("nan"), needs'),
        "check double.purity is worth nan points; it must be more than 0",
    ),
    (
        "checks",
        CHECKS.replace('needs=("double.values",)', 'needs=("double.value",)'),
        "check double.purity needs double.value, which is not a check",
    ),
    (
        "checks",
        CHECKS.replace('needs=("double.values",)', 'needs=("double.purity",)'),
        "checks need each other in a circle: double.purity, double.purity",
    ),
    ("reference", REFERENCE.replace("def double", "def duble"), "the reference does not define double"),
    (
        "mistakes",
        MISTAKES.replace('@mistake("double"', '@mistake("duble"').replace('"values"', '"double.values"'),
        "mistake squared is of duble, which assignment.toml does not name",
    ),
    (
        "mistakes",
        MISTAKES.replace('"values"', '"value"'),
        "mistake squared is caught by double.value, which is not a check",
    ),
    (
        "mistakes",
        MISTAKES.replace('    """Your dx is counted twice."""\n', ""),
        "mistake dx_times_two has no docstring; it is what a teacher would say",
    ),
    ("mistakes", MISTAKES.replace("dx_times_two", "squared"), "2 mistakes are called squared; only one may be"),
    ("variants", VARIANTS + VARIANTS, "2 variants are called added; only one may be"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2][:60])
def test_a_wrong_declaration_is_refused_with_the_sentence(row, tmp_path):
    stem, content, problem = row
    assert problems_of(write_assignment(tmp_path, **{stem: content})) == (problem,)


def test_a_larger_circle_of_needs_is_refused(tmp_path):
    checks = CHECKS.replace("points=2, given=Space", 'points=2, needs=("double.purity",), given=Space')
    (problem,) = problems_of(write_assignment(tmp_path, checks=checks))
    assert problem.startswith("checks need each other in a circle: ")
    assert {"double.values", "double.purity"} <= set(problem.partition(": ")[2].split(", "))


def test_an_assignment_without_checks_is_refused(tmp_path):
    assert problems_of(write_assignment(tmp_path, checks="", hidden=None, mistakes=None)) == (
        "checks.py declares no check",
        "entry point affine_backward has no check",
        "entry point affine_forward has no check",
        "entry point double has no check",
    )


def test_several_problems_are_said_at_once(tmp_path):
    checks = DOCLESS.replace('needs=("double.values",)', 'needs=("nosuch",)')
    assert len(problems_of(write_assignment(tmp_path, checks=checks))) == 2


def test_a_syntax_error_names_its_file_and_line(tmp_path):
    folder = write_assignment(tmp_path, checks='"""Checks."""\n\ndef broken(:\n')
    with pytest.raises(AssignmentError) as refused:
        discover(folder)
    assert refused.value.where == str(folder / "checks.py")
    assert refused.value.problems == ("SyntaxError: invalid syntax (checks.py, line 3)",)


@pytest.mark.parametrize("stem", ["checks", "hidden", "mistakes", "variants", "reference"])
def test_an_exception_names_its_file_and_line(stem, tmp_path):
    folder = write_assignment(tmp_path, **{stem: "import math\n\nmath.nosuch\n"})
    with pytest.raises(AssignmentError) as refused:
        discover(folder)
    assert refused.value.where.endswith(f"{'tiny' if stem == 'reference' else stem}.py")
    assert refused.value.problems == ("line 3: AttributeError: module 'math' has no attribute 'nosuch'",)


def test_after_a_failure_a_mended_assignment_loads(tmp_path):
    problems_of(write_assignment(tmp_path, checks="nosuch"))
    assert len(discover(write_assignment(tmp_path)).checks) == len(CHECK_IDS)


# ── where assignments are ──────────────────────────────────────────────────────────────────────


def test_a_course_is_found_from_anywhere_inside_it(tmp_path):
    folder = write_assignment(tmp_path)
    inside = tmp_path / "students" / "ada"
    inside.mkdir(parents=True)
    assert assignment_folders(inside) == {"tiny": folder}
    assert find_assignment("tiny", inside).assignment.title == "Tiny"


def test_a_name_that_is_not_there_is_refused_with_the_nearest(tmp_path):
    write_assignment(tmp_path)
    with pytest.raises(AutograderError, match=r"^There is no assignment 'tinny'; did you mean tiny\?$"):
        find_assignment("tinny", tmp_path)
    write_assignment(tmp_path, slug="other")
    with pytest.raises(AutograderError, match=r"^There is no assignment 'zzz'; there are other, tiny\.$"):
        find_assignment("zzz", tmp_path)


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A distribution that offers the folder it returns as assignments."""
    folder = write_assignment(tmp_path / "pack", slug="shared")
    module = types.ModuleType("a_pack")
    module.__path__ = [str(folder.parent)]
    module.__spec__ = importlib.machinery.ModuleSpec("a_pack", None, is_package=True)
    module.__spec__.submodule_search_locations.append(str(folder.parent))
    monkeypatch.setitem(sys.modules, "a_pack", module)
    offered = importlib.metadata.EntryPoint("mine", "a_pack", "autograder.assignments")
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [offered])
    return folder


def test_assignments_of_other_distributions_are_found(pack, tmp_path):
    course = tmp_path / "course"
    write_assignment(course)
    assert course_folders(course) == [course / "assignments", pack.parent]
    assert list(assignment_folders(course)) == ["tiny", "shared"]


def test_two_owners_of_one_name_are_refused_by_name(pack, tmp_path):
    mine = write_assignment(tmp_path / "course", slug="shared")
    with pytest.raises(AutograderError) as refused:
        assignment_folders(tmp_path / "course")
    assert str(refused.value) == f"Two assignments are called shared: {mine} and {pack}; rename or remove one."


# ── decorators ─────────────────────────────────────────────────────────────────────────────────


def test_decorators_leave_functions_alone_and_collect_what_they_declare():
    def f_values(student, case):
        """A sentence
        over two lines.

        And more that the student does not read.
        """

    def wrong(x):
        """Said."""

    with collecting() as declared:
        assert declare_check("f", points=1, needs=["f.shape"], visibility="hidden")(f_values) is f_values
        assert declare_check("g", points=2, name="again", sentence="Instead.")(f_values) is f_values
        assert mistake("f", caught_by=["values", "g.again"])(wrong) is wrong
    assert {module for module, _ in declared} == {__name__}
    first, second, third = (record for _, record in declared)
    assert (first.id, first.points, first.sentence) == ("f.values", 1.0, "A sentence over two lines.")
    assert (first.needs, first.visibility) == (("f.shape",), Visibility.HIDDEN)
    assert (second.id, second.sentence) == ("g.again", "Instead.")
    assert (third.name, third.says, third.caught_by) == ("wrong", "Said.", ("f.values", "g.again"))


def test_decorators_outside_a_load_declare_nothing():
    @variant
    def other():
        """Why."""
        return {"f": len}

    assert other() == {"f": len}
    with collecting() as declared:
        pass
    assert declared == []


def test_no_docstring_is_an_empty_sentence():
    assert first_paragraph(lambda: None) == ""


def test_a_check_that_stands_in_a_helper_module_is_an_error(tmp_path):
    declaration = '@check("double", points=1)\ndef double_extra(student, case):\n    """Extra."""\n'
    helper = f"from autograder import check\n\n\n{declaration}"
    folder = write_assignment(
        tmp_path, checks=CHECKS.replace("from . import formulas", "from . import extra, formulas")
    )
    (folder / "extra.py").write_text(helper)
    with pytest.raises(AssignmentError) as error:
        discover(folder)
    assert error.value.problems == ("check double.extra is declared in extra.py; declare it in checks.py or hidden.py",)
