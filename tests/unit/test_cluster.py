"""A Dask cluster on this machine: it grades as this machine does, and a worker that dies costs nobody a grade."""

from __future__ import annotations

import os
import re
import signal
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tiny_course import RIGHT, replaced, write_assignment

from autograder import cluster
from autograder.assignment.discover import find_assignment
from autograder.cluster import Cluster, Order, connect, grade_order
from autograder.errors import AutograderError
from autograder.executors import LocalExecutor
from autograder.model import Level, Verdict
from autograder.pipeline import Grading, grade_class
from autograder.sandbox.isolation import choose
from autograder.store import Store
from autograder.submission import find_submissions

distributed = pytest.importorskip("distributed")

SOURCES = {
    "ada": RIGHT,
    "bob": replaced("def double(x):\n    return np.asarray(x) ** 2"),
    "cy": replaced("def double(x):\n    return 1 / 0"),
    "dee": "",
    "eve": replaced("def double(x):\n    return x + 1"),
    "fay": RIGHT,
}


@pytest.fixture
def course(tmp_path, monkeypatch):
    write_assignment(tmp_path)
    (tmp_path / "hw").mkdir()
    for name, source in SOURCES.items():
        (tmp_path / "hw" / f"{name}.py").write_text(source)
    monkeypatch.chdir(tmp_path)
    declared = find_assignment("tiny")
    return Grading(declared, 5, choose(None, at_least=Level.PROCESS), declared.checks)


def told(reports):
    """What the reports say, without what it took."""
    return {
        report.submission.id: [(r.check, r.verdict, r.points, r.message, r.replay) for r in report.results]
        for report in reports
    }


# Dask's own sockets and loops are closed behind its back when a worker is killed
@pytest.mark.filterwarnings("default")
def test_two_workers_grade_as_one_machine_does_and_one_may_die(course):
    entries = find_submissions([Path("hw")]).entries
    here = told(grade_class(course, entries, LocalExecutor(1)))
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs="ERROR",
            worker_dashboard_address=None,
        ) as local,
        connect(local.scheduler_address.replace("tcp://", "dask://")) as there,
        Store(Path("out")) as store,
    ):
        assert there.slots == 2
        running = grade_class(course, entries, LocalExecutor(4), store, there.grade)
        first = next(running)
        os.kill(local.workers[0].pid, signal.SIGKILL)
        assert told([first, *running]) == here
        assert told(store.reports()) == here
        other = msgspec.structs.replace(course.declared.assignment, version="sha256:1")
        changed = replace(course, declared=replace(course.declared, assignment=other))
        with pytest.raises(AutograderError, match=r"it says that it has another version of tiny; copy the course's"):
            there.grade(changed, entries[0].read())


def order(course, **changed):
    submission = find_submissions([Path("hw/ada.py")]).entries[0].read()
    assignment = course.declared.assignment
    told = Order(
        assignment.id, assignment.version, cluster.VERSION, 5, course.isolation.level, ("double.values",), submission
    )
    return msgspec.json.encode(msgspec.structs.replace(told, **changed))


def reply(data):
    return msgspec.json.decode(grade_order(data), type=cluster.Reply)


def test_a_worker_grades_what_it_is_asked(course):
    (result,) = reply(order(course)).report.results
    assert (result.check, result.verdict) == ("double.values", Verdict.PASS)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grader": "0.0"}, "has autograder .*, not 0.0; install that one there."),
        ({"version": "sha256:1"}, "has another version of tiny; copy the course's folder there."),
        ({"assignment": "tinny"}, "There is no assignment 'tinny'; did you mean tiny?"),
    ],
)
def test_a_worker_that_differs_says_so(course, changed, error):
    found = reply(order(course, **changed))
    assert found.report is None
    assert re.fullmatch(error.replace("?", r"\?"), found.error)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("dask://", "dask:// is not an address of a Dask scheduler; write dask://HOST:PORT, or slurm."),
        ("slurmm", "slurmm is not an address of a Dask scheduler; write dask://HOST:PORT, or slurm."),
        ("dask://10.0.0.1:8786", "10.0.0.1:8786 is another machine, and Dask's configuration has no certificates"),
        ("dask://cluster.example:8786", "a cluster is not used without encryption."),
    ],
)
def test_an_address_that_may_not_be_used_is_refused(address, sentence):
    with pytest.raises(AutograderError) as caught:
        connect(address)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("workers", "sentence"),
    [({}, "has no workers"), ({"tcp://10.0.0.7:4000": {"nthreads": 1}}, "does not use encryption (tls)")],
)
def test_workers_that_may_not_be_used_are_refused(workers, sentence):
    with pytest.raises(AutograderError) as caught:
        cluster._slots(workers, "localhost:1")
    assert sentence in str(caught.value)


def test_slots_are_the_threads_of_all_workers():
    workers = {
        "tcp://127.0.0.1:1": {"nthreads": 2},
        "tcp://[::1]:1": {"nthreads": 1},
        "tls://10.0.0.7:1": {"nthreads": 4},
    }
    assert cluster._slots(workers, "localhost:1") == 7


def test_a_submission_that_kills_its_workers_costs_nobody_else(course):
    with client_of(Lost) as there:
        report = there.grade(course, entry("ada"))
    assert {result.verdict for result in report.results} == {Verdict.GRADER_ERROR}
    assert report.notes == ("The workers that graded it died (grade_order-1).",)
    assert there._client.released == 1


class Lost:
    def result(self, timeout):
        raise distributed.KilledWorker("grade_order-1", None, 3)


class Never:
    def result(self, timeout):
        raise TimeoutError


class Disconnected:
    def result(self, timeout):
        raise CancelledError


class Client:
    """What `Cluster` asks of Dask's client, for what a cluster of our own does not do when it is wanted."""

    def __init__(self, kind, workers):
        self._kind, self.workers, self.released = kind, workers, 0

    def submit(self, *_, **__):
        future = self._kind()
        future.release = self._release
        return future

    def _release(self):
        self.released += 1

    def scheduler_info(self, n_workers):
        return {"workers": self.workers}

    def close(self):
        pass


def client_of(kind, mend=lambda without_s: None, workers=()):
    return Cluster(Client(kind, {f"tcp://{number}": worker for number, worker in enumerate(workers)}), 1, mend)


def entry(name):
    return find_submissions([Path(f"hw/{name}.py")]).entries[0].read()


def test_without_workers_nothing_is_waited_for(course, monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK_S", 0.01)
    with (
        client_of(Never, lambda without_s: "No worker is left." if without_s > 0.05 else None) as there,
        pytest.raises(AutograderError, match=r"^No worker is left.$"),
    ):
        there.grade(course, entry("ada"))
    assert there._client.released == 1


def test_who_is_stopped_does_not_wait_on(course):
    with client_of(Never) as there:
        there.stop()
        with pytest.raises(AutograderError, match=r"^The command was stopped.$"):
            there.grade(course, entry("ada"))


def test_a_lost_connection_is_one_sentence(course):
    with client_of(Disconnected) as there, pytest.raises(AutograderError, match=r"^The connection to the Dask sched"):
        there.grade(course, entry("ada"))


def worker(threads=1, **resources):
    return {"nthreads": threads, "resources": resources}


def test_what_some_worker_offers_may_be_asked_for():
    with client_of(Never, workers=[worker(4), worker(TIMED=1), worker(GPU=1), worker(TIMED=1, GPU=1)]) as there:
        for names in (["TIMED"], ["GPU"], ["GPU", "TIMED"], []):
            there.require(names)


@pytest.mark.parametrize(
    ("workers", "sentence"),
    [
        (
            [worker(), worker(TIMED=1)],
            "No worker offers the resource GPU: in the course's folder start one with "
            '`dask worker HOST:PORT --nthreads 1 --resources "GPU=1"`.',
        ),
        (
            [worker(GPU=1, threads=2), worker(TIMED=1)],
            "The worker at tcp://0 has 2 threads, and other work beside what is timed there would slow it down; start "
            "it with --nthreads 1.",
        ),
    ],
)
def test_work_that_would_wait_for_ever_or_not_be_alone_is_refused(workers, sentence):
    with client_of(Never, workers=workers) as there, pytest.raises(AutograderError) as caught:
        there.require(["TIMED", "GPU"])
    assert str(caught.value) == sentence


def test_work_is_not_waited_for_when_its_resource_is_gone(course, monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK_S", 0.01)
    gone = "Gone."
    with client_of(Never, lambda without_s: gone if without_s > 0.05 else None, [worker(GPU=1), worker()]) as there:
        there.require(["GPU"])
        del there._client.workers["tcp://0"]
        with pytest.raises(AutograderError, match=gone):
            there.done(grade_order, b"", "GPU")
