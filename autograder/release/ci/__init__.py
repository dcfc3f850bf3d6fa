"""What a CI system needs to grade: the files that it reads, written once and then the instructor's own."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path

from autograder.model import Assignment
from autograder.text import zipped

PACKAGE = "dl-autograder"
_NOT_GRADED_WITH = ("submissions", "variants.py", "equivalent.toml", "__pycache__")


@dataclass(frozen=True)
class Target:
    """What the files are for. `package` is what pip installs, `file` what students hand in, from the root of their
    repository, and `isolation` the level to insist on, where another than the strongest is to do."""

    assignment: Assignment
    version: str
    file: str
    package: str
    isolation: str | None = None

    def render(self, template: str) -> str:
        """A template of this folder with this target's names in it."""
        text = (resources.files("autograder.release.ci") / f"{template}.txt").read_text(encoding="utf-8")
        values = {
            "ASSIGNMENT": self.assignment.id,
            "FILE": self.file,
            "PACKAGE": self.package,
            "ISOLATION": f"--isolation {shlex.quote(self.isolation)}" if self.isolation else "",
        }
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def ci_files(system: str, target: Target) -> dict[str, bytes]:
    """The files for `system`, by their path in the repository or folder that they belong in."""
    return SYSTEMS[system](target)


def _github(target: Target) -> dict[str, bytes]:
    return {".github/workflows/autograder.yml": target.render("github.yml").encode()}


def _gitlab(target: Target) -> dict[str, bytes]:
    return {".gitlab-ci.yml": target.render("gitlab.yml").encode()}


def _classroom50(target: Target) -> dict[str, bytes]:
    return {f"autograders/{target.assignment.id}/autograder.py": target.render("autograder.py").encode()}


def _gradescope(target: Target) -> dict[str, bytes]:
    """One zip, to be uploaded as it is. It carries this package's own files, the assignment and its reference."""
    files: dict[str, bytes] = {
        "setup.sh": target.render("setup.sh").encode(),
        "run_autograder": target.render("run_autograder").encode(),
        "requirements.txt": "".join(f"{line}\n" for line in _requirements(target.assignment)).encode(),
        f"reference/{target.assignment.id}.py": Path(target.assignment.reference).read_bytes(),
    }
    folder = Path(target.assignment.folder)
    files |= {f"assignments/{target.assignment.id}/{name}": data for name, data in _tree(folder, _NOT_GRADED_WITH)}
    files |= {f"autograder/{name}": data for name, data in _tree(Path(str(resources.files("autograder"))))}
    return {f"{target.assignment.id}-gradescope.zip": zipped(files)}


SYSTEMS: dict[str, Callable[[Target], dict[str, bytes]]] = {
    "github": _github,
    "gitlab": _gitlab,
    "gradescope": _gradescope,
    "classroom50": _classroom50,
}


def requirement(assignment: Assignment, version: str) -> str:
    """What pip has to install for `assignment`: this version of the package, with PyTorch where it is asked for."""
    extra = "[torch]" if "torch" in assignment.policy.packages else ""
    return f"{PACKAGE}{extra}=={version}"


def _requirements(assignment: Assignment) -> Iterator[str]:
    """What this package itself requires; the package's own files are in the zip."""
    extra = "torch" if "torch" in assignment.policy.packages else None
    for line in metadata.requires(PACKAGE) or ():
        wanted, _, marker = (part.strip() for part in line.partition(";"))
        if not marker or (extra and marker.replace("'", '"') == f'extra == "{extra}"'):
            yield wanted


def _tree(folder: Path, left_out: tuple[str, ...] = ("__pycache__",)) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part in left_out or part.startswith(".") for part in inside.parts):
            yield inside.as_posix(), path.read_bytes()
