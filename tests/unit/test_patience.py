"""A grader that runs short waits before it says anything."""

from __future__ import annotations

import errno
import threading

import pytest

from autograder.errors import GraderFault
from autograder.executors import LocalExecutor
from autograder.patience import patiently

SHORTAGES = [errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE]


@pytest.mark.parametrize("number", SHORTAGES)
def test_what_the_machine_is_short_of_is_waited_for(number: int) -> None:
    refusals = [OSError(number, "short")] * 3

    def start() -> str:
        if refusals:
            raise refusals.pop()
        return "started"

    assert patiently(start) == "started"


@pytest.mark.parametrize("number", SHORTAGES)
def test_a_shortage_that_stays_is_the_graders(number: int) -> None:
    def start() -> None:
        raise OSError(number, "short")

    with pytest.raises(
        GraderFault, match=r"^This machine is short of processes, memory or open files \(.*\): lower --jobs"
    ):
        patiently(start, patience_s=0.05)


def test_another_error_is_not_waited_for() -> None:
    def start() -> None:
        raise FileNotFoundError(errno.ENOENT, "bwrap")

    with pytest.raises(FileNotFoundError):
        patiently(start)


def test_a_class_waits_for_the_threads_that_grade_it(monkeypatch) -> None:
    """The second thread is refused once; nobody of the class is lost or graded twice."""
    refusals, start = [False, True, False], threading.Thread.start

    def started(thread: threading.Thread) -> None:
        if refusals and refusals.pop(0):
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", started)
    assert sorted(LocalExecutor(2).run(lambda item: 2 * item, range(9))) == [2 * item for item in range(9)]
    assert refusals == []
