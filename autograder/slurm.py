"""Workers as SLURM jobs: asked for when a command begins, waited for, and cancelled however it ends.

dask-jobqueue writes and submits the job scripts, from Dask's own configuration (`jobqueue.slurm`: queue, account,
walltime, memory, python, …; https://jobqueue.dask.org/en/latest/configuration.html). Added here is what it leaves out:
connections are always encrypted; a job that is refused, or ends before its worker is there, is noticed (dask-jobqueue
counts it as running, https://github.com/dask/dask-jobqueue/issues/620); and one that reached its walltime is asked for
again. A SLURM job starts in the folder where it was submitted, which is the course's.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from autograder.cluster import Cluster, calm_environment, import_distributed
from autograder.errors import AutograderError

LOOK_EVERY_S = 2.0
WAIT = "15 minutes"  # for a first worker, where `autograder.slurm-wait` in Dask's configuration does not say otherwise
MEMORY = "4 GiB"  # of a job, where `jobqueue.slurm.memory` does not say: a worker, and a sandbox for each of its cores
_COMMAND_S = 30.0
_CLOSE_S = 30.0


@contextlib.contextmanager
def slurm_cluster(
    jobs: int, tell: Callable[[str], None], offers: Mapping[str, float] | None = None
) -> Iterator[Cluster]:
    """`jobs` SLURM jobs with a worker each, from when the first of them is there. `tell` is given a sentence when
    something has changed, `offers` the Dask resources that each worker has.

    Raises AutograderError where SLURM refuses the jobs, or none of them has a worker in time."""
    for command in ("sbatch", "squeue", "scancel"):
        if not shutil.which(command):
            raise AutograderError(f"{command} is not on PATH: --executor slurm runs where SLURM jobs are submitted.")
    distributed = import_distributed()
    with contextlib.ExitStack() as stack:
        queue = stack.enter_context(_submitted(distributed, jobs, offers or {}))
        tell(
            f"SLURM is asked for {jobs} {'jobs' if jobs > 1 else 'job'} named {queue.name}, each a worker (--jobs sets "
            f"the number); a first worker is waited for, up to {queue.patience_s / 60:g} minutes."
        )
        # by its address: a client of the cluster object itself waits until every sbatch is done
        address, security = queue.cluster.scheduler_address, queue.cluster.security
        client = distributed.Client(address, security=security, set_as_default=False)
        stack.callback(client.close)
        queue.await_first(client, tell)
        with Cluster(client, jobs * queue.threads, queue.mend) as cluster:
            yield cluster


@contextlib.contextmanager
def _submitted(distributed: Any, jobs: int, offers: Mapping[str, float]) -> Iterator[_Queue]:
    """The jobs, submitted; in the end they are cancelled and their credentials are removed."""
    import dask

    cluster_type = _import_jobqueue().SLURMCluster
    wait = dask.utils.parse_timedelta(dask.config.get("autograder.slurm-wait", WAIT))
    refusals: list[str] = []
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(_folder(_configured("shared-temp-directory", ".")))
            options = {**_options(folder, offers), "security": _security(distributed, folder)}
            cluster = cluster_type(**options, job_cls=_job_class(refusals))
        except (OSError, RuntimeError, ValueError) as error:
            said = str(error).rstrip(".")
            raise AutograderError(f"Dask's configuration (jobqueue.slurm) cannot be used: {said}.") from None
        stack.callback(_cancel, cluster, options["job_name"])
        cluster.scale(jobs=jobs)
        logs = Path(str(options["log_directory"]))
        yield _Queue(cluster, options["job_name"], jobs, options["cores"], wait, logs, refusals)


def _import_jobqueue() -> Any:
    """dask-jobqueue, without what it does to Ctrl-C when it is imported: the command would end there with status 0
    (dask_jobqueue/runner.py)."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        import dask_jobqueue
    except ImportError:
        raise AutograderError(
            '--executor slurm takes the package dask-jobqueue: pip install "dl-autograder[cluster]".'
        ) from None
    finally:
        signal.signal(signal.SIGINT, handler)
    return dask_jobqueue


def _configured(key: str, otherwise: Any = None) -> Any:
    import dask

    found = dask.config.get(f"jobqueue.slurm.{key}", None)
    return otherwise if found is None else found


@contextlib.contextmanager
def _folder(shared: str) -> Iterator[Path]:
    """A folder in `shared` that nobody else may open, for as long as the jobs are there. In the folder where they start
    its path is relative: that holds there, and has none of the spaces that a course's folder may have, which
    dask-jobqueue does not quote."""
    where = Path(os.path.expanduser(os.path.expandvars(shared)))
    with tempfile.TemporaryDirectory(prefix=".autograder-slurm-", dir=where, ignore_cleanup_errors=True) as name:
        folder = where / Path(name).name
        (folder / ".gitignore").write_text("*\n")  # a course is often a repository, and keys are not to be added to it
        yield folder


def _options(folder: Path, offers: Mapping[str, float]) -> dict[str, Any]:
    """What dask-jobqueue is told beside what it reads in Dask's configuration itself."""
    # Dask's pages would be open to whoever can reach these machines
    arguments = [*_configured("worker-extra-args", []), "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    if offers:
        arguments += ["--resources", ",".join(f"{resource}={count:g}" for resource, count in offers.items())]
    exports = [f"export {variable}={value}" for variable, value in calm_environment().items()]
    cores = int(_configured("cores", 1))
    return {
        "cores": 1 if offers else cores,  # a worker that times has one thread, on the cores of its job
        "job_cpu": _configured("job-cpu", cores),
        "processes": 1 if offers else int(_configured("processes", 1)),
        "memory": _configured("memory", MEMORY),
        "python": _configured("python", shlex.quote(sys.executable)),
        "job_name": f"{_configured('name')}-{secrets.token_hex(3)}",
        "log_directory": _configured("log-directory", str(folder)),
        "worker_extra_args": arguments,
        "job_script_prologue": [*exports, *_configured("job-script-prologue", [])],
        "protocol": "tls://",
        "scheduler_options": {
            "dashboard": False,
            "dashboard_address": "127.0.0.1:0",
            **_configured("scheduler-options", {}),
        },
    }


def _cancel(cluster: Any, name: str) -> None:
    """End the scheduler, its workers, and the jobs, one that is being submitted among them."""
    try:
        with contextlib.suppress(TimeoutError, OSError):
            cluster.close(timeout=_CLOSE_S)
    finally:
        _call("scancel", f"--name={name}")


def _security(distributed: Any, folder: Path) -> Any:
    """The certificates of Dask's configuration, or temporary ones, which the workers read in `folder`."""
    security = distributed.Security()
    given = [role for role in ("client", "scheduler", "worker") if getattr(security, f"tls_{role}_cert")]
    if not given:
        security = distributed.Security.temporary()
        for field in ("tls_ca_file", "tls_worker_cert", "tls_worker_key"):
            path = folder / f"{field}.pem"
            path.touch(0o600)
            path.write_text(getattr(security, field))
            setattr(security, field, str(path))
        return security
    if len(given) < 3 or not security.tls_ca_file:
        raise AutograderError(
            f"Dask's configuration (distributed.comm.tls) has a certificate for {' and '.join(given)} alone; the "
            "client, the scheduler and the worker need one each, and ca-file."
        )
    # a key may stand in the certificate's file; dask-jobqueue would write "None" for it
    security.tls_worker_key = security.tls_worker_key or security.tls_worker_cert
    return security


def _job_class(refusals: list[str]) -> Any:
    """dask-jobqueue's job, except that what sbatch refuses is kept in `refusals`."""
    from dask_jobqueue.slurm import SLURMJob
    from distributed.deploy.spec import ProcessInterface

    class Job(SLURMJob):  # type: ignore[misc]
        async def start(self) -> None:
            try:
                await super().start()
            except (OSError, RuntimeError, ValueError) as error:
                refusals.append(_reason(str(error)))
                await ProcessInterface.start(self)  # or its exception ends nowhere but in a log

    return Job


def _reason(said: str) -> str:
    """The line in which sbatch says what is wrong, or the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("sbatch: error")]
    return (told or lines or ["sbatch said nothing"])[-1].rstrip(".")


def _call(*command: str) -> str | None:
    """What a command of SLURM's prints; None where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_COMMAND_S)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


class _Queue:
    """The jobs of one command in SLURM's queue."""

    def __init__(
        self, cluster: Any, name: str, jobs: int, threads: int, patience_s: float, logs: Path, refusals: list[str]
    ) -> None:
        self.cluster, self.name, self.jobs, self.threads = cluster, name, jobs, threads
        self.patience_s, self._logs, self._refusals = patience_s, logs, refusals

    def await_first(self, client: Any, tell: Callable[[str], None]) -> None:
        """Return once there is a worker; AutograderError where that is not to be expected, or takes too long."""
        began, last = time.monotonic(), ""
        while not client.scheduler_info(n_workers=-1)["workers"]:
            waited, state = time.monotonic() - began, self._state()
            if why := self._refused() or self._ended(state) or self._too_long(waited, state):
                raise AutograderError(why)
            news = f"SLURM: {state}{self._refused_some()}." if state else last
            if news != last:
                tell(news)
                last = news
            time.sleep(LOOK_EVERY_S)
        tell(f"SLURM: a worker is there after {time.monotonic() - began:.0f} s.")

    def mend(self, without_s: float) -> str | None:
        """While work is done: ask again for jobs that ended, by their walltime say. A sentence that says why to give
        up, after `without_s` seconds without any worker."""
        if why := self._refused():
            return why if without_s else None
        self.cluster.scale(jobs=self.jobs)
        return self._too_long(without_s, self._state()) if without_s > self.patience_s else None

    def _state(self) -> str | None:
        """The jobs' states and reasons, "2 PENDING (Resources)"; "" when the queue has none, None when it does not
        answer."""
        said = _call("squeue", "--noheader", f"--name={self.name}", "--format=%T (%r)")
        if said is None:
            return None
        states = Counter(line.strip().replace(" (None)", "") for line in said.splitlines() if line.strip())
        return ", ".join(f"{count} {state}" for state, count in states.items())

    def _refused(self) -> str | None:
        if len(self._refusals) < self.jobs:
            return None
        return (
            f"SLURM does not take the job: {self._refusals[0]}. Its options stand in Dask's configuration "
            "(jobqueue.slurm)."
        )

    def _refused_some(self) -> str:
        """More jobs than an account may submit, say: those that were taken do the work."""
        refused = self._refusals
        return f"; {len(refused)} of {self.jobs} jobs are not taken ({refused[0]})" if refused else ""

    def _ended(self, state: str | None) -> str | None:
        """All jobs have left the queue, and no worker came of them."""
        submitted = [job for job in self.cluster.workers.values() if job.job_id]
        if state != "" or len(submitted) + len(self._refusals) < self.jobs:
            return None
        return (
            f"The SLURM jobs ended before a worker started; the last line of their output is: {self._last_words()}. "
            "What they run stands in Dask's configuration, jobqueue.slurm (python, job-script-prologue, interface)."
        )

    def _last_words(self) -> str:
        files = sorted(self._logs.glob(f"{self.name}-*"), key=lambda path: path.stat().st_mtime)
        lines = [line.strip() for path in files for line in path.read_text(errors="replace").splitlines()]
        return next((line for line in reversed(lines) if line), "(nothing)").rstrip(".")

    def _too_long(self, waited_s: float, state: str | None) -> str | None:
        if waited_s < self.patience_s:
            return None
        told = "squeue does not answer" if state is None else f"squeue says: {state or 'no such jobs'}"
        return (
            f"There was no worker for {waited_s / 60:.0f} minutes; {told}. The jobs are cancelled; Dask's "
            "configuration sets how long is waited (autograder.slurm-wait)."
        )
