"""A submission timed on a worker of a Dask cluster: read here, sent as bytes, its report kept here.

What is timed asks for a resource of Dask's, so that a worker which offers one of it times one submission and does
nothing else beside it: `GPU` for CUDA, `TIMED` for a clock of CPU time.
https://distributed.dask.org/en/stable/resources.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from autograder.assignment.discover import Declared
from autograder.cluster import Cluster, Died, same_here
from autograder.errors import AutograderError, GraderFault
from autograder.model import Level, Record, SpeedReport, Submission
from autograder.sandbox.isolation import choose
from autograder.timing.cuda.device import TENSOR_PACKAGES, imports
from autograder.timing.run import time_read, timed_on_cuda, timed_part
from autograder.version import VERSION

GPU, TIMED = "GPU", "TIMED"


class Order(Record, frozen=True):
    """What a worker is asked to time; `version` and `grader` are those of the driver."""

    assignment: str
    version: str
    grader: str
    level: Level
    device: str
    submission: Submission


class Reply(Record, frozen=True):
    """A report; or one sentence on why there is none, and whether the grader failed."""

    report: SpeedReport | None = None
    error: str = ""
    failed: bool = False


_ORDERS, _REPLIES = msgspec.json.Decoder(Order), msgspec.json.Decoder(Reply)


def resource(declared: Declared, submission: Submission, device: str) -> str:
    """What timing `submission` on `device` ("auto", "cpu", "cuda") asks a worker for. With "auto" it is a GPU for code
    that imports PyTorch, where the assignment has something to compare it with."""
    tensors = imports(submission.cells, TENSOR_PACKAGES) and timed_on_cuda(timed_part(declared))
    return GPU if device == "cuda" or (device == "auto" and tensors) else TIMED


def time_order(data: bytes) -> bytes:
    """On a worker: time the submission in an encoded Order, and return an encoded Reply."""
    order = _ORDERS.decode(data)
    try:
        declared = same_here(order.assignment, order.version, order.grader)
    except AutograderError as error:
        return msgspec.json.encode(Reply(error=f"A worker of the cluster cannot time: it says that it {error}"))
    try:
        reply = Reply(time_read(declared, order.submission, isolation=choose(order.level), device=order.device))
    except AutograderError as error:
        reply = Reply(error=str(error), failed=isinstance(error, GraderFault))
    return msgspec.json.encode(reply)


def timed_by(cluster: Cluster, declared: Declared, level: Level, device: str) -> Callable[[Submission], SpeedReport]:
    """What times a submission on `cluster`, from as many threads as wanted. It raises what `time_read` raises."""

    def time(submission: Submission) -> SpeedReport:
        assignment, asked = declared.assignment, resource(declared, submission, device)
        # on a worker that offers a GPU "auto" means that GPU, or a sentence on what it lacks
        where = "cuda" if asked == GPU else device
        order = Order(assignment.id, assignment.version, VERSION, level, where, submission)
        try:
            reply = _REPLIES.decode(cluster.done(time_order, msgspec.json.encode(order), asked))
        except Died as died:
            raise GraderFault(f"The workers that timed {submission.id} died ({died}).") from None
        if reply.report is None:
            raise GraderFault(reply.error) if reply.failed else AutograderError(reply.error)
        return reply.report

    return time


def resources(declared: Declared, submissions: Iterable[Submission], device: str) -> frozenset[str]:
    """What timing all of them asks workers for."""
    return frozenset(resource(declared, submission, device) for submission in submissions)
