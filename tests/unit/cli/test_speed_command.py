"""`speed`: what it prints where, what it keeps, and how it ends. Nothing is timed here."""

from __future__ import annotations

import msgspec
import pytest
from click.testing import CliRunner
from speed_factory import speed_report

from autograder.cli import cli, speed
from autograder.errors import AutograderError, GraderFault, SubmissionRefused
from autograder.model import AssignmentRef, Isolation, Level, SpeedReport


@pytest.fixture
def clock(monkeypatch):
    """Stands for the run: answers with the next of a file's `outcomes`, by default a report; notes its calls."""

    class Clock:
        def __init__(self):
            self.outcomes, self.calls = {}, []

        def __call__(self, declared, path, *, isolation, name, device, progress):
            self.calls.append((name, path, device, isolation.level))
            progress("forward", 1, 43)
            outcomes = self.outcomes.get(name, [])
            outcome = outcomes.pop(0) if outcomes else 0.48
            if isinstance(outcome, Exception):
                raise outcome
            return speed_report(name, outcome, alias="flash", assignment=AssignmentRef("tiny", "sha256:0"))

    clock = Clock()
    monkeypatch.setattr(speed, "time_submission", clock)
    monkeypatch.setattr(speed, "choose", lambda wanted: Isolation(wanted or Level.STRONG, {}))
    return clock


@pytest.fixture
def run(course, monkeypatch, clock):
    monkeypatch.chdir(course)

    def call(*arguments):
        return CliRunner().invoke(cli, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def ada(hand_in):
    return hand_in("ada", "x = 1\n")


def test_a_file_is_timed_and_shown(run, ada, clock):
    done = run("speed", "tiny", ada, "--device", "cpu", "--isolation", "process")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "· ada\n" in done.stdout
    assert "18.4 of 20 points" in done.stdout
    assert clock.calls == [("ada", ada, "cpu", Level.PROCESS)]


def test_json_is_alone_on_stdout_one_report_a_line(run, ada, hand_in):
    done = run("speed", "tiny", ada, hand_in("bob", "x = 2\n"), "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [msgspec.json.decode(line, type=SpeedReport).submission.id for line in lines] == ["ada", "bob"]


def test_repeating_shows_the_noise(run, ada, clock):
    clock.outcomes["ada"] = [0.47, 0.48, 0.49]
    done = run("speed", "tiny", ada, "--repeat", 3)
    assert done.exit_code == 0
    assert "ada · ratio to the library over 3 runs" in done.stdout
    assert "2.1 %" in done.stdout
    assert len(clock.calls) == 3


def test_the_noise_stands_beside_the_json(run, ada):
    done = run("speed", "tiny", ada, "--repeat", 2, "--json")
    assert len([msgspec.json.decode(line, type=SpeedReport) for line in done.stdout.splitlines()]) == 2
    assert "over 2 runs" in done.stderr


def test_what_cannot_be_read_is_named_and_the_others_are_timed(run, ada, hand_in, clock):
    clock.outcomes["ada"] = [SubmissionRefused("ada.py holds no code.")]
    done = run("speed", "tiny", ada, hand_in("bob", "x = 2\n"))
    assert done.exit_code == 2
    assert done.stderr == "ada.py holds no code.\n"
    assert "· bob\n" in done.stdout


def test_a_grader_that_failed_says_so_with_its_own_status(run, ada, hand_in, clock):
    clock.outcomes |= {"ada": [GraderFault("The baseline naive failed.")], "bob": [SubmissionRefused("No code.")]}
    done = run("speed", "tiny", ada, hand_in("bob", "x = 2\n"))
    assert done.exit_code == 3
    assert done.stderr == "The baseline naive failed.\nNo code.\n"


def test_an_assignment_without_a_speed_tier_ends_it(run, ada, clock):
    clock.outcomes["ada"] = [AutograderError("Nothing of tiny is timed.")]
    assert str(run("speed", "tiny", ada).exception) == "Nothing of tiny is timed."


def test_a_file_that_is_not_there_is_named(run, tmp_path):
    assert str(run("speed", "tiny", tmp_path / "no.py").exception) == (
        f"{tmp_path / 'no.py'} does not exist; check the path."
    )


def test_bad_usage_is_refused(run, ada):
    assert "Missing argument 'FILE...'." in run("speed", "tiny").output
    assert run("speed", "tiny", ada, "--device", "tpu").exit_code == 2
    assert run("speed", "tiny", ada, "--repeat", "0").exit_code == 2


# ── what is kept, and the page made of it ──────────────────────────────────────────────────────


def test_what_is_kept_becomes_a_leaderboard(run, ada, tmp_path):
    out = tmp_path / "out"
    assert run("speed", "tiny", ada, "--out", out).exit_code == 0
    assert (out / "speed" / "tiny" / "ada.json").is_file()
    done = run("report", out, "--format", "html")
    assert done.stdout == f"{out / 'leaderboard.html'}\n"
    page = (out / "leaderboard.html").read_text(encoding="utf-8")
    assert "flash" in page
    assert not (out / "report.html").exists()
    assert "Class report" not in page


def test_the_class_report_and_the_leaderboard_link_each_other(run, ada, tmp_path):
    out, page = tmp_path / "out", tmp_path / "my class.html"
    run("speed", "tiny", ada, "--out", out)
    run("grade", "tiny", ada, "--out", out, "--isolation", "process")
    done = run("report", out, "--out", page)
    assert done.stdout == f"{page}\n{tmp_path / 'leaderboard.html'}\n"
    assert '<a href="leaderboard.html">Leaderboard</a>' in page.read_text(encoding="utf-8")
    assert '<a href="my%20class.html">' in (tmp_path / "leaderboard.html").read_text(encoding="utf-8")


def test_without_times_there_is_no_leaderboard(run, ada, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run("grade", "tiny", ada, "--out", out, "--isolation", "process")
    assert run("report", out).stdout == f"{out / 'report.html'}\n"
    assert "Leaderboard" not in (out / "report.html").read_text(encoding="utf-8")
    assert not (out / "leaderboard.html").exists()


def test_the_report_does_not_take_the_leaderboards_place(run, ada, tmp_path):
    out = tmp_path / "out"
    run("speed", "tiny", ada, "--out", out)
    page = out / "leaderboard.html"
    assert str(run("report", out, "--out", page).exception) == (
        f"{page} is where the leaderboard goes; choose another --out."
    )
