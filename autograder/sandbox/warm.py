"""Sandboxes that wait for the same student's next run: a notebook's next check, a file that is saved again."""

from __future__ import annotations

import atexit

from autograder.errors import GraderFault
from autograder.model import Level
from autograder.sandbox.sandbox import Sandbox


class WarmSandboxes:
    """The sandboxes of one student's own checks, a sandbox for each set of packages. They stay open from one check to
    the next, since a worker takes a fraction of a second to start, and two with torch; they end with this process."""

    cpu_s = 0.0  # the account of a sandbox is closed with it

    def __init__(self, level: Level) -> None:
        self._level = level
        self._started: dict[tuple[str, ...], Sandbox] = {}
        atexit.register(self.close)

    def holding(self, packages: tuple[str, ...], warm: tuple[str, ...] = ()) -> Sandbox:
        """The sandbox in which `packages` exist, and no others: the one that waits, or where it has died a new one,
        which imports `warm`, too."""
        waiting = self._started.get(packages)
        if waiting is not None and not _answers(waiting):
            waiting.close()
            waiting = None
        self._started[packages] = waiting or Sandbox(self._level, packages, warm=warm)
        return self._started[packages]

    def close(self) -> None:
        """End all of them."""
        while self._started:
            self._started.popitem()[1].close()


def _answers(sandbox: Sandbox) -> bool:
    try:
        sandbox.cpu_seconds(0)
    except (GraderFault, OSError):
        return False
    return True
