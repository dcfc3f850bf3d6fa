"""Where work runs. A thread a slot: each drives a sandbox of its own, and the sandbox is the process that may die."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Runs work on items and gives results as they finish, in whatever order."""

    def run(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]: ...


class LocalExecutor:
    """This machine, `jobs` submissions at a time."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def run(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Results as they finish. At most two items a slot are in flight, so a long class costs no memory."""
        waiting = iter(items)
        running: set[Future[R]] = set()
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="grade") as pool:
            try:
                for item in waiting:
                    running.add(pool.submit(work, item))
                    if len(running) >= 2 * self.jobs:
                        done, running = wait(running, return_when=FIRST_COMPLETED)
                        yield from (future.result() for future in done)
                while running:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            finally:
                pool.shutdown(cancel_futures=True)
