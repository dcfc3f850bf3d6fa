"""The command that starts a worker at each level."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence

from autograder.model import Level
from autograder.sandbox.account import UNPRIVILEGED_UID
from autograder.sandbox.view import PYTHON, SYSTEM_LIBRARIES, View

# One thread: BLAS threads perturb floating-point sums, multiply memory, and make forks of a warm parent hang.
# PYTHONHASHSEED: the order of a set must not differ between two gradings of the same file.
ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "TORCHINDUCTOR_CACHE_DIR": "/",  # must be there when an optimiser of PyTorch's is first used; nothing is written
    **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB")},
}

FOLDERS = (
    "/opt", "/opt/python", "/opt/python/bin", "/opt/python/lib", "/opt/packages", "/opt/autograder", "/usr",
)  # fmt: skip

START = (
    "import sys, types;"
    "package = types.ModuleType('autograder'); package.__path__ = [sys.argv[2]]; sys.modules['autograder'] = package;"
    "sys.path += sys.argv[3:];"
    "from autograder.worker.main import main; main(int(sys.argv[1]))"
)


def command(level: Level, view: View, control: int, more: Sequence[str] = ()) -> list[str]:
    """Arguments that start the worker's parent with control socket `control`; `more` are mounts beside the usual."""
    if level is Level.STRONG:
        return [
            *bubblewrap(view, more),
            *_python("/opt/python/bin/python3", control, "/opt/autograder", ["/opt/packages"]),
        ]
    folder = os.path.dirname(view.worker[0])
    return _python(view.executable, control, folder, list(view.package_folders))


def _python(executable: str, control: int, package: str, path: list[str]) -> list[str]:
    # -I -S: no user site, no .pth files, no sitecustomize, no PYTHON* variables
    return [executable, "-I", "-S", "-B", "-X", "frozen_modules=on", "-c", START, str(control), package, *path]


def environment(level: Level) -> dict[str, str]:
    """The worker's whole environment."""
    return {**ENVIRONMENT, "LD_LIBRARY_PATH": "/opt/python/lib"} if level is Level.STRONG else dict(ENVIRONMENT)


def bubblewrap(view: View, more: Sequence[str] = ()) -> list[str]:
    """A file system with nothing writable in it, and no other process, network, host name or capability."""
    return [
        shutil.which("bwrap") or "bwrap",
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--hostname", "worker", "--die-with-parent", "--new-session", "--as-pid-1"),
        *_identity(),
        *_mounts(view, more),
        *("--chdir", "/"),
    ]


def _identity() -> Iterator[str]:
    if os.getuid() == 0:
        # the worker's parent leaves root with these two before it reads a submission
        yield from ("--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID")
    else:
        yield from (
            "--unshare-user",
            "--uid",
            str(UNPRIVILEGED_UID),
            "--gid",
            str(UNPRIVILEGED_UID),
            "--cap-drop",
            "ALL",
        )


def _mounts(view: View, more: Sequence[str]) -> Iterator[str]:
    for folder in FOLDERS:
        yield from ("--perms", "0755", "--dir", folder)
    yield from _system_libraries()
    yield from _read_only(view.executable, "/opt/python/bin/python3")
    yield from _read_only(view.stdlib, f"/opt/python/lib/{PYTHON}")
    for inside in ("site-packages", "dist-packages"):
        if os.path.isdir(os.path.join(view.stdlib, inside)):
            yield from _empty(f"/opt/python/lib/{PYTHON}/{inside}")
    for target, paths in (
        ("/opt/python/lib", view.shared_libraries),
        ("/opt/packages", view.packages),
        ("/opt/autograder", view.worker),
    ):
        for path in paths:
            yield from _read_only(path, f"{target}/{os.path.basename(path)}")
    # bubblewrap's /dev is a writable tmpfs: without the remount one submission leaves files for the next; and
    # in /dev/pts it could make terminals
    yield from ("--dev", "/dev", *_empty("/dev/pts"), *more, "--remount-ro", "/dev", "--remount-ro", "/")


def _system_libraries() -> Iterator[str]:
    for path in SYSTEM_LIBRARIES:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.isdir(path):
            yield from _read_only(path, path)
    if os.path.isdir("/usr/lib/python3"):  # Debian's packages for the system's Python
        yield from _empty("/usr/lib/python3")


def _empty(folder: str) -> tuple[str, ...]:
    """Hide what is in `folder`: a remount is of one mount, so each of these is made read-only by itself."""
    return ("--tmpfs", folder, "--remount-ro", folder)


def _read_only(source: str, target: str) -> tuple[str, str, str]:
    return ("--ro-bind", source, target)
