"""`check`, `--watch`, `--show-output` and `replay` as a student meets them."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
import sys
import threading
import time

import pytest
from click.testing import CliRunner
from tiny_course import RIGHT, replaced

from autograder.cli.live import named, saves
from autograder.cli.student import check_command, replay_command
from autograder.examine import Examiner
from autograder.model import Isolation, Level, Verdict
from autograder.pipeline import Grading
from autograder.sandbox.local import LocalRunner

LEVEL = ("--isolation", "process")
BLANK = """\
def double(x): raise NotImplementedError
def affine_forward(x, w): raise NotImplementedError
def affine_backward(dout, cache): raise NotImplementedError
"""


@pytest.fixture
def run(course, monkeypatch):
    monkeypatch.chdir(course)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "argv", ["autograder"])

    def call(command, *arguments):
        done = CliRunner().invoke(command, [*map(str, arguments), *LEVEL])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return call


# ── what stands on the screen ──────────────────────────────────────────────────────────────────


def test_a_blank_template_is_three_lines_and_says_what_to_write_in_which_order(run, hand_in):
    shown = run(check_command, "tiny", hand_in("ada", BLANK))
    lines = [line.rstrip() for line in shown.stdout.splitlines() if line.strip()]
    assert shown.exit_code == 1
    assert lines[0] == "Tiny · ada"
    assert lines[1].endswith("0 of 8 points  0 %")
    assert re.fullmatch(
        r"○ not written yet, in this order  double, affine_forward, then affine_backward +0 / 8", lines[2]
    )
    assert " s · isolation process" in lines[3], "and then nothing but how it was run"


def test_what_is_printed_is_shown_where_it_is_asked_for_and_has_an_end(run, hand_in):
    file = hand_in("ada", replaced("print('top')\ndef double(x):\n    print('\\x1b[31mof', x.shape)\n    return x + x"))
    assert "printed by" not in run(check_command, "tiny", file).stdout
    shown = run(check_command, "tiny", file, "--show-output").stdout
    assert "printed while the file was loaded\n    top\n" in shown
    assert "printed by double\n    \\x1b[31mof (1,)\n" in shown
    loud = hand_in("bob", replaced("def double(x):\n    print('line\\n' * 99)\n    return x + x"))
    shown = run(check_command, "tiny", loud, "--show-output").stdout
    assert shown.count("    line\n") == 20
    assert re.search(r"… and \d+ more lines", shown)


def test_the_replay_command_pastes_as_it_stands_and_says_when_the_failure_is_gone(run, hand_in):
    wrong = hand_in("it's mine", replaced("def double(x):\n    print('seen', x)\n    return x * x"))
    shown = run(check_command, "tiny", wrong).stdout
    command = shlex.split(shown[shown.index("autograder replay") :].replace("\\\n", ""))
    assert command[3:] == [str(wrong)]
    again = run(replay_command, *command[2:])
    assert again.exit_code == 1
    assert "yours" in again.stdout
    assert "You square x instead of doubling it." in again.stdout
    assert re.search(r"printed by double\n    seen \[", again.stdout)
    wrong.write_text(RIGHT)
    gone = run(replay_command, *command[2:])
    assert gone.exit_code == 0
    assert gone.stdout.startswith("This failure is gone: double.values passes on this case.\n")


def test_a_path_longer_than_a_line_pastes_too(run, hand_in, tmp_path):
    wrong = hand_in("ada", replaced("def double(x):\n    return x * x"))
    far = tmp_path / ('it\'s far $away & "so" ' * 4) / ("é" * 60)
    far.mkdir(parents=True)
    wrong = wrong.rename(far / "my work.py")
    shown = run(check_command, "tiny", wrong).stdout
    assert max(map(len, shown.split("\n"))) <= 100
    assert shlex.split(shown[shown.index("autograder replay") :].replace("\\\n", ""))[3:] == [str(wrong)]


def test_a_program_that_the_shell_does_not_find_is_named_by_its_path(run, hand_in, monkeypatch, tmp_path):
    wrong = hand_in("ada", replaced("def double(x):\n    return x * x"))
    (tmp_path / "my bin").mkdir()
    program = tmp_path / "my bin" / "autograder"
    program.touch()
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert f"{shlex.quote(str(program))} replay ag1-".replace(" ", "") in "".join(
        run(check_command, "tiny", wrong).stdout.replace("\\\n", "").split()
    )
    monkeypatch.setattr(sys, "argv", ["/x/autograder/__main__.py"])
    assert f"{sys.executable} -m autograder replay ag1-".replace(" ", "") in "".join(
        run(check_command, "tiny", wrong).stdout.replace("\\\n", "").split()
    )


# ── a case as a script ─────────────────────────────────────────────────────────────────────────


def token_of(run, file, check):
    report = json.loads(run(check_command, "tiny", file, "--format", "json").stdout)
    return next(result["replay"] for result in report["results"] if result["check"] == check)


WRONG_DX = "def affine_backward(dout, cache):\n    return 2 * dout @ cache['w'].T, cache['x'].T @ dout"


@pytest.mark.parametrize("notebook", [False, True])
def test_a_case_is_written_as_a_script_that_runs(run, hand_in, tmp_path, notebook):
    source = replaced(WRONG_DX)
    cells = [source, "from autograder import check", "check(\n    'double')\n%matplotlib inline"]
    file = hand_in("ada", cells if notebook else source)
    script = tmp_path / "case.py"
    done = run(replay_command, token_of(run, file, "affine_backward.gradients"), file, "--script", script)
    assert (done.exit_code, done.stdout.strip()) == (0, str(script))
    text = script.read_text()
    assert "found  dx is wrong at" in text
    assert ("# check(" in text) is notebook
    told = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    assert "dx = [[" in told.stdout
    assert "dw = [[" in told.stdout
    assert "cache =" not in told.stdout, "it is the student's own business"
    again = CliRunner().invoke(
        replay_command, [token_of(run, file, "affine_backward.gradients"), str(file), "--script", str(script), *LEVEL]
    )
    assert str(again.exception) == f"{script} is there already; name another file with --script."


def test_where_there_is_nothing_to_call_a_script_is_refused(run, hand_in):
    file = hand_in("ada", replaced("def double(x):\n    return x * x"))
    token = token_of(run, file, "double.values")
    file.write_text("x = 1")
    done = CliRunner().invoke(replay_command, [token, str(file), "--script", "x.py", *LEVEL])
    assert str(done.exception) == "double is not defined."


# ── while it runs ──────────────────────────────────────────────────────────────────────────────


def test_a_check_names_itself_whenever_it_asks(tiny):
    told = []
    grading = named(Grading(tiny, 0, Isolation(Level.PROCESS, {}), tiny.checks[:2]), told.append)
    results = Examiner(grading.declared, 0).examine_all(grading.checks, LocalRunner(vars(tiny.reference)))
    assert [result.verdict for result in results] == [Verdict.PASS] * 2
    assert list(dict.fromkeys(told)) == ["double.values", "double.purity"]


def on_a_terminal(command, cwd, seconds=60):
    """What `command` writes to a terminal, as bytes."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.environ.update(COLUMNS="100", TERM="xterm")
        os.execv(command[0], command)
    said, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            said += os.read(descriptor, 65536)
        except OSError:
            break
    os.waitpid(pid, 0)
    os.close(descriptor)
    return said.decode()


def test_on_a_terminal_a_live_line_names_the_check_and_in_a_pipe_nothing_does(course, hand_in):
    file = hand_in("ada", RIGHT)
    command = [sys.executable, "-m", "autograder", "check", "tiny", str(file), *LEVEL]
    said = on_a_terminal(command, course)
    assert "ada.py: starting" in said
    assert "\x1b[2K" in said, "the line is taken away"
    piped = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)
    assert (piped.returncode, piped.stderr) == (0, "")


# ── again and again ────────────────────────────────────────────────────────────────────────────


def test_saves_are_seen_without_another_package(tmp_path):
    file = tmp_path / "ada.py"
    file.write_text("1")
    seen = saves(file)
    assert next(seen) is True

    def later(act):
        threading.Timer(0.1, act).start()
        return next(seen)

    assert later(lambda: file.write_text("22")) is True
    other = tmp_path / "other"
    other.write_text("22")
    assert later(lambda: other.replace(file)) is True, "an editor puts a new file in its place"
    assert later(file.unlink) is False
    assert later(lambda: file.write_text("22")) is True


def test_watching_keeps_the_last_result_when_the_file_is_gone_or_half_written(run, hand_in, monkeypatch):
    file = hand_in("ada", [replaced("def double(x):\n    return x * x")])
    whole = file.read_text()

    def steps(path):
        yield True
        file.unlink()
        yield False
        yield True  # it was there for a moment
        file.write_text(whole[: len(whole) // 2])
        yield True
        file.write_text(whole.replace("return x * x", "return x + x"))
        yield True
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.cli.student.saves", steps)
    done = run(check_command, "tiny", file, "--watch")
    assert done.exit_code == 0, "that of the last result"
    assert done.stdout.count("Tiny · ada") == 2
    assert done.stdout.index("5 of 8 points") < done.stdout.index("8 of 8 points")
    told = done.stderr.splitlines()
    assert told[1] == f"{file} is not there. What stands above is of the last save."
    assert "does not exist" in told[2]
    assert "ada.ipynb is cut off" in told[3]
    assert told[-2].startswith(f"Watching {file}: save it to check again")


def test_watching_what_is_never_there_says_so(run, tmp_path, monkeypatch):
    def steps(path):
        yield False
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.cli.student.saves", steps)
    done = CliRunner().invoke(check_command, ["tiny", str(tmp_path / "no.py"), "--watch", *LEVEL])
    assert str(done.exception) == f"Nothing was checked: {tmp_path / 'no.py'} could not be read."
