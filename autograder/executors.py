"""Where work runs. A thread a slot: each drives a sandbox of its own, and the sandbox is the process that may die."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

from autograder.patience import patiently

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Runs work on items and gives results as they finish, in whatever order."""

    def run(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]: ...


class LocalExecutor:
    """This machine, `jobs` submissions at a time. `stop` is called when no more results are wanted, so that what waits
    elsewhere for one does not wait on."""

    def __init__(self, jobs: int, stop: Callable[[], None] = lambda: None) -> None:
        self.jobs, self._stop = jobs, stop

    def run(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Results as they finish. At most two items a slot are in flight, so a long class costs no memory."""
        waiting = iter(items)
        running: set[Future[R]] = set()
        with patiently(lambda: _threads(self.jobs)) as pool:
            try:
                for item in waiting:
                    running.add(pool.submit(work, item))
                    if len(running) >= 2 * self.jobs:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        yield from (future.result() for future in done)
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            except BaseException:
                self._stop()
                raise
            finally:
                pool.shutdown(cancel_futures=True)


def _threads(jobs: int) -> ThreadPoolExecutor:
    """A pool whose threads all run. OSError where the system refuses one: in the middle of a class that would lose the
    submission for which the pool wanted it."""
    pool, together = ThreadPoolExecutor(jobs, thread_name_prefix="grade"), threading.Barrier(jobs + 1)
    try:
        for _ in range(jobs):
            pool.submit(together.wait)
    except RuntimeError as error:  # "can't start new thread", without an errno
        together.abort()
        pool.shutdown(cancel_futures=True)
        raise OSError(errno.EAGAIN, str(error)) from None
    together.wait()
    return pool
