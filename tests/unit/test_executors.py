"""Work in slots: bounded, and honest about failure."""

from __future__ import annotations

import threading

import pytest

from autograder.executors import LocalExecutor


def test_one_job_does_everything():
    assert sorted(LocalExecutor(1).run(lambda n: n * n, range(20))) == [n * n for n in range(20)]


def test_no_items_give_no_results():
    assert list(LocalExecutor(3).run(str, [])) == []


def test_every_item_gives_one_result():
    assert sorted(LocalExecutor(3).run(lambda n: n * n, range(50))) == [n * n for n in range(50)]


def test_an_exception_reaches_the_caller_and_later_items_are_not_begun():
    begun = []

    def work(item):
        begun.append(item)
        if item == 2:
            raise ZeroDivisionError("two")
        return item

    with pytest.raises(ZeroDivisionError, match=r"^two$"):
        list(LocalExecutor(1).run(work, range(100)))
    assert len(begun) <= 5


def test_work_that_waits_elsewhere_is_stopped_before_it_is_waited_for():
    stopped = threading.Event()

    def work(item):
        if item:
            raise ZeroDivisionError("one")
        return stopped.wait(60)

    with pytest.raises(ZeroDivisionError):
        list(LocalExecutor(2, stopped.set).run(work, [0, 1]))
    assert stopped.is_set()


def test_no_more_than_two_items_a_slot_are_taken_before_they_are_needed():
    taken, at_most = [], 0
    release = threading.Event()

    def items():
        for number in range(30):
            taken.append(number)
            if len(taken) == 4:
                release.set()
            yield number

    done = 0
    for _ in LocalExecutor(2).run(lambda n: release.wait(5) and n, items()):
        at_most = max(at_most, len(taken) - done)
        done += 1
    assert done == 30
    assert at_most <= 2 * 2 + 1


def test_no_more_than_the_slots_run_at_once():
    running, most, lock = 0, 0, threading.Lock()
    both = threading.Barrier(2, timeout=5)

    def work(_):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        both.wait()
        with lock:
            running -= 1

    list(LocalExecutor(2).run(work, range(8)))
    assert most == 2


def test_leaving_early_ends_the_work():
    results = LocalExecutor(1).run(lambda n: n, range(1000))
    next(results)
    results.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("grade")]
