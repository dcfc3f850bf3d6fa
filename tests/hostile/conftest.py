"""What every attack is tried with: the traps, and an arena at each level."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_ground import Arena, Ground, listeners

from autograder.errors import IsolationUnavailable
from autograder.model import Level

PR_SET_CHILD_SUBREAPER = 36


@pytest.fixture(scope="session")
def ground() -> Iterator[Ground]:
    """The traps, for as long as attacks run."""
    if importlib.util.find_spec("resource") is None:
        pytest.skip("attacks need an operating system that can fork")
    mark = f"hostile-{secrets.token_hex(6)}"
    folder = Path(tempfile.mkdtemp(prefix="hostile-ground-"))  # not pytest's own, which others may not enter
    folder.chmod(0o777)  # only the sandbox may be what stands in the way, not a file mode
    (folder / "handed-in").mkdir()
    ground = Ground(folder, mark, f"secret-of-the-ground-{secrets.token_hex(6)}")
    ground.canary.write_text(ground.secret)
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv("AUTOGRADER_HOSTILE_SECRET", ground.secret + "-environment")
        ground.listeners = [stack.enter_context(listener) for listener in listeners(mark)]
        yield ground
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def arena(ground: Ground, adopted: None, request: pytest.FixtureRequest) -> Iterator[Arena]:
    """Every selected attack at the strong level, several side by side."""
    yield from _arena(ground, Level.STRONG, request, "attack")


@pytest.fixture(scope="session")
def contained_arena(ground: Ground, adopted: None, request: pytest.FixtureRequest) -> Iterator[Arena]:
    """The important attacks without namespaces: Landlock, seccomp and limits alone."""
    yield from _arena(ground, Level.CONTAINED, request, "contained_attack")


def _arena(ground: Ground, level: Level, request: pytest.FixtureRequest, parameter: str) -> Iterator[Arena]:
    try:
        arena = Arena(ground, level)
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    if not hasattr(request.config, "workerinput"):  # pytest-xdist deals tests out one by one
        for item in request.session.items:
            if name := getattr(item, "callspec", None) and item.callspec.params.get(parameter):
                arena.start(name)
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def adopted() -> Iterator[None]:
    """Orphans become ours, so that a process which outlives its sandbox is seen among our children."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "prctl"):
        pytest.skip("orphans can only be adopted on Linux")
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
