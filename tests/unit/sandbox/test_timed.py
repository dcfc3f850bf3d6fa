"""The grader's side of timed code: what a launch is charged with, what is taken, and what ends it."""

from __future__ import annotations

import textwrap
import time
from contextlib import contextmanager

import numpy as np
import pytest

from autograder.errors import Crashed, OutOfMemory, TimedOut
from autograder.model import Cell, Level, Limits, Submission
from autograder.sandbox.arena import Memory
from autograder.sandbox.isolation import choose
from autograder.sandbox.runner import SandboxRunner
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.timed import Launches, race_request, steps_request

BYTES = 2**20
LIMITS = Limits(cpu_s=20.0, memory_mb=256)
STEPS = [("double", ("x",), ("out",), False)]
X = np.arange(12, dtype=np.float32).reshape(3, 4)


# ── the memory ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def memory():
    with Memory(BYTES) as memory:
        yield memory


def test_outputs_are_poisoned_and_inputs_shown_as_they_are(memory):
    memory.lay_out({"x": X}, {"out": (2, 2)}, {"stride": 3})
    memory.show({"x": X})
    assert np.isnan(memory.take()["out"]).all()
    np.testing.assert_array_equal(memory.layout.inputs[0].view(memory.map), X)


def test_inputs_stay_hidden_until_they_are_shown(memory):
    memory.lay_out({"x": X}, {"out": (2, 2)}, {})
    assert not any(memory.map[:4096]), "nor does the header say where they will be"
    assert not memory.layout.inputs[0].view(memory.map).any()


def test_what_was_taken_does_not_change(memory):
    memory.lay_out({}, {"out": (3,)}, {})
    place = memory.layout.outputs[0].view(memory.map)
    place[...] = 1
    taken = memory.take()
    place[...] = 2
    np.testing.assert_array_equal(taken["out"], [1, 1, 1])


def test_what_an_earlier_launch_left_is_gone(memory):
    memory.lay_out({}, {"out": (3,)}, {})
    memory.layout.outputs[0].view(memory.map)[...] = 5
    memory.lay_out({}, {"out": (3,)}, {})
    assert np.isnan(memory.take()["out"]).all()


def test_what_does_not_fit_is_refused(memory):
    with pytest.raises(ValueError, match="do not fit into 1048576"):
        memory.lay_out({}, {"out": (2**18,)}, {})


# ── launches ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(choose(None, at_least=Level.PROCESS).level) as sandbox:
        yield sandbox


@pytest.fixture
def launches(sandbox, tiny):
    """`with launches(source) as run`: a submission that is loaded and waits for launches of `double`, or for a race."""

    @contextmanager
    def start(source, request=None):
        cells = (Cell(0, 1, "import time, os, sys, threading\nimport numpy as np\n" + textwrap.dedent(source)),)
        submission = Submission("ada", "ada.py", "0" * 64, "script", cells)
        with (
            SandboxRunner(sandbox, tiny.assignment, submission) as runner,
            Memory(BYTES) as memory,
            runner.share(memory, LIMITS) as program,
        ):
            yield Launches(program, memory, request or steps_request(STEPS), loaded=program.loaded)

    return start


def launch(run, budget=5.0, x=X):
    return run.launch({"x": x}, {}, {"out": x.shape}, budget)


BUSY = """
    def busy(seconds):
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass
"""


def test_launches_are_answered_one_after_the_other(launches):
    with launches("def double(x):\n    return 2 * x") as run:
        for factor in (1, 2, 3):
            landing = launch(run, x=factor * X)
            np.testing.assert_array_equal(landing.outputs["out"], 2 * factor * X)
            assert 0 <= landing.cpu_s < 1
            assert landing.wall_s > 0


def test_a_launch_is_charged_with_its_work_and_not_with_its_rest(launches):
    source = (
        BUSY
        + """
    def double(x):
        busy(0.1) if x[0, 0] else time.sleep(0.1)
        return 2 * x
"""
    )
    with launches(source) as run:
        working, resting = launch(run, x=X + 1), launch(run, x=X)
    assert 0.1 <= working.cpu_s < 0.2
    assert resting.cpu_s < 0.05
    assert resting.wall_s >= 0.1


def test_helpers_and_what_is_done_between_launches_are_charged(launches):
    source = (
        BUSY
        + """
    def double(x):
        threading.Thread(target=busy, args=(0.1,)).start()
        return 2 * x
"""
    )
    with launches(source) as run:
        launch(run)
        time.sleep(1.0)  # on a busy machine the thread has a small part of a core
        second = launch(run)
    assert second.cpu_s >= 0.05, "the thread went on after the answer"


def test_an_exception_is_told_with_its_place(launches):
    with launches("def double(x):\n    return 1 / 0") as run, pytest.raises(Crashed) as caught:
        launch(run)
    assert str(caught.value) == "It raised ZeroDivisionError: division by zero (line 4)."


def test_too_much_memory_has_its_own_verdict(launches):
    with launches("def double(x):\n    return np.ones(2**32)") as run, pytest.raises(OutOfMemory) as caught:
        launch(run)
    assert str(caught.value) == "It asked for more memory than the check allows (line 4)."


def test_a_launch_over_its_budget_is_ended(launches):
    started = time.monotonic()
    with (
        launches("def double(x):\n    while True: pass") as run,
        pytest.raises(TimedOut, match=r"It used more than 0\.2 seconds of CPU time\."),
    ):
        launch(run, budget=0.2)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("way", "signal"), [("os._exit(0)", 0), ("os.kill(os.getpid(), 9)", 9), ("os.kill(os.getpid(), 11)", 11)]
)
def test_a_program_that_ends_has_crashed(launches, way, signal):
    with launches(f"def double(x):\n    {way}") as run, pytest.raises(Crashed) as caught:
        launch(run)
    assert str(caught.value) == f"The program ended the Python process while it was timed (signal {signal})."


SAYS = """
    def say(data):
        for descriptor in range(3, 32):
            try:
                os.write(descriptor, data)
            except OSError:
                pass
"""


def test_an_early_answer_finds_poison(launches):
    with launches(
        SAYS + "\n    def double(x):\n        say(b'D')\n        time.sleep(0.2)\n        return 2 * x"
    ) as run:
        assert np.isnan(launch(run).outputs["out"]).all()


def test_a_byte_that_means_nothing_ends_the_launches(launches):
    with (
        launches(SAYS + "\n    def double(x):\n        say(b'C')\n        return 2 * x") as run,
        pytest.raises(Crashed, match="broke the timing protocol: it sent a byte that means nothing here"),
    ):
        launch(run)


def test_an_exception_that_is_only_claimed_is_a_crash(launches):
    source = SAYS + "\n    def double(x):\n        say(b'X' + bytes(64))\n        return 2 * x"
    with launches(source) as run, pytest.raises(Crashed) as caught:
        launch(run)
    assert str(caught.value) == "The program raised an exception and then broke the timing protocol."


# ── a race ─────────────────────────────────────────────────────────────────────────────────────

W = np.zeros((2, 2), np.float32)
DATA = {"images": X, "labels": np.array([0, 1, 0]), "w": W}


WORK = """
    def work(seconds=0.12):
        end = time.process_time() + seconds
        while time.process_time() < end:
            pass
"""


def race(run, budget=5.0, at_most=8):
    return [landing for landing in run.commits(DATA, {"seed": 3}, {"w": (2, 2)}, budget, at_most)]


def values(landings):
    return [float(landing.outputs["w"][0, 0]) for landing in landings]


TRAIN = """
    def train(params, images, labels, commit, rng):
        for step in range(1, 6):
            params["w"][...] = step
            commit(params)
"""


def test_weights_are_taken_and_stamped_as_they_are_handed_over(launches):
    with launches(TRAIN, race_request("train")) as run:
        landings = race(run)
    assert values(landings) == [1, 2, 3, 4, 5]
    stamps = [landing.cpu_s for landing in landings]
    assert stamps == sorted(stamps)
    assert stamps[0] >= 0


def test_no_more_are_taken_than_count(launches):
    with launches(TRAIN, race_request("train")) as run:
        assert values(race(run, at_most=2)) == [1, 2]


def test_what_was_handed_over_before_the_time_was_up_counts(launches):
    source = TRAIN + "        while True: pass"
    with launches(source, race_request("train")) as run:
        assert values(race(run, budget=0.2)) == [1, 2, 3, 4, 5]


def test_what_is_handed_over_beyond_the_budget_is_not_taken(launches):
    """However quickly one commit follows another: the first comes after all the work."""
    source = WORK + TRAIN.replace("for step", "work(0.4)\n        for step")
    with launches(source, race_request("train")) as run:
        assert race(run, budget=0.2) == []
    with launches(source, race_request("train")) as run:
        assert values(race(run, budget=5.0)) == [1, 2, 3, 4, 5]


def test_an_exception_in_a_race_is_told_after_what_was_handed_over(launches):
    source = TRAIN + "        raise KeyError('w')"
    taken = []
    with launches(source, race_request("train")) as run, pytest.raises(Crashed, match="It raised KeyError: 'w'"):
        for landing in run.commits(DATA, {"seed": 3}, {"w": (2, 2)}, 5.0, 8):
            taken.append(landing)
    assert values(taken) == [1, 2, 3, 4, 5]


def test_a_claim_to_have_handed_over_finds_poison(launches):
    source = SAYS + "\n    def train(params, images, labels, commit, rng):\n        say(b'C')\n        time.sleep(0.2)"
    with launches(source, race_request("train")) as run:
        (landing,) = race(run)
    assert np.isnan(landing.outputs["w"]).all()


AT_LOAD = {
    "a statement": "\n    work()\n",
    "a decorator": (
        "\n    def worked(function):\n        work()\n        return function\n\n    @worked\n    def f(): pass\n"
    ),
    "a default argument": "\n    def f(x=work()): pass\n",
    "a class body": "\n    class A:\n        x = work()\n",
    "a subclass": ("\n    class A:\n        def __init_subclass__(cls):\n            work()\n\n    class B(A): pass\n"),
    "a descriptor": (
        "\n    class D:\n        def __set_name__(self, owner, name):\n            work()\n\n"
        "    class A:\n        d = D()\n"
    ),
    "a thread": "\n    threading.Thread(target=work, daemon=True).start()\n    time.sleep(0.1)\n",
}


@pytest.mark.parametrize("place", sorted(AT_LOAD))
def test_a_race_is_charged_with_what_is_computed_while_it_is_loaded(launches, place):
    with launches(WORK + AT_LOAD[place] + TRAIN, race_request("train")) as run:
        last = race(run)[-1]
    assert last.cpu_s > (0.05 if place == "a thread" else 0.11)


def test_loading_costs_an_honest_race_next_to_nothing(launches):
    with launches(WORK + TRAIN, race_request("train")) as run:
        assert race(run)[0].cpu_s < 0.1


def test_launches_of_a_kernel_are_not_charged_with_its_loading(launches):
    with launches(WORK + AT_LOAD["a statement"] + "\n    def double(x): return 2 * x") as run:
        assert launch(run).cpu_s < 0.1
