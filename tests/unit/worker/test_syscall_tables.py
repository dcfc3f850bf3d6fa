"""The numbers of system calls, for each architecture, against the kernel's own headers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.worker import confine

# Debian and Ubuntu: linux-libc-dev; Fedora: kernel-headers. aarch64 takes the generic table as it is.
HEADERS = {
    "x86_64": (
        "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
        "/usr/include/asm/unistd_64.h",
        "/usr/x86_64-linux-gnu/include/asm/unistd_64.h",
    ),
    "aarch64": ("/usr/include/asm-generic/unistd.h", "/usr/aarch64-linux-gnu/include/asm-generic/unistd.h"),
}
SINGLE = {
    "fcntl": confine.FCNTL, "sendto": confine.SENDTO, "recvfrom": confine.RECVFROM, "clone": confine.CLONE,
    "clone3": confine.CLONE3, "prlimit64": confine.PRLIMIT, "ioctl": confine.IOCTL,
    "seccomp": confine.SECCOMP,
    **dict(zip(("kill", "tkill", "tgkill"), confine.KILL_SELF_ONLY, strict=True)),
    "landlock_create_ruleset": (confine.LANDLOCK_CREATE,) * 2, "landlock_add_rule": (confine.LANDLOCK_ADD,) * 2,
    "landlock_restrict_self": (confine.LANDLOCK_RESTRICT,) * 2,
}  # fmt: skip
TABLE = {**confine.ALLOWED, **SINGLE}
DEFINITION = re.compile(r"^#define\s+(__NR\w*)\s+(\w+)\s*$", re.MULTILINE)
# On 64-bit machines these are what C programs call fstatat; the header's own name depends on the word size.
OTHER_NAMES = {"newfstatat": ("newfstatat", "fstatat")}


def numbers(machine: str) -> dict[str, int]:
    """The kernel's table for `machine`; skips where its headers are not installed."""
    path = next((Path(name) for name in HEADERS[machine] if Path(name).is_file()), None)
    if path is None:
        pytest.skip(
            f"the kernel's headers are not installed here ({HEADERS[machine][0]}: apt-get install linux-libc-dev)"
        )
    defined: dict[str, str] = {}
    for name, value in DEFINITION.findall(path.read_text(encoding="utf-8")):
        defined.setdefault(name, value)  # the first of two is that of 64 bits
    found = {}
    for name, value in defined.items():
        value = defined.get(value, value)
        if value.isdigit():
            found[re.sub(r"^__NR(3264)?_", "", name)] = int(value)
    return found


@pytest.mark.parametrize("machine", confine.ARCHITECTURES)
def test_numbers_are_those_of_the_kernel(machine: str) -> None:
    kernel, column = numbers(machine), confine.ARCHITECTURES[machine][1]
    assert len(kernel) > 250
    wrong = {}
    for name, row in TABLE.items():
        theirs = next((kernel[other] for other in OTHER_NAMES.get(name, (name,)) if other in kernel), None)
        if row[column] != theirs:
            wrong[name] = (row[column], theirs)
    assert wrong == {}


@pytest.mark.parametrize("machine", confine.ARCHITECTURES)
def test_no_number_is_listed_twice(machine: str) -> None:
    column = confine.ARCHITECTURES[machine][1]
    listed = [row[column] for row in TABLE.values() if row[column] is not None]
    assert len(listed) == len(set(listed))
