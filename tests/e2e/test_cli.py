"""The command line as people run it: exit statuses, exact sentences, and nothing but JSON where JSON is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner
from tiny_course import CHECK_IDS, CHECKS, MAX_SCORE, RIGHT, replaced, write_assignment

from autograder.assignment.discover import discover
from autograder.cli import cli
from autograder.diagnosis.replay import token
from autograder.model import Verdict

SQUARED = replaced("def double(x):\n    return x * x")
LEVEL = (
    "--isolation",
    "process",
)  # what is tested here is the command line; a probe at the strongest level takes longer


@pytest.fixture
def run(course):
    """Runs `autograder` in the course and returns the finished process; fails on a traceback."""

    def call(*arguments, cwd=course):
        command = [
            sys.executable,
            "-W",
            "error::DeprecationWarning:autograder",
            "-m",
            "autograder",
            *map(str, arguments),
        ]
        environment = {**os.environ, "COLUMNS": "120", "NO_COLOR": "1"}
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, env=environment)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call


def outcome(done):
    return done.returncode, done.stdout, done.stderr.strip()


# ── finding one's way ──────────────────────────────────────────────────────────────────────────


def test_the_commands_are_listed(run):
    done = run("--help")
    assert done.returncode == 0
    for name in ("check", "doctor", "grade", "list", "new", "prove", "release", "replay", "report", "schema"):
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize(
    "name", ["check", "doctor", "grade", "list", "new", "prove", "release", "replay", "report", "schema"]
)
def test_every_command_has_help(name):
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert shown.output.startswith(f"Usage: cli {name} ")


def test_assignments_are_listed(run, course):
    assert outcome(run("list")) == (0, "tiny  Tiny  (3 entry points, 10 points)\n", "")
    (row,) = json.loads(run("list", "--json").stdout)
    assert row == {
        "id": "tiny",
        "title": "Tiny",
        "entry_points": ["double", "affine_forward", "affine_backward"],
        "points": MAX_SCORE,
        "folder": str(course / "assignments" / "tiny"),
    }


def test_an_unknown_command_is_refused_with_the_nearest(run):
    code, out, err = outcome(run("grad"))
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == "Error: There is no command 'grad'; did you mean grade?"
    assert "there are check, ci, diff, doctor, grade" in run("zzz").stderr


def test_an_unknown_assignment_is_refused_with_the_nearest(run, hand_in):
    path = hand_in("ada", RIGHT)
    sentence = "There is no assignment 'tinny'; did you mean tiny?"
    for command in (("check", "tinny", path), ("release", "tinny")):
        assert outcome(run(*command)) == (2, "", sentence), command


def test_a_missing_argument_is_bad_usage(run):
    done = run("grade", "tiny")
    assert done.returncode == 2
    assert "Missing argument 'SUBMISSIONS...'" in done.stderr


# ── check ──────────────────────────────────────────────────────────────────────────────────────


def test_check_tells_by_its_exit_status(run, hand_in):
    right = run("check", "tiny", hand_in("ada", RIGHT), *LEVEL)
    assert (right.returncode, right.stderr) == (0, "")
    wrong = run("check", "tiny", hand_in("bob", SQUARED), *LEVEL)
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert "You square x instead of doubling it." in wrong.stdout
    assert "double.long" not in wrong.stdout, "a student sees public checks alone"


def test_check_can_ask_for_one_thing_only(run, hand_in):
    path = hand_in("ada", SQUARED)
    assert run("check", "tiny", path, "--only", "affine_forward", *LEVEL).returncode == 0
    done = run(
        "check", "tiny", path, "--only", "double.values", "--only", "affine_backward", "--format", "json", *LEVEL
    )
    report = json.loads(done.stdout)
    assert [result["check"] for result in report["results"]] == ["double.values", "affine_backward.gradients"]
    assert (done.returncode, report["score"], report["max_score"]) == (1, 3.0, 5.0)


def test_check_refuses_what_it_does_not_have(run, hand_in):
    path = hand_in("ada", RIGHT)
    sentence = "tiny has no check or entry point 'duble'; did you mean double?"
    assert outcome(run("check", "tiny", path, "--only", "duble")) == (2, "", sentence)
    hidden = run("check", "tiny", path, "--only", "double.long")
    assert (hidden.returncode, hidden.stdout) == (2, "")
    assert hidden.stderr.startswith("tiny has no check or entry point 'double.long'; did you mean ")


def test_a_file_that_is_not_there_is_bad_input(run, tmp_path):
    path = tmp_path / "nosuch.py"
    code, out, err = outcome(run("check", "tiny", path, *LEVEL))
    assert (code, out) == (2, "")
    assert "nosuch.py does not exist; check the path." in err
    assert outcome(run("grade", "tiny", path, *LEVEL)) == (2, "", f"{path} does not exist; check the path.")


def test_a_file_that_cannot_be_read_is_bad_input(run, tmp_path):
    path = tmp_path / "ada.py"
    path.write_bytes(b"\xff\xfe\x00")
    for command in ("check", "grade"):
        done = run(command, "tiny", path, *LEVEL)
        assert done.returncode == 2
        assert done.stderr == "ada.py is UTF-16; save it as UTF-8 and hand it in again.\n"
    report = json.loads(run("grade", "tiny", path, "--format", "json", *LEVEL).stdout)
    assert {result["verdict"] for result in report["results"]} == {"UNREADABLE"}


def test_an_empty_folder_that_is_named_is_bad_input(run, tmp_path):
    (tmp_path / "ada").mkdir()
    done = run("grade", "tiny", tmp_path / "ada", *LEVEL)
    sentence = "ada holds no submission; hand in a .py, an .ipynb or a .zip, or name a folder of such."
    assert (done.returncode, done.stderr.strip()) == (2, sentence)


def test_in_a_class_it_is_one_students_verdict(run, hand_in):
    folder = hand_in("ada", RIGHT).parent
    (folder / "bob.ipynb").write_bytes(b"")
    (folder / "Ada.py").write_text(RIGHT)
    (folder / "readme_carl.py").write_text(RIGHT)
    done = run("grade", "tiny", folder, "--format", "json", *LEVEL)
    assert (done.returncode, done.stderr) == (
        0,
        'Passed over: readme_carl.py; names that begin with a dot or with "readme" are not read as submissions; rename '
        "a file to have it graded.\n",
    )
    reports = map(json.loads, done.stdout.splitlines())
    said = {one["submission"]["id"]: one["results"][0]["message"] for one in reports}
    clash = "Ada.py and ada.py would both be graded as {}; leave one of them."
    assert said == {
        "Ada (Ada.py)": clash.format("Ada"),
        "ada (ada.py)": clash.format("ada"),
        "bob": "bob.ipynb is empty (0 bytes); save your work and hand it in again.",
    }
    table = run("grade", "tiny", folder, *LEVEL).stdout
    assert "could not be read: bob.ipynb is empty" in table
    assert "not written yet" not in table


# ── grade ──────────────────────────────────────────────────────────────────────────────────────


def test_json_is_one_report_on_stdout_that_the_schema_accepts(run, hand_in):
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    paths = [hand_in(name, source) for name, source in (("ada", RIGHT), ("bob", SQUARED), ("eve", "x = 1"))]
    one = run("grade", "tiny", paths[0], "--format", "json", "--seed", 3, *LEVEL)
    several = run("grade", "tiny", paths[0].parent, "--format", "json", "--seed", 3, *LEVEL)
    for done in (one, several):
        assert (done.returncode, done.stderr) == (0, "")
    assert one.stdout.count("\n") == 1
    reports = [json.loads(line) for line in several.stdout.splitlines()]
    assert {report["submission"]["id"]: report["score"] for report in reports} == {"ada": 10.0, "bob": 5.0, "eve": 0.0}
    for report in [json.loads(one.stdout), *reports]:
        jsonschema.validate(report, schema)
        assert (report["schema"], report["seed"]) == ("autograder/report/v1", 3)
        assert report["score"] == sum(result["points"] for result in report["results"])
        assert [result["check"] for result in report["results"]] == list(CHECK_IDS)


def test_the_schema_refuses_what_is_no_report(run):
    schema = json.loads(run("schema").stdout)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"schema": "autograder/report/v1"}, schema)


def test_a_seed_gives_the_same_scores_verdicts_and_tokens(run, hand_in):
    def graded():
        done = run("grade", "tiny", hand_in("bob", SQUARED), "--format", "json", "--seed", 11, *LEVEL)
        report = json.loads(done.stdout)
        for part in (report, *report["results"]):
            part.pop("cpu_s")
            part.pop("wall_s")
        return json.dumps(report)

    assert graded() == graded()


def test_results_are_kept_and_reported(run, hand_in, tmp_path):
    out = tmp_path / "out"
    done = run("grade", "tiny", hand_in("bob", SQUARED), "--out", out, *LEVEL)
    assert done.returncode == 0
    assert json.loads((out / "reports" / "tiny-bob.json").read_text())["score"] == 5.0
    page = run("report", out)
    assert (page.returncode, page.stdout.strip()) == (0, str(out / "report.html"))
    assert "bob" in (out / "report.html").read_text(encoding="utf-8")


def test_a_report_of_nothing_is_refused(run, tmp_path):
    assert outcome(run("report", tmp_path)) == (
        2,
        "",
        f"There are no results in {tmp_path}; grade with --out {tmp_path} first.",
    )


def test_a_full_disk_stops_the_grader_with_a_sentence(run, hand_in, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", disk], capture_output=True).returncode:
        pytest.skip("only root with the right to mount can make a small disk")
    try:
        (disk / "ballast").write_bytes(bytes(56 * 1024))
        done = run("grade", "tiny", hand_in("ada", RIGHT), "--out", disk / "out", *LEVEL)
    finally:
        subprocess.run(["umount", disk], check=True)
    sentence = f"The disk of {disk / 'out'} is full; what was graded before is kept: make room and run it again."
    assert outcome(done) == (3, "", sentence)


def test_a_broken_check_is_the_graders_failure_and_scores_nobody(run, hand_in, tmp_path):
    broken = CHECKS.replace("expect(student, out=(student.double(x), 2 * x))", "student.double(x).nosuch")
    write_assignment(tmp_path / "course", checks=broken)
    out = tmp_path / "out"
    done = run("grade", "tiny", hand_in("ada", RIGHT), "--out", out, *LEVEL, cwd=tmp_path / "course")
    assert done.returncode == 3
    why, said = done.stderr.splitlines()
    assert why.startswith("check double.values broke on {'n': 1}: AttributeError: ")
    assert said == "The grader failed on ada; that score does not count."
    (kept,) = (out / "reports").iterdir()
    assert "GRADER_ERROR" in kept.read_text(encoding="utf-8")


def test_a_broken_assignment_is_told_problem_by_problem(run, hand_in, tmp_path):
    folder = write_assignment(tmp_path / "course", assignment="tilte = 'T'")
    done = run("grade", "tiny", hand_in("ada", RIGHT), cwd=tmp_path / "course")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"{folder}/assignment.toml: unknown key tilte; did you mean title?",
        f"{folder}/assignment.toml: title is missing",
        f"{folder}/assignment.toml: entry_points is missing",
    ]


# ── replay ─────────────────────────────────────────────────────────────────────────────────────


def test_a_failure_can_be_met_again_until_it_is_mended(run, hand_in):
    path = hand_in("bob", SQUARED)
    report = json.loads(run("grade", "tiny", path, "--format", "json", *LEVEL).stdout)
    tokens = {result["check"]: result["replay"] for result in report["results"]}
    again = run("replay", tokens["double.values"], path, *LEVEL)
    assert (again.returncode, again.stderr) == (1, "")
    assert "You square x instead of doubling it." in again.stdout
    hand_in("bob", f"{RIGHT}print('of mine')")
    gone = run("replay", tokens["double.values"], path, *LEVEL)
    assert gone.returncode == 0
    assert gone.stdout.startswith("This failure is gone: double.values passes on this case.\n")
    assert "of mine" in gone.stdout
    assert "To repeat" not in gone.stdout
    assert outcome(run("replay", tokens["double.long"], path, *LEVEL)) == (
        2,
        "",
        "This token is of a hidden check of double in tiny, with verdict FAIL; the diagnosis is squared. "
        "Its case stays hidden, so it cannot be replayed.",
    )
    assert outcome(run("replay", tokens["double.values"][:-3], path, *LEVEL)) == (
        2,
        "",
        "This replay token is damaged; copy it again, whole, from the report.",
    )


def test_a_token_cannot_have_a_folder_of_its_senders_loaded(run, hand_in, tmp_path):
    """Loading an assignment runs its Python files; a token is hostile input and may name assignments only."""
    ran = tmp_path / "ran"
    trap = f"open({str(ran)!r}, 'w').close()\n"
    folder = write_assignment(tmp_path / "evil", slug="evil")
    declared = discover(folder)
    write_assignment(tmp_path / "evil", slug="evil", checks=trap + CHECKS)
    assignment = msgspec.structs.replace(declared.assignment, id=str(folder))
    text = token(assignment, declared.checks[0], Verdict.FAIL, ({"n": 1}, 1), None)
    done = run("replay", text, hand_in("ada", RIGHT), *LEVEL)
    assert done.returncode == 2
    assert done.stderr.startswith(f"There is no assignment {str(folder)!r}; ")
    assert not ran.exists()


# ── doctor ─────────────────────────────────────────────────────────────────────────────────────


def test_doctor_says_what_holds(run):
    done = run("doctor", "--json")
    said = json.loads(done.stdout)
    assert set(said["levels"]) == {"strong", "contained", "process"}
    usable = [name for name in ("strong", "contained") if isinstance(said["levels"][name], dict)]
    assert done.returncode == (0 if usable else 1)
    if usable:
        assert said["level"] == usable[0]
    assert set(said["levels"]["process"].values()) <= {"enforced", "partial", "none"}


# ── what is left ───────────────────────────────────────────────────────────────────────────────


def test_grading_leaves_nothing_beside_the_submissions(run, hand_in, course, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    path = hand_in("bob", SQUARED)
    assignment = course / "assignments" / "tiny"
    for command in ("grade", "check"):
        assert run(command, assignment, path, *LEVEL, cwd=empty).returncode in (0, 1)
    assert list(empty.iterdir()) == []
    assert [entry.name for entry in path.parent.iterdir()] == ["bob.py"]
