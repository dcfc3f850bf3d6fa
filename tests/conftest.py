"""Fixtures for every kind of test: the tiny course, and ways to hand something in for it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tiny_course import write_assignment

from autograder.assignment.discover import Declared, discover

PROOFS = "test_prove.py"  # each of its tests takes a minute, and shares nothing with the others


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: a test waits for other processes about half of its time."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + (cores + 1) // 2


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup` the tests of a file go to one process, but for the proofs, which are the longest: they
    begin, each where there is room."""
    items.sort(key=lambda item: item.path.name != PROOFS)
    for item in items:
        if item.path.name != PROOFS:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(Path(__file__).parent))))


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What commands keep from run to run is kept for the session alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("caches")))
        yield


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
