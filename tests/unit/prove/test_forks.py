"""Trusted work in plain forks: results, and what becomes of work that loops, dies or says too much."""

from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from autograder.errors import Missing
from autograder.prove.forks import in_forks
from autograder.sandbox.local import LocalRunner


def ended(work, items=(1,), jobs=2, cpu_s=1):
    return sorted(in_forks(items, work, jobs=jobs, cpu_s=cpu_s))


def test_results_come_back_as_json_carries_them():
    assert ended(lambda n: {"n": n, "t": (n, None)}, [1, 2, 3]) == [
        (n, {"n": n, "t": [n, None]}, "done") for n in (1, 2, 3)
    ]


def test_a_large_result_comes_back_whole():
    ((_, result, how),) = ended(lambda n: "x" * 1_000_000)
    assert (len(result), how) == (1_000_000, "done")


def test_no_items_give_no_results():
    assert ended(lambda n: n, []) == []


def test_what_a_fork_does_stays_there():
    seen: list[int] = []
    assert ended(lambda n: seen.append(n) or os.getpid() != parent) == [(1, True, "done")]
    assert seen == []


parent = os.getpid()


def loops(n):
    while n:
        pass


def raises(n):
    raise ValueError(n)


@pytest.mark.parametrize(
    ("work", "how"),
    [
        (loops, "timeout"),
        (raises, "died"),
        (lambda n: os._exit(3), "died"),
        (lambda n: os.kill(os.getpid(), signal.SIGTERM), "died"),
        (lambda n: {n}, "died"),
        (lambda n: bytearray(8 * 2**30), "died"),
    ],
    ids=["loops", "raises", "exits", "is killed", "no JSON", "memory"],
)
def test_work_that_goes_wrong_costs_itself_alone(work, how):
    found = ended(lambda n: work(n) if n == 2 else n, [1, 2, 3])
    assert found == [(1, 1, "done"), (2, None, how), (3, 3, "done")]


def test_forks_run_side_by_side():
    all_four = multiprocessing.get_context("fork").Barrier(4)  # passed by nobody before all have come
    assert [how for _, _, how in ended(lambda n: all_four.wait(timeout=60), range(4), jobs=4)] == ["done"] * 4


def test_a_namespace_stands_in_for_a_submission():
    runner = LocalRunner({"f": len, "g": 3})
    assert runner.fault("f") is None
    assert str(runner.fault("g")) == "g is not defined."
    assert isinstance(runner.fault("h"), Missing)
    with runner.start("f") as program:
        assert not program.ended
