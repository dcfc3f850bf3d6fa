"""What a worker needs of the machine to reach its GPU: device nodes, the driver's libraries, and a compiler.

The driver asks the kernel for things that the sandbox's list of system calls denies, and Triton starts compilers, so
such a worker has no such list: what holds is bubblewrap's file system, and namespaces with no network and nobody else.
"""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.model import Isolation, Level
from autograder.sandbox.view import PYTHON, SYSTEM_LIBRARIES

NODES = re.compile(r"nvidia(\d+|ctl|-uvm|-uvm-tools|-caps)|dxg")  # dxg: Windows' subsystem for Linux
DRIVER = re.compile(r"\s(/\S*)/(?:libcuda|libnvidia-[\w-]+)\.so[.\d]*$")
# The driver reads there how the machine is built; nothing in them is of a person or a submission.
SYSTEM_FOLDERS = ("/sys/bus", "/sys/class", "/sys/devices", "/sys/module")
# Triton compiles a stub in C for each kernel.
COMPILER_FOLDERS = ("/usr/bin", "/usr/libexec", "/usr/include", "/etc/alternatives")
HANDED_ON = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER")

GUARANTEES = {
    "fs_read": "enforced",
    "fs_write": "partial",
    "network": "enforced",
    "signals": "enforced",
    "processes": "none",
    "threads": "none",
    "memory": "none",
    "cpu": "enforced",
    "persistence": "enforced",
}


@dataclass(frozen=True)
class Gpu:
    """Host paths: device nodes and the folders of the driver's libraries; and `scratch`, the one folder that a worker
    may write, as the worker sees it. `same_account`: the worker stays the grader's user even where that is root."""

    nodes: tuple[str, ...]
    drivers: tuple[str, ...]
    scratch: str = "/tmp"
    same_account: bool = False

    def mounts(self) -> list[str]:
        """Arguments for bubblewrap. The scratch folder is a file system in memory that ends with the sandbox."""
        shown = [
            *((path, path) for path in (*SYSTEM_FOLDERS, *COMPILER_FOLDERS)),
            (sysconfig.get_path("include"), f"/opt/python/include/{PYTHON}"),
            *((folder, folder) for folder in self.drivers if not _is_mounted(folder)),
        ]
        parents = dict.fromkeys(str(parent) for _, inside in shown for parent in reversed(Path(inside).parents))
        return [
            *(part for node in self.nodes for part in ("--dev-bind", node, node)),
            *("--proc", "/proc"),
            *("--perms", "1777", "--tmpfs", "/dev/shm", "--perms", "1777", "--tmpfs", self.scratch),
            # bubblewrap makes folders on the way that only root can enter
            *(part for folder in parents if folder != "/" for part in ("--perms", "0755", "--dir", folder)),
            *(part for path, inside in shown for part in ("--ro-bind-try", path, inside)),
            *(("--symlink", "usr/bin", "/bin") if os.path.islink("/bin") else ("--ro-bind-try", "/bin", "/bin")),
        ]

    def environment(self, base: dict[str, str]) -> dict[str, str]:
        """`base`, the worker's environment, with what the driver and Triton look for."""
        libraries = [path for path in (base.get("LD_LIBRARY_PATH"), *self.drivers) if path]
        return {
            **base,
            **{name: os.environ[name] for name in HANDED_ON if name in os.environ},
            **({"LD_LIBRARY_PATH": ":".join(libraries)} if libraries else {}),
            **({"TRITON_LIBCUDA_PATH": self.drivers[0]} if self.drivers else {}),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": self.scratch,
            "TMPDIR": self.scratch,
            "TRITON_CACHE_DIR": f"{self.scratch}/triton",
            "TORCHINDUCTOR_CACHE_DIR": f"{self.scratch}/inductor",
            "CUDA_CACHE_PATH": f"{self.scratch}/cuda",
        }


def find_gpu(dev: Path = Path("/dev"), maps: Path = Path("/proc/self/maps")) -> Gpu:
    """The nodes below `dev`, and where this process, which has loaded the driver, found its libraries (`maps`)."""
    nodes = sorted(str(path) for path in dev.iterdir() if NODES.fullmatch(path.name))
    return Gpu(tuple(nodes), tuple(dict.fromkeys(_folders(maps))))


def _folders(maps: Path) -> Iterator[str]:
    """Folders of the driver's libraries, that of libcuda first."""
    try:
        lines = maps.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    found = [match for line in lines if (match := DRIVER.search(line))]
    for match in sorted(found, key=lambda match: "/libcuda." not in match.group()):
        yield match.group(1)


def _is_mounted(folder: str) -> bool:
    return any(folder == top or folder.startswith(f"{top}/") for top in (*SYSTEM_LIBRARIES, *COMPILER_FOLDERS))


def held(isolation: Isolation) -> Isolation | None:
    """What is left of `isolation` for a worker that uses CUDA; None where nothing is left that may be called so."""
    if isolation.level is Level.STRONG:
        return Isolation(Level.CONTAINED, GUARANTEES)
    return isolation if isolation.level is Level.PROCESS else None


def sandbox_level(isolation: Isolation) -> Level:
    """The level at which the sandbox of such a worker is started."""
    return Level.PROCESS if isolation.level is Level.PROCESS else Level.STRONG
