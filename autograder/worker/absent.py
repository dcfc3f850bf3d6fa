"""Which modules a submission can import: Python's own, the assignment's packages, and stand-ins for what only shows.

Isolation is the file system's business. This makes all others absent in the same way at every level, whatever is
installed beside the grader: ModuleNotFoundError, which is what `except ImportError` expects.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Iterable, Sequence

from autograder.worker.standins import SHOW_ONLY, StandIn, stands_in

OURS = ("autograder", "submission", "__main__")


class Gate(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands before all finders. `modules` are the top-level names of the assignment's packages; `shown` collects the
    packages that were asked for and have a stand-in."""

    def __init__(self, modules: Iterable[str]) -> None:
        multiarch = getattr(sys.implementation, "_multiarch", "")
        sysconfig_data = f"_sysconfigdata_{sys.abiflags}_{sys.platform}_{multiarch}"  # Python's own, in no list
        self.allowed = frozenset((*sys.stdlib_module_names, sysconfig_data, *modules, *OURS))
        self.shown: list[str] = []

    def absent(self, name: str) -> str | None:
        """The package of module `name`, if the assignment does not have it; stand-ins are there."""
        top = name.partition(".")[0]
        return None if top in self.allowed or stands_in(name) else top

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """None, which leaves it to the usual finders; a stand-in; or ModuleNotFoundError."""
        if name.partition(".")[0] in self.allowed:
            return None
        if not stands_in(name):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        self._note(name)
        return importlib.util.spec_from_loader(name, self, is_package=True)

    def _note(self, name: str) -> None:
        shown = next((one for one in SHOW_ONLY if f"{name}.".startswith(f"{one}.")), None)
        if shown and shown not in self.shown:
            self.shown.append(shown)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """An inert module."""
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def install(modules: Iterable[str]) -> Gate:
    """Put a gate before all finders of this process."""
    gate = Gate(modules)
    sys.meta_path.insert(0, gate)
    return gate


def installed() -> Gate:
    """The gate of this process; one that lets nothing but Python itself pass, where none was installed."""
    return next((finder for finder in sys.meta_path if isinstance(finder, Gate)), Gate(("numpy",)))
