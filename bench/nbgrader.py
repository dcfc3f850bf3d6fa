"""CPU seconds a submission: stock `nbgrader autograde` against ours, on the same 20 notebooks in one run.

Stock nbgrader starts a kernel for each submission: once with our test cells, which run all checks in that kernel, and
once with test cells that check nothing, which is the least that any stock test can cost. Ours runs all checks in the
sandbox. CPU time is of the whole process tree, kernels and workers included, by the operating system's account; what
the command costs when everything is graded already is taken off.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import nbformat

COUNT = 20
SLUG = "backprop"
BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]


def has_nbgrader() -> bool:
    """Whether its command stands beside this Python."""
    return (BIN / "nbgrader").is_file()


def main() -> None:
    """Print the table; says so and returns where nbgrader is not installed."""
    if not has_nbgrader():
        print("nbgrader is not installed; its part of the bench is left out")
        return
    with tempfile.TemporaryDirectory(prefix="bench-nbgrader-") as folder:
        _compare(Path(folder))


def _compare(folder: Path) -> None:
    stock, bare, ours = courses = [folder / name for name in ("stock", "bare", "ours")]
    for course in courses:
        _run(ROOT, "autograder", "nbgrader", "init", course)
        _run(ROOT, "autograder", "release", SLUG, "--course", course)
        if course is bare:
            _check_nothing(bare / "source" / SLUG / f"{SLUG}.ipynb")
        _run(course, "nbgrader", "generate_assignment", SLUG)
        _hand_in(course)
    for course in (stock, bare):
        _make_stock(course / "nbgrader_config.py")
    # stock nbgrader finds the assignment from the folder of the notebook upwards
    for part in ("assignments", "reference"):
        (folder / part).symlink_to(ROOT / part)
    rows = []
    for name, course in (
        ("stock nbgrader, test cells that check nothing", bare),
        ("stock nbgrader, all checks in its kernel", stock),
        ("ours, all checks in the sandbox", ours),
    ):
        rows.append((name, _run(course, "nbgrader", "autograde", SLUG), _run(course, "nbgrader", "autograde", SLUG)))
    graded = _run(ROOT, "autograder", "grade", SLUG, "--course", ours, "--fresh", "--jobs", 2)
    taken = _run(ours, "nbgrader", "autograde", SLUG, "--force")
    rows.append(("ours, results finished before", taken, rows[-1][2]))
    print(f"{f'{COUNT} submissions of {SLUG}, CPU s':<48}{'command':>9}{'idle':>9}{'each':>9}")
    for name, busy, idle in rows:
        print(f"{name:<48}{busy:>9.1f}{idle:>9.1f}{(busy - idle) / COUNT:>9.3f}")
    print(f"{'autograder grade --course, all of them':<48}{graded:>9.1f}")


def graded_by_stock(folder: Path, slug: str, code: Mapping[str, str]) -> float:
    """CPU seconds that stock nbgrader takes to grade the students in `code`, each handing in the released notebook with
    that code where the first solution stands; what the command costs when all is graded already is taken off."""
    course = folder / "stock"
    _run(ROOT, "autograder", "nbgrader", "init", course)
    _run(ROOT, "autograder", "release", slug, "--course", course)
    _run(course, "nbgrader", "generate_assignment", slug)
    released = nbformat.read(course / "release" / slug / f"{slug}.ipynb", as_version=4)
    solutions = [cell for cell in released.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    for cell in solutions:
        cell.source = ""
    for student, text in code.items():
        solutions[0].source = text
        path = course / "submitted" / student / slug / f"{slug}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(released, path)
    _make_stock(course / "nbgrader_config.py")
    for part in ("assignments", "reference"):
        (folder / part).symlink_to(ROOT / part)
    busy = _run(course, "nbgrader", "autograde", slug)
    return busy - _run(course, "nbgrader", "autograde", slug)


def _hand_in(course: Path) -> None:
    """Twenty submissions that differ: the reference, with a comment of each student's own."""
    released = nbformat.read(course / "release" / SLUG / f"{SLUG}.ipynb", as_version=4)
    solved = nbformat.read(course / "source" / SLUG / f"{SLUG}.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in solved.cells}
    for number in range(COUNT):
        for cell in released.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = f"# submission {number}\n{sources[cell.id]}"
        path = course / "submitted" / f"student{number:02}" / SLUG / f"{SLUG}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(released, path)


def _check_nothing(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.source.startswith("check("):
            cell.source = "assert True"
    nbformat.write(notebook, path)


def _make_stock(config: Path) -> None:
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [
        line
        for line in lines
        if line.startswith(("import", "if shutil", "    os.environ", "c = ", "c.CourseDirectory"))
    ]
    config.write_text("".join(kept), encoding="utf-8")


def _run(folder: Path, program: str, *arguments: object) -> float:
    """CPU seconds of a command and everything that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command: Sequence[str] = [str(BIN / program), *map(str, arguments)]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
