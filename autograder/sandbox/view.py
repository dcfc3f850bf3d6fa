"""What a worker can see: an interpreter, the standard library, the allowed packages, and the worker's own files.

Everything else — references, checks, other submissions, the home folder, other packages — is not in its file system.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import re
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import autograder
from autograder.errors import GraderFault

PACKAGE = Path(autograder.__file__).parent
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
# Folders of packages that stand among the libraries of a system or of Python itself, and are part of neither.
PACKAGES = re.compile(r"python3.*|(site|dist)-packages")
SYSTEM_LIBRARIES = ("/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64")


@dataclass(frozen=True)
class View:
    """Host paths: the real interpreter, its standard library and shared libraries, and every package's files."""

    executable: str
    stdlib: str
    shared_libraries: tuple[str, ...]
    packages: tuple[str, ...]
    worker: tuple[str, ...]

    @property
    def package_folders(self) -> tuple[str, ...]:
        """The folders that hold the packages, for `sys.path` where nothing is mounted elsewhere."""
        return tuple(dict.fromkeys(os.path.dirname(path) for path in self.packages))

    @property
    def modules(self) -> tuple[str, ...]:
        """The top-level names that can be imported from the packages."""
        return tuple(dict.fromkeys(os.path.basename(path).partition(".")[0] for path in self.packages))

    @property
    def readable(self) -> tuple[str, ...]:
        """Host paths that a worker without a mount namespace needs to read."""
        libraries = [path for folder in self.listable for path in _without_packages(folder)]
        return (*libraries, *self.shared_libraries, *self.packages, *self.worker)

    @property
    def listable(self) -> tuple[str, ...]:
        """Folders whose names such a worker needs to see, because imports list them, but not all of their files."""
        return (self.stdlib, *(path for path in SYSTEM_LIBRARIES if os.path.isdir(path)))


@functools.cache
def view(packages: tuple[str, ...]) -> View:
    """The view for an assignment that allows `packages`; GraderFault if one is not installed."""
    return View(
        executable=os.path.realpath(sys.executable),
        stdlib=sysconfig.get_path("stdlib"),
        shared_libraries=_libpython(),
        packages=tuple(path for name in _with_requirements(packages) for path in _files(name)),
        worker=(str(PACKAGE / "worker"), str(PACKAGE / "wire.py")),
    )


def _without_packages(folder: str) -> list[str]:
    """What is in `folder` but for packages, and for links, which could lead to them."""
    with os.scandir(folder) as entries:
        return [entry.path for entry in entries if not (entry.is_symlink() or PACKAGES.fullmatch(entry.name))]


def _libpython() -> tuple[str, ...]:
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return ()
    folder = sysconfig.get_config_var("LIBDIR") or ""
    name = sysconfig.get_config_var("INSTSONAME") or ""
    path = os.path.join(folder, name)
    return (path,) if os.path.isfile(path) else ()


def _with_requirements(packages: tuple[str, ...]) -> tuple[str, ...]:
    """`packages` and every installed distribution that they need, by distribution name."""
    found: dict[str, None] = {}
    queue = list(packages)
    while queue:
        name = queue.pop(0)
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if name in packages:
                raise GraderFault(
                    f"The assignment needs {name}, which is not installed here: pip install {name}."
                ) from None
            continue
        if name in found:
            continue
        found[name] = None
        for requirement in distribution.requires or ():
            if "extra ==" not in requirement and (match := re.match(r"[\w.-]+", requirement)):
                queue.append(match.group())
    return tuple(found)


def _files(name: str) -> tuple[str, ...]:
    """The folders and files that a distribution puts beside each other in site-packages, bookkeeping left out."""
    distribution = importlib.metadata.distribution(name)
    tops = dict.fromkeys(
        file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")
    )
    paths = [str(distribution.locate_file(top)) for top in tops if not top.endswith((".dist-info", ".pth"))]
    if not paths and (spec := importlib.util.find_spec(name)) and spec.submodule_search_locations:
        paths = [str(Path(location)) for location in spec.submodule_search_locations]
    return tuple(os.path.realpath(path) for path in paths if os.path.exists(path))
