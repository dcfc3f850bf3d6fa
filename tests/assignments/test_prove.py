"""Every assignment proves itself: with a tenth of its mutants, and in the sandbox what the plain forks say."""

import functools
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.assignment.discover import assignment_folders, discover
from autograder.assignment.edits import apply
from autograder.cli.author import release_command
from autograder.examine import Examiner
from autograder.model import Cell, Submission, Verdict
from autograder.pipeline import Grading, grade_one
from autograder.sandbox.isolation import choose
from autograder.sandbox.local import LocalRunner
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SLUGS = sorted(slug for slug, folder in assignment_folders(ROOT).items() if folder.parent == ROOT / "assignments")


declared_as = functools.cache(lambda slug: discover(ROOT / "assignments" / slug))

# Everything but the mutants and what the bundle judges, of which there is a tenth a day: `make prove` tries them all.
PARTS = 10
PART = f"{date.today().toordinal() % PARTS + 1}/{PARTS}"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_assignment_is_proven(slug):
    arguments = ["prove", slug, "--part", PART, "--seeds", "1", "--jobs", "1"]
    command = [sys.executable, "-m", "autograder", *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    broken = [f"{f['claim']}: {f['subject']}: {f['detail']}" for f in findings[:-1] if not f["holds"]]
    assert done.returncode == 0, "\n".join([f"autograder {' '.join(arguments)}", *broken, done.stderr[-2000:]])
    assert findings[-1]["claims"]["the mutant is killed"]["tested"] >= 5
    assert findings[-1]["claims"]["the bundle judges as the full assignment does"]["tested"] >= 3
    assert findings[-1]["part"] == PART


@pytest.mark.parametrize("slug", SLUGS)
def test_the_committed_template_is_what_release_writes_and_scores_nothing_in_the_sandbox(slug, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(release_command, [slug, "--check"])
    assert done.exit_code == 0, done.output
    declared = declared_as(slug)
    grading = Grading(declared, 1, choose(None), declared.checks)
    for suffix in (".py", ".ipynb"):
        report = grade_one(grading, "template", ROOT / "student_templates" / slug / f"{slug}{suffix}")
        assert report.score == 0
        assert {r.verdict for r in report.results} <= {Verdict.MISSING, Verdict.SKIPPED}


# A mistake may call the reference's function of its own name, so it gets the names as they were before.
REBIND = """
right, wrong = {entry_point}, {function}


def {entry_point}(*args, **options):
    globals()["{entry_point}"], mine = right, {entry_point}
    try:
        return wrong(*args, **options)
    finally:
        globals()["{entry_point}"] = mine
"""
DECORATORS = """
def mistake(*args, **options):
    return lambda function: function


def edits(*args, **options):
    return lambda *args, **options: None
"""


@pytest.mark.parametrize("slug", SLUGS)
def test_the_sandbox_and_plain_forks_give_the_same_verdicts(slug):
    """For some four mistakes, handed in as files. Only the checks of its entry point are compared: in a file the
    reference's other functions meet it too."""
    declared = declared_as(slug)
    files = {mistake.name: as_file(mistake, declared) for mistake in declared.mistakes}
    known = [mistake for mistake in declared.mistakes if files[mistake.name]]
    assert len(known) >= 0.8 * len(declared.mistakes)
    examiner = Examiner(declared, 1)
    policy = declared.assignment.policy
    with Sandbox(choose(None).level, policy.packages, warm=policy.warm) as sandbox:
        for mistake in known[:: max(9, len(known) // 4)]:
            cells = tuple(Cell(number, 1, text) for number, text in enumerate(files[mistake.name], start=1))
            submission = Submission(mistake.name, "", "", "notebook", cells)
            with SandboxRunner(sandbox, declared.assignment, submission) as runner:
                sandboxed = outcomes(examiner, mistake.entry_point, runner)
            functions = {**vars(declared.reference), **mistake.replacements}
            assert sandboxed == outcomes(examiner, mistake.entry_point, LocalRunner(functions)), mistake.name


def as_file(mistake, declared):
    """The cells of a submission with this mistake: the edited reference; or the reference, the bank, and the mistake
    under the entry point's name. Empty for a function that the bank does not define at its top level."""
    reference = Path(declared.assignment.reference).read_text(encoding="utf-8")
    if mistake.edit:
        return [apply(mistake.edit, reference)]
    bank = (Path(declared.assignment.folder) / "mistakes.py").read_text(encoding="utf-8")
    function = mistake.replacements[mistake.entry_point].__name__
    if f"\ndef {function}(" not in bank:
        return []
    return [reference, DECORATORS, bank, REBIND.format(entry_point=mistake.entry_point, function=function)]


def outcomes(examiner, entry_point, runner):
    checks = [check for check in examiner.declared.checks if check.entry_point == entry_point]
    return {r.check: (r.verdict, r.diagnosis, r.replay) for r in examiner.examine_all(checks, runner)}
