"""What a student waits for: `python -m bench.student`. CPU seconds of a whole process with its workers, by the kernel.

The check of a wrong file until its first line, the check of a right one, and one more check of a file that is watched,
with the student's bundle in a folder of its own, and modules compiled as `pip install` leaves them.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "assignments" / "backprop" / "submissions"
WRONG, RIGHT = SUBMISSIONS / "charles.ipynb", SUBMISSIONS / "ada.ipynb"
GOALS = {"first line, wrong file": 1.2, "whole check, right file": 1.5, "watched file, checked again": 0.6}
REPEATS = 3


def children_cpu_s() -> float:
    """CPU seconds of all processes that ended as children of this one, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tree_cpu_s(pid: int) -> float:
    """CPU seconds of process `pid`, of those that it waits for and of those that it has waited for (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    used = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return used + sum(tree_cpu_s(int(child)) for child in children)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "autograder", *arguments]


def check(file: Path, *options: str) -> list[str]:
    return command("check", "backprop", str(file), *options)


def unpacked(folder: Path) -> Path:
    """The student's bundle as a folder, and everything compiled by one run before the first that counts."""
    subprocess.run(command("release", "backprop", "--student", "--out", str(folder)), cwd=ROOT, check=True)
    with zipfile.ZipFile(folder / "backprop-student.zip") as bundle:
        bundle.extractall(folder)
    home = folder / "backprop-student"
    subprocess.run(check(WRONG), cwd=home, stdout=subprocess.DEVNULL, check=False)
    return home


def first_line(home: Path) -> float:
    """Until the first line of the report of a wrong file stands."""
    with subprocess.Popen(check(WRONG), cwd=home, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return tree_cpu_s(process.pid)


def whole(home: Path) -> float:
    """The check of a right file."""
    before = children_cpu_s()
    subprocess.run(check(RIGHT), cwd=home, stdout=subprocess.DEVNULL, check=False)
    return children_cpu_s() - before


def again(home: Path) -> float:
    """From one report of a watched file to the next, when a mistake in it is mended."""
    file = home / "mine.ipynb"
    file.write_bytes(WRONG.read_bytes())
    with subprocess.Popen(
        check(file, "--watch"), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        process.stderr.readline()
        before = tree_cpu_s(process.pid)
        time.sleep(0.5)
        file.write_bytes(RIGHT.read_bytes())
        process.stderr.readline()
        used = tree_cpu_s(process.pid) - before
        process.terminate()
        return used


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        home = unpacked(Path(folder))
        print("A student's check, backprop: CPU seconds, the least of", REPEATS)
        for (name, goal), run in zip(GOALS.items(), (first_line, whole, again), strict=True):
            print(f"  {name:<30} {min(run(home) for _ in range(REPEATS)):5.2f}   (goal {goal})")


if __name__ == "__main__":
    main()
