"""A submission in its sandbox: which parts of it can be asked, and what is said of the rest."""

from __future__ import annotations

import contextlib
import textwrap

import msgspec
import numpy as np
import pytest

from autograder.errors import Crashed, Forbidden, Missing, SubmissionFault, TimedOut
from autograder.model import Cell, Level, Submission, Visibility
from autograder.sandbox.isolation import choose
from autograder.sandbox.runner import NOTE_CAP, SandboxRunner
from autograder.sandbox.sandbox import PREPARED_CAP, Sandbox
from autograder.wire import Call


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(choose(None, at_least=Level.PROCESS).level) as sandbox:
        yield sandbox


@pytest.fixture
def run(sandbox, tiny):
    """Starts a submission: `run(source, …)` with a cell for each source, from 1 on; `script=True` for a script."""
    runners = []

    def start(*sources, script=False, limits=None):
        lines, cells = 1, []
        for number, source in enumerate(map(textwrap.dedent, sources), 1):
            cells.append(Cell(0 if script else number, lines if script else 1, source))
            lines += source.count("\n") + 1
        submission = Submission("ada", "ada.py", "0" * 64, "script" if script else "notebook", tuple(cells))
        assignment = msgspec.structs.replace(tiny.assignment, limits=limits or tiny.assignment.limits)
        runners.append(SandboxRunner(sandbox, assignment, submission))
        return runners[-1]

    yield start
    for runner in runners:
        runner.close()


def outcome(runner, entry_point="double", *args):
    """What a call comes to: a value, or the kind and sentence of a fault."""
    with runner.start() as program:
        (found,) = program.calls([Call(entry_point, args or (np.arange(3.0),))])
    return (type(found), str(found)) if isinstance(found, SubmissionFault) else found


def fault(runner, entry_point="double"):
    found = runner.fault(entry_point)
    return (type(found), str(found)) if found else None


DOUBLE = "def double(x):\n    return 2 * x"


def test_a_broken_cell_costs_only_itself(run):
    runner = run("import numpy as np", "x = np.nosuch", DOUBLE, "def affine_forward(x, w)\n    return x @ w, x")
    assert fault(runner) is None
    assert runner.notes == (
        "Cell 2, line 1: AttributeError: module 'numpy' has no attribute 'nosuch'.",
        "Cell 4, line 1: SyntaxError: expected ':'.",
    )
    assert fault(runner, "affine_forward") == (
        Crashed,
        "affine_forward could not be read: Cell 4, line 1: SyntaxError: expected ':'.",
    )
    assert fault(runner, "affine_backward") == (Missing, "affine_backward is not defined.")


def test_a_syntax_error_is_placed_in_its_cell(run):
    runner = run("a = 1", "b = 2", "c = 3", "d = 4\ndef double(x:\n    return x")
    assert fault(runner) == (
        Crashed,
        "double could not be read: Cell 4, line 2: SyntaxError: '(' was never closed.",
    )


def test_a_syntax_error_in_a_later_piece_of_a_script_is_told_by_the_line_of_the_file(run):
    runner = run("# %%\na = 1\nb = 2", "# %%\nc = 3\ndef double(x:\n    return x", script=True)
    assert runner.notes == ("Line 6: SyntaxError: '(' was never closed.",)


def test_an_exception_in_a_later_piece_of_a_script_is_told_by_the_line_of_the_file(run):
    runner = run("# %%\na = 1\nb = 2", "# %%\nc = 3\nnosuch", script=True)
    assert runner.notes == ("Line 6: NameError: name 'nosuch' is not defined.",)


def test_a_slow_statement_is_left_out_and_said(run):
    runner = run(DOUBLE, "while True: pass")
    assert fault(runner) is None
    assert runner.notes == ("Cell 2, line 1: this took too long and was left out; no function may depend on it.",)
    with runner.start() as program:
        assert program.calls([Call("double", (2.0,))]) == [4.0]
    assert runner.cpu_s < 0.2, "what was too slow once is not run again"


def test_many_notes_are_capped(run):
    runner = run(*["nosuch"] * (NOTE_CAP + 3), DOUBLE)
    assert len(runner.notes) == NOTE_CAP + 1
    assert runner.notes[-1] == "3 more statements failed."


def test_output_and_input_of_a_submission_do_no_harm(run):
    runner = run("print('x' * 10**6)", "input()", DOUBLE)
    assert fault(runner) is None
    assert runner.notes == ("Cell 2, line 1: EOFError: EOF when reading a line.",)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import numpy as np\ndef double(x):\n    return np.einsum('i->i', x) * 2", "numpy.einsum"),
        ("from numpy import einsum as e\ndef double(x):\n    return e('i->i', x) * 2", "numpy.einsum"),
        ("def double(x):\n    return ｅｖａｌ('2 * x')", "eval"),
    ],
)
def test_a_forbidden_name_is_told_with_its_place(source, name, run):
    assert outcome(run("pass", source)) == (
        Forbidden,
        f"double uses {name} (cell 2, line {source.count(chr(10)) + 1}), which this assignment does not allow.",
    )


def test_a_submission_that_ends_the_process_while_loading_cannot_be_started(run):
    with pytest.raises(
        Crashed, match=r"^The program ended the Python process instead of returning \(exit status 4\)\.$"
    ):
        run("import os\nos._exit(4)", DOUBLE)


# Whether the parent has compiled the submission that asks.
COMPILED = "any(MARK in cells[0][2] for cells in sys.modules['autograder.worker.compiled']._kept)"


def test_what_one_fork_has_read_the_later_ones_find_compiled(run):
    runner = run(f"import sys\nMARK = 'the first'\ndef double(x):\n    return {COMPILED}")
    assert [outcome(runner) for _ in range(2)] == [True, True]


def test_a_long_submission_is_compiled_by_each_fork(run):
    runner = run(f"import sys\nMARK = 'the second'\ndef double(x):\n    return {COMPILED}", "#" * PREPARED_CAP)
    assert outcome(runner) is False


def test_only_what_a_fork_has_read_to_its_end_is_compiled_in_the_parent(run, sandbox, monkeypatch):
    prepared = []
    monkeypatch.setattr(sandbox, "prepare", lambda cells, forbid: prepared.append(cells))
    with pytest.raises(SubmissionFault):
        run("import os\nos._exit(3)")
    assert prepared == []
    run("while True:\n    pass", DOUBLE)  # read once more without what is too slow
    assert prepared == [[(1, 1, "while True:\n    pass"), (2, 1, DOUBLE)]]


COUNTING = "count = 0", "def double(x):\n    global count\n    count += 1\n    return count"


def test_a_check_begins_afresh_unless_it_follows_one_of_its_entry_point(run, tiny):
    runner = run(*COUNTING)
    one, other = _public(tiny, "double"), _public(tiny, "affine_forward")
    seen = []
    for check in (None, None, one, one, other):
        with runner.start("double", check) as program:
            seen += program.calls([Call("double", (1.0,))])
    assert seen == [1, 1, 1, 2, 1]


def test_a_fork_that_was_asked_a_hidden_check_is_asked_no_public_one(run, tiny):
    runner = run("seen = []\ndef double(x):\n    seen.append(x)\n    return seen[0]")
    public = _public(tiny, "double")
    secret = msgspec.structs.replace(public, visibility=Visibility.HIDDEN)
    answers = []
    for number, check in enumerate([public, secret, secret, public, public, secret]):
        with runner.start("double", check) as program:
            answers += program.calls([Call("double", (float(number),))])
    assert answers == [0.0, 0.0, 0.0, 3.0, 3.0, 3.0]


def test_a_fault_ends_the_fork_that_checks_share(run, tiny):
    runner = run("import os\ndef double(x):\n    if x == 0:\n        os._exit(1)\n    return x")
    check = _public(tiny, "double")
    with runner.start("double", check) as program:
        (outcome,) = program.calls([Call("double", (0.0,))])
        assert type(outcome) is Crashed
    with runner.start("double", check) as program:
        assert program.calls([Call("double", (3.0,))]) == [3.0]


def _public(tiny, entry_point):
    return next(c for c in tiny.checks if c.entry_point == entry_point and c.visibility is Visibility.PUBLIC)


def test_what_a_check_used_is_told_and_judged(run, tiny):
    limits = msgspec.structs.replace(tiny.assignment.limits, cpu_s=0.2)
    busy = """
        from time import process_time as now
        def double(x):
            end = now() + x
            while now() < end: pass
            return x
    """
    runner = run(busy, limits=limits)
    with runner.start() as program:
        program.calls([Call("double", (0.05,))])
    assert 0.04 < runner.cpu_s < 0.2
    assert runner.wall_s >= runner.cpu_s * 0.9
    with pytest.raises(TimedOut, match=r"^It used more than 0\.2 seconds of CPU time\.$"), runner.start() as program:
        for _ in range(4):
            program.calls([Call("double", (0.1,))])
    with runner.start() as program:
        assert program.calls([Call("double", (0.0,))]) == [0.0]


def test_an_entry_point_that_timed_out_twice_is_not_asked_again(run, tiny):
    """Wherever it is called from: a backward pass that needs a forward pass which loops costs nothing more."""
    limits = msgspec.structs.replace(tiny.assignment.limits, cpu_s=0.2)
    runner = run("def double(x):\n    while True: pass\ndef affine_forward(x, w):\n    return x @ w, x", limits=limits)
    for _ in range(2):
        assert runner.fault("double") is None
        with contextlib.suppress(TimedOut), runner.start() as program:
            (outcome,) = program.calls([Call("double", (1.0,))])
        assert str(outcome) == "It used more than 0.2 seconds of CPU time."
    refusal = (TimedOut, "double timed out 2 times before, so it was not asked again.")
    assert fault(runner) == refusal
    with runner.start() as program:
        (outcome,) = program.calls([Call("double", (1.0,))])
        assert (type(outcome), str(outcome)) == refusal
        assert not program.ended
        assert program.calls([Call("affine_forward", (np.eye(2), np.eye(2)))])[0][0].tolist() == [[1, 0], [0, 1]]
    assert runner.cpu_s < 0.2


def test_a_sleeper_has_half_of_what_is_left(run, tiny):
    limits = msgspec.structs.replace(tiny.assignment.limits, wall_s=60, total_wall_s=3)
    runner = run("import time\ndef double(x):\n    time.sleep(x)\n    return x", limits=limits)
    seconds = []
    for _ in range(2):
        with runner.start() as program:
            (outcome,) = program.calls([Call("double", (60.0,))])
        seconds.append(float(str(outcome).split()[3]))
    assert 1 < seconds[0] <= 1.5
    assert 0.9 < seconds[1] <= 1
    with runner.start() as program:
        (outcome,) = program.calls([Call("affine_forward", (1.0, 1.0))])
    assert str(outcome) == "Not asked: the submission used up its 3 seconds of waiting before."
