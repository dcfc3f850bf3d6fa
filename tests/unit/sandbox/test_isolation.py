"""Which level is chosen, and what is said where none is to be had."""

from __future__ import annotations

import pytest

from autograder.errors import GraderFault, IsolationUnavailable
from autograder.model import Isolation, Level, Limits
from autograder.sandbox import isolation, nursery
from autograder.sandbox.command import command, environment
from autograder.sandbox.isolation import ADVICE, REQUIRED, choose, hold
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.view import view

ALL = dict.fromkeys(
    ("fs_read", "fs_write", "network", "signals", "processes", "threads", "memory", "cpu", "identity", "persistence"),
    "enforced",
)


@pytest.fixture
def machine(monkeypatch):
    """A machine on which a probe of each level finds what the test says: guarantees, or an error."""
    found = {level: dict(ALL) for level in Level}

    def probe(level):
        if isinstance(found[level], Exception):
            raise found[level]
        return found[level]

    monkeypatch.setattr(isolation, "probe", probe)
    monkeypatch.setattr(isolation, "_missing", lambda level: None)
    hold.cache_clear()
    yield found
    hold.cache_clear()


def test_the_strongest_level_that_holds_is_chosen(machine):
    assert choose(None) == Isolation(Level.STRONG, ALL)
    hold.cache_clear()
    machine[Level.STRONG]["network"] = "none"
    assert choose(None).level is Level.CONTAINED


def test_a_level_that_was_asked_for_is_held_or_refused_and_never_replaced(machine):
    machine[Level.STRONG]["network"] = "none"
    machine[Level.STRONG]["memory"] = "partial"
    with pytest.raises(IsolationUnavailable) as refused:
        choose(Level.STRONG)
    assert str(refused.value) == (
        f"Isolation level 'strong' does not hold on this machine: network, memory could be broken. "
        f"{ADVICE[Level.STRONG]}"
    )
    assert choose(Level.CONTAINED).level is Level.CONTAINED


def test_nothing_weaker_than_was_allowed_is_chosen(machine):
    machine[Level.STRONG] = GraderFault("It said nothing.")
    machine[Level.CONTAINED]["fs_read"] = "none"
    with pytest.raises(IsolationUnavailable) as refused:
        choose(None)
    assert str(refused.value) == (
        f"Isolation level 'strong' is not available on this machine: It said nothing. {ADVICE[Level.STRONG]} "
        f"Isolation level 'contained' does not hold on this machine: fs_read could be broken. "
        f"{ADVICE[Level.CONTAINED]} "
        "To grade without isolation all the same, ask for --isolation process."
    )
    assert choose(None, at_least=Level.PROCESS).level is Level.PROCESS


@pytest.mark.parametrize("level", list(Level))
def test_every_level_says_what_it_requires_and_what_to_do(level):
    assert set(REQUIRED[level]) <= set(ALL)
    assert ADVICE[level].endswith(".")


def test_without_bubblewrap_strong_is_not_to_be_had(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert isolation._missing(Level.STRONG) == "bubblewrap is not installed"
    assert isolation._missing(Level.PROCESS) is None


@pytest.mark.parametrize(
    ("system", "machine_name", "reason"),
    [
        ("darwin", "arm64", "has neither namespaces nor Landlock"),
        ("linux", "riscv64", "there is no list of system calls for riscv64"),
    ],
)
def test_other_systems_have_no_stronger_level(monkeypatch, system, machine_name, reason):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine_name)
    assert isolation._missing(Level.CONTAINED).endswith(reason)


# ── how a worker is started ────────────────────────────────────────────────────────────────────


def test_a_worker_sees_the_allowed_packages_and_its_own_files_alone():
    seen = view(("numpy",))
    assert {path.rpartition("/")[2] for path in seen.worker} == {"worker", "wire.py"}
    tops = {path.rpartition("/")[2] for path in seen.packages}
    assert "numpy" in tops
    assert not tops & {"hypothesis", "msgspec", "torch", "click", "autograder"}
    assert not any(path.endswith((".dist-info", ".pth")) for path in seen.packages)


def test_a_package_that_is_not_installed_is_the_graders_fault():
    with pytest.raises(
        GraderFault, match=r"^The assignment needs nosuch, which is not installed here: pip install nosuch\.$"
    ):
        view(("numpy", "nosuch"))


@pytest.mark.parametrize("level", list(Level))
def test_the_worker_inherits_no_environment(level, monkeypatch):
    monkeypatch.setenv("SECRET", "x")
    given = environment(level)
    assert "SECRET" not in given
    assert given["OMP_NUM_THREADS"] == "1"
    assert given["PYTHONHASHSEED"] == "0"
    arguments = command(level, view(("numpy",)), 9)
    at = arguments.index("-I")
    assert arguments[at : at + 3] == ["-I", "-S", "-B"]


def test_a_worker_that_cannot_start_is_the_graders_fault_with_its_last_words(monkeypatch):
    nursery.close()
    monkeypatch.setattr(
        "autograder.sandbox.process.command", lambda *_: ["/bin/sh", "-c", "echo first >&2; echo bwrap: no >&2; exit 1"]
    )
    with pytest.raises(GraderFault, match=r"^The worker could not be started or steered\. It said: bwrap: no$"):
        Sandbox(Level.PROCESS)


def test_closing_a_sandbox_tells_what_it_used_and_ends_its_forks():
    with Sandbox(Level.PROCESS) as sandbox, sandbox.fork(Limits()) as fork:
        assert fork.pid > 0
    assert sandbox.cpu_s > 0
    assert fork.ending is not None
    assert fork.ending.signal == 9
