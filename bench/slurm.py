"""A sample class in SLURM jobs, beside the same class on this machine: `python -m bench.slurm`, as root.

SLURM is Debian's (`apt install slurmctld slurmd slurm-client munge`): one node, this machine, with daemons, keys and
configuration of this run's own in a temporary folder, all ended at the end. The class is graded with two jobs and
locally, with one seed; the reports must be the same but for the times. Then a command is stopped while it grades
(SIGINT, SIGTERM, SIGKILL), and one asks for a partition that does not exist: what each says is printed, and in the end
neither a job nor a certificate may be left.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from autograder.model import GradeReport
from autograder.store import Store
from bench.class300 import without_times

ROOT = Path(__file__).parents[1]
SEED = 17
GONE_S = 180  # a job whose driver was killed ends after dask-jobqueue's death-timeout, 60 s; then the one behind it

CONFIGURATION = """
ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={slurmd_port}
SlurmUser=root
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
PlugStackConfig=/dev/null
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=60 State=UP
"""


@contextlib.contextmanager
def one_node(folder: Path) -> Iterator[dict[str, str]]:
    """SLURM on this machine: the environment in which its commands find it."""
    host, (port, slurmd_port) = socket.gethostname(), _free_ports(2)
    key, configuration = folder / "munge.key", folder / "slurm.conf"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    folder.chmod(0o711)  # munged's socket is to be reached
    for name in ("state", "spool"):
        (folder / name).mkdir()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 - 512
    values = {"host": host, "port": port, "slurmd_port": slurmd_port, "folder": folder}
    values |= {"cpus": os.cpu_count(), "memory": memory}
    configuration.write_text(CONFIGURATION.format(**values))
    environment = {**os.environ, "SLURM_CONF": str(configuration)}
    munge = ["munged", "--foreground", "--force", f"--key-file={key}", f"--socket={folder}/munge.socket"]
    munge += [f"--{name}-file={folder}/munge.{name}" for name in ("pid", "log", "seed")]
    daemons = []
    try:
        for command in (munge, ["slurmctld", "-D"], ["slurmd", "-D", "-N", host]):
            daemons.append(
                subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            time.sleep(1)
        _until(lambda: "idle" in said(environment, "sinfo", "--noheader", "--format=%t"), "a node that is idle", 60)
        yield environment
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                daemon.wait(20)
            daemon.kill()
            daemon.wait()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _until(true: object, what: str, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while not true():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} was not there within {patience_s:g} s")
        time.sleep(0.5)


def said(environment: dict[str, str], *command: str) -> str:
    return subprocess.run(command, env=environment, capture_output=True, text=True).stdout


class Course:
    """Grading commands, in the folder of this project."""

    def __init__(self, environment: dict[str, str], assignment: str, folder: Path) -> None:
        self.environment = {
            **environment,
            "DASK_JOBQUEUE__SLURM__INTERFACE": "lo",  # one machine: nobody else is to reach the scheduler
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._assignment, self._folder = assignment, folder

    def start(self, name: str, *options: str, **more: str) -> subprocess.Popen[str]:
        submissions = ROOT / "assignments" / self._assignment / "submissions"
        command = [sys.executable, "-m", "autograder", "grade", self._assignment, str(submissions), *options]
        command += ["--out", str(self._folder / name), "--seed", str(SEED)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=ROOT, env={**self.environment, **more}, **pipes)  # type: ignore[call-overload, no-any-return]

    def graded(self, name: str, *options: str) -> dict[str, bytes]:
        """Grade the class to its end: the reports without their times."""
        began = time.monotonic()
        driver = self.start(name, *options)
        _, told = driver.communicate(timeout=540)
        print(
            f"\n{name}: status {driver.returncode} after {time.monotonic() - began:.0f} s; on stderr:\n{told}", end=""
        )
        with Store(self._folder / name, write=False) as store:
            reports: list[GradeReport] = list(store.reports())
        return {report.submission.id: without_times(report) for report in reports}

    def jobs(self) -> list[str]:
        return said(self.environment, "squeue", "--noheader", "--format=%i %j %T").strip().splitlines()

    def left(self) -> list[str]:
        """What a command should have removed: its jobs in the queue, and the folder of its certificates."""
        return [*self.jobs(), *(path.name for path in ROOT.glob(".autograder-slurm-*"))]

    def stopped_by(self, number: int, status: int) -> list[str]:
        """What is wrong after a command is sent signal `number` while a job of its runs."""
        name = signal.Signals(number).name
        driver = self.start(name, "--executor", "slurm", "--jobs", "3")
        _until(lambda: any("RUNNING" in job for job in self.jobs()), "a job", 60)
        time.sleep(4)
        driver.send_signal(number)
        _, told = driver.communicate(timeout=120)
        began = time.monotonic()
        while self.jobs() and time.monotonic() - began < (GONE_S if number == signal.SIGKILL else 20):
            time.sleep(0.5)
        print(f"\n{name}: status {driver.returncode}; the last that it said: {told.strip().splitlines()[-1:]}")
        print(f"after {time.monotonic() - began:.0f} s are left: {self.left() or 'nothing'}")
        if number == signal.SIGKILL:  # which nothing can follow: the jobs end by themselves, the folder stays
            for path in ROOT.glob(".autograder-slurm-*"):
                print(f"{path.name} has mode {path.stat().st_mode & 0o777:o}; it is removed here")
                shutil.rmtree(path)
        return [*self.left(), *([f"status {driver.returncode}"] if driver.returncode != status else [])]


ENDS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}


def main() -> None:
    """Print what each command said; exit status 1 where the results differ or something is left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assignment", default="backprop")
    options = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in the background, children with it
    with tempfile.TemporaryDirectory(prefix="bench-slurm-") as name, one_node(Path(name)) as environment:
        print(said(environment, "sinfo", "--version"), said(environment, "sinfo"), sep="", end="")
        course = Course(environment, options.assignment, Path(name))
        here = course.graded("local", "--jobs", "2")
        there = course.graded("slurm", "--executor", "slurm", "--jobs", "2")
        differing = sorted(one for one in here.keys() | there.keys() if here.get(one) != there.get(one))
        print(f"{len(here)} and {len(there)} reports; that differ but for the times: {differing or 'none'}")
        print(f"left in the queue and in the folder: {course.left() or 'nothing'}")
        refused = course.start("refused", "--executor", "slurm", DASK_JOBQUEUE__SLURM__QUEUE="nowhere")
        print(f"\na partition that does not exist: {refused.communicate(timeout=60)[1]}", end="")
        wrong = [course.stopped_by(number, status) for number, status in ENDS.items()]
    raise SystemExit(bool(differing or any(wrong) or not here))


if __name__ == "__main__":
    main()
