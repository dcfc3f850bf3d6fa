"""Which isolation level holds on this machine. Chosen once, said in every report, never weakened silently."""

from __future__ import annotations

import functools
import os
import platform
import shutil
import sys

from autograder.errors import AutograderError, IsolationUnavailable
from autograder.model import Isolation, Level
from autograder.sandbox.probes import probe
from autograder.worker.confine import ARCHITECTURES, landlock_abi

# What a level must hold to be called by its name; what it need not hold is still probed and reported.
REQUIRED = {
    Level.STRONG: ("fs_read", "fs_write", "network", "signals", "processes", "threads", "memory", "cpu", "persistence"),
    Level.CONTAINED: ("fs_read", "fs_write", "network", "processes", "threads", "memory", "cpu", "persistence"),
    Level.PROCESS: (),
}
ADVICE = {
    Level.STRONG: (
        "Install bubblewrap (apt-get install bubblewrap); see docs/isolation.md where namespaces are denied."
    ),
    Level.CONTAINED: "It takes Linux 5.13 or later with Landlock, on x86_64 or aarch64.",
    Level.PROCESS: "It takes an operating system that can fork: Linux or macOS, or WSL2 on Windows.",
}


@functools.cache
def hold(level: Level) -> Isolation:
    """The guarantees at `level` after attacking it; IsolationUnavailable when it does not hold what its name says."""
    if reason := _missing(level):
        raise IsolationUnavailable(
            f"Isolation level '{level}' is not available on this machine: {reason}. {ADVICE[level]}"
        )
    try:
        guarantees = probe(level)
    except AutograderError as error:
        said = f"Isolation level '{level}' is not available on this machine: {error} {ADVICE[level]}"
        raise IsolationUnavailable(said) from error
    broken = [name for name in REQUIRED[level] if guarantees[name] != "enforced"]
    if broken:
        raise IsolationUnavailable(
            f"Isolation level '{level}' does not hold on this machine: {', '.join(broken)} could be broken. "
            f"{ADVICE[level]}"
        )
    return Isolation(level, guarantees)


def choose(wanted: Level | None, at_least: Level = Level.CONTAINED) -> Isolation:
    """The level that was asked for, or the strongest that holds, but none below `at_least`."""
    if wanted is not None:
        return hold(wanted)
    order = list(Level)
    reasons = []
    for level in order[: order.index(at_least) + 1]:
        try:
            return hold(level)
        except IsolationUnavailable as error:
            reasons.append(str(error))
    hint = "" if at_least is Level.PROCESS else " To grade without isolation all the same, ask for --isolation process."
    raise IsolationUnavailable(" ".join(reasons) + hint)


def _missing(level: Level) -> str | None:
    if not hasattr(os, "fork"):
        return "this system cannot fork"
    if level is Level.PROCESS:
        return None
    if sys.platform != "linux":
        return f"{platform.system()} has neither namespaces nor Landlock"
    if platform.machine() not in ARCHITECTURES:
        return f"there is no list of system calls for {platform.machine()}"
    if level is Level.STRONG and not shutil.which("bwrap"):
        return "bubblewrap is not installed"
    if level is Level.CONTAINED and landlock_abi() < 1:
        return "this kernel has no Landlock"
    return None
