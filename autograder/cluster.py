"""A Dask cluster that grades: submissions are read here, once, travel as bytes, and their reports are kept here.

A worker needs this package and the course's folder as its working directory, both of the version that the driver has.
Several things are as they are because of what Dask does: a submission is asked for with `pure=False`, or two equal
files would be one task; futures are released as soon as they are read, or the scheduler keeps every report; a worker
that dies has its submissions graded again elsewhere, by the scheduler; and `Client.get_executor` is not used, since it
keeps every future (https://distributed.dask.org/en/stable/memory.html).
"""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from typing import Any, Self

import msgspec

from autograder.assignment.discover import Declared, find_assignment
from autograder.errors import AutograderError
from autograder.model import GradeReport, Level, Record, Submission, Unreadable
from autograder.pipeline import Grading, grade_read, ungraded
from autograder.sandbox.isolation import choose
from autograder.student.load import with_answers
from autograder.version import VERSION

_ADDRESS = re.compile(r"dask://(?P<host>\[[0-9a-fA-F:.]+\]|[^:/\s]+):(?P<port>\d{1,5})")
_CONNECT_SECONDS = 15
# Dask looks at its threads' stacks every 10 ms, at its event loops every 20 ms, at memory every 200 ms: 0.04 s of CPU
# time a second and process while one submission is graded, where a driver and two workers should take less than 0.05 s
CALM = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "5s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
_POLL_S = 2.0  # how soon a thread that waits for a report learns that nothing more is waited for
_LOOK_S = 5.0  # how often somebody looks whether there are workers
_WITHOUT_WORKERS_S = 120.0  # workers that were restarted are back by then
_AGAIN = "Give the same command again to go on: what --out holds is not graded again."


class Order(Record, frozen=True):
    """What a worker is asked to do; `version` and `grader` are those of the driver."""

    assignment: str
    version: str
    grader: str
    seed: int
    level: Level
    checks: tuple[str, ...]
    submission: Submission


class Reply(Record, frozen=True):
    """What it did: a report, or one sentence on why it cannot grade."""

    report: GradeReport | None = None
    error: str = ""


# made here, once, as in the store: threads that decode a type for the first time together crash
_ORDERS, _REPLIES = msgspec.json.Decoder(Order), msgspec.json.Decoder(Reply)


def grade_order(data: bytes) -> bytes:
    """On a worker: grade the submission in an encoded Order, and return an encoded Reply."""
    order = _ORDERS.decode(data)
    try:
        reply = Reply(grade_read(_grading(order), order.submission))
    except AutograderError as error:
        reply = Reply(error=str(error))
    return msgspec.json.encode(reply)


def _grading(order: Order) -> Grading:
    same_here(order.assignment, order.version, order.grader)
    return _asked(order.assignment, order.seed, order.level, order.checks)


def same_here(slug: str, version: str, grader: str) -> Declared:
    """On a worker: the assignment. AutograderError, the end of a sentence, where it or the grader differs from the
    driver's."""
    if grader != VERSION:
        raise AutograderError(f"has autograder {VERSION}, not {grader}; install that one there.")
    declared = _declared(slug)
    if declared.assignment.version != version:
        raise AutograderError(f"has another version of {slug}; copy the course's folder there.")
    return declared


@functools.lru_cache(maxsize=4)
def _declared(slug: str) -> Declared:
    return with_answers(find_assignment(slug))


@functools.lru_cache(maxsize=4)
def _asked(slug: str, seed: int, level: Level, checks: tuple[str, ...]) -> Grading:
    declared = _declared(slug)
    asked = tuple(check for check in declared.checks if check.id in checks)
    return Grading(declared, seed, choose(level), asked)


class Died(Exception):
    """The workers that were given some work died; says which."""


class Cluster:
    """Workers that grade, behind a client of their scheduler. `mend` is called now and then with the seconds for which
    no worker was there that is needed, and may return a sentence that says why nothing more is waited for."""

    def __init__(self, client: Any, slots: int, mend: Callable[[float], str | None]) -> None:
        self.slots = slots
        self._client, self._mend = client, mend
        self._lost = import_distributed().KilledWorker
        self._needed: frozenset[str] = frozenset()
        self._over, self._why = threading.Event(), "The command was stopped."
        self._watch = threading.Thread(target=self._watch_workers, name="watch-workers", daemon=True)
        self._watch.start()

    def grade(self, grading: Grading, submission: Submission | Unreadable) -> GradeReport:
        """The report on `submission`, graded by a worker; from as many threads as there are slots. A submission whose
        workers die one after the other gets a report that says so, and costs nobody else."""
        if isinstance(submission, Unreadable):
            return grade_read(grading, submission)
        assignment = grading.declared.assignment
        checks = tuple(check.id for check in grading.checks)
        order = Order(
            assignment.id, assignment.version, VERSION, grading.seed, grading.isolation.level, checks, submission
        )
        try:
            reply = _REPLIES.decode(self.done(grade_order, msgspec.json.encode(order)))
        except Died as died:
            return ungraded(grading, submission, f"The workers that graded it died ({died}).")
        if reply.report is None:
            raise AutograderError(f"A worker of the cluster cannot grade: it says that it {reply.error}")
        return reply.report

    def require(self, resources: Iterable[str]) -> None:
        """AutograderError where no worker offers one of `resources`, since work that asks for it would wait for ever,
        or a worker that does may do other work beside it."""
        self._needed = frozenset(resources)
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        for address, worker in workers.items():
            if self._needed & worker["resources"].keys() and worker["nthreads"] > 1:
                raise AutograderError(
                    f"The worker at {address} has {worker['nthreads']} threads, and other work beside what is timed "
                    "there would slow it down; start it with --nthreads 1."
                )
        if missing := sorted(self._missing(workers.values())):
            raise AutograderError(
                f"No worker offers the resource {missing[0]}: in the course's folder start one with "
                f'`dask worker HOST:PORT --nthreads 1 --resources "{missing[0]}=1"`.'
            )

    def _missing(self, workers: Iterable[Mapping[str, Any]]) -> frozenset[str]:
        return self._needed - {resource for worker in workers for resource in worker["resources"]}

    def done(self, work: Callable[[bytes], bytes], order: bytes, resource: str = "") -> bytes:
        """What `work` returned on a worker, one of those that offer `resource`. `Died` where the workers did that one
        after the other, AutograderError once nothing more is waited for."""
        future = self._client.submit(work, order, pure=False, resources={resource: 1} if resource else None)
        try:
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    return bytes(future.result(timeout=_POLL_S))
            raise AutograderError(self._why)
        except self._lost as error:
            raise Died(str(error.task)) from None
        except CancelledError:
            raise AutograderError("The connection to the Dask scheduler was lost. " + _AGAIN) from None
        finally:
            future.release()

    def _watch_workers(self) -> None:
        seen = time.monotonic()
        while not self._over.wait(_LOOK_S):
            try:
                found = self._client.scheduler_info(n_workers=-1)["workers"]
            except (OSError, TimeoutError, CancelledError):
                found = {}
            lacking = not found or self._missing(found.values())
            seen = seen if lacking else time.monotonic()
            if why := self._mend(time.monotonic() - seen if lacking else 0.0):
                self._why = why
                self._over.set()

    def stop(self) -> None:
        """Nothing more is waited for: whoever waits in `grade` gets an AutograderError."""
        self._over.set()

    def close(self) -> None:
        """Let go of the scheduler; its workers stay."""
        self.stop()
        self._watch.join()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def connect(address: str) -> Cluster:
    """The workers of the scheduler at `dask://HOST:PORT`. Raises AutograderError where they cannot be used.

    Off this machine the connection must be encrypted, with the certificates of Dask's configuration: what goes over it
    are students' files and their grades, and whoever can talk to a scheduler can run code on its workers."""
    distributed = import_distributed()
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise AutograderError(f"{address} is not an address of a Dask scheduler; write dask://HOST:PORT, or slurm.")
    where = f"{found['host']}:{found['port']}"
    scheme = "tcp" if _is_here(found["host"]) else "tls"
    security = distributed.Security() if scheme == "tls" else None
    if security is not None and not security.tls_client_cert:
        raise AutograderError(
            f"{where} is another machine, and Dask's configuration has no certificates (distributed.comm.tls); a "
            "cluster is not used without encryption."
        )
    try:
        client = distributed.Client(
            f"{scheme}://{where}", security=security, timeout=_CONNECT_SECONDS, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError) as error:
        raise AutograderError(f"The Dask scheduler at {where} does not answer ({error}).") from None
    try:
        slots = _slots(client.scheduler_info(n_workers=-1)["workers"], where)
    except BaseException:
        client.close()
        raise

    def mend(without_s: float) -> str | None:
        gone = f"The Dask scheduler at {where} has had no workers for {without_s:.0f} s. {_AGAIN}"
        return gone if without_s > _WITHOUT_WORKERS_S else None

    return Cluster(client, slots, mend)


def import_distributed() -> Any:
    """Dask's package, which then watches itself less; AutograderError where it is not installed."""
    try:
        import dask
        import distributed
    except ImportError:
        raise AutograderError(
            'A Dask cluster takes the package distributed: pip install "dl-autograder[cluster]".'
        ) from None
    # as defaults: what somebody's own configuration says stays
    dask.config.update_defaults(_nested(CALM))
    return distributed


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in flat.items():
        *parts, last = name.split(".")
        functools.reduce(lambda within, part: within.setdefault(part, {}), parts, found)[last] = value
    return found


def calm_environment() -> dict[str, str]:
    """The variables by which a process of Dask's that is started elsewhere watches itself as little as this one."""
    import_distributed()
    import dask

    return {f"DASK_{name.upper().replace('.', '__').replace('-', '_')}": str(dask.config.get(name)) for name in CALM}


def _slots(workers: Mapping[str, Mapping[str, Any]], where: str) -> int:
    """How many submissions the workers grade at a time."""
    if not workers:
        raise AutograderError(f"The Dask scheduler at {where} has no workers; start some in the course's folder.")
    for address in workers:
        scheme, _, rest = address.partition("://")
        if scheme != "tls" and not _is_here(rest.rpartition(":")[0]):
            raise AutograderError(f"The worker at {address} is another machine and does not use encryption (tls).")
    return sum(int(worker["nthreads"]) for worker in workers.values())


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
