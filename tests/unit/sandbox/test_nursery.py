"""Submissions that are forked from one nursery have nothing in common that either can write; and a nursery may die."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.errors import GraderFault, IsolationUnavailable
from autograder.model import Level, Limits
from autograder.sandbox import command, nursery, process
from autograder.sandbox.isolation import hold
from autograder.sandbox.probes import probe
from autograder.sandbox.program import SandboxProgram
from autograder.sandbox.sandbox import Sandbox
from autograder.wire import Call

LIMITS = Limits(cpu_s=4, wall_s=60, memory_mb=256, reply_mb=1)
LEVELS = list(Level)
linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")

# Leaves a mark wherever a process can, and looks for the marks of others. ctypes reaches what Python has no name for.
MARKS = """
import builtins, ctypes, math, os, random, socket, sys, tempfile
import numpy as np

KEY = 0x61677264
FOLDERS = (
    "/", "/tmp", "/var/tmp", "/dev", "/dev/shm", "/dev/pts", "/dev/mqueue", "/run", "/opt", "/opt/packages",
    "/opt/autograder", "/opt/python/lib", "/usr/lib/python3", ".", *sys.path,
    *(os.path.join(os.path.dirname(os.__file__), name) for name in ("site-packages", "dist-packages")),
)
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p

def in_folder(folder, mark):
    with open(os.path.join(folder, mark), "x"):
        return True

def on_terminal(mark):
    os.open("/dev/ptmx", os.O_RDWR)
    return True

def of_ipc(name, *args):
    return getattr(libc, name)(*args) >= 0

def connect(mark):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(chr(0) + mark)
        return True

def memory():
    return {
        "environment": dict(os.environ),
        "modules": sorted(sys.modules),
        "builtins": sorted(vars(builtins)),
        "numpy": sorted(vars(np)),
        "math": sorted(vars(math)),
        "descriptors": [number for number in range(64) if is_open(number)],
        "folder": os.getcwd(),
        "path": list(sys.path),
        "printing": np.get_printoptions()["precision"],
        "limit": sys.getrecursionlimit(),
        "signals": [str(__import__("signal").getsignal(number)) for number in (2, 10, 15, 17)],
    }

def is_open(number):
    try:
        os.fstat(number)
        return True
    except OSError:
        return False

def denied(attack, *args):
    try:
        return bool(attack(*args))
    except BaseException:
        return False

def leave(mark):
    os.environ["MARK"] = builtins.mark = np.mark = math.mark = mark
    sys.modules[mark] = sys
    np.set_printoptions(precision=3)
    sys.setrecursionlimit(5000)
    denied(os.chdir, "/opt")
    ways = {folder: denied(in_folder, folder, mark) for folder in FOLDERS}
    ways["terminal"] = denied(on_terminal, mark)
    ways["shared memory"] = denied(of_ipc, "shmget", KEY, 4096, 0o1666)
    ways["messages"] = denied(of_ipc, "msgget", KEY, 0o1666)
    ways["semaphores"] = denied(of_ipc, "semget", KEY, 1, 0o1666)
    ways["posix messages"] = denied(of_ipc, "mq_open", b"/" + mark.encode(), os.O_CREAT | os.O_RDWR, 0o666, None)
    ways["host name"] = denied(of_ipc, "sethostname", mark.encode(), len(mark))
    return [way for way, left in ways.items() if left]

def find(mark):
    ways = {folder: denied(os.stat, os.path.join(folder, mark)) for folder in FOLDERS}
    ways["shared memory"] = denied(of_ipc, "shmget", KEY, 4096, 0)
    ways["messages"] = denied(of_ipc, "msgget", KEY, 0)
    ways["semaphores"] = denied(of_ipc, "semget", KEY, 1, 0)
    ways["posix messages"] = denied(of_ipc, "mq_open", b"/" + mark.encode(), os.O_RDONLY)
    ways["host name"] = socket.gethostname() == mark
    ways["socket"] = denied(connect, mark)
    ways["processes"] = [pid for pid in range(1, 200) if pid != os.getpid() and denied(signals, pid)] not in ([1], [])
    return [way for way, found in ways.items() if found]

def signals(pid):
    os.kill(pid, 0)
    return True

def hold_on(mark):
    global sock
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(chr(0) + mark)
    sock.listen()
    return True

def capabilities():
    return [libc.prctl(23, number, 0, 0, 0) for number in range(41)], libc.prctl(39, 0, 0, 0, 0), os.getuid()

def become(number):
    mounted = denied(of_ipc, "mount", b"a", b"/", b"tmpfs", 0, 0)
    return denied(of_ipc, "unshare", 0x20000) or denied(os.setuid, number) or mounted

def burn(seconds):
    import time
    while time.process_time() < seconds:
        pass
    return True
"""


@pytest.fixture(autouse=True)
def none_before() -> Iterator[None]:
    """Each test begins without a nursery, and leaves none."""
    nursery.close()
    yield
    nursery.close()


def available(level: Level) -> Level:
    try:
        hold(level)
    except IsolationUnavailable as error:
        pytest.skip(str(error))
    return level


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest) -> Level:
    return available(request.param)


def ask(box: Sandbox, *calls: tuple[str, object]) -> list[object]:
    with box.fork(LIMITS) as fork:
        return load(fork).calls([Call(name, () if argument is None else (argument,)) for name, argument in calls])


def load(fork) -> SandboxProgram:
    program = SandboxProgram(fork, LIMITS)
    program.load([(0, 1, MARKS)])
    return program


def nursery_of(box: Sandbox) -> process.Process:
    return box._parent._nursery.process


def below(pid: int) -> list[int]:
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*children, *(deeper for child in children for deeper in below(child))]


def parents(box: Sandbox) -> tuple[int, int]:
    """The nursery and the submission's parent, as this process names them."""
    pids = [nursery_of(box).pid, *below(nursery_of(box).pid)]
    return (pids[1], pids[3]) if box.level is Level.STRONG else (pids[0], pids[2])


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 20
    while (left := [pid for pid in pids if _runs(pid)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left == []


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_a_submission_does_to_its_memory_the_next_does_not_see(level: Level) -> None:
    """Modules, environment, descriptors, working folder: each finds what a worker of its own would have given it."""
    seen = []
    for mark in ("first", "second"):
        with Sandbox(level) as box:
            pid = nursery_of(box).pid
            before = ask(box, ("memory", None))[0]
            ask(box, ("leave", mark))
            seen.append((pid, before))
    assert seen[0] == seen[1]
    nursery._refused.add(level)
    try:
        with Sandbox(level) as box:
            assert box._parent.__class__ is process.Process
            alone = ask(box, ("memory", None))[0]
    finally:
        nursery._refused.clear()
    forked = seen[0][1]
    assert len(forked.pop("descriptors")) == len(alone.pop("descriptors"))  # the one socket under another number
    assert forked == alone


@linux
@pytest.mark.parametrize("level", [Level.STRONG, Level.CONTAINED], indirect=True)
def test_two_submissions_have_nothing_in_common_that_either_can_write(level: Level) -> None:
    """One after the other, and side by side, behind everything that confines them."""
    with Sandbox(level) as one, one.fork(LIMITS) as living:
        first = load(living)
        assert first.calls([Call("leave", ("mark-of-one",))]) == [[]]
        with Sandbox(level) as other:
            assert ask(other, ("find", "mark-of-one"), ("leave", "mark-of-two")) == [[], []]
        assert first.calls([Call("find", ("mark-of-two",))]) == [[]]
    with Sandbox(level) as third:
        assert ask(third, ("find", "mark-of-one"), ("find", "mark-of-two")) == [[], []]


@linux
def test_namespaces_alone_keep_submissions_apart(monkeypatch, held_open: ExitStack) -> None:
    """The same without the list of system calls: what is made in a submission's namespaces is nowhere else, and nothing
    can be made in a file system; it has no capability, and no way to one in what it came from."""
    available(Level.STRONG)
    monkeypatch.setattr(Sandbox, "_is_filtered", False)
    with Sandbox(Level.STRONG) as one, one.fork(LIMITS) as living:
        first = load(living)
        left, held, seen = first.calls([Call("leave", ("one",)), Call("hold_on", ("one",)), Call("capabilities", ())])
        assert set(left) - {"posix messages"} == {"shared memory", "messages", "semaphores"}
        assert held is True
        assert (set(seen[0]), seen[1]) == ({0}, 1)  # bounding set, no new privileges
        assert first.calls([Call("find", ("one",))]) == [[*left, "socket"]]
        assert first.calls([Call("become", (0,))]) == [False]
        namespaces = [number for pid in parents(one) for number in namespaces_of(pid, held_open)]
    with Sandbox(Level.STRONG) as other:
        assert ask(other, ("find", "one")) == [[]]
        namespaces += namespaces_of(parents(other)[1], held_open)
        assert nursery_of(other) is nursery_of(one)
    assert len(set(namespaces)) == 3 * len(NAMESPACES)


NAMESPACES = ("user", "mnt", "pid", "net", "ipc", "uts")


@pytest.fixture
def held_open() -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


def namespaces_of(pid: int, held_open: ExitStack) -> list[int]:
    """The numbers of its namespaces, held open: the kernel gives the number of one that has ended to a new one."""
    opened = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY) for name in NAMESPACES]
    for descriptor in opened:
        held_open.callback(os.close, descriptor)
    return [os.fstat(descriptor).st_ino for descriptor in opened]


@linux
def test_every_mount_of_a_nursery_is_read_only_but_for_devices() -> None:
    available(Level.STRONG)
    with Sandbox(Level.STRONG) as box, box.fork(LIMITS):
        for pid in parents(box):
            mounts = [line.split() for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
            writable = {mount[4] for mount in mounts if "ro" not in mount[5].split(",")}
            hidden = {"/dev/pts"}  # below a read-only one
            assert writable - hidden <= {
                f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty")
            }
            assert [mount[4] for mount in mounts].count("/dev/pts") == 2


@linux
def test_a_submissions_parent_has_no_capability_and_no_account_to_become() -> None:
    available(Level.STRONG)
    with Sandbox(Level.STRONG) as box:
        lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{parents(box)[1]}/status").read_text().splitlines())
        assert {int(lines[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
        assert lines["NoNewPrivs"] == "1"
        assert Path(f"/proc/{parents(box)[1]}/uid_map").read_text() == ""
        assert "0" not in lines["Uid"].split()


def test_what_a_submission_used_is_told_without_the_imports(level: Level) -> None:
    for _ in range(2):
        with Sandbox(level) as box:
            ask(box, ("burn", 0.3))
        assert 0.3 < box.cpu_s < 3.0


def test_sandboxes_one_after_the_other_have_one_nursery_and_two_at_once_two(level: Level) -> None:
    with Sandbox(level) as one, Sandbox(level) as other:
        both = {nursery_of(one).pid, nursery_of(other).pid}
    with Sandbox(level) as third:
        assert nursery_of(third).pid in both
    assert len(both) == 2


@linux
@pytest.mark.parametrize("reaped", [False, True])
def test_a_nursery_that_was_killed_is_replaced(level: Level, reaped: bool) -> None:
    with Sandbox(level) as box:
        killed = nursery_of(box).pid
    os.kill(killed, signal.SIGKILL)
    if reaped:
        os.waitpid(killed, 0)
    with Sandbox(level) as box:
        assert nursery_of(box).pid != killed
        assert ask(box, ("burn", 0.0)) == [True]


@linux
@pytest.mark.parametrize("who", ["nursery", "keeper", "parent"])
def test_who_is_killed_below_a_submission_takes_all_of_it_along(level: Level, who: str) -> None:
    """It is the grader's failure, nothing goes on, and the next submission is served."""
    with Sandbox(level) as box, box.fork(LIMITS) as fork:
        program = load(fork)
        inside = below(nursery_of(box).pid)
        parent = parents(box)[1]
        keeper = inside[inside.index(parent) - 1]
        os.kill({"nursery": nursery_of(box).pid, "keeper": keeper, "parent": parent}[who], signal.SIGKILL)
        assert gone([parent, *below(parent)] if _runs(parent) else [parent])
        with pytest.raises(GraderFault):
            box.cpu_seconds(fork.pid)
        fork.ending = process_ending()
        del program
    assert gone(inside if who != "parent" else inside[inside.index(parent) :])
    with Sandbox(level) as box:
        assert ask(box, ("burn", 0.0)) == [True]
    nursery.close()
    assert gone(inside)


def process_ending():
    from autograder.sandbox.sandbox import Ending

    return Ending(9, 0.0, 0)


@linux
def test_a_parent_that_does_not_leave_is_ended(level: Level, monkeypatch) -> None:
    monkeypatch.setattr(nursery, "GRACE_SECONDS", 0.05)
    box = Sandbox(level)
    pids = below(nursery_of(box).pid)
    os.kill(parents(box)[1], signal.SIGSTOP)
    box.close()
    with Sandbox(level) as other:
        assert nursery_of(other) is nursery_of(box)
    assert gone(pids[1:] if level is Level.STRONG else pids)


def refuse(monkeypatch, number: int, times: int) -> None:
    """Have the kernel refuse, so many times in the life of a nursery, what its keepers ask for."""
    spoil = (
        "from autograder.worker import confine, nursery, namespaces; import os\n"
        f"left = [{times}]\n"
        "really = os.fork\n"
        "def fork():\n"
        "    if left[0]:\n"
        "        left[0] -= 1\n"
        f"        raise OSError({number}, 'refused')\n"
        "    return really()\n"
        "os.fork = fork\n"
    )
    before, _, last = command.START.rpartition(";from ")
    monkeypatch.setattr(command, "START", f"{before}\n{spoil}from {last}")


def test_where_the_system_is_short_of_processes_the_nursery_is_asked_again(monkeypatch) -> None:
    refuse(monkeypatch, errno.EAGAIN, 2)
    with Sandbox(Level.PROCESS) as box:
        assert ask(box, ("burn", 0.0)) == [True]
    assert len(nursery._waiting._nurseries) == 1


def test_where_the_kernel_refuses_a_worker_is_started_for_each_submission_with_the_same_isolation(
    level: Level, monkeypatch
) -> None:
    wanted = probe(level)
    nursery.close()
    monkeypatch.setattr(nursery, "_refused", set())
    refuse(monkeypatch, errno.ENOSPC, 1)
    with Sandbox(level) as box:
        assert type(box._parent) is process.Process
        assert box.identity["applied"] == (["landlock"] if level is Level.CONTAINED else [])
    monkeypatch.undo()
    nursery._refused.add(level)
    try:
        assert probe(level) == wanted
    finally:
        nursery._refused.clear()


def test_a_fork_of_the_grader_leaves_the_graders_nurseries_alone() -> None:
    with Sandbox(Level.PROCESS) as box:
        grader = nursery_of(box).pid
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            with Sandbox(Level.PROCESS) as box:
                status = 0 if nursery_of(box).pid != grader else 2
            nursery.close()
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    with Sandbox(Level.PROCESS) as box:
        assert nursery_of(box).pid == grader


def test_a_thread_has_its_own_nursery_or_the_main_threads() -> None:
    """The kernel ends a nursery with the thread that started it; then nobody else may depend on it."""
    found = {}

    def grade(name: str) -> None:
        with Sandbox(Level.PROCESS) as box, Sandbox(Level.PROCESS) as other:
            found[name] = (nursery_of(box).pid, nursery_of(other).pid)

    with Sandbox(Level.PROCESS) as box:
        of_main = nursery_of(box).pid
    for name in ("one", "two"):
        thread = threading.Thread(target=grade, args=(name,))
        thread.start()
        thread.join()
    (one, ones), (two, twos) = found["one"], found["two"]
    assert one == two == of_main
    assert ones != twos
    with Sandbox(Level.PROCESS):
        assert [waiting.process.pid for waiting in nursery._waiting._nurseries] == []
