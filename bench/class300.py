"""A class of hundreds on one machine and on Dask workers: `python -m bench.class300 --count 300`.

The class is made of an assignment's sample submissions by harmless edits: comments, blank lines, and other names for
local variables. It is graded with one job, with two, and by two Dask workers on this machine, all with one seed. The
results must be the same but for the times, and each edited submission must earn what its original earns. CPU time is
that of whole process trees, by the operating system's account; a report's `cpu_s` is what its submission used, in the
sandbox and in the grader, and all the rest is overhead. Where nbgrader is installed, it grades some of the notebooks in
its own way, with our checks in its kernel.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from autograder.cluster import calm_environment
from autograder.model import CheckResult, GradeReport, Verdict
from autograder.store import Store
from bench.nbgrader import graded_by_stock, has_nbgrader

ROOT = Path(__file__).parents[1]
SEED = 17
STOCK = 40  # notebooks
NOT_RUN = {Verdict.UNREADABLE, Verdict.TIMEOUT, Verdict.CRASH, Verdict.MISSING}
WORKERS = 2


def edited(source: str, number: int, rng: np.random.Generator) -> str:
    """`source` with the same meaning and other bytes; as it is where it is not plain Python, a cell with magics say."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    lines = _renamed(source, tree, number).splitlines()
    starts = {min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) for node in tree.body}
    ends = {node.end_lineno for node in tree.body}
    written = []
    for at, line in enumerate(lines, 1):
        if at in starts - ends and rng.random() < 0.5:  # not between two statements of one line
            written += [""] if rng.random() < 0.5 else [f"# note {int(rng.integers(1000))}"]
        written.append(line)
    return "\n".join([*written, f"# submission {number}", ""])


def _renamed(source: str, tree: ast.Module, number: int) -> str:
    """`source` with other names for the local variables of its functions."""
    lines = [line.encode() for line in source.split("\n")]
    places = {
        (node.lineno, node.col_offset): node.id
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        for local in [_locals(function)]
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and node.id in local
    }
    for (line, column), name in sorted(places.items(), reverse=True):
        before, after = lines[line - 1][:column], lines[line - 1][column + len(name.encode()) :]
        lines[line - 1] = before + f"{name}_{number}".encode() + after
    return b"\n".join(lines).decode()


def _locals(function: ast.FunctionDef) -> set[str]:
    """Names that are assigned in `function` and stand in no place but ast.Name: no arguments, nor what f-strings hold,
    whose places are not told before Python 3.12. None where the code may look its names up."""
    assigned, other = set(), set()
    for node in ast.walk(function):
        match node:
            case ast.Name(id="locals" | "vars" | "eval" | "exec"):
                return set()
            case ast.Name(id=name, ctx=ast.Store()):
                assigned.add(name)
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                other.add(name)
            case ast.ExceptHandler(name=str(name)):
                other.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                other.update(names)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                other.update(alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.JoinedStr():
                other.update(one.id for one in ast.walk(node) if isinstance(one, ast.Name))
    return assigned - other


def hand_in(samples: list[Path], folder: Path, count: int) -> dict[str, str]:
    """Write `count` submissions to `folder`, the samples first, as they are: the sample of each, by name."""
    folder.mkdir()
    origin = {}
    for number in range(count):
        sample = samples[number % len(samples)]
        name = f"{sample.stem}{number:03}"
        origin[name] = f"{sample.stem}{number % len(samples):03}"
        path = folder / f"{name}{sample.suffix}"
        if number < len(samples):
            path.write_bytes(sample.read_bytes())
        else:
            _write_edited(sample, path, number)
    return origin


def _write_edited(sample: Path, path: Path, number: int) -> None:
    """Edit `sample`; one that nobody can read, as some samples are, is handed in as it is."""
    rng = np.random.default_rng([SEED, number, 300])
    data = sample.read_bytes()
    with contextlib.suppress(ValueError):
        if sample.suffix == ".py":
            data = edited(data.decode(), number, rng).encode()
        else:
            notebook = json.loads(data)
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    cell["source"] = edited("".join(cell["source"]), number, rng)
            data = json.dumps(notebook, indent=1).encode()
    path.write_bytes(data)


@dataclass(frozen=True)
class Run:
    """One grading of the class: CPU seconds of the driver's process tree and of the cluster, wall seconds, reports."""

    name: str
    driver_s: float
    cluster_s: float
    wall_s: float
    reports: dict[str, GradeReport]

    @property
    def submissions_s(self) -> float:
        return sum(report.cpu_s for report in self.reports.values())

    @property
    def overhead_s(self) -> float:
        return self.driver_s + self.cluster_s - self.submissions_s

    def told(self) -> dict[str, bytes]:
        """What the reports say, without what it took."""
        return {name: without_times(report) for name, report in self.reports.items()}

    def row(self) -> str:
        used, count = self.submissions_s, len(self.reports)
        share = f"{100 * self.overhead_s / used:.1f} %"
        return (
            f"{self.name:<20}{self.wall_s:>9.1f}{used:>13.1f}{used / count:>9.3f}"
            f"{self.overhead_s:>11.1f}{share:>9}{self.cluster_s:>13.1f}"
        )


def without_times(report: GradeReport) -> bytes:
    results = tuple(msgspec.structs.replace(result, cpu_s=0.0, wall_s=0.0) for result in report.results)
    return msgspec.json.encode(msgspec.structs.replace(report, results=results, cpu_s=0.0, wall_s=0.0))


def grade(name: str, assignment: str, folder: Path, *options: str) -> Run:
    """Grade the class by the command line, into a folder of its own; what it cost without a cluster's part."""
    out = folder / name.replace(" ", "-")
    command = [sys.executable, "-m", "autograder", "grade", assignment, str(folder / "class"), "--out", str(out)]
    began = time.monotonic()
    driver = subprocess.Popen([*command, "--seed", str(SEED), *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    used = _cpu_s(driver, "the grading")
    wall = time.monotonic() - began
    with Store(out, write=False) as store:
        return Run(name, used, 0.0, wall, {report.submission.id: report for report in store.reports()})


def _cpu_s(process: subprocess.Popen[bytes], what: str, patience_s: float = float("inf")) -> float:
    """Wait for `process`: CPU seconds of its and of all that it waited for."""
    deadline = time.monotonic() + patience_s
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not end within {patience_s:g} s")
        time.sleep(0.02)
    _, status, usage = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{what} ended with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def grade_on_workers(assignment: str, folder: Path) -> Run:
    """The same on two Dask workers of this machine, in the course's folder."""
    with _cluster(folder / "scheduler.json") as (client, processes):
        address = client.scheduler.address.replace("tcp://", "dask://")
        run = grade("two Dask workers", assignment, folder, "--executor", address)
        client.shutdown()
        used = sum(_cpu_s(process, "a part of the cluster", patience_s=60) for process in processes)
    return dataclasses.replace(run, cluster_s=used)


@contextlib.contextmanager
def _cluster(file: Path) -> Iterator[tuple[Any, list[subprocess.Popen[bytes]]]]:
    """A scheduler and its workers: a client of theirs, and the processes."""
    from distributed import Client

    def start(part: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", "--scheduler-file", str(file), *options]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        processes.append(subprocess.Popen(command, cwd=ROOT, env={**os.environ, **calm_environment()}, **silent))
        return processes[-1]

    processes: list[subprocess.Popen[bytes]] = []
    try:
        scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        while not file.exists():
            if scheduler.poll() is not None:
                raise SystemExit("the Dask scheduler did not start")
            time.sleep(0.1)
        for _ in range(WORKERS):
            start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(WORKERS, timeout=60)
            yield client, processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                process.wait()


def beside_stock(assignment: str, folder: Path, run: Run) -> str:
    """CPU seconds a submission of stock nbgrader and of `run` for the same notebooks, `STOCK` of them at most that ran
    to their end: nbgrader waits for an endless one until a cell has had its time, half a minute each."""
    code = {}
    for path in sorted((folder / "class").glob("*.ipynb")):
        report = run.reports[path.stem]
        ended = {result.verdict for result in report.results}.isdisjoint(NOT_RUN)
        if ended and len(code) < STOCK:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            code[path.stem] = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    share = 1 + run.overhead_s / run.submissions_s
    ours = share * sum(run.reports[name].cpu_s for name in code) / len(code)
    theirs = graded_by_stock(folder, assignment, code) / len(code)
    return (
        f"{len(code)} notebooks of these: stock nbgrader {theirs:.3f} each, ours {ours:.3f}, {ours / theirs:.2f} of it"
    )


def faults(runs: list[Run], origin: dict[str, str]) -> Iterator[str]:
    """Where runs differ, and where an edited submission earns something else than its original."""
    first = runs[0].told()
    if missing := origin.keys() - first.keys():
        yield f"{len(missing)} of {len(origin)} have no report"
    for run in runs[1:]:
        told = run.told()
        for name in sorted(first.keys() | told.keys()):
            if first.get(name) != told.get(name):
                what = _differing(runs[0].reports.get(name), run.reports.get(name))
                yield f"{name}: {run.name} and {runs[0].name} differ in {', '.join(sorted(what))}"
    points = {name: [result.points for result in report.results] for name, report in runs[0].reports.items()}
    for name in sorted(points.keys() & origin.keys()):
        if points[name] != points.get(origin[name]):
            yield f"{name} earns {points[name]}, its original {points.get(origin[name])}"


def _differing(one: GradeReport | None, other: GradeReport | None) -> set[str]:
    """Which fields of their results differ; "report" where it is not those."""
    pairs = zip(one.results if one else (), other.results if other else (), strict=False)
    names = set(CheckResult.__struct_fields__) - {"cpu_s", "wall_s"}
    return {name for a, b in pairs for name in names if getattr(a, name) != getattr(b, name)} or {"report"}


def main() -> None:
    """Print the table; exit status 1 where results differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--assignment", default="backprop")
    options = parser.parse_args()
    samples = ROOT / "assignments" / options.assignment / "submissions"
    handed_in = sorted(path for path in samples.iterdir() if path.suffix in (".py", ".ipynb"))
    with tempfile.TemporaryDirectory(prefix="bench-class-") as name:
        folder = Path(name)
        origin = hand_in(handed_in, folder / "class", options.count)
        runs = [
            grade("one job", options.assignment, folder, "--jobs", "1"),
            grade("two jobs", options.assignment, folder, "--jobs", "2"),
            grade_on_workers(options.assignment, folder),
        ]
        stock = beside_stock(options.assignment, folder, runs[0]) if has_nbgrader() else "nbgrader is not installed"
    print(f"{options.count} submissions of {options.assignment}; seconds of CPU time, but for the first column")
    print(f"{'':<20}{'wall':>9}{'submissions':>13}{'each':>9}{'overhead':>11}{'share':>9}{'of cluster':>13}")
    print(*(run.row() for run in runs), sep="\n")
    print(stock)
    found = list(faults(runs, origin))
    print(f"{len(found)} differences", *found[:20], sep="\n")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
