"""SLURM jobs that grade, with stand-ins for SLURM's commands that run a job script as SLURM does: in the folder where
it was submitted, in the background. `python -m bench.slurm` does the same on a real SLURM."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest
from test_cluster import SOURCES
from tiny_course import write_assignment

from autograder import slurm
from autograder.errors import AutograderError
from autograder.store import Store

dask = pytest.importorskip("dask")
pytest.importorskip("dask_jobqueue")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="jobs are process groups")

# a job's number is the pid of its session; its state is a file with the job's name
SBATCH = """#!/bin/bash
cp "$1" "$JOBS/script"
{refuse}
script=$(cat "$1")
name=$(sed -n 's/^#SBATCH -J //p' "$1")
log=$(sed -n 's/^#SBATCH -e //p' "$1")
setsid bash -c "$script" >"${{log/\\%J/7}}" 2>&1 </dev/null &
echo "$name" >"$JOBS/$!"
echo "Submitted batch job $!"
"""
SQUEUE = """#!/bin/bash
for job in "$JOBS"/[0-9]*; do
  [ -e "$job" ] || continue
  # a job that has ended and that nobody has waited for is in state Z
  grep -q ") [^Z] " "/proc/$(basename "$job")/stat" 2>/dev/null && echo "{state}"
done
exit 0
"""
SCANCEL = """#!/bin/bash
echo "$@" >>"$JOBS/cancelled"
for job in "$JOBS"/[0-9]*; do
  number=$(basename "$job")
  { [ "$1" = "$number" ] || [ "$1" = "--name=$(cat "$job")" ]; } && kill -TERM -- "-$number" 2>/dev/null
done
exit 0
"""


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    """Install the stand-ins; the folder with a file for each job that was submitted."""
    folder, commands = tmp_path / "jobs", tmp_path / "bin"
    folder.mkdir()
    commands.mkdir()

    def install(refuse="", state="RUNNING (None)"):
        texts = {"sbatch": SBATCH.format(refuse=refuse), "squeue": SQUEUE.format(state=state), "scancel": SCANCEL}
        for name, text in texts.items():
            path = commands / name
            path.write_text(text)
            path.chmod(0o755)
        return folder

    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("JOBS", str(folder))
    monkeypatch.setenv("DASK_JOBQUEUE__SLURM__INTERFACE", "lo")
    install()
    yield install
    for path in folder.glob("[0-9]*"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(path.name), signal.SIGKILL)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in a folder with a space in its name."""
    folder = tmp_path / "our course"
    folder.mkdir()
    write_assignment(folder)
    (folder / "hw").mkdir()
    for name, source in SOURCES.items():
        (folder / "hw" / f"{name}.py").write_text(source)
    monkeypatch.chdir(folder)
    return folder


def grading(course, out, *options):
    command = [sys.executable, "-m", "autograder", "grade", "tiny", "hw", "--seed", "5", "--out", out, *options]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # in the background of a shell SIGINT is ignored, by children, too
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen([*command, "--isolation", "process"], cwd=course, **pipes)
    finally:
        signal.signal(signal.SIGINT, before)


def told(folder):
    with Store(folder, write=False) as store:
        return {
            one.submission.id: [(r.check, r.verdict, r.message, r.replay) for r in one.results]
            for one in store.reports()
        }


def ended(number, patience_s=30.0):
    """Whether the process group is gone, once there was time to go."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):  # where another test made this process adopt orphans
            os.waitpid(-number, os.WNOHANG)
        try:
            os.killpg(number, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def with_a_worker(driver):
    """Wait until `driver` says that there is a worker: what it said."""
    said = []
    for line in driver.stderr:
        said.append(line)
        if "a worker is there" in line:
            break
    return "".join(said)


def test_a_class_is_graded_as_here_though_its_job_ends_in_the_middle_and_nothing_is_left(course, jobs, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT", "1s")
    folder = jobs()
    there = grading(course, "there", "--executor", "slurm", "--jobs", "1")
    said = with_a_worker(there)
    (first,) = (int(path.name) for path in folder.glob("[0-9]*"))
    os.killpg(first, signal.SIGKILL)
    here = grading(course, "here", "--jobs", "1")
    for driver in (here, there):
        _, more = driver.communicate(timeout=180)
        assert driver.returncode == 0, more
    assert told(course / "there") == told(course / "here")
    assert "SLURM is asked for 1 job named dask-worker-" in said
    both = {int(path.name) for path in folder.glob("[0-9]*")}
    assert len(both) == 2, "one that ended is asked for again"
    assert all(ended(job) for job in both)
    assert list(course.glob(".autograder-slurm-*")) == []
    script = (folder / "script").read_text()
    assert "tls://" in script
    assert "--no-dashboard" in script
    assert "BEGIN" not in script, "keys are in files"


def test_jobs_are_cancelled_and_credentials_removed_when_the_command_is_ended(course, jobs):
    folder = jobs()
    (course / "hw" / "gus.py").write_text("import time\ntime.sleep(600)\n")
    driver = grading(course, "out", "--executor", "slurm", "--jobs", "1")
    with_a_worker(driver)
    (job,) = (int(path.name) for path in folder.glob("[0-9]*"))
    (credentials,) = course.glob(".autograder-slurm-*")
    assert credentials.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in credentials.glob("*.pem")} == {0o600}
    assert (credentials / ".gitignore").read_text() == "*\n"
    driver.terminate()
    driver.communicate(timeout=60)
    assert driver.returncode == 128 + signal.SIGTERM
    assert ended(job)
    assert not credentials.exists()


PENDING = """setsid sleep 600 >/dev/null 2>&1 </dev/null &
sed -n 's/^#SBATCH -J //p' "$1" >"$JOBS/$!"
echo "Submitted batch job $!"
exit 0"""


def test_an_interrupt_ends_the_waiting_and_says_so(course, jobs):
    folder = jobs(refuse=PENDING, state="PENDING (Priority)")
    driver = grading(course, "out", "--executor", "slurm", "--jobs", "1")
    for line in driver.stderr:
        if "PENDING" in line:
            break
    driver.send_signal(signal.SIGINT)
    _, said = driver.communicate(timeout=60)
    assert (driver.returncode, said) == (130, "\nStopped. What was graded is kept.\n")
    assert "--name=dask-worker-" in (folder / "cancelled").read_text()
    assert list(course.glob(".autograder-slurm-*")) == []


def refused(course, *, wait="15 minutes", offers=None, interface="lo"):
    """The sentence with which the command ends, and what it said before; nothing is left of it."""
    said = []
    with (
        dask.config.set({"autograder.slurm-wait": wait, "jobqueue.slurm.interface": interface}),
        pytest.raises(AutograderError) as caught,
        slurm.slurm_cluster(2, said.append, offers),
    ):
        pass
    assert list(course.glob(".autograder-slurm-*")) == []
    return str(caught.value), said


def test_without_slurm_there_is_one_sentence(course, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert refused(course)[0] == "sbatch is not on PATH: --executor slurm runs where SLURM jobs are submitted."


def test_a_job_that_slurm_refuses_is_one_sentence(course, jobs):
    jobs(refuse='echo "sbatch: error: invalid partition specified: gpus" >&2; exit 1')
    assert refused(course)[0] == (
        "SLURM does not take the job: sbatch: error: invalid partition specified: gpus. Its options stand in Dask's "
        "configuration (jobqueue.slurm)."
    )


def test_jobs_that_slurm_takes_are_waited_for_though_it_refuses_others(course, jobs, monkeypatch):
    monkeypatch.setattr(slurm, "LOOK_EVERY_S", 0.5)
    first = 'mkdir "$JOBS/first" 2>/dev/null || { echo "sbatch: error: QOSMaxSubmitJobPerUserLimit" >&2; exit 1; }'
    jobs(refuse=f"{first}\n{PENDING}", state="PENDING (Priority)")
    sentence, said = refused(course, wait="6s")
    assert "squeue says: 1 PENDING (Priority)." in sentence
    assert said[-1] == (
        "SLURM: 1 PENDING (Priority); 1 of 2 jobs are not taken (sbatch: error: QOSMaxSubmitJobPerUserLimit)."
    )


def test_a_worker_that_times_offers_its_resource_and_has_one_thread(course, jobs):
    folder = jobs(refuse="exit 1")
    with dask.config.set(
        {"jobqueue.slurm.cores": 4, "jobqueue.slurm.worker-extra-args": ["--local-directory", "/tmp"]}
    ):
        refused(course, offers={"GPU": 1})
    script = (folder / "script").read_text()
    assert "--nthreads 1 " in script
    assert "--cpus-per-task=4" in script
    assert "--local-directory /tmp --no-dashboard --dashboard-address 127.0.0.1:0 --resources GPU=1" in script
    assert "export DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED=False\n" in script


def test_a_job_that_ends_at_once_is_one_sentence_with_its_last_words(course, jobs):
    with dask.config.set({"jobqueue.slurm.python": "/opt/no/python"}):
        sentence, _ = refused(course)
    assert sentence.startswith("The SLURM jobs ended before a worker started; the last line of their output is: ")
    assert "/opt/no/python: No such file or directory" in sentence


def test_waiting_is_bounded_and_names_the_state_of_the_queue(course, jobs, monkeypatch):
    monkeypatch.setattr(slurm, "LOOK_EVERY_S", 0.5)
    folder = jobs(refuse=PENDING, state="PENDING (Resources)")
    sentence, said = refused(course, wait="6s")
    assert sentence == (
        "There was no worker for 0 minutes; squeue says: 2 PENDING (Resources). The jobs are cancelled; Dask's "
        "configuration sets how long is waited (autograder.slurm-wait)."
    )
    assert said[-1] == "SLURM: 2 PENDING (Resources)."
    assert all(ended(int(path.name)) for path in folder.glob("[0-9]*"))
    assert "--name=dask-worker-" in (folder / "cancelled").read_text()


@pytest.mark.parametrize("roles", [["client"], ["client", "worker"]])
def test_certificates_of_some_roles_alone_are_refused(course, jobs, roles):
    with dask.config.set({f"distributed.comm.tls.{role}.cert": "cert.pem" for role in roles}):
        assert f"has a certificate for {' and '.join(roles)} alone" in refused(course)[0]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("interface", "ib7", "'ib7' is not a valid network interface"),
        ("shared-temp-directory", "/nowhere", "No such file or directory"),
        ("processes", "two", "invalid literal for int"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_one_sentence(course, jobs, key, value, said):
    with dask.config.set({f"jobqueue.slurm.{key}": value}):
        sentence, _ = refused(course, interface=value if key == "interface" else "lo")
    assert sentence.startswith("Dask's configuration (jobqueue.slurm) cannot be used: ")
    assert said in sentence
