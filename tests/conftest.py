"""Fixtures for every kind of test: the tiny course, and ways to hand something in for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tiny_course import write_assignment

from autograder.assignment.discover import Declared, discover

PROOF = "test_the_assignment_is_proven"  # one for each assignment, a minute each, which shares nothing with the others
LARGEST = ("conv", "architectures", "batchnorm", "residual", "recurrent", "optimizers", "training", "transfer")
LONGEST = (
    "e2e/test_nbgrader_course.py",
    "hostile/test_attacks.py",
    "hostile/speed/test_cheats.py",
    "e2e/test_cli.py",
    "hostile/test_other_account.py",
    "e2e/test_ci_recipes.py",
    "assignments/test_one_broken_function.py",
    "unit/timing/test_cuda_run.py",
    "hostile/test_levels.py",
    "assignments/test_conv.py",
)
"""Files that take half a minute and more, the longest first: of most of it they wait for other processes."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two more than there are cores: a test waits for other processes about half of its time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The tests of a file go to one process, which makes their fixtures once, but for those of `test_prove.py`, which
    are for one assignment each. (`--dist loadgroup` of xdist 3.8 renames items, and pytest 9.2 does not see it.)"""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return nodeid if path.endswith("/test_prove.py") else path

    return ByFile(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """Each of xdist's processes begins to collect at another file. pytest rewrites the assertions of a file when it
    collects it, and leaves the result on the disk: so each process rewrites its share, and finds that of the others."""
    worker = getattr(config, "workerinput", None)
    if worker and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        files = sorted(map(str, Path(__file__).parent.rglob("test_*.py")))
        first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
        config.args = files[first:] + files[:first]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin: proofs, which compute, and between them files that wait. What is left of `test_prove.py` ends,
    where there is room."""
    items.sort(key=lambda item: (_turn(item), item.path))


def _turn(item: pytest.Item) -> float:
    """Where a test stands in the order; those of one file stay together."""
    name, _, slug = item.name.rstrip("]").partition("[")
    if name == PROOF:
        return LARGEST.index(slug) if slug in LARGEST else len(LARGEST)
    if _file(item) in LONGEST:
        return 1.5 * LONGEST.index(_file(item)) + 0.5
    return 101 if item.path.name == "test_prove.py" else 100


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(Path(__file__).parent).as_posix()


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands keep from run to run is kept for the session alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


@pytest.fixture(scope="module", autouse=True)
def same_environment() -> Iterator[None]:
    """What one file's tests leave in the environment (Dask: limits of malloc and threads) does not reach the next."""
    before = dict(os.environ)
    yield
    for name in os.environ.keys() - before:
        del os.environ[name]
    os.environ.update(before)


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a course that holds the assignment `tiny`; not to be written to."""
    root = tmp_path_factory.mktemp("course")
    write_assignment(root)
    return root


@pytest.fixture(scope="session")
def tiny(course: Path) -> Declared:
    """The assignment `tiny` with what it declares."""
    return discover(course / "assignments" / "tiny")


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Writes a submission: `hand_in("ada", source)` a script, `hand_in("ada", [source, …])` a notebook of cells."""

    def write(name: str, source: str | list[str]) -> Path:
        folder = tmp_path / "submissions"
        folder.mkdir(exist_ok=True)
        if isinstance(source, str):
            path = folder / f"{name}.py"
            path.write_text(source, encoding="utf-8")
            return path
        cells = [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
            for i, text in enumerate(source)
        ]
        path = folder / f"{name}.ipynb"
        path.write_text(
            json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
        )
        return path

    return write
