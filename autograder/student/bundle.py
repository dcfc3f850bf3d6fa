"""The files of a student's bundle: templates, public checks, recorded answers; nothing of a solution."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment.discover import Declared, discover
from autograder.checks.answers import FILE_NAME, unpack_answers, write_answers
from autograder.errors import AssignmentError, AutograderError
from autograder.model import Assignment
from autograder.release import leaks, render
from autograder.student.archive import instructions, wheel_name, wheel_of
from autograder.student.load import PRACTICE_SEED, source_digest
from autograder.student.recorder import FORMULAS, About, everything, record
from autograder.student.secrets import secrets_in
from autograder.text import zipped

# What stays with the instructor. Of `formulas` the names stay; what they compute is recorded.
KEPT_BACK = ("hidden.py", "mistakes.py", "variants.py", "speed.py", "equivalent.toml", f"{FORMULAS}.py")
RECORDED = '''\
"""What is right, on the recorded cases: this bundle holds answers, and no formula."""

from autograder import answers_beside

__getattr__ = answers_beside(__file__)
'''


@dataclass(frozen=True)
class Bundle:
    """A file for students, and the public checks that are not in it, with the reason."""

    name: str
    data: bytes
    left_out: dict[str, str]


def release_bundle(declared: Declared, points: Mapping[str, float], wheel: bool = False) -> Bundle:
    """`SLUG-student.zip`, or a wheel. `points` are those of the public checks of each entry point.

    Raises AssignmentError where the reference cannot be released, and AutograderError where a solution, a formula or
    a hidden check's name would be in the bundle."""
    assignment = declared.assignment
    released = render(assignment, points)
    files = bundle_files(declared, released)
    if leaked := [*leaks(assignment, released), *secrets_in(files, declared)]:
        raise AutograderError("The bundle would hold what students must not have: " + "; ".join(leaked[:3]))
    folder = f"assignments/{assignment.id}"
    left_out = unpack_answers(files[f"{folder}/{FILE_NAME}"], Path(FILE_NAME)).left_out
    files["README.md"] = released["README.md"] + instructions(assignment, left_out).encode()
    if wheel:
        return Bundle(wheel_name(assignment), wheel_of(assignment, files), left_out)
    return Bundle(
        f"{assignment.id}-student.zip",
        zipped({f"{assignment.id}-student/{name}": data for name, data in files.items()}),
        left_out,
    )


def bundle_files(
    declared: Declared,
    released: Mapping[str, bytes],
    about: Callable[[Declared, Collection[str]], About] = everything,
) -> dict[str, bytes]:
    """The files of the bundle of `declared`, by their path in it. `released` are those of the template; `about` says of
    which checks failures are explained, and by which mistakes (`record`).

    The template stands in the reference's place: what it gives to students is there, and what they write is not.
    Raises AssignmentError where the reference does not pass its public checks."""
    if sys.modules.get(declared.reference.__name__) is not declared.reference:
        # its modules are another's by now: a bundle's of one name
        declared = discover(Path(declared.assignment.folder))
    slug = declared.assignment.id
    files = {f"assignments/{slug}/{name}": data for name, data in _shared(declared.assignment).items()}
    files |= {f"reference/{slug}.py": released[f"{slug}.py"], **released}
    with tempfile.TemporaryDirectory() as root:
        write_tree(files, Path(root))
        folder = Path(root).resolve() / "assignments" / slug
        files[f"assignments/{slug}/{FILE_NAME}"] = write_answers(
            record(declared, folder, PRACTICE_SEED, source_digest(folder), about)
        )
    return files


def _shared(assignment: Assignment) -> dict[str, bytes]:
    """What students get of the assignment's folder."""
    folder = Path(assignment.folder)
    found = {path.name: path.read_bytes() for path in sorted(folder.glob("*.py")) if path.name not in KEPT_BACK}
    found["assignment.toml"] = (folder / "assignment.toml").read_bytes()
    if "checks.py" not in found:
        raise AssignmentError(str(folder), ["there is no checks.py, so there is nothing to give to students"])
    if (folder / f"{FORMULAS}.py").is_file():
        found[f"{FORMULAS}.py"] = RECORDED.encode()
    return found


def write_tree(files: Mapping[str, bytes], root: Path) -> None:
    """Put `files` below `root`."""
    for name, data in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
