"""The suite once more as an ordinary user, where it is run as root: other namespaces, other limits, another owner.

As an ordinary user the whole suite is that already; what root does differently cannot be tried then, and is skipped.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UID = 41234  # nobody's
# Attacks on what depends on the account: files and processes of others, limits, privileges.
ATTACKS = (
    "a_canary_by_path", "a_leftovers_of_others", "a_proc_of_the_grader", "b_kill_the_grader", "b_signal_by_descriptor",
    "e_fork_bomb", "f_become_root", "f_daemon", "f_leave_files", "f_lift_limits",
)  # fmt: skip
# A view of the file system in which another account may read Python, wherever root has it: /root is root's alone.
SHOW = """
set -e
mkdir -p "$1/shown"
mount --bind "$2" "$1/shown"
mount -t tmpfs -o mode=755 tmpfs /root
mkdir -p "$2"
mount --bind "$1/shown" "$2"
shift 2
exec "$@"
"""


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The beginning of a command that an ordinary user runs."""
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("the suite runs as an ordinary user already; root is needed to become another")
    if not shutil.which("setpriv") or not shutil.which("unshare"):
        pytest.skip("setpriv and unshare (util-linux) are not installed")
    with tempfile.TemporaryDirectory(prefix="hostile-account-") as folder:
        os.chmod(folder, 0o755)
        account = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--"]
        prefix = sys.base_prefix
        shown = ["unshare", "--mount", "sh", "-c", SHOW, "sh", folder, prefix] if prefix.startswith("/root/") else []
        command = [*shown, *account, "env", f"HOME={folder}", "PYTHONDONTWRITEBYTECODE=1"]
        tried = subprocess.run(
            [*command, sys.executable, "-c", f"import autograder, os; os.listdir({str(ROOT)!r})"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if tried.returncode:
            pytest.skip(f"another account cannot read this checkout or its Python: {tried.stderr.strip()[-200:]}")
        yield command


def as_ordinary(ordinary: list[str], *arguments: str, before: str) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` as the ordinary user, after the shell commands in `before`."""
    shell = ["bash", "-c", f'{before} exec "$@"', "bash"]
    return subprocess.run(
        [*ordinary, *shell, sys.executable, *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=550,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "tests"),
    [
        ("hostile/test_attacks.py", "fails or left_behind or earns_everything"),
        ("hostile/test_levels.py", "fails or left_behind or earns_everything"),
        ("unit/sandbox/test_account.py", "of_a_submission or counted_apart or nobodys_fault"),
        ("unit/sandbox/test_nursery.py", "can_write or keep_submissions_apart or read_only or to_become"),
    ],
)
def test_attacks_fail_as_an_ordinary_user(ordinary: list[str], file: str, tests: str) -> None:
    named = f"export HOSTILE_ATTACKS={shlex.quote(' '.join(ATTACKS))};"
    ran = as_ordinary(ordinary, "-m", "pytest", "-q", "-rs", f"tests/{file}", "-k", tests, before=named)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    if " passed" not in ran.stdout:
        pytest.skip(ran.stdout[-300:])


BOMB = """
import _thread, threading, time

def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)

def total(x):
    threading.stack_size(32768)
    lock = _thread.allocate_lock()
    lock.acquire()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            _thread.start_new_thread(lock.acquire, ())
        except BaseException:
            time.sleep(0.0005)
    return x.sum()
"""
HONEST = """
from concurrent.futures import ThreadPoolExecutor

def affine_forward(x, w, b):
    return x @ w + b, (x, w)

def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)

def total(x):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda row: row.sum(), x), 0.0)
"""


@pytest.mark.parametrize("level", ["strong", "contained"])
@pytest.mark.parametrize("account", ["ordinary", "own"])
def test_a_submissions_threads_cost_nobody_else_a_verdict(
    request: pytest.FixtureRequest, account: str, level: str
) -> None:
    """Under an account that may have few processes, beside one that takes all it can get: the others start threads."""
    user = request.getfixturevalue("ordinary") if account == "ordinary" else []
    honest = ("ben", "cleo")
    with tempfile.TemporaryDirectory(prefix="hostile-class-") as folder:
        os.chmod(folder, 0o755)
        for name, source in {"ann": BOMB, **dict.fromkeys(honest, HONEST)}.items():
            Path(folder, f"{name}.py").write_text(source)
        options = ["--isolation", level, "--jobs", "2", "--seed", "17", "--format", "json"]
        course = "tests/hostile/course/assignments/target"
        few = "ulimit -u 100;" if account == "ordinary" else ""
        ran = as_ordinary(user, "-m", "autograder", "grade", course, folder, *options, before=few)
    if "Isolation" in ran.stderr:
        pytest.skip(ran.stderr.strip().splitlines()[-1])
    assert ran.returncode == 0, ran.stderr[-2000:]
    reports = {report["submission"]["id"]: report for report in map(json.loads, ran.stdout.splitlines())}
    for name in honest:
        assert reports[name]["score"] == reports[name]["max_score"] == 12.0, reports[name]
