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
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from typing import Any, Self

import msgspec

from autograder.assignment.discover import find_assignment
from autograder.errors import AutograderError
from autograder.model import GradeReport, Level, Record, Submission, Unreadable
from autograder.pipeline import Grading, grade_read, ungraded
from autograder.sandbox.isolation import choose
from autograder.student.load import with_answers
from autograder.version import VERSION

_ADDRESS = re.compile(r"dask://(?P<host>\[[0-9a-fA-F:.]+\]|[^:/\s]+):(?P<port>\d{1,5})")
_CONNECT_SECONDS = 15
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
    if order.grader != VERSION:
        raise AutograderError(f"has autograder {VERSION}, not {order.grader}; install that one there.")
    grading = _declared(order.assignment, order.seed, order.level, order.checks)
    if grading.declared.assignment.version != order.version:
        raise AutograderError(f"has another version of {order.assignment}; copy the course's folder there.")
    return grading


@functools.lru_cache(maxsize=4)
def _declared(slug: str, seed: int, level: Level, checks: tuple[str, ...]) -> Grading:
    declared = with_answers(find_assignment(slug))
    asked = tuple(check for check in declared.checks if check.id in checks)
    return Grading(declared, seed, choose(level), asked)


class Cluster:
    """Workers that grade, behind a client of their scheduler. `mend` is called now and then with the seconds for which
    there has been no worker, and may return a sentence that says why nothing more is waited for."""

    def __init__(self, client: Any, slots: int, mend: Callable[[float], str | None]) -> None:
        self.slots = slots
        self._client, self._mend = client, mend
        self._lost = import_distributed().KilledWorker
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
            reply = _REPLIES.decode(self._done(grade_order, msgspec.json.encode(order)))
        except self._lost as error:
            return ungraded(grading, submission, f"The workers that graded it died ({error.task}).")
        if reply.report is None:
            raise AutograderError(f"A worker of the cluster cannot grade: it says that it {reply.error}")
        return reply.report

    def _done(self, work: Callable[[bytes], bytes], order: bytes) -> bytes:
        """What `work` returned on a worker. AutograderError once nothing more is waited for."""
        future = self._client.submit(work, order, pure=False)
        try:
            while not self._over.is_set():
                with contextlib.suppress(TimeoutError):
                    return bytes(future.result(timeout=_POLL_S))
            raise AutograderError(self._why)
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
            if found:
                seen = time.monotonic()
            without = time.monotonic() - seen if not found else 0.0
            if why := self._mend(without):
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
    """Dask's package; AutograderError where it is not installed."""
    try:
        import distributed
    except ImportError:
        raise AutograderError(
            'A Dask cluster takes the package distributed: pip install "dl-autograder[cluster]".'
        ) from None
    return distributed


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
