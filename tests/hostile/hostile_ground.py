"""The ground that attacks are tried on: a course with secrets, and traps that show when something was reached.

Each attack is graded once, whatever is asserted of it, and an honest submission right behind it in the same process.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from autograder.assignment.discover import discover
from autograder.model import GradeReport, Level, Verdict
from autograder.pipeline import Grading, grade_one
from autograder.rehearsal import WORTH
from autograder.sandbox.isolation import hold

HERE = Path(__file__).parent
COURSE = HERE / "course"
ATTACKS = HERE / "attacks"
HONEST = (COURSE / "reference" / "target.py").read_text().replace("SECRET", "SALT")
SEED = 17
AT_ONCE = 3  # gradings side by side: some attacks only sleep
SHARED_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev", "/dev/mqueue", "/run", "/", ".", str(Path.home()))

# What no report may hold: the secrets of the course, and digits of the hidden inputs.
COURSE_SECRETS = ("secret-of-the-", "271828", "314159", "141421", "173205", "BREACHED")


@dataclass
class Ground:
    """Where attacks are tried, and the traps: a file, an environment variable, and ports that nobody should reach."""

    folder: Path
    mark: str
    secret: str
    listeners: list[socket.socket] = field(default_factory=list)

    @property
    def canary(self) -> Path:
        """A file that everybody may read, outside every sandbox."""
        return self.folder / "canary"

    def names(self) -> dict[str, str]:
        """What an attack knows of its victim: more than any student would."""
        return {
            "CANARY": str(self.canary),
            "COURSE": str(COURSE),
            "ENV_SECRET": self.secret + "-environment",
            "FOLDER": str(self.folder),
            "GRADER": str(os.getpid()),
            "MARK": self.mark,
            "PORT": str(self.listeners[0].getsockname()[1]),
        }

    def reached(self) -> list[str]:
        """Which listeners somebody spoke to."""
        return [str(listener.getsockname()) for listener in self.listeners if _has_caller(listener)]

    def left_behind(self) -> list[str]:
        """Files that carry the mark of an attack."""
        found = [str(path) for folder in SHARED_FOLDERS for path in _listed(folder) if self.mark in path.name]
        return found + [
            str(path) for path in _listed(self.folder) if path not in (self.canary, self.folder / "handed-in")
        ]

    def write(self, name: str) -> Path:
        """The file that `name` hands in, ready to be graded."""
        folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder / "handed-in"))
        builder = ATTACKS / f"{name}.py"
        if name.endswith("_build"):
            return load_builder(builder).build(folder, HONEST, self.names())
        path = folder / "solution.py"
        path.write_text(self.fill(builder.read_text()))
        return path

    def fill(self, source: str) -> str:
        """An attack's source with the names of its victim in it."""
        for name, value in self.names().items():
            source = source.replace(f"@{name}@", value)
        return source


@dataclass(frozen=True)
class Outcome:
    """What became of one attack, asked one by one and in batches, and of the honest submission behind it."""

    reports: tuple[GradeReport, ...]
    seconds: float
    honest: bytes


class Arena:
    """Grades attacks at one level, each once."""

    def __init__(self, ground: Ground, level: Level) -> None:
        declared = discover(COURSE / "assignments" / "target")
        self.ground = ground
        self.grading = Grading(declared, SEED, hold(level), declared.checks)
        self.ahead = Grading(declared, SEED, self.grading.isolation, declared.checks)
        self.ahead.rehearsal.saw(WORTH)
        self.children, self.mounts = children(), mounts()
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._graded: dict[str, Future[Outcome]] = {}
        self._lock = threading.Lock()
        self.honest = comparable(self._grade_honest())

    def start(self, name: str) -> Future[Outcome]:
        """Grade the attack `name`, once; the future of what becomes of it."""
        with self._lock:
            if name not in self._graded:
                self._graded[name] = self._pool.submit(self._grade, name)
            return self._graded[name]

    def outcome(self, name: str) -> Outcome:
        """What became of the attack `name`."""
        return self.start(name).result()

    def close(self) -> None:
        """Wait for every grading."""
        self._pool.shutdown()

    def _grade(self, name: str) -> Outcome:
        started = time.monotonic()
        reports = tuple(grade_one(one, name, self.ground.write(name)) for one in (self.grading, self.ahead))
        seconds = time.monotonic() - started
        return Outcome(reports, seconds, comparable(self._grade_honest()))

    def _grade_honest(self) -> GradeReport:
        path = Path(tempfile.mkdtemp(prefix="honest-", dir=self.ground.folder / "handed-in")) / "solution.py"
        path.write_text(HONEST)
        return grade_one(self.ahead, "honest", path)


def comparable(report: GradeReport) -> bytes:
    """A report without what differs from run to run: the times."""
    results = tuple(msgspec.structs.replace(result, cpu_s=0.0, wall_s=0.0) for result in report.results)
    return msgspec.json.encode(msgspec.structs.replace(report, results=results, cpu_s=0.0, wall_s=0.0))


def expectations() -> dict[str, dict[str, object]]:
    """`expected.toml` without its profiles; with HOSTILE_ATTACKS in the environment, of the attacks named there."""
    table = tomllib.loads((HERE / "expected.toml").read_text())
    named = os.environ.get("HOSTILE_ATTACKS", "").split()
    return {name: entry for name, entry in table.items() if name != "profiles" and (not named or name in named)}


def expected_verdicts(name: str, checks: list[str]) -> dict[str, set[str]]:
    """The verdicts that each check may give to the attack `name`."""
    table = tomllib.loads((HERE / "expected.toml").read_text())
    entry = table[name]
    profile = {**table["profiles"][entry["verdicts"]], **entry.get("but", {})}
    return {check: set(profile.get(check, profile.get("*", Verdict.PASS)).split("|")) for check in checks}


def load_builder(path: Path):
    """An attack that is a file of its own kind: a module with `build(folder, honest, names) -> path`."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def children() -> set[int]:
    """The processes that are ours, adopted ones included."""
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found.update(int(pid) for pid in path.read_text().split())
    return found


def mounts() -> set[str]:
    """What is mounted where."""
    return {line.split(" - ")[0].split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def listeners(mark: str) -> Iterator[socket.socket]:
    tcp = socket.create_server(("127.0.0.1", 0))
    yield tcp
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with contextlib.suppress(OSError):  # no IPv6 here
            udp = socket.socket(family, socket.SOCK_DGRAM)
            udp.bind((host, tcp.getsockname()[1]))
            yield udp
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0{mark}")
    abstract.listen()
    yield abstract


def _has_caller(listener: socket.socket) -> bool:
    listener.setblocking(False)
    try:
        if listener.type == socket.SOCK_DGRAM:
            listener.recv(1)
        else:
            listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _listed(folder: str | Path) -> list[Path]:
    try:
        return [Path(folder, name) for name in os.listdir(folder)]
    except OSError:
        return []
