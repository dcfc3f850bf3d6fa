"""Runs trusted work in plain forks, a few at a time: a mutant may loop for ever, and must then cost only itself."""

from __future__ import annotations

import gc
import json
import os
import resource
import selectors
import signal
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

MEMORY = 4 * 2**30
WALL_FACTOR = 30  # a loose deadline for work that sleeps; what counts is CPU time


@dataclass
class _Running:
    item: Any
    pid: int
    deadline: float
    output: bytearray = field(default_factory=bytearray)


def in_forks(
    items: Iterable[T], work: Callable[[T], Any], *, jobs: int, cpu_s: int
) -> Iterator[tuple[T, Any | None, str]]:
    """For each item, as they finish: the item, what `work` returned (as JSON carries it), and how it ended: "done",
    "timeout" when it used up `cpu_s`, or "died" when it fell over."""
    waiting = iter(items)
    with selectors.DefaultSelector() as selector:
        try:
            for item in waiting:
                _start(selector, item, work, cpu_s)
                while len(selector.get_map()) >= jobs:
                    yield from _finished(selector)
            while selector.get_map():
                yield from _finished(selector)
        finally:  # whoever stops listening leaves nobody running
            for key in list(selector.get_map().values()):
                os.kill(key.data.pid, signal.SIGKILL)
                _reap(selector, key)


def _start(selector: selectors.BaseSelector, item: T, work: Callable[[T], Any], cpu_s: int) -> None:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reader)
            gc.freeze()  # the collector leaves alone what the fork inherits
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            warnings.simplefilter("ignore")  # of what mutants do; the findings say what matters
            _write(writer, json.dumps(work(item)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    selector.register(reader, selectors.EVENT_READ, _Running(item, pid, time.monotonic() + cpu_s * WALL_FACTOR))


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _finished(selector: selectors.BaseSelector) -> Iterator[tuple[Any, Any | None, str]]:
    """What ended, after waiting for something to happen."""
    for key, _ in selector.select(timeout=0.2):
        running: _Running = key.data
        chunk = os.read(key.fd, 65536)
        running.output += chunk
        if not chunk:
            yield _reap(selector, key)
    for key in list(selector.get_map().values()):
        if time.monotonic() > key.data.deadline:
            os.kill(key.data.pid, signal.SIGKILL)
            yield _reap(selector, key)


def _reap(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> tuple[Any, Any | None, str]:
    running: _Running = key.data
    selector.unregister(key.fd)
    os.close(key.fd)
    _, status = os.waitpid(running.pid, 0)
    if os.WIFSIGNALED(status):
        return running.item, None, "timeout" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "died"
    return (running.item, json.loads(running.output), "done") if status == 0 else (running.item, None, "died")
