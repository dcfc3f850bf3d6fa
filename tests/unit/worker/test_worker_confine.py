"""The system call filter, run instruction by instruction as the kernel would."""

from __future__ import annotations

import struct

import pytest

from autograder.worker import confine, threads

PID = 4242
ALLOW, KILL, ASK = "allow", "kill", "ask"
EPERM, ENOSYS, ENOTTY = 1, 38, 25


def answer(machine: str, number: int, *arguments: int, arch: int | None = None) -> str | int:
    """What the filter says to a call: allow, kill, or an error number."""
    return run(confine.seccomp_program(machine, PID), machine, number, *arguments, arch=arch)


def run(program: bytes, machine: str, number: int, *arguments: int, arch: int | None = None) -> str | int:
    """What `program` says to a call on `machine`."""
    arch = confine.ARCHITECTURES[machine][0] if arch is None else arch
    data = struct.pack("=iIQ6Q", number, arch, 0, *(*arguments, *[0] * 6)[:6])
    code = [struct.unpack_from("HBBI", program, at) for at in range(0, len(program), 8)]
    accumulator, at = 0, 0
    for _ in range(len(code)):
        operation, then, otherwise, value = code[at]
        at += 1
        match operation:
            case confine.LD:
                (accumulator,) = struct.unpack_from("=I", data, value)
            case confine.JEQ:
                at += then if accumulator == value else otherwise
            case confine.JGE:
                at += then if accumulator >= value else otherwise
            case confine.JSET:
                at += then if accumulator & value else otherwise
            case confine.RET:
                verdicts = {confine.RET_ALLOW: ALLOW, confine.RET_KILL: KILL, threads.RET_USER_NOTIF: ASK}
                return verdicts.get(value, value & 0xFFFF)
    raise AssertionError("the filter runs off its end")


X86, ARM = "x86_64", "aarch64"
machines = pytest.mark.parametrize("machine", [X86, ARM])


@machines
def test_every_listed_call_is_allowed(machine):
    column = confine.ARCHITECTURES[machine][1]
    for name, numbers in confine.ALLOWED.items():
        if numbers[column] is not None:
            assert answer(machine, numbers[column]) == ALLOW, name


@pytest.mark.parametrize(
    ("name", "x86", "arm"),
    [
        ("socket", 41, 198), ("connect", 42, 203), ("sendmsg", 46, 211), ("bind", 49, 200), ("execve", 59, 221),
        ("execveat", 322, 281), ("ptrace", 101, 117), ("memfd_create", 319, 279), ("io_uring_setup", 425, 425),
        ("setrlimit", 160, 164), ("prctl", 157, 167), ("seccomp", 317, 277), ("unshare", 272, 97), ("mount", 165, 40),
        ("bpf", 321, 280), ("process_vm_writev", 311, 271), ("shmget", 29, 194), ("pidfd_open", 434, 434),
        ("userfaultfd", 323, 282), ("setpriority", 141, 140), ("unlinkat", 263, 35), ("chmod", 90, 52),
    ],
)  # fmt: skip
def test_every_other_call_is_denied(name, x86, arm):
    assert answer(X86, x86) == EPERM
    assert answer(ARM, arm) == EPERM


def test_every_number_has_an_answer():
    assert {answer(X86, number) for number in range(600)} <= {ALLOW, EPERM, ENOSYS, ENOTTY}


@machines
def test_another_architecture_is_killed(machine):
    other = ARM if machine == X86 else X86
    assert answer(machine, 0, arch=confine.ARCHITECTURES[other][0]) == KILL
    assert answer(machine, 0, arch=0x40000003) == KILL  # 32-bit x86 has other numbers


def test_the_x32_numbers_are_killed():
    assert answer(X86, confine.X32_BIT | 1) == KILL


@machines
def test_threads_are_allowed_and_processes_are_not(machine):
    clone, clone3 = (confine.CLONE, confine.CLONE3)
    column = confine.ARCHITECTURES[machine][1]
    assert answer(machine, clone[column], confine.CLONE_THREAD | 0x100) == ALLOW
    assert answer(machine, clone[column], 17) == EPERM  # SIGCHLD: fork
    assert answer(machine, clone3[column]) == ENOSYS  # glibc falls back to clone
    if machine == X86:
        assert answer(X86, 57) == EPERM  # fork
        assert answer(X86, 58) == EPERM  # vfork


@machines
def test_the_parent_is_asked_about_threads_and_about_nothing_else(machine):
    arch, column = confine.ARCHITECTURES[machine]
    program = threads.filter_program(machine)
    clone, leave = confine.CLONE[column], confine.ALLOWED["exit"][column]
    assert run(program, machine, clone, confine.CLONE_THREAD | 0x100) == ASK
    assert run(program, machine, leave, 0) == ASK
    assert run(program, machine, clone, 17) == ALLOW  # the parent's own forks; a fork's are denied by the other filter
    asked = [number for number in range(600) if run(program, machine, number, confine.CLONE_THREAD) == ASK]
    assert sorted(asked) == sorted((clone, leave))
    assert run(program, machine, clone, confine.CLONE_THREAD, arch=arch + 1) == ALLOW  # killed by the other filter


@machines
def test_limits_may_be_read_and_not_changed(machine):
    prlimit = confine.PRLIMIT[confine.ARCHITECTURES[machine][1]]
    assert answer(machine, prlimit, 0, 0, 0, 99) == ALLOW
    assert answer(machine, prlimit, 0, 0, 8) == EPERM
    assert answer(machine, prlimit, 0, 0, 8 << 32) == EPERM


@machines
def test_signals_reach_nobody_else(machine):
    column = confine.ARCHITECTURES[machine][1]
    for call in confine.KILL_SELF_ONLY:
        assert answer(machine, call[column], PID, 9) == ALLOW
        for other in (0, 1, PID - 1, PID + 1, 2**32 - 1):
            assert answer(machine, call[column], other, 9) == EPERM


@machines
def test_devices_answer_as_files_do(machine):
    assert answer(machine, confine.IOCTL[confine.ARCHITECTURES[machine][1]], 1, 0x5401) == ENOTTY


def test_another_machine_has_no_filter():
    with pytest.raises(KeyError, match="riscv64"):
        confine.seccomp_program("riscv64", PID)


@pytest.mark.parametrize("machine", confine.ARCHITECTURES)
def test_filters_of_two_processes_differ_in_the_process_alone(machine):
    whole, other = confine.seccomp_filter(machine), confine.seccomp_program(machine, PID)
    changed = {i // 8 for i in range(len(whole)) if whole[i] != other[i]}
    numbers = [struct.unpack_from("HBBI", whole, 8 * i)[3] for i in changed]
    assert set(numbers) == {confine.SOME_PID}
    assert len(changed) == sum(call[confine.ARCHITECTURES[machine][1]] is not None for call in confine.KILL_SELF_ONLY)
