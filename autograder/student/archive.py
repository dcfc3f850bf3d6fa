"""A bundle as one file: a zip to unpack, or a wheel to install."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from autograder.model import Assignment
from autograder.text import zipped
from autograder.version import VERSION

_GROUP = "autograder.assignments"


def instructions(assignment: Assignment, left_out: Mapping[str, str]) -> str:
    """What the README of a bundle says beside the template's."""
    slug = assignment.id
    extra = "[torch]" if "torch" in assignment.policy.packages else ""
    install = f'pip install "dl-autograder{extra}=={VERSION}"'
    lines = [
        "",
        "## Checking on your own machine",
        "",
        "```",
        install,
        f"autograder check {slug} {slug}.ipynb            # what is wrong, and the smallest case that shows it",
        f"autograder check {slug} {slug}.ipynb --watch    # again whenever you save",
        f"autograder replay TOKEN {slug}.ipynb       # one failure again; the report prints the token",
        "```",
        "",
        "Run them in this folder. In a notebook, also in Colab, run this cell once, then the cells that call `check`:",
        "",
        "```",
        f"%pip install -q {install.removeprefix('pip install ')}",
        f"%cd {slug}-student",
        "```",
        "",
        "The bundle holds recorded answers, and neither a solution nor a formula. Hidden checks are asked at grading.",
    ]
    if left_out:
        lines += ["", "Checks that need more than the bundle holds are asked at grading, too:", ""]
        lines += [f"- `{check}`: {why}" for check, why in left_out.items()]
    return "\n".join([*lines, ""])


def wheel_name(assignment: Assignment) -> str:
    """The file name of the wheel (PEP 427)."""
    return f"{_package(assignment)}-{VERSION}-py3-none-any.whl"


def wheel_of(assignment: Assignment, files: Mapping[str, bytes]) -> bytes:
    """A wheel (PEP 427) that offers the assignment in the entry-point group `autograder.assignments`."""
    package = _package(assignment)
    inside = {
        f"{package}/{name}": data for name, data in files.items() if name.startswith(("assignments/", "reference/"))
    }
    inside |= {f"{package}/__init__.py": b"", f"{package}/assignments/__init__.py": b""}
    info = f"{package}-{VERSION}.dist-info"
    metadata = (
        f"Metadata-Version: 2.1\nName: {package.replace('_', '-')}\nVersion: {VERSION}\n"
        f"Summary: {assignment.title}: public checks with recorded answers\nRequires-Dist: dl-autograder\n"
    )
    inside |= {
        f"{info}/METADATA": metadata.encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[{_GROUP}]\n{assignment.id} = {package}.assignments\n".encode(),
    }
    record = [f"{name},sha256={_hash(data)},{len(data)}" for name, data in sorted(inside.items())]
    inside[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    return zipped(inside)


def _package(assignment: Assignment) -> str:
    return f"{assignment.id}_student"


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
